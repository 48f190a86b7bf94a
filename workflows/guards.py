"""Conditions of verbs: each yields every reason against it, so that a person sees all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.batch_words import BatchState
from accreditation.clocks import DeadlineKind, DeadlineState, is_past
from accreditation.enums import Choice, SeatState
from accreditation.errors import Reason
from accreditation.models import Batch, Enterprise
from accreditation.services import evaluation, further_returns, material, notices, reviews, titles
from accreditation.services.adjustments import last_moment
from accreditation.services.proceedings import standing_bar, suspending_fraud
from accreditation.services.reopened_figures import faults_of_favour
from accreditation.services.rule_sets import rule_text, rules_of
from accreditation.templatetags.dates import day_text
from workflows.doing import Doing
from workflows.who import level_of
from workflows.workdays import SHANGHAI


def needs_text(name: str, label: object, least: int = 2) -> Callable[[Doing], Iterable[Reason]]:
    """The form must hold a text of that name."""

    def guard(doing: Doing) -> Iterable[Reason]:
        if len(str(doing.form.get(name) or "").strip()) < least:
            yield Reason("text_needed", _("请填写%(label)s。") % {"label": label}, name)

    return guard


def batch_takes_applications(doing: Doing) -> Iterable[Reason]:
    """Submission lies within the window of the batch."""
    batch = doing.batch
    if doing.application.is_ordered_again:  # no window of the batch closes out what a decision orders
        return
    if batch.state == BatchState.CALLED_OFF:
        yield Reason("batch_called_off", _("本批次已取消，不再受理申报；草稿内容可带入其他批次。"))
    elif batch.state != BatchState.OPEN or doing.at < batch.opens_at:
        yield Reason("batch_closed", _("本批次当前不受理申报。"))
    elif is_past(batch.closes_at, doing.at):
        yield Reason("window_over", _("本批次申报已于%(at)s截止。") % {"at": f"{batch.closes_at:%Y-%m-%d %H:%M}"})


def title_is_not_held(doing: Doing) -> Iterable[Reason]:
    """What is held and stands is not applied for again, but renewed where its time has come."""
    if titles.standing_title(doing.application, on=doing.at.astimezone(SHANGHAI).date()) is not None:
        yield Reason("already_held", _("该单位已持有本项目的有效资格，无需再次申报。"))


def title_can_be_granted(doing: Doing) -> Iterable[Reason]:
    """What has come to the enterprise since it filed, by a decision or a succession, is not granted to it again.

    Such a case is ended: `workflows.held_already`.
    """
    if (held := titles.standing_title(doing.application)) is not None:
        text = _("%(no)s：该单位已持有本项目的有效资格（%(title)s），不能再次授予；请以“已持有资格，终结办理”办结。")
        yield Reason("already_held", text % {"no": doing.case.number, "title": held.number})


def holder_is_not_barred(doing: Doing) -> Iterable[Reason]:
    """No revocation keeps the applicant from applying again; it may have come after the draft was opened."""
    yield from faults_of_bar(doing.application.enterprise, doing.batch, doing.at)


def faults_of_bar(enterprise: Enterprise, batch: Batch, at: datetime) -> Iterable[Reason]:
    """Which revocation bars an enterprise from this title at that moment and until when, or all in the batch's year.

    A case that has gone on to the grant is ended for it: `workflows.held_already`.
    """
    if fraud := suspending_fraud(batch):
        values = {"no": fraud.order_number, "year": batch.year}
        yield Reason("suspended_for_fraud", _("因%(no)s以弄虚作假撤销本项目称号，%(year)s年度暂停本市申报。") % values)
    if bar := standing_bar(enterprise, batch.programme, at.astimezone(SHANGHAI).date()):
        values = {"no": bar.order_number, "until": day_text(bar.barred_until) if bar.barred_until else ""}
        yield Reason("barred", _("该单位的同类称号已由%(no)s撤销，%(until)s前不能再次申报。") % values)


def material_is_complete(doing: Doing) -> Iterable[Reason]:
    """An accepted workbook and every required kind of evidence."""
    if evaluation.draft_facts(doing.application) is None:
        yield Reason("workbook_needed", _("还没有读取通过的申报数据表。"), "workbook")
    kinds = {kind.code: rule_text(kind, "name") for kind in rules_of(doing.batch).evidence}
    for code in material.missing_evidence(doing.application):
        yield Reason("evidence_needed", _("缺少必交材料：%(name)s。") % {"name": kinds[code]}, f"evidence-{code}")


def declaration_is_made(doing: Doing) -> Iterable[Reason]:
    """The applicant declares that the material is true."""
    if not doing.form.get("declaration"):
        yield Reason("declaration_needed", _("请确认所填内容真实、完整，并承担相应责任。"), "declaration")


def failed_gates_are_acknowledged(doing: Doing) -> Iterable[Reason]:
    """Whoever files in spite of a failed condition does so knowingly; a formal answer is their right."""
    facts = evaluation.draft_facts(doing.application)
    if facts is None or doing.form.get("insists"):
        return
    for gate in evaluation.evaluate_application(doing.application, facts).failed_gates:
        yield Reason("gate_failed", _("不符合申报条件：%(text)s") % {"text": rule_text(gate, "text")}, "insists")


def faults_of_points(points: Iterable[Mapping[str, Any]]) -> Iterable[Reason]:
    """A return lists every point with its remark; a remark without a place is no point."""
    if not points:
        yield Reason("points_needed", _("请至少列出一项需补正的内容，并写明补正意见。"), "points")
    for point in points:
        if not str(point.get("remark") or "").strip():
            yield Reason("remark_needed", _("%(code)s：请写明补正意见。") % {"code": point["code"]}, "points")


def points_are_named(doing: Doing) -> Iterable[Reason]:
    """The return names its points."""
    yield from faults_of_points(doing.form.get("points") or [])


def returns_are_left(doing: Doing) -> Iterable[Reason]:
    """A level returns by itself as often as the batch allows; beyond that only what a superior has allowed, once."""
    owner = level_of(doing.application)
    if further_returns.returns_left(doing.application, owner):
        return
    permission = further_returns.allowed(doing.application, owner)
    if permission is None:
        text = _("本级已退回补正 %(n)d 次。再次退回须写明理由，先经本机构负责人书面同意。")
        yield Reason("no_returns_left", text % {"n": further_returns.returns_made(doing.application, owner)})
    elif not further_returns.says(permission, doing.form.get("points") or [], str(doing.form.get("remark") or "")):
        yield Reason("not_as_allowed", _("再次退回只能按负责人同意的内容办理，不能增减或者改动。"), "points")


def correction_is_in_time(doing: Doing) -> Iterable[Reason]:
    """The last second of the due day counts; the clock's own act may come a little later."""
    clock = doing.case.deadlines.filter(kind="correction", state="running").first()
    if clock is not None and is_past(clock.due_at, doing.at):
        yield Reason("correction_late", _("补正期限已于%(at)s届满。") % {"at": f"{clock.due_at:%Y-%m-%d %H:%M}"})


