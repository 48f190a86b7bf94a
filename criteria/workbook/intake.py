"""The chain from bytes to facts: gate, sheets, marks, places, values, checks per cell. All faults at once."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from criteria.facts import AnnexRow, Fact, Facts, Origin, Scalar
from criteria.fields import FieldSpec
from criteria.units import UNITS
from criteria.workbook.faults import Entry, Fault, Faults, Place, Refused, Severity, fault_of
from criteria.workbook.layout import (
    PROPERTY_CHECKSUM,
    PROPERTY_ID,
    Mark,
    Template,
    cell_name,
    column_letters,
    marks_in,
    unit_name,
)
from criteria.workbook.locate import AnnexPlace, Found, Key, Spot, locate
from criteria.workbook.normalise import Circumstances, Normal, Unreadable, raw_text, read_value
from criteria.workbook.pace import Pace, Progress
from criteria.workbook.package import Book, open_book
from criteria.workbook.reader import Cell, Grid, address_of, read_sheets

MAX_KNOWN = 5000  # values of a column that are remembered

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one reading brought: the facts that could be read, all faults, whether it may be accepted.

    `facts` holds the good cells even where others are faulty, so that cross checks need not wait for them.
    """

    facts: Facts
    faults: Faults

    @property
    def accepted(self) -> bool:
        """No error and no refusal; questions may remain."""
        return not self.faults.errors

    @property
    def outcome(self) -> Facts | Faults:
        """What `read` answers."""
        return self.facts if self.accepted else self.faults


def read(content: bytes, template: Template) -> Facts | Faults:
    """Read an uploaded workbook: the facts, or every fault that stops them. Never raises for bad content."""
    return examine(content, template).outcome


def examine(content: bytes, template: Template, progress: Progress | None = None) -> Reading:
    """As `read`, with questions and the readable part of a faulty workbook. Never raises for bad content.

    `progress` is called with rows done and rows known, per some thousand rows.
    """
    pace = Pace(progress)
    try:
        book = open_book(content)
        check_marks(template, book)
        grids = read_sheets(book, pace)
        check_visible_marks(template, book, grids)
        return _Desk(template, book, locate(template, book, grids), pace).reading()
    except Refused as refusal:
        return refused(template, refusal.fault)
    except MemoryError:
        return refused(template, fault_of("too_much_memory", severity=Severity.REFUSAL))
    except Exception:  # whatever a hostile file still finds must end as a refusal, with the trace kept for the operator
        log.exception("a workbook could not be read")
        return refused(template, fault_of("unreadable", severity=Severity.REFUSAL))


def entries_of(facts: Facts) -> Iterator[Entry]:
    """The entries of facts that were read, as an annotated copy needs them."""
    for key, fact in facts.figures.items():
        if fact.origin:
            yield Entry(key, fact.origin.sheet, fact.origin.cell, fact.origin.raw, fact.value)
    for code, rows in facts.annexes.items():
        for row in rows:
            for column, origin in row.origins.items():
                name = sys.intern(f"{code}.{column}")
                yield Entry((name, row.number), origin.sheet, origin.cell, origin.raw, row.values[column])


def refused(template: Template, fault: Fault) -> Reading:
    """The reading of a file that was refused as a whole."""
    return Reading(Facts(template.reporting_year, {}), Faults((fault,)))


def template_id_of(content: bytes) -> str | None:
    """The template id that a workbook carries in its properties; None when it has none or cannot be opened."""
    try:
        return open_book(content).properties.get(PROPERTY_ID)
    except Refused:
        return None


def check_marks(template: Template, book: Book) -> None:
    """The custom properties, before any sheet is read, name this template. Raises Refused."""
    if marks := _property_marks(book):
        _check_same(template, marks)


def check_visible_marks(template: Template, book: Book, grids: list[Grid]) -> None:
    """All witnesses together: at least one, none of another template. Raises Refused."""
    marks = _property_marks(book)
    for grid in grids:
        texts = (text for text in grid.texts() if "模板编号" in text and len(text) < 400)
        marks += [mark for text in texts for mark in marks_in(grid.sheet.name, text)]
    if not marks:
        raise Refused("not_our_template", title=template.title)
    if len({(mark.template_id, mark.checksum) for mark in marks}) > 1:
        odd = next((mark for mark in marks if mark.template_id != template.id), marks[-1])
        raise Refused("marks_disagree", sheet=odd.place, found=odd.template_id, expected=template.id)
    _check_same(template, marks)


def _property_marks(book: Book) -> list[Mark]:
    identity = book.properties.get(PROPERTY_ID)
    checksum = book.properties.get(PROPERTY_CHECKSUM, "")
    return [] if identity is None else [Mark("", identity, checksum[:16])]


