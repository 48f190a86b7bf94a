"""Points of a return: where, what was remarked, whether something was handed in since, and the page to do it on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from accreditation.enums import DeadlineKind, DeadlineState
from accreditation.models import Application, Case, CorrectionPoint, CorrectionRequest
from accreditation.services.evaluation import accepted_upload, reported_facts
from accreditation.services.rule_sets import rules_of
from criteria.facts import Facts
from criteria.ruleset import RuleSet
from workflows.presentation.cases import clock_words
from workflows.presentation.words import Words, either, quoted

Address = Callable[[CorrectionPoint], str]


def return_notice(request: CorrectionRequest, *, at: datetime, address: Address | None = None) -> Words:
    """Parameters of `return_notice.html`; `address` gives the page on which a point is put right."""
    application = request.application
    points = correction_points(request, address=address)
    clock = _clock(application.case, at)
    return {
        "points": points,
        "open": sum(not point["closed"] for point in points),
        "chances": _chances(request),
        "remark": quoted(request.general_remark) if request.general_remark else "",
        "due": clock["due"] if clock else None,
        "left": clock["left"] if clock else None,
        "provisional": bool(clock and clock["provisional"]),
    }


def correction_points(request: CorrectionRequest, *, address: Address | None = None) -> list[Words]:
    """Each point: `key`, `target`, `code`, `place`, `words`, `clause`, `closed`, `href`."""
    application = request.application
    rules, facts = rules_of(application.batch), reported_facts(application)
    newer = _has_newer_workbook(application)
    return [
        {
            "key": f"point-{point.pk}",
            "target": point.target,
            "code": point.code,
            "place": place_of(point, rules, facts),
            "words": quoted(point.remark),
            "clause": quoted(point.clause),
            "closed": _is_answered(request, point, newer),
            "href": address(point) if address else "",
        }
        for point in request.points.order_by("pk")
    ]


def place_of(point: CorrectionPoint, rules: RuleSet, facts: Facts | None) -> str:
    """Where a point is found: row and cell of the workbook, annex, or kind of evidence."""
    if point.target == "figure":
        spec = rules.fields[point.code]
        fact = facts.fact(point.code, point.year) if facts else None
        cell = fact.origin.cell if fact and fact.origin else ""
        year = _("（%(year)s 年）") % {"year": point.year} if point.year else ""
        return " ".join(part for part in (_("数据表"), spec.row, either(spec, "name") + year, cell) if part)
    if point.target == "annex" and rules.form is not None:
        annex = rules.form.annex(point.code)
        return _("附表 %(letter)s %(name)s") % {"letter": annex.letter, "name": either(annex, "name")}
    names = {kind.code: either(kind, "name") for kind in rules.evidence}
    return _("证明材料：%(name)s") % {"name": names.get(point.code, point.code)}


def _has_newer_workbook(application: Application) -> bool:
    upload, filed = accepted_upload(application), application.current
    return upload is not None and filed is not None and upload.number > filed.upload.number


def _is_answered(request: CorrectionRequest, point: CorrectionPoint, newer_workbook: bool) -> bool:
    if point.target != "evidence":
        return newer_workbook
    standing = request.application.evidence.filter(kind=point.code, removed_at__isnull=True)
    return standing.filter(added_at__gt=request.requested_at).exists()


def _clock(case: Case, at: datetime) -> Words | None:
    running = case.deadlines.filter(kind=DeadlineKind.CORRECTION, state=DeadlineState.RUNNING).first()
    return clock_words(running, at=at) if running else None


def _chances(request: CorrectionRequest) -> str:
    """Which return this is, of how many that this level may make."""
    application = request.application
    made = application.corrections.filter(by_owner=request.by_owner, number__lte=request.number).count()
    values = {"n": made, "most": application.batch.returns_allowed}
    return _("这是本级第 %(n)d 次退回，共可退回 %(most)d 次。逾期未补正的，程序终止。") % values
