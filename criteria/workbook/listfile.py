"""A plain list in a workbook or CSV file as texts by cell; what a formula shows is never trusted."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, dataclass

from criteria.workbook.dates import serial_date
from criteria.workbook.faults import Fault, Refused, Severity, fault_of
from criteria.workbook.layout import cell_name
from criteria.workbook.numbers import stored_number
from criteria.workbook.package import Book, open_book
from criteria.workbook.reader import Budget, Cell, Grid, read_sheet

REQUEST = b"list"  # the first line of a request to the reading child, in place of a template
MOST_ROWS = 20_000
BEGIN_FORMULA = ("=", "+", "@")


@dataclass(frozen=True, slots=True)
class ListCell:
    """One filled cell: its address, its text, and `formula`, `error` or `hidden` where the text cannot be trusted."""

    place: str
    row: int
    column: int
    text: str
    trouble: str = ""


def answer_list(content: bytes) -> bytes:
    """What the child answers: the cells, or the fault of the file as a whole, as JSON."""
    try:
        plain: dict[str, object] = {"cells": [asdict(cell) for cell in sheet_cells(open_book(content))]}
    except Refused as refusal:
        plain = {"fault": asdict(refusal.fault)}
    return json.dumps(plain, ensure_ascii=False).encode()


def sheet_cells(book: Book) -> list[ListCell]:
    """Filled cells of the first sheet that a person sees. Refused without one, and beyond the limit of rows."""
    sheet = next((one for one in book.sheets if not one.hidden), None)
    if sheet is None:
        raise Refused("unreadable")
    grid = read_sheet(book, sheet, Budget())
    if len(grid.rows) > MOST_ROWS:
        raise Refused("too_many_cells", count=len(grid.rows), limit=MOST_ROWS)
    return [
        ListCell(cell_name(row, column), row, column, text, _trouble(grid, row, column, cell))
        for row in sorted(grid.rows)
        for column, cell in sorted(grid.rows[row].items())
        if (text := _text(book, cell)) or cell.formula is not None
    ]


def _trouble(grid: Grid, row: int, column: int, cell: Cell) -> str:
    if cell.formula is not None:
        return "formula"
    if cell.kind == "e":
        return "error"
    return "hidden" if grid.is_hidden(row, column) else ""


def _text(book: Book, cell: Cell) -> str:
    """The text that a person sees: days as ISO text, whole numbers without a point."""
    if cell.kind == "n" and book.format_of(cell.style) == "date":
        serial = stored_number(cell.text)
        day = serial_date(serial, book.epoch_1904) if serial is not None else None
        return day.isoformat() if day else cell.text
    return cell.text.strip()


def csv_cells(content: bytes) -> list[ListCell] | Fault:
    """Filled cells of a CSV file in UTF-8 or GB 18030, or why it cannot be read."""
    text = _decoded(content)
    if text is None or "\x00" in text:
        return fault_of("unreadable", severity=Severity.REFUSAL)
    found: list[ListCell] = []
    try:
        for row, cells in enumerate(csv.reader(io.StringIO(text, newline="")), start=1):
            if row > MOST_ROWS:
                return fault_of("too_many_cells", severity=Severity.REFUSAL, count=row, limit=MOST_ROWS)
            found += [_csv_cell(row, column, cell.strip()) for column, cell in enumerate(cells, 1) if cell.strip()]
    except csv.Error:
        return fault_of("unreadable", severity=Severity.REFUSAL)
    return found


def _csv_cell(row: int, column: int, text: str) -> ListCell:
    trouble = "formula" if text.startswith(BEGIN_FORMULA) else ""
    return ListCell(cell_name(row, column), row, column, _without_guard(text), trouble)


def _without_guard(text: str) -> str:
    """The apostrophe that keeps an exported text from being calculated is no part of it."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "＝", "＋", "－", "＠") else text


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):  # Chinese spreadsheet programs still write the second
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
