"""Results of re-examinations as they were entered, those that wait for a second officer, and what became of each."""

from __future__ import annotations

from accreditation.errors import NotFound
from accreditation.models import ExternalNotice, ReexaminationResult, ReexaminationResultLine, ReexaminationRound, User
from accreditation.recommendation_words import ResultState
from workflows.own_matters import own_among
from workflows.reexamination_results import FOUR_EYES

RELATED = ("round", "notice__file", "recorded_by", "recorded_for", "settled_by", "settled_for")


def waiting_for(user: User) -> list[ReexaminationResult]:
    """Those that wait for this person: not the own ones, nor those with an enterprise of theirs."""
    rows = ReexaminationResult.objects.filter(state=ResultState.WAITING).select_related(*RELATED).order_by("pk")
    return [row for row in rows if FOUR_EYES.may_decide(row, user)]


def results_entered(round_: ReexaminationRound) -> list[ReexaminationResult]:
    """All of a round, whatever became of them, the newest first."""
    return list(round_.results.select_related(*RELATED).order_by("-pk"))


def result_entered(pk: int) -> ReexaminationResult:
    """One of them; NotFound."""
    row = ReexaminationResult.objects.select_related(*RELATED).filter(pk=pk).first()
    if row is None:
        raise NotFound(str(pk))
    return row


def lines_of(entry: ReexaminationResult) -> list[ReexaminationResultLine]:
    """What it says of each case, those who passed first."""
    rows = entry.lines.select_related("reexamination__case", "reexamination__title__holder")
    return list(rows.order_by("-is_passed", "reexamination__case__number"))


def is_withheld(notice: ExternalNotice, user: User) -> bool:
    """Whether the scan tells of an own matter of the person what its enterprise is not told yet, or never will be."""
    entry = notice.reexamination_results.exclude(state=ResultState.CONFIRMED).first()
    return entry is not None and bool(own_among(user, {line.reexamination.case_id for line in lines_of(entry)}))
