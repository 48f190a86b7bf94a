"""Conditions as rows: in the evaluation of a title only those stand as failed that the rules let decide the band."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from criteria.evaluate import Standing, evaluate
from criteria.loading import load
from tests.criteria.builders import facts
from workflows.presentation.gates import gates_table

NO_TITLE = Standing(titles={"district_centre": None})
MUNICIPAL = "shanghai_municipal_centre/2022-evaluation-demo"


def rows(ref: str, *, of_holder: bool, **figures: int) -> dict[str, tuple[str, bool]]:
    rules = load(ref)
    found = evaluate(rules, facts(rules.fields, **figures), date(2026, 9, 1), NO_TITLE)
    with translation.override("zh-hans"):
        return {
            row["code"]: (row["outcome"], row["is_failed"]) for row in gates_table(found, rules, of_holder=of_holder)
        }


@pytest.mark.parametrize(("of_holder", "told"), [(False, ("不符合", True)), (True, ("仅供参考", False))])
def test_condition_of_recognition_is_not_held_against_a_holder(of_holder: bool, told: tuple[str, bool]) -> None:
    assert rows(MUNICIPAL, of_holder=of_holder)["MG6"] == told


def test_condition_that_decides_the_band_stands_as_failed_in_an_evaluation() -> None:
    found = rows("national_centre/2016-demo", of_holder=True, rd_staff_stat=1)
    assert [code for code, (_outcome, is_failed) in found.items() if is_failed] == [
        "NG2",
        "NG3",
    ]  # the sample lacks equipment
    assert list(found)[:3] == ["NG1", "NG2", "NG3"]
