"""What holds for every application: the oracle agrees, points are bounded and monotone, traces add up and replay."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criteria.evaluate import Evaluation, evaluate
from criteria.exact import round_half_up
from criteria.facts import Facts
from criteria.gates import Outcome
from criteria.ruleset import RuleSet
from tests.criteria import oracle
from tests.criteria.builders import SOUND, facts

ON = date(2026, 3, 1)
MONEY = {"revenue_main", "rd_expenditure", "equipment_original_value", "new_product_revenue", "rd_expense_stat"}
SIGNED = {"new_product_profit", "profit_total"}
COUNTS = {code for code in SOUND if code not in MONEY | SIGNED | {"industry_class", "enterprise_size"}}
# More of one of these can only help, everything else being equal.
HELPFUL = (
    "senior_experts",
    "doctors",
    "external_expert_months",
    "invention_patents_valid",
    "platforms_provincial_up",
    "awards_2y",
    "certified_labs",
    "equipment_original_value",
    "ip_applications_year",
    "ip_obtained_3y",
    "standards_3y",
    "rd_expenditure",
    "new_product_revenue",
    "new_product_profit",
    "rd_projects_basic_applied",
)

cents = st.integers(0, 10**9).map(lambda n: Fraction(n, 100))
signed_cents = st.integers(-(10**8), 10**9).map(lambda n: Fraction(n, 100))
near_limits = st.sampled_from([Fraction(n) for n in (0, 1, 2, 3, 5, 6, 8, 10, 20, 40, 50, 60, 100, 300, 600, 1000)])
counts = st.one_of(st.integers(0, 1000).map(Fraction), near_limits)


@st.composite
def applications(draw: st.DrawFn) -> dict[str, Any]:
    """Figures of one application, biased to the limits."""
    chosen: dict[str, Any] = {"industry_class": draw(st.sampled_from(oracle.CLASSES))}
    for code in sorted(MONEY | SIGNED | COUNTS):
        strategy = cents if code in MONEY else signed_cents if code in SIGNED else counts
        chosen[code] = draw(st.one_of(strategy, near_limits.map(lambda n: n * 100)) if code not in COUNTS else strategy)
    return chosen


def evaluated(rule_set: RuleSet, chosen: dict[str, Any]) -> Evaluation:
    return evaluate(rule_set, facts(rule_set.fields, **chosen), ON)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(chosen=applications())
def test_points_total_and_band_are_those_of_the_oracle(municipal: RuleSet, chosen: dict[str, Any]) -> None:
    evaluation = evaluated(municipal, chosen)
    expected = oracle.points(chosen, chosen["industry_class"])
    assert {trace.code: trace.points for trace in (*evaluation.indicators, *evaluation.bonus)} == expected
    assert evaluation.total == oracle.total(chosen, chosen["industry_class"])
    assert evaluation.total is not None
    assert evaluation.band is not None
    assert evaluation.band.code == oracle.band(evaluation.total)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(chosen=applications())
def test_points_lie_between_zero_and_the_weight_and_add_up_to_the_total(
    municipal: RuleSet, chosen: dict[str, Any]
) -> None:
    evaluation = evaluated(municipal, chosen)
    traces = (*evaluation.indicators, *evaluation.bonus)
    assert all(trace.points is not None and 0 <= trace.points <= trace.weight for trace in traces)
    assert sum((trace.points or Fraction(0) for trace in traces), Fraction(0)) == evaluation.total
    assert evaluation.unrounded_total is not None
    assert evaluation.total is not None
    assert abs(evaluation.total - evaluation.unrounded_total) <= Fraction(len(traces), 200)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(chosen=applications(), code=st.sampled_from(HELPFUL), more=st.integers(1, 500))
def test_more_of_what_helps_never_lowers_its_points(
    municipal: RuleSet, chosen: dict[str, Any], code: str, more: int
) -> None:
    before, after = evaluated(municipal, chosen), evaluated(municipal, chosen | {code: chosen[code] + more})
    assert before.total is not None
    assert after.total is not None
    assert after.total >= before.total


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(chosen=applications())
def test_a_replay_from_stored_facts_gives_the_same_bytes(municipal: RuleSet, chosen: dict[str, Any]) -> None:
    given_facts = facts(municipal.fields, **chosen)
    first = evaluate(municipal, given_facts, ON)
    again = evaluate(municipal, Facts.from_json(given_facts.to_json()), ON)
    assert again.to_json() == first.to_json()
    assert again.digest() == first.digest()


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(chosen=applications())
def test_an_evaluation_survives_the_way_through_json(municipal: RuleSet, chosen: dict[str, Any]) -> None:
    evaluation = evaluated(municipal, chosen)
    restored = Evaluation.from_json(evaluation.to_json())
    assert restored == evaluation
    assert restored.to_json() == evaluation.to_json()
    assert all(isinstance(trace.points, Fraction) for trace in restored.indicators)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(chosen=applications(), missing=st.sampled_from(sorted(MONEY | COUNTS)))
def test_a_missing_figure_never_passes_a_gate_nor_gives_a_total_it_belongs_to(
    municipal: RuleSet, chosen: dict[str, Any], missing: str
) -> None:
    evaluation = evaluated(municipal, chosen | {missing: None})
    touched = [gate for gate in evaluation.gates if missing in {i.code for i in gate.inputs}]
    assert all(gate.outcome is Outcome.UNDETERMINED for gate in touched)
    scored = [t for t in (*evaluation.indicators, *evaluation.bonus) if missing in {i.code for i in t.inputs}]
    zeroed = [t for t in scored if t.segment == "zero_denominator"]
    assert all(trace.points is None for trace in scored if trace not in zeroed)
    assert (evaluation.total is None) is bool(len(scored) > len(zeroed))


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(value=st.fractions(min_value=0, max_value=1000), places=st.integers(0, 4))
def test_half_up_rounding_is_that_of_decimal(value: Fraction, places: int) -> None:
    rounded = round_half_up(value, places)
    scaled = value * 10**places
    assert rounded * 10**places == int(scaled + Fraction(1, 2))
    assert Decimal(rounded.numerator) / Decimal(rounded.denominator) == Decimal(int(scaled + Fraction(1, 2))).scaleb(
        -places
    )
