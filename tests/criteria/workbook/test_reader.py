"""The streaming reader: addresses, kinds, formulas, what is hidden."""

from __future__ import annotations

import pytest

from criteria.workbook.package import open_book
from criteria.workbook.reader import Cell, Grid, address_of, read_sheets
from tests.criteria.workbook.books import MAIN, book, packed, parts_of


def grid(rows: str, strings: str = "") -> Grid:
    return read_sheets(open_book(book(rows, strings=strings)))[0]


def sheet(inside: str) -> Grid:
    parts = parts_of()
    parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{MAIN}">{inside}</worksheet>'
    return read_sheets(open_book(packed(parts)))[0]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c r="A1"><v>1.50</v></c>', Cell("1.50", "n", 0, None)),
        ('<c r="A1" t="n" s="3"><v>1</v></c>', Cell("1", "n", 3, None)),
        ('<c r="A1" t="s"><v>1</v></c>', Cell("乙", "s", 0, None)),
        ('<c r="A1" t="inlineStr"><is><t>甲</t></is></c>', Cell("甲", "s", 0, None)),
        (
            '<c r="A1" t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r><rPh><t>x</t></rPh></is></c>',
            Cell("甲乙", "s", 0, None),
        ),
        ('<c r="A1" t="str"><f>"a"</f><v>a</v></c>', Cell("a", "s", 0, '"a"')),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', Cell("2", "n", 0, "1+1")),
        ('<c r="A1"><f>1+1</f></c>', Cell("", "n", 0, "1+1")),
        ('<c r="A1"><f t="shared" si="0"/><v>2</v></c>', Cell("2", "n", 0, "")),
        ('<c r="A1" t="b"><v>1</v></c>', Cell("1", "b", 0, None)),
        ('<c r="A1" t="e"><v>#N/A</v></c>', Cell("#N/A", "e", 0, None)),
        ('<c r="A1" t="d"><v>2024-03-15</v></c>', Cell("2024-03-15", "d", 0, None)),
        ('<c r="A1" t="str"><v>a_x0041_</v></c>', Cell("aA", "s", 0, None)),
        ("<c><v>7</v></c>", Cell("7", "n", 0, None)),
        ('<c r="A1"><v>1</v><extLst><ext><x><v>9</v></x></ext></extLst></c>', Cell("1", "n", 0, None)),
    ],
)
def test_cell_is_kept_as_it_stands(cell: str, expected: Cell) -> None:
    assert grid(f'<row r="1">{cell}</row>', "<si><t>甲</t></si><si><t>乙</t></si>").cells == {(1, 1): expected}


@pytest.mark.parametrize("cell", ['<c r="A1"/>', '<c r="A1" s="5"></c>', '<c r="A1"><v></v></c>', '<c r="A1" t="s"/>'])
def test_empty_cell_is_not_kept(cell: str) -> None:
    assert grid(f'<row r="1">{cell}</row>').cells == {}


def test_rows_and_columns_without_address_count_on() -> None:
    rows = '<row><c><v>1</v></c><c><v>2</v></c></row><row r="5"><c r="C5"><v>3</v></c><c><v>4</v></c></row>'
    rows += "<row><c><v>5</v></c></row>"
    found = {place: cell.text for place, cell in grid(rows).cells.items()}
    assert found == {(1, 1): "1", (1, 2): "2", (5, 3): "3", (5, 4): "4", (6, 1): "5"}


def test_hidden_and_flattened_rows_and_columns_are_known() -> None:
    read = sheet(
        '<cols><col min="2" max="3" hidden="1"/><col min="5" max="5" width="0"/>'
        '<col min="6" max="6" width="9.5"/></cols>'
        '<sheetData><row r="2" hidden="true"/><row r="3" ht="0"/><row r="4" ht="15"/></sheetData>'
    )
    assert read.hidden_rows == {2, 3}
    assert read.hidden_columns == {2, 3, 5}
    assert read.is_hidden(2, 1)
    assert read.is_hidden(9, 3)
    assert not read.is_hidden(4, 6)


def test_prefixed_sheet_reads_the_same() -> None:
    parts = parts_of()
    parts["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="B1"><x:v>7</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    assert read_sheets(open_book(packed(parts)))[0].cells == {(1, 2): Cell("7", "n", 0, None)}


def test_cells_of_a_foreign_namespace_are_not_cells() -> None:
    assert grid('<row r="1"><y:c xmlns:y="urn:y" r="A1"><y:v>7</y:v></y:c></row>').cells == {}


def test_sheet_in_utf_16_is_read() -> None:
    parts = parts_of()
    parts["xl/worksheets/sheet1.xml"] = (
        f'<?xml version="1.0" encoding="UTF-16"?><worksheet xmlns="{MAIN}"><sheetData><row r="1">'
        '<c r="A1"><v>7</v></c></row></sheetData></worksheet>'
    ).encode("utf-16")
    assert read_sheets(open_book(packed(parts)))[0].cells == {(1, 1): Cell("7", "n", 0, None)}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("A1", (1, 1)),
        ("XFD1048576", (1048576, 16384)),
        ("XFE1", None),
        ("A1048577", None),
        ("A0", None),
        ("1A", None),
        ("", None),
        ("A", None),
        ("AAAA1", None),
        ("A1 ", None),
        ("A١", None),
    ],
)
def test_address_is_read_or_refused(text: str, place: tuple[int, int] | None) -> None:
    assert address_of(text) == place
