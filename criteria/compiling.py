"""Formulas into Python source over whole numbers.

Only validated nodes are written, and nothing of a rule file reaches the source: fields are slots (`s3`), texts and
tables are numbered constants of the name space (`k2`), numbers are written by `repr` of an `int`. Every number is a
fraction kept as two whole numbers, the lower one positive, with constant factors folded; nothing is ever reduced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import gcd, lcm
from typing import Any

from criteria.nodes import Binary, Call, Choose, Compare, Logic, Member, Name, Negate, Node, Not, Number, Text
from criteria.ruleset import Figure, RuleSet
from criteria.slots import NotCompiled, Slot, Slots


@dataclass(frozen=True, slots=True)
class Ratio:
    """`num · times / (den · over)`: sources of whole numbers (empty: 1), `den` and `over` positive."""

    num: str
    den: str
    times: int
    over: int

    def above(self, factor: int = 1) -> str:
        """Source of the upper number, with one more factor."""
        return product(self.num, self.times * factor)

    def below(self, factor: int = 1) -> str:
        """Source of the lower number, with one more factor."""
        return product(self.den, self.over * factor)


@dataclass(frozen=True, slots=True)
class Known:
    """A text or a truth value in a variable."""

    name: str
    kind: str


Part = Ratio | Known


def product(source: str, factor: int) -> str:
    """Source of a product with a constant."""
    if not source:
        return repr(factor)
    return source if factor == 1 else f"{source} * {factor!r}"


def times(*sources: str) -> str:
    """Source of a product."""
    return " * ".join(source for source in sources if source)


def reduced(num: str, den: str, upper: int, lower: int) -> Ratio:
    """A ratio whose constants share no factor."""
    shared = gcd(upper, lower) or 1
    return Ratio(num, den, upper // shared, lower // shared)


@dataclass(slots=True)
class Writer:
    """Writes the statements of one indicator; `zero` is the statement for a denominator that is not accepted."""

    rules: RuleSet
    slots: Slots
    constants: dict[str, Any]
    positive: bool
    zero: str
    lines: list[str] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    tables: dict[str, tuple[str, str]] = field(default_factory=dict)
    depth: int = 2
    count: int = 0

    def emit(self, line: str) -> None:
        """One statement at the present depth."""
        self.lines.append("    " * self.depth + line)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Statements below a head."""
        self.emit(head)
        self.depth += 1
        yield
        self.depth -= 1

    def fresh(self, letter: str) -> str:
        """A new variable."""
        self.count += 1
        return f"{letter}{self.count}"

    def constant(self, value: Any) -> str:
        """The name of a constant in the name space of the function."""
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    def read(self, slot: Slot) -> str:
        """The variable of a slot."""
        number = self.slots.number(slot)
        self.used.add(number)
        return f"s{number}"

    def write(self, node: Node) -> Part:
        """The value of a node; NotCompiled for what has no form here."""
        if type(node) not in NODE_WRITERS:
            raise NotCompiled(f"node {type(node).__name__}")
        return NODE_WRITERS[type(node)](self, node)

    def ratio(self, node: Node) -> Ratio:
        """The value of a node that must be a number."""
        part = self.write(node)
        if not isinstance(part, Ratio):
            raise NotCompiled("a number is wanted")
        return part

    def truth(self, node: Node) -> str:
        """The variable or source of a node that must be true or false."""
        part = self.write(node)
        if not isinstance(part, Known) or part.kind != "flag":
            raise NotCompiled("a condition is wanted")
        return part.name

    def settled(self, ratio: Ratio) -> Ratio:
        """The same ratio in variables, so that it can be used twice."""
        num, den = self.fresh("n"), ""
        self.emit(f"{num} = {ratio.num or 1}")
        if ratio.den:
            den = self.fresh("d")
            self.emit(f"{den} = {ratio.den}")
        return Ratio(num, den, ratio.times, ratio.over)


def _number(writer: Writer, node: Number) -> Part:
    return Ratio("", "", node.constant.numerator, node.constant.denominator)


def _text(writer: Writer, node: Text) -> Part:
    return Known(writer.constant(node.text), "text")


def _name(writer: Writer, node: Name) -> Part:
    figure = writer.rules.coefficients.get(node.code)
    return _slot(writer, Slot(node.code, 0)) if figure is None else _coefficient(writer, figure)


def _slot(writer: Writer, slot: Slot) -> Part:
    kind, scale = writer.slots.nature(slot)
    name = writer.read(slot)
    return Ratio(name, "", 1, scale) if kind == "number" else Known(name, kind)


