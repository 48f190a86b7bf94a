"""What an applicant could do: every figure advised reaches what it promises, one step less does not."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criteria.checks import check_facts
from criteria.evaluate import evaluate
from criteria.facts import Facts
from criteria.loading import load
from criteria.ruleset import Severity
from criteria.scope import Standing
from criteria.thresholds import crossings, least_reaching
from criteria.trial import Trial
from criteria.what_if import Raise, Way, missing_for, ways_to_gain
from tests.criteria import builders

ON = date(2026, 3, 1)
RULES = load("shanghai_municipal_centre/2022-demo")
KNOWN = Standing(titles={"district_centre": date(2024, 1, 1)}, lists={"shanghai_negative_list": False})
YEAR = builders.YEAR


def application(**changed: Any) -> Facts:
    return builders.facts(RULES.fields, **changed)


def after(facts: Facts, way: Way) -> Facts:
    return facts.with_verified({(one.code, YEAR): one.to for one in way.raises})


def total(facts: Facts) -> Fraction:
    found = evaluate(RULES, facts, ON, KNOWN).total
    assert found is not None
    return found


def test_value_over_a_straight_line_is_met_exactly() -> None:
    # 24000 ÷ x: 300 at 80, 160 at 150, 120 at 200; it is 200 at 120.
    points = [(Fraction(x), Fraction(24000, x)) for x in (80, 150, 200)]
    assert crossings(points, [Fraction(200)]) == [120]


def test_share_in_which_the_figure_stands_above_and_below_is_met_exactly() -> None:
    points = [(Fraction(x), Fraction(x, x + 10)) for x in (10, 20, 30)]
    assert crossings(points, [Fraction(9, 10)]) == [90]


@pytest.mark.parametrize("values", [(5, 5, 5), (0, 0, 0)])
def test_value_that_does_not_move_meets_nothing(values: tuple[int, ...]) -> None:
    points = [(Fraction(n), Fraction(value)) for n, value in enumerate(values)]
    assert crossings(points, [Fraction(7)]) == []


def test_least_figure_is_found_to_the_step() -> None:
    candidates = [Fraction(10), Fraction(100), Fraction(1000)]
    assert least_reaching(lambda x: x >= 37, candidates, Fraction(3), Fraction(1)) == 37
    assert least_reaching(lambda x: x > Fraction("36.25"), candidates, Fraction(3), Fraction("0.01")) == Fraction(
        "36.26"
    )
    assert least_reaching(lambda _: False, candidates, Fraction(3), Fraction(1)) is None


def test_revenue_from_new_products_that_gains_two_points_is_worked_out_by_hand() -> None:
    # 30 % at present gives 8 of 10; full marks at 40 % of 500 000 are 200 000. What rounds to 10.00 begins at
    # 9.995: share 39.975 %, 199 875 千元.
    advice = ways_to_gain(RULES, application(), ON, KNOWN, Fraction(2))
    way = next(way for way in advice.single if way.raises[0].code == "new_product_revenue")
    assert [way.raises[0].now, way.raises[0].to, way.gain] == [Fraction(150000), Fraction(199875), Fraction(2)]
    assert [(one.code, one.before, one.after) for one in way.effects] == [("X-15", Fraction(8), Fraction(10))]
    assert way.sentence("zh") == "新产品销售收入：150000 千元 → 199875 千元，得分增加 2.00 分，总分 82.30 分"
    assert way.sentence("en").endswith("2.00 points more, 82.30 in total")


def test_figure_that_lifts_one_share_and_lowers_another_counts_both() -> None:
    advice = ways_to_gain(RULES, application(rd_staff=30), ON, KNOWN, Fraction(1))
    staff = [way for way in (*advice.single, *advice.most) if way.raises[0].code == "rd_staff"]
    assert staff
    for way in staff:
        signs = {one.code: one.after - one.before for one in way.effects}
        assert signs["X-03"] > 0
        assert signs["X-01"] < 0
        assert sum(signs.values()) == way.gain


def test_where_one_figure_does_not_do_two_are_named() -> None:
    facts = application()
    advice = ways_to_gain(RULES, facts, ON, KNOWN, Fraction(6))
    assert advice.single == ()
    assert advice.double
    for way in advice.double:
        assert len(way.raises) == 2
        assert total(after(facts, way)) - total(facts) == way.gain
        assert way.gain >= 6


def test_more_than_all_figures_hold_gives_no_way_and_still_tells_what_each_can_give() -> None:
    advice = ways_to_gain(RULES, application(), ON, KNOWN, Fraction(60))
    assert (advice.single, advice.double) == ((), ())
    assert advice.most
    assert [way.gain for way in advice.most] == sorted((way.gain for way in advice.most), reverse=True)


@pytest.mark.parametrize(
    ("now", "to", "effort"),
    [
        (80, 100, Fraction(1, 5)),
        (0, 5, Fraction(1)),
        (-5, 0, Fraction(1)),
        (-10, -5, Fraction(1, 2)),
        (-5, 5, Fraction(2)),
    ],
)
def test_effort_of_a_raise_is_its_share_of_the_larger_figure(now: int, to: int, effort: Fraction) -> None:
    raised = Raise("profit_total", "A-19", "利润总额", "Total profit", "kCNY", Fraction(now), Fraction(to))
    assert raised.effort == effort


def test_undetermined_total_gives_no_advice() -> None:
    advice = ways_to_gain(RULES, application(revenue_main=None), ON, KNOWN, Fraction(1))
    assert (advice.total, advice.single, advice.most) == (None, (), ())


def test_raise_that_breaks_a_check_is_not_advised() -> None:
    facts = application(rd_staff=20, employees=21)
    for way in ways_to_gain(RULES, facts, ON, KNOWN, Fraction(1, 2)).most:
        assert way.raises[0].code != "rd_staff" or way.raises[0].to <= 21


def test_missing_names_condition_band_and_points() -> None:
    facts = application(rd_staff_stat=52)
    missing = missing_for(RULES, facts, ON, KNOWN)
    staff = next(gap for gap in missing.gaps if gap.gate.code == "MG4")
    assert staff.short == 8
    assert staff.sentence("zh").endswith("还差 8 人")
    assert staff.sentence("en").endswith("8 persons missing")
    assert missing.next_band is not None
    assert missing.next_band.least is not None
    assert missing.points_short == missing.next_band.least.value - total(facts)  # type: ignore[operator]  # it has one
    assert missing.advice is not None
    assert missing.advice.wanted == missing.points_short


def test_unknown_condition_is_missing_without_a_number() -> None:
    gaps = missing_for(RULES, application(), ON).gaps
    assert {gap.gate.code for gap in gaps} == {"MG6", "MG7"}
    assert all(gap.short is None for gap in gaps)
    assert "需由工作人员核实" in gaps[0].sentence("zh")


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "rd_expenditure": st.integers(0, 60000), "rd_staff": st.integers(0, 300),
            "new_product_revenue": st.integers(0, 500000), "invention_patents_valid": st.integers(0, 40),
            "awards_2y": st.integers(0, 8), "external_expert_months": st.integers(0, 80),
        }
    ),
    st.sampled_from([Fraction(1, 2), Fraction(2), Fraction(5)]),
)  # fmt: skip
def test_every_way_holds_what_it_says_and_one_step_less_does_not(changed: dict[str, int], wanted: Fraction) -> None:
    facts = application(**changed)
    before = total(facts)
    trial = Trial(RULES, facts, ON, KNOWN)
    advice = ways_to_gain(RULES, facts, ON, KNOWN, wanted)
    errors = {found.code for found in check_facts(RULES, facts) if found.severity is Severity.ERROR}
    for way in (*advice.single, *advice.double, *advice.most):
        changed_facts = after(facts, way)
        assert total(changed_facts) == way.total == before + way.gain
        assert all(one.to > one.now for one in way.raises)
        assert sum(one.after - one.before for one in way.effects) == way.gain
        lines = {"rd_projects", "ip_obtained_3y", "standards_3y"}
        if not lines & {one.code for one in way.raises}:
            assert {f.code for f in check_facts(RULES, changed_facts) if f.severity is Severity.ERROR} <= errors
    for way in advice.single:
        assert way.gain >= wanted
        one = way.raises[0]
        less = one.to - trial.step(one.code)
        less_gain = trial.total_with({one.code: less})
        assert less == one.now or less_gain is None or less_gain - before < wanted
