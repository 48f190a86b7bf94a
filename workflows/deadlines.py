"""Clocks of a case: what a verb stops and starts, and what is still running."""

from __future__ import annotations

from datetime import datetime

from accreditation.enums import DeadlineState
from accreditation.models import Case, Deadline
from workflows.doing import Clock, Doing


def settle(doing: Doing) -> None:
    """Settle the clocks that do not run in the new state, start those of the verb; an ended case has none running."""
    running = Deadline.objects.filter(case=doing.case, state=DeadlineState.RUNNING)
    if doing.case.closed_at is not None:
        running.update(state=DeadlineState.CANCELLED, settled_at=doing.at)
        return
    ended = DeadlineState.FIRED if doing.by.is_system else DeadlineState.MET
    over = [kind for kind, states in doing.kind.clocks.items() if doing.state not in states]
    running.filter(kind__in=over).update(state=ended, settled_at=doing.at)
    for clock in doing.verb.starts(doing) if doing.verb.starts else ():
        start(doing, clock)


def start(doing: Doing, clock: Clock) -> Deadline:
    """Start one clock of so many days."""
    days = clock.length(doing)
    due = doing.calendar.due_after(doing.at, days, in_calendar_days=clock.in_calendar_days)
    doing.act.note(**{f"due_{clock.kind}": due.at.isoformat(), f"provisional_{clock.kind}": due.is_provisional})
    return Deadline.objects.create(
        case=doing.case,
        kind=clock.kind,
        started_at=doing.at,
        working_days=days,
        in_calendar_days=clock.in_calendar_days,
        due_at=due.at,
        is_provisional=due.is_provisional,
        fires=clock.fires,
    )


def running_clock(case: Case) -> Deadline | None:
    """The clock that is due first."""
    return Deadline.objects.filter(case=case, state=DeadlineState.RUNNING).order_by("due_at").first()


def is_overdue(deadline: Deadline, at: datetime) -> bool:
    """Whether the last second has passed."""
    return deadline.state == DeadlineState.RUNNING and deadline.due_at < at
