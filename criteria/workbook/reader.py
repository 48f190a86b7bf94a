"""A small streaming reader of worksheets: raw text, formula, kind and style of every cell that holds something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from criteria.workbook.faults import Refused
from criteria.workbook.layout import cell_name
from criteria.workbook.markup import MAIN, STRICT, Attributes, check_depth, parse
from criteria.workbook.pace import Pace
from criteria.workbook.package import Book, Sheet, decode_escapes
from criteria.workbook.plain_markup import PlainCell, PlainRows, Unplain, without_references

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384
MAX_CELLS = 1_000_000  # elements, empty styled ones included
MAX_FILLED = 700_000  # two annexes of 50,000 lines and the rest of a form
MAX_TEXT = 32_767
MAX_KNOWN = 10_000  # different cells of a sheet that are kept once however often they come
WIDE = 20  # a longer row is no line of an annex, and whether its cells repeat is worth asking

_NEW = tuple.__new__  # a third quicker than the constructor of a named tuple, which counts 300,000 times
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
    """The filled cells of one sheet by row, then by column (both from 1), and what is hidden."""

    sheet: Sheet
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    known: dict[Cell, Cell] = field(default_factory=dict, repr=False, compare=False)

    def at(self, row: int, column: int) -> Cell | None:
        """The cell there, None when empty."""
        cells = self.rows.get(row)
        return None if cells is None else cells.get(column)

    def once(self, cell: Cell) -> Cell:
        """The same cell as one object for all places where it stands, as far as cells repeat."""
        return self.known.setdefault(cell, cell) if len(self.known) < MAX_KNOWN else self.known.get(cell, cell)

    def texts(self) -> Iterator[str]:
        """All texts of the sheet, numbers left out."""
        return (cell.text for cells in self.rows.values() for cell in cells.values() if cell.kind == "s")

    @property
    def cells(self) -> dict[tuple[int, int], Cell]:
        """All cells by row and column, put together anew at each call."""
        return {(row, column): cell for row, cells in self.rows.items() for column, cell in cells.items()}

    def is_hidden(self, row: int, column: int) -> bool:
        """Whether a person looking at the sheet cannot see that cell."""
        return column in self.hidden_columns or row in self.hidden_rows or self.sheet.hidden


@dataclass(slots=True)
class Budget:
    """What all sheets together may hold."""

    elements: int = 0
    filled: int = 0
    pace: Pace = field(default_factory=Pace)

    def add(self, elements: int, filled: int) -> None:
        """Count cells, all and filled ones. Refused above the limits."""
        self.elements += elements
        self.filled += filled
        for count, limit in ((self.elements, MAX_CELLS), (self.filled, MAX_FILLED)):
            if count > limit:
                raise Refused("too_many_cells", count=count, limit=limit)


def read_sheets(book: Book, pace: Pace | None = None) -> list[Grid]:
    """All worksheets of a book. Raises Refused when a bound is passed or the XML is broken."""
    budget = Budget(pace=pace or Pace())
    budget.pace.expect(sum(counted_rows(book, sheet) for sheet in book.sheets))
    return [read_sheet(book, sheet, budget) for sheet in book.sheets]


def read_sheet(book: Book, sheet: Sheet, budget: Budget) -> Grid:
    """One worksheet as a grid."""
    sink = _SheetSink(book, sheet, budget)
    parse(book.archive, sheet.part, sink.start, sink.end, sink.text, _PlainSink(sink))
    return sink.grid


def counted_rows(book: Book, sheet: Sheet) -> int:
    """Rows by a cheap count in the bytes, so that a sheet of millions of cells is refused before it is parsed."""
    begun = rows = 0
    for piece in book.archive.chunks(sheet.part):
        begun += piece.count(b"<c")  # other elements begin so too, but this is quicker than the exact count
        rows += piece.count(b"<row")
        if begun > MAX_CELLS:
            check_cell_count(book, sheet)
            begun = 0
    return rows


def check_cell_count(book: Book, sheet: Sheet) -> None:
    """The exact count of cells. Refused above the limit."""
    if count := _exceeds(book.archive.chunks(sheet.part), (b"<c ", b"<c>", b"<c/")):
        raise Refused("too_many_cells", count=count, limit=MAX_CELLS)


def _exceeds(pieces: Iterator[bytes], signs: tuple[bytes, ...]) -> int:
    """The count of the signs as soon as it passes the limit, else 0."""
    count = 0
    for piece in pieces:
        count += sum(piece.count(sign) for sign in signs)
        if count > MAX_CELLS:
            return count
    return 0


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
        self.in_cell = self.in_rows = False
        self.starters = {
            f"{MAIN} sheetData": self.start_rows,
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
        if self.depth == 1:
            self.in_rows = False
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

    def start_rows(self, _attributes: Attributes) -> None:
        self.in_rows = self.depth == 2

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
        self.budget.add(1, 0)
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
        self.budget.add(0, 1)
        cells = self.grid.rows.setdefault(self.row, {})
        if self.column in cells:
            raise Refused("cell_doubled", sheet=self.sheet.name, cell=cell_name(self.row, self.column))
        cells[self.column] = self.finished(text, self.kind)

    def finished(self, text: str, kind: str) -> Cell:
        if kind not in _KINDS:
            raise Refused("damaged", reason=f"{self.sheet.part}: cell type {kind}")
        if kind == "s":
            text = self.shared(text)
        elif kind in ("str", "inlineStr"):
            text, kind = decode_escapes(text), "s"
        if len(text) > MAX_TEXT:
            raise Refused("text_too_long", sheet=self.sheet.name, cell=cell_name(self.row, self.column), limit=MAX_TEXT)
        return self.grid.once(Cell(text, kind, self.style, self.formula))

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


class _PlainSink:
    """Takes the plain rows of the same part; what it will not judge it leaves to the other."""

    opening = "<row "

    def __init__(self, sink: _SheetSink) -> None:
        self.sink, self.grid, self.plain = sink, sink.grid, PlainRows()
        self.strings, self.budget = sink.book.strings, sink.budget
        self.columns: dict[str, int] = {}
        self.prefixes = self.plain.prefixes

    def is_open(self) -> bool:
        return self.sink.in_rows and self.sink.depth == 2

    def take(self, text: str, at: int) -> int:
        for after, number, found in self.plain.rows(text, at):
            row = int(number)
            cells = self.cells(number, found) if 1 <= row <= MAX_ROW and row not in self.grid.rows else None
            if cells is None:
                break
            self.budget.add(len(found), len(cells))
            if cells:
                self.grid.rows[row] = cells
            self.budget.pace.pass_row()
            self.sink.row, at = row, after
        return at

    def cells(self, number: str, found: list[PlainCell]) -> dict[int, Cell] | None:
        """The filled cells of a row by column; None when there is anything to object to."""
        cells: dict[int, Cell] = {}
        last, strings, columns = 0, self.strings, self.columns
        for letters, digits, style, index, kind, value, inline, odd in found:
            if odd or digits != number:
                return None
            column = columns.get(letters) or self.column(letters)
            if not last < column <= MAX_COLUMN:
                return None
            last = column
            text: str | None
            if index:
                text, kind = (strings[int(index)] if int(index) < len(strings) else None), "s"
            elif value or inline:
                text = self.text(value or inline, bool(inline) or kind == "str")
                kind = "s" if inline or kind == "str" else kind or "n"
            else:
                continue
            if text is None or len(text) > MAX_TEXT:
                return None
            cells[column] = _NEW(Cell, (text, kind, int(style or 0), None))
        return cells if len(cells) <= WIDE else {column: self.grid.once(cell) for column, cell in cells.items()}

    def column(self, letters: str) -> int:
        self.columns[letters] = column_number(letters)
        return self.columns[letters]

    def text(self, written: str, is_text: bool) -> str | None:
        """What a cell holds; None where the other sink must say what is wrong."""
        try:
            text = without_references(written) if "&" in written else written
        except Unplain:
            return None
        return decode_escapes(text) if is_text and "_x" in text else text


def _is_zero(text: str | None) -> bool:
    return text is not None and text.strip() != "" and text.strip(" 0.") == ""
