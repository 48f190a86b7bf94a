"""The verb table of a proceeding over a title, first edition.

This is the answer to "what can happen to a title against or without its holder's will": read the lines whose `nodes`
hold the case's node.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind
from accreditation.enums import ProceedingState
from workflows import audiences, clock_acts, guards, proceeding_guards, proceeding_records, setting_aside, who
from workflows.deadlines import DEFENCE_DAYS, open_clocks
from workflows.doing import Clock, Doing, Verb, starting

DEFENCE = Clock(DeadlineKind.DEFENCE, DEFENCE_DAYS, fires="let_defence_pass")
HEARING = Clock(DeadlineKind.HEARING, 20)
ORDER_DAYS = 20  # 行政许可法第四十二条; of a request from the day on which it is made
ORDER = Clock(DeadlineKind.ORDER, ORDER_DAYS)
EFFECT = Clock(DeadlineKind.EFFECT, proceeding_records.days_to_effect, fires="take_effect", in_calendar_days=True)
SUSPENSION = Clock(
    DeadlineKind.SUSPENSION, proceeding_records.days_of_suspension, fires="end_suspension", in_calendar_days=True
)

REVOKING = "行政许可法第六十九条（参照）"
HEARING_OUT = "行政许可法第三十六条（参照）"
HEARING_RULES = "行政许可法第四十七条、第四十八条（参照）"
TIME_LIMIT = "行政许可法第四十二条（参照）"
NOT_COUNTED = "行政许可法第四十五条（参照）"
ABOVE = "国家企业技术中心认定管理办法等国家规定：撤销和调整由国家主管部门决定"
MEASURES = "企业技术中心管理办法关于撤销和变更的规定"
PAUSING = ("pause_order", "resume_order")  # the orderer's own; who pauses has not prepared the case


def _after_order(doing: Doing) -> Iterable[Clock]:
    """A later day of effect is waited for; a suspension with a last day runs to it."""
    if doing.state == ProceedingState.ORDERED:
        return [EFFECT]
    return [SUSPENSION] if proceeding_records.is_running(doing) else []


def _unless_it_runs(doing: Doing) -> Iterable[Clock]:
    """On a request of the holder the time to decide has run from its first day."""
    runs = any(clock.kind == ORDER.kind for clock in open_clocks(doing.case))
    return [] if runs else [ORDER]


_PAPERS = ("prepare", "hearing", "decide")
_LINES: tuple[Verb, ...] = (
    # --- one person prepares -----------------------------------------------------------------------------------
    Verb(
        "revise_proceeding", _("修改事由和事实"), who.PREPARER, ("prepare",), MEASURES,
        guards=(proceeding_guards.ground_fits, guards.needs_text("found_facts", _("查明的事实"), 10)),
        record=proceeding_records.revise,
    ),
    Verb(
        "add_document", _("加入文件"), who.PREPARER, _PAPERS, MEASURES,
        guards=(guards.needs_text("purpose", _("证明内容")),), record=proceeding_records.add_document,
    ),
    Verb(
        "drop_document", _("移除文件"), who.PREPARER, ("prepare",), MEASURES,
        guards=(proceeding_guards.document_is_on_file,), record=proceeding_records.drop_document,
    ),
    Verb(
        "record_notice", _("登记国家文件"), who.PREPARER, ("prepare", "decide"), ABOVE,
        guards=(proceeding_guards.title_is_national, proceeding_guards.document_is_named),
        record=proceeding_records.record_notice,
    ),
    Verb(
        "notify_holder", _("告知持有单位"), who.PREPARER, ("prepare",), HEARING_OUT, transition="notify",
        completes=True, guards=(proceeding_guards.holder_must_be_heard, proceeding_guards.title_allows_it),
        record=proceeding_records.notify, starts=starting(DEFENCE), tells=(audiences.applicants,),
    ),
    Verb(
        "submit_for_order", _("提请决定"), who.PREPARER, ("prepare",), TIME_LIMIT, transition="submit_for_order",
        completes=True,
        guards=(proceeding_guards.needs_no_defence, proceeding_guards.title_allows_it_or_was_asked_for),
        record=proceeding_records.submit_for_order, starts=starting(ORDER, chosen=_unless_it_runs),
        tells=(audiences.orderers,),
    ),
    # --- the holder takes its request back -----------------------------------------------------------------------
    Verb(
        "withdraw_request", _("撤回注销申请"), who.HOLDER, ("prepare", "decide"), MEASURES, transition="take_back",
        completes=True, guards=(proceeding_guards.holder_asked_for_it,), record=proceeding_records.withdraw_request,
        tells=(audiences.preparers, audiences.orderers),
    ),
    # --- the holder is heard -----------------------------------------------------------------------------------
    Verb(
        "add_own_document", _("提交文件"), who.HOLDER, ("defence",), HEARING_OUT,
        guards=(guards.needs_text("purpose", _("证明内容")),), record=proceeding_records.add_document,
    ),
    Verb(
        "defend", _("提交陈述申辩"), who.HOLDER, ("defence",), HEARING_OUT,
        guards=(guards.needs_text("statement", _("陈述申辩意见")),), record=proceeding_records.take_statement,
        tells=(audiences.preparers,),
    ),
    Verb(
        "ask_for_hearing", _("申请听证"), who.HOLDER, ("defence",), HEARING_RULES, transition="ask_for_hearing",
        completes=True, record=proceeding_records.ask_for_hearing, starts=starting(HEARING),
        tells=(audiences.preparers,),
    ),
    Verb(
        "waive_rest_of_defence", _("放弃听证和其余期限"), who.HOLDER, ("defence",), HEARING_RULES,
        transition="close_defence", completes=True, guards=(proceeding_guards.rest_is_given_up_in_words,),
        record=proceeding_records.waive_rest, starts=starting(ORDER), tells=(audiences.preparers, audiences.orderers),
    ),
    Verb(
        "let_defence_pass", _("陈述申辩期满"), who.CLOCK, ("defence",), HEARING_OUT, transition="close_defence",
        completes=True, guards=(guards.clock_has_run(DeadlineKind.DEFENCE),), record=proceeding_records.close_defence,
        starts=starting(ORDER), tells=(audiences.applicants, audiences.preparers, audiences.orderers), for_page=False,
    ),
    Verb(
        "call_hearing", _("发出听证通知"), who.PREPARER, ("hearing",), HEARING_RULES,
        guards=(
            proceeding_guards.hearing_day_is_announced_in_time, proceeding_guards.hearing_is_held_in_time,
            guards.needs_text("hearing_place", _("听证地点")),
        ),
        record=proceeding_records.call_hearing, tells=(audiences.applicants,),
    ),
    Verb(
        "hold_hearing", _("记录听证"), who.PREPARER, ("hearing",), HEARING_RULES, transition="hold_hearing",
        completes=True,
        guards=(
            proceeding_guards.by_a_second_person(_("听证主持人"), but_for=("call_hearing",)),
            proceeding_guards.hearing_day_has_come,
            guards.needs_text("hearing_record", _("听证笔录"), 10),
        ),
        record=proceeding_records.hold_hearing, starts=starting(ORDER),
        tells=(audiences.applicants, audiences.orderers),
    ),
    # --- another person orders ---------------------------------------------------------------------------------
    Verb(
        "make_order", _("作出处理决定"), who.ORDERER, ("decide",), REVOKING, transition="order", completes=True,
        guards=(
            proceeding_guards.by_a_second_person(_("决定人"), but_for=PAUSING),
            proceeding_guards.who_decides_has_decided, proceeding_guards.ground_still_stands,
            proceeding_guards.title_allows_it, proceeding_guards.order_number_is_free,
            proceeding_guards.days_of_order_fit, proceeding_guards.certificate_is_not_being_made,
            guards.needs_text("reasons", _("决定理由"), 10),
        ),
        record=proceeding_records.make_order, starts=starting(EFFECT, SUSPENSION, chosen=_after_order),
        tells=(audiences.applicants, audiences.preparers),
    ),
    Verb(
        "pause_order", _("中止决定期限"), who.ORDERER, ("decide",), NOT_COUNTED,
        guards=(
            clock_acts.ORDER.runs, clock_acts.ORDER.ground_is_named, guards.needs_text("remark", _("中止的说明"), 4),
        ),
        record=clock_acts.ORDER.pause, tells=(audiences.applicants, audiences.preparers), told_as="pause_clock",
    ),
    Verb(
        "resume_order", _("恢复决定期限"), who.ORDERER, ("decide",), NOT_COUNTED, guards=(clock_acts.ORDER.stands,),
        record=clock_acts.ORDER.resume, tells=(audiences.applicants, audiences.preparers), told_as="resume_clock",
    ),
    Verb(
        "drop_proceeding", _("终止处理"), who.PREPARER, ("prepare", "hearing"), MEASURES, transition="drop",
        completes=True,
        guards=(proceeding_guards.request_is_answered_by_two, guards.needs_text("reason", _("终止的理由"))),
        record=proceeding_records.drop,
        tells=(audiences.heard_holder,),
    ),
    Verb(
        "refuse_order", _("不作处理"), who.ORDERER, ("decide", "effect"), MEASURES, transition="drop", completes=True,
        guards=(
            proceeding_guards.by_a_second_person(_("决定人"), but_for=PAUSING),
            proceeding_guards.order_cannot_take_effect,
            guards.needs_text("reason", _("不作处理的理由")),
        ),
        record=proceeding_records.drop, tells=(audiences.heard_holder, audiences.preparers),
    ),
    # --- the day of effect, and the last day of a suspension -----------------------------------------------------
    Verb(
        "take_effect", _("决定生效"), who.CLOCK, ("effect",), REVOKING, transition="take_effect", completes=True,
        guards=(
            proceeding_guards.effect_day_has_come, proceeding_guards.order_may_be_carried_out,
            proceeding_guards.last_day_lies_ahead, proceeding_guards.title_allows_it,
            proceeding_guards.certificate_is_not_being_made,
        ),
        record=proceeding_records.carry_out, starts=starting(SUSPENSION, chosen=_after_order),
        tells=(audiences.applicants, audiences.preparers), for_page=False,
    ),
    Verb(
        "end_suspension", _("暂停期满"), who.CLOCK, ("suspension",), MEASURES, transition="end_suspension",
        completes=True, guards=(proceeding_guards.suspension_is_over,), record=proceeding_records.end_suspension,
        tells=(audiences.applicants, audiences.preparers), for_page=False,
    ),
    Verb(
        "reopen_request", _("撤销终止处理后恢复办理申请"), setting_aside.DECIDED, ("end",), setting_aside.BY_LAW,
        transition="reopen_request",
        guards=(
            setting_aside.act_is_set_aside, proceeding_guards.holder_asked_for_it,
            proceeding_guards.no_other_request_is_open, proceeding_guards.title_allows_it,
        ),
        record=setting_aside.reopen_request, starts=starting(ORDER),
        tells=(audiences.applicants, audiences.preparers, audiences.orderers), for_page=False, after_end=True,
    ),
)  # fmt: skip

TITLE_PROCEEDING_2026: dict[str, Verb] = {line.code: line for line in _LINES}
