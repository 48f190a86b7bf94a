"""Proposals to uphold an objection that wait for this officer as the second person."""

from __future__ import annotations

from accreditation.audit import chain_key
from accreditation.enums import ObjectionState
from accreditation.models import ObjectionProposal, User
from accreditation.permissions import persons_behind
from workflows.selectors.registers import objections
from workflows.upholding import checked_among

MOST = 50


def upholding_waiting_for(user: User) -> list[ObjectionProposal]:
    """The oldest first: of objections that the person looks into, never own ones nor in cases that they checked."""
    open_ones = objections(user, ObjectionState.RECEIVED).order_by().values("pk")
    people = persons_behind(user)
    rows = ObjectionProposal.objects.filter(objection__in=open_ones, answer="").exclude(proposed_by__in=people)
    rows = rows.exclude(proposed_for__isnull=False, proposed_for__in=people)
    rows = rows.select_related("objection__application__case__enterprise", "proposed_by").order_by("pk")
    found = list(rows)
    checked = checked_among([row.objection.application.case for row in found], user) if found else set()
    return [row for row in found if chain_key(row.objection.application.case) not in checked][:MOST]
