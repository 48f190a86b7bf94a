"""A published year of the calendar is taken in, and every clock that rested on a guess is computed again.

The import is one audited act on the ledger "calendar"; each clock that changes is an event in the chain of its case.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, fingerprint
from accreditation.clocks import DeadlineState
from accreditation.enums import NoticeState
from accreditation.errors import Reason, Refusal
from accreditation.models import Deadline, Notice, User
from workflows.calendar import current_calendar, import_year, provisional_deadlines
from workflows.deadlines import due_of
from workflows.workdays import SATURDAY, Due, WorkCalendar

LEDGER = "calendar"
RECOMPUTED = "recompute_deadline"
WORDS = {"1": True, "true": True, "yes": True, "是": True, "0": False, "false": False, "no": False, "否": False}
COLUMNS = 3
MOST_NAME = 60

CalendarLine = tuple[date, bool, str]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: departures taken, clocks whose last day changed or became certain."""

    days: int
    recomputed: int


def parse_days(text: str, year: int) -> list[CalendarLine]:
    """Departures of a year from CSV lines `day,is_working,name`; raises Refusal with every fault and its line."""
    found: dict[date, CalendarLine] = {}
    reasons: list[Reason] = []
    for number, row in _rows(text):
        line, faults = _line(row, year, number)
        if line is not None and line[0] in found:
            faults.append(_fault(number, _("日期 %(day)s 重复。") % {"day": line[0]}))
        reasons += faults
        if line is not None:
            found.setdefault(line[0], line)
    if not found and not reasons:
        reasons.append(Reason("no_days", _("文件中没有日期。"), "file"))
    if reasons:
        raise Refusal(reasons)
    return [found[day] for day in sorted(found)]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each line, without blank lines and the heading."""
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff")))
    for row in reader:
        cells = [cell.strip() for cell in row]
        if any(cells) and not (reader.line_num == 1 and cells[0].lower() in ("day", "日期")):
            yield reader.line_num, cells


def _line(row: list[str], year: int, number: int) -> tuple[CalendarLine | None, list[Reason]]:
    if len(row) not in (COLUMNS - 1, COLUMNS):
        return None, [_fault(number, _("应有三列：日期、是否上班、名称。"))]
    faults: list[Reason] = []
    day, working = _day(row[0]), WORDS.get(row[1].lower())
    name = row[2] if len(row) == COLUMNS else ""
    if day is None:
        faults.append(_fault(number, _("日期应写成 2027-01-01 的形式，读到“%(text)s”。") % {"text": row[0]}))
    elif day.year != year:
        faults.append(_fault(number, _("日期 %(day)s 不在 %(year)d 年。") % {"day": day, "year": year}))
    if working is None:
        faults.append(_fault(number, _("是否上班应为 1 或 0，读到“%(text)s”。") % {"text": row[1]}))
    if len(name) > MOST_NAME:
        faults.append(_fault(number, _("名称不超过 60 个字。")))
    if day is not None and working is not None and working == (day.weekday() < SATURDAY):
        text = _("%(day)s 与周一至周五的常规相同，不是调休或放假。")
        faults.append(_fault(number, text % {"day": day}))
    if faults or day is None or working is None:
        return None, faults
    return (day, working, name), []


def _fault(number: int, text: object) -> Reason:
    return Reason("calendar_line", _("第 %(n)d 行：%(text)s") % {"n": number, "text": text}, "file")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@transaction.atomic
def import_days(
    year: int, days: list[CalendarLine], *, source: str, by: User, at: datetime, request_key: str | None = None
) -> Imported:
    """Replace one year and compute provisional clocks again, all or nothing. Raises Replayed for a repeated key."""
    plain = [[day.isoformat(), working, name] for day, working, name in days]
    with act(
        LEDGER, "import_calendar", by=by, at=at, acting_as="operator",
        request_key=request_key, request=fingerprint(year, plain, source),
    ) as doing:  # fmt: skip
        import_year(year, days, source=source, at=at)
        recomputed = recompute_provisional(by=by, at=at)
        digest = hashlib.sha256(repr(plain).encode()).hexdigest()
        doing.note(year=year, days=len(days), source=source, sha256=digest, recomputed=recomputed)
        doing.reply(days=len(days), recomputed=recomputed)
    return Imported(len(days), recomputed)


def recompute_provisional(*, by: User, at: datetime) -> int:
    """Compute every running clock again that rested on an unpublished year; returns how many changed."""
    calendar = current_calendar()
    changed = sum(_recompute(row, calendar, by, at) for row in provisional_deadlines())
    running = Notice.objects.filter(state=NoticeState.PUBLISHED, is_provisional=True)
    for notice in running.order_by("pk"):
        _recompute_notice(notice, calendar, by, at)
    return changed


def _recompute(row: Deadline, calendar: WorkCalendar, by: User, at: datetime) -> bool:
    due = due_of(row, calendar)
    if (due.at, due.is_provisional) == (row.due_at, row.is_provisional):
        return False
    with act(row.case, RECOMPUTED, by=by, at=at, acting_as="operator") as doing:
        running = Deadline.objects.select_for_update().filter(pk=row.pk, state=DeadlineState.RUNNING)
        running.update(due_at=due.at, is_provisional=due.is_provisional)
        doing.note(kind=row.kind, **_change(row.due_at, due))
    return True


def _recompute_notice(notice: Notice, calendar: WorkCalendar, by: User, at: datetime) -> None:
    due = calendar.due(notice.published_at, notice.working_days)
    if (due.at, due.is_provisional) == (notice.ends_at, notice.is_provisional):
        return
    with act(notice, RECOMPUTED, by=by, at=at, acting_as="operator") as doing:
        Notice.objects.filter(pk=notice.pk).update(ends_at=due.at, is_provisional=due.is_provisional)
        doing.note(**_change(notice.ends_at, due))


def _change(before: datetime, due: Due) -> dict[str, object]:
    return {"before": before.isoformat(), "after": due.at.isoformat(), "provisional": due.is_provisional}
