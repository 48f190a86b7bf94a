"""An employer that an expert's profile names no more stays a tie: who left the applicant last month is still tied."""

from __future__ import annotations

from datetime import date, datetime

from accreditation.clocks import SHANGHAI
from accreditation.enums import TieKind
from accreditation.models import ExpertProfile, Tie, User
from accreditation.services.ties import plain_name

SOURCE = "专家库登记的原工作单位"


def keep_former_employer(
    before: ExpertProfile | None, now: ExpertProfile, *, by: User, at: datetime, left_on: date | None = None
) -> Tie | None:
    """The tie that a changed profile leaves behind, ended on that day or the day of the entry; None without a change.

    A mistake in the profile that is put right leaves one as well, which the office withdraws with the reason.
    """
    if before is None or not _has_left(before, now):
        return None
    return Tie.objects.create(
        expert_id=before.user_id, kind=TieKind.PAST_EMPLOYER, enterprise_name=before.employer,
        uscc=before.employer_uscc, until=left_on or at.astimezone(SHANGHAI).date(), source=SOURCE, recorded_by=by,
        recorded_at=at,
    )  # fmt: skip


def _has_left(before: ExpertProfile, now: ExpertProfile) -> bool:
    """Whether the employer is another: a credit code under a new name is none, nor is a code added to a name."""
    if before.employer_uscc:
        return before.employer_uscc != now.employer_uscc
    return bool(before.employer) and plain_name(before.employer) != plain_name(now.employer)
