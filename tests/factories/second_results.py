"""What one officer entered of a document from outside, for another to confirm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accreditation.models import (
    Batch,
    Case,
    EvaluationRound,
    ExternalNotice,
    Reexamination,
    ReexaminationResult,
    ReexaminationResultLine,
    Title,
    User,
)
from accreditation.services.earlier_results import propose_earlier_round, record_earlier_round
from tests.factories.cast import Cast


def reexamination_entered(
    cast: Cast, case: Case, notice: ExternalNotice, *, by: User, is_passed: bool = True
) -> ReexaminationResult:
    """The ministry's result of one case, as the person reads it; whatever waited of the round is gone."""
    row = Reexamination.objects.get(case=case)
    ReexaminationResultLine.objects.filter(entry__round=row.round_id, entry__state="waiting").delete()
    ReexaminationResult.objects.filter(round=row.round_id, state="waiting").delete()
    entry = ReexaminationResult.objects.create(
        round=row.round, notice=notice, recorded_by=by, recorded_at=cast.at, reasons="主营业务收入低于认定条件",
        recorded_for_id=by.stands_in_for.person if by.stands_in_for else None,
    )  # fmt: skip
    ReexaminationResultLine.objects.create(entry=entry, reexamination=row, is_passed=is_passed)
    return entry


def earlier_round(
    batch: Batch, results: Mapping[Title, str], *, by: User, second: User, at: datetime, **said: Any
) -> EvaluationRound:
    """Results of a round from before this system, entered by one and confirmed by another."""
    return record_earlier_round(propose_earlier_round(batch, results, by=by, at=at, **said), by=second, at=at)
