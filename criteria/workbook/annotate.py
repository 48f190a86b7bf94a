"""The upload given back with its faults marked: rebuilt from the template and what was typed, no byte handed on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from criteria.fields import FieldSpec
from criteria.workbook.faults import Entry, Fault, Faults, Severity
from criteria.workbook.layout import FAULTS_SHEET, Template, annex_sheet, cell_name
from criteria.workbook.numbers import stored_number
from criteria.workbook.plan import Content, PlanBook, PlanCell, PlanSheet
from criteria.workbook.sheets import ANNEX_CODE_ROW, FIGURES, Address, addresses, answer_cell, plan_of
from criteria.workbook.template import render

MAX_COMMENTS = 2000
_HEADS = (
    ("编号", 6),
    ("类别", 8),
    ("工作表", 16),
    ("单元格", 9),
    ("读到的内容", 26),
    ("问题", 52),
    ("应为", 26),
    ("如何改正", 44),
)
_ROW = re.compile(r"\d+\Z")


def annotated_workbook(template: Template, faults: Faults) -> bytes:
    """A workbook of the template with all answers, faulty cells red with a comment, questions amber, and a fault list.

    It carries the template's marks, so it can be corrected and uploaded again.
    """
    book = plan_of(template)
    desk = _Desk(template, book, faults)
    for entry in faults.entries:
        desk.write(entry)
    places = [desk.mark(fault) for fault in faults.faults]
    book.sheets.insert(1, _fault_list(faults, places))
    return render(book)


@dataclass(slots=True)
class _Spot:
    """A cell of the rebuilt workbook with the field that it belongs to."""

    sheet: str
    row: int
    column: int
    spec: FieldSpec

    @property
    def cell(self) -> str:
        return cell_name(self.row, self.column)


class _Desk:
    """Finds the rebuilt cell of an entry or a fault, writes and marks it."""

    def __init__(self, template: Template, book: PlanBook, faults: Faults) -> None:
        self.template, self.book = template, book
        self.sheets = {sheet.name: sheet for sheet in book.sheets}
        self.fields: dict[tuple[str, int | None], Address] = addresses(template)
        self.columns = dict(_annex_columns(template))
        self.lines = dict(_lines(faults.entries))
        self.comments = 0

    def write(self, entry: Entry) -> None:
        line = entry.key[1] if entry.key[0] in self.columns else None
        if spot := self.spot(entry.key[0], None if line else entry.key[1], line or 0):
            cell = self.cell(spot)
            cell.content = _content(entry, spot.spec)

    def mark(self, fault: Fault) -> _Spot | None:
        """Mark the cell of a fault; None when the rebuilt workbook has no such cell."""
        found = _ROW.search(fault.cell)
        line = self.lines.get((fault.sheet, found[0]), 0) if found else 0
        spot = self.spot(fault.field, fault.year, line)
        if spot is not None:
            cell = self.cell(spot)
            cell.look = "asked" if fault.severity is Severity.WARNING and cell.look != "faulty" else "faulty"
            if self.comments < MAX_COMMENTS:
                self.comments += not cell.comment
                cell.comment = "\n".join(part for part in (cell.comment, fault.message_zh, fault.fix_zh) if part)
        return spot

    def spot(self, field: str, year: int | None, line: int) -> _Spot | None:
        if field in self.columns:
            sheet, column, spec = self.columns[field]
            return _Spot(sheet, ANNEX_CODE_ROW + line, column, spec) if line else None
        place = self.fields.get((field, year))
        return None if place is None else _Spot(*place, self.template.form.field(field))

    def cell(self, spot: _Spot) -> PlanCell:
        return self.sheets[spot.sheet].cells.setdefault((spot.row, spot.column), answer_cell(spot.spec))


def _content(entry: Entry, spec: FieldSpec) -> Content:
    if entry.value is not None:
        return answer_cell(spec, entry.value).content
    number = stored_number(entry.raw) if spec.kind in FIGURES else None
    return entry.raw if number is None else number


def _annex_columns(template: Template) -> Iterator[tuple[str, tuple[str, int, FieldSpec]]]:
    for annex in template.form.annexes:
        for column, spec in enumerate(annex.columns, 2):
            yield f"{annex.code}.{spec.code}", (annex_sheet(annex), column, spec)


def _lines(entries: tuple[Entry, ...]) -> Iterator[tuple[tuple[str, str], int]]:
    """Line of an annex by sheet and row of the upload: a missing answer has no entry of its own."""
    for entry in entries:
        found = _ROW.search(entry.cell)
        if "." in entry.key[0] and found and entry.key[1]:
            yield (entry.sheet, found[0]), entry.key[1]


def _fault_list(faults: Faults, places: list[_Spot | None]) -> PlanSheet:
    sheet = PlanSheet(FAULTS_SHEET, protected=False, landscape=True, freeze="A4", repeat_rows="3:3", tab="C00000")
    sheet.band(
        1, 1, len(_HEADS), f"{FAULTS_SHEET}：{len(faults.errors)} 处错误，{len(faults.warnings)} 处待确认", "title"
    )
    sheet.heights = {1: 30}
    for column, (head, width) in enumerate(_HEADS, 1):
        sheet.put(3, column, head, "head")
        sheet.widths[column] = float(width)
    for number, (fault, spot) in enumerate(zip(faults.faults, places, strict=True), 1):
        _fault_row(sheet, number, fault, spot)
    return sheet


def _fault_row(sheet: PlanSheet, number: int, fault: Fault, spot: _Spot | None) -> None:
    row = number + 3
    asks = fault.severity is Severity.WARNING
    where = (spot.sheet, spot.cell) if spot else (fault.sheet, fault.cell)
    texts = (*where, fault.read, fault.message_zh, fault.expected_zh, fault.fix_zh)
    sheet.put(row, 1, number, "text")
    sheet.put(row, 2, "待确认" if asks else "错误", "amber" if asks else "red")
    for column, text in enumerate(texts, 3):
        sheet.put(row, column, text, "text")
    sheet.heights[row] = 8 + 14.0 * max(
        -(-2 * len(text) // width) for text, (_, width) in zip(texts, _HEADS[2:], strict=True)
    )
    if spot:
        sheet.put(row, 4, spot.cell, "link").link = f"'{spot.sheet}'!{spot.cell}"
