"""The check of an application's figures by a third party: commissioned, recorded, frozen with its report, settled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from accreditation.figure_check_words import UNSETTLED, CheckState, FindingResult
from accreditation.models import Application, Body, FigureCheck, FigureFinding, Submission, User, VerifiedValue
from accreditation.services import reviews
from accreditation.services.evaluation import facts_of_upload, reported_facts
from accreditation.services.rule_sets import rules_of
from criteria.facts import exact_text

Key = tuple[str, int | None]


def figures_to_check(application: Application, submission: Submission | None = None) -> dict[Key, Fraction]:
    """Every number of the data table of a version, or as filed now, in the order of the form; exact, in its unit."""
    rules = rules_of(application.batch)
    facts = facts_of_upload(submission.upload) if submission else reported_facts(application)
    if rules.form is None or facts is None:
        return {}
    place = {spec.code: n for n, spec in enumerate(rules.form.table)}
    found = [(key, fact.value) for key, fact in facts.figures.items() if key[0] in place]
    numbers = [(key, value) for key, value in found if isinstance(value, Fraction)]
    return dict(sorted(numbers, key=lambda pair: (place[pair[0][0]], -(pair[0][1] or 0))))


def open_check(application: Application) -> FigureCheck | None:
    """The check that is under way or whose differences wait for the office."""
    rows = application.figure_checks.filter(state__in=UNSETTLED)
    return rows.select_related("body", "report", "cleared_by").first()


def last_check(application: Application) -> FigureCheck | None:
    """The newest check of an application, however far it is."""
    return application.figure_checks.select_related("body", "report", "cleared_by").order_by("-pk").first()


def settled_check(application: Application) -> FigureCheck | None:
    """The newest settled check of the data table that counts now; another table needs another check."""
    if application.current is None:
        return None
    rows = application.figure_checks.filter(state=CheckState.SETTLED, submission__upload=application.current.upload_id)
    return rows.order_by("-pk").first()


def commission(application: Application, body: Body, *, remark: str, by: User, at: datetime) -> FigureCheck:
    """Commission a verifying body with the version as filed."""
    assert application.current is not None
    return FigureCheck.objects.create(
        application=application, submission=application.current, body=body, remark=remark, commissioned_by=by,
        commissioned_at=at,
    )  # fmt: skip


def clear(check: FigureCheck, *, by: User, at: datetime) -> None:
    """Whoever verifies has declared to have no tie; figures and evidence are open to this person."""
    check.cleared_by, check.cleared_at, check.state = by, at, CheckState.CHECKING
    check.save()


def end(check: FigureCheck, state: CheckState, reason: str) -> None:
    """Refused for a tie, or called off by the office."""
    check.state, check.ended_for = state, reason
    check.save()


def record(check: FigureCheck, said: Iterable[Mapping[str, Any]], *, by: User, at: datetime) -> list[FigureFinding]:
    """Findings (code, year, result, value, remark, evidence, reference); a later one of a figure replaces it."""
    numbers = figures_to_check(check.application, check.submission)
    return [
        FigureFinding.objects.update_or_create(
            figure_check=check, code=one["code"], year=one["year"],
            defaults={
                "reported": exact_text(numbers[one["code"], one["year"]]), "result": one["result"],
                "value": exact_text(one["value"]) if one["result"] == FindingResult.DIFFERS else "",
                "remark": one.get("remark", ""), "evidence": one.get("evidence"),
                "reference": one.get("reference", ""), "recorded_by": by, "recorded_at": at,
            },
        )[0]
        for one in said
    ]  # fmt: skip


def without_finding(check: FigureCheck) -> list[Key]:
    """Figures of which nothing was recorded yet."""
    done = set(check.findings.values_list("code", "year"))
    return [key for key in figures_to_check(check.application, check.submission) if key not in done]


def differing(check: FigureCheck) -> list[FigureFinding]:
    """Figures that differ, in the order in which they were recorded first."""
    return list(check.findings.filter(result=FindingResult.DIFFERS).select_related("evidence").order_by("pk"))


def hand_in(check: FigureCheck, report: Mapping[str, Any], *, at: datetime) -> None:
    """Freeze the findings together with the signed report: file, name, number, dated, conclusion."""
    check.report, check.report_name = report["file"], report["name"]
    check.report_number, check.report_dated = report["number"], report["dated"]
    check.conclusion, check.handed_in_at = report["conclusion"], at
    check.content_sha256 = content_digest(check)
    check.state = CheckState.REPORTED if differing(check) else CheckState.SETTLED
    check.settled_at = None if check.state == CheckState.REPORTED else at
    check.save()
    confirmed = check.findings.filter(result=FindingResult.CONFIRMED)
    _drop_earlier(check, set(confirmed.values_list("code", "year")))


def _drop_earlier(check: FigureCheck, keys: set[Key]) -> None:
    """What was adopted of these figures after an earlier check counts no longer; an officer's own value stays."""
    rows = VerifiedValue.objects.filter(application=check.application, is_current=True, finding__isnull=False)
    old = [row.pk for row in rows if (row.code, row.year) in keys]
    VerifiedValue.objects.filter(pk__in=old).update(is_current=False)


def officers_values(application: Application) -> dict[Key, str]:
    """Values that count by an officer's own verification and not by a check: exact numbers as text."""
    rows = VerifiedValue.objects.filter(
        application=application, is_current=True, adopted_at__isnull=False, finding__isnull=True
    )
    return {(row.code, row.year): row.value for row in rows}


def content_digest(check: FigureCheck) -> str:
    """SHA-256 over what was reported: version, body, report and every finding, without what came afterwards."""
    names = ("code", "year", "reported", "result", "value", "remark", "evidence__file__sha256", "reference")
    assert check.report is not None
    assert check.report_dated is not None
    said = {
        "submission": check.submission.content_sha256, "body": check.body.code, "by": check.cleared_by_id,
        "report": [check.report.sha256, check.report_number, check.report_dated.isoformat(), check.conclusion],
        "findings": sorted([list(row) for row in check.findings.values_list(*names)], key=str),
    }  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def answer(finding: FigureFinding, text: str, *, by: User, at: datetime) -> None:
    """What the applicant says of a difference; a later answer replaces it."""
    finding.answer, finding.answered_by, finding.answered_at = text, by, at
    finding.save(update_fields=["answer", "answered_by", "answered_at"])


def decide(finding: FigureFinding, *, is_adopted: bool, reason: str, by: User, at: datetime) -> bool:
    """Adopt a difference or not; an adopted value counts from now on, beside the reported one. Whether all are decided.

    With one that is not adopted a value of an earlier check ends; an officer's own value goes on counting.
    The reason of the value is an official text, which is Chinese.
    """
    check = finding.figure_check
    finding.is_adopted, finding.decision_reason, finding.decided_by, finding.decided_at = is_adopted, reason, by, at
    if is_adopted:
        words = f"采纳第三方核查数（{check.body.name_zh}，报告 {check.report_number}）：{reason}"
        value = reviews.propose_value(
            check.application, code=finding.code, year=finding.year, value=Fraction(finding.value), reason=words,
            by=finding.recorded_by, at=at,
        )  # fmt: skip
        finding.verified = reviews.adopt_value(value, by=by, at=at)
    else:
        _drop_earlier(check, {(finding.code, finding.year)})
    finding.save(update_fields=["is_adopted", "decision_reason", "decided_by", "decided_at", "verified"])
    if check.findings.filter(result=FindingResult.DIFFERS, is_adopted__isnull=True).exists():
        return False
    check.state, check.settled_at = CheckState.SETTLED, at
    check.save()
    return True
