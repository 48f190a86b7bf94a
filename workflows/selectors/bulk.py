"""Acts on several cases as their desk sees them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accreditation.bulk_words import BulkState, LineOutcome
from accreditation.errors import NotFound
from accreditation.models import BulkAct, BulkLine, User
from accreditation.permissions import powers_of
from accreditation.roles import Power
from workflows.bulk_kinds import KINDS, BulkKind, at_own_desk, cases_as_officer

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
    """The own ones, and those that touch a case at the person's own desk; the newest first."""
    rows = BulkAct.objects.filter(Q(proposed_by=user) | Q(second=user) | at_own_desk(user))
    return rows.select_related("proposed_by", "second", "to").order_by("-pk")


def recent(user: User, desk: str) -> list[BulkAct]:
    """The newest of a desk."""
    return list(bulk_acts(user).filter(desk=desk)[:MOST])


def waiting(user: User, desk: str) -> list[BulkAct]:
    """Decisions that this person may confirm, the oldest first."""
    if not _proposed(user).filter(desk=desk).exists():  # on most days; whose cases they touch is the dear question
        return []
    return list(_to_answer(user).filter(desk=desk).order_by("pk")[:MOST])


def may_answer(user: User, bulk: BulkAct) -> bool:
    """Whether this person may confirm it."""
    return _to_answer(user).filter(pk=bulk.pk).exists()


def _to_answer(user: User) -> QuerySet[BulkAct]:
    """A second person answers what still waits at the own desk."""
    rows = _proposed(user).filter(at_own_desk(user, outcome=LineOutcome.WAITING))
    return rows.select_related("proposed_by", "second", "to")


def _proposed(user: User) -> QuerySet[BulkAct]:
    """What was put forward by and for somebody else."""
    return BulkAct.objects.filter(state=BulkState.PROPOSED).exclude(proposed_by=user).exclude(proposed_for=user)


def bulk_act(user: User, number: str) -> BulkAct:
    """One of them; NotFound for anybody else."""
    row = bulk_acts(user).filter(number=number).first()
    if row is None:
        raise NotFound(number)
    return row


def lines_of(bulk: BulkAct, user: User) -> list[tuple[BulkLine, bool]]:
    """Each line in its order, and whether the reader may know its case (avoided cases stay closed)."""
    known = set(cases_as_officer(user).filter(pk__in=bulk.lines.values("case")).values_list("pk", flat=True))
    rows = bulk.lines.select_related("case__enterprise").order_by("position")
    is_own = user.pk in (bulk.proposed_by_id, bulk.second_id)
    return [(row, row.case_id in known if row.case_id else is_own) for row in rows]
