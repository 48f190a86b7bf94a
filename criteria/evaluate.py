"""The one entry: what a rule set says about facts on a date."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from criteria.banding import BandOutcome, band_note, band_of, recorded_kinds
from criteria.exact import exact_sum
from criteria.facts import Facts
from criteria.gates import GateOutcome, Outcome, decide
from criteria.plain import from_text, to_text
from criteria.ruleset import Indicator, RuleSet
from criteria.scope import NOTHING_KNOWN, Standing
from criteria.scoring import bonus_total_of, score, total_of
from criteria.trace import Trace

__all__ = ["Evaluation", "Standing", "evaluate"]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Gates, points, total and band of one application under one rule set.

    `total` is `indicator_total + bonus_total` as it results from the set's rounding stage, None while something is
    undetermined or the set is partial; `unrounded_total` is the exact sum before any rounding; `attainable` is the
    highest total without bonus. `band_note_*` says why a total has no band: an anomaly of the official text.
    """

    programme: str
    edition: str
    checksum: str
    demonstration: bool
    on: date
    reporting_year: int
    facts_digest: str
    standing_digest: str
    gates: tuple[GateOutcome, ...]
    indicators: tuple[Trace, ...]
    bonus: tuple[Trace, ...]
    indicator_total: Fraction | None
    bonus_total: Fraction | None
    total: Fraction | None
    unrounded_total: Fraction | None
    attainable: Fraction | None
    places: int
    band: BandOutcome | None
    band_note_zh: str = ""
    band_note_en: str = ""

    @property
    def failed_gates(self) -> tuple[GateOutcome, ...]:
        """Binding gates that are failed."""
        return tuple(g for g in self.gates if g.is_binding and g.outcome is Outcome.FAILED)

    @property
    def undetermined_gates(self) -> tuple[GateOutcome, ...]:
        """Binding gates that cannot be decided yet."""
        return tuple(g for g in self.gates if g.is_binding and g.outcome is Outcome.UNDETERMINED)

    @property
    def is_eligible(self) -> bool:
        """Whether every binding gate is passed; an undetermined gate is not passed."""
        return all(g.outcome is Outcome.PASSED for g in self.gates if g.is_binding)

    def gate(self, code: str) -> GateOutcome:
        """The outcome of one gate; KeyError when the set has none of that code."""
        return {gate.code: gate for gate in self.gates}[code]

    def trace(self, code: str) -> Trace:
        """The trace of one indicator or bonus; KeyError when the set has none of that code."""
        return {trace.code: trace for trace in (*self.indicators, *self.bonus)}[code]

    def to_json(self) -> str:
        """Canonical JSON: the same evaluation gives the same bytes."""
        return to_text(self)

    @classmethod
    def from_json(cls, text: str) -> Evaluation:
        """Inverse of `to_json`."""
        return from_text(cls, text)

    def digest(self) -> str:
        """SHA-256 of the canonical JSON, hexadecimal."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


def evaluate(rule_set: RuleSet, facts: Facts, on: date, standing: Standing = NOTHING_KNOWN) -> Evaluation:
    """Evaluate facts under a rule set.

    `on` is the base date (never today's by itself); `standing` is what is known of the holder outside the workbook.
    Values are exact in the fields' units; nothing is raised for missing facts, they leave gates and indicators
    undetermined.
    """
    gates = tuple(decide(rule_set, gate, facts, on, standing) for gate in rule_set.gates)
    indicators = _scored(rule_set, rule_set.indicators, facts, on, standing)
    bonus = _scored(rule_set, rule_set.bonus, facts, on, standing)
    sums = _totals(rule_set, indicators, bonus)
    failed = {g.code for g in gates if g.is_binding and g.outcome is Outcome.FAILED}
    band = band_of(rule_set, sums[2], failed, recorded_kinds(standing, on))
    notes = band_note(rule_set, sums[2], band)
    return Evaluation(
        programme=rule_set.programme,
        edition=rule_set.edition,
        checksum=rule_set.checksum,
        demonstration=rule_set.demonstration,
        on=on,
        reporting_year=facts.reporting_year,
        facts_digest=facts.digest(),
        standing_digest=standing.digest(),
        gates=gates,
        indicators=indicators,
        bonus=bonus,
        indicator_total=sums[0],
        bonus_total=sums[1],
        total=sums[2],
        unrounded_total=sums[3],
        attainable=rule_set.scoring.total.value if rule_set.scoring else None,
        places=rule_set.scoring.places if rule_set.scoring else 2,
        band=band,
        band_note_zh=notes[0],
        band_note_en=notes[1],
    )


def _scored(
    rules: RuleSet, rows: tuple[Indicator, ...], facts: Facts, on: date, standing: Standing
) -> tuple[Trace, ...]:
    if rules.scoring is None:
        return ()
    return tuple(score(rules, rules.scoring, row, facts, on, standing) for row in rows)


def _totals(rules: RuleSet, indicators: tuple[Trace, ...], bonus: tuple[Trace, ...]) -> tuple[Fraction | None, ...]:
    """Indicator total, bonus total, total, unrounded total."""
    if rules.scoring is None or not rules.is_complete:
        return None, None, None, None
    scoring = rules.scoring
    beside = bonus_total_of((trace.points for trace in bonus), scoring)
    exact = [*(trace.unrounded for trace in indicators), bonus_total_of((trace.unrounded for trace in bonus), scoring)]
    known = [part for part in exact if part is not None]
    return (
        total_of((trace.points for trace in indicators), scoring),
        total_of((beside,), scoring),
        total_of((*(trace.points for trace in indicators), beside), scoring),
        exact_sum(known) if len(known) == len(exact) else None,
    )
