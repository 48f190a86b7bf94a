"""The verb table of administrative reconsideration, after the law of 2023 in force since 2024-01-01.

Articles are remembered (accreditation.reconsideration_words says which and how surely).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind
from accreditation.reconsideration_words import (
    DAYS_TO_ANSWER,
    DAYS_TO_DECIDE,
    DAYS_TO_EXAMINE,
    DAYS_TO_SUPPLEMENT,
    LEAST_TEXT,
)
from workflows import audiences, clock_acts, guards, proceeding_records, staying, who
from workflows import reconsideration_guards as conditions
from workflows import reconsideration_records as records
from workflows.doing import Clock, Guard, Verb, starting
from workflows.reconsideration_who import DECIDER, RECONSIDERER, RESPONDENT, deciders, reconsiderers, respondents
from workflows.reissues_reopened import reissue_can_be_reopened

ANSWER = Clock(DeadlineKind.RECONSIDERATION_ANSWER, DAYS_TO_ANSWER, fires="let_answer_pass")
DECISION = Clock(DeadlineKind.RECONSIDERATION, DAYS_TO_DECIDE, in_calendar_days=True, since=conditions.since_acceptance)
EXAMINATION = Clock(DeadlineKind.RECONSIDERATION_EXAMINATION, DAYS_TO_EXAMINE, fires="let_examination_pass")
SUPPLEMENT = Clock(DeadlineKind.RECONSIDERATION_SUPPLEMENT, DAYS_TO_SUPPLEMENT, fires="let_supplement_pass")
FILING = "行政复议法第二十条、第二十二条"
EXAMINING = "行政复议法第二十一条、第三十条"
SUPPLEMENTING = "行政复议法第三十一条"
ANSWERING = "行政复议法第四十八条"
SUSPENDING = "行政复议法第三十九条"
STAYING = "行政复议法第四十二条"
TIME = "行政复议法第六十二条"
DECIDING = "行政复议法第六十一条至第六十八条"
ENDING = "行政复议法第四十一条、第七十三条、第七十四条"


def _reason(label: object) -> Guard:
    return guards.needs_text("reason", label, 5)


_LINES: tuple[Verb, ...] = (
    # --- the enterprise ------------------------------------------------------------------------------------------
    Verb(
        "add_own_document", _("提交文件"), who.HOLDER,
        ("acceptance", "supplement", "answer", "reconsider"), FILING,
        guards=(guards.needs_text("purpose", _("证明内容")),), record=proceeding_records.add_document,
    ),
    Verb(
        "withdraw_reconsideration", _("撤回复议申请"), who.HOLDER,
        ("acceptance", "supplement", "answer", "reconsider"), ENDING,
        transition="withdraw", completes=True, guards=(staying.stay_can_end, _reason(_("撤回或和解的说明"))),
        record=records.withdraw,
        tells=(audiences.applicants, reconsiderers, respondents),
    ),
    Verb(
        "supplement_reconsideration", _("补正复议申请"), who.HOLDER, ("supplement",), SUPPLEMENTING,
        transition="supplement", completes=True,
        guards=(
            conditions.supplement_is_in_time, guards.needs_text("claim", _("复议请求"), LEAST_TEXT),
            guards.needs_text("reasons", _("事实和理由"), LEAST_TEXT), conditions.something_is_supplemented,
        ),
        record=records.supplement, starts=starting(EXAMINATION), tells=(reconsiderers,),
    ),
    # --- one person examines -------------------------------------------------------------------------------------
    Verb(
        "accept_reconsideration", _("受理复议申请"), RECONSIDERER, ("acceptance",), EXAMINING, transition="accept",
        completes=True, guards=(conditions.act_is_not_too_old, conditions.established_day_fits), record=records.accept,
        starts=starting(ANSWER, DECISION), tells=(audiences.applicants, respondents),
    ),
    Verb(
        "decline_reconsideration", _("不予受理复议申请"), RECONSIDERER, ("acceptance",), EXAMINING,
        transition="decline", completes=True,
        guards=(
            conditions.examination_is_not_over, conditions.decline_ground_fits, conditions.established_day_fits,
            conditions.day_is_established_for_time, _reason(_("不予受理的理由")),
        ),
        record=records.decline, tells=(audiences.applicants,),
    ),
    Verb(
        "ask_for_supplement", _("要求补正复议申请"), RECONSIDERER, ("acceptance",), SUPPLEMENTING,
        transition="ask_for_supplement", completes=True,
        guards=(
            conditions.examination_is_not_over, conditions.supplement_is_not_asked_yet,
            guards.needs_text("lacking", _("须补正的事项"), 5),
        ),
        record=records.ask_for_supplement, starts=starting(SUPPLEMENT), tells=(audiences.applicants,),
    ),
    Verb(
        "prolong_supplement", _("延长补正期限"), RECONSIDERER, ("supplement",), SUPPLEMENTING,
        guards=(
            conditions.supplement_is_in_time, conditions.supplement_can_be_prolonged, _reason(_("延长的理由")),
        ),
        record=records.prolong_supplement, tells=(audiences.applicants,),
    ),
    Verb(
        "let_examination_pass", _("审查期满，视为受理"), who.CLOCK, ("acceptance",), EXAMINING, transition="accept",
        completes=True, guards=(guards.clock_has_run(DeadlineKind.RECONSIDERATION_EXAMINATION),),
        record=records.accept, starts=starting(ANSWER, DECISION),
        tells=(audiences.applicants, reconsiderers, respondents), for_page=False,
    ),
    Verb(
        "let_supplement_pass", _("补正期满，视为放弃"), who.CLOCK, ("supplement",), SUPPLEMENTING,
        transition="give_up", completes=True,
        guards=(guards.clock_has_run(DeadlineKind.RECONSIDERATION_SUPPLEMENT),), record=records.give_up,
        tells=(audiences.applicants, reconsiderers), for_page=False,
    ),
    # --- the body concerned answers ------------------------------------------------------------------------------
    Verb(
        "add_document", _("提交证据和依据"), RESPONDENT, ("answer",), ANSWERING,
        guards=(guards.needs_text("purpose", _("证明内容")),), record=proceeding_records.add_document,
    ),
    Verb(
        "answer_challenge", _("提交书面答复"), RESPONDENT, ("answer",), ANSWERING, transition="close_answer",
        completes=True, guards=(guards.needs_text("answer", _("书面答复"), 10),), record=records.answer,
        tells=(audiences.applicants, reconsiderers),
    ),
    Verb(
        "let_answer_pass", _("被申请人答复期满"), who.CLOCK, ("answer",), ANSWERING, transition="close_answer",
        completes=True, guards=(guards.clock_has_run(DeadlineKind.RECONSIDERATION_ANSWER),),
        tells=(audiences.applicants, reconsiderers, respondents), for_page=False,
    ),
    # --- it is looked into ---------------------------------------------------------------------------------------
    Verb(
        "stay_execution", _("决定停止执行"), RECONSIDERER, ("answer", "reconsider"), STAYING,
        guards=(conditions.is_not_stayed, staying.title_can_stand_again, _reason(_("停止执行的理由"))),
        record=records.stay,
        tells=(audiences.applicants, respondents),
    ),
    Verb(
        "prolong_reconsideration", _("延长复议期限"), RECONSIDERER, ("reconsider",), TIME,
        guards=(
            clock_acts.RECONSIDERATION.is_over, conditions.days_are_within_the_law, _reason(_("延长的理由")),
        ),
        record=records.prolong, tells=(audiences.applicants, respondents),
    ),
    Verb(
        "suspend_reconsideration", _("中止复议"), RECONSIDERER, ("answer", "reconsider"), SUSPENDING,
        guards=(
            clock_acts.RECONSIDERATION.runs, clock_acts.RECONSIDERATION.ground_is_named,
            guards.needs_text("remark", _("中止的说明"), 4),
        ),
        record=clock_acts.RECONSIDERATION.pause, tells=(audiences.applicants, respondents, reconsiderers),
    ),
    Verb(
        "resume_reconsideration", _("恢复复议"), RECONSIDERER, ("answer", "reconsider"), SUSPENDING,
        guards=(clock_acts.RECONSIDERATION.stands,), record=clock_acts.RECONSIDERATION.resume,
        tells=(audiences.applicants, respondents, reconsiderers),
    ),
    Verb(
        "propose_decision", _("拟定复议决定"), RECONSIDERER, ("reconsider",), DECIDING, transition="propose",
        completes=True,
        guards=(clock_acts.RECONSIDERATION.is_over, conditions.outcome_fits, _reason(_("拟定决定的理由"))),
        record=records.propose, tells=(deciders,),
    ),
    # --- a second person decides ---------------------------------------------------------------------------------
    Verb(
        "send_back_proposal", _("退回重新审理"), DECIDER, ("settle",), DECIDING, transition="send_back", completes=True,
        guards=(conditions.by_another_than_the_preparer, _reason(_("退回的理由"))), record=records.send_back,
        tells=(reconsiderers,),
    ),
    Verb(
        "decide_reconsideration", _("作出复议决定"), DECIDER, ("settle",), DECIDING, transition="decide",
        completes=True,
        guards=(
            conditions.by_another_than_the_preparer, conditions.outcome_fits, conditions.title_can_come_back,
            staying.stay_can_end, reissue_can_be_reopened, conditions.decision_is_dated,
            guards.needs_text("reasons", _("决定理由"), 10),
        ),
        record=records.decide, tells=(audiences.applicants, reconsiderers, respondents),
    ),
)  # fmt: skip

RECONSIDERATION_2024: dict[str, Verb] = {line.code: line for line in _LINES}
