"""What the verbs of the verification of figures record: rows, clocks, the note for the audit entry."""

from __future__ import annotations

from accreditation.clocks import DeadlineKind, DeadlineState
from accreditation.figure_check_words import CheckState, FindingResult
from accreditation.models import FigureCheck, FigureFinding, User
from accreditation.roles import Role
from accreditation.services import figure_checks, figure_plans
from workflows import deadlines
from workflows.doing import Clock, Doing
from workflows.figure_check_guards import waiting_difference


def _check(doing: Doing) -> FigureCheck:
    """The check under way, where a guard has made sure that there is one."""
    check = figure_checks.open_check(doing.application)
    assert check is not None
    return check


def _finding(doing: Doing) -> FigureFinding:
    """The difference as it stands now, where a guard has made sure that it waits."""
    finding = waiting_difference(doing)
    assert finding is not None
    return finding


def commission(doing: Doing) -> None:
    """Form: body, remark."""
    check = figure_checks.commission(
        doing.application, doing.form["body"], remark=doing.form.get("remark") or "", by=doing.by, at=doing.at
    )
    doing.act.note(body=check.body.code, name=check.body.name_zh, submission=check.submission.number)


def check_clock(doing: Doing) -> list[Clock]:
    """The days of the plan, for the verifying body."""
    plan = figure_plans.plan_of(doing.batch)
    assert plan is not None
    days = plan.check_days
    return [Clock(DeadlineKind.FIGURE_CHECK, lambda _doing: days)]


def declare_no_tie(doing: Doing) -> None:
    """The declaration of whoever verifies."""
    check = _check(doing)
    figure_checks.clear(check, by=doing.by, at=doing.at)
    doing.act.note(body=check.body.code)


def refuse(doing: Doing) -> None:
    """Form: tie."""
    _end(doing, CheckState.REFUSED, doing.form["tie"])


def call_off(doing: Doing) -> None:
    """Form: reason."""
    _end(doing, CheckState.CALLED_OFF, doing.form["reason"])


def _end(doing: Doing, state: CheckState, reason: str) -> None:
    check = _check(doing)
    figure_checks.end(check, state, reason.strip())
    deadlines.conclude(doing.case, DeadlineKind.FIGURE_CHECK, DeadlineState.CANCELLED, at=doing.at)
    doing.act.note(body=check.body.code, reason=reason.strip())


def record(doing: Doing) -> None:
    """Form: findings (code, year, result, value, remark, evidence, reference)."""
    rows = figure_checks.record(_check(doing), doing.form["findings"], by=doing.by, at=doing.at)
    said = [
        {"code": row.code, "year": row.year, "result": row.result, "value": row.value, "reported": row.reported}
        for row in rows
    ]
    doing.act.note(findings=said)


def hand_in(doing: Doing) -> None:
    """Form: file, name, number, dated, conclusion."""
    check = _check(doing)
    figure_checks.hand_in(check, doing.form, at=doing.at)
    deadlines.conclude(doing.case, DeadlineKind.FIGURE_CHECK, DeadlineState.MET, at=doing.at)
    results = list(check.findings.values_list("result", flat=True))
    doing.act.note(
        body=check.body.code,
        name=check.body.name_zh,
        report=check.report_number,
        file=check.report.sha256 if check.report else "",
        content_sha256=check.content_sha256,
        counts={word: results.count(word) for word in FindingResult.values},
    )


def answer_clock(doing: Doing) -> list[Clock]:
    """The days of the plan, for the applicant; none where nothing differs."""
    check, plan = figure_checks.open_check(doing.application), figure_plans.plan_of(doing.batch)
    if check is None or plan is None:
        return []
    days = plan.answer_days
    return [Clock(DeadlineKind.FIGURE_ANSWER, lambda _doing: days, fires="end_figure_answers")]


def answer(doing: Doing) -> None:
    """Form: finding, text."""
    finding = _finding(doing)
    figure_checks.answer(finding, doing.form["text"].strip(), by=doing.by, at=doing.at)
    doing.act.note(code=finding.code, year=finding.year, text=finding.answer)


def end_answers(doing: Doing) -> None:
    """The time for answers has passed; nothing is lost but the chance to answer."""
    deadlines.conclude(doing.case, DeadlineKind.FIGURE_ANSWER, DeadlineState.FIRED, at=doing.at)


def decide(doing: Doing) -> None:
    """Form: finding, is_adopted, reason. With the last one the check is settled."""
    finding = _finding(doing)
    is_adopted: bool = doing.form["is_adopted"]
    reason = doing.form["reason"].strip()
    is_settled = figure_checks.decide(finding, is_adopted=is_adopted, reason=reason, by=doing.by, at=doing.at)
    if is_settled:
        deadlines.conclude(doing.case, DeadlineKind.FIGURE_ANSWER, DeadlineState.MET, at=doing.at)
    doing.act.note(
        code=finding.code, year=finding.year, reported=finding.reported, value=finding.value, is_adopted=is_adopted,
        reason=reason, report=finding.figure_check.report_number,
        stays=figure_checks.officers_values(doing.application).get((finding.code, finding.year), ""),
    )  # fmt: skip


def verifiers(doing: Doing) -> list[User]:
    """Everybody of the body that was commissioned last."""
    check = figure_checks.last_check(doing.application)
    if check is None:
        return []
    rows = User.objects.filter(  # in one call: all of the same grant
        is_active=True, grants__role=Role.VERIFIER, grants__revoked_at__isnull=True,
        grants__district=check.body.district,
    )  # fmt: skip
    return list(rows.distinct())
