"""On which page a person does a verb of a recommendation for a national title, and what the page posts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any

from accreditation.models import OutsideList
from tests.attacks.pages_between import back_to_committee
from tests.attacks.pages_of_verbs import (
    CASEWORK,
    CLOCK,
    FILING,
    MEETING,
    NONE,
    SETTLING,
    Asked,
    Page,
    act,
    batch_code,
    conditions_met,
    held_meanwhile,
    number_and_verb,
    pdf,
    says,
)
from tests.factories.held import REASON
from tests.factories.recommending import STRONG, WEAK


def _answered_by_all(asked: Asked) -> None:
    conditions_met(asked)
    asked.act("record_answer", "office", **asked.door_form("record_answer"))


def _below_a_floor(asked: Asked) -> None:
    _verified(asked, asked.world.below)


def _below_the_limit(asked: Asked) -> None:
    _answered_by_all(asked)
    _verified(asked, {code: value for code, value in WEAK.items() if STRONG.get(code) != value})


def _verified(asked: Asked, figures: Mapping[str, int]) -> None:
    form = asked.door_form("verify_value")
    for code, value in figures.items():
        asked.act("verify_value", "office", **form | {"code": code, "value": Fraction(value)})


def _closed(asked: Asked) -> None:
    asked.world.at = asked.application.batch.closes_at + timedelta(minutes=2)


def _letter(asked: Asked) -> dict[str, Any]:
    return {
        "cases": [asked.case.number], "number": "示例推荐〔2026〕7号", "dated": asked.at.date().isoformat(),
        "addressed_to": "示例国家主管部门", "confirmed": "1",
    }  # fmt: skip


def _notice(asked: Asked) -> dict[str, Any]:
    return {
        "authority": "示例国家主管部门", "number": "示例公告〔2026〕7号", "dated": asked.at.date().isoformat(),
        "file": pdf("公告.pdf"),
    }  # fmt: skip


def _entered(asked: Asked) -> None:
    """By a colleague, for the office to confirm."""
    asked.door_form()


def _entry(asked: Asked) -> tuple[Any, ...]:
    row = OutsideList.objects.filter(batch=asked.application.batch).last()
    return (row.pk if row else NONE,)


ABOVE: Mapping[str, Page] = {
    "find_ineligible": Page(
        "{desk}_act", says(reasons="", confirmed="1"), number_and_verb, _below_a_floor,
        "under_completeness_check", "ineligible",
    ),
    "enter_ranking": Page(
        "office_ranking", says(tie_rule="rd_expenditure", confirmed="1"), batch_code, _closed, "awaiting_ranking",
        "under_overall_review",
    ),
    "recommend_upward": Page("batch_recommend", _letter, batch_code),
    **{
        verb: Page("outside_list", says(is_confirmed="yes"), _entry, _entered, "recommended_upward", state)
        for verb, state in (("recognise_above", "recognised_above"), ("pass_over_above", "not_recognised_above"))
    },
    **{
        verb: Page("outside_list", says(is_confirmed="yes"), _entry, _entered, before, after)
        for verb, before, after in (
            ("correct_to_recognised", "not_recognised_above", "recognised_above"),
            ("correct_to_passed_over", "recognised_above", "not_recognised_above"),
        )
    },
    "end_as_held": Page(
        "office_act", says(reason=REASON, confirmed="1"), number_and_verb, held_meanwhile, "recommended_upward",
        "held_otherwise",
    ),
}  # fmt: skip
CONSULTING: Mapping[str, Page] = {
    "ask_departments": SETTLING["ask_departments"],
    "record_answer": SETTLING["record_answer"],
    "adopt_initial_score": Page(
        "office_act",
        says(opinion="同意", confirmed="1"),
        number_and_verb,
        _answered_by_all,
        "under_consultation",
        "awaiting_ranking",
    ),
    "not_recommend_below_limit": Page(
        "office_act",
        says(opinion="得分不足", confirmed="1"),
        number_and_verb,
        _below_the_limit,
        "under_consultation",
        "not_recommended",
    ),
}
ALIKE = {
    **FILING,
    **{code: CASEWORK[code] for code in ("answer_gate", "verify_value", "return_for_correction")},
    "table_again": act(reason="暂缓的原因已经消除"),
    **ABOVE,
    **back_to_committee(state="to_be_recommended"),
}
PAGES: Mapping[str, Mapping[str, Page]] = {
    "national_recommendation/2016": {**ALIKE, **CONSULTING},
    "demonstration_recommendation/2010": {
        **ALIKE,
        "score_at_check": Page(
            "office_act", says(opinion="同意", confirmed="1"), number_and_verb, conditions_met,
            "under_completeness_check", "awaiting_ranking",
        ),
        "note_public_notice_above": Page("office_public_notice", _notice, batch_code),
    },
}  # fmt: skip
NO_PAGE: Mapping[str, str] = {
    "name_parent": "only in a batch for branch centres", "propose": MEETING, "refuse": MEETING, "postpone": MEETING,
    "lapse": CLOCK, "call_up": "only where another case of the batch has given its place up",
}  # fmt: skip
