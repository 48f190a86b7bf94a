"""Proposals to uphold an objection: kept, answered, found."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from accreditation.models import Objection, ObjectionProposal, User
from accreditation.models.objection_proposals import UpholdingAnswer
from accreditation.services.second_answers import keep_answer, lender_of, plain


def propose(objection: Objection, *, reasons: str, by: User, at: datetime) -> ObjectionProposal:
    """A new proposal of that person, or of the one whose power is lent by the last check."""
    return ObjectionProposal.objects.create(
        objection=objection, reasons=reasons, proposed_by=by, proposed_for_id=lender_of(by), proposed_at=at
    )


def overtake(objections: Iterable[Objection], *, by: User, at: datetime) -> None:
    """What waits about objections that another one has ended is answered with them."""
    for row in ObjectionProposal.objects.select_for_update().filter(objection__in=list(objections), answer=""):
        keep_answer(row, UpholdingAnswer.OVERTAKEN, by=by, at=at)


def waiting(objection: Objection) -> ObjectionProposal | None:
    """The proposal about this objection that nobody has answered."""
    return objection.proposals.filter(answer="").select_related("proposed_by", "proposed_for").first()


def declined_reasons(objection: Objection) -> set[str]:
    """Reasons on which a second officer did not want this objection upheld, without their blanks."""
    rows = objection.proposals.filter(answer=UpholdingAnswer.DECLINED)
    return {plain(reasons) for reasons in rows.values_list("reasons", flat=True)}


def proposals_of(objection: Objection) -> list[ObjectionProposal]:
    """Every proposal about the objection, the newest first."""
    rows = objection.proposals.select_related("proposed_by", "proposed_for", "answered_by")
    return list(rows.order_by("-proposed_at", "-pk"))
