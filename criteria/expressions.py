"""The small safe language of rule files: parsed through a whitelist, evaluated exactly, unknown values stay unknown."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from criteria.nodes import (
    FUNCTIONS,
    Binary,
    Call,
    Choose,
    Compare,
    Logic,
    Member,
    Name,
    Negate,
    Node,
    Not,
    Number,
    Text,
)

MAX_LENGTH = 400
MAX_DEPTH = 20
NUMBER = re.compile(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?")
_ALPHABET = re.compile(r"[A-Za-z0-9_ ().,+\-*/<>=!'\n]*")
_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


class BadExpression(ValueError):
    """A rule text outside the language; carries the reason in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A parsed rule text: the text itself and its tree; compared by identity, so that it is a cheap key."""

    text: str
    root: Node

    def nodes(self) -> Iterator[Node]:
        """Every node of the tree, root first."""
        return self.root.walk()

    @property
    def names(self) -> frozenset[str]:
        """Every plain name that is read: fields, coefficients."""
        return frozenset(node.code for node in self.nodes() if isinstance(node, Name))

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every function call."""
        return tuple(node for node in self.nodes() if isinstance(node, Call))

    @property
    def calls_facts(self) -> bool:
        """Whether it looks into annexes or other years."""
        return any(call.reads_facts for call in self.calls)

    @property
    def divides(self) -> bool:
        """Whether something is divided by anything but a constant, so that a zero denominator can occur."""
        return any(
            isinstance(node, Binary) and node.operator == "/" and not isinstance(node.right, Number)
            for node in self.nodes()
        )


def parse(text: str) -> Expression:
    """Parse a rule text; BadExpression when it is too long, too deep or uses anything outside the whitelist."""
    if len(text) > MAX_LENGTH:
        raise BadExpression(f"表达式超过{MAX_LENGTH}个字符", f"expression longer than {MAX_LENGTH} characters")
    if not _ALPHABET.fullmatch(text):
        raise BadExpression("表达式含有不允许的字符", "expression holds a character that is not allowed")
    try:
        body = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise BadExpression("表达式不合语法", "expression is not well formed") from error
    return Expression(text.strip(), _Reader(text.strip()).node(body, 0))


class _Reader:
    """Turns the parser's tree into nodes of the language; refuses every other construct by name."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")

    def node(self, tree: ast.AST, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise BadExpression(f"表达式嵌套超过{MAX_DEPTH}层", f"expression nested deeper than {MAX_DEPTH}")
        reader = getattr(self, f"_{type(tree).__name__.lower()}", None)
        if reader is None:
            what = type(tree).__name__
            raise BadExpression(f"表达式不允许使用 {what}", f"{what} is not allowed in an expression")
        node: Node = reader(tree, depth + 1)
        return node

    def _constant(self, tree: ast.Constant, depth: int) -> Node:
        if isinstance(tree.value, str):
            return Text(tree.value)
        text = self._source(tree)
        if isinstance(tree.value, bool) or not NUMBER.fullmatch(text):
            raise BadExpression(f"数字写法不允许：{text}", f"number written in a way that is not allowed: {text}")
        return Number(Fraction(text), text)

    def _source(self, tree: ast.Constant) -> str:
        return self.lines[tree.lineno - 1][tree.col_offset : tree.end_col_offset]

    def _name(self, tree: ast.Name, depth: int) -> Node:
        if tree.id.startswith("_"):
            raise BadExpression(
                f"名称不允许以下划线开头：{tree.id}", f"name may not begin with an underscore: {tree.id}"
            )
        return Name(tree.id)

    def _unaryop(self, tree: ast.UnaryOp, depth: int) -> Node:
        if isinstance(tree.op, ast.Not):
            return Not(self.node(tree.operand, depth))
        if isinstance(tree.op, ast.USub):
            return Negate(self.node(tree.operand, depth))
        raise BadExpression("不允许的一元运算", "unary operator that is not allowed")

    def _binop(self, tree: ast.BinOp, depth: int) -> Node:
        return Binary(self._sign(tree.op), self.node(tree.left, depth), self.node(tree.right, depth))

    def _sign(self, operator: ast.AST) -> str:
        if type(operator) not in _OPERATORS:
            what = type(operator).__name__
            raise BadExpression(f"不允许的运算 {what}", f"operator {what} is not allowed")
        return _OPERATORS[type(operator)]

    def _boolop(self, tree: ast.BoolOp, depth: int) -> Node:
        word = "and" if isinstance(tree.op, ast.And) else "or"
        return Logic(word, tuple(self.node(value, depth) for value in tree.values))

    def _compare(self, tree: ast.Compare, depth: int) -> Node:
        left = self.node(tree.left, depth)
        if isinstance(tree.ops[0], ast.In):
            return self._member(left, tree)
        signs = tuple(self._sign(operator) for operator in tree.ops)
        return Compare(signs, (left, *(self.node(right, depth) for right in tree.comparators)))

    def _member(self, left: Node, tree: ast.Compare) -> Node:
        choices = tree.comparators[0]
        elements = choices.elts if isinstance(choices, ast.Tuple) and len(tree.ops) == 1 else []
        texts = [e.value for e in elements if isinstance(e, ast.Constant) and isinstance(e.value, str)]
        if not texts or len(texts) != len(elements):
            raise BadExpression("in 之后应为文字列表", "`in` must be followed by a list of texts in parentheses")
        return Member(left, tuple(texts))

    def _ifexp(self, tree: ast.IfExp, depth: int) -> Node:
        return Choose(self.node(tree.test, depth), self.node(tree.body, depth), self.node(tree.orelse, depth))

    def _call(self, tree: ast.Call, depth: int) -> Node:
        name = tree.func.id if isinstance(tree.func, ast.Name) else ""
        if name not in FUNCTIONS or tree.keywords:
            raise BadExpression(f"没有这个函数：{name or '?'}", f"no such function: {name or '?'}")
        wanted = FUNCTIONS[name]
        kinds = wanted * len(tree.args) if wanted == ("values",) else wanted
        if len(kinds) != len(tree.args) or not kinds:
            raise BadExpression(f"函数 {name} 的参数个数不对", f"wrong number of arguments for {name}")
        arguments = (self._argument(name, kind, arg, depth) for kind, arg in zip(kinds, tree.args, strict=True))
        return Call(name, tuple(arguments))

    def _argument(self, function: str, kind: str, tree: ast.expr, depth: int) -> Node | str | int:
        if kind in ("value", "values"):
            return self.node(tree, depth)
        if kind == "years" and isinstance(tree, ast.Constant) and type(tree.value) is int and 1 <= tree.value <= 5:
            return tree.value
        if kind == "text" and isinstance(tree, ast.Constant) and isinstance(tree.value, str):
            return tree.value
        if kind not in ("years", "text") and isinstance(tree, ast.Name) and not tree.id.startswith("_"):
            return tree.id
        raise BadExpression(f"函数 {function} 的参数应为 {kind}", f"{function} expects {kind} here")
