"""The verb table of the municipal recognition, 2026: that of 2022, figures verified, departments asked, a quota.

This is the answer to "what can happen to an application now": read the lines whose `nodes` hold its node.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from workflows import audiences, figure_check_guards, guards, recognition_guards, who
from workflows import recognition_records as records
from workflows import recommendation_guards as consulting
from workflows.doing import Verb, starting
from workflows.tables.calling_up import calling_up
from workflows.tables.figure_checks import FIGURE_CHECKS
from workflows.tables.municipal_recognition_2022 import MUNICIPAL_2022
from workflows.tables.national_recommendation_2016 import CONSULTATION, NATIONAL_2016

RULES = "市级企业技术中心管理办法（2026年版，演示）"
_AT_CHECK = ("first_review", "completeness_check", "consultation")


# What is different from 2022, by the code of the line.
_CHANGES: Mapping[str, Mapping[str, Any]] = {
    "answer_gate": {"nodes": _AT_CHECK},
    "verify_value": {"nodes": _AT_CHECK},
    "find_ineligible": {
        "nodes": _AT_CHECK,
        "guards": (figure_check_guards.no_figure_check_is_open, *MUNICIPAL_2022["find_ineligible"].guards),
    },
    "pass_completeness_check": {
        "guards": (
            recognition_guards.departments_were_asked, figure_check_guards.figures_are_verified,
            *MUNICIPAL_2022["pass_completeness_check"].guards,
        ),
    },
    "return_for_correction": {
        "guards": (
            figure_check_guards.no_figure_check_is_open, *MUNICIPAL_2022["return_for_correction"].guards,
        ),
    },
    "propose": {
        "transition": "propose_within_quota", "record": records.propose, "ground": RULES,
        "tells": (audiences.applicants, audiences.publishers), "told_as": "propose_within_quota",
    },
}  # fmt: skip

_ADDED: tuple[Verb, ...] = (
    replace(
        NATIONAL_2016["ask_departments"], ground=RULES,
        guards=(recognition_guards.batch_consults, consulting.departments_are_named, guards.gates_are_passed),
        starts=starting(CONSULTATION),
    ),
    replace(NATIONAL_2016["record_answer"], ground=RULES),
    Verb(
        "conclude_consultation", _("会商完毕，形式审查通过"), who.CHECKER, ("consultation",), RULES,
        transition="conclude_consultation", completes=True,
        guards=(
            consulting.consultation_may_end, consulting.objections_are_answered,
            figure_check_guards.figures_are_verified, guards.gates_are_passed,
            guards.needs_text("opinion", _("审查意见")),
        ),
        record=records.conclude_consultation, tells=(audiences.applicants,),
    ),
    calling_up("call_up_to_be_proposed", RULES),
)  # fmt: skip

MUNICIPAL_2026: dict[str, Verb] = {
    **{code: replace(line, **_CHANGES.get(code, {})) for code, line in MUNICIPAL_2022.items()},
    **{line.code: line for line in (*_ADDED, *FIGURE_CHECKS)},
}
