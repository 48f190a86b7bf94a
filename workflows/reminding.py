"""Reminders that are due: each step of a clock's ladder once, after a missed night only the highest of each audience.

One transaction per case under its row lock, so that a run that is killed leaves all or nothing and two runs at once
send nothing twice. A clock that stands still reminds nobody. When a clock moves, the steps that were not sent move.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from accreditation.acts import Act, act
from accreditation.clocks import DeadlineKind, DeadlineState
from accreditation.models import Case, Deadline, Reminder, User
from accreditation.reminders import ReminderAudience, ReminderState
from accreditation.roles import Role
from accreditation.selectors.people import holders_of
from workflows.calendar import current_calendar
from workflows.in_charge import key_beside, people_reached
from workflows.ladders import Step, ladder_of
from workflows.tick import clock_person
from workflows.workdays import SHANGHAI, WorkCalendar

REMIND = "remind"
GOAL_WORDS = {  # of a goal nothing is said that sounds like a limit
    "remind_ahead": "remind_goal_ahead",
    "remind_last_day": "remind_goal_last_day",
    "remind_overdue": "remind_goal_missed",
    "escalate_overdue": "escalate_goal_missed",
}
REQUEST_WORDS = {  # nor of the days within which a request for a recusal is to be answered
    "remind_last_day": "remind_recusal_answer",
    "remind_ahead": "remind_recusal_answer",
    "remind_overdue": "remind_recusal_answer",
}
AHEAD = timedelta(days=30)  # no first step lies further before the last day, not even over the longest holidays


@dataclass(frozen=True, slots=True)
class Due:
    """A step of a clock that is due and was not dealt with."""

    clock: Deadline
    step: Step


@dataclass(frozen=True, slots=True)
class Reminded:
    """What one run did: cases looked into, people told, steps skipped for a higher one, steps that reach nobody."""

    cases: int = 0
    people: int = 0
    skipped: int = 0
    unaddressed: int = 0


def remind(at: datetime, limit: int = 200) -> Reminded:
    """Send what is due at `at`, for up to `limit` cases."""
    calendar = current_calendar()
    found = {due.clock.case_id: due.clock.case for due in due_steps(watched(at), calendar, at)}
    rows = [row for case in list(found.values())[:limit] for row in _remind_case(case, calendar, at)]
    states = [row.state for row in rows]
    return Reminded(
        cases=len({row.deadline.case_id for row in rows}),
        people=sum(row.people for row in rows),
        skipped=states.count(ReminderState.SKIPPED),
        unaddressed=states.count(ReminderState.UNADDRESSED),
    )


def watched(at: datetime) -> QuerySet[Deadline]:
    """Running clocks whose ladder has begun or will soon, and is not at its end."""
    ended = Reminder.objects.filter(deadline=OuterRef("pk"), ends_ladder=True)
    rows = Deadline.objects.filter(~Exists(ended), state=DeadlineState.RUNNING, due_at__lte=at + AHEAD)
    return rows.select_related("case").order_by("case_id", "pk")


def due_steps(clocks: Iterable[Deadline], calendar: WorkCalendar, at: datetime) -> list[Due]:
    """Steps of these clocks that are due and not dealt with; none before the clock began or on its first day."""
    rows = list(clocks)
    pairs = Reminder.objects.filter(deadline__in=[row.pk for row in rows]).values_list("deadline_id", "step")
    done = set(pairs)
    instants: dict[tuple[Step, date], datetime] = {}
    found = []
    for clock in rows:
        last, begun = _day(clock.due_at), _day(clock.started_at)
        for step in ladder_of(clock.kind, clock.fires):
            if (step, last) not in instants:
                instants[step, last] = step.instant(last, calendar)
            when = instants[step, last]
            if begun < when.date() and when <= at and (clock.pk, step.code) not in done:
                found.append(Due(clock, step))
    return found


class Settled(Exception):
    """Another run was faster: there is nothing left to record."""


def _remind_case(case: Case, calendar: WorkCalendar, at: datetime) -> list[Reminder]:
    """Deal with everything that is due for a case, in one act of the clock's."""
    try:
        with act(case, REMIND, by=clock_person(), at=at, acting_as="clock") as doing:
            return _carry_out(doing, calendar)
    except Settled:
        return []


def _carry_out(doing: Act, calendar: WorkCalendar) -> list[Reminder]:
    case = doing.chain
    assert isinstance(case, Case)
    clocks = watched(doing.at).filter(case=case).select_for_update(of=("self",))
    due = due_steps(clocks, calendar, doing.at)
    if not due:
        raise Settled
    told: set[int] = set()
    rows: list[Reminder] = []
    for audience in reversed(ReminderAudience):  # who stands higher is told as such, and once
        mine = [one for one in due if one.step.audience == audience]
        for beside in sorted({key_beside(case, one.clock.kind) for one in mine}):
            same = [one for one in mine if key_beside(case, one.clock.kind) == beside]
            rows += _deal_with(doing, case, same, told, calendar, beside)
    Reminder.objects.bulk_create(rows)
    doing.note(steps=[[row.deadline.kind, row.step, row.state, row.people] for row in rows])
    return rows


def _deal_with(
    doing: Act, case: Case, due: list[Due], told: set[int], calendar: WorkCalendar, beside: str
) -> list[Reminder]:
    """Steps of one audience: the highest is sent, the lower ones that were missed are only recorded."""
    *missed, highest = sorted(due, key=lambda one: (one.step.offset, -one.clock.due_at.timestamp()))
    reached = people_reached(case, highest.step.audience, doing.at, beside)
    fresh = [person for person in reached if person.pk not in told]
    told.update(person.pk for person in fresh)
    state = ReminderState.SENT if fresh else ReminderState.SKIPPED if reached else ReminderState.UNADDRESSED
    if fresh:
        _tell(doing, case, highest, fresh, calendar)
    rows = [_row(one, ReminderState.SKIPPED, 0, doing.at) for one in missed]
    return [*rows, _row(highest, state, len(fresh), doing.at)]


def _tell(doing: Act, case: Case, one: Due, people: list[User], calendar: WorkCalendar) -> None:
    """What is said follows from the days that are left now, not from those at which the step was meant to be sent."""
    left = calendar.left(_day(doing.at), _day(one.clock.due_at))
    kind = "remind_ahead" if left > 0 else "remind_overdue" if left < 0 else "remind_last_day"
    if one.step.audience is not ReminderAudience.HOLDER:
        kind = "escalate_overdue"
    if one.clock.kind == DeadlineKind.GOAL:
        kind = GOAL_WORDS[kind]
    elif one.clock.kind == DeadlineKind.RECUSAL_ANSWER:
        kind = REQUEST_WORDS[kind]
        appointing = set(holders_of([Role.SECURITY_OFFICER])) & set(people)
        people = [person for person in people if person not in appointing]
        doing.tell(appointing, "recusal_unanswerable", number=case.number)
    doing.tell(
        people, kind, case_number=case.number, clock=one.clock.kind, due_at=one.clock.due_at.isoformat(),
        left=max(left, 0), over=max(-left, 0),
    )  # fmt: skip


def _row(one: Due, state: ReminderState, people: int, at: datetime) -> Reminder:
    ladder = ladder_of(one.clock.kind, one.clock.fires)
    return Reminder(
        deadline=one.clock,
        step=one.step.code,
        audience=one.step.audience,
        state=state,
        at=at,
        due_at=one.clock.due_at,
        people=people,
        ends_ladder=one.step == ladder[-1],
    )


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
