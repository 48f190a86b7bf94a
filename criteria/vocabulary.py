"""The words a rule may use: fields with their units, coefficients, functions over annexes; and whether units agree."""

from __future__ import annotations

import re
from collections.abc import Iterable

from criteria.cursor import FaultList
from criteria.expressions import Expression
from criteria.nodes import Binary, Call, Choose, Compare, Logic, Member, Name, Negate, Node, Not, Text
from criteria.ruleset import CrossCheck, Figure, RuleSet
from criteria.units import UNITS

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_WORDS = frozenset({"code", "text", "date", "bool"})  # units whose values are compared, never reckoned with
_OVER_YEARS = frozenset({"previous", "sum_years", "average_years", "sum_existing_years"})
_FREE = ""  # a constant, a product or a quotient: no unit to compare


class Vocabulary:
    """Checks expressions and figures of one rule set; unknown words become faults."""

    def __init__(self, rules: RuleSet, faults: FaultList) -> None:
        self.faults = faults
        self.fields = rules.fields
        self.units = {code: field.unit for code, field in rules.fields.items()}
        self.units |= {code: _FREE for code in rules.coefficients}
        self.choices = {
            code: tuple(choice.code for choice in field.choices)
            for code, field in rules.fields.items()
            if field.choices
        }
        self.has_form = rules.form is not None
        annexes = rules.form.annexes if rules.form else ()
        self.annexes = {annex.code: {column.code for column in annex.columns} for annex in annexes}
        for code, figure in rules.coefficients.items():
            self.check_cases(figure, f"coefficients.{code}")
            if code in rules.fields:
                faults.add(f"coefficients.{code}", "与字段同名", "has the name of a field")

    def check(self, expression: Expression, path: str, extra: frozenset[str] = frozenset()) -> None:
        """Every name, function argument and unit of an expression."""
        for name in sorted(expression.names - set(self.units) - extra):
            self.faults.add(path, f"没有这个名称：{name}", f"no such name: {name}")
        for call in expression.calls:
            self._check_call(call, path)
        for node in expression.nodes():
            self._check_choice(node, path)
            self._check_units(node, path)
            self._check_words(node, path)

    def check_truth(self, expression: Expression, path: str) -> None:
        """The expression must say yes or no."""
        if not self._is_truth(expression.root):
            self.faults.add(path, "应为判断式", "must be a condition, true or false")

    def check_number(self, expression: Expression, path: str) -> None:
        """The expression must give a number."""
        if self._is_truth(expression.root) or self._unit(expression.root) in _WORDS:
            self.faults.add(path, "应为数值", "must give a number")

    def check_cases(self, figure: Figure, path: str) -> None:
        """Cases must be those of the field they differ by, all of them."""
        if figure.by is None:
            return
        choices = self.choices.get(figure.by, ())
        if set(figure.cases) | figure.without != set(choices):
            listed = "、".join(choices) or figure.by
            self.faults.add(
                path, f"cases 必须正好包括：{listed}", f"cases must be exactly: {', '.join(choices) or figure.by}"
            )

    def cases_of(self, *figures: Figure) -> Iterable[str | None]:
        """The classes over which figures differ; a single None when they do not."""
        fields = {figure.by for figure in figures if figure.by}
        return [case for code in sorted(fields) for case in self.choices.get(code, ())] or [None]

    def _check_call(self, call: Call, path: str) -> None:
        first = call.arguments[0]
        if call.function in _OVER_YEARS or call.function == "years_since":
            self._check_date(call, path)
            if call.function in _OVER_YEARS:
                self._check_years(call, path)
        elif isinstance(first, str) and call.function not in ("holds", "years_held"):
            columns = self.annexes.get(first)
            words = [word for word in call.arguments[1:] if isinstance(word, str)]
            words = words[:-1] if call.function.endswith("_where") else words
            if columns is None or not set(words) <= columns:
                self.faults.add(path, f"没有这个附表或列：{first}", f"no such annex or column: {first}")

    def _check_date(self, call: Call, path: str) -> None:
        """What counts years from a day names a date of the form."""
        if call.function in ("years_since", "sum_existing_years"):
            code = str(call.arguments[-1])
            if self.units.get(code) != "date":
                self.faults.add(path, f"{code} 不是日期字段", f"{code} is no field with a date")

    def _check_years(self, call: Call, path: str) -> None:
        code, years = str(call.arguments[0]), call.arguments[1]
        field = self.fields.get(code)
        if field is None:
            self.faults.add(path, f"没有这个名称：{code}", f"no such name: {code}")
            return
        if call.function != "previous" and field.unit in _WORDS:
            self.faults.add(path, f"{code} 不是数值", f"{code} is no number")
        needed = years + 1 if call.function == "previous" and isinstance(years, int) else years
        if isinstance(needed, int) and self.has_form and field.years < needed:
            self.faults.add(path, f"{code} 没有填报 {needed} 年", f"{code} is not reported for {needed} years")

    def _check_choice(self, node: Node, path: str) -> None:
        """A code compared with an enum field must be one of its choices."""
        if isinstance(node, Member):
            operands: tuple[Node, ...] = (node.operand,)
            words = set(node.choices)
        elif isinstance(node, Compare):
            operands, words = node.operands, {part.text for part in node.operands if isinstance(part, Text)}
        else:
            return
        for part in operands:
            unknown = words - set(self.choices.get(part.code, words)) if isinstance(part, Name) else set()
            for word in sorted(unknown):
                self.faults.add(path, f"没有这个取值：{word}", f"no such choice: {word}")

    def _check_units(self, node: Node, path: str) -> None:
        """Sums, differences and comparisons need one unit; text compares with text only."""
        if isinstance(node, Binary) and node.operator in ("+", "-"):
            parts: tuple[Node, ...] = (node.left, node.right)
        elif isinstance(node, Compare):
            parts = node.operands
        else:
            return
        units = {self._unit(part) for part in parts} - {_FREE}
        if len(units) > 1:
            names = sorted(UNITS[unit].name_zh for unit in units)
            self.faults.add(path, f"单位不一致：{'、'.join(names)}", f"units differ: {', '.join(sorted(units))}")

    def _is_truth(self, node: Node) -> bool:
        if isinstance(node, Compare | Logic | Not | Member):
            return True
        if isinstance(node, Call):
            return node.function in ("holds", "distinct", "is_near")
        if isinstance(node, Choose):
            return self._is_truth(node.yes) and self._is_truth(node.no)
        return isinstance(node, Name) and self.units.get(node.code) == "bool"

    def _check_words(self, node: Node, path: str) -> None:
        """Codes and texts are only compared for equality, conditions only joined, and neither is reckoned with."""
        parts = node.children()
        if isinstance(node, Logic | Not):
            is_bad = not all(self._is_truth(part) for part in parts)
        elif isinstance(node, Choose):
            is_bad = not self._is_truth(node.condition)
        elif isinstance(node, Compare):
            words = [self._unit(part) in _WORDS for part in parts]
            is_bad = any(words) and not (all(words) and set(node.operators) <= {"==", "!="})
        else:
            is_bad = not isinstance(node, Member) and any(self._unit(p) in _WORDS or self._is_truth(p) for p in parts)
        if is_bad:
            self.faults.add(
                path, "文字、代码或判断不能这样运算", "texts, codes and conditions cannot be used like this"
            )

    def _unit(self, node: Node) -> str:
        if isinstance(node, Name):
            return self.units.get(node.code, _FREE)
        if isinstance(node, Text):
            return "code"
        if isinstance(node, Negate):
            return self._unit(node.operand)
        if isinstance(node, Binary) and node.operator in ("+", "-"):
            return self._unit(node.left) or self._unit(node.right)
        if isinstance(node, Call) and node.function in _OVER_YEARS:
            return self.units.get(str(node.arguments[0]), _FREE)
        if isinstance(node, Call) and node.function in ("years_since", "years_held"):
            return "year"
        return _FREE


def unmet_needs(rules: RuleSet, check: CrossCheck) -> tuple[str, ...]:
    """What a check needs and the form does not have."""
    annexes = {annex.code for annex in rules.form.annexes} if rules.form else set()
    return tuple(name for name in check.needs if name not in rules.fields and name not in annexes)
