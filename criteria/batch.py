"""All applications at once: exact totals over whole columns, in chunks that stay in the cache.

The certificate of a row is a bound, not a tolerance: sums and products run in 64-bit whole numbers whose bounds are
known beforehand, and the rounded quotient is the floor of two such numbers, so a row on a limit or half a cent is as
exact as any other. Where a set rounds only the total, float points with a proven bound are added and every row within
the bound of a rounding boundary is scored again exactly. Rows that could pass the bound, and sets with something that
has no form over columns, are scored one by one by `FastScorer` from the same cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criteria.batch_methods import METHOD_VECTORS, Points, Task, error_of, points_of
from criteria.batch_vectors import Chunk, Column, Mask, TooLarge, Whole
from criteria.compiling import Writer
from criteria.compiling_methods import figure_tables
from criteria.facts import Fact, Facts, facts_of
from criteria.fast import FastScorer
from criteria.ruleset import Indicator, RuleSet, Scoring
from criteria.scope import NOTHING_KNOWN, Standing
from criteria.slots import Cell, NotCompiled, OffGrid, Slot, Slots, scalar_of

CHUNK = 32768
LARGE = 2**40  # hundredths of 千元: more than any enterprise has
_ANY_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells of many applications, one column per slot of the scorer.

    `values` are whole steps of numbers, places in `choices` of texts; `known` is None where every row is known.
    `apart` holds rows that do not fit, by their number: exact cells, or the facts where a value is off its grid.
    `kept` holds all applications of a set that looks into annexes, the register or grades.
    """

    count: int
    values: tuple[Whole, ...]
    known: tuple[Mask | None, ...]
    choices: Mapping[int, tuple[str, ...]]
    apart: Mapping[int, tuple[Facts, date, Standing]]
    kept: Mapping[int, tuple[Facts, date, Standing]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals in units of the last place, 0 where not determined; how many rows were scored one by one."""

    units: Whole
    determined: Mask
    places: int
    one_by_one: int

    def total(self, row: int) -> Fraction | None:
        """The exact total of a row, None while undetermined."""
        return Fraction(int(self.units[row]), 10**self.places) if self.determined[row] else None


class BatchScorer:
    """Scores columns under one rule set; ValueError for a set without rounded totals.

    `reasons` tells for which indicators, and why, every row is scored one by one.
    """

    def __init__(self, rules: RuleSet) -> None:
        if rules.scoring is None or not rules.is_complete or rules.scoring.stage == "none":
            raise ValueError("the set gives no rounded total")
        self.rules, self.scoring = rules, rules.scoring
        self.scorer = FastScorer(rules)
        self.slots = Slots(rules, list(self.scorer.slots))
        self.reasons = dict(self.scorer.fallbacks)
        self.choices = {
            place: _choices(rules, slot)
            for place, (slot, (kind, _scale)) in enumerate(zip(self.scorer.slots, self.scorer.kinds, strict=True))
            if kind != "number"
        }
        if not self.scorer.adds_up:
            self.reasons["*"] = "the total is more than a sum of points"
        # What was asked of annexes, register or people has no cell that facts could be made of again.
        self.keeps_facts = any(slot.asked for slot in self.scorer.slots) or any(row.grades for row in self.scorer.rows)
        self.tasks = tuple(self._task(row, self.scoring) for row in self.scorer.rows) if not self.reasons else ()
        if not self.reasons:
            self._check_vectors()

    def gathered(self, applications: Iterable[tuple[Facts, date, Standing]]) -> Columns:
        """The columns of applications, each with its base date and standing."""
        rows: list[tuple[Cell, ...]] = []
        apart: dict[int, tuple[Facts, date, Standing]] = {}
        kept: dict[int, tuple[Facts, date, Standing]] = {}
        empty = (None,) * len(self.scorer.slots)
        for number, application in enumerate(applications):
            cells = self._cells(application)
            if cells is None:
                apart[number] = application
            if self.keeps_facts:
                kept[number] = application
            rows.append(empty if cells is None else cells)
        cells_of = list(zip(*rows, strict=True)) or [()] * len(self.scorer.slots)
        made = [self._column(place, cells) for place, cells in enumerate(cells_of)]
        values, known = tuple(values for values, _known in made), tuple(known for _values, known in made)
        return Columns(len(rows), values, known, self.choices, apart, kept)

    def columns(
        self, count: int, arrays: Mapping[tuple[str, int], Whole], known: Mapping[tuple[str, int], Mask] | None = None
    ) -> Columns:
        """Columns from arrays by field and years back: whole steps, or places in `choices`; KeyError when one lacks."""
        for slot in self.scorer.slots:
            if slot.asked is not None:
                raise ValueError("a set that looks into annexes or the register needs facts")
        if self.keeps_facts:
            raise ValueError("a set with grades needs facts")
        keys = [(slot.code, slot.back) for slot in self.scorer.slots]
        values = tuple(np.asarray(arrays[key], np.int64) for key in keys)
        masks = tuple((known or {}).get(key) for key in keys)
        filled = tuple(v if m is None else np.where(m, v, 1) for v, m in zip(values, masks, strict=True))
        return Columns(count, filled, masks, self.choices, {})

    def score(self, columns: Columns) -> Totals:
        """Exact totals of all rows."""
        units, determined = np.zeros(columns.count, np.int64), np.ones(columns.count, np.bool_)
        left = set(columns.apart)
        for start in range(0, columns.count, CHUNK):
            part = slice(start, min(start + CHUNK, columns.count))
            large = self._chunk(columns, part, units[part], determined[part])
            left.update(start + int(row) for row in large)
        for row in sorted(left):
            total = self._one(columns, row)
            determined[row], units[row] = total is not None, total or 0
        return Totals(units, determined, self.scoring.places, len(left))

    def _chunk(self, columns: Columns, part: slice, units: Whole, determined: Mask) -> Iterable[int]:
        """Fill the totals of a chunk; the rows, counted from its start, that must be scored one by one."""
        every = range(part.stop - part.start)
        if not self.tasks:
            return every
        chunk = self._chunk_of(columns, part)
        near = self._fill(chunk, units, determined)
        if near is not None:
            return near
        large = np.zeros(len(every), np.bool_)
        for column in chunk.columns:
            large |= np.abs(column.array) > LARGE
        small = tuple(_column(np.where(large, 1, column.array)) for column in chunk.columns)
        near = self._fill(replace(chunk, columns=small), units, determined)
        return every if near is None else np.union1d(np.flatnonzero(large), near)

    def _fill(self, chunk: Chunk, units: Whole, determined: Mask) -> NDArray[np.intp] | None:
        """Fill the totals; rows near a rounding boundary, None when a bound was passed and nothing holds."""
        determined[:] = True
        sums = np.zeros(len(units), np.int64 if self._rounds else np.float64)
        try:
            for task in self.tasks:
                points: Points = points_of(task, chunk)
                sums += points.units
                if points.known is not None:
                    determined &= points.known
        except TooLarge:
            return None
        if self._rounds:
            units[:] = sums * determined
            return np.empty(0, np.intp)
        return self._round(sums, units, determined)

    def _round(self, sums: NDArray[Any], units: Whole, determined: Mask) -> NDArray[np.intp]:
        """Round float sums half up; the rows that lie too near a boundary to be sure."""
        scaled = sums * 10**self.scoring.places + 0.5
        whole = np.floor(scaled)
        units[:] = whole.astype(np.int64) * determined
        error, above = error_of(self.tasks), scaled - whole
        return np.flatnonzero(((above <= error) | (above >= 1 - error)) & determined)

    @property
    def _rounds(self) -> bool:
        """Whether each indicator is rounded."""
        return self.scoring.stage == "indicator"

    def _chunk_of(self, columns: Columns, part: slice) -> Chunk:
        cells = tuple(_column(values[part]) for values in columns.values)
        known = tuple(_known(mask, part) for mask in columns.known)
        return Chunk(self.rules, self.slots, cells, known)

    def _check_vectors(self) -> None:
        """Try every indicator on one row of ones, so that what has no form over columns is known beforehand."""
        one = np.ones(1, np.int64)
        chunk = Chunk(self.rules, self.slots, (_column(one),) * len(self.slots.order), (None,) * len(self.slots.order))
        for task in self.tasks:
            try:
                points_of(task, chunk)
            except (NotCompiled, TooLarge) as reason:
                self.reasons[task.indicator.code] = str(reason) or "constants beyond 64 bits"
        if self.reasons:
            self.tasks = ()

    def _task(self, row: Indicator, scoring: Scoring) -> Task:
        if row.method not in METHOD_VECTORS:
            self.reasons[row.code] = f"method {row.method}"
        tables = figure_tables(Writer(self.rules, self.slots, {}, False, ""), scoring, row)
        return Task(row, scoring, tables, self.choices)

    def _cells(self, application: tuple[Facts, date, Standing]) -> tuple[Cell, ...] | None:
        """The cells of an application; None when one is off its grid, too large or no known choice."""
        try:
            cells: tuple[Cell, ...] = self.scorer.gather(*application)
        except (OffGrid, KeyError):
            return None
        for place, cell in enumerate(cells):
            if place in self.choices:
                if cell is not None and str(cell) not in self.choices[place]:
                    return None
            elif isinstance(cell, int) and abs(cell) >= 2**62:
                return None
        return cells

    def _column(self, place: int, cells: Sequence[Cell]) -> tuple[Whole, Mask | None]:
        choices = {choice: number for number, choice in enumerate(self.choices.get(place, ()))}
        numbers: list[Any] = [choices[str(cell)] for cell in cells] if choices and None not in cells else list(cells)
        if None in cells:
            missing = 0 if choices else 1
            numbers = [missing if c is None else choices[str(c)] if choices else c for c in cells]
            return np.array(numbers, np.int64), np.array([cell is not None for cell in cells])
        return np.array(numbers, np.int64), None

    def _one(self, columns: Columns, row: int) -> int | None:
        """The total of one row in units, by the compiled scorer."""
        application = columns.apart.get(row) or columns.kept.get(row)
        if application is not None:
            total = self.scorer.score(*application).total
        else:
            total = self.scorer.score(self._facts(columns, row), date(_ANY_YEAR, 1, 1), NOTHING_KNOWN).total
        return None if total is None else int(total * 10**self.scoring.places)

    def _facts(self, columns: Columns, row: int) -> Facts:
        """The facts that a row stands for."""
        figures = []
        for place, (slot, (kind, scale)) in enumerate(zip(self.scorer.slots, self.scorer.kinds, strict=True)):
            mask, value = columns.known[place], int(columns.values[place][row])
            if mask is None or mask[row]:
                cell: Cell = self._choice(place, kind, value) if place in self.choices else value
                spec = self.rules.fields[slot.code]
                year = _ANY_YEAR - slot.back if spec.years else None
                figures.append(Fact(slot.code, year, scalar_of(cell, kind, scale), spec.unit))
        return facts_of(_ANY_YEAR, figures)

    def _choice(self, place: int, kind: str, value: int) -> Cell:
        choice = self.choices[place][value]
        return choice == "True" if kind == "flag" else choice


def _choices(rules: RuleSet, slot: Slot) -> tuple[str, ...]:
    """The texts that a column may hold, by place; truth values as their names."""
    spec = rules.fields.get(slot.code) if slot.asked is None else None
    return tuple(choice.code for choice in spec.choices) if spec and spec.choices else ("False", "True")


def _column(values: NDArray[np.int64]) -> Column:
    return Column(values, int(values.min()), int(values.max()))


def _known(mask: Mask | None, part: slice) -> Mask | None:
    """The mask of a chunk; None where it hides nothing."""
    return None if mask is None or mask[part].all() else mask[part]
