"""The pool of experts as one application sees it: who can be asked, of which field, how busy, what speaks against."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.enums import SeatState
from accreditation.models import Application, ExpertProfile, Seat, User
from accreditation.roles import Role
from accreditation.services.evaluation import reported_facts
from accreditation.services.ties import FoundTie, plain_name, ties_of
from accreditation.trades import division_of

WORKING = (SeatState.APPOINTED, SeatState.CLEARED)
NOT_ASKED: dict[str, Promise] = {
    "paused": _("暂停参加评审"),
    "term_ahead": _("聘期尚未开始"),
    "term_over": _("聘期已满"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One expert: profile, open seats, seats in all, is of the field, ties, why not asked, has sat on this panel."""

    profile: ExpertProfile
    load: int
    seats: int
    is_matched: bool
    ties: tuple[FoundTie, ...]
    why_not_asked: str
    sat_before: bool

    @property
    def person(self) -> User:
        """The account."""
        return self.profile.user

    @property
    def key(self) -> str:
        """Under which the draw knows the person."""
        return str(self.profile.user_id)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Everything against asking this person, in the language in force."""
        asked = (str(NOT_ASKED[self.why_not_asked]),) if self.why_not_asked else ()
        return asked + tuple(str(tie) for tie in self.ties)

    @property
    def is_selectable(self) -> bool:
        """Whether the person could sit on this panel."""
        return not self.ties and not self.why_not_asked and not self.sat_before

    @property
    def employer(self) -> str:
        """What is alike for two experts of one employer."""
        return employer_mark(self.profile)


def employer_mark(profile: ExpertProfile) -> str:
    """The employer's credit code, or its plain name where none is known."""
    return profile.employer_uscc or plain_name(profile.employer)


def appointed_experts() -> QuerySet[Any]:
    """Profiles of everybody who holds the office of an expert, with `load` (open seats) and `seats` (in all)."""
    return (
        ExpertProfile.objects.filter(
            user__is_active=True, user__grants__role=Role.EXPERT, user__grants__revoked_at__isnull=True
        )
        .annotate(
            load=Count("user__seats", filter=Q(user__seats__state__in=WORKING), distinct=True),
            seats=Count("user__seats", distinct=True),
        )
        .select_related("user")
        .distinct()
    )


def pool_of(application: Application, *, on: date) -> list[Entry]:
    """Everybody in office, by user name."""
    profiles = list(appointed_experts().order_by("user__username"))
    return list(_entries(application, profiles, on))


def entries_of(application: Application, people: Iterable[User], *, on: date) -> dict[int, Entry]:
    """Those of the people who hold the office and have a profile as the pool of an application, by their keys."""
    profiles = list(appointed_experts().filter(user__in=list(people)))
    return {entry.profile.user_id: entry for entry in _entries(application, profiles, on)}


def _entries(application: Application, profiles: list[Any], on: date) -> Iterable[Entry]:
    ties = ties_of([profile.user for profile in profiles], application, on=on)
    sat = set(Seat.objects.filter(panel__application=application).values_list("expert_id", flat=True))
    division = division_of_application(application)
    for profile in profiles:
        yield Entry(
            profile=profile,
            load=profile.load,
            seats=profile.seats,
            is_matched=bool(division) and division in profile.fields,
            ties=tuple(ties[profile.user_id]),
            why_not_asked=profile.why_not_asked(on),
            sat_before=profile.user_id in sat,
        )


def division_of_application(application: Application) -> str:
    """The division of industry that the application reports; empty when it reports none."""
    facts = reported_facts(application)
    return division_of(facts.value("industry_code")) if facts else ""
