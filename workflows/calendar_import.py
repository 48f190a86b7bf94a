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
from accreditation.clocks import OWN_GOALS, ClockEventKind, DeadlineKind, DeadlineState
from accreditation.enums import NoticeState
from accreditation.errors import Reason, Refusal
from accreditation.models import AdjustedEntry, Case, Deadline, Notice, User
from accreditation.permissions import demand_power
from accreditation.reminders import ReminderAudience
from accreditation.roles import Power
from workflows.calendar import current_calendar, import_year
from workflows.deadlines import due_of, extend, give_back
from workflows.in_charge import APPLICANT, key_beside, people_of_key, people_reached
from workflows.workdays import SATURDAY, Due, WorkCalendar

LEDGER = "calendar"
RECOMPUTED = "recompute_deadline"
GOAL_RECOMPUTED = "recompute_goal"
WORDS = {"1": True, "true": True, "yes": True, "是": True, "0": False, "false": False, "no": False, "否": False}
COLUMNS = 3
MOST_NAME = 60
MOST_SOURCE = 120

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
            faults.append(_fault(number, 1, _("日期 %(day)s 重复。") % {"day": line[0]}))
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
        return None, [_fault(number, 1, _("应有三列：日期、是否上班、名称。"))]
    day, working = _day(row[0]), WORDS.get(row[1].lower())
    name = row[2] if len(row) == COLUMNS else ""
    faults: list[Reason] = []
    if day is None:
        faults.append(_fault(number, 1, _("日期应写成 2027-01-01 的形式，读到“%(text)s”。") % {"text": row[0]}))
    elif day.year != year:
        faults.append(_fault(number, 1, _("日期 %(day)s 不在 %(year)d 年。") % {"day": day, "year": year}))
    if working is None:
        faults.append(_fault(number, 2, _("是否上班应为 1 或 0，读到“%(text)s”。") % {"text": row[1]}))
    elif day is not None and working == (day.weekday() < SATURDAY):
        text = _("%(day)s 与周一至周五的常规相同，不是调休或放假。")
        faults.append(_fault(number, 2, text % {"day": day}))
    faults += _faults_of_name(number, name, is_needed=working is False)
    if faults or day is None or working is None:
        return None, faults
    return (day, working, name), []


def _faults_of_name(number: int, name: str, *, is_needed: bool) -> list[Reason]:
    """A holiday has a name; a worked day at the weekend may go without."""
    if is_needed and not name:
        return [_fault(number, 3, _("放假的日子须写明节假日名称。"))]
    return [_fault(number, 3, _("名称不超过 60 个字。"))] if len(name) > MOST_NAME else []


def _fault(number: int, column: int, text: object) -> Reason:
    values = {"n": number, "column": column, "text": text}
    return Reason("calendar_line", _("第 %(n)d 行第 %(column)d 列：%(text)s") % values, "file")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# Terms of private parties, and days on which they may still object or are not yet bound. What was reckoned by a
# published plan and told to them they may rely on (信赖保护): a plan that is mended may lengthen it, never shorten it.
# The terms that the law sets the offices follow the calendar whichever way. A suspension is left to it as well: its
# later end would be the holder's loss.
KEPT_KINDS = frozenset(
    {
        DeadlineKind.CORRECTION, DeadlineKind.NOTICE, DeadlineKind.DEFENCE, DeadlineKind.EFFECT,
        DeadlineKind.RECONSIDERATION_SUPPLEMENT, DeadlineKind.RECTIFICATION, DeadlineKind.CHANGE_CORRECTION,
        DeadlineKind.FIGURE_ANSWER, DeadlineKind.YEARLY_REPORT, DeadlineKind.OBJECTION_STATEMENT,
        DeadlineKind.REOPENING_STATEMENT,
        DeadlineKind.REEXAMINATION_MATERIAL,
    }
)  # fmt: skip
KEPT = "工作日历更正后不缩短已告知的期限"  # remark of the event; kept as it was written, as all remarks of clocks


@dataclass(frozen=True, slots=True)
class MovedClock:
    """What a calendar does to a running clock; `more` are working days by which it is lengthened to keep its day.

    Negative, where days by which it was lengthened before are needed no more.
    """

    row: Deadline
    due: Due
    more: int = 0

    @property
    def before(self) -> datetime:
        """When it is due by the calendar so far."""
        return self.row.due_at

    @property
    def after(self) -> datetime:
        """When it will be due."""
        return self.due.at

    @property
    def is_kept(self) -> bool:
        """Whether it would have been shortened."""
        return self.more > 0

    @property
    def changes(self) -> bool:
        """Whether anything of it becomes another."""
        return self.more != 0 or (self.due.at, self.due.is_provisional) != (self.row.due_at, self.row.is_provisional)


def moved(row: Deadline, calendar: WorkCalendar) -> MovedClock:
    """A running clock by another calendar.

    No day that was told comes earlier, nor do the days that kept it count again where the calendar gives them itself.
    """
    due, more = due_of(row, calendar), 0
    if row.kind in KEPT_KINDS and not row.is_provisional and not row.in_calendar_days:
        while due.at < row.due_at:
            more += 1
            due = due_of(row, calendar, more=more)
        spare = _kept_days(row) if due.at > row.due_at else 0
        while spare + more > 0 and (earlier := due_of(row, calendar, more=more - 1)).at >= row.due_at:
            more, due = more - 1, earlier
    return MovedClock(row, due, more)


def _kept_days(row: Deadline) -> int:
    """Working days that keep its day so far."""
    found = row.events.filter(remark=KEPT).values_list("kind", "days")
    return sum(days if kind == ClockEventKind.EXTENDED else -days for kind, days in found)


