"""Results of evaluations on which nothing rests any more, or not yet."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accreditation.enums import LetterKind, ProceedingState
from accreditation.evaluation_words import LOSES_TITLE, CallReason
from accreditation.models import EvaluationCall, Reconsideration
from accreditation.reconsideration_words import SETTLED, UNDOING, ReconsiderationState

OVER = (ProceedingState.CONCLUDED, ProceedingState.DROPPED)


def results_set_aside() -> QuerySet[EvaluationCall]:
    """Calls whose result a decision on reconsideration has set aside."""
    cases = _undone().filter(letter__kind=LetterKind.EVALUATION_RESULT).values("challenged_id")
    return EvaluationCall.objects.filter(application__case__in=cases)


def failures_set_aside() -> QuerySet[EvaluationCall]:
    """Of these the ones that would have taken the title, which is as if it had not been evaluated."""
    return results_set_aside().filter(consequence=LOSES_TITLE)


def calls_undecided() -> QuerySet[EvaluationCall]:
    """Calls whose title runs on, whatever its last day.

    It was frozen into a round as due, and no result is announced yet; what was proposed on it is not decided; or result
    or order were set aside, and no result has come since.
    """
    later = EvaluationCall.objects.filter(
        title=OuterRef("title"), published_on__isnull=False, round__year__gt=OuterRef("round__year")
    )
    rows = EvaluationCall.objects.filter(reason=CallReason.DUE)
    is_proposed = Q(proposal__isnull=False) & ~Q(proposal__proceeding__state__in=OVER)
    is_set_aside = Q(pk__in=failures_set_aside().values("pk")) | Q(proposal__in=_undone().values("challenged_id"))
    return rows.filter(Q(published_on__isnull=True) | is_proposed | (is_set_aside & ~Exists(later)))


def titles_under_stay() -> QuerySet[Reconsideration, Any]:
    """Keys of titles that stand for the time of a reconsideration alone; what it decides becomes of them."""
    over = [ReconsiderationState.DECIDED, ReconsiderationState.WITHDRAWN]
    rows = Reconsideration.objects.filter(stayed_effect="restore", challenged__proceeding__isnull=False)
    return rows.exclude(state__in=over).values("challenged__proceeding__title")


def _undone() -> QuerySet[Reconsideration]:
    return Reconsideration.objects.filter(state__in=SETTLED, outcome__in=UNDOING)
