"""How far an enterprise is from a title: what each indicator lacks, what it could still gain, what changed since."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from criteria.evaluate import Evaluation
from criteria.gates import GateOutcome, Outcome
from criteria.ruleset import Band, RuleSet
from criteria.trace import Input, Trace


@dataclass(frozen=True, slots=True)
class IndicatorGap:
    """One indicator: what is missing to the basic and to the full requirement, in its unit, and points to be gained.

    `to_basic` and `to_full` are 0 where the requirement is met, None where value or requirement is not known;
    `open_points` is the weight less the points, the whole weight while the indicator is undetermined.
    """

    trace: Trace
    to_basic: Fraction | None
    to_full: Fraction | None
    open_points: Fraction | None


@dataclass(frozen=True, slots=True)
class Line:
    """The line of a set: the lowest band that keeps or gives the title; `least` None while the figure is unknown."""

    band: Band
    least: Fraction | None


@dataclass(frozen=True, slots=True)
class Change:
    """What differs in one row between two reports; the kind is `gate`, `indicator` or `total`."""

    kind: str
    code: str
    name_zh: str
    name_en: str
    before: GateOutcome | Trace | Fraction | None
    after: GateOutcome | Trace | Fraction | None


def indicator_gaps(evaluation: Evaluation) -> tuple[IndicatorGap, ...]:
    """Every indicator that is no deduction, in the order of the rules."""
    return tuple(_gap(trace) for trace in evaluation.indicators if not trace.is_deduction)


def _gap(trace: Trace) -> IndicatorGap:
    left = None if trace.weight is None else max(trace.weight - (trace.points or 0), Fraction(0))
    return IndicatorGap(trace, _short(trace.value, trace.basic), _short(trace.value, trace.full), left)


def _short(value: Fraction | None, wanted: Fraction | None) -> Fraction | None:
    return None if value is None or wanted is None else max(wanted - value, Fraction(0))


def by_open_points(gaps: tuple[IndicatorGap, ...]) -> tuple[IndicatorGap, ...]:
    """Those with points still to gain, the most first."""
    found = [gap for gap in gaps if gap.open_points]
    return tuple(sorted(found, key=lambda gap: (-(gap.open_points or 0), gap.trace.code)))


def points_known(evaluation: Evaluation) -> Fraction:
    """Points of the indicators that are determined: what the total cannot fall below while others are unknown."""
    return sum((trace.points for trace in evaluation.indicators if trace.points is not None), Fraction(0))


def points_unknown(evaluation: Evaluation) -> Fraction:
    """Weights of the indicators that are not determined yet."""
    return sum((trace.weight or Fraction(0) for trace in evaluation.indicators if trace.points is None), Fraction(0))


def line_of(rules: RuleSet) -> Line | None:
    """The line to be reached; None where the set has no band with a lower limit."""
    bands = [band for band in rules.bands if band.least is not None and band.consequence != "revocation"]
    if not bands:
        return None
    known = [band for band in bands if band.least is not None and band.least.value is not None]
    lowest = min(known, key=_least, default=bands[0])
    return Line(lowest, lowest.least.value if lowest.least else None)


def _least(band: Band) -> Fraction:
    return Fraction(0) if band.least is None else band.least.amount()


def unknown_inputs(evaluation: Evaluation) -> tuple[Input, ...]:
    """Figures that a gate or an indicator reads and nobody gave, each once, in the order of the rules."""
    gates = [*evaluation.gates, *(one for gate in evaluation.gates for one in gate.alternatives)]
    reads = [given for gate in gates for given in gate.inputs]
    reads += [given for trace in (*evaluation.indicators, *evaluation.bonus) for given in trace.inputs]
    missing = {(given.code, given.year): given for given in reads if given.value is None}
    return tuple(missing.values())


def changes(before: Evaluation, after: Evaluation) -> tuple[Change, ...]:
    """What differs between two evaluations, also of two editions: total, gates by outcome, indicators by value or
    points. Rows that only one of them has are told with None on the other side."""
    found = []
    if before.total != after.total:
        found.append(Change("total", "", "总分", "Total", before.total, after.total))
    gates = {gate.code: gate for gate in before.gates}, {gate.code: gate for gate in after.gates}
    for code in dict.fromkeys((*gates[1], *gates[0])):
        old, new = gates[0].get(code), gates[1].get(code)
        if (old and old.outcome) != (new and new.outcome):
            shown = new or old
            assert shown is not None
            found.append(Change("gate", code, shown.text_zh, shown.text_en, old, new))
    traces = {row.code: row for row in before.indicators}, {row.code: row for row in after.indicators}
    for code in dict.fromkeys((*traces[1], *traces[0])):
        was, now = traces[0].get(code), traces[1].get(code)
        if (was and (was.value, was.points)) != (now and (now.value, now.points)):
            row = now or was
            assert row is not None
            found.append(Change("indicator", code, row.name_zh, row.name_en, was, now))
    return tuple(found)


def gate_counts(evaluation: Evaluation) -> dict[Outcome, int]:
    """Binding gates by outcome."""
    binding = [gate.outcome for gate in evaluation.gates if gate.is_binding]
    return {outcome: binding.count(outcome) for outcome in Outcome}
