"""The verbs over workbooks on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from criteria.__main__ import main
from criteria.facts import Facts
from criteria.workbook import Template, template_for
from criteria.workbook.planting import plant
from criteria.workbook.samples import correct_workbook, sample_facts

REF = "shanghai_municipal_centre/2022-demo"


@pytest.fixture
def own(template: Template) -> Template:
    """The template as the command line makes it, titled by the form."""
    form = template.form
    return template_for(form, REF, template.rule_set_checksum, "B-1", 2025, form.title_zh)


@pytest.fixture
def filled(own: Template, tmp_path: Path) -> Path:
    path = tmp_path / "good.xlsx"
    path.write_bytes(correct_workbook(own))
    return path


def test_template_is_written_and_read_back_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "t.xlsx"
    assert main(["template", REF, "--batch", "B-1", "--year", "2025", "--out", str(out)]) == 0
    assert f"B-1:{REF}:2025" in capsys.readouterr().out
    assert main(["read", str(out)]) == 2
    assert "required" in capsys.readouterr().out


def test_template_is_prefilled_from_facts(tmp_path: Path, own: Template) -> None:
    facts, out = tmp_path / "facts.json", tmp_path / "t.xlsx"
    facts.write_text(sample_facts(own).to_json(), encoding="utf-8")
    command = ["template", REF, "--batch", "B-1", "--year", "2025", "--out", str(out), "--prefill", str(facts)]
    assert main(command) == 0
    assert main(["read", str(out)]) == 0


@pytest.mark.parametrize(
    "arguments",
    [["nothing/1", "--batch", "B"], [REF, "--batch", "B 1"], ["shanghai_municipal_centre/2022", "--batch", "B"]],
)
def test_template_that_cannot_be_made_ends_with_two_and_a_reason(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "t.xlsx"
    assert main(["template", *arguments, "--year", "2025", "--out", str(out)]) == 2
    assert arguments[0] in capsys.readouterr().out
    assert not out.exists()


def test_read_prints_facts_as_json(filled: Path, own: Template, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(filled), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["accepted"], told["faults"]) == (True, [])
    facts = Facts.from_json(json.dumps(told["facts"]))
    assert facts.value("revenue_main") == sample_facts(own).value("revenue_main")


def test_read_answers_each_file_and_ends_with_two_when_one_is_refused(
    filled: Path, own: Template, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"empty.xlsx": b"", "a.pdf": b"%PDF", "odd.xlsx": b"PK\x03\x04", "bad.xlsx": None}
    bad = plant("text_in_number", own, ("employees", 2025), filled.read_bytes()).workbook
    for name, content in files.items():
        (tmp_path / name).write_bytes(bad if content is None else content)
    names = [str(tmp_path / name) for name in (*files, "good.xlsx", "missing.xlsx")]
    assert main(["read", *names, "--json", "--lang", "en"]) == 2
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["accepted"], [fault["code"] for fault in one["faults"]]) for one in told] == [
        (False, ["empty_file"]),
        (False, ["pdf"]),
        (False, ["damaged"]),
        (False, ["text_for_number"]),
        (True, []),
        (False, ["damaged"]),
    ]


def test_read_speaks_english_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF")
    assert main(["read", str(path), "--lang", "en"]) == 2
    assert "The uploaded file is a PDF document" in capsys.readouterr().out


def test_read_runs_the_cross_checks(own: Template, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from criteria.workbook.samples import faulty_workbook

    path = tmp_path / "faulty.xlsx"
    path.write_bytes(faulty_workbook(own))
    assert main(["read", str(path)]) == 2
    assert {"AX06", "CC11"} <= set(capsys.readouterr().out.split())


def test_workbook_of_an_unknown_rule_set_is_not_ours(template: Template, tmp_path: Path) -> None:
    strange = template_for(template.form, "nothing/1", "00", "B-1", 2025, "t")
    path = tmp_path / "strange.xlsx"
    path.write_bytes(correct_workbook(strange))
    assert main(["read", str(path)]) == 2


@pytest.mark.slow
def test_annotate_writes_a_copy_with_the_fault_list(filled: Path, own: Template, tmp_path: Path) -> None:
    out = tmp_path / "annotated.xlsx"
    filled.write_bytes(plant("missing", own, ("employees", 2025), filled.read_bytes()).workbook)
    assert main(["annotate", str(filled), "--out", str(out)]) == 0
    assert "问题清单" in correct_sheet_names(out)


def correct_sheet_names(path: Path) -> list[str]:
    from openpyxl import load_workbook

    return load_workbook(path).sheetnames


def test_annotate_of_a_refused_file_writes_nothing(tmp_path: Path) -> None:
    path, out = tmp_path / "a.pdf", tmp_path / "out.xlsx"
    path.write_bytes(b"%PDF")
    assert main(["annotate", str(path), "--out", str(out)]) == 2
    assert not out.exists()


@pytest.mark.slow
def test_diff_prints_each_changed_cell(
    filled: Path, own: Template, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.xlsx"
    other.write_bytes(plant("missing", own, ("employees", 2025), filled.read_bytes()).workbook)
    assert main(["diff", str(filled), str(filled)]) == 0
    assert main(["diff", str(filled), str(other)]) == 1
    assert capsys.readouterr().out.split() == ["评价数据表!D17", "employees", "2025", "760", "->", "（空）"]
    other.write_bytes(b"%PDF")
    assert main(["diff", str(filled), str(other)]) == 2
    assert "PDF" in capsys.readouterr().out
