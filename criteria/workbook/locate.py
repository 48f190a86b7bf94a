"""Where each field stands: code column and year header first, defined names as second witness."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from criteria.fields import AnnexSpec, FieldSpec
from criteria.workbook.faults import Fault, Place, fault_of
from criteria.workbook.layout import (
    ANCHOR,
    ANSWER_HEAD,
    FAULTS_SHEET,
    LABEL_HEAD,
    UNIT_HEAD,
    Template,
    cell_name,
    column_code,
    defined_name,
    unit_name,
)
from criteria.workbook.package import Book
from criteria.workbook.reader import Cell, Grid, address_of
from criteria.workbook.sheets import addresses

_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?([0-9]{1,7})\Z")
_YEAR = re.compile(r"(\d{4})年?(?:度)?\Z", re.ASCII)

MAX_WORD = 40
MAX_ANCHORS = 400

Key = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Spot:
    """One cell of one sheet."""

    grid: Grid
    row: int
    column: int

    @property
    def cell(self) -> str:
        """Address such as `D7`."""
        return cell_name(self.row, self.column)

    @property
    def key(self) -> tuple[str, int, int]:
        """Sheet, row, column, for comparing."""
        return (self.grid.sheet.name, self.row, self.column)


@dataclass(frozen=True, slots=True)
class AnnexPlace:
    """Where an annex stands: its grid, the row of codes, the column of each code that was found."""

    annex: AnnexSpec
    grid: Grid
    code_row: int
    columns: dict[str, int]


@dataclass(slots=True)
class Found:
    """Everything that was found, and what is wrong with the arrangement."""

    inputs: dict[Key, Spot] = field(default_factory=dict)
    annexes: dict[str, AnnexPlace] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Hit:
    """A printed code that was met, the row of the anchor that it belongs to, and the words in that row."""

    grid: Grid
    anchor_row: int
    anchor_column: int
    row: int
    column: int
    heads: dict[str, list[int]]

    @property
    def cell(self) -> str:
        return cell_name(self.row, self.column)


def locate(template: Template, book: Book, grids: list[Grid]) -> Found:
    """Find every input cell of the template in the sheets, however rows, columns or sheets were moved."""
    found = Found()
    hits = _hits(grids, _printed_codes(template))
    for spec in (*template.form.basics, *template.form.table):
        if hit := _single(hits, spec.row, _label(spec), found):
            _place_field(template, spec, hit, found)
    for annex in template.form.annexes:
        _place_annex(annex, hits, found)
    _compare_names(template, book, grids, found)
    return found


def text_at(grid: Grid, row: int, column: int) -> str:
    """Printed text of a cell without blanks, full-width signs folded; empty when there is none."""
    cell = grid.at(row, column)
    return "" if cell is None else fold(cell.text)


def fold(text: str) -> str:
    """Text for comparing printed words: NFKC, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _label(spec: FieldSpec) -> tuple[str, str]:
    return (spec.name_zh, spec.name_en)


def _printed_codes(template: Template) -> frozenset[str]:
    rows = {spec.row for spec in (*template.form.basics, *template.form.table)}
    return frozenset(rows | {column_code(annex, column) for annex in template.form.annexes for column in annex.columns})


def _hits(grids: list[Grid], codes: frozenset[str]) -> dict[str, list[_Hit]]:
    hits: dict[str, list[_Hit]] = {}
    for grid in grids:
        if grid.sheet.name != FAULTS_SHEET:
            anchors = list(islice(_anchors(grid), MAX_ANCHORS))
            heads = {row: _heads(grid.rows[row]) for row in {row for row, _ in anchors}}
            for place, word in _words_beside(grid, anchors):
                if word in codes and (anchor := _anchor_of(place, anchors)):
                    hits.setdefault(word, []).append(_Hit(grid, *anchor, *place, heads[anchor[0]]))
    return hits


def _anchors(grid: Grid) -> Iterator[tuple[int, int]]:
    for row, cells in grid.rows.items():
        for column, cell in cells.items():
            if ANCHOR[0] in cell.text and len(cell.text) <= MAX_WORD and fold(cell.text) == ANCHOR:
                yield row, column


def _words_beside(grid: Grid, anchors: list[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], str]]:
    """The words in rows and columns of anchors, for a code stands nowhere else."""
    rows, columns = {row for row, _ in anchors}, sorted({column for _, column in anchors})
    for row, cells in grid.rows.items():
        for column in cells if row in rows else columns:
            if column in cells and len(cells[column].text) <= MAX_WORD:
                yield (row, column), _word(cells[column])


def _word(cell: Cell) -> str:
    text = cell.text
    return text if text.isascii() and " " not in text else fold(text)


def _heads(cells: Mapping[int, Cell]) -> dict[str, list[int]]:
    heads: dict[str, list[int]] = {}
    for column, cell in cells.items():
        if len(cell.text) <= MAX_WORD:
            word = _word(cell)
            year = _YEAR.match(word)
            heads.setdefault(year[1] if year else word, []).append(column)
    return heads


def _anchor_of(place: tuple[int, int], anchors: list[tuple[int, int]]) -> tuple[int, int] | None:
    """The anchor left of a code in its row, else the nearest one above it in its column."""
    row, column = place
    beside = [anchor for anchor in anchors if anchor[0] == row and anchor[1] < column]
    above = [anchor for anchor in anchors if anchor[1] == column and anchor[0] < row]
    return max(beside or above, default=None)


