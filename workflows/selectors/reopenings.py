"""Proposals to put a case before the committee again: those that wait for an officer, and one with its files."""

from __future__ import annotations

from accreditation.errors import NotFound
from accreditation.models import Application, Case, Reopening, User
from accreditation.permissions import batches_under, persons_behind
from accreditation.roles import Power
from accreditation.services.reopenings import waiting
from accreditation.visibility import own_matters

MOST = 50
ANSWERS = frozenset({"return_to_committee", "drop_reopening", "withdraw_reopening"})  # each names what it is about


def reopenings_waiting_for(user: User) -> list[Reopening]:
    """The oldest first: of batches in which the person answers, never own proposals nor own matters."""
    people = persons_behind(user)
    rows = Reopening.objects.filter(batches_under(user, Power.ANSWER_OBJECTIONS, "application__batch__"), answer="")
    rows = rows.exclude(proposed_by__in=people).exclude(proposed_for__isnull=False, proposed_for__in=people)
    rows = rows.exclude(application__case__in=Case.objects.filter(own_matters(user)).values("pk"))
    rows = rows.select_related("application__case__enterprise", "proposed_by", "clock")
    return list(rows.order_by("pk")[:MOST])


def reopening_of(application: Application, pk: int) -> Reopening:
    """One of this application; NotFound for any other."""
    row = application.reopenings.select_related("clock", "file", "proposed_by", "answered_by").filter(pk=pk).first()
    if row is None:
        raise NotFound(str(pk))
    return row


def reopening_meant(application: Application, verb: str) -> dict[str, int]:
    """What the form of an answer holds: the number of the proposal that waits; nothing for other verbs."""
    row = waiting(application) if verb in ANSWERS else None
    return {} if row is None else {"reopening": row.pk}
