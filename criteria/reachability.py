"""Whether every variant of a condition can apply: no `when` that never holds or that earlier ones always shadow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from math import prod
from typing import Any

from criteria.cursor import FaultList
from criteria.expressions import Expression
from criteria.facts import Scalar
from criteria.fields import FieldSpec, Kind
from criteria.nodes import Binary, Call, Compare, Name, Negate, Node, Number
from criteria.ruleset import Variant

MOST_TRIED = 20_000
_NUMBERS = frozenset({Kind.DECIMAL, Kind.DECIMAL_SIGNED, Kind.INTEGER})


@dataclass(slots=True)
class _Assigned:
    """A scope in which every name has a chosen value."""

    values: Mapping[str, Scalar]
    positive_denominators: bool = False

    def read(self, code: str) -> Scalar:
        return self.values[code]

    def ask(self, function: str, arguments: tuple[Any, ...]) -> Scalar:
        raise LookupError(function)


def check_reachable(variants: Sequence[Variant], fields: Mapping[str, FieldSpec], path: str, faults: FaultList) -> None:
    """Add a fault for every variant that can never apply.

    Decided exactly for conditions over codes, yes and no, and numbers compared with constants; what reckons or looks
    into the register is taken to hold and to fail, and so is never refused.
    """
    seen: list[Expression] = []
    for number, variant in enumerate(variants):
        if not _is_finite(variant.when, fields):
            continue
        place = f"{path}.variants[{number}].when"
        if not _can_hold(variant.when, (), fields):
            faults.add(place, "这个条件永远不会成立", "this condition can never hold")
        elif not _can_hold(variant.when, seen, fields):
            faults.add(
                place, "前面的条件总是先成立，这一条不起作用", "earlier conditions always hold first: it is idle"
            )
        seen.append(variant.when)


def _is_finite(when: Expression, fields: Mapping[str, FieldSpec]) -> bool:
    """Whether trying a few values of each name tries everything."""
    is_plain = not any(isinstance(node, Call | Binary | Negate) for node in when.nodes())
    numbers = {name for name in when.names if name in fields and fields[name].kind in _NUMBERS}
    known = all(name in numbers or _choices(fields.get(name)) for name in when.names)
    return is_plain and known and all(_compares_constants(node, numbers) for node in when.nodes())


def _compares_constants(node: Node, numbers: set[str]) -> bool:
    """Whether a comparison of a number has constants only beside it."""
    if not isinstance(node, Compare):
        return True
    names = [part for part in node.operands if isinstance(part, Name) and part.code in numbers]
    beside = [part for part in node.operands if part not in names]
    return not names or (len(names) == 1 and all(isinstance(part, Number) for part in beside))


def _can_hold(when: Expression, earlier: Sequence[Expression], fields: Mapping[str, FieldSpec]) -> bool:
    """Whether some values make it true and no earlier one; yes where there are too many to try."""
    expressions = (when, *earlier)
    names = sorted(frozenset[str]().union(*(one.names for one in expressions)))
    domains = [tuple(_domain(fields[name], expressions)) for name in names]
    if prod(map(len, domains)) > MOST_TRIED:
        return True
    scopes = (_Assigned(dict(zip(names, chosen, strict=True))) for chosen in product(*domains))
    return any(when.root.value(scope) is True and not any(one.root.value(scope) for one in earlier) for scope in scopes)


def _domain(field: FieldSpec, expressions: Sequence[Expression]) -> Iterator[Scalar]:
    """Values of a field of which one lies in every stretch that the constants of the conditions make."""
    if field.kind not in _NUMBERS:
        yield from _choices(field)
        return
    nodes = (node for one in expressions for node in one.nodes())
    marks = sorted({node.constant for node in nodes if isinstance(node, Number)})
    places = [*marks, *((low + high) / 2 for low, high in pairwise(marks)), *_ends(marks)]
    yield from (place for place in places if place >= 0 or field.kind is Kind.DECIMAL_SIGNED)


def _ends(marks: Sequence[Fraction]) -> tuple[Fraction, ...]:
    return (marks[0] - 1, marks[-1] + 1) if marks else (Fraction(0),)


def _choices(field: FieldSpec | None) -> tuple[Scalar, ...]:
    """The codes of a field, or yes and no."""
    if field is None:
        return ()
    return (True, False) if field.kind is Kind.BOOLEAN else tuple(choice.code for choice in field.choices)
