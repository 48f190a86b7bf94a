"""Particulars of many experts from one table: all of it or nothing, every fault by its cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, fingerprint
from accreditation.errors import Refusal
from accreditation.models import User
from accreditation.roles import Role
from accreditation.services.enterprises import compact_uscc
from accreditation.services.experts import (
    POOL,
    Particulars,
    check_office,
    faults_of_leaving,
    faults_of_particulars,
    plain_of,
    trail_of,
    write_particulars,
)
from criteria.workbook.dates import written_date
from criteria.workbook.layout import cell_name
from criteria.workbook.table import Table

COLUMNS: Mapping[str, str] = {  # heading in the table: name of the particular
    "账号": "username",
    "专业领域": "field",
    "领域代码": "fields",
    "职称": "title",
    "工作单位": "employer",
    "工作单位信用代码": "employer_uscc",
    "聘期起": "term_from",
    "聘期止": "term_until",
    "原单位离任日期": "left_on",
}
REQUIRED = ("账号", "专业领域", "工作单位")
LENGTHS = {"field": 80, "title": 80, "employer": 120}
_BETWEEN = re.compile(r"[、,，;；/\s]+")


@dataclass(frozen=True, slots=True)
class CellFault:
    """One cell that cannot be taken: address, heading of its column, what was read, why."""

    cell: str
    column: str
    read: str
    text: str | Promise


@dataclass(frozen=True, slots=True)
class Line:
    """One row that can be taken."""

    row: int
    user: User
    stated: Particulars


@dataclass(frozen=True, slots=True)
class ReadPool:
    """What a table says: rows that can be taken, and every fault."""

    lines: tuple[Line, ...]
    faults: tuple[CellFault, ...]


def read_pool(table: Table) -> ReadPool:
    """Lines and faults of a table whose first row holds the headings."""
    if not table.rows:
        return ReadPool((), (CellFault("A1", "", "", _("表中没有内容。")),))
    top = min(table.rows)
    places = {heading: column for column, heading in sorted(table.rows[top].items(), reverse=True)}
    faults = list(_faults_of_headings(table.rows[top], places, top))
    if faults:
        return ReadPool((), tuple(faults))
    lines: list[Line] = []
    people = _people({cells.get(places["账号"], "") for row, cells in table.rows.items() if row > top})
    for row, cells in sorted(table.rows.items()):
        if row > top:
            reader = _Row(row, cells, places)
            line = reader.line(people, lines)
            faults += reader.faults
            lines += [line] if line is not None else []
    if not lines and not faults:
        faults.append(CellFault(cell_name(top + 1, 1), "", "", _("标题行下没有内容。")))
    return ReadPool(tuple(lines), tuple(faults))


def _faults_of_headings(cells: Mapping[int, str], places: Mapping[str, int], row: int) -> Iterator[CellFault]:
    for column, heading in cells.items():
        if heading not in COLUMNS:
            yield CellFault(cell_name(row, column), heading, heading, _("没有此栏目。"))
        elif places[heading] != column:
            yield CellFault(cell_name(row, column), heading, heading, _("栏目重复。"))
    for heading in REQUIRED:
        if heading not in places:
            yield CellFault(cell_name(row, max(cells) + 1), heading, "", _("缺少栏目“%(name)s”。") % {"name": heading})


def _people(usernames: set[str]) -> dict[str, User]:
    return {user.username: user for user in User.objects.filter(username__in=usernames, is_system=False)}


class _Row:
    """One row on its way to particulars; collects its faults."""

    def __init__(self, row: int, cells: Mapping[int, str], places: Mapping[str, int]) -> None:
        self.row, self.cells, self.places = row, cells, places
        self.faults: list[CellFault] = []

    def line(self, people: Mapping[str, User], before: list[Line]) -> Line | None:
        """The row, or None with faults."""
        user = people.get(self.text("username"))
        if user is None:
            self.fault(
                "username", _("没有此账号，请先由系统管理员开通。") if self.text("username") else _("未填写账号。")
            )
        elif any(line.user == user for line in before):
            self.fault("username", _("同一账号出现两次。"))
        stated = Particulars(
            field=self.short("field"),
            employer=self.short("employer"),
            fields=tuple(code for code in _BETWEEN.split(self.text("fields")) if code),
            title=self.short("title"),
            employer_uscc=compact_uscc(self.text("employer_uscc")),
            term_from=self.day("term_from"),
            term_until=self.day("term_until"),
            left_on=self.day("left_on"),
        )
        for reason in faults_of_particulars(stated):
            self.fault(reason.place, reason.text)
        return None if self.faults or user is None else Line(self.row, user, stated)

    def text(self, name: str) -> str:
        """The cell of a particular as typed."""
        return self.cells.get(self.places.get(_heading(name), 0), "")

    def short(self, name: str) -> str:
        """A text that fits the column of the database."""
        text = self.text(name)
        if len(text) > LENGTHS[name]:
            self.fault(name, _("最多 %(n)d 个字。") % {"n": LENGTHS[name]})
        return text

    def day(self, name: str) -> date | None:
        """A day; a fault where it is none."""
        text = self.text(name)
        found = written_date(text) if text else None
        if text and found is None:
            self.fault(name, _("请填写日期，例如 2026-01-31。"))
        return found

    def fault(self, name: str, text: str | Promise) -> None:
        """Put down one fault; a column that is not there is told at the account."""
        column = self.places.get(_heading(name), self.places["账号"])
        self.faults.append(CellFault(cell_name(self.row, column), _heading(name), self.cells.get(column, ""), text))


def _heading(name: str) -> str:
    return next(heading for heading, known in COLUMNS.items() if known == name)


def import_pool(
    read: ReadPool, *, name: str, sha256: str, by: User, at: datetime, request_key: str | None = None
) -> int:
    """Keep every line of a table without faults; how many experts changed. Raises Denied, Replayed as `act` does."""
    check_office(by)
    assert not read.faults
    if faults := [fault for line in read.lines for fault in faults_of_leaving(line.stated, at)]:
        raise Refusal(faults)
    with act(
        POOL, "import_experts", by=by, at=at, acting_as=Role.MUNICIPAL_OFFICER, request_key=request_key,
        request=fingerprint(sha256),
    ) as doing:  # fmt: skip
        changed = sum(_keep(line, sha256, by, at) for line in read.lines)
        doing.note(name=name, sha256=sha256, rows=len(read.lines), changed=changed)
        doing.reply(changed=changed)
    return changed


def _keep(line: Line, sha256: str, by: User, at: datetime) -> bool:
    """The change in the person's own trail as well; nothing where nothing changes."""
    with act(trail_of(line.user), "change_expert", by=by, at=at, acting_as=Role.MUNICIPAL_OFFICER) as doing:
        _row, changed = write_particulars(line.user, line.stated, by=by, at=at)
        doing.note(expert=line.user.pk, changed=changed, table=sha256, row=line.row, stated=plain_of(line.stated))
    return bool(changed)
