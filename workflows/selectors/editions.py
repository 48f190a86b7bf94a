"""Changes of edition with what a list or a page shows of them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from accreditation.errors import NotFound
from accreditation.models import Case, EditionChange
from accreditation.models.editions import EditionChangeState


def changes() -> QuerySet[EditionChange]:
    """All changes: those that wait first, then the newest."""
    rows = EditionChange.objects.select_related("proposed_by", "decided_by", "taken_over_by")
    return rows.order_by("-decided_at", "-proposed_at", "-pk")


def waiting_for_confirmation() -> QuerySet[EditionChange]:
    """Changes before a second person, the longest waiting first."""
    rows = EditionChange.objects.filter(state=EditionChangeState.WAITING).select_related("proposed_by")
    return rows.order_by("proposed_at", "pk")


def change(number: str) -> EditionChange:
    """One change; NotFound when there is none."""
    row = changes().filter(number=number).first()
    if row is None:
        raise NotFound(number)
    return row


def running_by_edition() -> dict[str, int]:
    """How many cases run under each edition."""
    rows = Case.objects.filter(closed_at__isnull=True).values("procedure").annotate(n=Count("pk")).order_by()
    return {row["procedure"]: row["n"] for row in rows}


def holders_of_cases(numbers: Iterable[str]) -> dict[str, str]:
    """By number the enterprise of each case."""
    rows = Case.objects.filter(number__in=list(numbers)).values_list("number", "enterprise__name")
    return dict(rows)