def _coefficient(writer: Writer, figure: Figure) -> Part:
    if figure.by is None:
        if figure.value is None:
            raise NotCompiled("a coefficient is unknown")
        return Ratio("", "", figure.value.numerator, figure.value.denominator)
    over = lcm(*(value.denominator for value in figure.cases.values()))
    table = writer.constant({case: int(value * over) for case, value in figure.cases.items()})
    name = writer.fresh("c")
    writer.tables[name] = (table, writer.read(Slot(figure.by, 0)))
    return Ratio(name, "", 1, over)


def _negate(writer: Writer, node: Negate) -> Part:
    part = writer.ratio(node.operand)
    return Ratio(part.num, part.den, -part.times, part.over)


def _binary(writer: Writer, node: Binary) -> Part:
    left, right = writer.ratio(node.left), writer.ratio(node.right)
    if node.operator == "*":
        num, den = times(left.num, right.num), times(left.den, right.den)
        return reduced(num, den, left.times * right.times, left.over * right.over)
    if node.operator == "/":
        return _divided(writer, left, right)
    return _summed(left, right, 1 if node.operator == "+" else -1)


def _summed(left: Ratio, right: Ratio, sign: int) -> Ratio:
    over = lcm(left.over, right.over)
    first, second = left.times * over // left.over, sign * right.times * over // right.over
    if left.den == right.den:
        num, den = f"({product(left.num, first)} + {product(right.num, second)})", left.den
    else:
        upper = (times(product(left.num, first), right.den), times(product(right.num, second), left.den))
        num, den = f"({' + '.join(upper)})", times(left.den, right.den)
    return Ratio(num, den, 1, over)


def _divided(writer: Writer, left: Ratio, right: Ratio) -> Ratio:
    """The quotient; the lower number is made positive, or ends the indicator where the rule does not accept it."""
    sign = -1 if right.times < 0 else 1
    upper, lower = sign * left.times * right.over, left.over * abs(right.times)
    num = times(left.num, right.den)
    if right.times == 0 or (not right.num and sign < 0 and writer.positive):
        raise NotCompiled("a constant denominator that is never accepted")
    if not right.num:
        return reduced(num, left.den, upper, lower)
    below = writer.fresh("d")
    writer.emit(f"{below} = {right.num}")
    refused = ("<=" if sign > 0 else ">=") if writer.positive else "=="
    with writer.block(f"if {below} {refused} 0:"):
        writer.emit(writer.zero)
        writer.emit("break")
    above = writer.fresh("n")
    writer.emit(f"{above} = {num or 1}")
    with writer.block(f"if {below} < 0:"):
        writer.emit(f"{above}, {below} = -{above}, -{below}")
    return reduced(above, times(left.den, below), upper, lower)


def _links(left: Part, sign: str, right: Part) -> str:
    if isinstance(left, Ratio) and isinstance(right, Ratio):
        first = times(left.above(right.over), right.den)
        second = times(right.above(left.over), left.den)
        return f"{first} {sign} {second}"
    if isinstance(left, Known) and isinstance(right, Known) and left.kind == right.kind:
        return f"{left.name} {sign} {right.name}"
    raise NotCompiled("different kinds are compared")


def _compare(writer: Writer, node: Compare) -> Part:
    parts = [writer.write(operand) for operand in node.operands]
    settled = [writer.settled(part) if isinstance(part, Ratio) and part.num else part for part in parts]
    links = (_links(a, sign, b) for a, sign, b in zip(settled, node.operators, settled[1:], strict=False))
    name = writer.fresh("b")
    writer.emit(f"{name} = {' and '.join(links)}")
    return Known(name, "flag")


def _member(writer: Writer, node: Member) -> Part:
    part = writer.write(node.operand)
    if not isinstance(part, Known) or part.kind != "text":
        raise NotCompiled("a text is wanted")
    name = writer.fresh("b")
    writer.emit(f"{name} = {part.name} in {writer.constant(frozenset(node.choices))}")
    return Known(name, "flag")


def _logic(writer: Writer, node: Logic) -> Part:
    """Later parts stand below the earlier ones, so that they are not touched once the answer is certain."""
    name, depth = writer.fresh("b"), writer.depth
    for operand in node.operands:
        writer.emit(f"{name} = {writer.truth(operand)}")
        writer.emit(f"if not {name}:" if node.word == "or" else f"if {name}:")
        writer.depth += 1
    writer.emit("pass")
    writer.depth = depth
    return Known(name, "flag")


