"""The verb table of the recommendation for a national centre, 2016. Lines that are the municipal ones are taken over.

This is the answer to "what can happen to an application now": read the lines whose `nodes` hold its node.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind
from accreditation.enums import Choice
from workflows import audiences, guards, reopening, who
from workflows import recommendation_guards as own
from workflows import recommendation_records as records
from workflows.doing import Clock, Verb, starting
from workflows.tables.calling_up import calling_up
from workflows.tables.municipal_recognition_2022 import CHECK, MUNICIPAL_2022
from workflows.tables.reopening import BEFORE_LETTER, BEFORE_SENDING, giving_up, reopening_lines

CONSULTATION = Clock(DeadlineKind.CONSULTATION, "consultation_days")

ORDER = "国家发展改革委等五部门2016年第34号令"
GUIDE = "发改办高技〔2016〕937号"
NOTICE = "国家年度（批次）通知"
MEETING = "评审委员会议事规则"

_AT_CHECK = ("completeness_check", "consultation")
_BEFORE_RANKING = ("prepare", "correct", *_AT_CHECK, "ranking")

_BY_TWO = (own.notice_from_above_is_given, own.by_a_second_person_from_the_list)


def _material() -> Iterator[Verb]:
    """Workbook, evidence and bindings, as in the municipal recognition, under the national guide."""
    codes = (
        "upload_workbook", "send_workbook", "attach_evidence", "drop_evidence", "bind_evidence", "unbind_evidence",
    )  # fmt: skip
    for code in codes:
        yield replace(MUNICIPAL_2022[code], ground=GUIDE)


def _taken_over(code: str, **changes: object) -> Verb:
    """A line of the municipal table with what is different here."""
    return replace(MUNICIPAL_2022[code], **changes)  # type: ignore[arg-type]  # the fields of a line


_LINES: tuple[Verb, ...] = (
    # --- the applicant prepares, files, corrects, withdraws ------------------------------------------------------
    *_material(),
    Verb(
        "name_parent", _("注明母公司资格"), who.APPLICANT, ("prepare", "correct"), ORDER,
        guards=(own.parent_fits,), record=records.name_parent,
    ),
    _taken_over(
        "submit", ground=GUIDE, transition="file_with_office", starts=starting(CHECK),
        guards=(*MUNICIPAL_2022["submit"].guards, own.parent_is_named),
        tells=(audiences.applicants, audiences.office), told_as="file_with_office",
    ),
    _taken_over(
        "correct", transition="correct_with_office", starts=starting(CHECK),
        guards=(*MUNICIPAL_2022["correct"].guards, own.parent_is_named),
        tells=(audiences.applicants, audiences.office),
    ),
    _taken_over(
        "withdraw", ground=GUIDE, nodes=_BEFORE_RANKING, transition="withdraw_before_ranking",
        tells=(audiences.applicants, audiences.office),
    ),
    _taken_over("lapse", tells=(audiences.applicants, audiences.office)),
    # --- the municipal office checks, asks the departments, scores -----------------------------------------------
    _taken_over("answer_gate", who=who.CHECKER, nodes=_AT_CHECK, ground=ORDER),
    _taken_over("verify_value", who=who.CHECKER, nodes=_AT_CHECK, ground=GUIDE),
    _taken_over("return_for_correction", who=who.CHECKER, nodes=("completeness_check",)),
    _taken_over(
        "find_ineligible", who=who.CHECKER, nodes=_AT_CHECK, ground=ORDER, guards=(own.conditions_are_failed,),
        tells=(audiences.applicants,),
    ),
    Verb(
        "ask_departments", _("提请部门会商"), who.CHECKER, ("completeness_check",), GUIDE,
        transition="ask_departments", completes=True, guards=(own.departments_are_named,),
        record=records.ask_departments, starts=starting(CONSULTATION), tells=(audiences.applicants,),
    ),
    Verb(
        "record_answer", _("登记部门意见"), who.CHECKER, ("consultation",), GUIDE,
        guards=(own.answer_is_complete,), record=records.record_answer,
    ),
    Verb(
        "adopt_initial_score", _("确认初评得分"), who.CHECKER, ("consultation",), NOTICE,
        transition="adopt_initial_score", completes=True,
        guards=(
            own.consultation_is_over, own.objections_are_answered, own.conditions_are_passed, own.score_reaches_limit,
            guards.needs_text("opinion", _("初评意见")),
        ),
        record=records.adopt_initial_score, tells=(audiences.applicants,),
    ),
    Verb(
        "not_recommend_below_limit", _("初评不足，不予推荐"), who.CHECKER, ("consultation",), NOTICE,
        transition="not_recommend", completes=True,
        guards=(
            own.consultation_is_over, own.conditions_are_passed, own.score_is_below_limit,
            guards.needs_text("opinion", _("不予推荐的理由")),
        ),
        record=records.not_recommend_below_limit, tells=(audiences.applicants,),
    ),
    # --- ranking and committee ---------------------------------------------------------------------------------
    Verb(
        "enter_ranking", _("列入排序并提请审议"), who.SECRETARY, ("ranking",), NOTICE, transition="enter_ranking",
        completes=True, guards=(own.ranking_is_given,), record=records.enter_ranking, tells=(audiences.applicants,),
        for_page=False,
    ),
    Verb(
        "propose", _("同意推荐"), who.COMMITTEE, ("overall_review",), NOTICE, transition="approve_recommendation",
        completes=True, guards=(guards.decision_says(Choice.RECOGNISE),), record=records.approve,
        tells=(audiences.applicants, audiences.publishers), for_page=False, told_as="approve_recommendation",
    ),
    Verb(
        "refuse", _("不予推荐"), who.COMMITTEE, ("overall_review",), MEETING, transition="refuse_recommendation",
        completes=True, guards=(guards.decision_says(Choice.REFUSE),), record=records.refuse,
        tells=(audiences.applicants,), for_page=False, told_as="refuse_recommendation",
    ),
    Verb(
        "postpone", _("暂缓推荐"), who.COMMITTEE, ("overall_review",), MEETING, transition="postpone", completes=True,
        guards=(guards.decision_says(Choice.POSTPONE),), record=records.postpone, tells=(audiences.applicants,),
        for_page=False, told_as="postpone_recommendation",
    ),
    _taken_over("table_again", ground=MEETING),
    calling_up("call_up_to_be_recommended", NOTICE),
    # --- the letter upward, and what came back -------------------------------------------------------------------
    Verb(
        "recommend_upward", _("行文推荐"), who.PUBLISHER, ("recommend",), NOTICE, transition="recommend_upward",
        completes=True, guards=(own.recommendation_is_given, reopening.none_waits), record=records.recommend_upward,
        tells=(audiences.applicants,), for_page=False,
    ),
    *reopening_lines(BEFORE_LETTER, who.OBJECTION_OFFICER, audiences.objection_officers),
    giving_up(BEFORE_SENDING, audiences.publishers, audiences.office),
    Verb(
        "recognise_above", _("登记国家认定"), who.CHECKER, ("national_review",), ORDER, transition="recognise_above",
        completes=True, guards=(*_BY_TWO, guards.title_can_be_granted),
        record=records.recognise_above, tells=(audiences.applicants, audiences.district), for_page=False,
    ),
    Verb(
        "pass_over_above", _("登记国家未予认定"), who.CHECKER, ("national_review",), ORDER,
        transition="pass_over_above", completes=True, guards=_BY_TWO,
        record=records.pass_over_above, tells=(audiences.applicants, audiences.district), for_page=False,
    ),
    _taken_over("end_as_held", who=who.CHECKER, nodes=("national_review",)),
    # --- the list was misread: what was confirmed wrongly is put right, by two people as well -----------------------
    Verb(
        "correct_to_recognised", _("更正为国家认定"), who.CHECKER, ("end",), ORDER,
        transition="correct_to_recognised", guards=(*_BY_TWO, own.title_stands_alone),
        record=records.correct_to_recognised, tells=(audiences.applicants, audiences.district), for_page=False,
        after_end=True,
    ),
    Verb(
        "correct_to_passed_over", _("更正为国家未予认定"), who.CHECKER, ("end",), ORDER,
        transition="correct_to_passed_over", guards=_BY_TWO, record=records.correct_to_passed_over,
        tells=(audiences.applicants, audiences.district), for_page=False, after_end=True,
    ),
)  # fmt: skip

NATIONAL_2016: dict[str, Verb] = {line.code: line for line in _LINES}
