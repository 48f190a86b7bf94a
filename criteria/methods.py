"""From a value to points before rounding: one function per scoring method, exact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from criteria.exact import fast, plain
from criteria.facts import exact_text
from criteria.ruleset import Figure, Indicator, Scoring
from criteria.scope import FactScope
from criteria.trace import Segment
from criteria.wording import value_text

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Award:
    """What a method gives: segment, exact points before rounding (None: undetermined), the step with numbers."""

    segment: Segment
    points: Fraction | None
    working: str = ""


UNKNOWN = Award(Segment.UNDETERMINED, None)


@dataclass(frozen=True, slots=True)
class Scale:
    """The figures of one indicator as they apply to this enterprise; every look-up goes into the trace."""

    scope: FactScope
    indicator: Indicator
    scoring: Scoring

    def figure(self, role: str, figure: Figure | None) -> Fraction | None:
        """The value of a figure for this enterprise; None where there is none or it is unknown."""
        return None if figure is None else self.scope.figure(role, figure)

    @property
    def weight(self) -> Fraction:
        """What can be reached."""
        return self.indicator.weight.amount()

    def requirements(self) -> tuple[Fraction, Fraction] | None:
        """Basic and full requirement; None while one of them is unknown."""
        basic, full = (self.scope.used[role].value for role in ("basic", "full"))
        return None if basic is None or full is None else (basic, full)


def _linear_60_100(value: Fraction, scale: Scale) -> Award:
    """Zero below basic; at basic the basic share of the weight; straight up to the whole weight at full."""
    limits, share = scale.requirements(), scale.figure("basic_share", scale.scoring.basic_share)
    if limits is None or share is None:
        return UNKNOWN
    if value < limits[0]:
        return Award(Segment.BELOW_BASIC, ZERO)
    return _upwards(value, limits, share, scale)


def _linear_60_proportional(value: Fraction, scale: Scale) -> Award:
    """As `linear_60_100`, but below basic the basic share in proportion; nothing for what is not above zero."""
    limits, share = scale.requirements(), scale.figure("basic_share", scale.scoring.basic_share)
    if limits is None or share is None:
        return UNKNOWN
    basic, weight = limits[0], scale.weight
    if value >= basic:
        return _upwards(value, limits, share, scale)
    if value <= 0:
        return Award(Segment.BELOW_BASIC, ZERO)
    points = fast(weight) * fast(share) * value / fast(basic) / 100
    working = "{} × {}% × {} ÷ {}".format(*map(value_text, (weight, share, value, basic)))
    return Award(Segment.PROPORTIONAL, points, working)


def _linear_0_100(value: Fraction, scale: Scale) -> Award:
    """Zero up to basic, then straight up to the whole weight at full."""
    limits = scale.requirements()
    if limits is None:
        return UNKNOWN
    basic, full = limits
    if value < basic:
        return Award(Segment.BELOW_BASIC, ZERO)
    if value >= full:
        return Award(Segment.FULL, scale.weight)
    working = "{} × ({} − {}) ÷ ({} − {})".format(*map(value_text, (scale.weight, value, basic, full, basic)))
    return Award(Segment.BETWEEN, fast(scale.weight) * (value - fast(basic)) / (fast(full) - fast(basic)), working)


def _threshold_proportional(value: Fraction, scale: Scale) -> Award:
    """Zero below the threshold (`basic`), from there in proportion to full: the weight × value ÷ full, at most all."""
    limits = scale.requirements()
    if limits is None:
        return UNKNOWN
    threshold, full = limits
    if value < threshold:
        return Award(Segment.BELOW_BASIC, ZERO)
    if value >= full:
        return Award(Segment.FULL, scale.weight)
    working = "{} × {} ÷ {}".format(*map(value_text, (scale.weight, value, full)))
    return Award(Segment.PROPORTIONAL, fast(scale.weight) * value / fast(full), working)


def _upwards(value: Fraction, limits: tuple[Fraction, Fraction], share: Fraction, scale: Scale) -> Award:
    """From the share of the weight at basic straight up to the whole weight at full."""
    basic, full = limits
    if value >= full:
        return Award(Segment.FULL, scale.weight)
    # 40 % in 60 + 40: what lies between basic and full.
    low, high, whole = fast(basic), fast(full), fast(scale.weight)
    climb = 100 - fast(share)
    numbers = map(value_text, (whole, share, climb, value, low, high, low))
    points = whole * (share + climb * (value - low) / (high - low)) / 100
    return Award(Segment.BETWEEN, points, "{} × ({}% + {}% × ({} − {}) ÷ ({} − {}))".format(*numbers))


def _steps(value: Fraction, scale: Scale) -> Award:
    """The points of the highest step reached; unknown where a step up to there is."""
    reached = Award(Segment.BELOW_BASIC, ZERO)
    for number, step in enumerate(scale.indicator.steps, start=1):
        least, points = scale.figure(f"step_{number}", step.least), scale.figure(f"step_points_{number}", step.points)
        if least is not None and points is not None and value >= least:
            reached = Award(Segment.STEP, points, exact_text(points))
    return reached


def _per_unit(value: Fraction, scale: Scale) -> Award:
    """So many points for each, never below zero, at most the weight; nothing below the least count."""
    indicator = scale.indicator
    each, least = scale.figure("points_each", indicator.points_each), scale.figure("least_count", indicator.least_count)
    if each is None or (indicator.least_count is not None and least is None):
        return UNKNOWN
    if least is not None and value < least:
        return Award(Segment.TOO_FEW, ZERO)
    points = max(ZERO, plain(each * value))
    working = f"{value_text(value)} × {value_text(each)}"
    if points > scale.weight:
        return Award(Segment.CAPPED, scale.weight, working)
    return Award(Segment.COUNTED, points, working)


def _grade(value: Fraction, scale: Scale) -> Award:
    """The points of the grade that a person gave; undetermined until one is given with a reason."""
    points, _said = scale.scope.graded(scale.indicator)
    return UNKNOWN if points is None else Award(Segment.GRADED, points, exact_text(points))


def _unknown(value: Fraction, scale: Scale) -> Award:
    """The text of the method was not retrieved: the value is shown, the points stay undetermined."""
    return UNKNOWN


METHODS: dict[str, Callable[[Fraction, Scale], Award]] = {
    "linear_60_100": _linear_60_100,
    "linear_60_proportional": _linear_60_proportional,
    "linear_0_100": _linear_0_100,
    "threshold_proportional": _threshold_proportional,
    "steps": _steps,
    "per_unit": _per_unit,
    "grade": _grade,
    "unknown": _unknown,
}
