"""Slots: what formulas read, as whole multiples of each field's smallest step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from criteria.exact import plain
from criteria.facts import Facts, Scalar
from criteria.fields import FieldSpec, Kind
from criteria.ruleset import RuleSet
from criteria.scope import FactScope, Standing

Cell = int | str | bool | None
_NUMBERS = frozenset({Kind.DECIMAL, Kind.DECIMAL_SIGNED, Kind.INTEGER})
_WHOLE = frozenset({"count", "count_where", "years_held", "years_since"})
_FLAGS = frozenset({"distinct", "holds"})
_TOTALS = frozenset({"total", "total_where"})


class NotCompiled(Exception):
    """The exact interpreter must be used; carries the reason."""


class OffGrid(ValueError):
    """A value that is no whole multiple of its field's step, or not of its field's kind."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A field so many years before the year of the report, or the answer of a function over annexes and register."""

    code: str
    back: int
    asked: tuple[str, tuple[Any, ...]] | None = None


@dataclass(slots=True)
class Slots:
    """All slots of a rule set in order of their first use."""

    rules: RuleSet
    order: list[Slot] = field(default_factory=list)

    def number(self, slot: Slot) -> int:
        """The place of a slot; a new one is added."""
        if slot.asked is None and not self.rules.fields[slot.code].years:
            slot = Slot(slot.code, 0)  # a basic field has no year
        if slot not in self.order:
            self.order.append(slot)
        return self.order.index(slot)

    def nature(self, slot: Slot) -> tuple[str, int]:
        """Kind (`number`, `text`, `flag`) and steps in one unit; NotCompiled when the set does not tell."""
        if slot.asked is not None:
            return self._asked(*slot.asked)
        return nature_of(self.rules.fields.get(slot.code))

    def _asked(self, function: str, arguments: tuple[Any, ...]) -> tuple[str, int]:
        if function in _WHOLE:
            return "number", 1
        if function in _FLAGS:
            return "flag", 1
        if function == "sum_existing_years":
            return nature_of(self.rules.fields.get(arguments[0]))
        if function not in _TOTALS or self.rules.form is None:
            raise NotCompiled(f"function {function}")
        columns = {column.code: column for column in self.rules.form.annex(arguments[0]).columns}
        return nature_of(columns.get(arguments[1]))


def nature_of(spec: FieldSpec | None) -> tuple[str, int]:
    """Kind and steps of a field."""
    if spec is None:
        raise NotCompiled("a name that is no field")
    if spec.kind in _NUMBERS:
        return "number", 1 if spec.kind is Kind.INTEGER else 10**spec.places
    return ("flag", 1) if spec.kind is Kind.BOOLEAN else ("text", 1)


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Reads the slots of one application."""

    rules: RuleSet
    slots: tuple[Slot, ...]
    kinds: tuple[tuple[str, int], ...]

    def scalar(self, slot: Slot, facts: Facts, scope: FactScope) -> Scalar:
        """The exact value of a slot, None when unknown."""
        if slot.asked is not None:
            answer = scope.ask(*slot.asked)
            return answer if answer is None or isinstance(answer, str | bool) else plain(answer)
        fact = facts.fact(slot.code, facts.reporting_year - slot.back if self.rules.fields[slot.code].years else None)
        return None if fact is None else fact.value

    def cells(self, facts: Facts, on: date, standing: Standing) -> tuple[Cell, ...]:
        """Every slot as a cell; OffGrid."""
        scope = FactScope(self.rules, facts, on, standing)
        return tuple(
            cell_of(self.scalar(slot, facts, scope), kind, scale)
            for slot, (kind, scale) in zip(self.slots, self.kinds, strict=True)
        )


_CLASSES: Mapping[str, type] = {"text": str, "flag": bool}


def cell_of(value: Scalar, kind: str, scale: int) -> Cell:
    """A value as a whole number of steps, a text or a truth value; OffGrid."""
    if value is None:
        return None
    if kind != "number":
        if value.__class__ is not _CLASSES[kind]:
            raise OffGrid(kind)
        return value if isinstance(value, str | bool) else None
    if not isinstance(value, Fraction):
        raise OffGrid(kind)
    steps = value * scale
    if steps.denominator != 1:
        raise OffGrid(str(value))
    return steps.numerator


def scalar_of(cell: Cell, kind: str, scale: int) -> Scalar:
    """The inverse of `cell_of`."""
    if kind == "number" and cell is not None and not isinstance(cell, str):
        return Fraction(int(cell), scale)
    return None if cell is None or (isinstance(cell, int) and not isinstance(cell, bool)) else cell
