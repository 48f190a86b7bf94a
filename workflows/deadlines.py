"""Clocks of a case: started, paused on a legal ground, resumed, settled. When one is due follows from its events."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

from django.db.models import QuerySet, Sum

from accreditation.clocks import BESIDE, ClockEventKind, DeadlineState, PauseGround, is_past
from accreditation.models import Case, ClockEvent, Deadline
from workflows.doing import Clock, Doing
from workflows.workdays import Due, WorkCalendar

OPEN = (DeadlineState.RUNNING, DeadlineState.PAUSED)
DEFENCE_DAYS = 5  # working days to answer what an authority is about to hold against somebody


def settle(doing: Doing) -> None:
    """Settle the clocks that do not run in the new state, start those of the verb; an ended case has none running."""
    open_clocks = Deadline.objects.filter(case=doing.case, state__in=OPEN)
    if doing.case.closed_at is not None:
        _settle(list(open_clocks), DeadlineState.CANCELLED, doing.at)
        return
    over = [kind for kind, states in doing.kind.clocks.items() if doing.state not in states]
    ended = DeadlineState.FIRED if doing.by.is_system else DeadlineState.MET
    _settle(list(open_clocks.filter(kind__in=over)), ended, doing.at)
    for clock in doing.verb.starts(doing) if doing.verb.starts else ():
        start(doing, clock)


def _settle(clocks: list[Deadline], state: DeadlineState, at: datetime) -> None:
    Deadline.objects.filter(pk__in=[clock.pk for clock in clocks]).update(state=state, settled_at=at)
    ClockEvent.objects.bulk_create(ClockEvent(deadline=clock, kind=ClockEventKind.SETTLED, at=at) for clock in clocks)


def give_up(clock: Deadline, *, at: datetime) -> None:
    """A clock whose verb the rules refused has run out all the same; somebody has to act on the case."""
    if Deadline.objects.filter(pk=clock.pk, state=DeadlineState.RUNNING).exists():
        _settle([clock], DeadlineState.FIRED, at)


def start(doing: Doing, clock: Clock) -> Deadline:
    """Start one clock of so many days."""
    started = begin(doing.case, clock, clock.length(doing), calendar=doing.calendar, at=clock.begins(doing))
    doing.act.note(
        **{f"due_{clock.kind}": started.due_at.isoformat(), f"provisional_{clock.kind}": started.is_provisional}
    )
    return started


def begin(case: Case, clock: Clock, days: int, *, calendar: WorkCalendar, at: datetime) -> Deadline:
    """The rows of a clock that begins to run."""
    due = calendar.due_after(at, days, in_calendar_days=clock.in_calendar_days)
    started = Deadline.objects.create(
        case=case,
        kind=clock.kind,
        started_at=at,
        working_days=days,
        in_calendar_days=clock.in_calendar_days,
        due_at=due.at,
        is_provisional=due.is_provisional,
        fires=clock.fires,
    )
    ClockEvent.objects.create(deadline=started, kind=ClockEventKind.STARTED, at=at)
    return started


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


def run_again(case: Case, kind: str, *, at: datetime) -> None:
    """The last clock of a kind that was given up runs on: what it runs for is to be done after all."""
    clock = Deadline.objects.filter(case=case, kind=kind).order_by("-pk").first()
    if clock is None or clock.state in OPEN:
        return
    ClockEvent.objects.create(deadline=clock, kind=ClockEventKind.RESUMED, at=at)
    Deadline.objects.filter(pk=clock.pk).update(state=DeadlineState.RUNNING, settled_at=None)


def due_of(clock: Deadline, calendar: WorkCalendar, *, more: int = 0) -> Due:
    """When a running clock is due, from its events and the calendar as published now; `more` days on trial."""
    added = clock.events.filter(kind=ClockEventKind.EXTENDED).aggregate(days=Sum("days"))["days"] or 0
    days = clock.working_days + added + more
    return calendar.due_with_pauses(clock.started_at, days, _pauses(clock), in_calendar_days=clock.in_calendar_days)


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
    """The clock of the stage that is due first; those beside it run for somebody else."""
    return _running(case).first()


def running_clocks(case: Case) -> list[Deadline]:
    """The clocks of the stage, the one that is due first before the others."""
    return list(_running(case))


def _running(case: Case) -> QuerySet[Deadline]:
    rows = Deadline.objects.filter(case=case, state=DeadlineState.RUNNING).exclude(kind__in=BESIDE)
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
