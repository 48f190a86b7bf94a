"""Gates: every outcome with numbers, variants, titles, records, lists; unknown never passes."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from criteria.evaluate import Standing, evaluate
from criteria.gates import GateOutcome, Outcome
from criteria.loading import load_text
from criteria.ruleset import RuleSet
from criteria.scope import FactScope
from tests.criteria.builders import facts

ON = date(2026, 3, 1)
PASSED, FAILED, UNDETERMINED = Outcome.PASSED, Outcome.FAILED, Outcome.UNDETERMINED
KNOWN = Standing(
    titles={"district_centre": date(2020, 5, 1)},
    lists={"shanghai_negative_list": False},
    answers={"MG8": True},
)


def one_gate(body: str) -> RuleSet:
    """A set with one gate G."""
    head = "programme: p\nedition: a\nname_zh: 甲\nname_en: a\nstatus: partial\neffective_confidence: demo\n"
    gate = "gates:\n  - code: G\n    text_zh: 条件\n    text_en: condition\n    confidence: demo\n"
    return load_text(head + gate + "".join(f"    {line}\n" for line in body.strip().splitlines()))


def decided(body: str, standing: Standing = KNOWN, years: Any = None, on: date = ON, **changed: Any) -> GateOutcome:
    rule_set = one_gate(body)
    return evaluate(rule_set, facts(rule_set.fields, years, **changed), on, standing).gate("G")


def test_all_gates_are_reported_not_only_the_first_failure(municipal: RuleSet) -> None:
    given = facts(municipal.fields, rd_expense_stat=100, rd_staff_stat=1, ip_self_developed_3y=0)
    evaluation = evaluate(municipal, given, ON, KNOWN)
    assert [gate.code for gate in evaluation.failed_gates] == ["MG1", "MG2", "MG4", "MG5"]
    assert len(evaluation.gates) == len(municipal.gates)
    assert not evaluation.is_eligible


def test_a_sound_application_with_a_known_standing_is_eligible(municipal: RuleSet) -> None:
    evaluation = evaluate(municipal, facts(municipal.fields), ON, KNOWN)
    assert evaluation.is_eligible
    assert evaluation.failed_gates == evaluation.undetermined_gates == ()


def test_an_unknown_standing_leaves_gates_undetermined_and_nobody_eligible(municipal: RuleSet) -> None:
    evaluation = evaluate(municipal, facts(municipal.fields), ON)
    assert [gate.code for gate in evaluation.undetermined_gates] == ["MG6", "MG7"]
    assert evaluation.failed_gates == ()
    assert not evaluation.is_eligible


def test_a_standing_survives_the_way_through_json() -> None:
    standing = Standing(
        titles={"a": date(2020, 1, 1), "b": None},
        records={"tax": (date(2021, 1, 1),), "customs": ()},
        lists={"n": True},
        answers={"G": False},
        anchors={"application_date": date(2026, 1, 1)},
    )
    restored = Standing.from_json(standing.to_json())
    assert (restored, restored.digest()) == (standing, standing.digest())
    assert restored.digest() != Standing().digest()


def test_a_preference_that_is_not_met_bars_nobody(municipal: RuleSet) -> None:
    standing = Standing(KNOWN.titles, {}, KNOWN.lists, {"MG8": False})
    evaluation = evaluate(municipal, facts(municipal.fields), ON, standing)
    assert evaluation.gate("MG8").outcome is FAILED
    assert evaluation.is_eligible


def test_an_unknown_factor_leaves_the_gate_undetermined_with_the_value_computed_with_one(partial: RuleSet) -> None:
    gate = evaluate(partial, facts(partial.fields), ON).gate("MG2")
    assert (gate.outcome, gate.value, gate.limit) == (UNDETERMINED, 5, 3)
    assert gate.note_zh == "规模系数、行业系数尚未查明，此处按1计算，结果仅供参考"
    assert [figure.role for figure in gate.figures if figure.is_assumed] == [
        "size_coefficient",
        "industry_coefficient",
    ]


def test_a_producer_service_has_its_own_limit(municipal: RuleSet) -> None:
    given = facts(municipal.fields, industry_class="producer_services", equipment_original_value=6000)
    gate = evaluate(municipal, given, ON).gate("MG3")
    assert (gate.outcome, gate.value, gate.limit) == (PASSED, 700, 600)


def test_an_unknown_class_leaves_a_gate_with_variants_undetermined(municipal: RuleSet) -> None:
    gate = evaluate(municipal, facts(municipal.fields, industry_class=None), ON).gate("MG3")
    assert (gate.outcome, gate.value) == (UNDETERMINED, None)
    assert gate.note_zh == "缺少判断适用条款所需的信息"


def test_a_missing_figure_is_named_in_the_note(municipal: RuleSet) -> None:
    gate = evaluate(municipal, facts(municipal.fields, rd_staff_stat=None), ON).gate("MG4")
    assert (gate.outcome, gate.note_zh, gate.note_en) == (
        UNDETERMINED,
        "缺少：研究开发人员",
        "missing: R&D personnel (form 107-2 concept)",
    )


def test_revenue_of_zero_follows_the_policy_of_the_gate(municipal: RuleSet) -> None:
    gate = evaluate(municipal, facts(municipal.fields, revenue_main=0), ON).gate("MG2")
    assert (gate.outcome, gate.value) == (UNDETERMINED, None)
    assert gate.note_zh == "主营业务收入为零，比例无意义，需由工作人员核实"


def test_a_zero_denominator_fails_where_the_policy_says_so() -> None:
    gate = decided(
        "kind: numeric\nunit: pct\nformula: rd_expenditure / revenue_main * 100\n"
        "limit: {value: 3, unit: pct, confidence: demo}\n"
        "zero_denominator: {outcome: failed, note_zh: 无收入, note_en: no revenue, confidence: demo}",
        revenue_main=0,
    )
    assert (gate.outcome, gate.note_en) == (FAILED, "no revenue")


@pytest.mark.parametrize(
    ("titles", "outcome"),
    [
        ({"district_centre": date(2026, 3, 1)}, PASSED),
        ({"district_centre": date(2026, 3, 2)}, FAILED),
        ({"district_centre": None}, FAILED),
        ({}, UNDETERMINED),
    ],
)
def test_a_title_counts_from_its_day_and_unknown_is_not_held(titles: dict[str, date | None], outcome: Outcome) -> None:
    gate = decided("kind: condition\nformula: holds(district_centre)", Standing(titles=titles))
    assert gate.outcome is outcome


@pytest.mark.parametrize(
    ("since", "outcome"), [(date(2024, 3, 1), PASSED), (date(2024, 3, 2), FAILED), (date(2026, 3, 1), FAILED)]
)
def test_years_held_are_whole_years_on_the_day(since: date, outcome: Outcome) -> None:
    gate = decided(
        "kind: condition\nformula: years_held(shanghai_municipal_centre) >= 2",
        Standing(titles={"shanghai_municipal_centre": since}),
    )
    assert gate.outcome is outcome


RECORD = (
    "kind: negative_record\nrecord: tax\nlookback: {{years: {{value: 3, unit: year, confidence: demo}}, anchor: {}}}"
)


@pytest.mark.parametrize(
    ("anchor", "day", "outcome"),
    [
        ("application_deadline", date(2023, 4, 15), PASSED),
        ("application_deadline", date(2023, 4, 16), FAILED),
        ("application_deadline", date(2026, 4, 15), FAILED),
        ("application_deadline", date(2026, 4, 16), PASSED),
        ("application_date", date(2023, 4, 10), PASSED),
        ("application_date", date(2023, 4, 11), FAILED),
        ("application_year", date(2022, 12, 31), PASSED),
        ("application_year", date(2023, 1, 1), FAILED),
        ("application_year", date(2025, 12, 31), FAILED),
        ("application_year", date(2026, 1, 1), PASSED),
        ("base_date", date(2023, 3, 1), PASSED),
        ("base_date", date(2023, 3, 2), FAILED),
    ],
)
def test_a_record_counts_inside_the_window_of_its_anchor_only(anchor: str, day: date, outcome: Outcome) -> None:
    anchors = {
        "application_deadline": date(2026, 4, 15),
        "application_date": date(2026, 4, 10),
        "application_year": date(2026, 4, 10),
    }
    gate = decided(RECORD.format(anchor), Standing(records={"tax": (day,)}, anchors=anchors))
    assert gate.outcome is outcome


@pytest.mark.parametrize(
    "standing", [Standing(records={"tax": ()}), Standing(anchors={"application_deadline": date(2026, 4, 15)})]
)
def test_a_record_without_search_or_anchor_is_undetermined(standing: Standing) -> None:
    assert decided(RECORD.format("application_deadline"), standing).outcome is UNDETERMINED


@pytest.mark.parametrize(("listed", "outcome"), [({"n": True}, FAILED), ({"n": False}, PASSED), ({}, UNDETERMINED)])
def test_an_exclusion_list_fails_who_is_on_it(listed: dict[str, bool], outcome: Outcome) -> None:
    assert decided("kind: exclusion_list\nrecord: n", Standing(lists=listed)).outcome is outcome


@pytest.mark.parametrize(("answers", "outcome"), [({"G": True}, PASSED), ({"G": False}, FAILED), ({}, UNDETERMINED)])
def test_a_qualitative_gate_is_decided_by_an_officer(answers: dict[str, bool], outcome: Outcome) -> None:
    assert decided("kind: qualitative", Standing(answers=answers)).outcome is outcome


GROWTH = (
    "kind: condition\nformula: revenue_main >= 50000 or (revenue_main / previous(revenue_main, 1) >= 1.2 and"
    " previous(revenue_main, 1) / previous(revenue_main, 2) >= 1.2)\n"
    "zero_denominator: {outcome: failed, note_zh: 上年无收入, note_en: no revenue before, confidence: derived}"
)


@pytest.mark.parametrize(
    ("newest", "before", "outcome"),
    [
        (50000, {}, PASSED),
        (14400, {2024: 12000, 2023: 10000}, PASSED),
        (14399, {2024: 12000, 2023: 10000}, FAILED),
        (14400, {2024: 12000}, UNDETERMINED),
        (14400, {2024: 0, 2023: 10000}, FAILED),
    ],
)
def test_an_alternative_by_growth_opens_the_gate(newest: int, before: dict[int, int], outcome: Outcome) -> None:
    years = {year: {"revenue_main": value} for year, value in before.items()}
    assert decided(GROWTH, years=years, revenue_main=newest).outcome is outcome


def test_a_gate_keeps_source_confidence_inputs_and_words(municipal: RuleSet) -> None:
    gate = evaluate(municipal, facts(municipal.fields), ON).gate("MG1")
    assert (gate.source, gate.confidence, gate.unit, gate.operator) == (("M2", "M3"), "found", "wCNY", ">=")
    assert (gate.formula_zh, gate.formula_numbers) == ("研究开发费用合计 ÷ 10", "25000 ÷ 10")
    assert [(i.code, i.year, i.value, i.place) for i in gate.inputs] == [
        ("rd_expense_stat", 2025, Fraction(25000), "数据表!D27")
    ]


@pytest.mark.parametrize(
    ("formula", "years", "outcome"),
    [
        ("sum_years(rd_expenditure, 2) >= 24001", {2024: {"rd_expenditure": 1}}, PASSED),
        ("sum_years(rd_expenditure, 2) >= 24001", {2024: {"rd_expenditure": 0}}, FAILED),
        ("sum_years(rd_expenditure, 2) >= 1", {}, UNDETERMINED),
        ("industry_class in ('software', 'manufacturing')", {}, PASSED),
        ("industry_class != 'manufacturing'", {}, FAILED),
        ("(rd_staff if industry_class == 'software' else employees) >= 600", {}, PASSED),
        ("not rd_staff >= 81 and max(rd_staff, doctors) == 80", {}, PASSED),
    ],
)
def test_a_condition_may_sum_years_and_look_at_classes(
    formula: str, years: dict[int, dict[str, int]], outcome: Outcome
) -> None:
    assert decided(f"kind: condition\nformula: {formula}", years=years).outcome is outcome


def test_a_condition_is_told_in_words_and_signs() -> None:
    gate = decided("kind: condition\nformula: industry_class in ('software', 'other') or rd_staff >= 60")
    assert (gate.formula_zh, gate.formula_numbers) == (
        "行业大类标志 属于 软件和信息技术服务业、其他行业 或 研究与试验发展人员数 ≥ 60",
        "manufacturing ∈ software, other ∨ 80 ≥ 60",
    )


ANNEX = {
    "equipment": [{"original_value": 100}, {"original_value": 20}],
    "experts": [{"kind": "external", "months": None}],
}


def test_an_annex_total_with_an_empty_cell_is_unknown(municipal: RuleSet) -> None:
    scope = FactScope(municipal, facts(municipal.fields, annexes=ANNEX), ON, Standing())
    assert scope.ask("total", ("equipment", "original_value")) == 120
    assert scope.ask("total_where", ("experts", "months", "kind", "external")) is None
    assert scope.ask("total_where", ("experts", "months", "kind", "doctor")) == 0
    assert scope.ask("count", ("standards",)) is None
