"""How experts mark beside one another: worked by hand, exact, blind to the quality of cases, silent on thin ground."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from criteria.calibration import Calibration, Sheet, calibrate
from criteria.ruleset import ExpertReview, RuleSet

PATIENT = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CODES = ("strategy", "capability", "results", "benefit")


@pytest.fixture(scope="module")
def section(municipal: RuleSet) -> ExpertReview:
    assert municipal.expert_review is not None
    return municipal.expert_review


def sheet(case: str, expert: str, *marks: str) -> Sheet:
    """Four marks, or one that stands under every heading."""
    given_marks = marks if len(marks) == len(CODES) else marks * len(CODES)
    return Sheet(case, expert, {code: Fraction(mark) for code, mark in zip(CODES, given_marks, strict=True)})


def habit(found: Calibration, expert: str) -> dict[str, object]:
    row = next(one for one in found.habits if one.expert == expert)
    return {
        "reviews": row.reviews, "mean": row.mean_total, "deviation": row.mean_deviation, "severity": row.severity,
        "spread": row.spread, "outliers": row.outliers, "leaning": row.leaning,
    }  # fmt: skip


def test_one_panel_worked_by_hand(section: ExpertReview) -> None:
    """Totals 80, 84, 100 and 40: mean 76; the last one is 48 below the mean 88 of the others."""
    sheets = [sheet("c", "a", "20"), sheet("c", "b", "21"), sheet("c", "d", "25"), sheet("c", "e", "10")]
    found = calibrate(section, sheets)
    assert habit(found, "e") == {
        "reviews": 1, "mean": 40, "deviation": -36, "severity": -48, "spread": 0, "outliers": 4, "leaning": "",
    }  # fmt: skip
    assert habit(found, "a")["severity"] == Fraction(80) - Fraction(224, 3)
    assert [one.expert for one in found.habits] == ["e", "a", "b", "d"]


def test_outlier_says_its_distance_and_its_limit(section: ExpertReview) -> None:
    sheets = [sheet("c", "a", "20"), sheet("c", "b", "20"), sheet("c", "d", "20", "20", "20", "12")]
    found = calibrate(section, sheets)
    (one,) = found.outliers
    assert (one.case, one.expert, one.heading) == ("c", "d", "benefit")
    assert (one.mark, one.others_mean, one.difference) == (12, 20, -8)
    assert (one.limit, one.others) == (Fraction(15, 2), 2)


@pytest.mark.parametrize(("mark", "count"), [("12.5", 0), ("12", 1), ("27.5", 0)])
def test_distance_at_the_limit_is_no_outlier(section: ExpertReview, mark: str, count: int) -> None:
    sheets = [sheet("c", "a", "20"), sheet("c", "b", "20"), sheet("c", "d", "20", "20", "20", mark)]
    assert len(calibrate(section, sheets).outliers) == count


@pytest.mark.parametrize(("own", "leaning"), [("15", "severe"), ("25", "lenient"), ("17", "")])
def test_expert_who_always_leans_one_way_is_told(section: ExpertReview, own: str, leaning: str) -> None:
    """The limit of a habit is half of 30 percent of 100: 15 points. 60 and 100 lie 20 beside 80, 68 lies 12."""
    sheets = [one for case in "123" for one in (sheet(case, "a", "20"), sheet(case, "b", "20"), sheet(case, "x", own))]
    found = calibrate(section, sheets)
    assert (found.limit, habit(found, "x")["leaning"]) == (15, leaning)
    assert habit(found, "a")["leaning"] == ""


def test_one_sheet_the_other_way_or_two_sheets_are_no_habit(section: ExpertReview) -> None:
    def found(*own: str) -> object:
        pairs = list(enumerate(own))
        sheets = [
            one
            for n, mark in pairs
            for one in (sheet(str(n), "a", "20"), sheet(str(n), "b", "20"), sheet(str(n), "x", mark))
        ]
        return habit(calibrate(section, sheets), "x")["leaning"]

    assert found("5", "5", "5") == "severe"
    assert found("5", "5", "20.5") == ""
    assert found("5", "5") == ""


def test_panel_of_two_says_nothing(section: ExpertReview) -> None:
    found = calibrate(section, [sheet("c", "a", "20"), sheet("c", "b", "5")])
    assert (found.habits, found.sheets, found.outliers) == ((), (), ())
    assert calibrate(section, []).habits == ()


MARK = st.integers(0, 50).map(lambda n: str(Fraction(n, 2)))


@PATIENT
@given(st.lists(st.lists(MARK, min_size=3, max_size=7), min_size=1, max_size=5))
def test_deviations_of_a_panel_cancel_out_and_leaving_one_out_only_stretches_them(
    section: ExpertReview, panels: list[list[str]]
) -> None:
    sheets = [sheet(str(n), f"e{k}", mark) for n, marks in enumerate(panels) for k, mark in enumerate(marks)]
    found = calibrate(section, sheets)
    for n, marks in enumerate(panels):
        rows = [row for row in found.sheets if row.case == str(n)]
        assert sum(row.deviation for row in rows) == 0
        assert all(row.difference == row.deviation * Fraction(len(marks), len(marks) - 1) for row in rows)
    assert sum(one.reviews for one in found.habits) == sum(map(len, panels))


@PATIENT
@given(st.lists(st.integers(0, 20), min_size=3, max_size=5), st.integers(0, 10))
def test_better_case_changes_nobodys_severity(section: ExpertReview, marks: list[int], more: int) -> None:
    def severities(added: int) -> list[tuple[str, Fraction]]:
        sheets = [sheet("c", f"e{k}", str(Fraction(mark + added, 2))) for k, mark in enumerate(marks)]
        return [(one.expert, one.severity) for one in calibrate(section, sheets).habits]

    assert severities(0) == severities(more)
