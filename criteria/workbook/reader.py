"""A small streaming reader of worksheets: raw text, formula, kind and style of every cell that holds something."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from criteria.workbook.faults import Refused
from criteria.workbook.layout import cell_name
from criteria.workbook.markup import MAIN, STRICT, Attributes, check_depth, parse
from criteria.workbook.pace import Pace
from criteria.workbook.package import Book, Sheet, decode_escapes

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384
MAX_CELLS = 1_000_000  # elements, empty styled ones included
MAX_FILLED = 600_000
MAX_TEXT = 32_767

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
_KINDS = frozenset(("n", "s", "str", "inlineStr", "b", "e", "d"))


class Cell(NamedTuple):
    """One cell: text as stored, kind (`n` number, `s` text, `b` boolean, `e` error, `d` date), style, formula."""

    text: str
    kind: str
    style: int
    formula: str | None


@dataclass(slots=True)
class Grid:
    """The filled cells of one sheet by row and column (both from 1), and what is hidden."""

    sheet: Sheet
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    def at(self, row: int, column: int) -> Cell | None:
        """The cell there, None when empty."""
        return self.cells.get((row, column))

    def is_hidden(self, row: int, column: int) -> bool:
        """Whether a person looking at the sheet cannot see that cell."""
        return column in self.hidden_columns or row in self.hidden_rows or self.sheet.hidden


@dataclass(slots=True)
class Budget:
    """What all sheets together may hold."""

    elements: int = 0
    filled: int = 0
    pace: Pace = field(default_factory=Pace)


def read_sheets(book: Book, pace: Pace | None = None) -> list[Grid]:
    """All worksheets of a book. Raises Refused when a bound is passed or the XML is broken."""
    budget = Budget(pace=pace or Pace())
    budget.pace.expect(sum(counted_rows(book, sheet) for sheet in book.sheets))
    return [read_sheet(book, sheet, budget) for sheet in book.sheets]


def read_sheet(book: Book, sheet: Sheet, budget: Budget) -> Grid:
    """One worksheet as a grid."""
    sink = _SheetSink(book, sheet, budget)
    parse(book.archive, sheet.part, sink.start, sink.end, sink.text)
    return sink.grid


def counted_rows(book: Book, sheet: Sheet) -> int:
    """Rows by a cheap count in the bytes; a sheet of millions of cells is refused before it is parsed."""
    cells = rows = 0
    for piece in book.archive.chunks(sheet.part):
        cells += piece.count(b"<c ") + piece.count(b"<c>") + piece.count(b"<c/")
        rows += piece.count(b"<row ") + piece.count(b"<row>")
    if cells > MAX_CELLS:
        raise Refused("too_many_cells", count=cells, limit=MAX_CELLS)
    return rows


def column_number(letters: str) -> int:
    """A to 1, AA to 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def address_of(text: str) -> tuple[int, int] | None:
    """Row and column of `D7`; None when it is no address of a sheet."""
    found = _ADDRESS.match(text)
    if found is None:
        return None
    row, column = int(found[2]), column_number(found[1])
    return (row, column) if row <= MAX_ROW and column <= MAX_COLUMN else None


