"""How the offices kept their time limits, and the goals that they set themselves, over some days.

A limit is set by a law or by the rules; a goal is the office's own wish and nobody's right. They are never added up.
Each clock that ended counts by when it was due at its end, extensions and pauses included: in time when it ended by its
last second, also where it fell away because the case ended; else exceeded. Limits of applicants, holders and verifying
bodies are not the offices', nor are those of the authority that reconsiders.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Concat

from accreditation.change_words import ChangeState
from accreditation.clocks import SHANGHAI, ClockEventKind, DeadlineKind, DeadlineState, is_past, second_of
from accreditation.enums import Level, Owner
from accreditation.models import AuditEvent, Body, ClockEvent, Deadline
from workflows.calendar import current_calendar
from workflows.procedures import PROCEDURES
from workflows.subjects import subject_of_state
from workflows.workdays import WorkCalendar

CITY = ""  # place of the municipal office
LIMITS: Mapping[str, Owner] = {  # whose each limit is
    DeadlineKind.FORWARDING: Owner.FORWARDER,
    DeadlineKind.ACCEPTANCE: Owner.DISTRICT,
    DeadlineKind.FIRST_REVIEW: Owner.DISTRICT,
    DeadlineKind.COMPLETENESS_CHECK: Owner.OFFICE,
    DeadlineKind.EXPERT_REVIEW: Owner.EXPERTS,
    DeadlineKind.CONSULTATION: Owner.OFFICE,
    DeadlineKind.HEARING: Owner.AUTHORITY,
    DeadlineKind.ORDER: Owner.AUTHORITY,
    DeadlineKind.RECONSIDERATION_ANSWER: Owner.AUTHORITY,
    DeadlineKind.CHANGE_OPINION: Owner.DISTRICT,
    DeadlineKind.CHANGE_RECEIVING: Owner.DISTRICT,
    DeadlineKind.CHANGE_CONFIRMATION: Owner.AUTHORITY,
    DeadlineKind.REEXAMINATION_REVIEW: Owner.OFFICE,
}
# Of the district to which a holder moves.
RECEIVING = (DeadlineKind.CHANGE_RECEIVING, ChangeState.UNDER_RECEIVING_OPINION)


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one limit, or of the goal of one state, at one office; sums of several leave empty what differs.

    `what` is the kind of the limit or the state; `place` the code of the office, empty for the city's. `overdue` still
    run and are past their last day. `days` are those that each of the ended ones took, in order: working days, on end
    where `in_calendar_days`.
    """

    procedure: str
    what: str
    place: str
    in_calendar_days: bool
    kept: int
    overdue: int
    days: tuple[int, ...]

    @property
    def ended(self) -> int:
        """How many ended."""
        return len(self.days)

    @property
    def exceeded(self) -> int:
        """How many ended after their last day."""
        return self.ended - self.kept

    def within(self, share: int) -> int | None:
        """The fewest days that so many of a hundred did not exceed, by nearest rank; None where none ended."""
        return self.days[-(-share * self.ended // 100) - 1] if self.days else None


def by_limit(lines: Iterable[Line]) -> list[Line]:
    """Of all offices together, each limit or state of a procedure by itself."""
    return _summed(lines, lambda line: Line(line.procedure, line.what, CITY, line.in_calendar_days, 0, 0, ()))


def by_office(lines: Iterable[Line]) -> list[Line]:
    """Of each office, whatever the procedure."""
    found = _summed(lines, lambda line: Line("", "", line.place, False, 0, 0, ()))
    return sorted(found, key=lambda line: line.place)


def _summed(lines: Iterable[Line], empty: Callable[[Line], Line]) -> list[Line]:
    sums: dict[Line, _Tally] = defaultdict(_Tally)
    for line in lines:
        tally = sums[empty(line)]
        tally.kept += line.kept
        tally.overdue += line.overdue
        tally.days += line.days
    return [
        replace(key, kept=tally.kept, overdue=tally.overdue, days=tuple(sorted(tally.days)))
        for key, tally in sums.items()
    ]


@dataclass(frozen=True, slots=True)
class Kept:
    """Limits and goals apart, each by procedure, kind or state, and office; names of the offices by their codes."""

    limits: tuple[Line, ...]
    goals: tuple[Line, ...]
    bodies: Mapping[str, Body]


@dataclass(slots=True)
class _Tally:
    kept: int = 0
    overdue: int = 0
    days: list[int] = field(default_factory=list)


class _Clock(NamedTuple):
    """What is read of a clock: itself, then whatever says whose it is."""

    pk: int
    kind: str
    started_at: datetime
    settled_at: datetime | None
    due_at: datetime
    in_calendar_days: bool
    procedure: str
    here: str
    authority: str | None
    town: str | None
    above_town: str | None
    moving_to: str | None
    is_for_city: bool | None
    level: str | None
    told_by: str | None
    state: str  # of a goal

    @property
    def what(self) -> str:
        """The kind of a limit, the state of a goal."""
        return self.state if self.kind == DeadlineKind.GOAL else self.kind

    @property
    def owner(self) -> Owner:
        """Whose it is."""
        if self.kind != DeadlineKind.GOAL:
            return LIMITS[self.kind]
        words = subject_of_state(self.state)
        return words.facts(self.state).owner if words else Owner.OFFICE


def time_limits(since: date, until: date, *, at: datetime, places: Collection[str] | None = None) -> Kept:
    """What ended from `since` to `until`, both included, and what is overdue at `at`; of all offices or of these.

    A town counts to the district to which it passes on. Seven statements, whatever the size.
    """
    first, end = (datetime.combine(day, time(), SHANGHAI) for day in (since, until + timedelta(days=1)))
    asked = Q(settled_at__gte=first, settled_at__lt=end) | Q(state=DeadlineState.RUNNING, due_at__lt=second_of(at))
    if places is not None:
        asked &= _near(places)
    limits = Deadline.objects.filter(asked, kind__in=list(LIMITS))
    goals = Deadline.objects.filter(asked, kind=DeadlineKind.GOAL)
    stood_still = Q(deadline__in=limits.values("pk")) | Q(deadline__in=goals.values("pk"))
    pauses, calendar, offices = _pauses(stood_still), current_calendar(), _Offices(places)
    return Kept(
        limits=_lines(_clocks(limits, Value("")), pauses, calendar, offices, at),
        goals=_lines(_clocks(goals, Coalesce(_state_left(), "case__state")), pauses, calendar, offices, at),
        bodies=offices.bodies,
    )


def _near(places: Collection[str]) -> Q:
    """Everything that can be an affair of these offices, and more; `_Offices` says which one it is."""
    found = Q(case__district__in=places) | Q(case__batch__authority__district__in=places)
    found |= Q(case__application__forwarder__forwards_to__district__in=places)
    return found | Q(case__changerequest__new_district__in=places)


def _state_left() -> Subquery:
    """The state that a goal ended with: the one before the move that ended it; none while it runs."""
    chain = Concat(Value("case:"), OuterRef("case__number"))
    moves = AuditEvent.objects.filter(chain=chain, at__gte=OuterRef("settled_at")).exclude(state_before="")
    return Subquery(moves.order_by("seq").values("state_before")[:1])


def _clocks(rows: QuerySet[Deadline], state: Combinable) -> Iterator[_Clock]:
    found = rows.order_by().values_list(
        "pk", "kind", "started_at", "settled_at", "due_at", "in_calendar_days", "case__procedure", "case__district",
        "case__batch__authority__district", "case__application__forwarder__district",
        "case__application__forwarder__forwards_to__district", "case__changerequest__new_district",
        "case__changerequest__is_for_city", "case__proceeding__title__programme__level",
        Coalesce("case__reconsideration__letter__issued_by", "case__reconsideration__reissue_letter__issued_by"), state,
    )  # fmt: skip
    return (_Clock(*row) for row in found.iterator())


Pauses = Mapping[int, list[tuple[datetime, datetime | None]]]


def _pauses(clocks: Q) -> Pauses:
    """From when to when each of the clocks stood still; the last pause of one that ended in it is open."""
    kinds = [ClockEventKind.PAUSED, ClockEventKind.RESUMED]
    found: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    events = ClockEvent.objects.filter(clocks, kind__in=kinds).order_by("deadline", "at", "pk")
    for clock, kind, at in events.values_list("deadline", "kind", "at"):
        stopped = found[clock]
        if kind == ClockEventKind.PAUSED:
            stopped.append((at, None))
        elif stopped and stopped[-1][1] is None:
            stopped[-1] = (stopped[-1][0], at)
    return found


def _lines(
    clocks: Iterable[_Clock], pauses: Pauses, calendar: WorkCalendar, offices: _Offices, at: datetime
) -> tuple[Line, ...]:
    tallies: dict[tuple[str, str, str, bool], _Tally] = defaultdict(_Tally)
    for clock in clocks:
        if not offices.asks_for(clock):
            continue
        tally = tallies[clock.procedure, clock.what, offices.place(clock), clock.in_calendar_days]
        if clock.settled_at is None:
            tally.overdue += 1
            continue
        stopped, on_end = pauses.get(clock.pk, ()), clock.in_calendar_days
        tally.days.append(calendar.used(clock.started_at, clock.settled_at, stopped, in_calendar_days=on_end))
        tally.kept += not is_past(clock.due_at, clock.settled_at)
    return tuple(
        Line(*key, kept=tally.kept, overdue=tally.overdue, days=tuple(sorted(tally.days)))
        for key, tally in sorted(tallies.items(), key=lambda found: _order(*found[0]))
    )


def _order(procedure: str, what: str, place: str, in_calendar_days: bool) -> tuple[int, int, str, bool]:
    """As the procedures are installed, each in the order of its limits, or of its states."""
    known = PROCEDURES.get(procedure)
    within = [*LIMITS, *(map(str, known.node_of_state) if known else ())]
    rank = list(PROCEDURES).index(procedure) if known else len(PROCEDURES)
    return rank, within.index(what) if what in within else len(within), place, in_calendar_days


class _Offices:
    """All authorities with a place, in two statements; `places` are the ones asked for, None for all."""

    def __init__(self, places: Collection[str] | None) -> None:
        self.places = places
        rows = list(Body.objects.exclude(district="").order_by("-pk"))
        self.bodies = {body.district: body for body in rows}
        codes = {body.pk: body.district for body in rows}
        renamed = AuditEvent.objects.filter(verb="correct_body", content__body__in=list(codes))
        former = renamed.values_list("content__before__name_zh", "content__body")
        self.by_name = {name: codes[key] for name, key in former} | {body.name_zh: body.district for body in rows}

    def place(self, clock: _Clock) -> str:
        """Whose clock it is: the code of a district, zone, group or town, empty for the city's office."""
        owner = clock.owner
        if owner is Owner.FORWARDER and clock.town:
            return clock.town
        if clock.authority:
            return clock.authority
        if owner is Owner.DISTRICT:
            return (clock.what in RECEIVING and clock.moving_to) or clock.here
        if owner is not Owner.AUTHORITY:
            return CITY
        if clock.told_by is not None:
            return self.by_name.get(clock.told_by, CITY)
        is_citys = clock.is_for_city if clock.is_for_city is not None else clock.level != Level.DISTRICT
        return CITY if is_citys else clock.here

    def asks_for(self, clock: _Clock) -> bool:
        """Whether it is one of the offices asked for, or a town that passes on to one of them."""
        if self.places is None:
            return True
        place = self.place(clock)
        return place in self.places or (place == clock.town and clock.above_town in self.places)
