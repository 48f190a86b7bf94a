"""Figures of a regulation: value, unit, source, confidence; and what a denominator of zero means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction


class Confidence(StrEnum):
    """How sure a figure is; the scale of the regulations file."""

    SEED = "seed"
    FOUND = "found"
    FOUND_PARTIAL = "found_partial"
    MEMORY_HIGH = "memory_high"
    MEMORY_MEDIUM = "memory_medium"
    MEMORY_LOW = "memory_low"
    DERIVED = "derived"
    DEMO = "demo"
    UNKNOWN = "unknown"

    @property
    def is_live(self) -> bool:
        """Whether a live batch may rest on it: read in a text, not remembered, reasoned or invented."""
        return self in (Confidence.SEED, Confidence.FOUND, Confidence.FOUND_PARTIAL)

    def name_in(self, lang: str) -> str:
        """The mark shown beside a figure."""
        zh, en = _CONFIDENCE_NAMES[self]
        return zh if lang == "zh" else en


_CONFIDENCE_NAMES = {
    Confidence.SEED: ("规划原文", "planning text"),
    Confidence.FOUND: ("已查到原文", "read in a text"),
    Confidence.FOUND_PARTIAL: ("查到部分原文", "read in part"),
    Confidence.MEMORY_HIGH: ("凭记忆（较可靠）", "remembered (rather sure)"),
    Confidence.MEMORY_MEDIUM: ("凭记忆（待核实）", "remembered (to be verified)"),
    Confidence.MEMORY_LOW: ("凭记忆（不可靠）", "remembered (unsure)"),
    Confidence.DERIVED: ("推算", "derived"),
    Confidence.DEMO: ("演示用，非法规", "demonstration, not a regulation"),
    Confidence.UNKNOWN: ("未知", "unknown"),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a regulation with its unit, source and confidence.

    `value` is None while unknown; `shown_as` is what an unknown factor is shown as. A figure that differs by class
    holds `cases` (code of the field `by` to value) instead of one value; `without` are classes
    that the text gives none.
    """

    value: Fraction | None
    unit: str
    confidence: Confidence
    source: tuple[str, ...] = ()
    article: str = ""
    note: str = ""
    name_zh: str = ""
    name_en: str = ""
    by: str | None = None
    cases: Mapping[str, Fraction] = field(default_factory=dict)
    shown_as: Fraction | None = None
    without: frozenset[str] = frozenset()

    def amount(self) -> Fraction:
        """The value of a known figure; LookupError while it is unknown or differs by class."""
        if self.value is None:
            raise LookupError(self.name_en or "unknown figure")
        return self.value


@dataclass(frozen=True, slots=True)
class Policy:
    """What happens when a denominator is not acceptable: `outcome` is `zero`, `failed` or `undetermined`.

    `positive` widens the case from zero to everything not above zero, for ratios whose denominator may be negative.
    """

    outcome: str
    positive: bool
    note_zh: str
    note_en: str
    confidence: Confidence
    source: tuple[str, ...] = ()
