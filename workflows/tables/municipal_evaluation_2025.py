"""The verb table of the evaluation of municipal titles, 2025: the municipal recognition's lines with changes.

The notice of 2025 names material, cycle and exemption. It names no expert panel: figures are verified by district and
office, the rules give score and band, the committee adopts the list of results or has it checked again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind
from accreditation.enums import ApplicationState, Choice
from workflows import audiences, guards, setting_aside, who
from workflows import evaluation_guards as own
from workflows import evaluation_records as records
from workflows.doing import Clock, Doing, Verb, starting
from workflows.silent_acceptance import ACCEPTANCE
from workflows.tables.municipal_recognition_2022 import CHECK, FIRST_REVIEW, MUNICIPAL_2022
from workflows.tables.notice_changes import PUBLICITY

RECTIFICATION = Clock(DeadlineKind.RECTIFICATION, "rectification_days", fires="miss_rectification")

MEASURES = "沪经信规范〔2022〕3号"
GUIDE = "沪经信技〔2022〕145号"
NOTICE = "2025年市级企业技术中心评价与调整通知"
WARNING = "企业技术中心管理办法关于警告和限期整改的规定（参照）"


def _same(code: str, **changes: object) -> Verb:
    """A line of the municipal recognition with what is different here."""
    return replace(MUNICIPAL_2022[code], **changes)  # type: ignore[arg-type]  # the fields of a line


def _after_result(doing: Doing) -> Iterable[Clock]:
    """A warning gives time for rectification."""
    return [RECTIFICATION] if doing.state == ApplicationState.UNDER_RECTIFICATION else []


_MATERIAL = (
    "upload_workbook", "send_workbook", "attach_evidence", "drop_evidence", "bind_evidence", "unbind_evidence",
)  # fmt: skip
_LINES: tuple[Verb, ...] = (
    # --- the holder reports and corrects -------------------------------------------------------------------------
    *(_same(code, ground=NOTICE) for code in _MATERIAL),
    Verb(
        "submit", _("提交评价材料"), who.HOLDER, ("prepare",), NOTICE, transition="submit", completes=True,
        guards=(
            guards.batch_takes_applications, own.title_is_held, guards.material_is_complete,
            guards.declaration_is_made,
        ),
        record=MUNICIPAL_2022["submit"].record, starts=starting(FIRST_REVIEW, ACCEPTANCE),
        tells=(audiences.applicants, audiences.district),
    ),
    _same("correct"),
    Verb(
        "withdraw", _("放弃草稿"), who.HOLDER, ("prepare",), NOTICE, transition="discard", completes=True,
        record=MUNICIPAL_2022["withdraw"].record, tells=(audiences.applicants,),
    ),
    _same("lapse", record=records.lapse),
    # --- the district ------------------------------------------------------------------------------------------
    _same("accept"),
    _same("let_acceptance_pass"),
    _same("answer_gate"),
    _same("verify_value"),
    _same("return_for_correction"),
    _same(
        "recommend", label=_("出具初审意见并上报"), ground=NOTICE,
        guards=(guards.needs_text("opinion", _("初审意见")),), told_as="report_evaluation",
    ),
    _same("pause_clock"),
    _same("resume_clock"),
    # --- the municipal office ----------------------------------------------------------------------------------
    Verb(
        "fix_result", _("确认评价得分和等次"), who.CHECKER, ("completeness_check",), GUIDE, transition="fix_result",
        completes=True, guards=(own.result_is_known, guards.needs_text("opinion", _("核查意见"))),
        record=records.fix_result, tells=(audiences.applicants,),
    ),
    # --- the committee -----------------------------------------------------------------------------------------
    Verb(
        "propose", _("同意评价结果"), who.COMMITTEE, ("overall_review",), MEASURES, transition="adopt_result",
        completes=True, guards=(guards.decision_says(Choice.RECOGNISE), own.result_stands, own.rules_name_the_time),
        record=records.adopt_result, tells=(audiences.publishers,), for_page=False, told_as="adopt_result",
    ),
    Verb(
        "refuse", _("退回核查"), who.COMMITTEE, ("overall_review",), MEASURES, transition="check_result_again",
        completes=True, guards=(guards.decision_says(Choice.REFUSE),), record=records.check_again,
        starts=starting(CHECK), tells=(audiences.office,), for_page=False, told_as="check_result_again",
    ),
    Verb(
        "postpone", _("暂缓审定"), who.COMMITTEE, ("overall_review",), MEASURES,
        guards=(guards.decision_says(Choice.POSTPONE),), record=records.postpone, tells=(audiences.office,),
        for_page=False, told_as="postpone_result",
    ),
    # --- notice, objections, announcement ------------------------------------------------------------------------
    _same("publish_notice", label=_("公示评价结果"), transition="publish_result", guards=()),
    _same("raise_objection"),
    _same("dismiss_objection"),
    *(_same(code) for code in ("ask_for_statement", "state_on_objection", "end_statement_time", "extend_notice")),
    *(_same(code) for code in ("propose_upholding", "decline_upholding", "withdraw_upholding")),
    Verb(
        "uphold_objection", _("异议成立，重新核查"), who.OBJECTION_OFFICER, ("notice_period",), PUBLICITY,
        transition="reopen_result", completes=True,
        guards=MUNICIPAL_2022["uphold_objection"].guards, record=records.uphold_objection, starts=starting(CHECK),
        tells=(audiences.applicants, audiences.district), told_as="reopen_result",
    ),
    _same("complete_notice"),
    Verb(
        "announce", _("公布评价结果"), who.PUBLISHER, ("announce",), MEASURES, transition="announce_result",
        completes=True, record=records.publish_result, starts=starting(RECTIFICATION, chosen=_after_result),
        tells=(audiences.applicants, audiences.district), for_page=False, told_as="announce_result",
    ),
    # --- rectification after a warning ---------------------------------------------------------------------------
    Verb(
        "report_rectification", _("报告整改情况"), who.HOLDER, ("rectification",), WARNING,
        transition="report_rectification", completes=True,
        guards=(guards.needs_text("report", _("整改情况"), 10),), record=records.report_rectification,
        tells=(audiences.applicants, audiences.office),
    ),
    Verb(
        "miss_rectification", _("逾期未报告整改"), who.CLOCK, ("rectification",), WARNING,
        transition="miss_rectification", completes=True, guards=(guards.clock_has_run(DeadlineKind.RECTIFICATION),),
        record=records.miss_rectification, tells=(audiences.applicants, audiences.office), for_page=False,
    ),
    Verb(
        "accept_rectification", _("整改合格"), who.CHECKER, ("check_rectification",), WARNING,
        transition="close_rectification", completes=True, guards=(guards.needs_text("remark", _("核查意见")),),
        record=records.accept_rectification, tells=(audiences.applicants,),
    ),
    Verb(
        "find_unrectified", _("整改不合格"), who.CHECKER, ("check_rectification",), WARNING,
        transition="close_rectification", completes=True, guards=(guards.needs_text("remark", _("核查意见")),),
        record=records.find_unrectified, tells=(audiences.applicants,),
    ),
    Verb(
        "set_result_aside", _("撤销评价处理后解除警告"), setting_aside.DECIDED,
        ("rectification", "check_rectification", "end"), setting_aside.BY_LAW, transition="set_result_aside",
        completes=True, guards=(setting_aside.act_is_set_aside,), record=setting_aside.lift_result,
        tells=(audiences.applicants, audiences.office), for_page=False, after_end=True,
    ),
)  # fmt: skip

EVALUATION_2025: dict[str, Verb] = {line.code: line for line in _LINES}
