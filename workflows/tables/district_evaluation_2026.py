"""The verb table of the evaluation of what a district, a zone or a group granted, 2026: the municipal lines, locally.

The sources name cycle and bands (Jinshan, Yangpu; Songjiang's earlier measures) and no municipal step: the authority
checks the figures and stands by score and band, its leading group adopts the results. Whatever else the measures of an
authority say is in the parameters of its rules.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from workflows import audiences, evaluation_guards, guards, who
from workflows.doing import Verb, starting
from workflows.silent_acceptance import ACCEPTANCE
from workflows.tables.district_recognition_2022 import MEASURES, after_correction
from workflows.tables.municipal_evaluation_2025 import EVALUATION_2025
from workflows.tables.municipal_recognition_2022 import FIRST_REVIEW

CHECKED_BY = ("material_check",)
_MATERIAL = (
    "upload_workbook", "send_workbook", "attach_evidence", "drop_evidence", "bind_evidence", "unbind_evidence",
)  # fmt: skip


def _like(code: str, **changes: Any) -> Verb:
    """The line of the municipal evaluation with what is different here."""
    return replace(EVALUATION_2025[code], **changes)


def _by_authority(code: str, **changes: Any) -> Verb:
    """The same on the ground of the authority's own measures."""
    return _like(code, ground=MEASURES, **changes)


_LINES: tuple[Verb, ...] = (
    # --- the holder reports and corrects -------------------------------------------------------------------------
    *(_by_authority(code) for code in _MATERIAL),
    _by_authority("submit"),
    _like(
        "correct", transition="correct_evaluation", starts=starting(FIRST_REVIEW, ACCEPTANCE, chosen=after_correction),
    ),
    _by_authority("withdraw"),
    _like("lapse"),
    # --- the authority checks the material and stands by score and band -------------------------------------------
    _like("accept", nodes=CHECKED_BY),
    _like("let_acceptance_pass", nodes=CHECKED_BY),
    _by_authority("answer_gate", who=who.DISTRICT, nodes=CHECKED_BY),
    _by_authority("verify_value", who=who.DISTRICT, nodes=CHECKED_BY),
    _like("return_for_correction", who=who.DISTRICT, nodes=CHECKED_BY),
    _like("pause_clock", who=who.DISTRICT, nodes=CHECKED_BY),
    _like("resume_clock", who=who.DISTRICT, nodes=CHECKED_BY),
    _by_authority(
        "fix_result", who=who.DISTRICT, nodes=CHECKED_BY, transition="fix_local_result",
        guards=(evaluation_guards.result_is_known, guards.needs_text("opinion", _("核查意见"))),
        tells=(audiences.applicants, audiences.local_officers), told_as="fix_local_result",
    ),
    # --- the leading group -----------------------------------------------------------------------------------------
    _by_authority("propose", who=who.LEADING_GROUP, tells=(audiences.local_publishers,)),
    _by_authority(
        "refuse", who=who.LEADING_GROUP, transition="check_local_result_again", starts=starting(FIRST_REVIEW),
        tells=(audiences.district,),
    ),
    _by_authority("postpone", who=who.LEADING_GROUP, tells=(audiences.local_officers,)),
    # --- notice, objections, announcement ---------------------------------------------------------------------------
    _like("publish_notice", who=who.LOCAL_PUBLISHER),
    _like("raise_objection", tells=(audiences.local_officers,)),
    _like("dismiss_objection", who=who.LOCAL_OBJECTION_OFFICER),
    _like("ask_for_statement", who=who.LOCAL_OBJECTION_OFFICER),
    _like("state_on_objection", tells=(audiences.local_officers,)),
    _like("end_statement_time", tells=(audiences.local_officers,)),
    _like("extend_notice", who=who.LOCAL_OBJECTION_OFFICER),
    *(
        _like(code, who=who.LOCAL_OBJECTION_OFFICER, tells=(audiences.local_officers,))
        for code in ("propose_upholding", "decline_upholding", "withdraw_upholding")
    ),
    _like(
        "uphold_objection", who=who.LOCAL_OBJECTION_OFFICER, transition="reopen_local_result",
        starts=starting(FIRST_REVIEW),
    ),
    _like("complete_notice", tells=(audiences.local_publishers,)),
    _by_authority("announce", who=who.LOCAL_PUBLISHER),
    # --- rectification after a warning ---------------------------------------------------------------------------
    _by_authority("report_rectification", tells=(audiences.applicants, audiences.local_officers)),
    _by_authority("miss_rectification", tells=(audiences.applicants, audiences.local_officers)),
    _by_authority("accept_rectification", who=who.LOCAL_APPOINTER),
    _by_authority("find_unrectified", who=who.LOCAL_APPOINTER),
    _like("set_result_aside", tells=(audiences.applicants, audiences.local_officers)),
)  # fmt: skip

DISTRICT_EVALUATION_2026: dict[str, Verb] = {line.code: line for line in _LINES}
