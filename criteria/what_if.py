"""What an applicant could do: which figure, raised to what, gains how many points; what is missing for the next band.

Advice is an exact evaluation of changed figures, never an estimate: a total is not monotone (staff lift one share and
lower an amount per head), so every figure named was scored. A figure is only ever raised, one that breaks a
cross-field check or a condition is not advised, and figures of past years are past.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache

from criteria.evaluate import Evaluation, evaluate
from criteria.exact import fixed_text
from criteria.facts import Facts
from criteria.gates import GateOutcome, Outcome
from criteria.ruleset import Band, RuleSet
from criteria.scope import NOTHING_KNOWN, Standing
from criteria.thresholds import least_reaching
from criteria.trial import Trial
from criteria.units import amount_text

MOST_PAIRS = 5


@dataclass(frozen=True, slots=True)
class Effect:
    """What a raise does to one indicator: points before and after."""

    code: str
    name_zh: str
    name_en: str
    before: Fraction
    after: Fraction


@dataclass(frozen=True, slots=True)
class Raise:
    """One figure of the reporting year raised from `now` to `to`, in the unit of the field."""

    code: str
    row: str
    name_zh: str
    name_en: str
    unit: str
    now: Fraction
    to: Fraction

    @property
    def effort(self) -> Fraction:
        """How much of the new figure is not there yet, 0 to 1, up to 2 for a loss: what advice is ordered by."""
        return (self.to - self.now) / max(abs(self.to), abs(self.now))

    def sentence(self, lang: str) -> str:
        """`研发人员：80 人 → 96 人`."""
        name, colon = (self.name_zh, "：") if lang == "zh" else (self.name_en, ": ")
        return f"{name}{colon}{amount_text(self.now, self.unit, lang)} → {amount_text(self.to, self.unit, lang)}"


@dataclass(frozen=True, slots=True)
class Way:
    """One way: raises made together, the total that results, what it changes in each indicator."""

    raises: tuple[Raise, ...]
    gain: Fraction
    total: Fraction
    effects: tuple[Effect, ...]

    @property
    def effort(self) -> Fraction:
        """The sum of the efforts."""
        return sum((one.effort for one in self.raises), Fraction(0))

    def sentence(self, lang: str, places: int = 2) -> str:
        """The raises, the gain and the total in words."""
        gain, total = fixed_text(self.gain, places), fixed_text(self.total, places)
        raises = ("；" if lang == "zh" else "; ").join(one.sentence(lang) for one in self.raises)
        if lang == "zh":
            return f"{raises}，得分增加 {gain} 分，总分 {total} 分"
        return f"{raises}; {gain} points more, {total} in total"


@dataclass(frozen=True, slots=True)
class Advice:
    """Ways to gain at least `wanted` points: by one figure, by two where one does not do; least effort first.

    `most` is the highest gain that each figure can give alone, also where it is less than what is wanted.
    `total` None means that there is no total to add to, and no advice.
    """

    total: Fraction | None
    wanted: Fraction
    single: tuple[Way, ...] = ()
    double: tuple[Way, ...] = ()
    most: tuple[Way, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A binding condition that is not passed; `short` is what is missing in `unit`, None where it has no number."""

    gate: GateOutcome
    short: Fraction | None

    def sentence(self, lang: str) -> str:
        """The condition and what is missing."""
        gate = self.gate
        text = gate.text_zh if lang == "zh" else gate.text_en
        if gate.outcome is Outcome.UNDETERMINED:
            note = (gate.note_zh or "尚待核实") if lang == "zh" else (gate.note_en or "to be verified")
            return f"{text}：{note}" if lang == "zh" else f"{text}: {note}"
        if self.short is None:
            return text
        missing = amount_text(self.short, gate.unit, lang)
        return f"{text}：还差 {missing}" if lang == "zh" else f"{text}: {missing} missing"


@dataclass(frozen=True, slots=True)
class Missing:
    """Where an applicant stands: total, band, what bars it, the next band and how far it is."""

    evaluation: Evaluation
    gaps: tuple[Gap, ...]
    next_band: Band | None
    points_short: Fraction | None
    advice: Advice | None


def ways_to_gain(
    rule_set: RuleSet, facts: Facts, on: date, standing: Standing = NOTHING_KNOWN, points: Fraction = Fraction(1)
) -> Advice:
    """How to gain at least `points`. No advice where the set gives no total or something is undetermined."""
    trial = Trial(rule_set, facts, on, standing)
    if trial.total is None or points <= 0:
        return Advice(trial.total, points)
    search = _Search(trial, points)
    single = [way for code in trial.fields if (way := search.alone(code))]
    most = [way for code in trial.fields if (way := search.highest(code))]
    enough = {way.raises[0].code for way in single}
    short = [way for way in most if way.raises[0].code not in enough]
    double = [] if single else search.pairs(short)
    return Advice(
        trial.total, points, _ordered(single), _ordered(double)[:MOST_PAIRS],
        tuple(sorted(most, key=lambda way: (-way.gain, way.effort, way.raises[0].code))),
    )  # fmt: skip


