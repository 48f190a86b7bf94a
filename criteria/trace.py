"""What an evaluation keeps: inputs with their cells, figures with their sources, every step with its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from criteria.facts import Scalar
from criteria.ruleset import Confidence


@dataclass(frozen=True, slots=True)
class Input:
    """A value that was read: field, year, value used, cell, text as typed; `shown_*` is the label of a code."""

    code: str
    name_zh: str
    name_en: str
    year: int | None
    value: Scalar
    unit: str
    sheet: str = ""
    cell: str = ""
    raw: str = ""
    shown_zh: str = ""
    shown_en: str = ""

    @property
    def place(self) -> str:
        """`sheet!cell`, empty when the value came from no cell."""
        return f"{self.sheet}!{self.cell}" if self.cell else ""


@dataclass(frozen=True, slots=True)
class UsedFigure:
    """A figure of the rules that took part: its role, value for this enterprise, source and confidence.

    `case` is the class that chose the value; `is_assumed` marks an unknown factor shown as 1.
    """

    role: str
    name_zh: str
    name_en: str
    value: Fraction | None
    unit: str
    source: tuple[str, ...]
    confidence: Confidence
    article: str = ""
    note: str = ""
    case: str = ""
    is_assumed: bool = False


class Segment(StrEnum):
    """Where on the scale a value lies."""

    BELOW_BASIC = "below_basic"
    PROPORTIONAL = "proportional"
    BETWEEN = "between"
    FULL = "full"
    STEP = "step"
    GRADED = "graded"
    COUNTED = "counted"
    CAPPED = "capped"
    TOO_FEW = "too_few"
    EXEMPT = "exempt"
    ZERO_DENOMINATOR = "zero_denominator"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class Trace:
    """How one indicator (or bonus) came to its points.

    `value` is exact in `unit`; `unrounded` and `points` are exact, None while undetermined. `formula_zh`, `formula_en`
    are the formula in words, `formula_numbers` with the numbers put in, `working` the step from value to points.
    The points of a deduction are below zero. `weight` is None where the set does not know it.
    `outdone` are the other ways to the points, which gave fewer.
    """

    code: str
    group_zh: str
    group_en: str
    subgroup_zh: str
    subgroup_en: str
    name_zh: str
    name_en: str
    unit: str
    formula: str
    formula_zh: str
    formula_en: str
    formula_numbers: str
    inputs: tuple[Input, ...]
    figures: tuple[UsedFigure, ...]
    method: str
    segment: Segment
    value: Fraction | None
    weight: Fraction | None
    basic: Fraction | None
    full: Fraction | None
    unrounded: Fraction | None
    points: Fraction | None
    places: int
    rounds: bool
    working: str
    note_zh: str = ""
    note_en: str = ""
    is_deduction: bool = False
    outdone: tuple[Trace, ...] = ()

    def figure(self, role: str) -> UsedFigure:
        """The figure that played a role (`basic`, `full`, `weight` ...); KeyError when none did."""
        return {figure.role: figure for figure in self.figures}[role]
