"""Formulas over whole columns of a chunk: exact in 64-bit whole numbers, refused as soon as a bound could be passed.

Each value is a fraction of two columns with constant factors apart, the lower one positive. Bounds of every column are
carried along as unlimited Python numbers, so that no product can wrap round unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import gcd, lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from criteria.nodes import Binary, Call, Name, Negate, Node, Number
from criteria.ruleset import RuleSet
from criteria.slots import NotCompiled, Slot, Slots

Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]
MOST = 2**62


class TooLarge(OverflowError):
    """A result could leave 64 bits; the rows must be scored exactly one by one."""


@dataclass(frozen=True, slots=True)
class Column:
    """Whole numbers of a chunk with their bounds; `values` None stands for 1."""

    values: Whole | None
    least: int
    most: int

    def times(self, other: Column) -> Column:
        """The product; TooLarge."""
        if self.values is None or other.values is None:
            return other if self.values is None else self
        ends = [a * b for a in (self.least, self.most) for b in (other.least, other.most)]
        return Column(fitting(self.values * other.values, *ends), min(ends), max(ends))

    def by(self, factor: int) -> Column:
        """The product with a constant; TooLarge."""
        if factor == 1:
            return self
        ends = sorted((self.least * factor, self.most * factor))
        values = np.full(1, factor) if self.values is None else self.values * within(factor)
        return Column(fitting(values, *ends), *ends)

    def plus(self, other: Column) -> Column:
        """The sum; TooLarge."""
        ends = self.least + other.least, self.most + other.most
        return Column(fitting(self.array + other.array, *ends), *ends)

    @property
    def array(self) -> Whole:
        """The values, 1 where none are given."""
        return np.ones(1, np.int64) if self.values is None else self.values


ONE = Column(None, 1, 1)


def within(number: int) -> int:
    """A constant that fits; TooLarge."""
    if abs(number) >= MOST:
        raise TooLarge
    return number


def fitting(values: Any, *ends: int) -> Whole:
    """Values whose bounds fit; TooLarge."""
    if max(map(abs, ends)) >= MOST:
        raise TooLarge
    result: Whole = values
    return result


@dataclass(frozen=True, slots=True)
class Vector:
    """`num · times / (den · over)` for every row; `known` None where every row is known."""

    num: Column
    den: Column
    times: int
    over: int
    known: Mask | None


@dataclass(slots=True)
class Chunk:
    """Rows under work: the columns of all slots, and where a denominator was not accepted."""

    rules: RuleSet
    slots: Slots
    columns: tuple[Column, ...]
    known: tuple[Mask | None, ...]
    positive: bool = False
    refused: Mask | None = field(default=None)

    def begin(self, positive: bool) -> None:
        """Start an indicator; `positive` refuses denominators below zero as well."""
        self.positive, self.refused = positive, None

    def vector(self, node: Node) -> Vector:
        """The values of a node; NotCompiled, TooLarge."""
        if type(node) not in VECTORS:
            raise NotCompiled(f"node {type(node).__name__}")
        return VECTORS[type(node)](self, node)

    def slot(self, slot: Slot) -> Vector:
        """The values of a slot."""
        kind, scale = self.slots.nature(slot)
        if kind != "number":
            raise NotCompiled("a number is wanted")
        number = self.slots.number(slot)
        return Vector(self.columns[number], ONE, 1, scale, self.known[number])


def both(left: Mask | None, right: Mask | None) -> Mask | None:
    """Rows known in both."""
    if left is None or right is None:
        return right if left is None else left
    return left & right


def _number(chunk: Chunk, node: Number) -> Vector:
    return Vector(ONE, ONE, node.constant.numerator, node.constant.denominator, None)


def _name(chunk: Chunk, node: Name) -> Vector:
    figure = chunk.rules.coefficients.get(node.code)
    if figure is None:
        return chunk.slot(Slot(node.code, 0))
    if figure.value is None:
        raise NotCompiled("a coefficient that differs or is unknown")
    return Vector(ONE, ONE, figure.value.numerator, figure.value.denominator, None)


def _negate(chunk: Chunk, node: Negate) -> Vector:
    part = chunk.vector(node.operand)
    return Vector(part.num, part.den, -part.times, part.over, part.known)


def _binary(chunk: Chunk, node: Binary) -> Vector:
    left, right = chunk.vector(node.left), chunk.vector(node.right)
    known = both(left.known, right.known)
    if node.operator == "*":
        times, over = left.times * right.times, left.over * right.over
        shared = gcd(times, over) or 1
        return Vector(left.num.times(right.num), left.den.times(right.den), times // shared, over // shared, known)
    if node.operator == "/":
        return _divided(chunk, left, right, known)
    return _summed(left, right, 1 if node.operator == "+" else -1, known)


def _summed(left: Vector, right: Vector, sign: int, known: Mask | None) -> Vector:
    over = lcm(left.over, right.over)
    first = left.num.by(left.times * over // left.over)
    second = right.num.by(sign * right.times * over // right.over)
    if left.den is right.den:
        return Vector(first.plus(second), left.den, 1, over, known)
    return Vector(first.times(right.den).plus(second.times(left.den)), left.den.times(right.den), 1, over, known)


def _divided(chunk: Chunk, left: Vector, right: Vector, known: Mask | None) -> Vector:
    """The quotient; refused rows are noted and carry on with 1 as denominator."""
    if right.times == 0 or (right.times < 0 and right.num.values is None and chunk.positive):
        raise NotCompiled("a constant denominator that is never accepted")
    sign = -1 if right.times < 0 else 1
    times, over = sign * left.times * right.over, left.over * abs(right.times)
    shared = gcd(times, over) or 1
    num, below = left.num.times(right.den), right.num
    if below.least <= 0:
        num, below = _accepted(chunk, num, below, sign, known)
    return Vector(num, left.den.times(below), times // shared, over // shared, known)


def _accepted(chunk: Chunk, num: Column, below: Column, sign: int, known: Mask | None) -> tuple[Column, Column]:
    """Numerator and denominator with the sign in the numerator."""
    values = below.array
    refused = values == 0 if not chunk.positive else values <= 0 if sign > 0 else values >= 0
    noted = refused if known is None else refused & known
    chunk.refused = noted if chunk.refused is None else chunk.refused | noted
    most = max(abs(below.least), abs(below.most), 1)
    above = max(abs(num.least), abs(num.most))
    turned: Whole = np.where(values < 0, -num.array, num.array)
    return Column(turned, -above, above), Column(np.where(refused, 1, np.abs(values)), 1, most)


_ASKED = frozenset({"count", "count_where", "total", "total_where", "years_held", "years_since", "sum_existing_years"})


def _call(chunk: Chunk, node: Call) -> Vector:
    code, years = (*node.arguments, 0, 0)[:2]
    if node.function == "abs":
        return _absolute(chunk.vector(node.children()[0]))
    if node.function in _ASKED:
        return chunk.slot(Slot(node.function, 0, (node.function, node.arguments)))
    if node.function not in ("previous", "sum_years", "average_years") or not isinstance(years, int):
        raise NotCompiled(f"function {node.function}")
    if node.function == "previous":
        return chunk.slot(Slot(str(code), years))
    parts = [chunk.slot(Slot(str(code), back)) for back in range(years)]
    total = parts[0]
    for part in parts[1:]:
        total = _summed(total, part, 1, both(total.known, part.known))
    return total if node.function == "sum_years" else replace(total, over=total.over * years)


def _absolute(part: Vector) -> Vector:
    most = max(abs(part.num.least), abs(part.num.most))
    return Vector(Column(np.abs(part.num.array), 0, most), part.den, abs(part.times), part.over, part.known)


VECTORS: dict[type[Node], Callable[[Chunk, Any], Vector]] = {
    Number: _number, Name: _name, Negate: _negate, Binary: _binary, Call: _call,
}  # fmt: skip
