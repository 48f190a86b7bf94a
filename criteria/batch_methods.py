"""Methods over whole columns: exact rounded points in units of the last place, or floats with a proven bound.

A set that rounds each indicator gives whole units, exact. A set that rounds only the total gives points as floats, of
whole numbers divided once; `Task.most` and `error_of` bound what they can be off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criteria.batch_vectors import Chunk, Column, Mask, Vector, both, fitting
from criteria.compiling_methods import Figures, Tables, line_numbers
from criteria.exact import round_half_up
from criteria.ruleset import Indicator, Scoring
from criteria.slots import NotCompiled, Slot


@dataclass(frozen=True, slots=True)
class Task:
    """One indicator over columns: its figures by class, and the class of a text by its place in `choices`."""

    indicator: Indicator
    scoring: Scoring
    tables: Tables
    choices: Mapping[int, tuple[str, ...]]

    @property
    def scale(self) -> int:
        """Units in one point."""
        return int(10**self.scoring.places)

    @property
    def rounds(self) -> bool:
        """Whether the points are rounded here."""
        return self.scoring.stage == "indicator"

    @property
    def most(self) -> Fraction:
        """The largest amount that the points can be."""
        only = self.tables.figures.values()
        steps = [value for figures in only for role, value in figures.items() if role.startswith("step_points_")]
        return max(self.indicator.weight.amount(), *map(abs, steps), Fraction(0))

    def units(self, points: Fraction) -> int | float:
        """Constant points in units, or as they are where only the total is rounded."""
        return int(round_half_up(points, self.scoring.places) * self.scale) if self.rounds else float(points)


Amounts = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Points:
    """Units (or points as floats) of every row; `known` None where every row is determined."""

    units: Amounts
    known: Mask | None


def error_of(tasks: Sequence[Task]) -> float:
    """The most by which a sum of float points, times the scale and a half added, can be off, in units.

    Two conversions and a division are off by three rounding units of the points, each addition by one of the sum, the
    scaling and the half by two; twice that is taken.
    """
    whole = sum((task.most for task in tasks), Fraction(1))
    return float(whole * tasks[0].scale * (len(tasks) + 8)) * 2.0**-52


def points_of(task: Task, chunk: Chunk) -> Points:
    """The points of one indicator for every row; NotCompiled, TooLarge."""
    policy = task.indicator.zero_denominator
    chunk.begin(policy is not None and policy.positive)
    value = chunk.vector(task.indicator.formula.root)
    units, known = METHOD_VECTORS[task.indicator.method](task, chunk, value)
    known = both(value.known, known)
    if chunk.refused is None:
        return Points(units, known)
    if policy is None or policy.outcome != "zero":
        return Points(units, ~chunk.refused if known is None else known & ~chunk.refused)
    return Points(np.where(chunk.refused, 0, units), None if known is None else known | chunk.refused)


def _linear(task: Task, chunk: Chunk, value: Vector) -> tuple[Amounts, Mask | None]:
    """The line is the same from basic up; what it gives above full is cut, which is the same after rounding."""
    if task.tables.by is not None:
        return _linear_by_class(task, chunk, value)
    figures = task.tables.only
    least = figures["basic"]
    units = _line(task, value, _constants(task, figures, value))
    low, units = _reaches(value, least), np.minimum(units, task.units(figures["weight"]))
    if task.indicator.method != "linear_60_proportional":
        return units * low, None
    return np.where(low, units, np.maximum(_line(task, value, _proportional(task, figures, value)), 0)), None


def _reaches(value: Vector, least: Fraction) -> Mask:
    """Rows whose value is not less than a constant."""
    upper = value.num.by(value.times * least.denominator)
    lower = value.den.by(value.over * least.numerator)
    mask: Mask = upper.array >= lower.array
    return mask


def _constants(task: Task, figures: Figures, value: Vector) -> tuple[int, int, int]:
    """`a, b, c` of units = (a·num + b·den) // (c·den), the half for rounding put in."""
    _q, low, high, a, b, c, _e, _f = line_numbers(task.indicator.method, figures)
    if high <= low or a < 0:
        raise NotCompiled("a line that does not rise")
    return _rounding(task, a * value.times, b * value.over, c * value.over)


