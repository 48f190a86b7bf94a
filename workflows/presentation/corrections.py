"""Points of a return: where, what was remarked, whether something was handed in since, and the page to do it on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.translation import gettext as _

from accreditation.clocks import DeadlineKind, DeadlineState
from accreditation.models import Case, CorrectionPoint, CorrectionRequest
from accreditation.services.evaluation import reported_facts
from accreditation.services.reviews import unanswered_points
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
    waiting = {point.pk for point in unanswered_points(request)}
    return [
        {
            "key": f"point-{point.pk}",
            "target": point.target,
            "code": point.code,
            "place": place_of(point, rules, facts),
            "words": quoted(point.remark),
            "clause": quoted(point.clause),
            "closed": point.pk not in waiting,
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


def _clock(case: Case, at: datetime) -> Words | None:
    running = case.deadlines.filter(kind=DeadlineKind.CORRECTION, state=DeadlineState.RUNNING).first()
    return clock_words(running, at=at) if running else None


def _chances(request: CorrectionRequest) -> str:
    """Which return of this level it is, and what a further one needs."""
    if request.permission_id is not None:
        return _("这是本级第 %(n)d 次退回，已经负责人书面同意。逾期未补正的，程序终止。") % {"n": request.turn}
    values = {"n": request.turn, "most": request.free}
    return _("这是本级第 %(n)d 次退回，超过 %(most)d 次须经负责人书面同意。逾期未补正的，程序终止。") % values
