"""Which cases the city has: how many stop where, and how long ago they were filed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accreditation.enums import ApplicationState as S
from accreditation.models import Batch
from workflows.silent_acceptance import DAYS_TO_ACCEPT

DISTRICT_PART = 5  # every fifth enterprise applies to the district that recognises by itself
ROUND = 100


@dataclass(frozen=True, slots=True)
class Cohort:
    """Cases alike: the state they end in, their share in hundredths, working days since they were filed.

    `days_back` may ask the batch, so that a time limit falls due on a given day. `session` counts back the working days
    to the meeting that decides on them; 0: none does.
    """

    state: S
    share: int
    days_back: int | Callable[[Batch], int]
    profile: str = "strong"
    session: int = 0

    def filed_back(self, batch: Batch) -> int:
        """Working days since the filing."""
        return self.days_back if isinstance(self.days_back, int) else self.days_back(batch)


def _due_today(batch: Batch) -> int:
    return batch.first_review_days


def _overdue(batch: Batch) -> int:
    return batch.first_review_days + 2


def _unanswered(batch: Batch) -> int:
    """Nobody has accepted it in time, so that the clock does."""
    return DAYS_TO_ACCEPT + 1


def _not_corrected(batch: Batch) -> int:
    return batch.correction_days + 4


LONG_AGO, LATELY, THIS_WEEK, YESTERDAY = 26, 12, 5, 1  # meetings, in working days back

MUNICIPAL: tuple[Cohort, ...] = (
    Cohort(S.RECOGNISED, 29, 45, session=LONG_AGO),
    Cohort(S.HELD_OTHERWISE, 1, 45, session=LONG_AGO),
    Cohort(S.REFUSED, 7, 45, "middling", session=LONG_AGO),
    Cohort(S.OBJECTION_UPHELD, 2, 45, session=LONG_AGO),
    Cohort(S.POSTPONED, 2, 30, "middling", session=LATELY),
    Cohort(S.NOTICE_COMPLETED, 3, 30, session=LATELY),
    Cohort(S.UNDER_NOTICE, 5, 22, session=THIS_WEEK),
    Cohort(S.PROPOSED, 3, 20, session=YESTERDAY),
    Cohort(S.UNDER_OVERALL_REVIEW, 5, 18),
    Cohort(S.UNDER_EXPERT_REVIEW, 7, 14),
    Cohort(S.AWAITING_PANEL, 4, 12),
    Cohort(S.UNDER_COMPLETENESS_CHECK, 5, 8),
    Cohort(S.RETURNED, 4, 6),
    Cohort(S.UNDER_FIRST_REVIEW, 3, 4),
    Cohort(S.UNDER_FIRST_REVIEW, 1, _due_today),
    Cohort(S.UNDER_FIRST_REVIEW, 1, _overdue),
    Cohort(S.SUBMITTED, 1, _unanswered),
    Cohort(S.SUBMITTED, 4, 1),
    Cohort(S.DRAFT, 4, 3),
    Cohort(S.WITHDRAWN, 2, 9),
    Cohort(S.LAPSED, 1, _not_corrected),
    Cohort(S.DECLINED, 1, 15, "weak"),
    Cohort(S.INELIGIBLE, 2, 16, "weak"),
    Cohort(S.NOT_RECOMMENDED, 3, 16, "weak"),
)
DISTRICT: tuple[Cohort, ...] = (
    Cohort(S.RECOGNISED, 28, 40, session=LONG_AGO),
    Cohort(S.HELD_OTHERWISE, 1, 40, session=LONG_AGO),
    Cohort(S.REFUSED, 7, 40, "middling", session=LONG_AGO),
    Cohort(S.OBJECTION_UPHELD, 1, 40, session=LONG_AGO),
    Cohort(S.POSTPONED, 4, 24, session=LATELY),
    Cohort(S.NOTICE_COMPLETED, 2, 24, session=LATELY),
    Cohort(S.UNDER_NOTICE, 4, 22, session=THIS_WEEK),
    Cohort(S.PROPOSED, 4, 20, session=YESTERDAY),
    Cohort(S.UNDER_OVERALL_REVIEW, 8, 16),
    Cohort(S.UNDER_EXPERT_REVIEW, 6, 13),
    Cohort(S.UNDER_SITE_VISIT, 6, 11),
    Cohort(S.AWAITING_PANEL, 4, 9),
    Cohort(S.RETURNED, 4, 6),
    Cohort(S.UNDER_FIRST_REVIEW, 6, 4),
    Cohort(S.UNDER_FORWARDING, 4, 2),
    Cohort(S.SUBMITTED, 4, 1),
    Cohort(S.DRAFT, 3, 2),
    Cohort(S.WITHDRAWN, 1, 9),
    Cohort(S.LAPSED, 1, _not_corrected),
    Cohort(S.DECLINED, 1, 15, "weak"),
    Cohort(S.INELIGIBLE, 1, 16, "weak"),
)
EVERY_STATE = len(MUNICIPAL) + len(DISTRICT)  # cases, one for each cohort


def local_part(size: int) -> int:
    """How many of so many cases are the district's: a part, at least one for each cohort where there are as many."""
    return max(size // DISTRICT_PART, min(len(DISTRICT), size - len(MUNICIPAL)))


def sizes(cohorts: Sequence[Cohort], size: int) -> list[int]:
    """How many cases each cohort has, `size` in all: one each as far as that reaches, the rest by share."""
    counts = [1 if place < size else 0 for place in range(len(cohorts))]
    left = size - sum(counts)
    whole = sum(cohort.share for cohort in cohorts)
    exact = [left * cohort.share / whole for cohort in cohorts]
    counts = [count + int(more) for count, more in zip(counts, exact, strict=True)]
    by_rest = sorted(range(len(cohorts)), key=lambda place: int(exact[place]) - exact[place])
    for place in by_rest[: size - sum(counts)]:
        counts[place] += 1
    return counts