class _SheetSink:
    """Takes the events of one worksheet part."""

    def __init__(self, book: Book, sheet: Sheet, budget: Budget) -> None:
        self.book, self.sheet, self.budget, self.grid = book, sheet, budget, Grid(sheet)
        self.depth = self.row = self.column = self.style = self.phonetic = self.spanned = self.cell_depth = 0
        self.kind = "n"
        self.formula: str | None = None
        self.value: list[str] = []
        self.inline: list[str] = []
        self.pieces: list[str] | None = None
        self.in_cell = False
        self.starters = {
            f"{MAIN} row": self.start_row,
            f"{MAIN} c": self.start_cell,
            f"{MAIN} v": self.start_value,
            f"{MAIN} f": self.start_formula,
            f"{MAIN} t": self.start_inline,
            f"{MAIN} rPh": self.start_phonetic,
            f"{MAIN} col": self.start_column,
            f"{MAIN} worksheet": self.start_sheet,
        }

    def start(self, name: str, attributes: Attributes) -> None:
        self.depth += 1
        if self.depth == 1:
            self.check_root(name)
        check_depth(self.depth, self.sheet.part)
        if starter := self.starters.get(name):
            starter(attributes)

    def end(self, name: str) -> None:
        self.depth -= 1
        if name == f"{MAIN} f" and self.pieces is not None:
            self.formula = "".join(self.pieces)
        elif name == f"{MAIN} rPh":
            self.phonetic -= 1
        elif name == f"{MAIN} c" and self.in_cell:
            self.end_cell()
        self.pieces = None

    def text(self, text: str) -> None:
        if self.pieces is not None:
            self.pieces.append(text)

    def check_root(self, name: str) -> None:
        if name.startswith(STRICT):
            raise Refused("strict")
        if name != f"{MAIN} worksheet":
            raise Refused("damaged", reason=f"{self.sheet.part}: {name}")

    def start_sheet(self, _attributes: Attributes) -> None:
        if self.depth != 1:
            raise Refused("damaged", reason=f"{self.sheet.part}: worksheet")

    def start_row(self, attributes: Attributes) -> None:
        number = attributes.get("r")
        self.row = self.row + 1 if number is None else self.count(number)
        self.column = 0
        if not 1 <= self.row <= MAX_ROW:
            raise Refused("bad_address", sheet=self.sheet.name, address=number or str(self.row))
        self.budget.pace.pass_row()
        if attributes.get("hidden") in ("1", "true") or _is_zero(attributes.get("ht")):
            self.grid.hidden_rows.add(self.row)

    def start_column(self, attributes: Attributes) -> None:
        if attributes.get("hidden") in ("1", "true") or _is_zero(attributes.get("width")):
            first, last = self.count(attributes.get("min", "0")), self.count(attributes.get("max", "0"))
            self.spanned += max(last - first, 0) + 1
            if last > MAX_COLUMN or self.spanned > 4 * MAX_COLUMN:
                raise Refused("damaged", reason=f"{self.sheet.part}: columns")
            self.grid.hidden_columns.update(range(first, last + 1))

    def start_cell(self, attributes: Attributes) -> None:
        self.budget.elements += 1
        if self.budget.elements > MAX_CELLS:
            raise Refused("too_many_cells", count=self.budget.elements, limit=MAX_CELLS)
        self.column = self.place(attributes.get("r"))
        self.kind = attributes.get("t", "n")
        self.style = self.count(attributes.get("s", "0"))
        self.formula = None
        self.value, self.inline = [], []
        self.in_cell, self.cell_depth = True, self.depth

    def start_value(self, _attributes: Attributes) -> None:
        self.pieces = self.value if self.depth == self.cell_depth + 1 else None

    def start_formula(self, _attributes: Attributes) -> None:
        if self.depth == self.cell_depth + 1:
            self.pieces = []

    def start_inline(self, _attributes: Attributes) -> None:
        self.pieces = self.inline if self.in_cell and not self.phonetic else None

    def start_phonetic(self, _attributes: Attributes) -> None:
        self.phonetic += 1

    def end_cell(self) -> None:
        self.in_cell = False
        text = "".join(self.inline if self.kind == "inlineStr" else self.value)
        if text == "" and self.formula is None:
            return
        self.budget.filled += 1
        if self.budget.filled > MAX_FILLED:
            raise Refused("too_many_cells", count=self.budget.filled, limit=MAX_FILLED)
        key = (self.row, self.column)
        if key in self.grid.cells:
            raise Refused("cell_doubled", sheet=self.sheet.name, cell=cell_name(*key))
        self.grid.cells[key] = self.finished(text)

    def finished(self, text: str) -> Cell:
        kind = self.kind
        if kind not in _KINDS:
            raise Refused("damaged", reason=f"{self.sheet.part}: cell type {kind}")
        if kind == "s":
            text = self.shared(text)
        elif kind in ("str", "inlineStr"):
            text, kind = decode_escapes(text), "s"
        if len(text) > MAX_TEXT:
            raise Refused("text_too_long", sheet=self.sheet.name, cell=cell_name(self.row, self.column), limit=MAX_TEXT)
        return Cell(text, kind, self.style, self.formula)

    def shared(self, text: str) -> str:
        if text.strip().isascii() and text.strip().isdigit() and int(text) < len(self.book.strings):
            return self.book.strings[int(text)]
        raise Refused("damaged", reason=f"{self.sheet.part}: {cell_name(self.row, self.column)}: string {text[:20]}")

    def place(self, address: str | None) -> int:
        if address is None:
            column = self.column + 1
        else:
            found = address_of(address)
            if found is None or found[0] != self.row:
                raise Refused("bad_address", sheet=self.sheet.name, address=address[:20])
            column = found[1]
        if column > MAX_COLUMN:
            raise Refused("bad_address", sheet=self.sheet.name, address=str(column))
        return column

    def count(self, text: str) -> int:
        if text.isascii() and text.isdigit() and len(text) <= 10:
            return int(text)
        raise Refused("damaged", reason=f"{self.sheet.part}: number {text[:20]}")


def _is_zero(text: str | None) -> bool:
    return text is not None and text.strip() != "" and text.strip(" 0.") == ""
