"""Findings beside reported figures, how far a check is, and from which source a score took each figure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accreditation.figure_check_words import HANDED_IN, FindingResult
from accreditation.models import Application, FigureCheck, FigureFinding, VerifiedValue
from accreditation.services.evaluation import facts_of_upload, reported_facts
from accreditation.services.figure_checks import Key, content_digest, officers_values
from accreditation.services.rule_sets import rules_of
from accreditation.templatetags.parts import state_tone
from criteria.facts import Scalar
from criteria.ruleset import RuleSet
from workflows.presentation.words import Words, amount, body_name, either, quoted
from workflows.selectors import figure_checks as rows

if TYPE_CHECKING:
    from criteria.facts import Fact


def check_line(check: FigureCheck) -> Words:
    """A check in a list: body and state."""
    return {"body": body_name(check.body), "state": check.get_state_display(), "tone": state_tone(check.state)}


def check_words(check: FigureCheck) -> Words:
    """How far a check is: body, state, report with its seal, what came of it."""
    is_reported = check.state in HANDED_IN
    return check_line(check) | {
        "pk": check.pk,
        "remark": check.remark,
        "ended_for": check.ended_for,
        "is_reported": is_reported,
        "number": check.report_number,
        "dated": check.report_dated,
        "conclusion": check.conclusion,
        "handed_in_at": check.handed_in_at,
        "sha256": check.content_sha256,
        "is_sound": is_reported and content_digest(check) == check.content_sha256,
    }


def finding_words(row: FigureFinding, rules: RuleSet) -> Words:
    """One finding beside the reported figure, each with its unit."""
    spec = rules.fields[row.code]
    return {
        "pk": row.pk,
        "key": f"finding-{row.pk}",
        "label": either(spec, "name"),
        "year": row.year,
        "reported": amount(Fraction(row.reported), spec.unit),
        "value": amount(Fraction(row.value), spec.unit) if row.value else "—",
        "result": row.get_result_display(),
        "tone": state_tone(row.result),
        "remark": row.remark,
        "reference": row.reference,
        "file": row.evidence.name if row.evidence else "",
        "evidence": row.evidence_id,
        "answer": row.answer,
        "answered_at": row.answered_at,
        "is_adopted": row.is_adopted,
        "reason": row.decision_reason,
        "decided_at": row.decided_at,
    }


def differences(check: FigureCheck, rules: RuleSet) -> list[Words]:
    """Figures that differ and those that could not be verified, in the order of the form."""
    found, own = rows.findings_of(check), officers_values(check.application)
    return [
        finding_words(found[key], rules) | {"stays": _counting(own.get(key), rules.fields[key[0]].unit)}
        for key in rows.figures_of(check)
        if key in found and found[key].result != FindingResult.CONFIRMED
    ]


def _counting(value: str | None, unit: str) -> str:
    """An officer's own value, which goes on counting where the difference is not adopted; empty where there is none."""
    return str(amount(Fraction(value), unit)) if value else ""


def counted(check: FigureCheck) -> list[Words]:
    """How many figures were found how, and how many are left."""
    results = [row.result for row in rows.findings_of(check).values()]
    said = [{"label": word.label, "count": results.count(word), "tone": state_tone(word)} for word in FindingResult]
    left = len(rows.figures_of(check)) - len(results)
    return [*said, {"label": _("尚未核查"), "count": left, "tone": "grey"}] if left > 0 else said


def work_rows(check: FigureCheck, rules: RuleSet, proofs: Mapping[str, list[Words]]) -> list[Words]:
    """Every figure to verify: value as filed, place in the workbook, evidence, finding so far, page to record on."""
    application, found = check.application, rows.findings_of(check)
    facts, number = facts_of_upload(check.submission.upload), application.case.number
    return [
        {
            "key": f"{code}.{year}",
            "label": either(rules.fields[code], "name"),
            "row": rules.fields[code].row,
            "year": year,
            "reported": amount(value, rules.fields[code].unit),
            "place": _place(facts.figures.get((code, year))),
            "proofs": [one for one in proofs.get(code, ()) if one["year"] in (None, year)],
            "finding": finding_words(found[code, year], rules) if (code, year) in found else None,
            "href": reverse("verifier_figure", args=[number, code, year or 0]),
        }
        for (code, year), value in rows.figures_of(check).items()
        if isinstance(value, Fraction)
    ]


def _place(fact: Fact | None) -> str:
    return str(fact.origin) if fact is not None and fact.origin else ""


def reported_amount(value: Scalar, unit: str) -> str:
    """A reported number with its unit."""
    return amount(value if isinstance(value, Fraction) else None, unit)


def sources_used(application: Application, rules: RuleSet) -> dict[Key, SafeString]:
    """For each figure of which another value counts than the reported one: both, and whose value it is."""
    facts = reported_facts(application)
    found = VerifiedValue.objects.filter(application=application, is_current=True, adopted_at__isnull=False)
    return {
        (row.code, row.year): _source(row, facts.figures.get((row.code, row.year)) if facts else None, rules)
        for row in found.select_related("finding__figure_check__body")
    }


def _source(row: VerifiedValue, fact: Fact | None, rules: RuleSet) -> SafeString:
    unit = rules.fields[row.code].unit
    reported = amount(fact.value if fact and isinstance(fact.value, Fraction) else None, unit)
    finding = getattr(row, "finding", None)
    if finding is None:
        return format_html(_("采用审核核定数；填报数 {reported}"), reported=reported)
    check = finding.figure_check
    return format_html(
        _("采用第三方核查数（{body}，报告 {number}）；填报数 {reported}"),
        body=body_name(check.body), number=quoted(check.report_number), reported=reported,
    )  # fmt: skip


def overview(application: Application, *, href: str) -> Words | None:
    """The card of a case: the newest check and the way to its page; None where there is none."""
    check = rows.shown_check(application)
    if check is None:
        return None
    return check_words(check) | {"href": href, "counts": counted(check), "rules": rules_of(application.batch)}
