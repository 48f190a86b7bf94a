"""Every hostile or odd file is answered in time and memory, by facts or by its own refusal, never by an exception."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from criteria.workbook import Template, examine
from criteria.workbook.refusal_messages import REFUSALS
from tests.criteria.workbook.hostile import FILES, SLOW
from tests.criteria.workbook.odd import ODD, TOLERATED

ROOT = Path(__file__).parents[3]
ALL = {**FILES, **ODD}
CASES = [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW or name in ODD else []) for name in ALL]
SECONDS, TOLERATED_SECONDS, MIB = 1.0, 10.0, 64
LENIENCE = 3  # for a busy or slow machine; the benchmark measures against the bar itself

Measure = Callable[[bytes], dict[str, Any]]


@pytest.fixture(scope="module")
def measure(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Measure]:
    """Reads bytes in a process of its own: the answer, seconds of processor time, MiB above the bare process."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "template.json").write_text(template.to_json(), encoding="utf-8")
    command = [sys.executable, "-m", "tests.criteria.workbook.measured", str(folder / "template.json")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        pipe, answers = process.stdin, process.stdout

        def one(content: bytes) -> dict[str, Any]:
            path = folder / "upload"
            path.write_bytes(content)
            pipe.write(f"{path}\n")
            pipe.flush()
            answer: dict[str, Any] = json.loads(answers.readline())
            return answer

        yield one
        pipe.close()


@pytest.mark.parametrize("name", CASES)
def test_file_is_answered_by_its_own_code_within_time_and_memory(
    name: str, good: bytes, template: Template, measure: Measure
) -> None:
    expected, make = ALL[name]
    got = measure(make(good, template))
    if expected.startswith("fault:"):
        assert (got["answer"], got["errors"]) == ("read", [expected.removeprefix("fault:")])
    else:
        assert got["answer"] == expected
    if expected == "read":
        assert got["errors"] == []
        assert got["digest"] == examine(good, template).facts.digest()
    assert got["seconds"] < LENIENCE * (TOLERATED_SECONDS if name in TOLERATED else SECONDS)
    assert got["mib"] < MIB


def test_the_set_holds_more_than_a_hundred_files_and_every_refusal_that_a_file_can_cause() -> None:
    caused = {code for code, _ in ALL.values()}
    only_by_limits = {"too_much_memory", "too_slow", "unreadable", "too_much_text"}
    assert len(ALL) >= 150
    assert not FILES.keys() & ODD.keys()
    assert set(REFUSALS) - caused == only_by_limits
    assert ALL.keys() >= TOLERATED
