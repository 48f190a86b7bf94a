"""A plain table somebody sends: a CSV file, or the first visible sheet of a workbook read in a limited child."""

from __future__ import annotations

import csv
import io
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from criteria.fork_client import Allowance, ForkClient, HelperDied
from criteria.workbook.faults import Fault, Refused, Severity, fault_of
from criteria.workbook.gate import check_kind, check_size
from criteria.workbook.isolated import refusal_of

ALLOWED = Allowance(wait=20, cpu=10)
MAX_TEXT_BYTES = 2 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS = 5000, 60
CSV_SHEET = "CSV"
_CODINGS = ("utf-8-sig", "gb18030")

TABLES = ForkClient("criteria.workbook.table_child")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts by their numbers (from 1), each by column number (from 1); empty cells are left out."""

    sheet: str
    rows: Mapping[int, Mapping[int, str]]


def read_table(content: bytes, name: str) -> Table | Fault:
    """The table of a file by its name's ending; the fault that refuses the file as a whole."""
    if name.lower().endswith(".csv"):
        return _read_csv(content)
    try:
        check_size(content)
        check_kind(content)
        ended = TABLES.ask(content, ALLOWED)
    except Refused as refusal:
        return refusal.fault
    except HelperDied:
        log.exception("no helper process stays alive to read a table")
        return fault_of("unreadable", severity=Severity.REFUSAL)
    if ended.answer is None or ended.code:
        return fault_of(refusal_of(ended.code), severity=Severity.REFUSAL)
    plain = json.loads(ended.answer)
    if "fault" in plain:
        return Fault(**(plain["fault"] | {"severity": Severity(plain["fault"]["severity"])}))
    rows = {int(row): {int(column): text for column, text in cells.items()} for row, cells in plain["rows"].items()}
    if len(rows) > MAX_ROWS:
        return _too_many(len(rows))
    return Table(plain["sheet"], rows)


def _too_many(rows: int) -> Fault:
    return fault_of("too_many_cells", severity=Severity.REFUSAL, count=rows, limit=MAX_ROWS)


def _read_csv(content: bytes) -> Table | Fault:
    text = _decoded(content)
    if text is None:
        return fault_of("unreadable", severity=Severity.REFUSAL)
    rows: dict[int, dict[int, str]] = {}
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1):
            if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
                return _too_many(number)
            filled = {column: cell.strip() for column, cell in enumerate(cells, start=1) if cell.strip()}
            if filled:
                rows[number] = filled
    except csv.Error:
        return fault_of("unreadable", severity=Severity.REFUSAL)
    return Table(CSV_SHEET, rows)


def _decoded(content: bytes) -> str | None:
    """UTF-8, or what Chinese spreadsheet programs write instead; None for anything else."""
    if len(content) > MAX_TEXT_BYTES or b"\0" in content:
        return None
    for coding in _CODINGS:
        try:
            return content.decode(coding)
        except UnicodeDecodeError:
            continue
    return None
