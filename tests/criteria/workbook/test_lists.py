"""Plain lists: the heading found wherever it is, days in every form, both kinds of file, refusals by name."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from criteria.workbook.faults import Refused
from criteria.workbook.lists import MAX_LINES, ListCell, Listing, read_list

HEADINGS = {"编号": "number", "日期": "day", "备注": "note"}


def workbook(*rows: tuple[object, ...], hidden_first: bool = False) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "名单"
    for row in rows:
        sheet.append(row)
    if hidden_first:
        book.create_sheet("藏", 0).sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def texts(listing: Listing) -> list[tuple[int, dict[str, str]]]:
    return [(line.row, {code: cell.text for code, cell in line.cells.items()}) for line in listing.lines]


def test_heading_may_stand_lower_in_any_order_with_others_between() -> None:
    content = workbook(
        ("某单位名单",), (), ("日期*", "其他", "编号"), ("2015-06-01", "x", "甲-1"), (), (None, "y", " 甲-2 ")
    )
    found = read_list(content, HEADINGS)
    assert (found.sheet, found.missing) == ("名单", ("备注",))
    assert texts(found) == [(4, {"day": "2015-06-01", "number": "甲-1"}), (6, {"day": "", "number": "甲-2"})]
    assert found.lines[1].cells["day"] == ListCell("A6", "")


@pytest.mark.parametrize(
    ("said", "day"),
    [
        (date(2015, 6, 1), date(2015, 6, 1)),
        ("2015-06-01", date(2015, 6, 1)),
        ("2015年6月1日", date(2015, 6, 1)),
        ("2015.6.1", date(2015, 6, 1)),
        ("20150601", date(2015, 6, 1)),
        ("2015年6月", None),
        ("01/06/2015", None),
        ("昨天", None),
    ],
)
def test_day_is_read_from_dates_and_texts_without_doubt_only(said: object, day: date | None) -> None:
    (line,) = read_list(workbook(("编号", "日期"), ("甲", said)), HEADINGS).lines
    assert line.cells["day"].day == day


def test_first_visible_sheet_is_read() -> None:
    assert read_list(workbook(("编号",), ("甲",), hidden_first=True), HEADINGS).sheet == "名单"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_either_encoding(encoding: str) -> None:
    content = '编号,日期,备注\r\n甲-1,2015-06-01,"两行\n备注"\r\n'.encode(encoding)
    found = read_list(content, HEADINGS)
    assert texts(found) == [(2, {"number": "甲-1", "day": "2015-06-01", "note": "两行\n备注"})]
    assert found.lines[0].cells["day"] == ListCell("B2", "2015-06-01", date(2015, 6, 1))


def test_file_without_heading_lacks_all_columns() -> None:
    assert read_list("甲,乙\n1,2\n".encode(), HEADINGS).missing == ("编号", "日期", "备注")


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"\xff\xfe\xff\xff\x80", b"PK\x03\x04", b'"' + b"x" * 200_000])
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        read_list(content, HEADINGS)


def test_too_many_lines_are_refused() -> None:
    lines = "编号\n" + "甲\n" * (MAX_LINES + 1)
    with pytest.raises(Refused):
        read_list(lines.encode(), HEADINGS)
