"""The panel of a case as the office sees it: who can be asked, who sits, what they marked once the marks are open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q

from accreditation.enums import SeatState
from accreditation.errors import NotFound
from accreditation.models import Application, ExpertProfile, Panel, Review, Seat, User, VerifiedValue
from accreditation.roles import Role
from accreditation.services.panels import panel_result, vacant_seats
from accreditation.services.rule_sets import rules_of
from accreditation.services.ties import ties_of
from criteria.panel import HeadingResult, PanelResult
from criteria.ruleset import Heading

WORKING = (SeatState.APPOINTED, SeatState.CLEARED)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One expert of the pool: profile, open seats, seats in all, known ties to the enterprise, has sat here before."""

    profile: ExpertProfile
    load: int
    seats: int
    ties: tuple[str, ...]
    sat_before: bool

    @property
    def person(self) -> User:
        """The account."""
        return self.profile.user

    @property
    def is_selectable(self) -> bool:
        """Neither tied nor seated on this panel before."""
        return not self.ties and not self.sat_before


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One heading of the opened marks: what each expert gave with the reason, and what came of it."""

    heading: Heading
    marks: tuple[tuple[Fraction, str], ...]
    result: HeadingResult


@dataclass(frozen=True, slots=True)
class OpenedMarks:
    """The opened panel: reviews in order of seats, rows per heading, result of all."""

    reviews: tuple[Review, ...]
    rows: tuple[MarkRow, ...]
    result: PanelResult


def pool(application: Application, *, on: date) -> list[Candidate]:
    """Available experts, the suggestion first: without ties, with the fewest open seats, then the fewest in all."""
    rows = (
        ExpertProfile.objects.filter(
            Q(term_until__isnull=True) | Q(term_until__gte=on),
            is_available=True,
            user__is_active=True,
            user__grants__role=Role.EXPERT,
            user__grants__revoked_at__isnull=True,
        )
        .annotate(
            load=Count("user__seats", filter=Q(user__seats__state__in=WORKING), distinct=True),
            seats=Count("user__seats", distinct=True),
        )
        .select_related("user")
        .distinct()
    )
    return sorted(_candidates(application, list(rows)), key=_suggestion)


def _candidates(application: Application, profiles: list[Any]) -> Iterable[Candidate]:
    ties = ties_of([profile.user for profile in profiles], application.enterprise)
    sat = set(Seat.objects.filter(panel__application=application).values_list("expert_id", flat=True))
    for profile in profiles:
        shown = tuple(str(tie) for tie in ties[profile.user_id])
        yield Candidate(profile, profile.load, profile.seats, shown, profile.user_id in sat)


def _suggestion(candidate: Candidate) -> tuple[bool, int, int, str]:
    return (not candidate.is_selectable, candidate.load, candidate.seats, candidate.person.username)


def panel_of(application: Application) -> Panel | None:
    """The panel of an application that has one."""
    return Panel.objects.select_related("application__batch__rule_set").filter(application=application).first()


def seats_of(panel: Panel) -> list[Seat]:
    """Every seat ever taken, by place, the newest of a place last."""
    return list(panel.seats.select_related("expert__expert").order_by("place", "pk"))


def vacant_seat(application: Application, pk: int) -> Seat:
    """A recused seat whose place is still empty; NotFound otherwise."""
    panel = panel_of(application)
    for seat in vacant_seats(panel) if panel else ():
        if seat.pk == pk:
            return seat
    raise NotFound(str(pk))


def vacancies(panel: Panel) -> list[Seat]:
    """Recused seats that wait for a successor."""
    return vacant_seats(panel)


def opened_marks(panel: Panel) -> OpenedMarks | None:
    """Marks, reasons and spread; None before the last review is in."""
    result = panel_result(panel)
    section = rules_of(panel.application.batch).expert_review
    if result is None or section is None:
        return None
    reviews = list(Review.objects.filter(seat__panel=panel).select_related("seat__expert").order_by("seat__place"))
    rows = [
        MarkRow(heading, tuple(_mark(review, heading.code) for review in reviews), found)
        for heading, found in zip(section.headings, result.headings, strict=True)
    ]
    return OpenedMarks(tuple(reviews), tuple(rows), result)


def _mark(review: Review, heading: str) -> tuple[Fraction, str]:
    mark = review.marks[heading]
    return Fraction(mark["points"]), mark["reason"]


def proposals(application: Application) -> list[VerifiedValue]:
    """Values that experts proposed and nobody has adopted, oldest first."""
    rows = VerifiedValue.objects.filter(application=application, adopted_at__isnull=True).select_related("proposed_by")
    return list(rows.order_by("proposed_at", "pk"))


def proposal(application: Application, pk: int) -> VerifiedValue:
    """One of them; NotFound when it is not there or was adopted."""
    row = next((row for row in proposals(application) if row.pk == pk), None)
    if row is None:
        raise NotFound(str(pk))
    return row
