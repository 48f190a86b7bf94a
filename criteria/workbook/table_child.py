"""The job of the child process of `table`: limits itself, reads the first visible sheet, answers its texts as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction

from criteria.workbook.child import limit
from criteria.workbook.dates import serial_date
from criteria.workbook.faults import Refused, Severity, fault_of
from criteria.workbook.package import Book, open_book
from criteria.workbook.reader import Cell, read_sheets

__all__ = ["answer", "limit"]


def answer(request: bytes, tell: Callable[[bytes], None]) -> bytes:
    """Sheet and rows of one workbook, or the fault that refuses it."""
    try:
        plain = _table(open_book(request))
    except Refused as refusal:
        plain = {"fault": asdict(refusal.fault)}
    except MemoryError:
        plain = {"fault": asdict(fault_of("too_much_memory", severity=Severity.REFUSAL))}
    except Exception:  # whatever a hostile file still finds must end as a refusal
        plain = {"fault": asdict(fault_of("unreadable", severity=Severity.REFUSAL))}
    return json.dumps(plain, ensure_ascii=False).encode()


def _table(book: Book) -> dict[str, object]:
    for grid in read_sheets(book):
        if not grid.sheet.hidden:
            rows = {
                row: {column: text for column, cell in cells.items() if (text := _text(cell, book))}
                for row, cells in sorted(grid.rows.items())
            }
            return {"sheet": grid.sheet.name, "rows": {row: cells for row, cells in rows.items() if cells}}
    raise Refused("unreadable")


def _text(cell: Cell, book: Book) -> str:
    """What a reader sees: a day for a number with the format of a date, a whole number without its point."""
    if cell.kind == "e":
        return ""
    if cell.kind == "n" and cell.text:
        number = Fraction(cell.text)
        if book.format_of(cell.style) == "date" and (day := serial_date(number, book.epoch_1904)) is not None:
            return day.isoformat()
        return str(number.numerator) if number.denominator == 1 else cell.text
    return cell.text.strip()
