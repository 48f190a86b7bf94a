"""Batches of a district, zone or group as its own office reads them."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from accreditation.enums import ApplicationState
from accreditation.errors import NotFound
from accreditation.models import Batch
from accreditation.permissions import Person, districts_of
from accreditation.roles import Power


def own_batches(user: Person) -> QuerySet[Batch]:
    """Batches of the bodies for which the person runs the recognition, newest first, each with its filed cases."""
    filed = Count("cases", filter=~Q(cases__state=ApplicationState.DRAFT))
    rows = Batch.objects.filter(authority__district__in=districts_of(user, Power.RUN_LOCALLY)).annotate(filed=filed)
    return rows.select_related("programme", "rule_set", "authority").order_by("-opens_at", "-pk")


def own_batch(user: Person, code: str) -> Batch:
    """One of them by its code; NotFound for another body's, and for the municipal office's."""
    found = own_batches(user).filter(code=code).first()
    if found is None:
        raise NotFound(code)
    return found
