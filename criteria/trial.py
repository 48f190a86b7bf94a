"""Trying other figures on one application: only what depends on them is scored again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from fractions import Fraction

from criteria.checks import check_facts
from criteria.evaluate import evaluate
from criteria.expressions import Expression
from criteria.facts import Facts
from criteria.fields import FieldSpec, Kind
from criteria.gates import Outcome, decide
from criteria.ruleset import CrossCheck, Indicator, RuleSet, Severity
from criteria.scope import Standing
from criteria.scoring import bonus_total_of, score, total_of
from criteria.thresholds import crossings
from criteria.trace import Trace

_NUMBERS = {Kind.INTEGER, Kind.DECIMAL, Kind.DECIMAL_SIGNED}
_STRETCHES = (Fraction(21, 20), Fraction(11, 10), Fraction(5, 4), Fraction(3, 2), Fraction(2), Fraction(3), Fraction(5))


class Trial:
    """One application under one set; `total` is what it has now, `fields` the figures that can be tried."""

    def __init__(self, rules: RuleSet, facts: Facts, on: date, standing: Standing) -> None:
        self.rules, self.facts, self.on, self.standing = rules, facts, on, standing
        found = evaluate(rules, facts, on, standing)
        self.total = found.total
        self._rows = (*rules.indicators, *rules.bonus)
        self._traces = dict(zip((row.code for row in self._rows), (*found.indicators, *found.bonus), strict=False))
        self._checks = [check for check in rules.checks if _compares_figures(check)]
        self._broken = {outcome.code for outcome in check_facts(rules, facts)}
        self._passed = {gate.code for gate in found.gates if gate.outcome is Outcome.PASSED}
        self._read = {row.code: names_in(row) for row in self._rows}
        self.fields = tuple(self._usable())

    def _usable(self) -> Iterator[str]:
        """Numbers of the reporting year that some indicator reads and that were given."""
        read = frozenset[str]().union(*self._read.values())
        for spec in self.rules.fields.values():
            value = self.facts.value(spec.code, self.facts.reporting_year)
            if spec.code in read and spec.years and spec.kind in _NUMBERS and isinstance(value, Fraction):
                yield spec.code

    def spec(self, code: str) -> FieldSpec:
        """The field of a code."""
        return self.rules.fields[code]

    def now(self, code: str) -> Fraction:
        """The figure as it was given."""
        value = self.facts.value(code, self.facts.reporting_year)
        assert isinstance(value, Fraction)
        return value

    def step(self, code: str) -> Fraction:
        """The least difference that the form allows."""
        spec = self.spec(code)
        return Fraction(1) if spec.kind is Kind.INTEGER else Fraction(1, 10**spec.places)

    def with_changes(self, changes: Mapping[str, Fraction]) -> Facts:
        """The facts with other figures in the reporting year."""
        return self.facts.with_verified({(code, self.facts.reporting_year): value for code, value in changes.items()})

    def total_with(self, changes: Mapping[str, Fraction]) -> Fraction | None:
        """The total with other figures; None where a check or a condition breaks that held before."""
        facts = self.with_changes(changes)
        if not self._is_allowed(facts, changes.keys()):
            return None
        scoring = self.rules.scoring
        assert scoring is not None
        fresh = self._fresh(facts, changes.keys())
        points = {code: fresh.get(code, trace).points for code, trace in self._traces.items()}
        beside = bonus_total_of((points[row.code] for row in self.rules.bonus), scoring)
        return total_of((*(points[row.code] for row in self.rules.indicators), beside), scoring)

    def differences(self, changes: Mapping[str, Fraction]) -> Iterator[tuple[Indicator, Fraction, Fraction]]:
        """Indicators whose points change, with the points before and after."""
        fresh = self._fresh(self.with_changes(changes), changes.keys())
        for row in self._rows:
            before = self._traces[row.code].points
            after = fresh[row.code].points if row.code in fresh else before
            if before is not None and after is not None and before != after:
                yield row, before, after

    def candidates(self, code: str) -> list[Fraction]:
        """Figures above the present one where points may begin or cease to grow, in rising order, in steps."""
        now, step = self.now(code), self.step(code)
        corners = {
            place
            for row in self._rows
            if code in self._read[row.code]
            for corner in self._corners(code, row)
            for place in (corner // step * step, -(-corner // step) * step)
        }
        between = {(now + step) * stretch // step * step for stretch in _STRETCHES}
        top = max((corner for corner in corners if corner > now), default=now)
        return sorted(place for place in corners | between | {now + step} if now < place <= max(top, now + step))

    def _corners(self, code: str, row: Indicator) -> list[Fraction]:
        """Figures at which the value of an indicator meets one of the requirements that it was compared with."""
        now, step = self.now(code), self.step(code)
        stride = max(step, now // 2 // step * step)
        tried = [(now + n * stride, self._value(code, now + n * stride, row)) for n in range(3)]
        points = [(figure, value) for figure, value in tried if value is not None]
        trace = self._traces[row.code]
        targets = {figure.value for figure in trace.figures if figure.value is not None}
        if trace.weight is not None and row.points_each is not None and (each := row.points_each.value):
            targets.add(trace.weight / each)
        return crossings(points, sorted(targets)) if len(points) == 3 else []

    def _value(self, code: str, figure: Fraction, row: Indicator) -> Fraction | None:
        return self._score(row, self.with_changes({code: figure})).value

    def _score(self, row: Indicator, facts: Facts) -> Trace:
        assert self.rules.scoring is not None
        return score(self.rules, self.rules.scoring, row, facts, self.on, self.standing)

    def _fresh(self, facts: Facts, changed: Collection[str]) -> dict[str, Trace]:
        """New traces of the indicators that read a changed figure."""
        codes = frozenset(changed)
        return {row.code: self._score(row, facts) for row in self._rows if codes & self._read[row.code]}

    def _is_allowed(self, facts: Facts, changed: Collection[str]) -> bool:
        """Whether no check and no condition breaks that held before."""
        codes = frozenset(changed)
        gates = [gate for gate in self.rules.gates if gate.code in self._passed and codes & names_in(gate)]
        if any(decide(self.rules, g, facts, self.on, self.standing).outcome is not Outcome.PASSED for g in gates):
            return False
        checks = tuple(check for check in self._checks if codes & (names_in(check) | set(check.each)))
        broken = check_facts(replace(self.rules, checks=checks), facts)
        return {outcome.code for outcome in broken} <= self._broken


def names_in(part: object) -> frozenset[str]:
    """Every name that the formulas of a part of a rule set read, also through functions over years."""
    if isinstance(part, Expression):
        arguments = {word for call in part.calls for word in call.arguments if isinstance(word, str)}
        return part.names | arguments
    if isinstance(part, tuple):
        return frozenset[str]().union(*map(names_in, part))
    if is_dataclass(part):
        return frozenset[str]().union(*(names_in(getattr(part, field.name)) for field in fields(part)))
    return frozenset()


def _compares_figures(check: CrossCheck) -> bool:
    """Figures of the table with each other; lines of an annex come with the figure that counts them."""
    return check.severity is Severity.ERROR and check.condition is not None and not check.condition.calls_facts
