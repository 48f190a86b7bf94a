"""From values to points: exact, rounded once, at the stage that the rule set names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from criteria.exact import exact_sum, fast, plain, round_half_up
from criteria.facts import Facts, exact_text
from criteria.nodes import ZeroDenominator
from criteria.ruleset import Figure, Indicator, Policy, RuleSet, Scoring
from criteria.scope import FactScope, Standing
from criteria.trace import Segment, Trace
from criteria.wording import formula_words, numbers_of, value_text

_WORKING = "{} × ({}% + {}% × ({} − {}) ÷ ({} − {}))"


@dataclass(frozen=True, slots=True)
class Award:
    """What a method gives: segment, exact points before rounding (None: undetermined), the step with numbers."""

    segment: Segment
    points: Fraction | None
    working: str = ""


@dataclass(frozen=True, slots=True)
class _Scale:
    """The figures of one indicator as they apply to this enterprise; every look-up goes into the trace."""

    scope: FactScope
    indicator: Indicator
    scoring: Scoring

    def figure(self, role: str, figure: Figure | None) -> Fraction | None:
        return None if figure is None else self.scope.figure(role, figure)

    @property
    def weight(self) -> Fraction:
        return self.indicator.weight.amount()


def score(rules: RuleSet, scoring: Scoring, indicator: Indicator, facts: Facts, on: date, standing: Standing) -> Trace:
    """Score one indicator or bonus exactly, with its trace; rounded here only if the set rounds per indicator."""
    scope = FactScope(rules, facts, on, standing)
    scale = _Scale(scope, indicator, scoring)
    value, award, policy = _award(scale)
    rounds = scoring.stage == "indicator"
    note_zh, note_en = scope.notes(policy)
    used = scope.used
    return Trace(
        code=indicator.code,
        group_zh=indicator.group_zh,
        group_en=indicator.group_en,
        subgroup_zh=indicator.subgroup_zh,
        subgroup_en=indicator.subgroup_en,
        name_zh=indicator.name_zh,
        name_en=indicator.name_en,
        unit=indicator.unit,
        formula=indicator.formula.text,
        formula_zh=formula_words(rules, indicator.formula, "zh"),
        formula_en=formula_words(rules, indicator.formula, "en"),
        formula_numbers=numbers_of(indicator.formula, scope),
        inputs=tuple(scope.inputs.values()),
        figures=tuple(scope.used.values()),
        method=indicator.method,
        segment=award.segment,
        value=None if value is None else plain(value),
        weight=scale.weight,
        basic=used["basic"].value if "basic" in used else None,
        full=used["full"].value if "full" in used else None,
        unrounded=None if award.points is None else plain(award.points),
        points=_rounded(award.points, scoring, rounds),
        places=scoring.places,
        rounds=rounds,
        working=award.working,
        note_zh=note_zh,
        note_en=note_en,
    )


def total_of(points: Iterable[Fraction | None], scoring: Scoring) -> Fraction | None:
    """The exact sum, rounded when the set rounds the total; None as soon as one part is undetermined."""
    parts = list(points)
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    total = exact_sum(known)
    return round_half_up(total, scoring.places) if scoring.stage == "total" else total


def _rounded(points: Fraction | None, scoring: Scoring, rounds: bool) -> Fraction | None:
    if points is None:
        return None
    return round_half_up(points, scoring.places) if rounds else plain(points)


def _award(scale: _Scale) -> tuple[Fraction | None, Award, Policy | None]:
    """Value, award, and the policy where a denominator made it apply."""
    indicator, scope = scale.indicator, scale.scope
    policy = indicator.zero_denominator
    scope.positive_denominators = policy is not None and policy.positive
    # The requirements are shown even where no value can be compared with them.
    for role, figure in (("weight", indicator.weight), ("basic", indicator.basic), ("full", indicator.full)):
        scale.figure(role, figure)
    try:
        value = indicator.formula.root.value(scope)
    except ZeroDenominator:
        points = Fraction(0) if policy and policy.outcome == "zero" else None
        return None, Award(Segment.ZERO_DENOMINATOR, points), policy
    if value is None:
        return None, Award(Segment.UNDETERMINED, None), None
    award = METHODS[indicator.method](value, scale)
    return value, Award(award.segment, None, award.working) if scope.is_assumed else award, None


def _linear(value: Fraction, scale: _Scale) -> Award:
    """Zero below basic; at basic the basic share of the weight; straight up to the whole weight at full."""
    basic, full = (scale.scope.used[role].value for role in ("basic", "full"))
    share, weight = scale.figure("basic_share", scale.scoring.basic_share), scale.weight
    if basic is None or full is None or share is None:
        return Award(Segment.UNDETERMINED, None)
    if value < basic:
        return Award(Segment.BELOW_BASIC, Fraction(0))
    if value >= full:
        return Award(Segment.FULL, weight)
    # 40 % in 60 + 40: what lies between basic and full.
    low, high, whole = fast(basic), fast(full), fast(weight)
    climb = 100 - fast(share)
    numbers = (value_text(part) for part in (whole, share, climb, value, low, high, low))
    points = whole * (share + climb * (value - low) / (high - low)) / 100
    return Award(Segment.BETWEEN, points, _WORKING.format(*numbers))


def _steps(value: Fraction, scale: _Scale) -> Award:
    """The points of the highest step reached."""
    reached = Award(Segment.BELOW_BASIC, Fraction(0))
    for number, step in enumerate(scale.indicator.steps, start=1):
        least, points = scale.figure(f"step_{number}", step.least), scale.figure(f"step_points_{number}", step.points)
        if least is not None and points is not None and value >= least:
            reached = Award(Segment.STEP, points, exact_text(points))
    return reached


def _per_unit(value: Fraction, scale: _Scale) -> Award:
    """So many points for each, never below zero, at most the weight."""
    each = scale.figure("points_each", scale.indicator.points_each)
    if each is None:
        return Award(Segment.UNDETERMINED, None)
    points = max(Fraction(0), plain(each * value))
    working = f"{value_text(value)} × {value_text(each)}"
    if points > scale.weight:
        return Award(Segment.CAPPED, scale.weight, working)
    return Award(Segment.COUNTED, points, working)


METHODS: dict[str, Callable[[Fraction, _Scale], Award]] = {
    "linear_60_100": _linear,
    "steps": _steps,
    "per_unit": _per_unit,
}
