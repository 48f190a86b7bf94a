"""Lists of the official desks: cases in all stages, done cases, the board with its bottlenecks, vacant seats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accreditation.clocks import NO_LIMITS, DeadlineState, second_of
from accreditation.enums import APPLICATION_STATES, ApplicationState, SeatState
from accreditation.models import Batch, Case, Deadline, Seat, User
from accreditation.permissions import districts_of
from accreditation.roles import Power
from accreditation.selectors.holders import once_called
from accreditation.visibility import visible_cases
from workflows.presentation.words import district_name

WAITS_FOR_DISTRICT = (
    ApplicationState.SUBMITTED,
    ApplicationState.UNDER_FIRST_REVIEW,
    ApplicationState.UNDER_SITE_VISIT,
)
MOST_VACANCIES = 20  # of a desk's board
PANEL_SITS = (ApplicationState.UNDER_SITE_VISIT, ApplicationState.UNDER_EXPERT_REVIEW)
ACTIVE = tuple(
    state for state, facts in APPLICATION_STATES.items() if not facts.is_final and state != ApplicationState.DRAFT
)


@dataclass(frozen=True, slots=True)
class Stage:
    """One column of the board: step of the bar (1 to 7), cases in it, how many of them are overdue."""

    step: int
    count: int
    overdue: int


@dataclass
class DistrictLoad:
    """One district of the bottleneck table: open cases by state, how many are overdue."""

    district: str
    states: Counter[str] = field(default_factory=Counter)
    overdue: int = 0

    @property
    def name(self) -> object:
        """Name of the district."""
        return district_name(self.district)

    @property
    def total(self) -> int:
        """Cases under way."""
        return self.states.total()

    @property
    def with_district(self) -> int:
        """Cases that wait for the district itself."""
        return sum(self.states[state] for state in WAITS_FOR_DISTRICT)

    @property
    def with_applicant(self) -> int:
        """Cases returned for correction."""
        return self.states[ApplicationState.RETURNED]


def official_cases(user: User) -> QuerySet[Case]:
    """Filed cases that the person sees by office, newest first."""
    rows = (
        visible_cases(user)
        .filter(application__isnull=False)
        .exclude(state=ApplicationState.DRAFT)
        .select_related("enterprise", "batch", "application")
    )
    return rows.order_by("-moved_at", "-pk")


def district_cases(user: User, districts: Iterable[str]) -> QuerySet[Case]:
    """Filed cases of the districts for which the person holds an office."""
    return official_cases(user).filter(district__in=list(districts))


def forwarded_cases(user: User) -> QuerySet[Case]:
    """Cases that name the person's town or park and no longer wait for it."""
    codes = districts_of(user, Power.FORWARD)
    rows = official_cases(user).filter(application__forwarder__district__in=codes)
    return rows.exclude(state=ApplicationState.UNDER_FORWARDING)


def narrowed(
    cases: QuerySet[Case], *, words: str = "", state: str = "", district: str = "", batch: str = ""
) -> QuerySet[Case]:
    """Cases that fit every given filter; `words` are looked for in number, name, earlier names and credit code."""
    if words:
        found = Q(number__icontains=words) | Q(enterprise__name__icontains=words)
        found |= Q(application__product_name__icontains=words)
        cases = cases.filter(found | Q(enterprise__uscc__iexact=words) | Q(enterprise__in=once_called(words)))
    if state:
        cases = cases.filter(state=state)
    if district:
        cases = cases.filter(district=district)
    return cases.filter(batch__code=batch) if batch else cases


def batch_codes() -> list[str]:
    """Codes of all batches, newest first, for filters."""
    return list(Batch.objects.order_by("-opens_at", "-pk").values_list("code", flat=True))


def board(user: User, *, at: datetime) -> tuple[list[Stage], list[DistrictLoad]]:
    """Cases under way per step, and per district with the most overdue first; one query whatever the size."""
    late = Deadline.objects.filter(state=DeadlineState.RUNNING, due_at__lt=second_of(at)).exclude(kind__in=NO_LIMITS)
    rows = visible_cases(user).filter(state__in=ACTIVE, closed_at__isnull=True).order_by().values("district", "state")
    steps, late_steps, loads = Counter[int](), Counter[int](), dict[str, DistrictLoad]()
    for row in rows.annotate(n=Count("pk"), late=Count("pk", filter=Q(pk__in=late.values("case")))):
        step, load = _step(row["state"]), loads.setdefault(row["district"], DistrictLoad(row["district"]))
        steps[step] += row["n"]
        late_steps[step] += row["late"]
        load.states[row["state"]] += row["n"]
        load.overdue += row["late"]
    stages = [Stage(step, steps[step], late_steps[step]) for step in range(2, 8)]
    return stages, sorted(loads.values(), key=lambda load: (-load.overdue, -load.total, load.district))


def _step(state: str) -> int:
    return APPLICATION_STATES[ApplicationState(state)].step


def vacant_places(districts: Iterable[str] | None = None) -> QuerySet[Seat]:
    """Recused seats whose place nobody has taken, oldest first; their cases wait for whoever appointed the panel.

    Those of the municipal office, or of the authorities by whose codes they are asked for.
    """
    successors = Seat.objects.filter(panel=OuterRef("panel"), place=OuterRef("place")).exclude(state=SeatState.RECUSED)
    rows = Seat.objects.filter(state=SeatState.RECUSED, panel__application__state__in=PANEL_SITS)
    if districts is None:
        rows = rows.filter(panel__application__batch__authority=None)
    else:
        rows = rows.filter(panel__application__batch__authority__district__in=list(districts))
    rows = rows.exclude(Exists(successors))
    later = Seat.objects.filter(panel=OuterRef("panel"), place=OuterRef("place"), pk__gt=OuterRef("pk"))
    rows = rows.exclude(Exists(later)).select_related("panel__application__case__enterprise")
    return rows.order_by("declared_at", "pk")
