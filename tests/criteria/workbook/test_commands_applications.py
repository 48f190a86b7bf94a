"""The verbs over applications: scored, tried on the past, advised."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from openpyxl import load_workbook

from criteria.__main__ import main
from criteria.command_line import bar
from criteria.evaluate import evaluate
from criteria.exact import fixed_text
from criteria.facts import Facts
from criteria.history import history_text
from criteria.loading import PROGRAMMES
from criteria.ruleset import RuleSet
from criteria.workbook import template_for
from criteria.workbook.samples import correct_workbook, sample_facts
from tests.criteria.builders import facts
from tests.criteria.test_simulation import applicant

REF = "shanghai_municipal_centre/2022-demo"
ON = date(2026, 3, 1)


@pytest.fixture
def application(municipal: RuleSet, tmp_path: Path) -> Path:
    path = tmp_path / "facts.json"
    path.write_text(facts(municipal.fields).to_json(), encoding="utf-8")
    return path


@pytest.fixture
def past(tmp_path: Path) -> Path:
    path = tmp_path / "past.jsonl"
    people = [applicant(n, rd_staff_stat=40 + 5 * n) for n in range(1, 9)]
    path.write_text(history_text(people), encoding="utf-8")
    return path


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """The demonstration set asking for 80 people instead of 60."""
    path = tmp_path / "draft.yaml"
    gate = next(
        block
        for block in re.split(r"(?=^  - code: )", base_text("2022"), flags=re.MULTILINE)
        if block.startswith("  - code: MG4\n")
    )
    gate = gate.split("\n\n")[0].replace("value: 60,", "value: 80,")
    identity = (
        "programme: shanghai_municipal_centre\nedition: draft\nname_zh: 草案\nname_en: Draft\nstatus: complete\n"
        f"demonstration: true\neffective_from: null\neffective_confidence: demo\nextends: {REF}\ngates:\n"
    )
    path.write_text(identity + gate + "\n", encoding="utf-8")
    return path


def base_text(edition: str) -> str:
    return (PROGRAMMES / f"shanghai_municipal_centre/{edition}.yaml").read_text(encoding="utf-8")


def test_score_gives_total_band_and_failed_conditions(
    municipal: RuleSet, application: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = evaluate(municipal, facts(municipal.fields), ON)
    assert wanted.total is not None
    assert main(["score", REF, str(application), "--on", "2026-03-01", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["total"] == fixed_text(wanted.total, wanted.places)
    assert told["undetermined"] == [gate.code for gate in wanted.undetermined_gates]
    assert told["checksum"] == municipal.checksum
    assert main(["score", REF, str(application), "--on", "2026-03-01", "--lang", "en"]) == 0
    assert capsys.readouterr().out.startswith(f"{application}: {told['total']}  {told['band']}  undetermined ")


def test_score_goes_on_after_a_file_that_cannot_be_used(application: Path, capsys: pytest.CaptureFixture[str]) -> None:
    absent = application.with_name("absent.json")
    assert main(["score", REF, str(absent), str(application), "--on", "2026-03-01", "--lang", "en"]) == 2
    first, second = capsys.readouterr().out.splitlines()
    assert first == f"{absent}: no such file"
    assert second.startswith(f"{application}: ")


@pytest.mark.slow
def test_score_reads_a_filled_workbook(municipal: RuleSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert municipal.form is not None
    template = template_for(municipal.form, REF, municipal.checksum, "B-1", 2025, municipal.form.title_zh)
    book, pdf = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    book.write_bytes(correct_workbook(template))
    pdf.write_bytes(b"%PDF")
    assert main(["score", REF, str(book), str(pdf), "--on", "2026-03-01", "--json"]) == 2
    good, bad = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    wanted = evaluate(municipal, sample_facts(template), ON).total
    assert Fraction(good["total"]) == wanted
    assert bad["fault"] == f"{pdf}: 有 1 处错误，用 read 查看"


@pytest.mark.slow
def test_simulation_tells_who_loses_and_writes_the_workbook(
    draft: Path, past: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "simulation.xlsx"
    command = ["simulate", REF, str(draft), "--history", str(past)]
    assert main([*command, "--out", str(out), "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert "loses the title" in shown
    losers = ["C-4", "C-5", "C-6", "C-7"]  # 60 to 75 people: enough for 60, not for 80
    assert re.findall(r"^  (C-\d) .*loses the title +MG4$", shown, flags=re.MULTILINE) == losers
    sheet = load_workbook(io.BytesIO(out.read_bytes()))["Applicants"]
    assert sheet.max_row == 9
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["loses"] == 4


def test_history_that_is_none_is_refused_with_file_and_line(past: Path, capsys: pytest.CaptureFixture[str]) -> None:
    past.write_text(past.read_text(encoding="utf-8") + "{]\n", encoding="utf-8")
    assert main(["simulate", REF, REF, "--history", str(past), "--lang", "en"]) == 2
    assert capsys.readouterr().out.startswith(f"{past}:9:1:2: not valid JSON")


@pytest.mark.slow
def test_what_if_names_what_is_missing_and_ways_that_gain(
    municipal: RuleSet, application: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["what-if", REF, "--facts", str(application), "--on", "2026-03-01", "--lang", "en"]
    assert main([*command, "--points", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.endswith("points short of “excellent”") for line in lines)
    gains = [Fraction(found[1]) for line in lines if (found := re.search(r"; ([0-9.]+) points more", line))]
    assert gains
    assert min(gains) >= 2
    for bad, told in (("many", "not a number"), ("0", "must be above zero"), ("-1", "must be above zero")):
        assert main([*command, f"--points={bad}"]) == 2
        assert capsys.readouterr().out == f"--points {bad}: {told}\n"


def test_what_if_under_a_set_without_total_says_so(
    partial: RuleSet, application: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["what-if", partial.ref, "--facts", str(application), "--on", "2026-03-01"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "  没有总分，不能建议"


def test_template_is_prefilled_only_from_facts_that_can_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd, out = tmp_path / "odd.json", tmp_path / "t.xlsx"
    odd.write_text("{", encoding="utf-8")
    command = ["template", REF, "--batch", "B-1", "--year", "2025", "--out", str(out), "--prefill", str(odd)]
    assert main(command) == 2
    assert capsys.readouterr().out.startswith(f"{odd}:1:2: 不是有效的 JSON")
    assert not out.exists()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_bar_grows_on_a_terminal_and_is_silent_elsewhere() -> None:
    terminal = Terminal()
    told = bar(200, terminal)
    assert told is not None
    for done in range(1, 201):
        told(done)
    frames = terminal.getvalue().split("\r")[1:]
    assert len(frames) == 100
    assert frames[49] == f"[{'#' * 20}{'.' * 20}] 100/200"
    assert frames[-1] == f"[{'#' * 40}] 200/200\n"
    assert bar(200, io.StringIO()) is None
    assert bar(1, Terminal()) is None


def test_facts_of_a_history_are_exact(past: Path) -> None:
    line = json.loads(past.read_text(encoding="utf-8").splitlines()[0])
    assert Facts.from_json(json.dumps(line["facts"])).value("rd_staff_stat") == 45
