"""Proposals to uphold an objection that wait for this officer as the second person."""

from __future__ import annotations

from accreditation.enums import ObjectionState
from accreditation.models import ObjectionProposal, User
from accreditation.permissions import persons_behind
from workflows.selectors.registers import objections
from workflows.upholding import has_checked

MOST = 50


def upholding_waiting_for(user: User) -> list[ObjectionProposal]:
    """The oldest first: of objections that the person looks into, never own ones nor in cases that they checked."""
    open_ones = objections(user, ObjectionState.RECEIVED).order_by().values("pk")
    people = persons_behind(user)
    rows = ObjectionProposal.objects.filter(objection__in=open_ones, answer="").exclude(proposed_by__in=people)
    rows = rows.exclude(proposed_for__isnull=False, proposed_for__in=people)
    rows = rows.select_related("objection__application__case__enterprise", "proposed_by").order_by("pk")
    return [row for row in rows if not has_checked(row.objection.application.case, user)][:MOST]
