"""Successors of a merger or split: who is asked, who has agreed, on which paper where nobody acts for it here."""

from __future__ import annotations

from datetime import datetime

from accreditation.enums import MemberState
from accreditation.models import CaseDocument, ChangeRequest, ChangeSuccessor, Enterprise, Member, User
from accreditation.selectors.people import active_people_of

_AGREEMENT = ("agreed_at", "agreed_by", "paper")
_DECLINE = ("declined_at", "declined_by", "decline_reason")


def successors_of(change: ChangeRequest) -> list[ChangeSuccessor]:
    """Everyone named, in the order of naming."""
    return list(change.successors.select_related("enterprise", "paper", "declined_by").order_by("pk"))


def is_represented(enterprise: Enterprise) -> bool:
    """Whether somebody acts for it here and can declare its agreement."""
    return Member.objects.filter(enterprise=enterprise, state=MemberState.ACTIVE, user__is_active=True).exists()


def people_of_successors(change: ChangeRequest) -> list[User]:
    """Everybody who acts for any of them, once; one person may act for two."""
    people = (person for row in successors_of(change) for person in active_people_of(row.enterprise))
    return list({person.pk: person for person in people}.values())


def unrepresented(change: ChangeRequest) -> list[ChangeSuccessor]:
    """Those that have not agreed and for whom nobody acts here: their agreement comes on paper."""
    return [row for row in successors_of(change) if not (has_agreed(row) or is_represented(row.enterprise))]


def has_agreed(row: ChangeSuccessor) -> bool:
    """Whether it has, and the paper, where it agreed on one, is still on file."""
    return row.agreed_at is not None and (row.paper is None or row.paper.removed_at is None)


def agree(row: ChangeSuccessor, *, by: User, at: datetime, paper: CaseDocument | None = None) -> None:
    """It takes the titles on, by its own word or on a paper that was checked; an earlier decline stands no more."""
    row.agreed_at, row.agreed_by, row.paper = at, by, paper
    row.declined_at, row.declined_by, row.decline_reason = None, None, ""
    row.save(update_fields=[*_AGREEMENT, *_DECLINE])


def decline(row: ChangeSuccessor, *, reason: str, by: User, at: datetime) -> None:
    """It does not take them on, and says why."""
    row.declined_at, row.declined_by, row.decline_reason = at, by, reason
    row.save(update_fields=[*_DECLINE])


def forget_declines(change: ChangeRequest) -> None:
    """What is filed anew is asked anew; what was said before stands in the trail."""
    change.successors.update(declined_at=None, declined_by=None, decline_reason="")


def forget_agreements(change: ChangeRequest, *, all_of_them: bool) -> None:
    """Whoever agreed on a paper that was taken off is asked again, or everybody: what was agreed to has changed."""
    rows = change.successors.all() if all_of_them else change.successors.filter(paper__removed_at__isnull=False)
    rows.update(agreed_at=None, agreed_by=None, paper=None)


def standing_paper(change: ChangeRequest, document: CaseDocument) -> bool:
    """Whether the paper is on the file of the change."""
    return document.case_id == change.case_id and document.removed_at is None
