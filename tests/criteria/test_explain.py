"""Explanations: an independent reader recomputes every point from the printed text alone."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings

from criteria.evaluate import Standing, evaluate
from criteria.explain import explain, explanation, explanation_of_gate
from criteria.gates import Outcome
from criteria.ruleset import RuleSet
from criteria.trace import Segment
from tests.criteria.builders import facts
from tests.criteria.test_properties import applications

ON = date(2026, 3, 1)
TOKEN = re.compile(r"\d+(?:\.\d+)?%?|[×÷+−()/-]")


class Calculator:
    """A hand calculator: reads `12 × (60% + 40% × (4.8 − 3) ÷ (8 − 3))` left to right with the usual precedence."""

    def __init__(self, text: str) -> None:
        self.tokens = TOKEN.findall(text)
        assert "".join(self.tokens) == text.replace(" ", "")
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def sum(self) -> Fraction:
        value = self.product()
        while self.peek() in ("+", "−"):
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self) -> Fraction:
        value = self.factor()
        while self.peek() in ("×", "÷", "/"):
            value = value * self.factor() if self.take() == "×" else value / self.factor()
        return value

    def factor(self) -> Fraction:
        token = self.take()
        if token == "-":
            return -self.factor()
        if token == "(":
            value = self.sum()
            assert self.take() == ")"
            return value
        return Fraction(token[:-1]) / 100 if token.endswith("%") else Fraction(token)


def number(text: str) -> Fraction:
    """The first number of a text such as `1/3 ≈ 0.33333333 万元` or `-5%`, exact."""
    found = re.match(r"-?\d+(?:\.\d+|/\d+)?", text)
    assert found, text
    return Fraction(found[0])


def recomputed(lines: tuple[str, ...]) -> Decimal:
    """The points that the text itself leads to: value from the numbers, then the requirements and the step."""
    said = {label: text for label, text in (line.split(": ", 1) for line in lines[1:])}
    left, right = said["代入"].rsplit(" = ", 1)
    if right == "?":
        assert "得0分" in said["说明"]
        return Decimal(0)
    value = Calculator(left).sum()
    assert value == number(right)
    required = {part.split(" ", 1)[0]: number(part.split(" ", 1)[1]) for part in said["要求"].split("；")}
    weight = required["权重"]
    if "基本要求" not in required:
        points = min(weight, Calculator(said["计算"].split(" = ")[0].split(" > ")[0]).sum())
    elif value < required["基本要求"]:
        points = Fraction(0)
    elif value >= required["满分要求"]:
        points = weight
    else:
        low, high = required["基本要求"], required["满分要求"]
        points = weight * (Fraction(60, 100) + Fraction(40, 100) * (value - low) / (high - low))
        assert Calculator(said["计算"].split(" = ")[0]).sum() == points
    exact = Decimal(points.numerator) / Decimal(points.denominator)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(chosen=applications())
def test_points_recomputed_from_the_text_alone_are_the_points_shown(municipal: RuleSet, chosen: dict[str, Any]) -> None:
    evaluation = evaluate(municipal, facts(municipal.fields, **chosen), ON)
    for trace in (*evaluation.indicators, *evaluation.bonus):
        lines = explain(trace, "zh")
        shown = lines[-1].removeprefix("得分: ").removesuffix(" 分")
        assert recomputed(lines) == Decimal(shown), lines
        assert trace.points == Fraction(shown)


def test_an_indicator_shows_inputs_with_cells_formula_requirements_step_and_sources(municipal: RuleSet) -> None:
    evaluation = evaluate(municipal, facts(municipal.fields), ON)
    assert explain(evaluation.trace("X-02"), "zh") == (
        "X-02 研发经费支出占主营业务收入的比重",
        "填报数: 研究与试验发展经费支出 (2025) = 24000 千元 [数据表!D4]",
        "填报数: 主营业务收入 (2025) = 500000 千元 [数据表!D3]",
        "公式: 研究与试验发展经费支出 ÷ 主营业务收入 × 100 × 行业系数",
        "代入: 24000 ÷ 500000 × 100 × 1 = 4.8%",
        "要求: 基本要求 3%；满分要求 8%；权重 12 分",
        "判定: 达到基本要求，未达到满分要求，按比例计分",
        "计算: 12 × (60% + 40% × (4.8 − 3) ÷ (8 − 3)) = 8.928",
        "数值依据: 权重 12 分 · 可信度：演示用，非法规；出处：—",
        "数值依据: 基本要求 3% · 可信度：演示用，非法规；出处：—",
        "数值依据: 满分要求 8% · 可信度：演示用，非法规；出处：—",
        "数值依据: 行业系数 1 · 可信度：演示用，非法规；出处：M2",
        "数值依据: 达到基本要求得权重的比例 60% · 可信度：凭记忆（待核实）；出处：N20, N5",
        "得分: 8.93 分",
    )


def test_the_english_explanation_of_an_indicator_holds_no_chinese_but_sheet_names(municipal: RuleSet) -> None:
    evaluation = evaluate(municipal, facts(municipal.fields), ON)
    for trace in (*evaluation.indicators, *evaluation.bonus):
        text = "\n".join(explain(trace, "en")).replace("数据表", "")
        assert re.findall(r"[\u4e00-\u9fff]+", text) == []


def test_the_chinese_explanation_names_a_chosen_class_not_its_code(municipal: RuleSet) -> None:
    evaluation = evaluate(municipal, facts(municipal.fields, industry_class="pharma"), ON)
    lines = explanation_of_gate(evaluation.gate("MG5"), "zh").text()
    assert "填报数: 行业大类标志 = 医药制造业 [数据表!D1]" in lines
    assert not any("pharma" in line.split(" [")[0] for line in lines)


def test_a_verified_value_is_shown_with_the_text_as_typed(municipal: RuleSet) -> None:
    verified = facts(municipal.fields).with_verified({("rd_expenditure", 2025): Fraction(20000)})
    line = explain(evaluate(municipal, verified, ON).trace("X-02"), "zh")[1]
    assert line == "填报数: 研究与试验发展经费支出 (2025) = 20000 千元 [数据表!D4，原填 24000]"


def test_a_failed_gate_shows_the_limit_the_outcome_and_the_remedy(municipal: RuleSet) -> None:
    evaluation = evaluate(municipal, facts(municipal.fields, rd_staff_stat=59), ON)
    told = {line.kind: line.text for line in explanation_of_gate(evaluation.gate("MG4"), "zh").lines}
    assert (told["numbers"], told["condition"], told["outcome"]) == ("59 = 59 人", "≥ 60 人", "不符合")
    assert told["remedy"] == "研究开发人员达到要求后可在下一批次申报"


def test_a_gate_without_a_number_shows_what_it_rests_on_and_who_decides(municipal: RuleSet) -> None:
    evaluation = evaluate(municipal, facts(municipal.fields), ON, Standing())
    gate = evaluation.gate("MG6")
    assert gate.outcome is Outcome.UNDETERMINED
    told = {line.kind: line.text for line in explanation_of_gate(gate, "en").lines}
    assert told["formula"] == "holds the title: district enterprise technology centre"
    assert (told["note"], told["outcome"]) == ("to be verified by an officer", "undetermined")


def test_a_denominator_of_zero_is_explained_by_the_rule_not_by_arithmetic(municipal: RuleSet) -> None:
    evaluation = evaluate(municipal, facts(municipal.fields, rd_staff=0), ON)
    trace = evaluation.trace("X-01")
    assert (trace.segment, trace.points) == (Segment.ZERO_DENOMINATOR, 0)
    told = {line.kind: line.text for line in explanation(trace, "zh").lines}
    assert told["scale"] == "基本要求 8 万元；满分要求 60 万元；权重 8 分"
    assert (told["numbers"], told["note"], told["result"]) == (
        "24000 ÷ 0 ÷ 10 = ?",
        "研发人员为零，得0分",
        "0.00 分",
    )


def test_an_endless_fraction_is_shown_exactly_and_as_a_decimal(municipal: RuleSet) -> None:
    evaluation = evaluate(municipal, facts(municipal.fields, rd_staff=70), ON)
    told = {line.kind: line.text for line in explanation(evaluation.trace("X-01"), "en").lines}
    assert told["numbers"] == "24000 ÷ 70 ÷ 10 = 240/7 ≈ 34.28571429 ten thousand yuan"
