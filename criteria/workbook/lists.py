"""A plain list, one heading row and lines below it, from .xlsx or CSV: texts and days with their addresses."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from criteria.workbook.dates import serial_date, written_date
from criteria.workbook.faults import Refused
from criteria.workbook.gate import MAX_BYTES
from criteria.workbook.layout import cell_name
from criteria.workbook.numbers import stored_number
from criteria.workbook.package import Book, open_book
from criteria.workbook.reader import Budget, Cell, read_sheet

MAX_LINES = 5000
HEADING_WITHIN = 10  # rows in which the heading is looked for
CSV_SHEET = "CSV"


@dataclass(frozen=True, slots=True)
class ListCell:
    """What stands in a cell: its address, its text without blanks around it, the day that it means, if any."""

    cell: str
    text: str
    day: date | None = None


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line: its row number and its cells by the code of their column; a blank cell has an empty text."""

    row: int
    cells: Mapping[str, ListCell]


@dataclass(frozen=True, slots=True)
class Listing:
    """The lines under the heading of a sheet, and the columns that the heading lacks."""

    sheet: str
    lines: tuple[ListLine, ...]
    missing: tuple[str, ...]


def read_list(content: bytes, headings: Mapping[str, str]) -> Listing:
    """The list under the given headings (text to code), in any order, with others between them.

    The first visible sheet of a workbook, or CSV in UTF-8 or GB 18030. Raises Refused with the reason.
    """
    if content.startswith(b"PK\x03\x04"):
        book = open_book(content)
        sheet = next((one for one in book.sheets if not one.hidden), book.sheets[0])
        rows = read_sheet(book, sheet, Budget()).rows
        read = {row: {column: _cell(book, row, column, cell) for column, cell in cells.items()}
                for row, cells in sorted(rows.items())}  # fmt: skip
        return _listing(sheet.name, read, headings)
    return _listing(CSV_SHEET, _csv_rows(content), headings)


def _cell(book: Book, row: int, column: int, cell: Cell) -> ListCell:
    text = cell.text.strip()
    day = written_date(text)
    if cell.kind in ("n", "d") and book.format_of(cell.style) == "date":
        serial = stored_number(text)
        day = serial_date(serial, book.epoch_1904) if serial is not None else day
        text = day.isoformat() if day else text
    return ListCell(cell_name(row, column), text, day)


def _csv_rows(content: bytes) -> dict[int, dict[int, ListCell]]:
    if len(content) > MAX_BYTES or b"\x00" in content:
        raise Refused("unknown_kind")
    reader = csv.reader(io.StringIO(_decoded(content), newline=""))
    try:
        return {row: dict(_csv_cells(row, cells)) for row, cells in enumerate(reader, start=1)}
    except csv.Error as fault:
        raise Refused("damaged", reason=str(fault)) from fault


def _csv_cells(row: int, cells: Sequence[str]) -> Iterator[tuple[int, ListCell]]:
    for column, raw in enumerate(cells, start=1):
        text = raw.strip()
        if text:
            yield column, ListCell(cell_name(row, column), text, written_date(text))


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("unknown_kind")


def _listing(sheet: str, rows: Mapping[int, Mapping[int, ListCell]], headings: Mapping[str, str]) -> Listing:
    head, places = _heading(rows, headings)
    lines = [_line(row, cells, places) for row, cells in rows.items() if row > head]
    filled = [line for line in lines if any(cell.text for cell in line.cells.values())]
    if len(filled) > MAX_LINES:
        raise Refused("too_many_cells", count=len(filled), limit=MAX_LINES)
    return Listing(sheet, tuple(filled), tuple(text for text, code in headings.items() if code not in places))


def _heading(rows: Mapping[int, Mapping[int, ListCell]], headings: Mapping[str, str]) -> tuple[int, dict[str, int]]:
    """Row of the heading and the column of each code: the early row that names most of them."""
    best: tuple[int, dict[str, int]] = (0, {})
    for row in sorted(rows)[:HEADING_WITHIN]:
        found: dict[str, int] = {}
        for column, cell in rows[row].items():
            code = headings.get(cell.text.rstrip("*＊ "))
            if code is not None:
                found.setdefault(code, column)
        if len(found) > len(best[1]):
            best = (row, found)
    return best


def _line(row: int, cells: Mapping[int, ListCell], places: Mapping[str, int]) -> ListLine:
    return ListLine(
        row, {code: cells.get(column) or ListCell(cell_name(row, column), "") for code, column in places.items()}
    )
