"""Conditions of the verification of figures by a third party; each yields every reason against the verb."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind, DeadlineState, is_past
from accreditation.enums import Level
from accreditation.errors import Reason
from accreditation.figure_check_words import CheckState, FindingResult
from accreditation.models import Body, Evidence, FigureFinding, StoredFile
from accreditation.resting import basis, before_bases
from accreditation.services import figure_checks, figure_plans
from accreditation.services.ties import ties_between, ties_of_body
from workflows.doing import Doing
from workflows.workdays import SHANGHAI

LEAST_TEXT = 2


def figures_are_verified(doing: Doing) -> Iterable[Reason]:
    """The case goes on without a check where none is asked for; one that is asked for or under way is settled first."""
    check = figure_checks.open_check(doing.application)
    if check is not None:
        words = {"body": check.body, "state": check.get_state_display()}
        yield Reason("figure_check_open", _("第三方数据核查尚未办结（%(body)s：%(state)s）。") % words)
    elif figure_plans.waits_for_draw(doing.application):
        yield Reason("sample_not_drawn", _("本批次的抽样核查尚未抽取，不能确定本件是否须核查。"))
    elif figure_plans.is_asked(doing.application) and figure_checks.settled_check(doing.application) is None:
        yield Reason("figure_check_needed", _("按本批次的核查安排，本件数据须经第三方核查。"))


def no_figure_check_is_open(doing: Doing) -> Iterable[Reason]:
    """What is being verified is not changed meanwhile; the office may call the commission off first."""
    if figure_checks.open_check(doing.application) is not None:
        yield Reason("figure_check_open", _("第三方数据核查尚未办结，请先办结或终止委托。"))


def check_may_begin(doing: Doing) -> Iterable[Reason]:
    """By the plan of the batch, by a body from outside without a tie, one check at a time."""
    if figure_plans.plan_of(doing.batch) is None:
        yield Reason("no_plan", _("本批次没有第三方数据核查安排。"))
    if figure_checks.open_check(doing.application) is not None:
        yield Reason("figure_check_open", _("本件的第三方数据核查尚未办结。"))
    body = doing.form.get("body")
    if not isinstance(body, Body) or body.level != Level.VERIFIER:
        yield Reason("body_needed", _("请选择核查机构。"), "body")
        return
    yield from _ties_of(body, doing)


def _ties_of(body: Body, doing: Doing) -> Iterator[Reason]:
    for tie in ties_of_body(body, doing.application, on=_today(doing)):
        text = _("%(body)s与申报单位有利害关系：%(tie)s。") % {"body": body, "tie": tie}
        yield Reason("body_has_tie", text, "body")


def _today(doing: Doing) -> date:
    return doing.at.astimezone(SHANGHAI).date()


def check_awaits_declaration(doing: Doing) -> Iterable[Reason]:
    """Nobody has declared for the body yet."""
    check = figure_checks.open_check(doing.application)
    if check is None or check.state != CheckState.COMMISSIONED:
        yield Reason("already_declared", _("已作出声明。"))


def no_tie_is_known(doing: Doing) -> Iterable[Reason]:
    """Neither the person nor the body has a tie on record, one entered since the commission included."""
    own = [str(tie) for tie in ties_between(doing.by, doing.application, on=_today(doing))]
    for tie in own:
        yield Reason("known_tie", _("登记有利害关系，应当回避：%(tie)s。") % {"tie": tie})
    check = figure_checks.open_check(doing.application)
    if check is not None and not own:  # the body's ties are those of its people besides its own
        yield from _ties_of(check.body, doing)


def check_is_at_work(doing: Doing) -> Iterable[Reason]:
    """Before the report only."""
    check = figure_checks.open_check(doing.application)
    if check is None or check.state == CheckState.REPORTED:
        yield Reason("not_at_work", _("没有正在进行的核查。"))


def check_is_own(doing: Doing) -> Iterable[Reason]:
    """Only who declared to have no tie verifies, and only before the hand-in."""
    check = figure_checks.open_check(doing.application)
    if check is None or check.state != CheckState.CHECKING:
        yield Reason("not_checking", _("请先作出无利害关系声明；报告提交后不能再改。"))
    elif check.cleared_by_id != doing.by.pk:
        yield Reason("not_your_check", _("本件由作出声明的人员核查。"))


def findings_are_sound(doing: Doing) -> Iterable[Reason]:
    """Each names a filed number; a difference has another value, remark and reference, what cannot be verified why."""
    said = doing.form.get("findings") or ()
    if not said:
        yield Reason("finding_needed", _("请至少选择一项数据。"))
    numbers = figure_checks.figures_to_check(doing.application)
    for one in said:
        reported = numbers.get((one.get("code"), one.get("year")))
        if reported is None:
            yield Reason("unknown_figure", _("没有这一项数值。"), "code")
        elif one.get("result") not in FindingResult.values:
            yield Reason("result_needed", _("请选择核查结果。"), "result")
        else:
            yield from _faults_of_words(one)
            yield from _faults_of_value(one, reported, doing)


def _faults_of_words(one: Mapping[str, Any]) -> Iterator[Reason]:
    is_confirmed = one["result"] == FindingResult.CONFIRMED
    if not is_confirmed and len(str(one.get("remark") or "").strip()) < LEAST_TEXT:
        yield Reason("text_needed", _("请填写说明。"), "remark")
    if one["result"] == FindingResult.DIFFERS and len(str(one.get("reference") or "").strip()) < LEAST_TEXT:
        yield Reason("reference_needed", _("请填写所依据的凭证、账簿或材料页码。"), "reference")


def _faults_of_value(one: Mapping[str, Any], reported: Fraction, doing: Doing) -> Iterator[Reason]:
    evidence = one.get("evidence")
    if evidence is not None and (
        not isinstance(evidence, Evidence) or evidence.application_id != doing.application.pk or evidence.removed_at
    ):
        yield Reason("unknown_evidence", _("没有这一份证明材料。"), "evidence")
    if one["result"] != FindingResult.DIFFERS:
        return
    if not isinstance(one.get("value"), Fraction):
        yield Reason("value_needed", _("请填写核查数（数字）。"), "value")
    elif one["value"] == reported:
        yield Reason("same_value", _("核查数与填报数相同，应为“一致”。"), "value")


def report_is_complete(doing: Doing) -> Iterable[Reason]:
    """Every figure has a finding; the signed report is there with its number and day."""
    check = figure_checks.open_check(doing.application)
    if check is not None and (left := len(figure_checks.without_finding(check))):
        yield Reason("findings_missing", _("还有 %(n)d 项数据没有核查结果。") % {"n": left})
    if not isinstance(doing.form.get("file"), StoredFile):
        yield Reason("file_needed", _("请上传签章的核查报告。"), "file")
    if len(str(doing.form.get("number") or "").strip()) < LEAST_TEXT:
        yield Reason("text_needed", _("请填写报告编号。"), "number")
    dated = doing.form.get("dated")
    if not isinstance(dated, date) or dated > _today(doing):
        yield Reason("date_needed", _("请填写报告日期，不能晚于今天。"), "dated")
    elif check is not None:
        yield from before_bases(dated, basis(_("委托核查之日"), check.commissioned_at), "dated")


def answer_is_in_time(doing: Doing) -> Iterable[Reason]:
    """A difference of the own case, not decided yet, while the time for answers runs."""
    finding = waiting_difference(doing)
    if finding is None:
        yield Reason("unknown_finding", _("没有这一项数据差异。"))
        return
    if finding.is_adopted is not None:
        yield Reason("finding_decided", _("该项差异已经处理。"))
    if not _answers_run(doing):
        yield Reason("answer_late", _("说明期限已过。"))


def waiting_difference(doing: Doing) -> FigureFinding | None:
    """The difference that the form names, of the check of this case whose differences wait.

    It is read anew: the page read its row before the case was locked, and somebody may have answered or decided since.
    """
    named, check = doing.form.get("finding"), figure_checks.open_check(doing.application)
    if not isinstance(named, FigureFinding) or check is None or check.state != CheckState.REPORTED:
        return None
    return check.findings.filter(pk=named.pk, result=FindingResult.DIFFERS).first()


def _answers_run(doing: Doing) -> bool:
    clock = doing.case.deadlines.filter(kind=DeadlineKind.FIGURE_ANSWER, state=DeadlineState.RUNNING).first()
    return clock is not None and not is_past(clock.due_at, doing.at)


def difference_may_be_decided(doing: Doing) -> Iterable[Reason]:
    """Once, after the applicant was heard or the time for it has passed, with a plain yes or no."""
    finding = waiting_difference(doing)
    if finding is None:
        yield Reason("unknown_finding", _("没有待处理的这一项数据差异。"))
        return
    if finding.is_adopted is not None:
        yield Reason("finding_decided", _("该项差异已经处理。"))
    if finding.answered_at is None and _answers_run(doing):
        yield Reason("answer_awaited", _("申报单位尚未说明，说明期限未满。"))
    if not isinstance(doing.form.get("is_adopted"), bool):
        yield Reason("decision_needed", _("请选择是否采用。"), "is_adopted")
