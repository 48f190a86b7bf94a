"""The verb table of the municipal recognition, 2022: who may do what, where, under which conditions, with what effect.

This is the answer to "what can happen to an application now": read the lines whose `nodes` hold its node.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind
from accreditation.enums import Choice, LetterKind, Owner, SeatState
from workflows import (
    audiences,
    clock_acts,
    guards,
    material_guards,
    notice_extensions,
    objection_hearings,
    panel_guards,
    panel_records,
    recognition_guards,
    records,
    second_person,
    sheets_set_aside,
    upholding,
    who,
)
from workflows.doing import Clock, Doing, Verb, starting
from workflows.held_already import END_AS_HELD
from workflows.silent_acceptance import ACCEPTANCE, LET_ACCEPTANCE_PASS
from workflows.tables.notice_changes import PUBLICITY
from workflows.tables.reopening import GRANTING, HEARD, after_minutes

FIRST_REVIEW = Clock(DeadlineKind.FIRST_REVIEW, "first_review_days")
CORRECTION = Clock(DeadlineKind.CORRECTION, "correction_days", fires="lapse")
CHECK = Clock(DeadlineKind.COMPLETENESS_CHECK, "check_days")
EXPERTS = Clock(DeadlineKind.EXPERT_REVIEW, "expert_days")
NOTICE = Clock(DeadlineKind.NOTICE, "notice_days", fires="complete_notice")

MEASURES = "沪经信规范〔2022〕3号"
GUIDE = "沪经信技〔2022〕145号"
LICENSING = "行政许可法第三十二条（参照）"
NOT_COUNTED = "行政许可法第四十五条（参照）"
PLANNED = "本批次专家评审安排"
RECUSAL = "回避制度（行政程序通例）"


def _after_correction(doing: Doing) -> Iterable[Clock]:
    """The clock of whoever asked runs again from the start; what was not accepted yet counts as received anew."""
    if doing.application.returned_by == Owner.OFFICE:
        return [CHECK]
    return [FIRST_REVIEW, ACCEPTANCE] if doing.application.returned_before_acceptance else [FIRST_REVIEW]


_LINES: tuple[Verb, ...] = (
    # --- the applicant prepares, files, corrects, withdraws ------------------------------------------------------
    Verb(
        "upload_workbook", _("上传申报数据表"), who.APPLICANT, ("prepare", "correct"), GUIDE,
        guards=(material_guards.no_other_reading, material_guards.only_named_cells_change),
        record=records.keep_upload,
    ),
    Verb(
        "send_workbook", _("送交较长的数据表"), who.APPLICANT, ("prepare", "correct"), GUIDE,
        guards=(material_guards.no_other_reading,), record=records.keep_reading,
    ),
    Verb(
        "attach_evidence", _("上传证明材料"), who.APPLICANT, ("prepare", "correct"), GUIDE,
        guards=(material_guards.only_named_kinds_change,), record=records.keep_evidence,
    ),
    Verb(
        "drop_evidence", _("移除证明材料"), who.APPLICANT, ("prepare", "correct"), GUIDE,
        guards=(material_guards.only_named_kinds_change, material_guards.evidence_stands), record=records.drop_evidence,
    ),
    Verb(
        "bind_evidence", _("标注佐证"), who.APPLICANT, ("prepare", "correct"), GUIDE,
        guards=(
            material_guards.only_named_bindings_change, material_guards.evidence_stands,
            material_guards.binding_is_sound,
        ),
        record=records.bind_evidence,
    ),
    Verb(
        "unbind_evidence", _("取消佐证标注"), who.APPLICANT, ("prepare", "correct"), GUIDE,
        guards=(material_guards.only_named_bindings_change, material_guards.binding_stands),
        record=records.unbind_evidence,
    ),
    Verb(
        "submit", _("提交申报"), who.APPLICANT, ("prepare",), MEASURES, transition="submit", completes=True,
        guards=(
            guards.batch_takes_applications, guards.title_is_not_held, guards.holder_is_not_barred,
            guards.material_is_complete, guards.failed_gates_are_acknowledged, guards.declaration_is_made,
        ),
        record=records.file_application, starts=starting(FIRST_REVIEW, ACCEPTANCE),
        tells=(audiences.applicants, audiences.district),
    ),
    Verb(
        "correct", _("提交补正"), who.APPLICANT, ("correct",), LICENSING, transition="correct", completes=True,
        guards=(
            guards.correction_is_in_time, guards.material_is_complete, guards.correction_is_answered,
            guards.declaration_is_made,
        ),
        record=records.file_application, starts=starting(FIRST_REVIEW, ACCEPTANCE, CHECK, chosen=_after_correction),
        tells=(audiences.applicants, audiences.district),
    ),
    Verb(
        "withdraw", _("撤回申报"), who.APPLICANT, ("prepare", "first_review", "correct"), MEASURES,
        transition="withdraw", completes=True, record=records.withdraw,
        tells=(audiences.applicants, audiences.district),
    ),
    Verb(
        "lapse", _("逾期终止"), who.CLOCK, ("correct",), LICENSING, transition="lapse", completes=True,
        guards=(guards.correction_is_overdue,), record=records.lapse,
        tells=(audiences.applicants, audiences.district), for_page=False,
    ),
    # --- the district ------------------------------------------------------------------------------------------
    Verb(
        "accept", _("受理"), who.DISTRICT, ("first_review",), LICENSING, transition="accept", record=records.accept,
        tells=(audiences.applicants,),
    ),
    Verb(
        "decline", _("不予受理"), who.DISTRICT, ("first_review",), LICENSING, transition="decline", completes=True,
        guards=(guards.needs_text("reasons", _("不予受理的理由")),), record=records.decline,
        tells=(audiences.applicants, audiences.office),
    ),
    LET_ACCEPTANCE_PASS,
    Verb(
        "answer_gate", _("核定申报条件"), who.REVIEWER, ("first_review", "completeness_check"), MEASURES,
        guards=(guards.gate_is_answerable,), record=records.answer_gate,
    ),
    Verb(
        "verify_value", _("核定数据"), who.REVIEWER, ("first_review", "completeness_check"), GUIDE,
        guards=(guards.value_is_verifiable,), record=records.verify_value, tells=(audiences.applicants,),
    ),
    Verb(
        "return_for_correction", _("退回补正"), who.REVIEWER, ("first_review", "completeness_check"), LICENSING,
        transition="return_for_correction", completes=True, guards=(guards.points_are_named, guards.returns_are_left),
        record=records.return_for_correction, starts=starting(CORRECTION),
        tells=(audiences.applicants,),
    ),
    Verb(
        "find_ineligible", _("认定不符合条件"), who.REVIEWER, ("first_review", "completeness_check"), MEASURES,
        transition="find_ineligible", completes=True, guards=(guards.gates_are_failed,),
        record=records.find_ineligible, tells=(audiences.applicants, audiences.office),
    ),
    Verb(
        "recommend", _("通过并推荐"), who.DISTRICT, ("first_review",), MEASURES, transition="recommend",
        completes=True, guards=(guards.gates_are_passed, guards.needs_text("opinion", _("初审意见"))),
        record=records.first_review(True), starts=starting(CHECK),
        tells=(audiences.applicants, audiences.office),
    ),
    Verb(
        "not_recommend", _("不予推荐"), who.DISTRICT, ("first_review",), MEASURES, transition="not_recommend",
        completes=True, guards=(guards.needs_text("opinion", _("不予推荐的理由")),),
        record=records.first_review(False), tells=(audiences.applicants, audiences.office),
    ),
    Verb(
        "pause_clock", _("中止时限"), who.REVIEWER, ("first_review", "completeness_check"), NOT_COUNTED,
        guards=(
            clock_acts.REVIEW.runs, clock_acts.REVIEW.ground_is_named,
            guards.needs_text("remark", _("中止的说明"), 4),
        ),
        record=clock_acts.REVIEW.pause, tells=(audiences.applicants,),
    ),
    Verb(
        "resume_clock", _("恢复时限"), who.REVIEWER, ("first_review", "completeness_check"), NOT_COUNTED,
        guards=(clock_acts.REVIEW.stands,), record=clock_acts.REVIEW.resume, tells=(audiences.applicants,),
    ),
    # --- the municipal office ----------------------------------------------------------------------------------
    Verb(
        "pass_completeness_check", _("形式审查通过"), who.CHECKER, ("completeness_check",), GUIDE,
        transition="pass_completeness_check", completes=True, guards=(guards.gates_are_passed,),
        record=panel_records.pass_check, tells=(audiences.applicants,),
    ),
    Verb(
        "fix_seed", _("固定抽取种子"), who.APPOINTER, ("appoint_panel",), RECUSAL,
        guards=(panel_guards.seed_is_open,), record=panel_records.fix_seed,
    ),
    Verb(
        "draw_panel", _("抽取评审组"), who.APPOINTER, ("appoint_panel",), RECUSAL,
        guards=(panel_guards.draw_is_due,), record=panel_records.draw_panel,
    ),
    Verb(
        "appoint_panel", _("组成评审组"), who.APPOINTER, ("appoint_panel",), GUIDE, transition="appoint_panel",
        completes=True, guards=(panel_guards.panel_is_proper, panel_guards.appointment_follows_draw),
        record=panel_records.appoint_panel,
        starts=starting(EXPERTS), tells=(audiences.applicants,),
    ),
    Verb(
        "order_recusal", _("责令回避"), who.APPOINTER, ("expert_review",), RECUSAL,
        guards=(panel_guards.seat_may_be_vacated, guards.needs_text("tie", _("利害关系"))),
        record=panel_records.order_recusal,
    ),
    Verb(
        "replace_expert", _("递补专家"), who.APPOINTER, ("expert_review",), RECUSAL,
        guards=(panel_guards.successor_is_proper, panel_guards.successor_follows_draw),
        record=panel_records.replace_expert,
    ),
    Verb(
        "ask_sheet_aside", _("提请搁置评分表"), who.APPOINTER, ("expert_review",), RECUSAL,
        guards=(
            sheets_set_aside.sheet_is_sealed, sheets_set_aside.none_asked_yet, sheets_set_aside.reason_is_new,
            guards.needs_text("reason", _("搁置的理由"), 5),
        ),
        record=sheets_set_aside.ask, tells=(audiences.office,),
    ),
    Verb(
        "set_sheet_aside", _("同意搁置评分表"), who.APPOINTER, ("expert_review",), RECUSAL,
        guards=(
            sheets_set_aside.sheet_is_sealed, sheets_set_aside.was_asked_for,
            sheets_set_aside.another_than_who_asked_for_the_sheet,
        ),
        record=sheets_set_aside.set_aside,
    ),
    Verb(
        "decline_sheet_aside", _("不同意搁置评分表"), who.APPOINTER, ("expert_review",), RECUSAL,
        transition="submit_review", completes=records.marks_are_open,
        guards=(
            sheets_set_aside.sheet_is_sealed, sheets_set_aside.was_asked_for,
            sheets_set_aside.another_than_who_asked_for_the_sheet,
            guards.needs_text("reason", _("不同意的理由"), 5),
        ),
        record=sheets_set_aside.decline, tells=(audiences.office,),
    ),
    Verb(
        "withdraw_sheet_request", _("撤回搁置提请"), who.APPOINTER, ("expert_review",), RECUSAL,
        transition="submit_review", completes=records.marks_are_open,
        guards=(
            sheets_set_aside.sheet_is_sealed, sheets_set_aside.was_asked_for, sheets_set_aside.asked_for_the_sheet,
            guards.needs_text("reason", _("撤回的理由")),
        ),
        record=sheets_set_aside.take_back, tells=(audiences.office,),
    ),
    Verb(
        "pause_experts", _("中止评审时限"), who.APPOINTER, ("expert_review",), PLANNED,
        guards=(
            clock_acts.EXPERTS.runs, clock_acts.EXPERTS.ground_is_named,
            guards.needs_text("remark", _("中止的说明"), 4),
        ),
        record=clock_acts.EXPERTS.pause, tells=(audiences.applicants, audiences.experts), told_as="pause_clock",
    ),
    Verb(
        "resume_experts", _("恢复评审时限"), who.APPOINTER, ("expert_review",), PLANNED,
        guards=(clock_acts.EXPERTS.stands,), record=clock_acts.EXPERTS.resume,
        tells=(audiences.applicants, audiences.experts), told_as="resume_clock",
    ),
    # --- the experts -------------------------------------------------------------------------------------------
    Verb(
        "declare_no_tie", _("声明无利害关系"), who.SEAT_HOLDER, ("expert_review",), RECUSAL,
        guards=(guards.seat_is(SeatState.APPOINTED, _("您已作出声明。")), panel_guards.no_known_tie),
        record=records.declare_no_tie,
    ),
    Verb(
        "recuse", _("申请回避"), who.SEAT_HOLDER, ("expert_review",), RECUSAL,
        guards=(guards.seat_is_sitting, guards.needs_text("tie", _("利害关系"))), record=records.recuse,
        tells=(audiences.office,),
    ),
    Verb(
        "propose_value", _("建议核定值"), who.SEAT_HOLDER, ("expert_review",), GUIDE,
        guards=(guards.seat_is(SeatState.CLEARED, _("请先作出无利害关系声明。")), guards.value_is_verifiable),
        record=records.propose_value,
    ),
    Verb(
        "submit_review", _("提交评审"), who.SEAT_HOLDER, ("expert_review",), GUIDE, transition="submit_review",
        completes=records.seat_is_done,
        guards=(
            guards.seat_is(SeatState.CLEARED, _("请先作出无利害关系声明。")), guards.marks_are_complete,
            guards.needs_text("opinion", _("评审意见")), panel_guards.no_known_tie,
        ),
        record=records.hand_in_review,
        tells=(audiences.office,),
    ),
    # --- the committee -----------------------------------------------------------------------------------------
    Verb(
        "adopt_value", _("采纳核定值"), who.CHECKER, ("overall_review",), GUIDE,
        guards=(panel_guards.value_waits, second_person.another_than_who_proposed), record=records.adopt_value,
        tells=(audiences.applicants,),
    ),
    Verb(
        "propose", _("同意认定"), who.COMMITTEE, ("overall_review",), MEASURES, transition="propose", completes=True,
        guards=(guards.decision_says(Choice.RECOGNISE),), record=records.carry_out_decision(None),
        tells=(audiences.applicants, audiences.publishers), for_page=False,
    ),
    Verb(
        "refuse", _("不予认定"), who.COMMITTEE, ("overall_review",), MEASURES, transition="refuse", completes=True,
        guards=(guards.decision_says(Choice.REFUSE),), record=records.carry_out_decision(LetterKind.REFUSAL),
        tells=(audiences.applicants, audiences.district), for_page=False,
    ),
    Verb(
        "postpone", _("暂缓认定"), who.COMMITTEE, ("overall_review",), MEASURES, transition="postpone", completes=True,
        guards=(guards.decision_says(Choice.POSTPONE),), record=records.carry_out_decision(LetterKind.POSTPONEMENT),
        tells=(audiences.applicants, audiences.district), for_page=False,
    ),
    Verb(
        "table_again", _("重新提请审议"), who.SECRETARY, ("table_again",), MEASURES, transition="table_again",
        completes=True, guards=(guards.needs_text("reason", _("重新提请审议的理由")),), record=records.table_again,
        tells=(audiences.applicants,),
    ),
    # --- notice, objections, announcement, certificate -----------------------------------------------------------
    Verb(
        "publish_notice", _("公示"), who.PUBLISHER, ("publish_notice",), PUBLICITY, transition="publish_notice",
        completes=True, guards=GRANTING, record=records.enter_notice, starts=starting(NOTICE),
        tells=(audiences.applicants, audiences.district), for_page=False,
    ),
    Verb(
        "raise_objection", _("提出异议"), who.PUBLIC, ("notice_period",), PUBLICITY,
        guards=(
            guards.notice_is_running, guards.needs_text("objector", _("异议人姓名或名称")),
            guards.needs_text("contact", _("联系方式")), guards.needs_text("text", _("异议事实和理由"), 10),
        ),
        record=records.keep_objection, tells=(audiences.office,), for_page=False,
    ),
    Verb(
        "dismiss_objection", _("异议不成立"), who.OBJECTION_OFFICER, ("notice_period",), PUBLICITY,
        transition="dismiss_objection", completes=lambda doing: bool(doing.arguments["is_over"]),
        guards=(
            guards.objection_is_open, upholding.did_not_check_the_case, upholding.none_proposed_yet,
            guards.needs_text("reasons", _("处理理由")), objection_hearings.reasons_name_nobody,
        ),
        record=notice_extensions.dismiss, tells=(audiences.applicants,),
    ),
    Verb(
        "ask_for_statement", _("请申报单位陈述"), who.OBJECTION_OFFICER, ("notice_period",), HEARD,
        guards=(
            guards.objection_is_open, objection_hearings.not_asked_before, objection_hearings.facts_name_nobody,
            guards.needs_text("facts", _("所涉事实"), 10),
        ),
        record=objection_hearings.ask, tells=(audiences.applicants,),
    ),
    Verb(
        "state_on_objection", _("就异议提交陈述"), who.APPLICANT, ("notice_period",), HEARD,
        guards=(objection_hearings.statement_is_awaited, guards.needs_text("text", _("陈述意见"))),
        record=objection_hearings.state, tells=(audiences.office,), for_page=False,
    ),
    Verb(
        "end_statement_time", _("异议陈述期满"), who.CLOCK, ("notice_period",), HEARD,
        guards=(objection_hearings.statement_time_has_run,), record=objection_hearings.end_time,
        tells=(audiences.office,), for_page=False,
    ),
    Verb(
        "extend_notice", _("延长公示"), who.OBJECTION_OFFICER, ("notice_period",), PUBLICITY,
        guards=(notice_extensions.objection_is_of_case, notice_extensions.days_reach_beyond_today,
                guards.needs_text("reason", _("延长的理由"), 5)),
        record=notice_extensions.extend_by_name, tells=(audiences.applicants,),
    ),
    Verb(
        "propose_upholding", _("提请认定异议成立"), who.OBJECTION_OFFICER, ("notice_period",), PUBLICITY,
        guards=(
            guards.objection_is_open, upholding.did_not_check_the_case, upholding.none_proposed_yet,
            objection_hearings.applicant_is_heard, guards.needs_text("reasons", _("处理理由")),
            objection_hearings.reasons_name_nobody, upholding.reasons_are_new,
        ),
        record=upholding.propose, tells=(audiences.objection_officers,),
    ),
    Verb(
        "uphold_objection", _("异议成立"), who.OBJECTION_OFFICER, ("notice_period",), PUBLICITY,
        transition="uphold_objection", completes=True,
        guards=(
            guards.objection_is_open, upholding.was_proposed, upholding.another_than_who_proposed_upholding,
            upholding.did_not_check_the_case, objection_hearings.applicant_is_heard,
        ),
        record=records.settle_objection(is_upheld=True), tells=(audiences.applicants, audiences.district),
    ),
    Verb(
        "decline_upholding", _("不同意认定异议成立"), who.OBJECTION_OFFICER, ("notice_period",), PUBLICITY,
        guards=(
            guards.objection_is_open, upholding.was_proposed, upholding.another_than_who_proposed_upholding,
            upholding.did_not_check_the_case, guards.needs_text("reason", _("不同意的理由"), 5),
            objection_hearings.reason_names_nobody,
        ),
        record=upholding.decline, tells=(audiences.objection_officers,),
    ),
    Verb(
        "withdraw_upholding", _("撤回认定异议成立的提请"), who.OBJECTION_OFFICER, ("notice_period",), PUBLICITY,
        guards=(
            guards.objection_is_open, upholding.was_proposed, upholding.proposed_upholding,
            guards.needs_text("reason", _("撤回的理由")), objection_hearings.reason_names_nobody,
        ),
        record=upholding.take_back, tells=(audiences.objection_officers,),
    ),
    Verb(
        "complete_notice", _("公示期满"), who.CLOCK, ("notice_period",), PUBLICITY, transition="complete_notice",
        completes=True, guards=(guards.notice_is_over, guards.no_open_objection, recognition_guards.no_waiver_stands),
        tells=(audiences.publishers,), for_page=False,
    ),
    Verb(
        "announce", _("公布认定"), who.PUBLISHER, ("announce",), MEASURES, transition="announce", completes=True,
        guards=GRANTING, record=records.grant, tells=(audiences.applicants, audiences.district),
        for_page=False,
    ),
    END_AS_HELD,
    *after_minutes(NOTICE),
    Verb(
        "certify", _("制发证书"), who.CLOCK, ("certify",), "电子签名法第十三条、第十四条", completes=True,
        record=records.note_certificate, tells=(audiences.applicants,), closes_case=True, for_page=False,
    ),
)  # fmt: skip

MUNICIPAL_2022: dict[str, Verb] = {line.code: line for line in _LINES}
