"""The second officer's answer to what a first one put forward, kept the same way wherever there is one."""

from __future__ import annotations

from datetime import datetime

from accreditation.models import User
from accreditation.models.second_answers import SecondAnswer


def keep_answer(row: SecondAnswer, said: str, *, reason: str = "", by: User, at: datetime) -> None:
    """The answer, one of the model's, with its reason where it needs one."""
    row.answer, row.answer_reason = said, reason
    row.answered_by, row.answered_for_id, row.answered_at = by, lender_of(by), at
    row.save(update_fields=["answer", "answer_reason", "answered_by", "answered_for", "answered_at"])


def lender_of(by: User) -> int | None:
    """Number of the account whose power is lent by the last check; None in an own office."""
    return by.stands_in_for.person if by.stands_in_for else None


def plain(reason: str) -> str:
    """A reason without blanks, so that a space more makes no new one."""
    return "".join(reason.split())
