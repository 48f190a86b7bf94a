"""How far an enterprise is from a title: gaps, the line, what is unknown, what changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from criteria import readiness
from criteria.evaluate import Evaluation, Standing, evaluate
from criteria.facts import Fact, Facts, facts_of
from criteria.gates import Outcome
from criteria.loading import load
from criteria.ruleset import RuleSet

ON = date(2026, 3, 2)
HELD = Standing(titles={"shanghai_municipal_centre": date(2020, 6, 1), "national_centre": None})


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load("demonstration_national/2010-demo")


def some_facts(**values: int) -> Facts:
    given = {"revenue_main": 520000, "employees": 640, "rd_expenditure": 13000, "rd_staff": 88} | values
    units = {"revenue_main": "kCNY", "rd_expenditure": "kCNY"}
    return facts_of(2025, [Fact(code, 2025, Fraction(n), units.get(code, "person")) for code, n in given.items()])


def found(rules: RuleSet, **values: int) -> Evaluation:
    return evaluate(rules, some_facts(**values), ON, HELD)


def test_gap_is_told_in_the_unit_of_the_indicator(rules: RuleSet) -> None:
    gaps = {gap.trace.code: gap for gap in readiness.indicator_gaps(found(rules))}
    share = gaps["T-01"]  # 2.5 % where 3 % is asked and 8 % gives all points
    assert (share.to_basic, share.to_full) == (Fraction(1, 2), Fraction(11, 2))
    assert share.open_points == share.trace.weight
    unknown = gaps["T-05"]
    assert (unknown.to_basic, unknown.to_full, unknown.open_points) == (None, None, unknown.trace.weight)


def test_requirement_that_is_met_lacks_nothing(rules: RuleSet) -> None:
    gap = readiness.indicator_gaps(found(rules, rd_expenditure=52000))[0]
    assert (gap.to_basic, gap.to_full, gap.open_points) == (0, 0, 0)
    assert gap.trace.code not in {one.trace.code for one in readiness.by_open_points((gap,))}


def test_points_are_split_into_known_and_unknown(rules: RuleSet) -> None:
    evaluation = found(rules, rd_expenditure=52000)
    known, unknown = readiness.points_known(evaluation), readiness.points_unknown(evaluation)
    weights = sum(trace.weight or 0 for trace in evaluation.indicators)
    assert evaluation.total is None
    assert 0 < known <= weights - unknown


def test_line_is_the_lowest_band_that_keeps_the_title(rules: RuleSet) -> None:
    line = readiness.line_of(rules)
    assert line is not None
    assert (line.band.code, line.least) == ("pass", Fraction(60))


def test_line_of_the_read_text_is_unknown_and_said_so() -> None:
    line = readiness.line_of(load("demonstration_national/2010"))
    assert line is not None
    assert (line.band.code, line.least) == ("pass", None)
    assert readiness.line_of(replace(load("demonstration_national/2010"), bands=())) is None


def test_every_figure_that_nobody_gave_is_named_once(rules: RuleSet) -> None:
    missing = readiness.unknown_inputs(found(rules))
    codes = [one.code for one in missing]
    assert len(codes) == len(set(codes))
    assert {"assets_total", "external_expert_months"} <= set(codes)
    assert not {"employees", "revenue_main"} & set(codes)


def test_changes_name_what_differs_and_nothing_else(rules: RuleSet) -> None:
    before, after = found(rules), found(rules, rd_expenditure=20800)
    rows = {(one.kind, one.code) for one in readiness.changes(before, after)}
    assert rows == {("gate", "DS1"), ("indicator", "T-01")}
    assert readiness.changes(before, before) == ()


def test_rows_of_another_edition_have_no_other_side(rules: RuleSet) -> None:
    before = found(rules)
    after = replace(before, gates=before.gates[1:], indicators=before.indicators[1:])
    rows = readiness.changes(before, after)
    assert [(one.kind, one.after) for one in rows] == [("gate", None), ("indicator", None)]


def test_binding_gates_are_counted_by_outcome(rules: RuleSet) -> None:
    counts = readiness.gate_counts(found(rules))
    assert counts[Outcome.FAILED] == 1
    assert sum(counts.values()) == len(rules.gates)
