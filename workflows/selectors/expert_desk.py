"""The desk of one expert: own seats, own marks, own proposals; nothing of any other expert."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accreditation.clocks import NO_LIMITS, DeadlineState
from accreditation.enums import ApplicationState, SeatState
from accreditation.errors import NotFound
from accreditation.models import Application, Case, Deadline, Review, Seat, User, VerifiedValue
from accreditation.visibility import seat_of
from workflows.calendar import current_calendar
from workflows.selectors.desks import PANEL_SITS
from workflows.workdays import SHANGHAI
from workflows.worklists import days_left

WORKING = (SeatState.APPOINTED, SeatState.CLEARED)
PAST = (SeatState.SUBMITTED, SeatState.RECUSED)


@dataclass(frozen=True, slots=True)
class SeatTask:
    """One seat that waits for the expert: case, clock of the review, working days left (None without a clock)."""

    seat: Seat
    case: Case
    deadline: Deadline | None
    days_left: int | None
    is_paused: bool = False  # the clock stands still

    @property
    def awaits_visit(self) -> bool:
        """The visit comes first; until then the expert can only step down."""
        return bool(self.seat.panel.application.state == ApplicationState.UNDER_SITE_VISIT)


def open_seats(user: User) -> QuerySet[Seat]:
    """Seats that wait for the visit, the person's declaration or marks, the oldest first."""
    rows = _own(user).filter(state__in=WORKING, panel__application__state__in=PANEL_SITS)
    return rows.order_by("appointed_at", "pk")


def past_seats(user: User) -> QuerySet[Seat]:
    """Seats on which the person has handed in or stepped down, the newest first."""
    return _own(user).filter(state__in=PAST).select_related("review").order_by("-declared_at", "-pk")


def _own(user: User) -> QuerySet[Seat]:
    return Seat.objects.filter(expert=user).select_related(
        "panel__application__case__enterprise", "panel__application__batch__programme"
    )


def seat_tasks(seats: Iterable[Seat], *, at: datetime) -> list[SeatTask]:
    """Seats with their clocks, the most urgent first; three queries whatever the number."""
    rows = list(seats)
    cases = [seat.panel.application.case_id for seat in rows]
    kept = Deadline.objects.filter(case_id__in=cases, state__in=(DeadlineState.RUNNING, DeadlineState.PAUSED))
    kept = kept.exclude(kind__in=NO_LIMITS)  # a goal is of whoever holds the visit, others of somebody else
    clocks = {clock.case_id: clock for clock in kept if clock.state == DeadlineState.RUNNING}
    standing = {clock.case_id for clock in kept} - clocks.keys()
    calendar, today = current_calendar(), at.astimezone(SHANGHAI).date()
    tasks = []
    for seat in rows:
        case = seat.panel.application.case
        clock = clocks.get(case.pk)
        left = days_left(clock, calendar, today) if clock else None
        tasks.append(SeatTask(seat, case, clock, left, case.pk in standing))
    return sorted(tasks, key=lambda task: (task.deadline is None, task.deadline and task.deadline.due_at))


def own_seat(user: User, case: Case) -> Seat:
    """The seat of the person in a case that was fetched for the person; NotFound when there is none."""
    seat = seat_of(user, case)
    if seat is None:
        raise NotFound(case.number)
    return seat


def own_review(seat: Seat) -> Review | None:
    """The marks that were handed in on this seat."""
    return Review.objects.filter(seat=seat).first()


def own_proposals(user: User, application: Application) -> list[VerifiedValue]:
    """Values that the person proposed, oldest first; those of other experts are not for this desk."""
    rows = VerifiedValue.objects.filter(application=application, proposed_by=user)
    return list(rows.order_by("proposed_at", "pk"))
