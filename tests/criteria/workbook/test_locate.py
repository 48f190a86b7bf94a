"""Figures are found by code and year after whatever an applicant does to the sheets, or the place is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from criteria.facts import Facts, Scalar
from criteria.workbook import Faults, Template, read
from criteria.workbook.intake import examine
from tests.criteria.workbook.books import edited

TABLE = "评价数据表"


def values(facts: Facts) -> dict[tuple[str, int | None], Scalar]:
    return {key: fact.value for key, fact in facts.figures.items()}


def lines(facts: Facts) -> dict[str, list[dict[str, Scalar]]]:
    return {code: [dict(row.values) for row in rows] for code, rows in facts.annexes.items()}


def shift_names(workbook: Workbook, sheet: str, move: Callable[[int, int], tuple[int, int]]) -> None:
    """What an office program does to the defined names when rows or columns are inserted."""
    from openpyxl.utils import coordinate_to_tuple, get_column_letter

    for name in workbook.defined_names.values():
        place = name.attr_text.rpartition("!")
        if place[0].strip("'") == sheet:
            row, column = move(*coordinate_to_tuple(place[2].replace("$", "")))
            name.attr_text = f"'{sheet}'!${get_column_letter(column)}${row}"


def unmerge(sheet: Worksheet) -> None:
    for cells in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(cells))


def insert_row(workbook: Workbook) -> None:
    unmerge(workbook[TABLE])
    workbook[TABLE].insert_rows(9)
    shift_names(workbook, TABLE, lambda row, column: (row + (row >= 9), column))


def insert_column(workbook: Workbook) -> None:
    unmerge(workbook[TABLE])
    workbook[TABLE].insert_cols(3)
    shift_names(workbook, TABLE, lambda row, column: (row, column + (column >= 3)))


def insert_annex_column(workbook: Workbook) -> None:
    sheet = next(sheet for sheet in workbook.worksheets if "B2" in sheet.title)
    unmerge(sheet)
    sheet.insert_cols(2)


def sort_rows(workbook: Workbook) -> None:
    sheet = workbook[TABLE]
    unmerge(sheet)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    rows.sort(key=lambda row: str(row[1] or ""), reverse=True)
    for number, row in enumerate(rows, 5):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column).value = value


def rename_sheet(workbook: Workbook) -> None:
    workbook[TABLE].title = "数据"
    for name in workbook.defined_names.values():
        name.attr_text = name.attr_text.replace(f"'{TABLE}'", "'数据'")


def lose_names(workbook: Workbook) -> None:
    for name in list(workbook.defined_names):
        del workbook.defined_names[name]


def lose_lists(workbook: Workbook) -> None:
    del workbook["_lists"]


def swap_year_columns(workbook: Workbook) -> None:
    sheet = workbook[TABLE]
    unmerge(sheet)
    for row in range(4, sheet.max_row + 1):
        first, last = sheet.cell(row, 4), sheet.cell(row, 5)
        first.value, last.value = last.value, first.value
    shift_names(workbook, TABLE, lambda row, column: (row, {4: 5, 5: 4}.get(column, column)))


def reorder_sheets(workbook: Workbook) -> None:
    workbook.move_sheet(TABLE, offset=3)


def year_heads_as_numbers(workbook: Workbook) -> None:
    workbook[TABLE]["D4"] = 2025
    workbook[TABLE]["E4"] = " 2024 年"


def own_notes_below(workbook: Workbook) -> None:
    workbook[TABLE]["B60"] = "以上数据摘自审计报告"
    workbook.create_sheet("草稿")["A1"] = "A-01"


@pytest.mark.slow
@pytest.mark.parametrize(
    "edit",
    [
        insert_row,
        insert_column,
        insert_annex_column,
        sort_rows,
        rename_sheet,
        lose_names,
        lose_lists,
        swap_year_columns,
        reorder_sheets,
        year_heads_as_numbers,
        own_notes_below,
    ],
)
def test_harmless_edit_reads_the_same_figures(
    edit: Callable[[Workbook], None], good: bytes, template: Template
) -> None:
    before, after = read(good, template), read(edited(good, edit), template)
    assert isinstance(before, Facts)
    assert isinstance(after, Facts), after
    assert values(after) == values(before)
    assert lines(after) == lines(before)


def delete_row(workbook: Workbook) -> None:
    unmerge(workbook[TABLE])
    workbook[TABLE].delete_rows(6)
    workbook.defined_names["F_revenue_main_2025"].attr_text = "#REF!"
    shift_names(workbook, TABLE, lambda row, column: (row - (row > 6), column))


def copy_sheet(workbook: Workbook) -> None:
    workbook.copy_worksheet(workbook[TABLE])


def cut_and_paste_outside(workbook: Workbook) -> None:
    sheet = workbook[TABLE]
    sheet["J6"], sheet["D6"] = sheet["D6"].value, None
    workbook.defined_names["F_revenue_main_2025"].attr_text = f"'{TABLE}'!$J$6"


def cut_and_paste_over(workbook: Workbook) -> None:
    sheet = workbook[TABLE]
    sheet["D7"], sheet["D6"] = sheet["D6"].value, None
    workbook.defined_names["F_revenue_main_2025"].attr_text = f"'{TABLE}'!$D$7"
    workbook.defined_names["F_new_product_revenue_2025"].attr_text = f"'{TABLE}'!#REF!"


def change_year_head(workbook: Workbook) -> None:
    workbook[TABLE]["E4"] = "2022年"


def double_year_head(workbook: Workbook) -> None:
    workbook[TABLE]["E4"] = "2025年"


def tear_annex(workbook: Workbook) -> None:
    sheet = next(sheet for sheet in workbook.worksheets if "B1" in sheet.title)
    sheet["A9"], sheet["C9"], sheet["C6"] = "代码", sheet["C6"].value, None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("edit", "code", "place"),
    [
        (delete_row, "code_missing", ""),
        (copy_sheet, "code_doubled", f"{TABLE} Copy!A6"),
        (cut_and_paste_outside, "witnesses_disagree", f"{TABLE}!D6"),
        (cut_and_paste_over, "witnesses_disagree", f"{TABLE}!D7"),
        (change_year_head, "head_missing", f"{TABLE}!A4"),
        (double_year_head, "head_doubled", f"{TABLE}!A4"),
        (tear_annex, "annex_torn", "附表B1 研究开发项目表!A9"),
    ],
)
def test_edit_that_leaves_a_figure_uncertain_is_named_with_its_place(
    edit: Callable[[Workbook], None], code: str, place: str, good: bytes, template: Template
) -> None:
    reading = examine(edited(good, edit), template)
    assert not reading.accepted
    assert (code, place) in [(fault.code, fault.place) for fault in reading.faults.faults]


@pytest.mark.slow
@pytest.mark.parametrize("edit", [delete_row, copy_sheet, cut_and_paste_outside, cut_and_paste_over, change_year_head])
def test_uncertain_edit_never_gives_a_wrong_figure(
    edit: Callable[[Workbook], None], good: bytes, template: Template
) -> None:
    before, after = read(good, template), examine(edited(good, edit), template)
    assert isinstance(before, Facts)
    named = {(fault.field, fault.year) for fault in after.faults.errors}
    wrong = [key for key, value in values(after.facts).items() if values(before)[key] != value and key not in named]
    assert wrong == []


@pytest.mark.slow
def test_project_numbered_like_a_code_does_not_disturb(good: bytes, template: Template) -> None:
    def edit(workbook: Workbook) -> None:
        sheet = next(sheet for sheet in workbook.worksheets if "B1" in sheet.title)
        sheet["B7"], sheet["B8"] = "A-01", "B1-02"

    after = read(edited(good, edit), template)
    assert not isinstance(after, Faults)
    assert [row.values["name"] for row in after.annexes["rd_projects"][:2]] == ["A-01", "B1-02"]
