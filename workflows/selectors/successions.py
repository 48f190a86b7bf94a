"""Mergers and splits as their successors see them: what concerns the own enterprise, and nothing of the file."""

from __future__ import annotations

from django.db.models import QuerySet

from accreditation.errors import NotFound
from accreditation.models import ChangeSuccessor, User
from accreditation.visibility import enterprises_of

RELATED = ("enterprise", "agreed_by", "declined_by", "change__case", "change__holder")


def successions_of(user: User) -> QuerySet[ChangeSuccessor]:
    """Those filed in which an own enterprise is named as successor, the newest first."""
    rows = ChangeSuccessor.objects.filter(enterprise__in=enterprises_of(user), change__filed_at__isnull=False)
    return rows.select_related(*RELATED).order_by("-change__filed_at", "pk")


def succession_for(user: User, number: str) -> ChangeSuccessor:
    """One of them by the number of the case, first what is not agreed to; NotFound for others and for a draft."""
    rows = list(successions_of(user).filter(change__case__number=number).order_by("pk"))
    if not rows:
        raise NotFound(number)
    return min(rows, key=lambda row: (row.agreed_at is not None, row.pk))