def _check_same(template: Template, marks: list[Mark]) -> None:
    first = marks[0]
    values = {"found": first.template_id, "expected": template.id}
    if first.template_id.partition(":")[0] != template.batch_code:
        raise Refused("other_batch", **values)
    if first.template_id != template.id:
        raise Refused("other_rules", **values)
    if first.checksum != template.checksum[:16]:
        raise Refused("template_altered", found=first.checksum, expected=template.checksum[:16])


class _Column:
    """One column of an annex while it is read, with the values of cells that have come already."""

    def __init__(self, spec: FieldSpec, name: str, number: int, grid: Grid) -> None:
        self.spec, self.code, self.name, self.number = spec, spec.code, name, number
        self.grid, self.cells = grid, grid.rows
        self.letters, self.sheet = column_letters(number), grid.sheet.name
        self.is_seen = not (grid.sheet.hidden or grid.hidden_rows or grid.hidden_columns)
        self.known: dict[Cell, Normal] = {}


@dataclass
class _Desk:
    """Reads the located cells and collects facts, entries and faults."""

    template: Template
    book: Book
    found: Found
    pace: Pace
    figures: dict[Key, Fact] = field(default_factory=dict)
    annexes: dict[str, tuple[AnnexRow, ...]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unread: list[Entry] = field(default_factory=list)
    styles: dict[int, Circumstances] = field(default_factory=dict)
    hidden: set[tuple[str, str]] = field(default_factory=set)

    def reading(self) -> Reading:
        self.faults += self.found.faults
        if self.book.has_links:
            self.faults.append(fault_of("external_links"))
        for spec in (*self.template.form.basics, *self.template.form.table):
            self.read_field(spec)
        for annex in self.template.form.annexes:
            if place := self.found.annexes.get(annex.code):
                self.annexes[annex.code] = tuple(self.annex_rows(place))
        self.pace.finish()
        facts = Facts(self.template.reporting_year, self.figures, self.annexes)
        entries = (*entries_of(facts), *self.unread) if self.faults else ()
        return Reading(facts, Faults(tuple(sorted(self.faults, key=self.order)), entries))

    def order(self, fault: Fault) -> tuple[int, int, int]:
        """Sheets as they stand in the workbook, then down the rows; what has no place comes first."""
        sheets = [sheet.name for sheet in self.book.sheets]
        number = sheets.index(fault.sheet) if fault.sheet in sheets else -1
        return (number, *(address_of(fault.cell) or (0, 0)))

    def read_field(self, spec: FieldSpec) -> None:
        for year in self.template.years(spec):
            spot = self.found.inputs.get((spec.code, year))
            if spot is None:
                continue
            cell = spot.grid.at(spot.row, spot.column)
            normal = self.read_cell(spec, spot, (spec.code, year), year, cell)
            if cell is not None and normal is not None:
                origin = Origin(spot.grid.sheet.name, spot.cell, raw_text(cell))
                fact = Fact(spec.code, year, normal.value, spec.unit, origin, normal.notes)
                self.figures[(spec.code, year)] = fact
        self.stray(spec)

    def stray(self, spec: FieldSpec) -> None:
        """A figure in a year that is not asked is questioned, not lost in silence."""
        first = self.found.inputs.get((spec.code, self.template.reporting_year))
        if first is None or not spec.years:
            return
        asked = self.template.years(spec)
        for year in self.template.table_years:
            spot = self.year_spot(first, year) if year not in asked else None
            if spot and (cell := spot.grid.at(spot.row, spot.column)) and cell.text.strip(" 　—-/"):
                self.note("not_asked", spec, spot, (spec.code, year), cell)

    def year_spot(self, first: Spot, year: int) -> Spot | None:
        """The cell of another year in the row of `first`, by a field that has that year on the same sheet."""
        for (_, other_year), other in self.found.inputs.items():
            if other_year == year and other.grid is first.grid:
                return Spot(first.grid, first.row, other.column)
        return None

    def read_cell(self, spec: FieldSpec, spot: Spot, key: Key, year: int | None, cell: Cell | None) -> Normal | None:
        """The value of an input cell; its faults are noted. `key` is that of an entry."""
        if cell is None:
            if spec.required:
                self.note("required", spec, spot, (key[0], year))
            return None
        if spot.grid.is_hidden(spot.row, spot.column):
            self.check_seen(spec, spot, cell, (key[0], year))
        try:
            normal = read_value(cell, spec, self.circumstances(cell.style))
        except Unreadable as problem:
            self.note(problem.code, spec, spot, (key[0], year), cell, **problem.values)
            self.unread.append(Entry(key, spot.grid.sheet.name, spot.cell, raw_text(cell)))
            return None
        if normal is None and spec.required:
            self.note("required", spec, spot, (key[0], year))
        elif normal is not None and normal.question:
            self.note(normal.question, spec, spot, (key[0], year), cell)
        return normal

    def note(self, code: str, spec: FieldSpec, spot: Spot, key: Key, cell: Cell | None = None, **values: Any) -> None:
        place = Place(spot.grid.sheet.name, spot.cell, *key)
        read = raw_text(cell) if cell else ""
        self.faults.append(fault_of(code, place, read=read, **{**_names(spec), **values}))

    def circumstances(self, style: int) -> Circumstances:
        if style not in self.styles:
            self.styles[style] = Circumstances(self.book.format_of(style), self.book.epoch_1904)
        return self.styles[style]

    def check_seen(self, spec: FieldSpec, spot: Spot, cell: Cell, key: Key) -> None:
        """An answer that nobody sees on the sheet is not accepted; one fault per hidden row or column."""
        grid = spot.grid
        if not cell.text.strip() and not cell.formula:
            return
        line = f"{spot.row}" if spot.row in grid.hidden_rows else spot.cell.rstrip("0123456789")
        line = "" if grid.sheet.hidden else line
        if (grid.sheet.name, line) not in self.hidden:
            self.hidden.add((grid.sheet.name, line))
            code = "hidden_row" if line.isdigit() else "hidden_column" if line else "hidden_sheet"
            self.note(code, spec, spot, key, cell, line=line)

    def annex_rows(self, place: AnnexPlace) -> Iterator[AnnexRow]:
        filled = sorted(_filled_rows(place))
        self.check_lines(place, filled)
        columns = [
            _Column(spec, f"{place.annex.code}.{spec.code}", place.columns[spec.code], place.grid)
            for spec in place.annex.columns
            if spec.code in place.columns
        ]
        for number, row in enumerate(filled[: place.annex.max_rows], 1):
            yield self.annex_row(columns, number, row)
            self.pace.pass_row()

    def annex_row(self, columns: list[_Column], number: int, row: int) -> AnnexRow:
        """One line; its cells are taken out of the grid, for a long annex must not stand in memory twice."""
        values: dict[str, Scalar] = {}
        origins: dict[str, Origin] = {}
        for column in columns:
            cell = column.cells[row].pop(column.number, None)
            normal = None if cell is None else column.known.get(cell) or self.known(column, cell)
            if normal is None:
                spot = Spot(column.grid, row, column.number)
                normal = self.read_cell(column.spec, spot, (column.name, number), None, cell)
            if cell is not None and normal is not None:
                values[column.code] = normal.value
                raw = cell.text if cell.formula is None else raw_text(cell)
                origins[column.code] = Origin(column.sheet, f"{column.letters}{row}", raw)
        return AnnexRow(number, values, origins)

    def known(self, column: _Column, cell: Cell) -> Normal | None:
        """The value of a cell that raises no fault; remembered, for lists, dates and places come over and over."""
        if not column.is_seen:
            return None
        try:
            normal = read_value(cell, column.spec, self.circumstances(cell.style))
        except Unreadable:
            return None
        if normal is None or normal.question:
            return None
        if len(column.known) < MAX_KNOWN:
            column.known[cell] = normal
        return normal

    def check_lines(self, place: AnnexPlace, filled: list[int]) -> None:
        sheet, most = place.grid.sheet.name, place.annex.max_rows
        column = min(place.columns.values())
        if len(filled) > most:
            cell = cell_name(filled[most], column)
            self.faults.append(fault_of("annex_too_long", Place(sheet, cell), count=len(filled), limit=most))
        above = place.code_row
        for row in filled[:most]:
            if row > above + 1:
                gap = cell_name(above + 1, column)
                self.faults.append(fault_of("annex_gap", Place(sheet, gap), first=above + 1, last=row - 1))
            above = row


def _filled_rows(place: AnnexPlace) -> set[int]:
    columns = tuple(place.columns.values())
    return {
        row
        for row, cells in place.grid.rows.items()
        if row > place.code_row and any(column in cells and _is_filled(cells[column]) for column in columns)
    }


def _is_filled(cell: Cell) -> bool:
    return cell.formula is not None or bool(cell.text.strip())


def _names(spec: FieldSpec) -> dict[str, Any]:
    return {"code": spec.row, "name": (spec.name_zh, spec.name_en), "unit": (unit_name(spec), UNITS[spec.unit].name_en)}