def _not(writer: Writer, node: Not) -> Part:
    name = writer.fresh("b")
    writer.emit(f"{name} = not {writer.truth(node.operand)}")
    return Known(name, "flag")


def _choose(writer: Writer, node: Choose) -> Part:
    """Only the chosen branch is computed; both give the same variables."""
    condition = writer.truth(node.condition)
    num, den = writer.fresh("n"), writer.fresh("d")
    for head, branch in ((f"if {condition}:", node.yes), ("else:", node.no)):
        with writer.block(head):
            ratio = writer.ratio(branch)
            writer.emit(f"{num}, {den} = {ratio.above()}, {ratio.below()}")
    return Ratio(num, den, 1, 1)


def _call(writer: Writer, node: Call) -> Part:
    if node.function not in CALL_WRITERS:
        raise NotCompiled(f"function {node.function}")
    return CALL_WRITERS[node.function](writer, node)


def _extreme(writer: Writer, node: Call) -> Part:
    sign = "<" if node.function == "min" else ">"
    num, den = writer.fresh("n"), writer.fresh("d")
    for number, child in enumerate(node.children()):
        ratio = writer.ratio(child)
        if number == 0:
            writer.emit(f"{num}, {den} = {ratio.above()}, {ratio.below()}")
            continue
        above, below = writer.fresh("n"), writer.fresh("d")
        writer.emit(f"{above}, {below} = {ratio.above()}, {ratio.below()}")
        with writer.block(f"if {above} * {den} {sign} {num} * {below}:"):
            writer.emit(f"{num}, {den} = {above}, {below}")
    return Ratio(num, den, 1, 1)


def _absolute(writer: Writer, node: Call) -> Part:
    ratio = writer.ratio(node.children()[0])
    return Ratio(f"abs({ratio.num or 1})", ratio.den, abs(ratio.times), ratio.over)


def _near(writer: Writer, node: Call) -> Part:
    value, target, tolerance = (writer.settled(writer.ratio(child)) for child in node.children())
    gap = _summed(value, target, -1)
    most = Ratio(times(tolerance.num, f"abs({target.num})"), times(tolerance.den, target.den),
                 tolerance.times * abs(target.times), tolerance.over * target.over)  # fmt: skip
    name = writer.fresh("b")
    writer.emit(f"{name} = {_links(Ratio(f'abs{gap.num}', gap.den, gap.times, gap.over), '<=', most)}")
    return Known(name, "flag")


def _previous(writer: Writer, node: Call) -> Part:
    code, years = node.arguments
    return _slot(writer, Slot(str(code), _years(years)))


def _sum_years(writer: Writer, node: Call) -> Part:
    code, years = node.arguments
    if _years(years) < 1 or writer.slots.nature(Slot(str(code), 0))[0] != "number":
        raise NotCompiled("a sum over no years or of texts")
    parts = [_slot(writer, Slot(str(code), back)) for back in range(_years(years))]
    names = [part.num for part in parts if isinstance(part, Ratio)]
    return Ratio(f"({' + '.join(names)})", "", 1, writer.slots.nature(Slot(str(code), 0))[1])


def _average_years(writer: Writer, node: Call) -> Part:
    total = _sum_years(writer, node)
    assert isinstance(total, Ratio)
    return Ratio(total.num, total.den, total.times, total.over * _years(node.arguments[1]))


def _years(argument: Any) -> int:
    if not isinstance(argument, int):
        raise NotCompiled("a number of years is wanted")
    return argument


def _asked(writer: Writer, node: Call) -> Part:
    return _slot(writer, Slot(node.function, 0, (node.function, node.arguments)))


NODE_WRITERS: dict[type[Node], Callable[[Writer, Any], Part]] = {
    Number: _number, Text: _text, Name: _name, Negate: _negate, Binary: _binary, Compare: _compare,
    Member: _member, Logic: _logic, Not: _not, Choose: _choose, Call: _call,
}  # fmt: skip
CALL_WRITERS: dict[str, Callable[[Writer, Call], Part]] = {
    "min": _extreme, "max": _extreme, "abs": _absolute, "is_near": _near,
    "previous": _previous, "sum_years": _sum_years, "average_years": _average_years,
    "sum_existing_years": _asked, "years_since": _asked,
    "count": _asked, "count_where": _asked, "total": _asked, "total_where": _asked,
    "distinct": _asked, "holds": _asked, "years_held": _asked,
}  # fmt: skip
# What the exact interpreter scores.
FALLING_BACK_NODES: frozenset[type[Node]] = frozenset()
FALLING_BACK_FUNCTIONS: frozenset[str] = frozenset()
