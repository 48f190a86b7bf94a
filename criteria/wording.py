"""Formulas as people read them: in words of either language, or with the numbers put in."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from criteria.exact import plain
from criteria.expressions import Expression
from criteria.facts import exact_text
from criteria.nodes import Binary, Call, Choose, Compare, Logic, Member, Name, Negate, Node, Not, Number, Scope, Text
from criteria.ruleset import RuleSet

PROGRAMME_NAMES = {
    "national_centre": ("国家企业技术中心", "national enterprise technology centre"),
    "shanghai_municipal_centre": ("上海市市级企业技术中心", "Shanghai municipal enterprise technology centre"),
    "district_centre": ("区级企业技术中心", "district enterprise technology centre"),
}
_SIGNS = {"*": "×", "/": "÷", "-": "−", "+": "+", ">=": "≥", "<=": "≤", "==": "=", "!=": "≠", ">": ">", "<": "<"}
_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}
_WORDS = {
    "zh": {
        "and": "且",
        "or": "或",
        "not": "非",
        "if": "若",
        "else": "否则",
        "in": "属于",
        ", ": "、",
        "min": "取小",
        "max": "取大",
    },
    "signs": {"and": "∧", "or": "∨", "not": "¬", "if": "?", "else": ":", "in": "∈"},
    "en": {"and": "and", "or": "or", "not": "not", "if": "if", "else": "otherwise", "in": "is one of"},
}
FORMS = {
    "previous": ("{0}（前{1}年）", "{0} ({1} year(s) earlier)"),
    "sum_years": ("近{1}年{0}合计", "{0}, sum of {1} years"),
    "average_years": ("近{1}年{0}平均", "{0}, average of {1} years"),
    "sum_existing_years": (
        "近{1}年{0}合计（{2}不足{1}年的按实有年数）",
        "{0}, sum of {1} years, or of fewer since {2}",
    ),
    "years_since": ("{0}起满年数", "whole years since {0}"),
    "count": ("附表“{0}”行数", "lines of annex {0}"),
    "count_where": ("附表“{0}”中符合条件的行数", "lines of annex {0} where {1} is {2}"),
    "total": ("附表“{0}”合计", "total of {1} in annex {0}"),
    "total_where": ("附表“{0}”中符合条件的合计", "total of {1} in annex {0} where {2} is {3}"),
    "distinct": ("附表“{0}”无重复", "no line of annex {0} occurs twice"),
    "holds": ("具有资格：{0}", "holds the title: {0}"),
    "years_held": ("取得资格满年数：{0}", "years the title is held: {0}"),
}

NameOf = Callable[[str], str]


class Wording:
    """Writes a tree as one line; `name_of` gives what stands for a name, `call_of` for a function over facts."""

    def __init__(self, lang: str, name_of: NameOf, call_of: Callable[[Call], str], text_of: NameOf = str) -> None:
        self.lang, self.name_of, self.call_of, self.text_of = lang, name_of, call_of, text_of

    def write(self, node: Node) -> str:
        """The line for a node."""
        line: str = getattr(self, f"_{type(node).__name__.lower()}")(node)
        return line

    def _number(self, node: Number) -> str:
        return node.text

    def _text(self, node: Text) -> str:
        return self.text_of(node.text)

    def _name(self, node: Name) -> str:
        return self.name_of(node.code)

    def _negate(self, node: Negate) -> str:
        return f"−{self._guarded(node.operand, 3)}"

    def _binary(self, node: Binary) -> str:
        strength = _STRENGTH[node.operator]
        left = self._guarded(node.left, strength)
        right = self._guarded(node.right, strength + (node.operator in "-/"))
        return f"{left} {_SIGNS[node.operator]} {right}"

    def _guarded(self, node: Node, strength: int) -> str:
        """The line of a part, in brackets where it binds more loosely than its surroundings."""
        own = _STRENGTH[node.operator] if isinstance(node, Binary) else 4
        loose = own < strength or isinstance(node, Compare | Logic | Choose | Negate)
        return f"({self.write(node)})" if loose else self.write(node)

    def _compare(self, node: Compare) -> str:
        parts = [self.write(node.operands[0])]
        for sign, operand in zip(node.operators, node.operands[1:], strict=True):
            parts += [_SIGNS[sign], self.write(operand)]
        return " ".join(parts)

    def _member(self, node: Member) -> str:
        return f"{self.write(node.operand)} {self._word('in')} {self._word(', ').join(map(self.text_of, node.choices))}"

    def _logic(self, node: Logic) -> str:
        parts = (
            f"({self.write(part)})" if isinstance(part, Logic | Choose) else self.write(part) for part in node.operands
        )
        return f" {self._word(node.word)} ".join(parts)

    def _not(self, node: Not) -> str:
        return f"{self._word('not')} {self._guarded(node.operand, 3)}"

    def _choose(self, node: Choose) -> str:
        yes, no = self.write(node.yes), self.write(node.no)
        return f"{yes} {self._word('if')} {self.write(node.condition)} {self._word('else')} {no}"

    def _call(self, node: Call) -> str:
        if node.function in FORMS:
            return self.call_of(node)
        return f"{self._word(node.function)}({', '.join(self.write(argument) for argument in node.children())})"

    def _word(self, word: str) -> str:
        return _WORDS[self.lang].get(word, word)


def numbers_of(expression: Expression, scope: Scope) -> str:
    """The formula with the numbers of a scope put in; `?` for what is unknown."""

    def name_of(code: str) -> str:
        return value_text(scope.read(code))

    def call_of(call: Call) -> str:
        return value_text(call.value(scope))

    return Wording("signs", name_of, call_of).write(expression.root)


def words_of(expression: Expression, lang: str, name_of: NameOf) -> str:
    """The formula in words; `name_of` gives the label of a field, coefficient or programme."""

    def call_of(call: Call) -> str:
        form = FORMS[call.function][lang != "zh"]
        return form.format(*(name_of(part) if isinstance(part, str) else part for part in call.arguments))

    return Wording(lang, name_of, call_of, name_of).write(expression.root)


@lru_cache(maxsize=4096)
def label(rules: RuleSet, code: str, lang: str) -> str:
    """What a name of a formula is called: a field, coefficient, annex, choice or programme; else the code itself."""
    annexes = {annex.code: annex for annex in rules.form.annexes} if rules.form else {}
    choices = {choice.code: choice for field in rules.fields.values() for choice in field.choices}
    named = rules.fields.get(code) or rules.coefficients.get(code) or annexes.get(code) or choices.get(code)
    if named is None:
        return PROGRAMME_NAMES.get(code, (code, code))[lang != "zh"]
    return named.name_zh if lang == "zh" else named.name_en


@lru_cache(maxsize=4096)
def formula_words(rules: RuleSet, expression: Expression, lang: str) -> str:
    """A formula of a rule set in words; kept, because it is the same for every application."""
    return words_of(expression, lang, lambda code: label(rules, code, lang))


def value_text(value: Any) -> str:
    """A value inside a formula: exact decimal, in brackets where it is negative or a fraction."""
    if value is None:
        return "?"
    if isinstance(value, str | bool):
        return value if isinstance(value, str) else "✓" if value else "✗"
    text = exact_text(plain(value))
    return f"({text})" if "/" in text or text.startswith("-") else text