def correction_is_answered(doing: Doing) -> Iterable[Reason]:
    """Something was handed in since the return: a newer workbook, or newer evidence of the kinds asked for."""
    request = reviews.open_correction(doing.application)
    if request is None:
        return
    for point in reviews.unanswered_points(request):
        yield Reason("point_open", _("尚未补正：%(remark)s") % {"remark": point.remark}, f"point-{point.pk}")


def gates_are_failed(doing: Doing) -> Iterable[Reason]:
    """Only a condition that the rules find failed makes an application ineligible."""
    found = evaluation.verified_evaluation(doing.application)
    if found is None or not found.failed_gates:
        yield Reason("no_failed_gate", _("按核定数据，没有不符合的申报条件。"))


def gates_are_passed(doing: Doing) -> Iterable[Reason]:
    """Every binding condition is decided and met."""
    found = evaluation.verified_evaluation(doing.application)
    if found is None:
        yield Reason("no_figures", _("没有可评价的数据。"))
        return
    for gate in found.failed_gates:
        yield Reason(
            "gate_failed", _("不符合申报条件：%(text)s") % {"text": rule_text(gate, "text")}, f"gate-{gate.code}"
        )
    for gate in found.undetermined_gates:
        yield Reason("gate_open", _("尚未核定：%(text)s") % {"text": rule_text(gate, "text")}, f"gate-{gate.code}")


def value_is_verifiable(doing: Doing) -> Iterable[Reason]:
    """A verified value names a reported figure, is a number, and has a reason."""
    facts = evaluation.reported_facts(doing.application)
    key = (doing.form.get("code"), doing.form.get("year"))
    fact = facts.figures.get(key) if facts else None  # type: ignore[arg-type]  # a wrong key is simply not found
    if fact is None or not isinstance(fact.value, Fraction):
        yield Reason("unknown_figure", _("没有这一项数值。"), "code")
    if not isinstance(doing.form.get("value"), Fraction):
        yield Reason("value_needed", _("请填写核定值（数字）。"), "value")
    if len(str(doing.form.get("reason") or "").strip()) < 2:
        yield Reason("text_needed", _("请填写核定理由。"), "reason")


def gate_is_answerable(doing: Doing) -> Iterable[Reason]:
    """An answer names a condition that no figure decides."""
    rules = rules_of(doing.batch)
    gate = next((gate for gate in rules.gates if gate.code == doing.form.get("gate")), None)
    if gate is None or not gate.is_answered:
        yield Reason("unknown_gate", _("该条件由数据判定，不能人工核定。"), "gate")
    if not isinstance(doing.form.get("is_met"), bool):
        yield Reason("answer_needed", _("请选择是否符合。"), "is_met")
    if len(str(doing.form.get("reason") or "").strip()) < 2:
        yield Reason("text_needed", _("请填写核定依据。"), "reason")


