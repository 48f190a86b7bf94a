"""Nodes of the rule language: exact values, texts, true, false; None is unknown and stays unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from operator import add, eq, ge, gt, le, lt, mul, ne, sub, truediv
from typing import Any, Protocol

from criteria.exact import fast
from criteria.facts import Scalar

# What each function takes: `value` an expression, `values` one or more of them, the rest bare names or constants.
FUNCTIONS: dict[str, tuple[str, ...]] = {
    "min": ("values",),
    "max": ("values",),
    "abs": ("value",),
    "is_near": ("value", "value", "value"),
    "previous": ("field", "years"),
    "sum_years": ("field", "years"),
    "average_years": ("field", "years"),
    "sum_existing_years": ("field", "years", "date"),
    "years_since": ("date",),
    "count": ("annex",),
    "count_where": ("annex", "column", "text"),
    "total": ("annex", "column"),
    "total_where": ("annex", "column", "column", "text"),
    "distinct": ("annex", "column"),
    "holds": ("programme",),
    "years_held": ("programme",),
}
_ARITHMETIC: dict[str, Any] = {"+": add, "-": sub, "*": mul, "/": truediv}
_COMPARISONS: dict[str, Any] = {"<": lt, "<=": le, ">": gt, ">=": ge, "==": eq, "!=": ne}


class ZeroDenominator(ArithmeticError):
    """A denominator that the rule does not accept: zero, or not positive where the rule says so."""


class Scope(Protocol):
    """What an expression reads while it is evaluated."""

    positive_denominators: bool

    def read(self, code: str) -> Scalar:
        """Value of a name; None when unknown."""

    def ask(self, function: str, arguments: tuple[Any, ...]) -> Scalar:
        """Result of a function that looks outside the plain names."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node; subclasses define how it is valued."""

    def value(self, scope: Scope) -> Any:
        """The node's value in a scope; None when unknown. Raises ZeroDenominator."""
        raise NotImplementedError

    def children(self) -> tuple[Node, ...]:
        """Nodes directly below."""
        return ()

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for child in self.children():
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A constant, exact from the source text."""

    constant: Fraction
    text: str
    _fast: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_fast", fast(self.constant))

    def value(self, scope: Scope) -> Any:
        """The constant."""
        return self._fast


@dataclass(frozen=True, slots=True)
class Text(Node):
    """A text constant, for comparison with a code."""

    text: str

    def value(self, scope: Scope) -> Any:
        """The text."""
        return self.text


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A field or a coefficient."""

    code: str

    def value(self, scope: Scope) -> Any:
        """What the scope holds under the name."""
        return scope.read(self.code)


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """Minus a value."""

    operand: Node

    def value(self, scope: Scope) -> Any:
        """The negated value."""
        value = self.operand.value(scope)
        return None if value is None else -value

    def children(self) -> tuple[Node, ...]:
        """The operand."""
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Sum, difference, product or quotient."""

    operator: str
    left: Node
    right: Node

    def value(self, scope: Scope) -> Any:
        """The exact result; ZeroDenominator when the denominator is not accepted."""
        left, right = self.left.value(scope), self.right.value(scope)
        if left is None or right is None:
            return None
        if self.operator == "/" and (right == 0 or (right < 0 and scope.positive_denominators)):
            raise ZeroDenominator
        return _ARITHMETIC[self.operator](left, right)

    def children(self) -> tuple[Node, ...]:
        """Both operands."""
        return (self.left, self.right)


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """A chain of comparisons, as in `2 <= x <= 300`."""

    operators: tuple[str, ...]
    operands: tuple[Node, ...]

    def value(self, scope: Scope) -> Any:
        """True when every link holds, False when one fails, None when that cannot be told."""
        values = [operand.value(scope) for operand in self.operands]
        links = zip(self.operators, values, values[1:], strict=False)
        return _all([None if a is None or b is None else _COMPARISONS[sign](a, b) for sign, a, b in links])

    def children(self) -> tuple[Node, ...]:
        """The compared parts."""
        return self.operands


@dataclass(frozen=True, slots=True)
class Member(Node):
    """Whether a code is one of some texts."""

    operand: Node
    choices: tuple[str, ...]

    def value(self, scope: Scope) -> Any:
        """True or False, None when unknown."""
        value = self.operand.value(scope)
        return None if value is None else value in self.choices

    def children(self) -> tuple[Node, ...]:
        """The tested part."""
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`and` / `or` over parts; later parts are not touched once the answer is certain."""

    word: str
    operands: tuple[Node, ...]

    def value(self, scope: Scope) -> Any:
        """Kleene's three-valued result."""
        decisive = self.word == "or"
        unknown = False
        for operand in self.operands:
            value = operand.value(scope)
            if value is decisive:
                return decisive
            unknown = unknown or value is None
        return None if unknown else not decisive

    def children(self) -> tuple[Node, ...]:
        """The parts."""
        return self.operands


@dataclass(frozen=True, slots=True)
class Not(Node):
    """Denial."""

    operand: Node

    def value(self, scope: Scope) -> Any:
        """The opposite; unknown stays unknown."""
        value = self.operand.value(scope)
        return None if value is None else not value

    def children(self) -> tuple[Node, ...]:
        """The operand."""
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Choose(Node):
    """`yes if condition else no`."""

    condition: Node
    yes: Node
    no: Node

    def value(self, scope: Scope) -> Any:
        """The chosen branch; unknown when the condition is."""
        condition = self.condition.value(scope)
        if condition is None:
            return None
        return (self.yes if condition else self.no).value(scope)

    def children(self) -> tuple[Node, ...]:
        """Condition and branches."""
        return (self.condition, self.yes, self.no)


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function: arithmetic ones are computed here, the others asked of the scope."""

    function: str
    arguments: tuple[Node | str | int, ...]

    @property
    def reads_facts(self) -> bool:
        """Whether the scope answers it, from annexes, other years or the register."""
        return self.function not in _COMPUTED

    def value(self, scope: Scope) -> Any:
        """The result; None when an argument is unknown."""
        if self.function not in _COMPUTED:
            return scope.ask(self.function, self.arguments)
        values = [argument.value(scope) for argument in self.children()]
        return None if None in values else _COMPUTED[self.function](*values)

    def children(self) -> tuple[Node, ...]:
        """Arguments that are expressions."""
        return tuple(argument for argument in self.arguments if isinstance(argument, Node))


def _is_near(value: Any, target: Any, tolerance: Any) -> bool:
    return bool(abs(value - target) <= tolerance * abs(target))


def _all(links: list[bool | None]) -> bool | None:
    if False in links:
        return False
    return None if None in links else True


_COMPUTED: dict[str, Any] = {"min": min, "max": max, "abs": abs, "is_near": _is_near}
