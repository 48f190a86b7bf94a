"""The annotated copy: rebuilt, marked, safe, and good for another upload."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from criteria.facts import Facts
from criteria.workbook import Faults, Template, examine, read
from criteria.workbook.annotate import annotated_workbook
from criteria.workbook.intake import entries_of
from criteria.workbook.planting import edit_sheet, plant, replace_cell, spot_of
from tests.criteria.workbook.books import added, unpacked

RED, AMBER = "FFC7CE", "FFEB9C"


@pytest.fixture(scope="module")
def spoiled(good: bytes, template: Template) -> bytes:
    """Three errors, one question, in table, basics and annex."""
    content = plant("text_in_number", template, ("employees", 2025), good).workbook
    content = plant("wrong_check_digit", template, ("uscc", None), content).workbook
    content = plant("missing", template, ("equipment.original_value", 2), content).workbook
    spot = spot_of(template, ("standards.name", 1))
    evil = 't="inlineStr"|<is><t>=HYPERLINK("http://example.com")</t></is>'
    return edit_sheet(content, template, spot.sheet, replace_cell(spot.cell, evil))


@pytest.fixture(scope="module")
def annotated(spoiled: bytes, template: Template) -> bytes:
    return annotated_workbook(template, examine(spoiled, template).faults)


def test_faulty_cells_are_red_with_a_comment_and_hold_what_was_typed(annotated: bytes) -> None:
    workbook = load_workbook(io.BytesIO(annotated))
    for sheet, cell, value, words in (
        ("评价数据表", "D17", "约一百", "应填数字"),
        ("基本情况", "C6", "91310115YL0001231G", "校验位"),
        ("附表B4 研究开发仪器设备表", "D8", None, "必填"),
    ):
        found = workbook[sheet][cell]
        assert found.fill.start_color.rgb.endswith(RED)
        assert found.value == value
        assert words in found.comment.text


def test_fault_list_names_every_fault_with_a_link(annotated: bytes, spoiled: bytes, template: Template) -> None:
    faults = examine(spoiled, template).faults.faults
    sheet = load_workbook(io.BytesIO(annotated))["问题清单"]
    assert sheet["A1"].value == "问题清单：3 处错误，0 处待确认"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4, max_row=6)]
    assert [(row[2], row[3], row[5]) for row in rows] == [(f.sheet, f.cell, f.message_zh) for f in faults]
    assert [sheet.cell(row, 4).hyperlink.location or sheet.cell(row, 4).hyperlink.target for row in (4, 5, 6)] == [
        f"#'{fault.sheet}'!{fault.cell}" for fault in faults
    ]


def test_reading_the_annotated_copy_gives_the_same_faults_and_facts(
    annotated: bytes, spoiled: bytes, template: Template
) -> None:
    before, after = examine(spoiled, template), examine(annotated, template)
    assert [(f.code, f.place) for f in after.faults.faults] == [(f.code, f.place) for f in before.faults.faults]
    assert {k: f.value for k, f in after.facts.figures.items()} == {k: f.value for k, f in before.facts.figures.items()}
    assert [[dict(row.values) for row in rows] for rows in after.facts.annexes.values()] == [
        [dict(row.values) for row in rows] for rows in before.facts.annexes.values()
    ]


def test_text_of_the_applicant_is_never_a_formula(annotated: bytes) -> None:
    sheets = [content for name, content in unpacked(annotated).items() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in content or b"<f " in content for content in sheets)
    workbook = load_workbook(io.BytesIO(annotated))
    assert workbook["附表B3 标准表"]["C7"].value == '=HYPERLINK("http://example.com")'
    assert workbook["附表B3 标准表"]["C7"].data_type == "s"


def test_no_part_of_the_upload_is_handed_on(good: bytes, template: Template) -> None:
    upload = added(good, {"xl/media/image1.png": b"secret", "customXml/item1.xml": "<secret/>"})
    parts = unpacked(annotated_workbook(template, examine(upload, template).faults))
    assert not any(b"secret" in content for content in parts.values())
    assert not any(name.startswith(("xl/media", "customXml")) for name in parts)


def test_corrected_copy_is_accepted(annotated: bytes, template: Template, good: bytes) -> None:
    workbook = load_workbook(io.BytesIO(annotated))
    workbook["评价数据表"]["D17"] = 760
    workbook["基本情况"]["C6"] = "91310115YL0001231F"
    workbook["附表B4 研究开发仪器设备表"]["D8"] = 1000
    stream = io.BytesIO()
    workbook.save(stream)
    assert isinstance(read(stream.getvalue(), template), Facts)


def test_question_is_amber(good: bytes, template: Template) -> None:
    def stray(xml: str) -> str:
        return replace_cell("E33", "|<v>5</v>")(xml)

    faults = examine(edit_sheet(good, template, "评价数据表", stray), template).faults
    workbook = load_workbook(io.BytesIO(annotated_workbook(template, faults)))
    assert workbook["问题清单"]["B4"].value == "待确认"
    assert workbook["问题清单"]["B4"].fill.start_color.rgb.endswith(AMBER)


@pytest.mark.slow
def test_refused_formula_and_number_come_back_as_typed(good: bytes, template: Template) -> None:
    content = plant("formula", template, ("employees", 2025), good).workbook
    content = plant("negative", template, ("rd_staff", 2025), content).workbook
    workbook = load_workbook(io.BytesIO(annotated_workbook(template, examine(content, template).faults)))
    assert workbook["评价数据表"]["D17"].value == "=SUM(A1:A3)"
    assert workbook["评价数据表"]["D17"].data_type == "s"
    row = spot_of(template, ("rd_staff", 2025)).cell
    assert workbook["评价数据表"][row].value == -5


@pytest.mark.slow
def test_moved_upload_is_marked_at_the_rebuilt_cells(good: bytes, template: Template) -> None:
    from tests.criteria.workbook.books import edited
    from tests.criteria.workbook.test_locate import insert_row

    content = plant("text_in_number", template, ("employees", 2025), good).workbook
    faults = examine(edited(content, insert_row), template).faults
    assert [fault.cell for fault in faults.faults] == ["D18"]
    workbook = load_workbook(io.BytesIO(annotated_workbook(template, faults)))
    assert workbook["评价数据表"]["D17"].value == "约一百"
    assert workbook["问题清单"]["D4"].value == "D17"


def test_accepted_facts_fill_a_copy_as_well(good: bytes, template: Template) -> None:
    facts = examine(good, template).facts
    again = read(annotated_workbook(template, Faults((), tuple(entries_of(facts)))), template)
    assert isinstance(again, Facts)
    assert {k: f.value for k, f in again.figures.items()} == {k: f.value for k, f in facts.figures.items()}
