"""Many applications under one rule set: formulas compiled once, exact points from whole numbers, a trace on demand.

`compile_rules` writes one Python function per rule set from its validated trees (see `criteria.compiling`) and builds
it from the code object alone. What it cannot write, and applications with values off their field's grid, are scored by
the exact interpreter, so results never differ from `evaluate`, only the time does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from criteria.banding import BandOutcome, band_of, recorded_kinds
from criteria.compiling_functions import built, gathering
from criteria.compiling_methods import adds_up, compile_indicator
from criteria.evaluate import Evaluation, evaluate
from criteria.exact import exact_sum
from criteria.facts import Facts, Scalar
from criteria.gates import GateOutcome, Outcome, decide
from criteria.nodes import Binary, Call, Name, Negate, Number, ZeroDenominator
from criteria.ruleset import Figure, Indicator, RuleSet
from criteria.scope import NOTHING_KNOWN, FactScope, Standing
from criteria.scoring import score, total_of
from criteria.slots import Cell, Gatherer, NotCompiled, OffGrid, Slots, scalar_of
from criteria.trace import Segment

Limits = tuple[Fraction | None, Fraction | None]
# (segment, n, d, (basic, full), p, r, units): value n/d, points p/r before rounding, rounded points in units.
Record = tuple[Segment, int | None, int | None, Limits, int | None, int | None, int | None]
Slow = Callable[[int], Record]
_ARITHMETIC = (Binary, Negate, Number, Name)
_INNER = frozenset({"min", "max", "abs", "previous", "sum_years", "average_years"})


@dataclass(frozen=True, slots=True)
class Line:
    """How one indicator came to its points, as in `Trace`, without words."""

    code: str
    segment: Segment
    value: Fraction | None
    weight: Fraction | None
    basic: Fraction | None
    full: Fraction | None
    unrounded: Fraction | None
    points: Fraction | None
    inputs: tuple[tuple[str, int | None, Scalar], ...]


class Scored:
    """Points of one application; `records` holds every step, `evaluation()` adds words, cells and sources."""

    __slots__ = ("cells", "facts", "on", "records", "scorer", "standing", "units")

    def __init__(
        self,
        scorer: FastScorer,
        facts: Facts,
        on: date,
        standing: Standing,
        cells: tuple[Cell, ...] | None,
        records: tuple[Record, ...],
        units: int | None,
    ) -> None:
        self.scorer, self.facts, self.on, self.standing = scorer, facts, on, standing
        self.cells, self.records, self.units = cells, records, units

    @property
    def total(self) -> Fraction | None:
        """The total, rounded as the set says; None while undetermined or when the set is partial."""
        if not self.scorer.adds_up:
            return self.evaluation().total
        if self.units is not None:
            return Fraction(self.units, self.scorer.scale)
        return self._total_of(self.records) if self.scorer.rules.is_complete else None

    @property
    def indicator_total(self) -> Fraction | None:
        """The total without bonus."""
        if not self.scorer.adds_up:
            return self.evaluation().indicator_total
        count = len(self.scorer.rules.indicators)
        return self._total_of(self.records[:count]) if self.scorer.rules.is_complete else None

    @property
    def unrounded_total(self) -> Fraction | None:
        """The exact sum before any rounding."""
        if not self.scorer.adds_up:
            return self.evaluation().unrounded_total
        if self.scorer.scoring is None or not self.scorer.rules.is_complete:
            return None
        parts = [_quotient(record[4], record[5]) for record in self.records]
        known = [part for part in parts if part is not None]
        return exact_sum(known) if len(known) == len(parts) else None

    @property
    def points(self) -> dict[str, Fraction | None]:
        """Points by code, bonus last."""
        rows = zip(self.scorer.rows, self.records, strict=True)
        return {row.code: self.scorer.points_of(record) for row, record in rows}

    def lines(self) -> tuple[Line, ...]:
        """Every indicator and bonus, from what was kept while scoring; nothing is computed again."""
        return tuple(self._line(number) for number in range(len(self.records)))

    def evaluation(self) -> Evaluation:
        """The full evaluation, equal to `evaluate` on the same facts."""
        return evaluate(self.scorer.rules, self.facts, self.on, self.standing)

    def gates(self) -> tuple[GateOutcome, ...]:
        """The gates, decided now."""
        rules = self.scorer.rules
        return tuple(decide(rules, gate, self.facts, self.on, self.standing) for gate in rules.gates)

    def band(self) -> BandOutcome | None:
        """The band of the total; the gates are decided only where a failed one would matter."""
        rules = self.scorer.rules
        failing = self.gates() if rules.band_overrides else ()
        failed = {gate.code for gate in failing if gate.is_binding and gate.outcome is Outcome.FAILED}
        return band_of(rules, self.total, failed, recorded_kinds(self.standing, self.on))

    def _total_of(self, records: tuple[Record, ...]) -> Fraction | None:
        if self.scorer.scoring is None:
            return None
        return total_of((self.scorer.points_of(record) for record in records), self.scorer.scoring)

    def _line(self, number: int) -> Line:
        row, (segment, n, d, limits, p, r, _units) = self.scorer.rows[number], self.records[number]
        return Line(
            row.code, segment, _quotient(n, d), row.weight.value, *limits, _quotient(p, r),
            self.scorer.points_of(self.records[number]), self._inputs(number),
        )  # fmt: skip

    def _inputs(self, number: int) -> tuple[tuple[str, int | None, Scalar], ...]:
        """Field, year and value of what the indicator read."""
        if self.cells is None or number in self.scorer.reasons:
            trace = self.evaluation().trace(self.scorer.rows[number].code)
            return tuple((given.code, given.year, given.value) for given in trace.inputs)
        return tuple(self.scorer.given(slot, self.cells, self.facts) for slot in self.scorer.reads[number])


def _quotient(upper: int | None, lower: int | None) -> Fraction | None:
    return None if upper is None or lower is None else Fraction(upper, lower)


class FastScorer:
    """A compiled rule set. `fallbacks` gives the reason for every indicator that is interpreted."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules, self.scoring = rules, rules.scoring
        self.rows: tuple[Indicator, ...] = (*rules.indicators, *rules.bonus) if rules.scoring else ()
        self.scale = 10**rules.scoring.places if rules.scoring else 1
        self.adds_up = adds_up(rules)
        self.reasons: dict[int, str] = {}
        self.reads: dict[int, tuple[int, ...]] = {}
        slots = Slots(rules)
        names: dict[str, Any] = {"z": Segment.ZERO_DENOMINATOR}
        body = [line for number, row in enumerate(self.rows) for line in self._statements(number, row, slots, names)]
        self.slots = tuple(slots.order)
        self.kinds = tuple(slots.nature(slot) for slot in self.slots)
        self.compute: Callable[..., tuple[tuple[Record, ...], int | None]] = built(self._source(body), names)
        self.gather = gathering(rules, Gatherer(rules, self.slots, self.kinds), self.slots, self.kinds)
        self._arithmetic = tuple(is_arithmetic(row) for row in self.rows)

    @property
    def fallbacks(self) -> Mapping[str, str]:
        """Codes of interpreted indicators, each with the reason."""
        return {self.rows[number].code: reason for number, reason in self.reasons.items()}

    def score(self, facts: Facts, on: date, standing: Standing = NOTHING_KNOWN) -> Scored:
        """Score one application exactly; nothing is raised for missing facts. Same results as `evaluate`."""

        def slow(number: int) -> Record:
            return self._interpreted(number, facts, on, standing)

        try:
            cells = self.gather(facts, on, standing)
        except (OffGrid, KeyError):
            records = tuple(slow(number) for number in range(len(self.rows)))
            return Scored(self, facts, on, standing, None, records, self._units(records))
        records, units = self.compute(*cells, slow)
        return Scored(self, facts, on, standing, cells, records, units)

    def points_of(self, record: Record) -> Fraction | None:
        """The points of a record, rounded where the set rounds each indicator."""
        if record[6] is not None:
            return Fraction(record[6], self.scale)
        return _quotient(record[4], record[5])

    def given(self, slot: int, cells: tuple[Cell, ...], facts: Facts) -> tuple[str, int | None, Scalar]:
        """Field, year and exact value of a slot."""
        which, (kind, scale) = self.slots[slot], self.kinds[slot]
        spec = self.rules.fields.get(which.code) if which.asked is None else None
        year = facts.reporting_year - which.back if spec is not None and spec.years else None
        return which.code, year, scalar_of(cells[slot], kind, scale)

    def _statements(self, number: int, row: Indicator, slots: Slots, names: dict[str, Any]) -> tuple[str, ...]:
        assert self.scoring is not None
        try:
            compiled = compile_indicator(self.rules, self.scoring, row, number, slots, names)
        except NotCompiled as reason:
            self.reasons[number] = str(reason)
            return (f"    l{number} = slow({number})",)
        self.reads[number] = compiled.slots
        return compiled.lines

    def _source(self, body: list[str]) -> str:
        arguments = ", ".join([*(f"s{number}" for number in range(len(self.slots))), "slow"])
        lines = ", ".join(f"l{number}" for number in range(len(self.rows)))
        ends = ["    total = None"]
        if self.scoring and self.scoring.stage == "indicator" and self.rules.is_complete and self.adds_up and self.rows:
            units = " + ".join(f"l{number}[6]" for number in range(len(self.rows)))
            ends = ["    try:", f"        total = {units}", "    except TypeError:", "        total = None"]
        return "\n".join([f"def made({arguments}):", *body, *ends, f"    return ({lines}{',' * bool(lines)}), total"])

    def _units(self, records: tuple[Record, ...]) -> int | None:
        """The total in units where the set rounds each indicator and every one is determined."""
        units = [record[6] for record in records]
        if not self.rules.is_complete or not units or None in units or not self.adds_up:
            return None
        return sum(unit for unit in units if unit is not None)

    def _interpreted(self, number: int, facts: Facts, on: date, standing: Standing) -> Record:
        """The record of one indicator by the exact interpreter, without words where something is only missing."""
        assert self.scoring is not None
        if self._arithmetic[number] and number not in self.reasons:
            record = self._unvalued(self.rows[number], FactScope(self.rules, facts, on, standing))
            if record is not None:
                return record
        trace = score(self.rules, self.scoring, self.rows[number], facts, on, standing)
        units = None
        if trace.points is not None and self._rounds:
            units = int(trace.points * self.scale)
        return (
            trace.segment, *_parts(trace.value), (trace.basic, trace.full), *_parts(trace.unrounded), units,
        )  # fmt: skip

    def _unvalued(self, row: Indicator, scope: FactScope) -> Record | None:
        """The record of an indicator that has no value because a figure is missing; None when it has one."""
        policy = row.zero_denominator
        scope.positive_denominators = policy is not None and policy.positive
        limits = _limit(scope, row.basic), _limit(scope, row.full)
        try:
            value = row.formula.root.value(scope)
        except ZeroDenominator:
            is_zero = policy is not None and policy.outcome == "zero"
            points, units = (_ZERO if is_zero else _NOTHING), (0 if is_zero and self._rounds else None)
            return Segment.ZERO_DENOMINATOR, None, None, limits, *points, units
        return None if value is not None else (Segment.UNDETERMINED, None, None, limits, None, None, None)

    @property
    def _rounds(self) -> bool:
        """Whether the set rounds each indicator."""
        return self.scoring is not None and self.scoring.stage == "indicator"


def _limit(scope: FactScope, figure: Figure | None) -> Fraction | None:
    return None if figure is None else scope.figure("", figure)


_ZERO: tuple[int | None, int | None] = (0, 1)
_NOTHING: tuple[int | None, int | None] = (None, None)


def is_arithmetic(row: Indicator) -> bool:
    """Whether its formula only computes, so that it has no value as soon as one figure is missing."""
    calls = (node.function in _INNER for node in row.formula.nodes() if isinstance(node, Call))
    return all(isinstance(node, (*_ARITHMETIC, Call)) for node in row.formula.nodes()) and all(calls)


def _parts(value: Fraction | None) -> tuple[int | None, int | None]:
    return (None, None) if value is None else (value.numerator, value.denominator)


def compile_rules(rule_set: RuleSet) -> FastScorer:
    """The scorer of a rule set; worth keeping, writing it takes some milliseconds."""
    return FastScorer(rule_set)
