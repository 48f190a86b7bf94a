"""The reader against openpyxl and calamine on good files: every cell the same, every difference explained."""

from __future__ import annotations

import io
from fractions import Fraction

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from criteria.workbook import Template
from criteria.workbook.annotate import annotated_workbook
from criteria.workbook.intake import examine
from criteria.workbook.numbers import stored_number
from criteria.workbook.package import open_book
from criteria.workbook.reader import Cell, read_sheets
from criteria.workbook.samples import correct_workbook, faulty_workbook
from criteria.workbook.template import write_template

FILES = ("blank", "strong", "middling", "weak", "faulty", "annotated")


@pytest.fixture(scope="module")
def files(template: Template) -> dict[str, bytes]:
    faulty = faulty_workbook(template)
    return {
        "blank": write_template(template),
        **{profile: correct_workbook(template, 5, profile) for profile in ("strong", "middling", "weak")},
        "faulty": faulty,
        "annotated": annotated_workbook(template, examine(faulty, template).faults),
    }


def own_cells(content: bytes) -> dict[tuple[str, int, int], Cell]:
    return {
        (grid.sheet.name, row, column): cell
        for grid in read_sheets(open_book(content))
        for (row, column), cell in grid.cells.items()
    }


def same(cell: Cell, value: object) -> bool:
    if isinstance(value, bool):
        return cell.kind == "b" and (cell.text == "1") is value
    if isinstance(value, int | float):
        return cell.kind == "n" and stored_number(cell.text) == stored_number(repr(value))
    return cell.kind == "s" and cell.text == value


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_openpyxl_sees_the_same_cells(name: str, files: dict[str, bytes]) -> None:
    own = own_cells(files[name])
    for data_only in (True, False):
        workbook = load_workbook(io.BytesIO(files[name]), data_only=data_only)
        theirs = {
            (sheet.title, cell.row, cell.column): cell.value
            for sheet in workbook.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        assert theirs.keys() == own.keys()
        assert [place for place, value in theirs.items() if not same(own[place], value)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_calamine_sees_the_same_cells(name: str, files: dict[str, bytes]) -> None:
    own = own_cells(files[name])
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(files[name]))
    theirs = {}
    for sheet in workbook.sheet_names:
        for row, values in enumerate(workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False), 1):
            for column, value in enumerate(values, 1):
                if value != "":
                    theirs[(sheet, row, column)] = value
    assert theirs.keys() == own.keys()
    # calamine gives every number as float; ours are compared after 15 digits
    assert [place for place, value in theirs.items() if not same(own[place], value)] == []


def test_comparison_would_notice_a_difference() -> None:
    assert not same(Cell("1", "n", 0, None), 2)
    assert not same(Cell("1", "s", 0, None), 1)
    assert same(Cell("0.28999999999999998", "n", 0, None), 0.29)
    assert stored_number("0.28999999999999998") == Fraction(29, 100)
