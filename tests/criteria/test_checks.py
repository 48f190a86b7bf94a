"""Cross-field checks: each is seen alone, with its numbers and cells, and a missing figure hides none of the others."""

from __future__ import annotations

import re
from typing import Any

import pytest

from criteria.checks import CheckResult, check_facts, check_report
from criteria.facts import Facts
from criteria.ruleset import RuleSet, Severity
from tests.criteria.builders import SOUND, facts


def annexes() -> dict[str, list[dict[str, Any]]]:
    """Annexes that agree with the sound application."""
    kinds = ["basic"] + ["development"] * 11
    people = ["senior"] * 5 + ["doctor"] * 4
    return {
        "rd_projects": [
            {"name": f"项目{n}", "kind": kind, "budget": 4000, "spent": 2000} for n, kind in enumerate(kinds)
        ],
        "ip_rights": [{"number": f"ZL{n}", "self_developed": n < 8} for n in range(12)],
        "standards": [{"number": f"GB {n}"} for n in range(3)],
        "equipment": [{"original_value": 5000} for _ in range(3)],
        "experts": [{"kind": kind, "months": 12} for kind in people]
        + [{"kind": "external", "months": months} for months in (12, 8)],
    }


STEADY = {2024: SOUND, 2023: SOUND}


def sound(municipal: RuleSet, **changed: Any) -> Facts:
    return facts(municipal.fields, STEADY, annexes(), **changed)


def broken(municipal: RuleSet, given: Facts) -> list[str]:
    return [outcome.code for outcome in check_facts(municipal, given)]


def test_a_sound_application_breaks_no_check(municipal: RuleSet) -> None:
    assert check_facts(municipal, sound(municipal)) == []


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"rd_staff": 600, "rd_expenditure": 24000}, {"CC10"}),
        ({"rd_staff": 601}, {"CC01", "CC10"}),
        ({"senior_experts": 77}, {"CC02", "AX09"}),
        ({"rd_projects": 0}, {"CC03", "AX01"}),
        ({"new_product_revenue": 500001}, {"CC04"}),
        ({"profit_total": 0}, {"CC05", "CC06"}),
        ({"profit_total": 11999}, {"CC06"}),
        ({"rd_expenditure": 500001}, {"CC07", "CC10", "CC14"}),
        ({"rd_expenditure": 36000}, set()),
        ({"rd_expenditure": 36001}, {"CC10"}),
        ({"rd_expenditure": 12000}, set()),
        ({"rd_expenditure": 11999}, {"CC10"}),
        ({"revenue_main": 5000000}, {"CC10", "CC11"}),
        ({"rd_expense_stat": 2500}, {"CC11", "CC18", "AX11"}),
        ({"rd_expense_stat": 25}, {"CC11", "CC18", "AX11"}),
        ({"rd_expense_stat": 24000}, set()),
        ({"rd_expense_stat": 23999}, {"AX11"}),
        ({"new_product_revenue": 15000}, {"CC11"}),
        ({"rd_expenditure": 1599}, {"CC10", "CC14"}),
        ({"external_expert_months": 25}, {"CC15", "AX08"}),
        ({"external_expert_months": 24}, {"AX08"}),
        ({"ip_obtained_3y": 13}, {"AX03"}),
        ({"ip_self_developed_3y": 9}, {"AX04"}),
        ({"standards_3y": 2}, {"AX05"}),
        ({"equipment_original_value": 14999}, {"AX06"}),
        ({"equipment_original_value": 15001}, {"AX07"}),
        ({"doctors": 3}, {"AX10"}),
        ({"rd_projects_basic_applied": 2}, {"AX02"}),
    ],
)
def test_a_broken_figure_is_told_by_its_checks_and_no_others(
    municipal: RuleSet, changed: dict[str, Any], codes: set[str]
) -> None:
    assert set(broken(municipal, sound(municipal, **changed))) == codes


