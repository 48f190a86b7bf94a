"""The rule language: exact values, unknown stays unknown, everything outside the whitelist is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from criteria.expressions import MAX_LENGTH, BadExpression, parse
from criteria.nodes import ZeroDenominator
from criteria.wording import numbers_of, words_of


class Names:
    """A scope over plain values; functions over facts answer with their own name and arguments."""

    def __init__(self, positive: bool = False, **values: Any) -> None:
        self.values = {k: Fraction(v) if isinstance(v, int) and v is not True else v for k, v in values.items()}
        self.positive_denominators = positive

    def read(self, code: str) -> Any:
        return self.values.get(code)

    def ask(self, function: str, arguments: tuple[Any, ...]) -> Any:
        return self.values.get(f"{function}({', '.join(map(str, arguments))})")


def value(text: str, **values: Any) -> Any:
    return parse(text).root.value(Names(**values))


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("0.1 + 0.2", {}, Fraction(3, 10)),
        ("a / 3 * 3", {"a": 1}, Fraction(1)),
        ("a - b - c", {"a": 9, "b": 3, "c": 2}, Fraction(4)),
        ("a - (b - c)", {"a": 9, "b": 3, "c": 2}, Fraction(8)),
        ("-a + 2.50", {"a": 1}, Fraction(3, 2)),
        ("max(a, b, 3) - min(a, b)", {"a": 1, "b": 2}, Fraction(2)),
        ("abs(a - b)", {"a": 1, "b": 5}, Fraction(4)),
        ("a if b > 1 else c", {"a": 1, "b": 2, "c": 3}, Fraction(1)),
        ("a if b > 1 else c", {"a": 1, "b": 1, "c": 3}, Fraction(3)),
        ("2 <= a <= 300", {"a": 300}, True),
        ("2 <= a <= 300", {"a": 301}, False),
        ("a == 'x' or b in ('y', 'z')", {"a": "q", "b": "z"}, True),
        ("not a >= 1", {"a": 1}, False),
        ("is_near(a, 10 * b, 0.1)", {"a": 109, "b": 10}, True),
        ("is_near(a, 10 * b, 0.1)", {"a": 111, "b": 10}, False),
        ("previous(a, 2) + 1", {"previous(a, 2)": 4}, Fraction(5)),
        ("count_where(x, kind, 'e') * 12", {"count_where(x, kind, e)": 2}, Fraction(24)),
    ],
)
def test_an_expression_has_its_exact_value(text: str, values: dict[str, Any], expected: Any) -> None:
    assert value(text, **values) == expected


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("a + 1", {}, None),
        ("a >= 1", {}, None),
        ("a >= 1 or b >= 1", {"b": 1}, True),
        ("a >= 1 or b >= 1", {"b": 0}, None),
        ("a >= 1 and b >= 1", {"b": 0}, False),
        ("a >= 1 and b >= 1", {"b": 1}, None),
        ("not a >= 1", {}, None),
        ("1 <= a <= b", {"a": 0}, False),
        ("1 <= a <= b", {"a": 2}, None),
        ("a in ('x', 'y')", {}, None),
        ("-a", {}, None),
        ("max(a, 1)", {}, None),
        ("1 if a > 0 else 2", {}, None),
    ],
)
def test_an_unknown_value_stays_unknown_unless_the_answer_is_certain(
    text: str, values: dict[str, Any], expected: Any
) -> None:
    assert value(text, **values) is expected


def test_a_zero_denominator_is_raised_not_computed() -> None:
    with pytest.raises(ZeroDenominator):
        value("a / b", a=1, b=0)


def test_a_negative_denominator_counts_unless_the_rule_wants_it_positive() -> None:
    assert value("a / b", a=-1, b=-2) == Fraction(1, 2)
    with pytest.raises(ZeroDenominator):
        value("a / b", a=-1, b=-2, positive=True)


def test_a_zero_denominator_behind_a_decided_alternative_is_not_touched() -> None:
    assert value("a >= 1 or a / b >= 2", a=1, b=0) is True


@pytest.mark.parametrize(
    "text",
    [
        "a.b", "a.__class__", "().__class__", "__import__('os')", "_a", "a[0]", "[a]", "{a}", "lambda: a", "a ** 2",
        "a // b", "a % b", "a << 9", "a @ b", "~a", "+a", "a is b", "a not in ('x',)", "a in b", "a in ()",
        "a in (1, 2)",
        "open('x')", "max()", "max(a, key=b)", "abs(a, b)", "previous(a, 0)", "previous(a, 6)", "previous(a + 1, 1)",
        "count(1)", "total(a)", "1e9", "1E9", "1e999999999", "0x10", "0b1", "1_000", "1j", ".5", "5.", "007", "True",
        "None", "f'{a}'", "b'x'", "a; b", "a = 1", "(a := 1)", "a,", "", "a b", "*a", "yield", "await a", "\x00", "a\\",
        "1.1234567890123", "1234567890123456", "a <", "'\n'", "max(*a)",
    ],
)  # fmt: skip
def test_anything_outside_the_language_is_refused(text: str) -> None:
    with pytest.raises(BadExpression) as refused:
        parse(text)
    assert refused.value.zh
    assert refused.value.en


@pytest.mark.parametrize(
    "text",
    [
        "a + " * 200 + "a",
        "(" * 190 + "a" + ")" * 190 + "+" * 20,
        "-" * 300 + "a",
        "not " * 90 + "a",
        "a if " * 60 + "a",
        "max(" * 60 + "a" + ")" * 60,
        "9" * 399,
    ],
)
def test_long_or_deep_text_is_refused_at_once(text: str) -> None:
    with pytest.raises(BadExpression):
        parse(text)


def test_the_longest_text_is_accepted_and_one_more_character_refused() -> None:
    assert parse(" " * (MAX_LENGTH - 1) + "a").names == {"a"}
    with pytest.raises(BadExpression):
        parse(" " * MAX_LENGTH + "a")


def test_names_calls_and_division_are_told() -> None:
    expression = parse("a / (b + 1) >= 2 and count(x) == c")
    assert (expression.names, expression.divides, expression.calls_facts) == ({"a", "b", "c"}, True, True)
    assert [call.function for call in expression.calls] == ["count"]
    assert not parse("a / 10").divides


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("a / b * 100", "甲 ÷ 乙 × 100", "甲 ÷ 乙 × 100"),
        ("a / (b * 100)", "甲 ÷ (乙 × 100)", "甲 ÷ (乙 × 100)"),
        ("a - (b - 1)", "甲 − (乙 − 1)", "甲 − (乙 − 1)"),
        ("(a + b) / 10", "(甲 + 乙) ÷ 10", "(甲 + 乙) ÷ 10"),
        ("a >= 1 or not b < 2", "甲 ≥ 1 或 非 (乙 < 2)", "甲 ≥ 1 or not (乙 < 2)"),
        ("max(a, -b)", "取大(甲, −乙)", "max(甲, −乙)"),
        ("previous(a, 1)", "甲（前1年）", "甲 (1 year(s) earlier)"),
    ],
)
def test_a_formula_is_written_in_words_of_both_languages(text: str, zh: str, en: str) -> None:
    names = {"a": "甲", "b": "乙"}
    assert words_of(parse(text), "zh", names.__getitem__) == zh
    assert words_of(parse(text), "en", names.__getitem__) == en


def test_numbers_are_put_in_with_brackets_where_a_sign_or_fraction_needs_them() -> None:
    scope = Names(a=-3, b=Fraction(1, 3), c=None)
    assert numbers_of(parse("a * b + c - 0.50"), scope) == "(-3) × (1/3) + ? − 0.50"
