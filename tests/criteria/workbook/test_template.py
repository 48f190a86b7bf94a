"""The written workbook: what an office program and other readers see in it."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from criteria.workbook import Template, read
from criteria.workbook.layout import PROPERTY_CHECKSUM, PROPERTY_ID, defined_name
from criteria.workbook.samples import sample_facts
from criteria.workbook.sheets import addresses
from criteria.workbook.template import write_list, write_template
from tests.criteria.workbook.books import unpacked

TABLE = "评价数据表"


@pytest.fixture(scope="module")
def blank(template: Template) -> bytes:
    return write_template(template)


def test_sheets_stand_in_order_and_the_lists_are_hidden(blank: bytes) -> None:
    workbook = load_workbook(io.BytesIO(blank))
    names = workbook.sheetnames
    assert names[:3] == ["填表说明", "基本情况", TABLE]
    assert [name[:4] for name in names[3:-1]] == ["附表B1", "附表B2", "附表B3", "附表B4", "附表B5"]
    assert workbook["_lists"].sheet_state == "veryHidden"


def test_template_mark_stands_in_three_places(blank: bytes, template: Template) -> None:
    workbook = load_workbook(io.BytesIO(blank))
    properties = {name: workbook.custom_doc_props[name].value for name in workbook.custom_doc_props.names}
    assert properties == {PROPERTY_ID: template.id, PROPERTY_CHECKSUM: template.checksum}
    assert workbook["_lists"]["A1"].value == template.mark_text
    for sheet in workbook.worksheets[:-1]:
        assert sheet["A2"].value == template.mark_text
        assert template.mark_text in sheet.oddFooter.left.text


def test_every_input_cell_is_named_open_and_formatted(blank: bytes, template: Template) -> None:
    workbook = load_workbook(io.BytesIO(blank))
    places = addresses(template)
    assert len(workbook.defined_names) == len(places) > 50
    for key, (sheet, row, column) in places.items():
        cell = workbook[sheet].cell(row, column)
        assert workbook.defined_names[defined_name(*key)].attr_text == f"'{sheet}'!${cell.column_letter}${row}"
        assert not cell.protection.locked
        assert cell.number_format in ("@", "#,##0", "#,##0.00")


def test_everything_else_is_locked(blank: bytes, template: Template) -> None:
    workbook = load_workbook(io.BytesIO(blank))
    places = set(addresses(template).values())
    for sheet in (workbook["基本情况"], workbook[TABLE]):
        assert sheet.protection.sheet
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.protection.locked or (sheet.title, cell.row, cell.column) in places


def test_annex_columns_are_open_as_a_whole(blank: bytes, template: Template) -> None:
    workbook = load_workbook(io.BytesIO(blank))
    sheet = workbook.worksheets[3]
    assert sheet.column_dimensions["A"].protection.locked is not False
    assert all(not sheet.column_dimensions[letter].protection.locked for letter in "BCDEFGH")
    assert sheet["A6"].value == "代码"
    assert [cell.value for cell in sheet[6][1:]] == [f"B1-{n:02d}" for n in range(1, 8)]


def test_choices_come_from_the_hidden_list(blank: bytes, template: Template) -> None:
    workbook = load_workbook(io.BytesIO(blank))
    rules = {str(rule.sqref): rule for rule in workbook["基本情况"].data_validations.dataValidation}
    place = addresses(template)[("enterprise_size", None)]
    rule = rules[f"C{place[1]}"]
    sheet, _, cells = rule.formula1.rpartition("!")
    found = [cell.value for row in workbook[sheet.strip("'")][cells.replace("$", "")] for cell in row]
    assert (rule.type, found) == ("list", ["大型", "中型", "小型", "微型"])


def test_pages_print_on_a4_with_repeated_heads(blank: bytes) -> None:
    for sheet in load_workbook(io.BytesIO(blank)).worksheets[:-1]:
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        if sheet.title != "填表说明":
            assert sheet.print_title_rows
            assert sheet.freeze_panes


def test_no_cell_holds_a_formula(good: bytes) -> None:
    for name, content in unpacked(good).items():
        if name.startswith("xl/worksheets/"):
            assert b"<f>" not in content
            assert b"<f " not in content


def test_same_template_writes_the_same_sheets(template: Template, blank: bytes) -> None:
    again = unpacked(write_template(template))
    assert {name: content for name, content in unpacked(blank).items() if name != "docProps/core.xml"} == {
        name: content for name, content in again.items() if name != "docProps/core.xml"
    }


@pytest.mark.slow
def test_prefilled_answers_are_tinted_and_say_so(template: Template) -> None:
    facts = sample_facts(template, seed=2)
    content = write_template(template, facts)
    workbook = load_workbook(io.BytesIO(content))
    sheet, row, column = addresses(template)[("revenue_main", 2024)]
    cell = workbook[sheet].cell(row, column)
    assert cell.fill.start_color.rgb.endswith("E2EFDA")
    assert cell.comment.text == "系统预填，请核对"
    again = read(content, template)
    assert {key: fact.value for key, fact in again.figures.items()} == {
        key: fact.value for key, fact in facts.figures.items()
    }


DANGEROUS = ["=1+1", '=HYPERLINK("http://example.com","x")', "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "#N/A"]


def test_text_of_users_never_becomes_a_formula_in_a_list() -> None:
    content = write_list("名单", ["名称"], [[text] for text in DANGEROUS])
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [sheet.cell(row, 1) for row in range(2, len(DANGEROUS) + 2)]
    assert b"<f>" not in unpacked(content)["xl/worksheets/sheet1.xml"]
    assert all(cell.quotePrefix for cell in cells if cell.value != "#N/A")
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[1:] == [
        [text] for text in DANGEROUS
    ]


def test_control_characters_are_left_out_of_a_list() -> None:
    content = write_list("a/b:c", ["名称"], [["甲\x00乙\x0b"], [None], [3]])
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet.title == "a b c"
    assert [sheet.cell(row, 1).value for row in (2, 3, 4)] == ["甲乙", None, 3]
