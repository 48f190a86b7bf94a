"""Opened marks in words: every method of combining worked out in figures that a reader can redo."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from criteria.loading import load
from criteria.panel import combine_marks
from criteria.ruleset import ExpertReview
from workflows.presentation.marks import _sum, _working, method_words


@pytest.fixture(scope="module")
def section() -> ExpertReview:
    found = load("shanghai_municipal_centre/2022-demo").expert_review
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("method", "given", "words"),
    [
        ("mean", ("10", "20", "21"), "(10 + 20 + 21) ÷ 3 = 17.00"),
        ("mean", ("10", "20", "20"), "(10 + 20 + 20) ÷ 3 ≈ 16.67"),
        ("median", ("21", "10", "20"), "排序 10、20、21，中位数 20.00"),
        ("median", ("21", "10", "20", "20.5"), "排序 10、20、20.5、21，中位数 20.25"),
        ("trimmed_mean", ("21", "10", "20"), "(10 + 20 + 21) ÷ 3 = 17.00"),
        ("trimmed_mean", ("25", "10", "20", "20", "21"), "去掉 25 和 10；(20 + 20 + 21) ÷ 3 ≈ 20.33"),
    ],
)
def test_each_method_is_worked_out_in_figures(
    section: ExpertReview, method: str, given: tuple[str, ...], words: str
) -> None:
    chosen = replace(section, method=method)
    codes = [heading.code for heading in chosen.headings]
    result = combine_marks(chosen, [dict.fromkeys(codes, Fraction(mark)) for mark in given])
    assert _working(result.headings[0], method, result.places) == words
    assert "%" not in method_words(chosen)
    total = _sum(result)
    assert total.split(" ")[-1] == f"{float(result.rounded):.2f}"
