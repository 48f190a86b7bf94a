"""Adverse letters that have not reached their addressees, for the bodies that wrote them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from accreditation.delivery_words import DAYS_TO_WAIT, DELIVERING
from accreditation.models import AuditEvent, Body, Delivery, Letter, User
from accreditation.permissions import districts_of, has_power_at
from accreditation.reconsideration_words import Remedy
from accreditation.selectors.deliveries import with_authority
from accreditation.visibility import visible_cases


def unserved_letters(user: User, on: date) -> QuerySet[Letter]:
    """Adverse letters of cases, of the person's own body, of some days ago and without a service; the oldest first.

    Letters of a reconsideration are the affair of the authority that reconsiders, and not among them.
    """
    services = with_authority(Delivery.objects.filter(served_on__lte=on, corrected_by__isnull=True))
    services = services.filter(letter=OuterRef("pk"))
    rows = Letter.objects.exclude(remedy="").filter(dated__lte=on - timedelta(days=DAYS_TO_WAIT))
    rows = rows.filter(~Exists(services), _written_by_body_of(user), case__in=visible_cases(user).values("pk"))
    rows = rows.exclude(case__reconsideration__remedy=Remedy.RECONSIDERATION)
    return rows.select_related("case__enterprise").order_by("dated", "pk")


def _written_by_body_of(user: User) -> Q:
    """By the names that bodies bear or bore; what none of a district, zone or group wrote, the city's office did."""
    local = Body.objects.exclude(district="")
    here = {code for power in DELIVERING for code in districts_of(user, power)}
    found = Q(issued_by__in=_names(local.filter(district__in=here)))
    if any(has_power_at(user, power, None) for power in DELIVERING):
        found |= ~Q(issued_by__in=_names(local))
    return found


def _names(bodies: Iterable[Body]) -> set[str]:
    names = {body.pk: body.name_zh for body in bodies}
    renamed = AuditEvent.objects.filter(verb="correct_body", content__body__in=list(names))
    return {*names.values(), *renamed.values_list("content__before__name_zh", flat=True)} - {None}
