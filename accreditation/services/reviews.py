"""Officers' acts on an application: conditions answered, figures verified, corrections asked for, opinions given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from accreditation.models import (
    Application,
    CorrectionPoint,
    CorrectionRequest,
    FirstReview,
    FurtherReturn,
    GateAnswer,
    Submission,
    User,
    VerifiedValue,
)
from accreditation.services.evaluation import accepted_upload, facts_of_upload, verified_evaluation
from accreditation.services.further_returns import returns_made
from criteria.facts import Facts, Scalar, exact_text


def answer_gate(
    application: Application, *, gate: str, is_met: bool, reason: str, by: User, at: datetime
) -> GateAnswer:
    """Record an officer's answer to a condition that no figure decides; a later answer replaces it."""
    answer, _is_new = GateAnswer.objects.update_or_create(
        application=application,
        gate=gate,
        defaults={"is_met": is_met, "reason": reason, "answered_by": by, "answered_at": at},
    )
    return answer


def propose_value(
    application: Application, *, code: str, year: int | None, value: Fraction, reason: str, by: User, at: datetime
) -> VerifiedValue:
    """Propose the figure that should count; the reported one stays on record and nothing counts before adoption."""
    return VerifiedValue.objects.create(
        application=application,
        code=code,
        year=year,
        value=exact_text(value),
        reason=reason,
        proposed_by=by,
        proposed_at=at,
        is_current=False,
    )


def adopt_value(row: VerifiedValue, *, by: User, at: datetime) -> VerifiedValue:
    """Let a proposed value count from now on, in place of any adopted earlier for the same figure."""
    VerifiedValue.objects.filter(application=row.application, code=row.code, year=row.year, is_current=True).update(
        is_current=False
    )
    row.adopted_by, row.adopted_at, row.is_current = by, at, True
    row.save(update_fields=["adopted_by", "adopted_at", "is_current"])
    return row


def end_corrected_values(application: Application, before: Submission) -> list[VerifiedValue]:
    """Values of figures that the version just filed reports otherwise than `before` end; they stay on record.

    A figure that comes again as it was is judged already: its value goes on counting.
    """
    after = application.current
    assert after is not None
    old, new = facts_of_upload(before.upload), facts_of_upload(after.upload)
    current = VerifiedValue.objects.filter(application=application, is_current=True, adopted_at__isnull=False)
    ended = [
        row
        for row in current.select_related("adopted_by").order_by("pk")
        if reported(old, row.code, row.year) != reported(new, row.code, row.year)
    ]
    for row in ended:
        row.is_current, row.ended_with = False, after
        row.save(update_fields=["is_current", "ended_with"])
    return ended


def reported(facts: Facts, code: str, year: int | None) -> Scalar:
    """The figure as a version reports it; None where it does not."""
    fact = facts.figures.get((code, year))
    return fact.value if fact else None


def request_correction(
    application: Application,
    *,
    points: Iterable[Mapping[str, Any]],
    remark: str,
    by_owner: str,
    by: User,
    at: datetime,
    permission: FurtherReturn | None = None,
) -> CorrectionRequest:
    """Ask once for everything: `points` hold target (figure, annex, evidence), code, year, remark, clause.

    Beyond what the level may return by itself a superior's `permission` is spent with it.
    """
    request = CorrectionRequest.objects.create(
        application=application,
        number=application.corrections.count() + 1,
        requested_by=by,
        requested_at=at,
        by_owner=by_owner,
        turn=returns_made(application, by_owner) + 1,
        free=application.batch.returns_allowed,
        permission=permission,
        general_remark=remark,
    )
    CorrectionPoint.objects.bulk_create(
        CorrectionPoint(
            request=request,
            target=point["target"],
            code=point["code"],
            year=point.get("year"),
            remark=point["remark"],
            clause=point.get("clause", ""),
        )
        for point in points
    )
    return request


def open_correction(application: Application) -> CorrectionRequest | None:
    """The return that the applicant has not answered yet."""
    return application.corrections.filter(closed_at__isnull=True).order_by("-number").first()


def unanswered_points(request: CorrectionRequest) -> list[CorrectionPoint]:
    """Remarks of a return for which nothing came since: no newer workbook, or no newer evidence of that kind."""
    application = request.application
    upload, filed = accepted_upload(application), application.current
    is_newer = upload is not None and filed is not None and upload.number > filed.upload.number
    standing = application.evidence.filter(removed_at__isnull=True, added_at__gt=request.requested_at)
    newer_kinds = set(standing.values_list("kind", flat=True))
    return [
        point
        for point in request.points.all()
        if not (point.code in newer_kinds if point.target == "evidence" else is_newer)
    ]


def close_correction(application: Application, *, at: datetime) -> None:
    """The applicant has answered, withdrawn or missed the day."""
    application.corrections.filter(closed_at__isnull=True).update(closed_at=at)


def record_first_review(
    application: Application, *, recommends: bool, opinion: str, by: User, at: datetime
) -> FirstReview:
    """Keep the district's opinion with the evaluation of the verified figures that it saw."""
    evaluation = verified_evaluation(application)
    assert application.current is not None
    return FirstReview.objects.create(
        application=application,
        submission=application.current,
        recommends=recommends,
        opinion=opinion,
        evaluation=evaluation.to_json() if evaluation else "",
        reviewed_by=by,
        reviewed_at=at,
    )