def test_a_check_runs_over_every_year_asked_and_names_the_year(municipal: RuleSet) -> None:
    given = facts(municipal.fields, {2024: SOUND | {"rd_staff": 601}, 2023: SOUND}, annexes())
    found = {outcome.code: outcome for outcome in check_facts(municipal, given)}
    told = found["CC01"]
    assert told.message_zh == "2024年：研究与试验发展人员数（601 人）不得多于企业职工总数（600 人）"
    assert told.message_en == "2024: R&D personnel (601 persons) cannot exceed all employees (600 persons)"
    assert [(cell.field, cell.year, str(cell.origin)) for cell in told.cells] == [
        ("rd_staff", 2024, "数据表!E5"),
        ("employees", 2024, "数据表!E6"),
    ]
    assert told.severity is Severity.ERROR


def test_a_change_over_the_years_names_field_years_and_figures(municipal: RuleSet) -> None:
    told = next(o for o in check_facts(municipal, sound(municipal, rd_staff=600)) if o.code == "CC10")
    assert told.message_zh == "研究与试验发展人员数：2025年600 人，2024年80 人，变动超过50%，请说明"
    assert [(cell.field, cell.year) for cell in told.cells] == [("rd_staff", 2025), ("rd_staff", 2024)]
    assert told.severity is Severity.WARNING


def test_lines_that_occur_twice_are_named(municipal: RuleSet) -> None:
    rows = annexes()
    rows["ip_rights"][4]["number"] = "ZL2"
    told = check_facts(municipal, facts(municipal.fields, STEADY, rows))
    assert [(outcome.code, [(c.annex, c.field, c.row) for c in outcome.cells]) for outcome in told] == [
        ("CC16", [("ip_rights", "number", 3), ("ip_rights", "number", 5)])
    ]


def test_an_annex_count_names_the_figure_and_the_annex(municipal: RuleSet) -> None:
    told = check_facts(municipal, sound(municipal, standards_3y=2))[0]
    assert told.message_zh == "附表B3的行数（3）与最近三年标准数（2 项）不一致"
    assert [(cell.field, cell.year, cell.annex) for cell in told.cells] == [
        ("standards_3y", 2025, ""),
        ("", None, "standards"),
    ]


@pytest.mark.parametrize("missing", sorted(set(SOUND) - {"industry_class", "enterprise_size"}))
def test_a_missing_figure_hides_no_other_check(municipal: RuleSet, missing: str) -> None:
    wrong = {"rd_staff": 601, "new_product_revenue": 500001, "standards_3y": 2, "rd_projects": 0}
    whole = check_report(municipal, sound(municipal, **wrong))
    without = check_report(municipal, sound(municipal, **(wrong | {missing: None})))
    touched = {
        check.code
        for check in municipal.checks
        if missing in check.each or (check.condition and missing in check.condition.names)
    }
    assert [o for o in without if o.code not in touched] == [o for o in whole if o.code not in touched]
    assert any(o.result is CheckResult.FAILED for o in without)


def test_a_check_that_needs_more_than_the_form_has_is_shown_as_not_applicable(municipal: RuleSet) -> None:
    report = check_report(municipal, sound(municipal))
    shown = {outcome.code for outcome in report if outcome.result is CheckResult.NOT_APPLICABLE}
    assert shown == {"CC08", "CC09", "CC12", "CC13", "CC17"}


def test_all_seventeen_checks_of_the_regulations_file_are_there(municipal: RuleSet) -> None:
    codes = {check.code for check in municipal.checks}
    assert {f"CC{number:02d}" for number in range(1, 18)} <= codes


def test_no_message_of_a_decided_check_keeps_an_open_place(municipal: RuleSet) -> None:
    for outcome in check_report(municipal, sound(municipal)):
        if outcome.result in (CheckResult.PASSED, CheckResult.FAILED):
            assert not re.search("[{}]", outcome.message_zh + outcome.message_en), outcome


def test_missing_annexes_leave_their_checks_undetermined(municipal: RuleSet) -> None:
    report = check_report(municipal, facts(municipal.fields, STEADY))
    results = {outcome.code: outcome.result for outcome in report if outcome.code.startswith("AX")}
    assert set(results.values()) == {CheckResult.UNDETERMINED}
