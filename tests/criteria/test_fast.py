"""The compiled scorer: equal to the interpreter and to plain fractions, everything compiled or declared as not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import islice
from typing import Any

import pytest

from criteria import compiling, compiling_methods, nodes, scoring
from criteria.evaluate import evaluate
from criteria.expressions import parse
from criteria.facts import Facts
from criteria.fast import FastScorer, Scored, compile_rules
from criteria.ruleset import Confidence, Figure, Policy, RuleSet, Step
from criteria.scope import Standing
from tests.criteria import oracle
from tests.criteria.builders import facts
from tests.criteria.generated import exact, facts_of_row, industry_of, rows

ON = date(2026, 3, 1)


def check_equal(rules: RuleSet, scored: Scored, given: Facts) -> None:
    """Everything that was kept while scoring is what the interpreter says."""
    wanted = evaluate(rules, given, ON, scored.standing)
    traces = (*wanted.indicators, *wanted.bonus)
    steps = [(t.code, t.segment, t.value, t.weight, t.basic, t.full, t.unrounded, t.points) for t in traces]
    kept = [
        (one.code, one.segment, one.value, one.weight, one.basic, one.full, one.unrounded, one.points)
        for one in scored.lines()
    ]
    assert kept == steps
    assert scored.points == {trace.code: trace.points for trace in traces}
    assert (scored.total, scored.indicator_total, scored.unrounded_total) == (
        wanted.total, wanted.indicator_total, wanted.unrounded_total,
    )  # fmt: skip
    assert scored.band() == wanted.band


def test_demonstration_set_is_compiled_whole(demo: RuleSet) -> None:
    assert compile_rules(demo).fallbacks == {}
    assert len(compile_rules(demo).slots) == 21


@pytest.mark.slow
def test_generated_applications_leave_the_same_steps_as_the_interpreter(demo: RuleSet) -> None:
    scorer = compile_rules(demo)
    for row in rows(400, seed=7):
        given = facts_of_row(demo, row)
        check_equal(demo, scorer.score(given, ON), given)


@pytest.mark.slow
def test_evaluation_of_a_score_is_that_of_the_interpreter_byte_for_byte(municipal: RuleSet) -> None:
    for row in rows(25, seed=8):
        given = facts_of_row(municipal, row)
        scored = compile_rules(municipal).score(given, ON)
        assert scored.evaluation().to_json() == evaluate(municipal, given, ON).to_json()
        assert scored.evaluation().total == scored.total
        check_equal(municipal, scored, given)


@pytest.mark.slow
def test_twenty_thousand_totals_are_those_of_plain_fractions(demo: RuleSet) -> None:
    scorer = compile_rules(demo)
    wrong = [
        row
        for row in rows(20_000)
        if scorer.score(facts_of_row(demo, row), ON).total != oracle.total(exact(row), industry_of(row))
    ]
    assert wrong == []


def test_generated_applications_reach_every_edge(demo: RuleSet) -> None:
    scorer, segments, ties, undetermined = compile_rules(demo), set(), 0, 0
    for row in islice(rows(1500), 1500):
        scored = scorer.score(facts_of_row(demo, row), ON)
        for record in scored.records:
            segments.add(record[0])
            ties += record[5] is not None and 200 * (record[4] or 0) % (2 * record[5]) == record[5]
        undetermined += scored.total is None
    assert {str(segment) for segment in segments} == {
        "below_basic", "between", "full", "counted", "capped", "zero_denominator", "undetermined",
    }  # fmt: skip
    assert ties > 100
    assert undetermined > 10


def test_inputs_of_a_line_are_those_of_the_trace(demo: RuleSet) -> None:
    given = facts(demo.fields)
    scored, wanted = compile_rules(demo).score(given, ON), evaluate(demo, given, ON)
    for line in scored.lines():
        read = {(one.code, one.year): one.value for one in wanted.trace(line.code).inputs}
        assert {(code, year): value for code, year, value in line.inputs} == read


def test_value_off_the_grid_of_its_field_is_scored_by_the_interpreter(demo: RuleSet) -> None:
    given = facts(demo.fields, rd_expenditure=Fraction(100001, 3))
    scored = compile_rules(demo).score(given, ON)
    assert scored.cells is None
    check_equal(demo, scored, given)
    assert scored.lines()[0].inputs[0][2] == Fraction(100001, 3)


def test_text_in_a_number_field_does_not_pass_for_a_number(demo: RuleSet) -> None:
    given = facts(demo.fields, industry_class=True)
    assert compile_rules(demo).score(given, ON).cells is None


def test_set_without_indicators_has_no_points_and_no_total(partial: RuleSet) -> None:
    scored = compile_rules(partial).score(facts(partial.fields), ON)
    assert (scored.points, scored.total, scored.unrounded_total) == ({}, None, None)
    assert scored.evaluation().to_json() == evaluate(partial, facts(partial.fields), ON).to_json()


def test_every_method_is_compiled_or_declared_as_falling_back() -> None:
    assert set(compiling_methods.METHOD_WRITERS).isdisjoint(compiling_methods.FALLING_BACK)
    assert set(scoring.METHODS) == set(compiling_methods.METHOD_WRITERS) | compiling_methods.FALLING_BACK


def test_every_node_and_function_is_compiled_or_declared_as_falling_back() -> None:
    kinds = {kind for kind in vars(nodes).values() if isinstance(kind, type) and issubclass(kind, nodes.Node)}
    assert kinds - {nodes.Node} == set(compiling.NODE_WRITERS) | compiling.FALLING_BACK_NODES
    assert set(nodes.FUNCTIONS) == set(compiling.CALL_WRITERS) | compiling.FALLING_BACK_FUNCTIONS


# One formula for each form of the language; what is missing or zero is met by the generated rows.
FORMULAS = (
    "rd_staff - employees", "-rd_staff / 7 + 100", "rd_staff / (employees - 300)", "100 / (doctors - 3) - 2.5",
    "min(rd_staff, doctors, 7.25)", "max(rd_staff / employees * 100, doctors)", "abs(profit_total) / 1000",
    "doctors if industry_class in ('software', 'pharma') else 4",
    "rd_staff if rd_staff > doctors else doctors / employees",
    "doctors / employees if employees > 0 and rd_staff / employees > 0.1 else 3",
    "1 if 3 <= doctors < 20 or not rd_staff == 40 else 9", "5 if is_near(rd_staff, doctors, 0.5) else 6",
    "previous(rd_expenditure, 1) / 1000", "sum_years(rd_expenditure, 3) / revenue_main * 100",
    "(rd_expenditure - previous(rd_expenditure, 1)) / previous(rd_expenditure, 1) * 100",
    "count(rd_projects) + 1", "years_held(district_centre) * 3", "4 if holds(district_centre) else 1",
    "doctors / (rd_staff / employees)", "doctors / -employees * -100", "rd_staff / (doctors / 0.5 - 1 / employees)",
    "4 if industry_class == 'software' else doctors / 0.3", "doctors * industry_coefficient / 3",
)  # fmt: skip
ZERO = Policy("zero", False, "零", "zero", Confidence.DEMO)
POSITIVE = Policy("zero", True, "零", "zero", Confidence.DEMO)
UNDECIDED = Policy("undetermined", False, "零", "zero", Confidence.DEMO)


def point(value: Fraction | int) -> Figure:
    return Figure(Fraction(value), "point", Confidence.DEMO)


def single(rules: RuleSet, **changes: Any) -> RuleSet:
    """The set with one indicator, changed."""
    row = replace(rules.indicator("X-06"), **changes)
    return replace(rules, indicators=(row,), bonus=(), checksum=repr(changes))


def years_of(row: dict[str, Any]) -> dict[int, dict[str, Any]]:
    values = exact(row)
    return {2024: {"rd_expenditure": values["new_product_revenue"]}, 2023: {"rd_expenditure": values["profit_total"]}}


@pytest.mark.slow
@pytest.mark.parametrize("formula", FORMULAS)
def test_every_form_of_the_language_gives_the_steps_of_the_interpreter(municipal: RuleSet, formula: str) -> None:
    for number, policy in enumerate((ZERO, POSITIVE, UNDECIDED)):
        rules = single(municipal, formula=parse(formula), zero_denominator=policy)
        scorer = FastScorer(rules)
        assert scorer.fallbacks == {}
        for row in rows(12, seed=number):
            given = facts(rules.fields, years_of(row), **exact(row) | {"industry_class": industry_of(row)})
            standing = Standing(titles={"district_centre": date(2021, 5, 1)} if (row["doctors"] or 0) % 2 else {})
            check_equal(rules, scorer.score(given, ON, standing), given)


STEPS = tuple(Step(point(least), point(worth)) for least, worth in ((2, 1), (Fraction(13, 2), Fraction(7, 3)), (20, 7)))
METHODS: tuple[dict[str, Any], ...] = (
    {"method": "steps", "steps": STEPS},
    {"method": "per_unit", "points_each": point(Fraction(1, 3))},
    {"basic": point(Fraction(7, 2)), "full": point(Fraction(101, 7)), "weight": point(Fraction(17, 3))},
    {"method": "linear_60_proportional"},
    {"method": "linear_60_proportional", "basic": point(Fraction(7, 3)), "weight": point(Fraction(5, 2))},
    {"method": "linear_0_100"},
    {"method": "threshold_proportional", "full": point(Fraction(64, 3))},
)


@pytest.mark.parametrize("changes", METHODS)
@pytest.mark.parametrize("stage", ["indicator", "total", "none"])
def test_every_method_gives_the_steps_of_the_interpreter_at_every_stage(
    municipal: RuleSet, changes: dict[str, Any], stage: str
) -> None:
    assert municipal.scoring is not None
    rules = replace(single(municipal, **changes), scoring=replace(municipal.scoring, stage=stage))
    scorer = FastScorer(rules)
    assert scorer.fallbacks == {}
    for patents in (-3, 0, 1, 2, 3, 6, 7, 14, 15, 19, 20, 21, 100, None):
        given = facts(rules.fields, invention_patents_valid=patents)
        check_equal(rules, scorer.score(given, ON), given)


def test_rules_over_several_indicators_give_the_total_of_the_interpreter(municipal: RuleSet) -> None:
    assert municipal.scoring is not None
    rules = replace(
        municipal, scoring=replace(municipal.scoring, bonus_cap=point(1)), checksum="cap",
        indicators=(replace(municipal.indicators[0], is_deduction=True), *municipal.indicators[1:]),
    )  # fmt: skip
    scorer = FastScorer(rules)
    assert not scorer.adds_up
    assert set(scorer.fallbacks) == {"X-01"}
    for awards in (0, 1, 4):
        given = facts(rules.fields, awards_2y=awards)
        check_equal(rules, scorer.score(given, ON), given)


def test_least_count_falls_back(municipal: RuleSet) -> None:
    rules = single(municipal, method="per_unit", points_each=point(1), least_count=point(3))
    scorer = FastScorer(rules)
    assert scorer.fallbacks == {"X-06": "Indicator.least_count"}
    for patents in (2, 3, 4):
        given = facts(rules.fields, invention_patents_valid=patents)
        check_equal(rules, scorer.score(given, ON), given)


def test_unknown_coefficient_falls_back_with_its_reason(municipal: RuleSet) -> None:
    unknown = Figure(None, "factor", Confidence.UNKNOWN, shown_as=Fraction(1), name_zh="系数", name_en="coefficient")
    rules = replace(
        municipal, coefficients={**municipal.coefficients, "industry_coefficient": unknown}, checksum="unknown"
    )
    scorer, given = FastScorer(rules), facts(rules.fields)
    assert set(scorer.fallbacks) == {"X-02", "X-15", "X-16"}
    check_equal(rules, scorer.score(given, ON), given)
    assert scorer.score(given, ON).lines()[1].inputs


def test_coefficient_by_class_is_compiled(municipal: RuleSet) -> None:
    cases = {"manufacturing": Fraction(1), "software": Fraction(2, 3)}
    factor = Figure(None, "factor", Confidence.DEMO, by="industry_class", cases=cases)
    rules = replace(
        municipal, coefficients={**municipal.coefficients, "industry_coefficient": factor}, checksum="cases"
    )
    scorer = FastScorer(rules)
    assert scorer.fallbacks == {}
    for industry in ("manufacturing", "software", "other", None):
        given = facts(rules.fields, industry_class=industry)
        check_equal(rules, scorer.score(given, ON), given)


def test_written_source_holds_nothing_of_the_rule_file(demo: RuleSet) -> None:
    scorer = FastScorer(demo)
    code = scorer.compute.__code__
    texts = {constant for constant in code.co_consts if isinstance(constant, str)}
    assert texts == set()
    assert set(code.co_names) <= {"get", "abs", "TypeError", "z"} | {f"k{number}" for number in range(500)}
