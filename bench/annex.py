"""A long annex from bytes to facts, and hostile and damaged files, each measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import Any

from bench.figures import Figure
from bench.reading import REFERENCE, YEAR
from bench.scale import Scale
from criteria.facts import AnnexRow, Facts, Scalar
from criteria.loading import load
from criteria.workbook import Template, template_for
from criteria.workbook.samples import correct_workbook, sample_facts
from criteria.workbook.sheets import fill, plan_of
from criteria.workbook.template import render
from tests.criteria.workbook.books import with_shared_strings
from tests.criteria.workbook.damage import failures
from tests.criteria.workbook.hostile import FILES
from tests.criteria.workbook.odd import ODD, TOLERATED

ANNEX = "equipment"
ROOT = Path(__file__).parents[1]


def bench_template() -> Template:
    """The template that all figures of reading rest on."""
    rules = load(REFERENCE)
    assert rules.form is not None
    return template_for(rules.form, rules.ref, rules.checksum, "bench-1", YEAR, rules.name_zh)


def long_workbook(template: Template, lines: int) -> bytes:
    """A filled workbook with so many lines of equipment, its texts in one table as office programs write them."""
    facts = sample_facts(template)
    rows = tuple(AnnexRow(number, _line(number)) for number in range(1, lines + 1))
    book = plan_of(template)
    fill(book, template, Facts(YEAR, facts.figures, {**facts.annexes, ANNEX: rows}), tinted=False)
    return with_shared_strings(render(book))


def _line(number: int) -> dict[str, Scalar]:
    """Names and models are all different, dates and places repeat, as in a real list."""
    mixed = number * 7919 % 999_983
    return {
        "name": f"示例设备{number}",
        "model": f"M-{mixed}",
        "original_value": Fraction(mixed * 100 + number % 100, 100),
        "bought": f"20{10 + mixed % 15}-{1 + mixed % 12:02d}-{1 + mixed % 28:02d}",
        "place": f"实验室{mixed % 300}",
    }


def annex(scale: Scale) -> Iterator[Figure]:
    """CPU and peak memory of a long annex against openpyxl's read-only mode, which only walks over the cells."""
    template = bench_template()
    lines = 5 * scale.many
    with tempfile.TemporaryDirectory(prefix="accreditation-annex-") as name:
        folder = Path(name)
        (folder / "template.json").write_text(template.to_json(), encoding="utf-8")
        (folder / "long.xlsx").write_bytes(long_workbook(template, lines))
        rounds = range(max(1, scale.rounds // 3))
        taken = [{what: _child(what, folder) for what in ("ours", "peer")} for _ in rounds]
    if any(turn["ours"]["lines"] != lines or turn["ours"]["errors"] for turn in taken):
        raise ValueError(f"the annex was not read completely: {taken}")
    ours, peer = (median(turn[what]["seconds"] for turn in taken) for what in ("ours", "peer"))
    yield Figure("annex.ratio", ours / peer, "x peer", 0.5, f"{lines} lines: {ours:.2f} s CPU, openpyxl {peer:.2f} s")
    peak = max(turn["ours"]["mib"] for turn in taken)
    yield Figure("annex.peak", peak, "MiB", 150, f"above the bare child, with {lines} lines as facts")


def _child(what: str, folder: Path) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "bench.annex_child",
        what,
        str(folder / "long.xlsx"),
        str(folder / "template.json"),
    ]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    plain: dict[str, Any] = json.loads(done.stdout)
    return plain


def hostile(scale: Scale) -> Iterator[Figure]:
    """The worst of the hostile and odd files, and damaged copies of good ones that crash or lose something."""
    template = bench_template()
    good = correct_workbook(template)
    every = {**FILES, **ODD}
    costs = _costs({name: every[name][1](good, template) for name in list(every)[: scale.files]}, template)
    for title, names, most in (
        ("hostile.cpu", costs.keys() - TOLERATED, 1),
        ("hostile.cpu.tolerated", costs.keys() & TOLERATED, 10),
    ):
        if names:
            worst = max(names, key=lambda name: costs[name]["seconds"])
            yield Figure(title, costs[worst]["seconds"], "s CPU", most, f"worst of {len(names)}: {worst}")
    largest = max(costs, key=lambda name: costs[name]["mib"])
    yield Figure("hostile.peak", costs[largest]["mib"], "MiB", 64, f"above the bare child: {largest}")
    crashes = sum(cost["answer"] in ("crash", "unreadable") for cost in costs.values())
    yield Figure("hostile.crashes", crashes, "files", 0, f"of {len(costs)}")
    crashed, lost = failures(good, template, scale.damages)
    yield Figure("damage.failures", len(crashed) + len(lost), "files", 0, f"of {scale.damages}: crash or silent loss")


def _costs(files: dict[str, bytes], template: Template) -> dict[str, dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="accreditation-hostile-") as name:
        folder = Path(name)
        (folder / "template.json").write_text(template.to_json(), encoding="utf-8")
        paths = [folder / str(number) for number in range(len(files))]
        for path, content in zip(paths, files.values(), strict=True):
            path.write_bytes(content)
        command = [sys.executable, "-m", "tests.criteria.workbook.measured", str(folder / "template.json")]
        asked = "".join(f"{path}\n" for path in paths)
        done = subprocess.run(command, cwd=ROOT, input=asked, check=True, capture_output=True, text=True)
    return dict(zip(files, map(json.loads, done.stdout.splitlines()), strict=True))
