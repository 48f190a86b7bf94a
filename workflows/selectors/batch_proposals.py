"""What two officers do to batches together, as their desk and the public see it."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from accreditation.batch_words import BatchAct, ProposalState
from accreditation.errors import NotFound
from accreditation.models import Batch, BatchProposal

NEWEST = 20


def proposals() -> QuerySet[BatchProposal]:
    """Those that wait first, then the newest."""
    rows = BatchProposal.objects.select_related("programme", "batch", "proposed_by", "settled_by")
    return rows.order_by("settled_at", "-pk")


def waiting() -> list[BatchProposal]:
    """Before a second officer, the longest waiting first."""
    return list(proposals().filter(state=ProposalState.WAITING).order_by("proposed_at", "pk"))


def settled() -> list[BatchProposal]:
    """The newest that were decided or taken back."""
    return list(proposals().exclude(state=ProposalState.WAITING).order_by("-settled_at", "-pk")[:NEWEST])


def of_batch(batch: Batch) -> list[BatchProposal]:
    """Everything that was put forward over one batch, its opening first."""
    return list(proposals().filter(batch=batch).order_by("pk"))


def proposal(number: str) -> BatchProposal:
    """One proposal; NotFound when there is none."""
    row = proposals().select_related("batch__programme", "batch__authority").filter(number=number).first()
    if row is None:
        raise NotFound(number)
    return row


def changes_known_to_all(batches: Collection[Batch]) -> list[BatchProposal]:
    """Longer windows and callings off of these batches, the newest first: what everybody may read."""
    rows = proposals().filter(batch__in=batches, state=ProposalState.CONFIRMED).exclude(kind=BatchAct.OPEN)
    return list(rows.order_by("-settled_at", "-pk"))
