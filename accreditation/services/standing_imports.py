"""A file of standings: refused with every fault by cell, or proposed as a whole; sent twice it adds nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, fingerprint
from accreditation.enums import StandingState
from accreditation.errors import Reason, Refusal
from accreditation.models import Standing, StandingImport, User
from accreditation.selectors.holders import day_of
from accreditation.services.numbers import next_number_at
from accreditation.services.standing_texts import HEADINGS, REQUIRED, Grant, heading_names, read_grant
from accreditation.services.standings import check_keeper
from criteria.workbook.faults import Fault
from criteria.workbook.isolated_list import read_list
from criteria.workbook.listfile import ListCell

PREFIX = "SI"
MOST_BYTES = 4 * 1024 * 1024
MOST_ROWS = 5000
TROUBLES = {
    "formula": _("是公式，请改为填写结果。"),
    "error": _("是错误值。"),
    "hidden": _("在隐藏的行或列中，请显示或删除。"),
}
Line = dict[str, ListCell]


class _NothingNew(Exception):
    """Every row of the file is in the register: the act has nothing to record."""


def read_file(content: bytes, name: str, *, on: date) -> list[tuple[Line, Grant]]:
    """The lines of a workbook or CSV file with their grants; Refusal with every fault, the cell as its place."""
    if not name.lower().endswith((".xlsx", ".csv")) or len(content) > MOST_BYTES:
        raise Refusal([Reason("file_kind", _("请上传不超过 4 MB 的 .xlsx 或 .csv 文件。"), "file")])
    cells = read_list(content, name)
    if isinstance(cells, Fault):
        text = cells.message_en if (get_language() or "").startswith("en") else cells.message_zh
        raise Refusal([Reason(cells.code, text, "file")])
    lines, faults = _lines(cells)
    grants, more = _grants(lines, on)
    if faults or more:
        raise Refusal([*faults, *more])
    return grants


def propose_import(
    content: bytes, name: str, *, by: User, at: datetime, request_key: str | None = None
) -> StandingImport | None:
    """Enter the new standings of a file, to be confirmed by a second person; None when every row is known.

    Raises Denied, Refusal with every fault, Replayed as `act` does.
    """
    check_keeper(by)
    grants = read_file(content, name, on=day_of(at))
    digest = hashlib.sha256(content).hexdigest()
    try:
        with act(
            "standings", "propose_standings", by=by, at=at, acting_as="municipal_officer",
            request_key=request_key, request=fingerprint(digest, name),
        ) as doing:  # fmt: skip
            found = _store(grants, StandingImport(entered_by=by, entered_at=at, file_name=name[:200], sha256=digest))
            doing.note(number=found.number, file=name, sha256=digest, rows=found.rows, known=found.known)
            doing.reply(number=found.number)
    except _NothingNew:
        return None
    return found


def _store(grants: list[tuple[Line, Grant]], row: StandingImport) -> StandingImport:
    """The file's row and its new standings, compared with the register under the ledger's lock."""
    known, faults = _known(grants)
    if faults:
        raise Refusal(faults)
    new = [grant for _line, grant in grants if _key(grant) not in known]
    if not new:
        raise _NothingNew
    row.number, row.rows, row.known = next_number_at(PREFIX, row.entered_at), len(new), len(known)
    row.save()
    Standing.objects.bulk_create(
        Standing(
            number=f"{row.number}-{n:05d}", entered_by=row.entered_by, entered_at=row.entered_at, intake=row,
            **asdict(grant),
        )
        for n, grant in enumerate(new, start=1)
    )  # fmt: skip
    return row


def _lines(cells: list[ListCell]) -> tuple[list[Line], list[Reason]]:
    """The rows by column name, and what is wrong with the file as a table."""
    if not cells:
        return [], [Reason("no_rows", _("文件中没有内容。"), "file")]
    columns, faults = _columns([cell for cell in cells if cell.row == cells[0].row])
    rows: dict[int, Line] = {}
    for cell in cells:
        if cell.row == cells[0].row or cell.column not in columns:
            continue
        rows.setdefault(cell.row, {})[columns[cell.column]] = cell
        if cell.trouble:
            faults.append(Reason(cell.trouble, TROUBLES[cell.trouble], cell.place))
    if not rows:
        faults.append(Reason("no_rows", _("标题行下没有内容。"), "file"))
    if len(rows) > MOST_ROWS:
        faults.append(Reason("too_many_rows", _("一次最多导入 %(n)d 行，请分成几个文件。") % {"n": MOST_ROWS}, "file"))
        return [], faults
    return list(rows.values()), faults


def _columns(head: Iterable[ListCell]) -> tuple[dict[int, str], list[Reason]]:
    """Column names by place; other columns are read over, a needed one that is missing or doubled is a fault."""
    names, found, faults = heading_names(), dict[int, str](), list[Reason]()
    for cell in head:
        name = names.get(cell.text)
        if name and name in found.values():
            faults.append(Reason("column_twice", _("标题“%(text)s”出现两次。") % {"text": cell.text}, cell.place))
        if name:
            found[cell.column] = name
    for name in REQUIRED:
        if name not in found.values() and not (name == "year" and "valid_from" in found.values()):
            faults.append(Reason("no_column", _("缺少列“%(column)s”。") % {"column": HEADINGS[name]}, "file"))
    return found, faults


def _grants(lines: list[Line], on: date) -> tuple[list[tuple[Line, Grant]], list[Reason]]:
    grants, faults = list[tuple[Line, Grant]](), list[Reason]()
    seen: dict[tuple[object, ...], str] = {}
    for line in lines:
        grant, found = read_grant({name: cell.text for name, cell in line.items()}, on=on)
        faults += [Reason(fault.code, fault.text, _place(line, fault.place)) for fault in found]
        if grant is None:
            continue
        first = seen.setdefault(_key(grant), _place(line, ""))
        if first != _place(line, ""):
            words = _("与第 %(row)s 行重复。") % {"row": _row(first)}
            faults.append(Reason("row_twice", words, _place(line, "")))
        grants.append((line, grant))
    return grants, faults


def _place(line: Line, column: str) -> str:
    """The cell, or for an empty one the first cell of its row with the row meant."""
    return line[column].place if column in line else f"{next(iter(line.values())).row}"


def _row(place: str) -> str:
    return "".join(sign for sign in place if sign.isdigit())


def _key(grant: Grant) -> tuple[object, ...]:
    return (grant.kind, grant.level, grant.holder_uscc, grant.name, grant.reference, grant.year)


def _known(grants: list[tuple[Line, Grant]]) -> tuple[set[tuple[object, ...]], list[Reason]]:
    """Grants that the register has with the same words; one that says something else is a fault, never overwritten."""
    there = {row.grant: row for row in _standing_rows(grant.holder_uscc for _line, grant in grants)}
    known, faults = set[tuple[object, ...]](), list[Reason]()
    for line, grant in grants:
        row = there.get((grant.kind, grant.level, grant.holder_uscc, grant.name, grant.reference, grant.year))
        if row is None:
            continue
        known.add(_key(grant))
        differing = [name for name, value in asdict(grant).items() if getattr(row, name) != value]
        faults += [_differs(line, name, row) for name in differing]
    return known, faults


def _differs(line: Line, column: str, row: Standing) -> Reason:
    words = _("登记簿 %(number)s 的%(column)s是“%(text)s”；如有变化，请先终止原登记。")
    values = {"number": row.number, "column": HEADINGS[column], "text": getattr(row, column) or "—"}
    return Reason("differs", words % values, _place(line, column))


def _standing_rows(codes: Iterable[str]) -> Iterator[Standing]:
    wanted = sorted(set(codes))
    for start in range(0, len(wanted), 500):
        rows = Standing.objects.filter(holder_uscc__in=wanted[start : start + 500])
        yield from rows.exclude(state=StandingState.DROPPED)
