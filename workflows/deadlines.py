"""Clocks of a case: started, paused on a legal ground, resumed, settled. When one is due follows from its events."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from django.db.models import Q, QuerySet, Sum

from accreditation.clocks import (
    BESIDE,
    ENDS_ON_A_WORKING_DAY,
    NO_LIMITS,
    ClockEventKind,
    DeadlineKind,
    DeadlineState,
    PauseGround,
    is_past,
)
from accreditation.models import Application, Case, ClockEvent, Deadline
from workflows.calendar import current_calendar
from workflows.doing import Clock, Doing
from workflows.goals import goal_of, limits_stage
from workflows.workdays import Due, WorkCalendar

OPEN = (DeadlineState.RUNNING, DeadlineState.PAUSED)
DEFENCE_DAYS = 5  # working days to answer what an authority is about to hold against somebody


def settle(doing: Doing, before: str) -> None:
    """Settle the clocks that do not run in the new state, start those of the verb; an ended case has none running.

    A goal ends with the state in which it began; another begins where the case came from the state `before` into one
    without a limit.
    """
    found = open_clocks(doing.case)
    if doing.case.closed_at is not None:
        _settle(found, DeadlineState.CANCELLED, doing.at)
        return
    has_moved = doing.state != before
    over = [clock for clock in found if _is_over(clock, doing, has_moved)]
    events = _over(over, DeadlineState.FIRED if doing.by.is_system else DeadlineState.MET, doing.at)
    begun = [
        _row(doing.case, clock, clock.length(doing), calendar=doing.calendar, at=clock.begins(doing))
        for clock in (doing.verb.starts(doing) if doing.verb.starts else ())
    ]
    kept = [clock for clock in found if clock not in over]
    if has_moved and not any(map(limits_stage, [*kept, *begun])):
        begun += _goal(doing)
    Deadline.objects.bulk_create(begun)
    ClockEvent.objects.bulk_create([*events, *map(_start, begun)])
    for clock in begun:
        _note(doing, clock)


def _is_over(clock: Deadline, doing: Doing, has_moved: bool) -> bool:
    if clock.kind == DeadlineKind.GOAL:
        return has_moved
    return doing.state not in doing.kind.clocks.get(clock.kind, (doing.state,))


def _settle(clocks: list[Deadline], state: DeadlineState, at: datetime) -> None:
    ClockEvent.objects.bulk_create(_over(clocks, state, at))


def _over(clocks: list[Deadline], state: DeadlineState, at: datetime) -> list[ClockEvent]:
    """The events of clocks that end, still to be kept; no goal ever runs out, whoever moves the case on."""
    goals = [clock.pk for clock in clocks if clock.kind == DeadlineKind.GOAL]
    others = [clock.pk for clock in clocks if clock.kind != DeadlineKind.GOAL]
    left = DeadlineState.MET if state == DeadlineState.FIRED else state
    for keys, ended in ((others, state), (goals, left)):
        Deadline.objects.filter(pk__in=keys).update(state=ended, settled_at=at)
    return [ClockEvent(deadline=clock, kind=ClockEventKind.SETTLED, at=at) for clock in clocks]


def give_up(clock: Deadline, *, at: datetime) -> None:
    """A clock whose verb the rules refused has run out all the same; somebody has to act on the case."""
    if Deadline.objects.filter(pk=clock.pk, state=DeadlineState.RUNNING).exists():
        _settle([clock], DeadlineState.FIRED, at)


def start(doing: Doing, clock: Clock) -> Deadline:
    """Start one clock of so many days."""
    started = begin(doing.case, clock, clock.length(doing), calendar=doing.calendar, at=clock.begins(doing))
    _note(doing, started)
    return started


def _note(doing: Doing, started: Deadline) -> None:
    doing.act.note(
        **{f"due_{started.kind}": started.due_at.isoformat(), f"provisional_{started.kind}": started.is_provisional}
    )


def begin(case: Case, clock: Clock, days: int, *, calendar: WorkCalendar, at: datetime) -> Deadline:
    """The rows of a clock that begins to run."""
    started = _row(case, clock, days, calendar=calendar, at=at)
    started.save()
    _start(started).save()
    return started


def begin_goal(case: Case, *, at: datetime) -> Deadline | None:
    """The goal of the state in which an open case is, from now on; None where it has none, a limit runs or it began."""
    if case.closed_at is not None or any(clock.kind not in BESIDE for clock in open_clocks(case)):
        return None
    days = goal_of(case.procedure, case.state, case.batch)
    return begin(case, Clock(DeadlineKind.GOAL, days), days, calendar=current_calendar(), at=at) if days else None


def is_idle_goal(clock: Deadline, case: Case) -> bool:
    """Whether it is a goal, and the edition of the case has none for its state."""
    return clock.kind == DeadlineKind.GOAL and not goal_of(case.procedure, case.state, case.batch)


def _goal(doing: Doing) -> list[Deadline]:
    """The goal of the state into which the case came, if it has one."""
    batch = doing.subject.batch if isinstance(doing.subject, Application) else doing.case.batch
    days = goal_of(doing.case.procedure, doing.state, batch)
    clock = Clock(DeadlineKind.GOAL, days)
    return [_row(doing.case, clock, days, calendar=doing.calendar, at=doing.at)] if days else []


def _row(case: Case, clock: Clock, days: int, *, calendar: WorkCalendar, at: datetime) -> Deadline:
    due = calendar.due_after(at, days, **clock.counting)
    return Deadline(
        case=case,
        kind=clock.kind,
        started_at=at,
        working_days=days,
        in_calendar_days=clock.in_calendar_days,
        due_at=due.at,
        is_provisional=due.is_provisional,
        fires=clock.fires,
    )


def _start(clock: Deadline) -> ClockEvent:
    return ClockEvent(deadline=clock, kind=ClockEventKind.STARTED, at=clock.started_at)


def open_clocks(case: Case) -> list[Deadline]:
    """Clocks that run or stand still."""
    return list(Deadline.objects.filter(case=case, state__in=OPEN).order_by("pk"))


def call_off(clocks: list[Deadline], *, at: datetime) -> None:
    """These clocks have nothing to run for any more."""
    _settle(clocks, DeadlineState.CANCELLED, at)


def meet(clock: Deadline, *, at: datetime) -> None:
    """What this one clock ran for is done; others of its kind run on."""
    _settle([clock], DeadlineState.MET, at)


def conclude(case: Case, kind: str, state: DeadlineState, *, at: datetime) -> None:
    """What a clock of this kind ran for is done, missed or given up, while the case stays where it is."""
    _settle([clock for clock in open_clocks(case) if clock.kind == kind], state, at)


def recompute(clock: Deadline, *, calendar: WorkCalendar) -> Deadline:
    """A clock as it is due by its events and the calendar as published now; one that stands still is left alone."""
    if clock.state == DeadlineState.RUNNING:
        due = due_of(clock, calendar)
        clock.due_at, clock.is_provisional = due.at, due.is_provisional
        clock.save(update_fields=["due_at", "is_provisional"])
    return clock


def pause(clock: Deadline, *, ground: PauseGround, remark: str, at: datetime) -> None:
    """The clock stands still; it is due never until it is resumed."""
    ClockEvent.objects.create(deadline=clock, kind=ClockEventKind.PAUSED, at=at, ground=ground, remark=remark[:300])
    Deadline.objects.filter(pk=clock.pk).update(state=DeadlineState.PAUSED)


def resume(clock: Deadline, *, calendar: WorkCalendar, at: datetime) -> Due:
    """The clock runs again for the days that it had left."""
    ClockEvent.objects.create(deadline=clock, kind=ClockEventKind.RESUMED, at=at)
    due = due_of(clock, calendar)
    Deadline.objects.filter(pk=clock.pk).update(
        state=DeadlineState.RUNNING, due_at=due.at, is_provisional=due.is_provisional
    )
    return due


def extend(clock: Deadline, days: int, *, remark: str, calendar: WorkCalendar, at: datetime) -> Due:
    """Add days (1 or more) to a clock; one that has run out meanwhile runs again."""
    ClockEvent.objects.create(deadline=clock, kind=ClockEventKind.EXTENDED, at=at, days=days, remark=remark[:300])
    due = due_of(clock, calendar)
    Deadline.objects.filter(pk=clock.pk).update(
        state=DeadlineState.RUNNING, settled_at=None, due_at=due.at, is_provisional=due.is_provisional
    )
    return due


def give_back(clock: Deadline, days: int, *, remark: str, calendar: WorkCalendar, at: datetime) -> Due:
    """Take days (1 or more) off a running clock again that were added to keep its day."""
    ClockEvent.objects.create(deadline=clock, kind=ClockEventKind.GIVEN_BACK, at=at, days=days, remark=remark[:300])
    due = due_of(clock, calendar)
    Deadline.objects.filter(pk=clock.pk).update(due_at=due.at, is_provisional=due.is_provisional)
    return due


def run_again(case: Case, kind: str, *, at: datetime) -> None:
    """The last clock of a kind that was given up runs on: what it runs for is to be done after all."""
    clock = Deadline.objects.filter(case=case, kind=kind).order_by("-pk").first()
    if clock is None or clock.state in OPEN:
        return
    ClockEvent.objects.create(deadline=clock, kind=ClockEventKind.RESUMED, at=at)
    Deadline.objects.filter(pk=clock.pk).update(state=DeadlineState.RUNNING, settled_at=None)


def due_of(clock: Deadline, calendar: WorkCalendar, *, more: int = 0) -> Due:
    """When a running clock is due, by its events and the calendar as published now; `more` (or fewer) days on trial."""
    counted = clock.events.aggregate(
        added=Sum("days", default=0, filter=Q(kind=ClockEventKind.EXTENDED)),
        given_back=Sum("days", default=0, filter=Q(kind=ClockEventKind.GIVEN_BACK)),
    )
    days = clock.working_days + counted["added"] - counted["given_back"] + more
    return calendar.due_with_pauses(
        clock.started_at, days, _pauses(clock),
        in_calendar_days=clock.in_calendar_days, ends_on_working_day=clock.kind in ENDS_ON_A_WORKING_DAY,
    )  # fmt: skip


def _pauses(clock: Deadline) -> list[tuple[datetime, datetime]]:
    """Pauses that are over, as (from, to)."""
    kinds = [ClockEventKind.PAUSED, ClockEventKind.RESUMED]
    events = list(clock.events.filter(kind__in=kinds).order_by("at", "pk"))
    return [
        (first.at, second.at)
        for first, second in pairwise(events)
        if (first.kind, second.kind) == (ClockEventKind.PAUSED, ClockEventKind.RESUMED)
    ]


def running_clock(case: Case) -> Deadline | None:
    """The limit of the stage that is due first; clocks beside it run for somebody else, and a goal is no limit."""
    return _running(case).first()


def running_clocks(case: Case) -> list[Deadline]:
    """The clocks of the stage, the one that is due first before the others."""
    return list(_running(case))


def _running(case: Case) -> QuerySet[Deadline]:
    rows = Deadline.objects.filter(case=case, state=DeadlineState.RUNNING).exclude(kind__in=NO_LIMITS)
    return rows.order_by("due_at", "pk")


def running_of(case: Case, kind: str) -> Deadline | None:
    """The clock of this kind that runs in the case."""
    return Deadline.objects.filter(case=case, kind=kind, state=DeadlineState.RUNNING).first()


def paused_clocks(case: Case) -> list[tuple[Deadline, ClockEvent]]:
    """The clocks that stand still, each with the event that stopped it."""
    clocks = Deadline.objects.filter(case=case, state=DeadlineState.PAUSED).order_by("pk")
    return [(clock, clock.events.filter(kind=ClockEventKind.PAUSED).latest("at", "pk")) for clock in clocks]


def paused_clock(case: Case) -> tuple[Deadline, ClockEvent] | None:
    """The first of them."""
    return next(iter(paused_clocks(case)), None)


def is_overdue(deadline: Deadline, at: datetime) -> bool:
    """Whether the last second has passed."""
    return deadline.state == DeadlineState.RUNNING and is_past(deadline.due_at, at)