def missing_for(rule_set: RuleSet, facts: Facts, on: date, standing: Standing = NOTHING_KNOWN) -> Missing:
    """What would be the result today, which conditions bar it, and what is missing for the next band."""
    evaluation = evaluate(rule_set, facts, on, standing)
    gaps = tuple(
        Gap(gate, _short(gate)) for gate in evaluation.gates if gate.is_binding and gate.outcome is not Outcome.PASSED
    )
    higher = _next_band(rule_set, evaluation.total)
    if higher is None or higher.least is None or evaluation.total is None:
        return Missing(evaluation, gaps, None, None, None)
    short = higher.least.amount() - evaluation.total
    return Missing(evaluation, gaps, higher, short, ways_to_gain(rule_set, facts, on, standing, short))


def _short(gate: GateOutcome) -> Fraction | None:
    if gate.outcome is not Outcome.FAILED or gate.value is None or gate.limit is None:
        return None
    return gate.limit - gate.value if gate.operator in {">=", ">"} else None


def _next_band(rules: RuleSet, total: Fraction | None) -> Band | None:
    """The band with the lowest limit above the total; an unknown limit cannot be aimed at."""
    if total is None:
        return None
    above = [band for band in rules.bands if band.least and band.least.value is not None and band.least.value > total]
    return min(above, key=lambda band: band.least.amount() if band.least else Fraction(0), default=None)


def _ordered(ways: Iterable[Way]) -> tuple[Way, ...]:
    return tuple(sorted(ways, key=lambda way: (way.effort, -way.gain, [one.code for one in way.raises])))


class _Search:
    """The search over one application; totals are asked of the trial and remembered."""

    def __init__(self, trial: Trial, points: Fraction) -> None:
        self.trial, self.points = trial, points
        assert trial.total is not None
        self.start = trial.total
        self.gain = lru_cache(maxsize=None)(self._gain)

    def _gain(self, changes: tuple[tuple[str, Fraction], ...]) -> Fraction | None:
        """Points gained by these changes together; None where they are not allowed."""
        total = self.trial.total_with(dict(changes))
        return None if total is None else total - self.start

    def alone(self, code: str) -> Way | None:
        """The least raise of one figure that gains what is wanted."""
        return self.with_one((), code)

    def with_one(self, held: tuple[tuple[str, Fraction], ...], code: str) -> Way | None:
        """The least raise of a figure that, beside what is held, gains what is wanted."""
        trial = self.trial

        def reaches(value: Fraction) -> bool:
            gain = self.gain((*held, (code, value)))
            return gain is not None and gain >= self.points

        found = least_reaching(reaches, trial.candidates(code), trial.now(code), trial.step(code))
        return None if found is None else self.way((*held, (code, found)))

    def highest(self, code: str) -> Way | None:
        """The least raise that gives the highest gain that this figure can give alone."""
        gains = [(self.gain(((code, value),)), value) for value in self.trial.candidates(code)]
        known = [(gain, -value) for gain, value in gains if gain is not None and gain > 0]
        return self.way(((code, -max(known)[1]),)) if known else None

    def pairs(self, ways: list[Way]) -> list[Way]:
        """Two figures together: one at its best, the other as little as needed; the lesser effort of both orders."""
        best: dict[frozenset[str], Way] = {}
        for first in ways:
            for second in ways:
                one, other = first.raises[0], second.raises[0]
                if one.code == other.code or first.gain + second.gain < self.points:
                    continue
                way = self.with_one(((one.code, one.to),), other.code)
                key = frozenset((one.code, other.code))
                if way and (key not in best or way.effort < best[key].effort):
                    best[key] = way
        return list(best.values())

    def way(self, changes: tuple[tuple[str, Fraction], ...]) -> Way:
        """What these changes make, with their effects."""
        trial, gain = self.trial, self.gain(changes)
        assert gain is not None
        specs = [(trial.spec(code), value) for code, value in changes]
        raises = tuple(
            Raise(spec.code, spec.row, spec.name_zh, spec.name_en, spec.unit, trial.now(spec.code), value)
            for spec, value in specs
        )
        effects = tuple(
            Effect(row.code, row.name_zh, row.name_en, before, after)
            for row, before, after in trial.differences(dict(changes))
        )
        return Way(raises, gain, self.start + gain, effects)
