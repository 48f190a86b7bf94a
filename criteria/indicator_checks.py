"""Static checks of one indicator: formula, figures of its method, order of its limits, policy, exemption."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from criteria.cursor import FaultList
from criteria.ruleset import Figure, Indicator, Policy
from criteria.vocabulary import Vocabulary
from criteria.ways import ways_of

LINES = {"linear_60_100", "linear_60_proportional", "linear_0_100", "threshold_proportional"}


def check_policy(policy: Policy | None, divides: bool, path: str, faults: FaultList) -> None:
    """A division says what a denominator of zero means, and only a division does."""
    if divides and policy is None:
        faults.add(path, "有除法，必须写明分母为零时如何处理", "there is a division: say what a zero denominator means")
    if policy and not divides:
        faults.add(f"{path}.zero_denominator", "没有除法，不需要此项", "no division, so nothing to say here")


def check_indicator(indicator: Indicator, path: str, vocabulary: Vocabulary, faults: FaultList) -> None:
    """Every way to the points, and the exemption; adds a fault per finding."""
    for number, way in enumerate(ways_of(indicator)):
        _check_way(way, path if number == 0 else f"{path}.or_better[{number - 1}]", vocabulary, faults)
    if indicator.exempt is not None:
        vocabulary.check(indicator.exempt.when, f"{path}.exempt.when")
        vocabulary.check_truth(indicator.exempt.when, f"{path}.exempt.when")
        share = indicator.exempt.share.value
        if share is not None and not 0 <= share <= 100:
            faults.add(f"{path}.exempt.share", "占权重的比例应在0到100之间", "the share must be between 0 and 100")


def _check_way(indicator: Indicator, path: str, vocabulary: Vocabulary, faults: FaultList) -> None:
    if indicator.grades and indicator.method != "grade":
        faults.add(f"{path}.grades", "只有 grade 方法可以列出等级", "only the method grade has grades")
    vocabulary.check(indicator.formula, f"{path}.formula")
    vocabulary.check_number(indicator.formula, f"{path}.formula")
    check_policy(indicator.zero_denominator, indicator.formula.divides, path, faults)
    for key in ("weight", "basic", "full"):
        figure = getattr(indicator, key)
        if figure:
            vocabulary.check_cases(figure, f"{path}.{key}")
    if indicator.method in LINES:
        _check_linear(indicator, path, vocabulary, faults)
    elif indicator.method == "steps":
        _check_steps(indicator, path, faults)
    elif indicator.method == "grade":
        _check_grades(indicator, path, faults)
    elif indicator.method == "per_unit" and indicator.points_each is None:
        faults.add(path, "缺少 points_each", "points_each is missing")


def _check_linear(indicator: Indicator, path: str, vocabulary: Vocabulary, faults: FaultList) -> None:
    basic, full = indicator.basic, indicator.full
    if basic is None or full is None:
        faults.add(path, "缺少基本要求或满分要求", "basic or full is missing")
        return
    for case in vocabulary.cases_of(basic, full):
        low, high = chosen(basic, case), chosen(full, case)
        if low is not None and high is not None and low >= high:
            where = f"（{case}）" if case else ""
            faults.add(
                f"{path}.basic",
                f"基本要求不得大于或等于满分要求{where}",
                f"basic must be below full{f' ({case})' if case else ''}",
            )


def chosen(figure: Figure, case: str | None) -> Fraction | None:
    """The value of a figure for a class; the plain value when it does not differ."""
    return figure.cases.get(case or "") if figure.cases else figure.value


def _check_grades(indicator: Indicator, path: str, faults: FaultList) -> None:
    """Two grades at least, each with points of its own that the weight can hold."""
    points = [grade.points.amount() for grade in indicator.grades]
    if len(points) < 2:
        faults.add(f"{path}.grades", "至少要有两个等级", "there must be two grades at least")
    if len(set(points)) < len(points):
        faults.add(f"{path}.grades", "等级得分不得相同", "two grades give the same points")
    weight = indicator.weight.value
    if any(one < 0 or (weight is not None and one > weight) for one in points):
        faults.add(f"{path}.grades", "等级得分应在0与权重之间", "points of a grade lie between 0 and the weight")


def _check_steps(indicator: Indicator, path: str, faults: FaultList) -> None:
    if not indicator.steps:
        faults.add(path, "缺少 steps", "steps are missing")
    steps = [(step.least.value or Fraction(0), step.points.value or Fraction(0)) for step in indicator.steps]
    for (least, points), (next_least, next_points) in pairwise(steps):
        if next_least <= least or next_points <= points:
            faults.add(f"{path}.steps", "各档必须递增", "steps must rise")
    if steps and indicator.weight.value is not None and steps[-1][1] > indicator.weight.value:
        faults.add(f"{path}.steps", "最高档超过权重", "the highest step exceeds the weight")
