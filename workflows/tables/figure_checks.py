"""The verbs of the verification of figures by a third party: a record beside the check for completeness, no step.

No node waits for it: the flow of a published edition stays as it is, cases under way included, and a case whose batch
asks for no verification never hears of it. A guard on the ways out of the check holds back the case it is asked of.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind
from workflows import audiences, guards, who
from workflows import figure_check_guards as checking
from workflows import figure_check_records as records
from workflows.doing import Verb, starting

PLAN = "本批次第三方数据核查安排"
DEFENCE = "行政许可法第三十六条（参照）"
BESIDE = ("completeness_check", "consultation")

FIGURE_CHECKS: tuple[Verb, ...] = (
    Verb(
        "commission_figure_check", _("委托第三方数据核查"), who.CHECKER, BESIDE, PLAN,
        guards=(checking.check_may_begin,), record=records.commission,
        starts=starting(DeadlineKind.FIGURE_CHECK, chosen=records.check_clock),
        tells=(records.verifiers, audiences.applicants), for_page=False,
    ),
    Verb(
        "call_off_figure_check", _("终止核查委托"), who.CHECKER, BESIDE, PLAN,
        guards=(checking.check_is_at_work, guards.needs_text("reason", _("终止委托的理由"))),
        record=records.call_off, tells=(records.verifiers, audiences.applicants), for_page=False,
    ),
    Verb(
        "declare_no_figure_tie", _("声明无利害关系（数据核查）"), who.VERIFIER, BESIDE, PLAN,
        guards=(checking.check_awaits_declaration, checking.no_tie_is_known), record=records.declare_no_tie,
        for_page=False,
    ),
    Verb(
        "refuse_figure_check", _("申请回避（数据核查）"), who.VERIFIER, BESIDE, PLAN,
        guards=(checking.check_is_at_work, guards.needs_text("tie", _("利害关系"))), record=records.refuse,
        tells=(audiences.office,), for_page=False,
    ),
    Verb(
        "record_figures", _("登记核查结果"), who.VERIFIER, BESIDE, PLAN,
        guards=(checking.check_is_own, checking.findings_are_sound), record=records.record, for_page=False,
    ),
    Verb(
        "hand_in_figure_check", _("提交数据核查报告"), who.VERIFIER, BESIDE, PLAN,
        guards=(
            checking.check_is_own, checking.no_tie_is_known, checking.report_is_complete,
            guards.needs_text("conclusion", _("核查结论")),
        ),
        record=records.hand_in,
        starts=starting(DeadlineKind.FIGURE_ANSWER, chosen=records.answer_clock),
        tells=(audiences.office, audiences.applicants),
        for_page=False,
    ),
    Verb(
        "answer_figure", _("说明数据差异"), who.APPLICANT, BESIDE, DEFENCE,
        guards=(checking.answer_is_in_time, guards.needs_text("text", _("说明"))), record=records.answer,
        tells=(audiences.office,), for_page=False,
    ),
    Verb(
        "end_figure_answers", _("数据差异说明期满"), who.CLOCK, BESIDE, DEFENCE,
        guards=(guards.clock_has_run(DeadlineKind.FIGURE_ANSWER),), record=records.end_answers,
        tells=(audiences.office,), for_page=False,
    ),
    Verb(
        "decide_figure", _("处理数据差异"), who.CHECKER, BESIDE, PLAN,
        guards=(checking.difference_may_be_decided, guards.needs_text("reason", _("处理理由"))),
        record=records.decide, tells=(audiences.applicants,), for_page=False,
    ),
)  # fmt: skip
