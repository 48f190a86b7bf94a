"""The verbs for authors of rules: boundary cases run, editions compared, an edition printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from criteria.__main__ import main
from criteria.golden import CASES
from criteria.loading import PROGRAMMES

SET = "district_centre/songjiang-current"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A rule file of one's own with one limit of the shipped set changed."""
    text = (PROGRAMMES / f"{SET}.yaml").read_text(encoding="utf-8")
    assert text.count("{value: 20, unit: person") == 1
    path = tmp_path / "own.yaml"
    path.write_text(text.replace("{value: 20, unit: person", "{value: 25, unit: person"), encoding="utf-8")
    return path


def test_boundary_cases_of_a_shipped_set_come_out_as_worked_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", SET, "national_centre/2016", "--lang", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in lines] == [SET, "national_centre/2016"]
    assert all(line.endswith(", 0 faults") for line in lines)


def test_limit_that_was_changed_fails_its_cases_by_name(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(own), "--cases", str(CASES / SET), "--lang", "en"]) == 1
    faults = capsys.readouterr().out.splitlines()[1:]
    assert [line[: line.index("]") + 1].rpartition(" ")[2] for line in faults] == ["[at]", "[above]"]
    assert all("SJ4" in line for line in faults)


@pytest.mark.parametrize("side", ["below", "at", "above"])
def test_limit_without_one_of_its_three_cases_fails(
    side: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (CASES / SET).glob("*.yaml"):
        lines = path.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if path.stem != "SJ4" or f"side: {side}" not in line]
        (tmp_path / path.name).write_text("\n".join(kept), encoding="utf-8")
    assert main(["test", SET, "--cases", str(tmp_path)]) == 1
    (fault,) = capsys.readouterr().out.splitlines()[1:]
    assert "SJ4" in fault
    assert fault.endswith(": 缺案例")


def test_case_of_no_limit_and_case_of_the_wrong_kind_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(
        "gate: SJ4\nfield: rd_staff\nlimits:\n"
        "  - {role: ceiling, cases: [{side: at, given: 1, outcome: passed}]}\n"
        "  - {role: limit, start: {revenue_main: much}, cases: [{side: at, given: 20, outcome: passed}]}\n",
        encoding="utf-8",
    )
    assert main(["test", SET, "--cases", str(path), "--lang", "en"]) == 1
    shown = capsys.readouterr().out
    assert "of the wrong kind: revenue_main" in shown
    assert "[at]: of no limit" in shown


def test_cases_that_cannot_be_read_are_refused_with_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text("gate: SJ4\nfield: rd_staff\nlimits:\n  - {role: limit, cases: [{side: near, given: 1}]}\n")
    assert main(["test", SET, "--cases", str(path), "--lang", "en"]) == 2
    assert capsys.readouterr().out.startswith(f"{path}:4: ")
    absent = tmp_path / "absent"
    assert main(["test", SET, "--cases", str(absent), "--lang", "en"]) == 2
    assert capsys.readouterr().out == f"{absent}: no such file\n"


def test_cases_of_shipped_sets_hold_for_a_file_that_rests_on_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "heir.yaml"
    path.write_text(
        "programme: heir\nedition: '1'\nname_zh: 后继\nname_en: Heir\nstatus: partial\ndemonstration: true\n"
        f"effective_from: null\neffective_confidence: demo\nextends: {SET}\n",
        encoding="utf-8",
    )
    assert main(["test", str(path), "--lang", "en"]) == 0
    assert capsys.readouterr().out.endswith(" cases, 0 faults\n")


@pytest.mark.slow
def test_difference_is_told_in_words_and_as_json(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", SET, str(own), "--lang", "en"]) == 1
    (told,) = capsys.readouterr().out.splitlines()
    assert told.endswith("20 persons → 25 persons")
    assert main(["diff", SET, str(own)]) == 1
    assert "20 人 → 25 人" in capsys.readouterr().out
    assert main(["diff", SET, str(own), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["en"] == told
    assert main(["diff", SET, SET]) == 0
    assert capsys.readouterr().out == ""


def test_page_is_printed_or_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "page.html"
    assert main(["page", SET, "--lang", "en"]) == 0
    printed = capsys.readouterr().out
    assert main(["page", SET, "--lang", "en", "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8").strip() == printed.strip()
    assert main(["page", SET, "--lang", "en", "--out", str(tmp_path / "no" / "page.html")]) == 2
    assert capsys.readouterr().out.endswith("page.html: no such file\n")
