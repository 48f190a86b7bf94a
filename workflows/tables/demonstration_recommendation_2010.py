"""The verb table of the recommendation for a demonstration enterprise, 2010: the national centre's lines with changes.

The national text asks no other department since 2019 and sets no least score: the office checks, scores and ranks.
"""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from workflows import audiences, guards, who
from workflows import recommendation_guards as own
from workflows import recommendation_records as records
from workflows.doing import Verb, starting
from workflows.tables.municipal_recognition_2022 import CHECK, MUNICIPAL_2022
from workflows.tables.national_recommendation_2016 import NATIONAL_2016
from workflows.tables.reopening import BEFORE_LETTER, BEFORE_SENDING, giving_up, reopening_lines

MEASURES = "工信部联科〔2010〕540号"
_AT_CHECK = ("completeness_check",)


def _national(code: str, **changes: object) -> Verb:
    """A line of the national centre's table with what is different here."""
    return replace(NATIONAL_2016[code], **changes)  # type: ignore[arg-type]  # the fields of a line


_MATERIAL = (
    "upload_workbook", "send_workbook", "attach_evidence", "drop_evidence", "bind_evidence", "unbind_evidence",
)  # fmt: skip
_LINES: tuple[Verb, ...] = (
    # --- the applicant prepares, files, corrects, withdraws ------------------------------------------------------
    *(_national(code, ground=MEASURES) for code in _MATERIAL),
    _national(
        "submit", ground=MEASURES, guards=MUNICIPAL_2022["submit"].guards, starts=starting(CHECK),
    ),
    _national("correct", guards=MUNICIPAL_2022["correct"].guards),
    _national("withdraw", ground=MEASURES, nodes=("prepare", "correct", *_AT_CHECK, "ranking")),
    _national("lapse"),
    # --- the municipal office checks and scores ------------------------------------------------------------------
    _national("answer_gate", ground=MEASURES, nodes=_AT_CHECK),
    _national("verify_value", ground=MEASURES, nodes=_AT_CHECK),
    _national("return_for_correction", nodes=_AT_CHECK),
    _national("find_ineligible", ground=MEASURES, nodes=_AT_CHECK, guards=(guards.gates_are_failed,)),
    Verb(
        "score_at_check", _("确认初评得分"), who.CHECKER, _AT_CHECK, MEASURES, transition="score_at_check",
        completes=True,
        guards=(own.conditions_are_passed, own.score_reaches_limit, guards.needs_text("opinion", _("初评意见"))),
        record=records.adopt_initial_score, tells=(audiences.applicants,),
        told_as="adopt_initial_score",
    ),
    # --- ranking and committee ---------------------------------------------------------------------------------
    *(_national(code) for code in ("enter_ranking", "propose", "refuse", "postpone", "table_again", "call_up")),
    # --- the letter upward, the national authority's public notice, and its result ---------------------------------
    _national("recommend_upward"),
    *reopening_lines(BEFORE_LETTER, who.OBJECTION_OFFICER, audiences.objection_officers),
    giving_up(BEFORE_SENDING, audiences.publishers, audiences.office),
    Verb(
        "note_public_notice_above", _("登记国家公示"), who.CHECKER, ("national_review",), MEASURES,
        guards=(own.notice_from_above_is_given,), record=records.note_public_notice_above,
        tells=(audiences.applicants,), for_page=False,
    ),
    *(
        _national(code, ground=MEASURES, guards=(*NATIONAL_2016[code].guards, own.public_notice_is_over))
        for code in ("recognise_above", "pass_over_above")
    ),
    _national("end_as_held"),
    *(_national(code, ground=MEASURES) for code in ("correct_to_recognised", "correct_to_passed_over")),
)  # fmt: skip

DEMONSTRATION_2010: dict[str, Verb] = {line.code: line for line in _LINES}
