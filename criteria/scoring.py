"""From values to points: exact, rounded once, at the stage that the rule set names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction

from criteria.exact import exact_sum, plain, round_half_up
from criteria.facts import Facts
from criteria.methods import METHODS, Award, Scale
from criteria.nodes import ZeroDenominator
from criteria.ruleset import Figure, Indicator, Policy, RuleSet, Scoring
from criteria.scope import FactScope, Standing
from criteria.trace import Segment, Trace
from criteria.ways import ways_of
from criteria.wording import formula_words, numbers_of, value_text

__all__ = ["METHODS", "bonus_total_of", "score", "total_of"]
_BETTER = ("按“{}”计分，得分较高", "scored as “{}”, which gives more")
_METHOD_UNKNOWN = ("计分方法尚未查明", "the method of scoring is not known")
_EXEMPT_UNKNOWN = ("缺少判断是否适用固定得分所需的信息", "what decides whether a fixed share applies is missing")


def score(rules: RuleSet, scoring: Scoring, indicator: Indicator, facts: Facts, on: date, standing: Standing) -> Trace:
    """Score one indicator or bonus exactly, with its trace; rounded here only if the set rounds per indicator.

    Of several ways the one with most points counts; while one is undetermined the result is, unless another already
    gives the whole weight.
    """
    ways = ways_of(indicator)
    traces = [_score_way(rules, scoring, way, FactScope(rules, facts, on, standing)) for way in ways]
    if len(traces) == 1:
        return traces[0]
    best = _best(traces)
    outdone = tuple(trace for number, trace in enumerate(traces) if number != best)
    chosen, way = traces[best], ways[best]
    notes = (chosen.note_zh or _BETTER[0].format(way.name_zh), chosen.note_en or _BETTER[1].format(way.name_en))
    return replace(
        chosen, name_zh=indicator.name_zh, name_en=indicator.name_en, note_zh=notes[0], note_en=notes[1],
        outdone=outdone,
    )  # fmt: skip


def _best(traces: list[Trace]) -> int:
    """Which way counts: the most points, the first of equals; an undetermined one before those that are not full."""

    def rank(number: int) -> tuple[bool, bool, Fraction, int]:
        points = traces[number].unrounded
        known = Fraction(0) if points is None else points
        return abs(known) == traces[number].weight, points is None, known, -number

    return max(range(len(traces)), key=rank)


def _score_way(rules: RuleSet, scoring: Scoring, indicator: Indicator, scope: FactScope) -> Trace:
    scale = Scale(scope, indicator, scoring)
    value, award, policy = _award(scale)
    rounds = scoring.stage == "indicator"
    note_zh, note_en = _notes(scale, award, policy)
    words = _words(rules, indicator, scope)
    used, sign = scope.used, -1 if indicator.is_deduction else 1
    return Trace(
        code=indicator.code,
        group_zh=indicator.group_zh,
        group_en=indicator.group_en,
        subgroup_zh=indicator.subgroup_zh,
        subgroup_en=indicator.subgroup_en,
        name_zh=indicator.name_zh,
        name_en=indicator.name_en,
        unit=indicator.unit,
        formula=words[0],
        formula_zh=words[1],
        formula_en=words[2],
        formula_numbers=words[3],
        inputs=tuple(scope.inputs.values()),
        figures=tuple(scope.used.values()),
        method=indicator.method,
        segment=award.segment,
        value=None if value is None else plain(value),
        weight=indicator.weight.value,
        basic=used["basic"].value if "basic" in used else None,
        full=used["full"].value if "full" in used else None,
        unrounded=None if award.points is None else sign * plain(award.points),
        points=_rounded(award.points, scoring, rounds, sign),
        places=scoring.places,
        rounds=rounds,
        working=award.working,
        note_zh=note_zh,
        note_en=note_en,
        is_deduction=indicator.is_deduction,
    )


def _words(rules: RuleSet, indicator: Indicator, scope: FactScope) -> tuple[str, str, str, str]:
    """The formula as text, in words and with numbers; empty where a person gives a grade."""
    if indicator.method == "grade":
        return "", "", "", ""
    formula = indicator.formula
    words = formula_words(rules, formula, "zh"), formula_words(rules, formula, "en")
    return formula.text, *words, numbers_of(formula, scope)


def _notes(scale: Scale, award: Award, policy: Policy | None) -> tuple[str, str]:
    exempt = scale.indicator.exempt
    if exempt is not None and award.segment is Segment.EXEMPT:
        return exempt.note_zh, exempt.note_en
    if scale.indicator.method == "grade":
        return scale.scope.graded(scale.indicator)[1]
    note_zh, note_en = scale.scope.notes(policy)
    if not note_zh and scale.indicator.method == "unknown":
        return _METHOD_UNKNOWN
    if exempt is not None and award.segment is Segment.UNDETERMINED and not note_zh:
        return _EXEMPT_UNKNOWN
    return note_zh, note_en


def total_of(points: Iterable[Fraction | None], scoring: Scoring) -> Fraction | None:
    """The exact sum, rounded when the set rounds the total; None as soon as one part is undetermined."""
    parts = list(points)
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    total = exact_sum(known)
    return round_half_up(total, scoring.places) if scoring.stage == "total" else total


def bonus_total_of(points: Iterable[Fraction | None], scoring: Scoring) -> Fraction | None:
    """All bonus up to its cap less all deductions up to theirs, exact; None as soon as one part is undetermined."""
    parts = list(points)
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    gained = _capped(exact_sum(part for part in known if part > 0), scoring.bonus_cap)
    lost = _capped(exact_sum(-part for part in known if part < 0), scoring.deduction_cap)
    return gained - lost


def _capped(total: Fraction, cap: Figure | None) -> Fraction:
    return total if cap is None else min(total, cap.amount())


def _rounded(points: Fraction | None, scoring: Scoring, rounds: bool, sign: int) -> Fraction | None:
    """A deduction is rounded as the amount that it is, then taken away."""
    if points is None:
        return None
    return sign * (round_half_up(points, scoring.places) if rounds else plain(points))


def _award(scale: Scale) -> tuple[Fraction | None, Award, Policy | None]:
    """Value, award, and the policy where a denominator made it apply."""
    indicator, scope = scale.indicator, scale.scope
    policy = indicator.zero_denominator
    scope.positive_denominators = policy is not None and policy.positive
    # The requirements are shown even where no value can be compared with them.
    for role, figure in (("weight", indicator.weight), ("basic", indicator.basic), ("full", indicator.full)):
        scale.figure(role, figure)
    if indicator.exempt is not None and (fixed := _exempted(scale)):
        return None, fixed, None
    if indicator.method == "grade":
        return None, METHODS["grade"](Fraction(0), scale), None
    try:
        value = indicator.formula.root.value(scope)
    except ZeroDenominator:
        points = Fraction(0) if policy and policy.outcome == "zero" else None
        return None, Award(Segment.ZERO_DENOMINATOR, points), policy
    if value is None:
        return None, Award(Segment.UNDETERMINED, None), None
    if indicator.weight.value is None:
        return value, Award(Segment.UNDETERMINED, None), None
    award = METHODS[indicator.method](value, scale)
    return value, Award(award.segment, None, award.working) if scope.is_assumed else award, None


def _exempted(scale: Scale) -> Award | None:
    """The fixed share of the weight; None where the indicator is scored by its figure."""
    exempt = scale.indicator.exempt
    assert exempt is not None
    applies = exempt.when.root.value(scale.scope)
    if applies is None:
        return Award(Segment.UNDETERMINED, None)
    if not applies:
        return None
    share = scale.figure("exempt_share", exempt.share)
    if share is None or scale.indicator.weight.value is None:
        return Award(Segment.UNDETERMINED, None)
    return Award(Segment.EXEMPT, scale.weight * share / 100, f"{value_text(scale.weight)} × {value_text(share)}%")