def seat_is(state: SeatState, text: object) -> Callable[[Doing], Iterable[Reason]]:
    """The expert's seat is in that state."""

    def guard(doing: Doing) -> Iterable[Reason]:
        if doing.seat is None or doing.seat.state != state:
            yield Reason("seat_state", str(text))

    return guard


def seat_is_sitting(doing: Doing) -> Iterable[Reason]:
    """The seat has neither stepped down nor handed in."""
    if doing.seat is None or doing.seat.state not in (SeatState.APPOINTED, SeatState.CLEARED):
        yield Reason("seat_state", _("您已提交评审或已回避。"))


def marks_are_complete(doing: Doing) -> Iterable[Reason]:
    """Every heading has points within its limits and steps, and a reason."""
    section = rules_of(doing.batch).expert_review
    assert section is not None
    marks = doing.form.get("marks") or {}
    for heading in section.headings:
        mark = marks.get(heading.code) or {}
        place = f"marks-{heading.code}"
        if (fault := _fault_of_points(mark.get("points"), heading.most.amount(), heading.step.amount())) is not None:
            values = {"name": rule_text(heading, "name"), "most": heading.most.amount(), "step": heading.step.amount()}
            yield Reason(fault, _("%(name)s：请填写 0 至 %(most)s 分，步长 %(step)s 分。") % values, place)
        if len(str(mark.get("reason") or "").strip()) < 2:
            yield Reason("text_needed", _("%(name)s：请写明评分理由。") % {"name": rule_text(heading, "name")}, place)


def _fault_of_points(text: object, most: Fraction, step: Fraction) -> str | None:
    try:
        points = Fraction(str(text))
    except (ValueError, ZeroDivisionError):
        return "points_needed"
    if not 0 <= points <= most:
        return "points_out_of_range"
    return None if (points / step).denominator == 1 else "points_off_step"


def no_open_objection(doing: Doing) -> Iterable[Reason]:
    """An objection holds back its own case."""
    for objection in notices.open_objections(doing.application):
        yield Reason("objection_open", _("异议 %(no)s 尚未办结。") % {"no": objection.number})


def notice_is_over(doing: Doing) -> Iterable[Reason]:
    """The working days of the public notice have run."""
    ends_at = last_moment(doing.application)
    if ends_at is None or not is_past(ends_at, doing.at):
        yield Reason("notice_running", _("公示期未满。"))


def notice_is_running(doing: Doing) -> Iterable[Reason]:
    """Objections are taken until the last second of the notice."""
    ends_at = last_moment(doing.application)
    if ends_at is None or is_past(ends_at, doing.at):
        yield Reason("notice_over", _("公示期已满，不再受理异议。"))


def objection_is_open(doing: Doing) -> Iterable[Reason]:
    """The objection to be answered belongs to this case and is not settled."""
    objection = doing.form.get("objection")
    if objection is None or objection not in notices.open_objections(doing.application):
        yield Reason("objection_settled", _("该异议不存在或已办结。"))


def correction_is_overdue(doing: Doing) -> Iterable[Reason]:
    """The clock ends a case only after the last second."""
    clock = doing.case.deadlines.filter(kind="correction", state="running").first()
    if clock is None or not is_past(clock.due_at, doing.at):
        yield Reason("not_due", _("补正期限未满。"))


def clock_has_run(kind: DeadlineKind) -> Callable[[Doing], Iterable[Reason]]:
    """A verb of the clock waits for the last second of its own clock."""

    def guard(doing: Doing) -> Iterable[Reason]:
        clock = doing.case.deadlines.filter(kind=kind, state=DeadlineState.RUNNING).first()
        if clock is None or not is_past(clock.due_at, doing.at):
            yield Reason("not_due", _("%(clock)s未满。") % {"clock": kind.label})

    return guard


def decision_says(outcome: str) -> Callable[[Doing], Iterable[Reason]]:
    """The verb carries out exactly what adopted minutes decided of this application, and what its figures allow."""

    def guard(doing: Doing) -> Iterable[Reason]:
        decision = doing.form.get("decision")
        fits = (
            decision is not None
            and decision.application_id == doing.application.pk
            and decision.outcome == outcome
            and decision.item.meeting.state == "adopted"
            and not doing.application.decisions.filter(pk__gt=decision.pk).exists()  # a later one counts alone
        )
        if not fits:
            yield Reason("no_decision", _("没有已签发纪要支持的决定。"))
        elif outcome == Choice.RECOGNISE:
            yield from faults_of_favour(doing.application)

    return guard
