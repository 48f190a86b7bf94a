"""Points of a return in words, and what they allow the applicant to change."""

from __future__ import annotations

from typing import Any

from accreditation.models import CorrectionRequest
from accreditation.services.evaluation import reported_facts
from accreditation.services.rule_sets import rules_of


def described_points(request: CorrectionRequest) -> list[dict[str, Any]]:
    """Each point with its place as the applicant finds it: sheet and cell, annex, or kind of evidence."""
    application = request.application
    rules = rules_of(application.batch)
    facts = reported_facts(application)
    names = {kind.code: kind.name_zh for kind in rules.evidence}
    described = []
    for point in request.points.order_by("pk"):
        if point.target == "figure" and rules.form is not None:
            spec = rules.form.field(point.code)
            fact = facts.fact(point.code, point.year) if facts else None
            year = f"（{point.year} 年）" if point.year else ""
            place = f"{spec.row} {spec.name_zh}{year}" + (f" [{fact.origin}]" if fact and fact.origin else "")
        elif point.target == "annex" and rules.form is not None:
            annex = rules.form.annex(point.code)
            place = f"附表{annex.letter} {annex.name_zh}"
        else:
            place = names.get(point.code, point.code)
        described.append(
            {"pk": point.pk, "target": point.target, "code": point.code, "year": point.year, "place": place,
             "remark": point.remark, "clause": point.clause}
        )  # fmt: skip
    return described


def allowed_changes(request: CorrectionRequest) -> set[tuple[str, int | None] | str]:
    """Figures as (code, year) and annexes by code that the return names; nothing else may change."""
    return {
        (point.code, point.year) if point.target == "figure" else point.code
        for point in request.points.all()
        if point.target in ("figure", "annex")
    }
