"""Adverse letters that have not reached their addressees, for the bodies that wrote them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from accreditation.delivery_words import DAYS_TO_WAIT, DELIVERING
from accreditation.models import AuditEvent, Body, Delivery, Letter, Reissue, ReissueLetter, User
from accreditation.permissions import districts_of, has_power_at
from accreditation.reconsideration_words import Remedy
from accreditation.selectors.deliveries import with_authority
from accreditation.visibility import visible_cases
from workflows.reissue_who import without_ties


def unserved_letters(user: User, on: date) -> list[Letter | ReissueLetter]:
    """Adverse letters of the person's own body, of some days ago and without a service; the oldest first.

    Of cases, and those that refuse a certificate. Letters of a reconsideration are the affair of the authority that
    reconsiders, and not among them.
    """
    found: list[Letter | ReissueLetter] = [*_of_cases(user, on), *_about_certificates(user, on)]
    return sorted(found, key=lambda letter: (letter.dated, letter.number))


def _of_cases(user: User, on: date) -> QuerySet[Letter]:
    rows = Letter.objects.filter(_is_overdue("letter", on), _written_by_body_of(user))
    rows = rows.filter(case__in=visible_cases(user).values("pk"))
    rows = rows.exclude(case__reconsideration__remedy=Remedy.RECONSIDERATION)
    return rows.select_related("case").defer("body")


def _about_certificates(user: User, on: date) -> QuerySet[ReissueLetter]:
    places, is_of_city = _bodies_of(user)
    answered = without_ties(Reissue.objects.filter(place__in=[*places, ""] if is_of_city else places), user)
    rows = ReissueLetter.objects.filter(_is_overdue("reissue_letter", on), reissue__in=answered.values("pk"))
    return rows.select_related("reissue").defer("body")


def _is_overdue(field: str, on: date) -> Q:
    """Adverse, and nothing served it by that day; `field` is how a delivery names such a letter."""
    services = with_authority(Delivery.objects.filter(served_on__lte=on, corrected_by__isnull=True))
    is_served = Exists(services.filter(**{field: OuterRef("pk")}))
    return Q(~Q(remedy=""), ~is_served, dated__lte=on - timedelta(days=DAYS_TO_WAIT))


def _bodies_of(user: User) -> tuple[set[str], bool]:
    """Codes of the districts, zones and groups whose letters the person sees arrive, and whether the city's as well."""
    here = {code for power in DELIVERING for code in districts_of(user, power)}
    return here, any(has_power_at(user, power, None) for power in DELIVERING)


def _written_by_body_of(user: User) -> Q:
    """By the names that bodies bear or bore; what none of a district, zone or group wrote, the city's office did."""
    local = Body.objects.exclude(district="")
    here, is_of_city = _bodies_of(user)
    found = Q(issued_by__in=_names(local.filter(district__in=here)))
    if is_of_city:
        found |= ~Q(issued_by__in=_names(local))
    return found


def _names(bodies: Iterable[Body]) -> set[str]:
    names = {body.pk: body.name_zh for body in bodies}
    renamed = AuditEvent.objects.filter(verb="correct_body", content__body__in=list(names))
    return {*names.values(), *renamed.values_list("content__before__name_zh", flat=True)} - {None}
