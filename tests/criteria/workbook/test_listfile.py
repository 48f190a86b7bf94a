"""Plain lists: cells as texts with their addresses, days as days, formulas and hidden cells marked, hostile files."""

from __future__ import annotations

import io
from datetime import date

import pytest
from openpyxl import Workbook

from criteria.workbook.faults import Fault
from criteria.workbook.isolated_list import read_list
from criteria.workbook.listfile import MOST_ROWS, ListCell, csv_cells, sheet_cells
from criteria.workbook.package import open_book


def book(hide: str = "") -> bytes:
    """Two sheets; the first has a text, a number, a day, a formula, an error."""
    made, stream = Workbook(), io.BytesIO()
    sheet = made.active
    assert sheet is not None
    sheet.append(["名称", "数", "日"])
    sheet.append([" 示例 ", 12, date(2021, 5, 1)])
    sheet.append(["=1+1", "#N/A", None])
    if hide == "column":
        sheet.column_dimensions["B"].hidden = True
    if hide == "sheet":
        made.create_sheet("第二张").append(["看得见的"])
        sheet.sheet_state = "hidden"
        made.active = 1
    made.save(stream)
    return stream.getvalue()


def plain(cells: list[ListCell]) -> dict[str, tuple[str, str]]:
    return {cell.place: (cell.text, cell.trouble) for cell in cells}


def test_cells_are_read_as_people_see_them() -> None:
    found = plain(sheet_cells(open_book(book())))
    assert found["A2"] == ("示例", "")
    assert found["B2"] == ("12", "")
    assert found["C2"] == ("2021-05-01", "")
    assert found["A3"][1] == "formula"
    assert found["B3"][1] == "error"


def test_hidden_columns_are_marked_and_hidden_sheets_are_not_read() -> None:
    assert plain(sheet_cells(open_book(book("column"))))["B2"] == ("12", "hidden")
    assert plain(sheet_cells(open_book(book("sheet")))) == {"A1": ("看得见的", "")}


def test_the_child_answers_as_the_reader_does() -> None:
    assert read_list(book(), "名单.xlsx") == sheet_cells(open_book(book()))


def test_csv_cells_have_addresses_and_lose_the_guard_of_exports() -> None:
    found = csv_cells("\ufeff名称,数\n'=1+1,\"两\n行\"\n=2,'示例\n".encode())
    assert isinstance(found, list)
    assert plain(found) == {
        "A1": ("名称", ""), "B1": ("数", ""), "A2": ("=1+1", ""), "B2": ("两\n行", ""), "A3": ("=2", "formula"),
        "B3": ("'示例", ""),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.csv", "empty_file"),
        (b"a\x00b", "a.csv", "unreadable"),
        (b"\xff\xfe\xff", "a.csv", "unreadable"),
        (b"a\n" * (MOST_ROWS + 1), "a.csv", "too_many_cells"),
        (b"PK\x03\x04broken", "a.xlsx", "damaged"),
        (b"\x89PNG\r\n", "a.xlsx", "image"),
    ],
)
def test_what_is_no_list_is_refused_with_a_reason(content: bytes, name: str, code: str) -> None:
    found = read_list(content, name)
    assert isinstance(found, Fault)
    assert found.code == code
    assert found.message_zh
    assert found.message_en
