"""Batches of the municipal recognition whose proposals can be limited in number."""

from __future__ import annotations

from accreditation.errors import NotFound
from accreditation.models import Batch
from accreditation.services.recognition_quota import Place, limits_proposals, places_left, standing_order
from workflows.procedures import PROCEDURES
from workflows.selectors import batch_desk


def may_have_quota(batch: Batch) -> bool:
    """Whether the procedure of the batch counts proposals."""
    procedure = PROCEDURES.get(batch.procedure)
    return procedure is not None and procedure.has_quota


def batch_with_quota(code: str) -> Batch:
    """A batch whose procedure counts proposals; NotFound for any other."""
    row = batch_desk.batch(code)
    if not may_have_quota(row):
        raise NotFound(code)
    return row


def order_of(batch: Batch) -> list[Place]:
    """The order by score as it stands; empty before the quota and its tie rule are entered."""
    return standing_order(batch) if limits_proposals(batch) else []


def left_of(batch: Batch) -> int | None:
    """Proposals that the quota still allows; None without one."""
    return places_left(batch) if limits_proposals(batch) else None
