"""How experts' marks combine: exact, trimmed from five on, every bad mark told at once."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.panel import MarkFaults, PanelResult, combine_marks, mark_faults
from criteria.ruleset import ExpertReview, RuleSet

CODES = ("strategy", "capability", "results", "benefit")


@pytest.fixture
def section(municipal: RuleSet) -> ExpertReview:
    assert municipal.expert_review is not None
    return municipal.expert_review


def marks(*each: str) -> list[dict[str, Fraction]]:
    """One expert per text, the same mark under every heading."""
    return [dict.fromkeys(CODES, Fraction(mark)) for mark in each]


def test_from_five_experts_the_highest_and_the_lowest_mark_are_dropped(section: ExpertReview) -> None:
    result = combine_marks(section, marks("10", "20", "20.5", "21", "25"))
    heading = result.headings[0]
    assert (heading.exact, heading.dropped, heading.spread) == (Fraction(41, 2), 2, 15)
    assert (result.exact, result.rounded, result.most) == (82, 82, 100)


def test_with_four_experts_nothing_is_dropped(section: ExpertReview) -> None:
    heading = combine_marks(section, marks("10", "20", "20.5", "25")).headings[0]
    assert (heading.exact, heading.dropped) == (Fraction(151, 8), 0)


def test_the_total_is_rounded_once_from_the_exact_sum(section: ExpertReview) -> None:
    result = combine_marks(section, marks("20", "20", "20.5", "20.5", "20.5", "20.5", "21", "21"))
    third = combine_marks(section, marks("20", "20", "20.5", "20.5", "20"))
    assert result.headings[0].exact == Fraction(41, 2)
    assert (third.headings[0].exact, third.headings[0].rounded) == (Fraction(121, 6), Fraction(2017, 100))
    assert (third.exact, third.rounded) == (Fraction(242, 3), Fraction(8067, 100))
    assert sum(heading.rounded for heading in third.headings) == Fraction(8068, 100)


@pytest.mark.parametrize(
    ("method", "given_marks", "exact"),
    [
        ("mean", ("10", "20", "24"), Fraction(18)),
        ("median", ("10", "20", "24"), Fraction(20)),
        ("median", ("10", "20", "21", "24"), Fraction(41, 2)),
        ("trimmed_mean", ("10", "20"), Fraction(15)),
    ],
)
def test_each_method_combines_as_it_says(
    section: ExpertReview, method: str, given_marks: tuple[str, ...], exact: Fraction
) -> None:
    assert combine_marks(replace(section, method=method), marks(*given_marks)).headings[0].exact == exact


@pytest.mark.parametrize(("highest", "is_divergent"), [("17.5", False), ("18", True)])
def test_a_spread_above_the_limit_flags_the_heading(section: ExpertReview, highest: str, is_divergent: bool) -> None:
    # 30 % of 25 points are 7.5 points.
    given_marks = [*marks("10", "12", "12", "12"), marks("12")[0] | {"results": Fraction(highest)}]
    result = combine_marks(section, given_marks)
    assert result.divergent == (("results",) if is_divergent else ())


def test_all_bad_marks_of_all_experts_are_told_at_once(section: ExpertReview) -> None:
    bad = [
        {"strategy": Fraction(26), "capability": Fraction(-1), "results": Fraction(1, 3), "benefit": Fraction(5)},
        {"strategy": Fraction(5), "capability": Fraction(5), "results": Fraction(5), "style": Fraction(5)},
    ]
    with pytest.raises(MarkFaults) as refused:
        combine_marks(section, bad)
    assert [(fault.expert, fault.heading, fault.en) for fault in refused.value.faults] == [
        (1, "strategy", "Innovation strategy and mechanism: between 0 and 25"),
        (1, "capability", "R&D capability and conditions: between 0 and 25"),
        (1, "results", "Results and their level: in steps of 0.5"),
        (2, "benefit", "Benefit and pull on the trade: no mark"),
        (2, "style", "no such heading: style"),
    ]
    assert refused.value.faults[2].zh == "“创新成果与水平”应为0.5分的整数倍"


def test_no_marks_at_all_are_refused(section: ExpertReview) -> None:
    with pytest.raises(MarkFaults):
        combine_marks(section, [])


def test_the_ends_of_the_scale_are_accepted(section: ExpertReview) -> None:
    assert mark_faults(section, marks("0")[0]) == mark_faults(section, marks("25")[0]) == []


@pytest.mark.slow
@given(halves=st.lists(st.integers(0, 50), min_size=1, max_size=9))
def test_a_result_lies_between_the_lowest_and_the_highest_mark(municipal: RuleSet, halves: list[int]) -> None:
    assert municipal.expert_review is not None
    given_marks = [dict.fromkeys(CODES, Fraction(half, 2)) for half in halves]
    result = combine_marks(municipal.expert_review, given_marks)
    for heading in result.headings:
        assert min(heading.marks) <= heading.exact <= max(heading.marks)
    assert result.exact == sum(heading.exact for heading in result.headings)
    assert PanelResult.from_json(result.to_json()) == result
    assert result.totals == tuple(Fraction(half * 2) for half in halves)
