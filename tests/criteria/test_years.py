"""Functions over years: averages, whole years since a day, sums of as many years as the enterprise exists."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from criteria.batch import BatchScorer
from criteria.evaluate import evaluate
from criteria.explain import explain
from criteria.fast import compile_rules
from criteria.faults import RuleSetFaults
from criteria.loading import load_text
from criteria.ruleset import RuleSet
from criteria.scope import NOTHING_KNOWN
from tests.criteria.builders import facts
from tests.criteria.test_loading import BANDS, HEAD, INDICATOR, SCORING

ON = date(2026, 3, 1)
EARLIER = {2024: {"rd_staff": 20}, 2023: {"rd_staff": 33}}


def scored_by(formula: str, unit: str = "person") -> RuleSet:
    """A set with one indicator of that formula."""
    return load_text(
        HEAD + SCORING + INDICATOR.replace("formula: rd_staff", f"formula: {formula}").replace("person", unit) + BANDS
    )


@pytest.mark.parametrize(
    ("formula", "founded", "value"),
    [
        # 10, 20 and 33 people: 63 in all, 21 on average; two years 30
        ("average_years(rd_staff, 3)", None, 21),
        ("average_years(rd_staff, 2)", None, 15),
        ("average_years(rd_staff, 4)", None, None),
        ("sum_existing_years(rd_staff, 3, founded_on)", "2020-01-01", 63),
        ("sum_existing_years(rd_staff, 3, founded_on)", "2023-03-01", 63),
        ("sum_existing_years(rd_staff, 3, founded_on)", "2023-03-02", 30),
        ("sum_existing_years(rd_staff, 3, founded_on)", "2024-03-02", 10),
        ("sum_existing_years(rd_staff, 3, founded_on)", "2026-02-01", 10),
        ("sum_existing_years(rd_staff, 3, founded_on)", None, None),
        ("rd_staff * min(3, years_since(founded_on))", "2024-03-01", 20),
        ("rd_staff * min(3, years_since(founded_on))", "2024-03-02", 10),
        ("rd_staff * min(3, years_since(founded_on))", "1990-03-02", 30),
        ("rd_staff * years_since(founded_on)", "2026-03-02", 0),
        ("rd_staff * years_since(founded_on)", "soon", None),
    ],
)
def test_value_over_years_is_exact_and_the_same_compiled(formula: str, founded: str | None, value: int | None) -> None:
    rules = scored_by(formula)
    given = facts(rules.fields, EARLIER, rd_staff=10, founded_on=founded)
    trace = evaluate(rules, given, ON).trace("I")
    assert trace.value == (None if value is None else Fraction(value))
    scorer = compile_rules(rules)
    assert scorer.fallbacks == {}
    (line,) = scorer.score(given, ON).lines()
    assert (line.value, line.points) == (trace.value, trace.points)


def test_inputs_of_every_year_and_the_day_are_kept_and_told() -> None:
    rules = scored_by("sum_existing_years(rd_staff, 3, founded_on)")
    given = facts(rules.fields, EARLIER, rd_staff=10, founded_on="2023-03-02")
    trace = evaluate(rules, given, ON).trace("I")
    assert {(one.code, one.year): one.value for one in trace.inputs} == {
        ("founded_on", None): "2023-03-02", ("rd_staff", 2025): 10, ("rd_staff", 2024): 20,
    }  # fmt: skip
    assert "R&D personnel, sum of 3 years, or of fewer since Founded on" in "\n".join(explain(trace, "en"))
    assert "近3年研究与试验发展人员数合计（成立日期不足3年的按实有年数）" in "\n".join(explain(trace, "zh"))


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("average_years(nothing, 3)", "no such name: nothing"),
        ("average_years(profitable_3y, 3)", "profitable_3y is no number"),
        ("sum_years(industry_class, 2)", "industry_class is no number"),
        ("rd_staff * years_since(employees)", "employees is no field with a date"),
        ("sum_existing_years(rd_staff, 3, employees)", "employees is no field with a date"),
        ("average_years(rd_staff, 3) + revenue_main", "units differ: kCNY, person"),
        ("sum_existing_years(rd_staff, 3, founded_on) + revenue_main", "units differ: kCNY, person"),
        ("rd_staff * (years_since(founded_on) + employees)", "units differ: person, year"),
        ("average_years(rd_staff)", "wrong number of arguments for average_years"),
        ("average_years(rd_staff, 9)", "average_years expects years here"),
        ("years_since('2020-01-01')", "years_since expects date here"),
    ],
)
def test_bad_use_is_refused_at_load(formula: str, reason: str) -> None:
    with pytest.raises(RuleSetFaults) as refused:
        scored_by(formula)
    assert reason in {fault.en for fault in refused.value.faults}


@pytest.mark.parametrize(
    "formula",
    [
        "average_years(rd_staff, 3)",
        "sum_existing_years(rd_staff, 3, founded_on)",
        "rd_staff * min(3, years_since(founded_on))",
    ],
)
def test_whole_columns_give_the_totals_of_single_applications(formula: str) -> None:
    rules = scored_by(formula)
    given = [
        facts(rules.fields, EARLIER, rd_staff=staff, founded_on=founded)
        for staff in (9, 10, 14, None)
        for founded in ("2020-01-01", "2024-03-02", None)
    ]
    scorer = BatchScorer(rules)
    totals = scorer.score(scorer.gathered((one, ON, NOTHING_KNOWN) for one in given))
    assert [totals.total(row) for row in range(len(given))] == [evaluate(rules, one, ON).total for one in given]
