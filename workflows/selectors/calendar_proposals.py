"""Years of the calendar that were put forward, as whoever proposes or confirms them sees them."""

from __future__ import annotations

from django.db.models import QuerySet

from accreditation.batch_words import ProposalState
from accreditation.errors import NotFound
from accreditation.models import CalendarProposal


def proposals() -> QuerySet[CalendarProposal]:
    """The newest first."""
    return CalendarProposal.objects.select_related("proposed_by", "settled_by").order_by("-pk")


def waiting() -> list[CalendarProposal]:
    """Before a second person, the longest waiting first."""
    return list(proposals().filter(state=ProposalState.WAITING).order_by("pk"))


def proposal(number: str) -> CalendarProposal:
    """One proposal; NotFound when there is none."""
    row = proposals().filter(number=number).first()
    if row is None:
        raise NotFound(number)
    return row