def _single(hits: dict[str, list[_Hit]], code: str, name: tuple[str, str], found: Found) -> _Hit | None:
    places = hits.get(code, [])
    if not places:
        found.faults.append(fault_of("code_missing", code=code, name=name))
        return None
    for extra in places[1:]:
        where = f"{places[0].grid.sheet.name}!{places[0].cell}"
        place = Place(extra.grid.sheet.name, extra.cell)
        found.faults.append(fault_of("code_doubled", place, read=code, code=code, name=name, first=where))
    return places[0] if len(places) == 1 else None


def _place_field(template: Template, spec: FieldSpec, hit: _Hit, found: Found) -> None:
    _check_words(spec, hit, found)
    for year in template.years(spec):
        head = ANSWER_HEAD if year is None else str(year)
        columns = hit.heads.get(head, [])
        if len(columns) == 1:
            found.inputs[(spec.code, year)] = Spot(hit.grid, hit.row, columns[0])
        else:
            code = "head_missing" if not columns else "head_doubled"
            fault = fault_of(code, Place(hit.grid.sheet.name, cell_name(hit.anchor_row, hit.anchor_column)), head=head)
            if fault not in found.faults:
                found.faults.append(fault)


def _check_words(spec: FieldSpec, hit: _Hit, found: Found) -> None:
    for head, code, expected in (
        (LABEL_HEAD, "label_changed", spec.name_zh),
        (UNIT_HEAD, "unit_changed", unit_name(spec)),
    ):
        for column in hit.heads.get(head, [])[:1]:
            if text_at(hit.grid, hit.row, column) != fold(expected):
                read = text_at(hit.grid, hit.row, column)
                place = Place(hit.grid.sheet.name, cell_name(hit.row, column), spec.code)
                found.faults.append(fault_of(code, place, read=read, code=spec.row, expected=expected))


def _place_annex(annex: AnnexSpec, hits: dict[str, list[_Hit]], found: Found) -> None:
    name = (annex.name_zh, annex.name_en)
    columns: dict[str, _Hit] = {}
    for column in annex.columns:
        code = column_code(annex, column)
        if hit := _single(hits, code, (f"{name[0]} {column.name_zh}", f"{name[1]} {column.name_en}"), found):
            columns[column.code] = hit
    rows = {(hit.grid.sheet.name, hit.row) for hit in columns.values()}
    if len(rows) > 1:
        sheet, row = sorted(rows)[-1]
        found.faults.append(fault_of("annex_torn", Place(sheet, f"A{row}"), name=name))
    elif columns:
        first = next(iter(columns.values()))
        by_code = {code: hit.column for code, hit in columns.items()}
        found.annexes[annex.code] = AnnexPlace(annex, first.grid, first.row, by_code)


def _compare_names(template: Template, book: Book, grids: list[Grid], found: Found) -> None:
    witnesses = _witnesses(book, grids)
    laid_out = addresses(template)
    for column_keys in _columns_of_keys(found):
        located = {key: found.inputs[key] for key in column_keys}
        named = {key: witnesses[defined_name(*key)] for key in column_keys if defined_name(*key) in witnesses}
        if _has_no_cell_moved(located, named, laid_out):
            continue
        for key, spot in named.items():
            _compare_name(template, key, located[key], spot, found)


def _has_no_cell_moved(
    located: dict[Key, Spot], named: dict[Key, Spot | None], laid_out: dict[Key, tuple[str, int, int]]
) -> bool:
    """Whether the names say nothing against the codes, as after a sort, which leaves every name where it was.

    Then the names still cover the same cells, one each, or all stand where the template put them.
    """
    spots = {spot.key for spot in located.values()}
    targets = [spot.key if spot else None for spot in named.values()]
    if set(targets) == spots and len(targets) == len(spots):
        return True
    return all(spot and (spot.row, spot.column) == laid_out[key][1:] for key, spot in named.items())


def _columns_of_keys(found: Found) -> Iterator[list[Key]]:
    by_sheet: dict[tuple[str, int | None], list[Key]] = {}
    for key, spot in found.inputs.items():
        by_sheet.setdefault((spot.grid.sheet.name, key[1]), []).append(key)
    return iter(by_sheet.values())


def _compare_name(template: Template, key: Key, located: Spot, named: Spot | None, found: Found) -> None:
    if named is not None and named.key == located.key:
        return
    where = "#REF!" if named is None else f"{named.grid.sheet.name}!{named.cell}"
    spec = template.form.field(key[0])
    place = Place(located.grid.sheet.name, located.cell, *key)
    found.faults.append(fault_of("witnesses_disagree", place, code=spec.row, named=where, name=_label(spec)))


def _witnesses(book: Book, grids: list[Grid]) -> dict[str, Spot | None]:
    by_name = {grid.sheet.name: grid for grid in grids}
    witnesses: dict[str, Spot | None] = {}
    for name in book.names:
        if name.name.startswith("F_"):
            witnesses[name.name] = _target(name.reference, by_name)
    return witnesses


def _target(reference: str, by_name: dict[str, Grid]) -> Spot | None:
    found = _REFERENCE.match(reference.strip().removeprefix("="))
    if found is None:
        return None
    grid = by_name.get((found[1] or found[2]).replace("''", "'"))
    address = address_of(f"{found[3]}{found[4]}")
    return None if grid is None or address is None else Spot(grid, *address)
