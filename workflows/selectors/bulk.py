"""Acts on several cases as their desk sees them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accreditation.bulk_words import BulkState
from accreditation.errors import NotFound
from accreditation.models import BulkAct, BulkLine, User
from accreditation.permissions import powers_of
from accreditation.roles import Power
from accreditation.visibility import visible_cases
from workflows.bulk_kinds import KINDS, BulkKind

MOST = 20


def kinds_for(user: User, desk: str) -> list[BulkKind]:
    """What this person may order there."""
    powers = powers_of(user)
    return [
        kind
        for kind in KINDS.values()
        if kind.desk == desk and kind.power in powers and (not kind.for_superior or Power.SUPERVISE in powers)
    ]


def bulk_acts(user: User) -> QuerySet[BulkAct]:
    """The own ones, and those of colleagues of the same power that touch a case of theirs; the newest first."""
    theirs = Q(power__in=powers_of(user), pk__in=BulkLine.objects.filter(case__in=visible_cases(user)).values("bulk"))
    rows = BulkAct.objects.filter(Q(proposed_by=user) | Q(second=user) | theirs)
    return rows.select_related("proposed_by", "second", "to").order_by("-pk")


def recent(user: User, desk: str) -> list[BulkAct]:
    """The newest of a desk."""
    return list(bulk_acts(user).filter(desk=desk)[:MOST])


def waiting(user: User, desk: str) -> list[BulkAct]:
    """Decisions that this person may confirm, the oldest first."""
    rows = bulk_acts(user).filter(desk=desk, state=BulkState.PROPOSED)
    return list(rows.exclude(proposed_by=user).exclude(proposed_for=user).order_by("pk")[:MOST])


def bulk_act(user: User, number: str) -> BulkAct:
    """One of them; NotFound for anybody else."""
    row = bulk_acts(user).filter(number=number).first()
    if row is None:
        raise NotFound(number)
    return row


def lines_of(bulk: BulkAct, user: User) -> list[tuple[BulkLine, bool]]:
    """Each line in its order, and whether the reader may know its case (avoided cases stay closed to a colleague)."""
    known = set(visible_cases(user).filter(pk__in=bulk.lines.values("case")).values_list("pk", flat=True))
    rows = bulk.lines.select_related("case__enterprise").order_by("position")
    is_own = user.pk in (bulk.proposed_by_id, bulk.second_id)
    return [(row, row.case_id in known if row.case_id else is_own) for row in rows]
