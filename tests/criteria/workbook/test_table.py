"""A plain table: CSV in the codings that spreadsheet programs write, a workbook in a child, hostile files refused."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from criteria.workbook.faults import Fault
from criteria.workbook.table import MAX_ROWS, Table, read_table

TEXT = '账号,专业领域\r\nzhuanjia1, 智能制造 \r\n,\r\nzhuanjia2,"新材料,复合"\r\n'


def rows(found: Table | Fault) -> dict[int, dict[int, str]]:
    assert isinstance(found, Table), found
    return {row: dict(cells) for row, cells in found.rows.items()}


def code(found: Table | Fault) -> str:
    assert isinstance(found, Fault), found
    return found.code


def workbook(*lines: tuple[object, ...], hidden_first: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    if hidden_first:
        sheet["A1"] = "看不见"
        sheet.sheet_state = "hidden"
        sheet = book.create_sheet("专家表")
    for line in lines:
        sheet.append(line)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_the_codings_of_spreadsheet_programs(coding: str) -> None:
    found = read_table(TEXT.encode(coding), "专家.CSV")
    assert rows(found) == {
        1: {1: "账号", 2: "专业领域"},
        2: {1: "zhuanjia1", 2: "智能制造"},
        4: {1: "zhuanjia2", 2: "新材料,复合"},
    }


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a\0b", "unreadable"),
        (b"\xff\xff\xff", "unreadable"),
        (b'"open', "unreadable"),
        (b"x\n" * (MAX_ROWS + 1), "too_many_cells"),
        (b"a," * 80, "too_many_cells"),
        (b"a" * (2 * 1024 * 1024 + 1), "unreadable"),
    ],
)
def test_bad_csv_is_refused(content: bytes, expected: str) -> None:
    assert code(read_table(content, "x.csv")) == expected


@pytest.mark.slow
def test_first_visible_sheet_is_read_with_days_and_whole_numbers() -> None:
    found = read_table(workbook(("账号", "聘期起", 7), ("a", date(2026, 1, 31), 1.5), hidden_first=True), "x.xlsx")
    assert isinstance(found, Table)
    assert found.sheet == "专家表"
    assert rows(found) == {1: {1: "账号", 2: "聘期起", 3: "7"}, 2: {1: "a", 2: "2026-01-31", 3: "1.5"}}


@pytest.mark.slow
@pytest.mark.parametrize("content", [b"%PDF-1.4", b"PK\x03\x04 broken", b"", b"plain text"])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    assert code(read_table(content, "x.xlsx"))


@pytest.mark.slow
def test_workbook_of_too_many_rows_is_refused() -> None:
    assert code(read_table(workbook(*[("a",)] * (MAX_ROWS + 1)), "x.xlsx")) == "too_many_cells"