def tried(calendar: WorkCalendar) -> Iterator[MovedClock]:
    """Every running clock that another calendar would move to another day or keep on its own, by case; nothing kept."""
    rows = Deadline.objects.filter(state=DeadlineState.RUNNING).exclude(kind__in=OWN_GOALS)
    for row in rows.select_related("case").order_by("case__number", "pk"):
        found = moved(row, calendar)
        if found.is_kept or found.after != found.before:
            yield found


@transaction.atomic
def import_days(
    year: int, days: list[CalendarLine], *, source: str, by: User, at: datetime, request_key: str | None = None
) -> Imported:
    """Take a year into use as one act. Denied, Replayed for a repeated key.

    The step of which a second person's confirmation consists (`workflows.calendar_proposals`); no page and no command
    of one person leads here.
    """
    plain = [[day.isoformat(), working, name] for day, working, name in days]
    with act(
        LEDGER, "import_calendar", by=by, at=at, acting_as="operator",
        request_key=request_key, request=fingerprint(year, plain, source),
    ) as doing:  # fmt: skip
        demand_power(by, Power.OPERATE, at=at)
        done = take_year(year, days, source=source, by=by, at=at)
        digest = hashlib.sha256(repr(plain).encode()).hexdigest()
        doing.note(year=year, days=len(days), source=source, sha256=digest, recomputed=done.recomputed)
        doing.reply(days=len(days), recomputed=done.recomputed)
    return done


def take_year(year: int, days: list[CalendarLine], *, source: str, by: User, at: datetime) -> Imported:
    """Replace one year and compute running clocks again, within an act on the ledger that has asked for the power."""
    import_year(year, days, source=source, at=at)
    return Imported(len(days), recompute_running(by=by, at=at))


def rests_on_calendar() -> bool:
    """Whether anything was reckoned by the calendar that still runs."""
    running = Deadline.objects.filter(state__in=(DeadlineState.RUNNING, DeadlineState.PAUSED))
    return running.exists() or Notice.objects.filter(state=NoticeState.PUBLISHED).exists()


def recompute_running(*, by: User, at: datetime) -> int:
    """Compute every running clock again by the calendar as it is now; returns how many changed.

    Those in calendar days as well: one that ends on a day of rest may run on to the next working day. A year that is
    published again, as for an extended holiday, moves clocks that rested on the first plan. All cases stay locked to
    the end: an extension made meanwhile is seen, one that waits counts by the new calendar.
    """
    calendar = current_calendar()
    running = Deadline.objects.filter(case=OuterRef("pk"), state=DeadlineState.RUNNING)
    cases = Case.objects.select_for_update().filter(Exists(running)).order_by("pk")
    changed = sum(_recompute(row, calendar, by, at) for case in cases for row in _running(case))
    for notice in Notice.objects.select_for_update().filter(state=NoticeState.PUBLISHED).order_by("pk"):
        _recompute_notice(notice, calendar, by, at)
    anew = AdjustedEntry.objects.filter(ends_at__isnull=False, entry__notice__state=NoticeState.PUBLISHED)
    for line in anew.select_related("adjustment__batch", "adjustment__notice").order_by("pk"):
        _recompute_corrected(line, calendar, by, at)
    return changed


def _running(case: Case) -> QuerySet[Deadline]:
    rows = Deadline.objects.filter(case=case, state=DeadlineState.RUNNING)
    return rows.select_related("case").order_by("pk")


def _recompute(row: Deadline, calendar: WorkCalendar, by: User, at: datetime) -> bool:
    """Of a case that is locked; whoever the clock runs for and the enterprise are told where its last day moves."""
    found = moved(row, calendar)
    if not found.changes:
        return False
    due = found.due
    is_goal = row.kind in OWN_GOALS  # nobody's term: neither told nor in the applicant's record
    with act(row.case, GOAL_RECOMPUTED if is_goal else RECOMPUTED, by=by, at=at, acting_as="operator") as doing:
        if found.is_kept:
            extend(row, found.more, remark=KEPT, calendar=calendar, at=at)
            doing.note(kept=found.more)
        elif found.more:
            give_back(row, -found.more, remark=KEPT, calendar=calendar, at=at)
            doing.note(given_back=-found.more)
        else:
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
    if due.at < notice.ends_at and not notice.is_provisional:  # whoever relies on the published end may still object
        return
    if (due.at, due.is_provisional) == (notice.ends_at, notice.is_provisional):
        return
    with act(notice, RECOMPUTED, by=by, at=at, acting_as="operator") as doing:
        Notice.objects.filter(pk=notice.pk).update(ends_at=due.at, is_provisional=due.is_provisional)
        doing.note(**_change(notice.ends_at, due))


def _recompute_corrected(line: AdjustedEntry, calendar: WorkCalendar, by: User, at: datetime) -> None:
    """An entry of which the days run anew from its correction."""
    due = calendar.due(line.adjustment.published_at, line.adjustment.batch.notice_days)
    if line.ends_at is None or due.at <= line.ends_at:  # never earlier, for the same reason
        return
    with act(line.adjustment.notice, RECOMPUTED, by=by, at=at, acting_as="operator") as doing:
        AdjustedEntry.objects.filter(pk=line.pk).update(ends_at=due.at)
        doing.note(adjustment=line.adjustment.number, **_change(line.ends_at, due))


def _change(before: datetime, due: Due) -> dict[str, object]:
    return {"before": before.isoformat(), "after": due.at.isoformat(), "provisional": due.is_provisional}