def _rounding(task: Task, a: int, b: int, c: int) -> tuple[int, int, int]:
    """The constants of points (a·num + b·den) / (c·den), in units and with the half put in where they are rounded."""
    first, second, third = (2 * task.scale * a, 2 * task.scale * b + c, 2 * c) if task.rounds else (a, b, c)
    shared = gcd(first, second, third)
    return first // shared, second // shared, third // shared


def _proportional(task: Task, figures: Figures, value: Vector) -> tuple[int, int, int]:
    """As `_constants`, for what a value below basic gives in proportion."""
    *_line, e, f = line_numbers(task.indicator.method, figures)
    if f <= 0:
        raise NotCompiled("no proportion below basic")
    return _rounding(task, e * value.times, 0, f * value.over)


def _line(task: Task, value: Vector, constants: tuple[int, int, int]) -> Amounts:
    a, b, c = constants
    upper, lower = value.num.by(a).plus(value.den.by(b)), value.den.by(c)
    below = c if value.den.values is None else lower.array
    units: Amounts = upper.array // below if task.rounds else upper.array / below
    return units


def _linear_by_class(task: Task, chunk: Chunk, value: Vector) -> tuple[Amounts, Mask | None]:
    """The line of each row's own class, by tables of its constants."""
    place = chunk.slots.number(Slot(task.tables.by or "", 0))
    choices, chosen = task.choices[place], chunk.columns[place].array
    by_class = {case: figures for case, figures in task.tables.figures.items() if case in choices}
    rows = [(0, 0, 1, 1, 0)] * len(choices)
    known = np.zeros(len(choices), np.bool_)
    for case, figures in by_class.items():
        number, basic = choices.index(str(case)), figures["basic"]
        known[number] = True
        scaled = (basic.numerator * value.over, basic.denominator * value.times)
        rows[number] = (*_constants(task, figures, value), *scaled)
    weights = {figures["weight"] for figures in task.tables.figures.values()}
    if len(weights) != 1 or value.times < 0 or task.indicator.method == "linear_60_proportional":
        raise NotCompiled("weights or proportions differ by class")
    a, b, c, low, factor = (_taken(column, chosen) for column in zip(*rows, strict=True))
    upper, lower = value.num.times(a).plus(value.den.times(b)), value.den.times(c)
    line = upper.array // lower.array if task.rounds else upper.array / lower.array
    units = np.minimum(line, task.units(weights.pop()))
    reached = value.num.times(factor).array >= value.den.times(low).array
    return units * reached, both(known[chosen], chunk.known[place])


def _taken(numbers: tuple[int, ...], chosen: NDArray[np.int64]) -> Column:
    ends = min(numbers), max(numbers)
    fitting(None, *ends)
    return Column(np.array(numbers, np.int64)[chosen], *ends)


def _steps(task: Task, chunk: Chunk, value: Vector) -> tuple[Amounts, Mask | None]:
    figures = task.tables.only
    units: Amounts = np.zeros(1, np.int64)
    for number in range(1, len(task.indicator.steps) + 1):
        reached = _reaches(value, figures[f"step_{number}"])
        units = np.where(reached, task.units(figures[f"step_points_{number}"]), units)
    return units, None


def _per_unit(task: Task, chunk: Chunk, value: Vector) -> tuple[Amounts, Mask | None]:
    figures = task.tables.only
    each, weight = figures["points_each"], figures["weight"]
    units = _line(task, value, _rounding(task, each.numerator * value.times, 0, each.denominator * value.over))
    return np.clip(units, 0, task.units(weight)), None


METHOD_VECTORS: dict[str, Callable[[Task, Chunk, Vector], tuple[Amounts, Mask | None]]] = {
    "linear_60_100": _linear,
    "linear_60_proportional": _linear,
    "linear_0_100": _linear,
    "threshold_proportional": _linear,
    "steps": _steps,
    "per_unit": _per_unit,
}
