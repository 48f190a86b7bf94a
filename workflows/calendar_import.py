"""A published year of the calendar is taken in, for the first time or again, and every running clock computed anew.

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
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, fingerprint
from accreditation.clocks import DeadlineKind, DeadlineState
from accreditation.enums import NoticeState
from accreditation.errors import Reason, Refusal
from accreditation.models import AdjustedEntry, Case, Deadline, Notice, User
from accreditation.permissions import demand_power
from accreditation.reminders import ReminderAudience
from accreditation.roles import Power
from workflows.calendar import current_calendar, import_year
from workflows.deadlines import due_of
from workflows.in_charge import APPLICANT, key_beside, people_of_key, people_reached
from workflows.workdays import SATURDAY, Due, WorkCalendar

LEDGER = "calendar"
RECOMPUTED = "recompute_deadline"
GOAL_RECOMPUTED = "recompute_goal"
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
    """Replace one year and compute running clocks again, all or nothing. Denied, Replayed for a repeated key."""
    plain = [[day.isoformat(), working, name] for day, working, name in days]
    with act(
        LEDGER, "import_calendar", by=by, at=at, acting_as="operator",
        request_key=request_key, request=fingerprint(year, plain, source),
    ) as doing:  # fmt: skip
        demand_power(by, Power.OPERATE, at=at)
        import_year(year, days, source=source, at=at)
        recomputed = recompute_running(by=by, at=at)
        digest = hashlib.sha256(repr(plain).encode()).hexdigest()
        doing.note(year=year, days=len(days), source=source, sha256=digest, recomputed=recomputed)
        doing.reply(days=len(days), recomputed=recomputed)
    return Imported(len(days), recomputed)


def recompute_running(*, by: User, at: datetime) -> int:
    """Compute every running clock of working days again by the calendar as it is now; returns how many changed.

    A year that is published again, as for an extended holiday, moves clocks that rested on the first plan. All cases
    stay locked to the end: an extension made meanwhile is seen, one that waits counts by the new calendar.
    """
    calendar = current_calendar()
    running = Deadline.objects.filter(case=OuterRef("pk"), state=DeadlineState.RUNNING, in_calendar_days=False)
    cases = Case.objects.select_for_update().filter(Exists(running)).order_by("pk")
    changed = sum(_recompute(row, calendar, by, at) for case in cases for row in _running(case))
    for notice in Notice.objects.select_for_update().filter(state=NoticeState.PUBLISHED).order_by("pk"):
        _recompute_notice(notice, calendar, by, at)
    anew = AdjustedEntry.objects.filter(ends_at__isnull=False, entry__notice__state=NoticeState.PUBLISHED)
    for line in anew.select_related("adjustment__batch", "adjustment__notice").order_by("pk"):
        _recompute_corrected(line, calendar, by, at)
    return changed


def _running(case: Case) -> QuerySet[Deadline]:
    rows = Deadline.objects.filter(case=case, state=DeadlineState.RUNNING, in_calendar_days=False)
    return rows.select_related("case").order_by("pk")


def _recompute(row: Deadline, calendar: WorkCalendar, by: User, at: datetime) -> bool:
    """Of a case that is locked; whoever the clock runs for and the enterprise are told where its last day moves."""
    due = due_of(row, calendar)
    if (due.at, due.is_provisional) == (row.due_at, row.is_provisional):
        return False
    is_goal = row.kind == DeadlineKind.GOAL  # nobody's term: neither told nor in the applicant's record
    with act(row.case, GOAL_RECOMPUTED if is_goal else RECOMPUTED, by=by, at=at, acting_as="operator") as doing:
        Deadline.objects.filter(pk=row.pk).update(due_at=due.at, is_provisional=due.is_provisional)
        doing.note(kind=row.kind, **_change(row.due_at, due))
        if due.at != row.due_at and not is_goal:
            doing.tell(
                people_concerned(row, at), "deadline_moved", case_number=row.case.number, clock=row.kind,
                due_at=due.at.isoformat(),
            )  # fmt: skip
    return True


def people_concerned(clock: Deadline, at: datetime) -> list[User]:
    """Whoever the clock runs for, and everybody who acts for the enterprise; each once."""
    case = clock.case
    found = [
        *people_reached(case, ReminderAudience.HOLDER, at, key_beside(case, clock.kind)),
        *people_of_key(f"{APPLICANT}:{case.enterprise_id}", at),
    ]
    return list({person.pk: person for person in found}.values())


def _recompute_notice(notice: Notice, calendar: WorkCalendar, by: User, at: datetime) -> None:
    due = calendar.due(notice.published_at, notice.working_days)
    if (due.at, due.is_provisional) == (notice.ends_at, notice.is_provisional):
        return
    with act(notice, RECOMPUTED, by=by, at=at, acting_as="operator") as doing:
        Notice.objects.filter(pk=notice.pk).update(ends_at=due.at, is_provisional=due.is_provisional)
        doing.note(**_change(notice.ends_at, due))


def _recompute_corrected(line: AdjustedEntry, calendar: WorkCalendar, by: User, at: datetime) -> None:
    """An entry of which the days run anew from its correction."""
    due = calendar.due(line.adjustment.published_at, line.adjustment.batch.notice_days)
    if line.ends_at is None or due.at == line.ends_at:
        return
    with act(line.adjustment.notice, RECOMPUTED, by=by, at=at, acting_as="operator") as doing:
        AdjustedEntry.objects.filter(pk=line.pk).update(ends_at=due.at)
        doing.note(adjustment=line.adjustment.number, **_change(line.ends_at, due))


def _change(before: datetime, due: Due) -> dict[str, object]:
    return {"before": before.isoformat(), "after": due.at.isoformat(), "provisional": due.is_provisional}
