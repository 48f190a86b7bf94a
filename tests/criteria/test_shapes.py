"""The shapes of official rules: lines and their variants, the better of two ways, exemptions, deductions, caps."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from criteria.evaluate import Evaluation, Standing, evaluate
from criteria.explain import explain, explanation_of_gate
from criteria.fast import compile_rules
from criteria.faults import RuleSetFaults
from criteria.gates import Outcome
from criteria.loading import load_text
from criteria.scope import NOTHING_KNOWN
from tests.criteria.builders import facts
from tests.criteria.test_loading import BANDS, HEAD, INDICATOR, SCORING

ON = date(2026, 3, 1)
TOP = INDICATOR.split("    method")[0]
LIMITS = (
    "    method: {method}\n    confidence: demo\n    weight: {{value: 10, unit: point, confidence: demo}}\n"
    "    basic: {{value: 10, unit: person, confidence: demo}}\n"
    "    full: {{value: 50, unit: person, confidence: demo}}\n"
)
PER_UNIT = (
    "    method: per_unit\n    confidence: demo\n    weight: {value: 10, unit: point, confidence: demo}\n"
    "    points_each: {value: 1, unit: point, confidence: demo}\n"
)
BETTER = """\
    or_better:
      - name_zh: 高级专家和博士
        name_en: experts and doctors
        unit: person
        formula: senior_experts + doctors
        method: per_unit
        points_each: {value: 2, unit: point, confidence: demo}
"""
EXEMPT = """\
    exempt:
      when: industry_class == 'software'
      share: {value: 60, unit: pct, confidence: demo}
      note_zh: 软件业不考核，得权重的60%
      note_en: not asked of software
"""
BONUS = """\
bonus:
  - {code: B, name_zh: 奖项, name_en: awards, unit: item, formula: awards_2y, method: per_unit, confidence: demo,
     weight: {value: 6, unit: point, confidence: demo}, points_each: {value: 2, unit: point, confidence: demo}}
  - {code: C, name_zh: 标准, name_en: standards, unit: item, formula: standards_3y, method: per_unit, confidence: demo,
     weight: {value: 6, unit: point, confidence: demo}, points_each: {value: 1, unit: point, confidence: demo}}
  - {code: D, name_zh: 亏损, name_en: loss, unit: point, method: per_unit, deduction: true, confidence: demo,
     formula: "20 if profit_total < 0 and previous(profit_total, 1) < 0 else 5 if profit_total < 0 else 0",
     weight: {value: 20, unit: point, confidence: demo}, points_each: {value: 1, unit: point, confidence: demo}}
"""
EITHER = """\
gates:
  - code: G
    kind: either
    text_zh: 研发投入强度或者增长率达到要求
    text_en: share or growth of R&D expenditure
    confidence: demo
    alternatives:
      - text_zh: 占比不低于3%
        text_en: share not below 3 %
        unit: pct
        formula: rd_expenditure / revenue_main * 100
        limit: {value: 3, unit: pct, confidence: demo, source: []}
        zero_denominator: {outcome: undetermined, note_zh: 无收入, note_en: no revenue, confidence: demo}
      - text_zh: 增长不低于20%
        text_en: growth not below 20 %
        unit: pct
        formula: (rd_expenditure - previous(rd_expenditure, 1)) / previous(rd_expenditure, 1) * 100
        limit: {value: 20, unit: pct, confidence: demo, source: []}
        zero_denominator: {outcome: failed, note_zh: 上年无支出, note_en: nothing last year, confidence: demo}
"""


def evaluated(text: str, years: dict[int, dict[str, Any]] | None = None, **changed: Any) -> Evaluation:
    rules = load_text(text)
    given = facts(rules.fields, years, **changed)
    found = evaluate(rules, given, ON)
    fast = compile_rules(rules).score(given, ON, NOTHING_KNOWN)
    assert fast.total == found.total
    assert fast.evaluation().to_json() == found.to_json()
    assert Evaluation.from_json(found.to_json()) == found
    return found


def of_method(method: str) -> str:
    return HEAD + SCORING + TOP + LIMITS.format(method=method) + BANDS


@pytest.mark.parametrize(
    ("method", "staff", "points", "segment"),
    [
        # basic 10, full 50, weight 10, basic share 60 %
        ("linear_60_proportional", 0, "0", "below_basic"), ("linear_60_proportional", 5, "3", "proportional"),
        ("linear_60_proportional", 9, "5.4", "proportional"), ("linear_60_proportional", 10, "6", "between"),
        ("linear_60_proportional", 30, "8", "between"), ("linear_60_proportional", 50, "10", "full"),
        ("linear_0_100", 9, "0", "below_basic"), ("linear_0_100", 10, "0", "between"),
        ("linear_0_100", 30, "5", "between"), ("linear_0_100", 49, "9.75", "between"),
        ("linear_0_100", 50, "10", "full"), ("linear_0_100", 51, "10", "full"),
        ("threshold_proportional", 9, "0", "below_basic"), ("threshold_proportional", 10, "2", "proportional"),
        ("threshold_proportional", 49, "9.8", "proportional"), ("threshold_proportional", 50, "10", "full"),
    ],
)  # fmt: skip
def test_line_and_its_variants_give_the_points_worked_out_by_hand(
    method: str, staff: int, points: str, segment: str
) -> None:
    trace = evaluated(of_method(method), rd_staff=staff).trace("I")
    assert (trace.points, trace.segment) == (Fraction(points), segment)


@pytest.mark.parametrize(
    ("method", "working"),
    [
        ("linear_60_proportional", "10 × 60% × 5 ÷ 10 = 3"),
        ("linear_0_100", None),
        ("threshold_proportional", None),
    ],
)
def test_points_in_proportion_are_explained_with_their_numbers(method: str, working: str | None) -> None:
    lines = explain(evaluated(of_method(method), rd_staff=5).trace("I"), "zh")
    assert (f"计算: {working}" in lines) == (working is not None)


@pytest.mark.parametrize(("staff", "points", "segment"), [(2, 0, "too_few"), (3, 3, "counted"), (11, 10, "capped")])
def test_counting_begins_at_the_least_count(staff: int, points: int, segment: str) -> None:
    least = "    least_count: {value: 3, unit: person, confidence: demo}\n"
    trace = evaluated(HEAD + SCORING + TOP + PER_UNIT + least + BANDS, rd_staff=staff).trace("I")
    assert [trace.points, trace.segment] == [points, segment]


@pytest.mark.parametrize(
    ("staff", "doctors", "points", "winner"),
    [(3, 4, 8, "experts"), (9, 4, 9, "own"), (8, 4, 8, "own"), (10, None, 10, "own"), (9, None, None, "experts")],
)
def test_better_of_two_ways_counts_and_the_other_is_shown(
    staff: int, doctors: int | None, points: int | None, winner: str
) -> None:
    text = HEAD + SCORING + TOP + PER_UNIT + BETTER + BANDS
    trace = evaluated(text, rd_staff=staff, senior_experts=0, doctors=doctors).trace("I")
    assert trace.points == points
    assert trace.formula == ("rd_staff" if winner == "own" else "senior_experts + doctors")
    (other,) = trace.outdone
    assert other.formula != trace.formula
    assert any(line.startswith("另一算法") for line in explain(trace, "zh"))
    assert trace.name_zh == other.name_zh or winner == "experts" or other.name_zh == "高级专家和博士"


@pytest.mark.parametrize(
    ("industry", "points", "segment"), [("software", 6, "exempt"), ("other", 10, "full"), (None, None, "undetermined")]
)
def test_exempt_industry_gets_a_fixed_share(industry: str | None, points: int | None, segment: str) -> None:
    text = HEAD + SCORING + INDICATOR.rstrip("\n") + "\n" + EXEMPT + BANDS
    trace = evaluated(text, industry_class=industry, rd_staff=60).trace("I")
    assert (trace.points, trace.segment) == (points, segment)


@pytest.mark.parametrize(
    ("awards", "standards", "profit", "last", "bonus"),
    [
        (0, 0, 100, 100, 0), (1, 1, 100, 100, 3), (3, 6, 100, 100, 8), (0, 0, -1, 100, -5), (1, 0, -1, -1, -10),
        (9, 9, -1, -1, -4),
    ],
)  # fmt: skip
def test_bonus_and_deductions_stop_at_their_caps(
    awards: int, standards: int, profit: int, last: int, bonus: int
) -> None:
    # bonus at most 8 in all, deductions at most 12.
    caps = (
        "  bonus_cap: {value: 8, unit: point, confidence: demo}\n"
        "  deduction_cap: {value: 12, unit: point, confidence: demo}\n"
    )
    text = HEAD + SCORING.rstrip("\n") + "\n" + caps + INDICATOR + BONUS + BANDS
    found = evaluated(
        text, {2024: {"profit_total": last}}, awards_2y=awards, standards_3y=standards, profit_total=profit,
        rd_staff=60,
    )  # fmt: skip
    assert [found.indicator_total, found.bonus_total, found.total] == [10, bonus, 10 + bonus]
    assert found.unrounded_total == found.total


def test_deduction_is_explained_as_points_taken_away() -> None:
    text = HEAD + SCORING + INDICATOR + BONUS + BANDS
    trace = evaluated(text, {2024: {"profit_total": 1}}, profit_total=-1).trace("D")
    lines = explain(trace, "zh")
    assert trace.points == -5
    assert "得分: -5.00 分" in lines
    assert "计算: 5 × 1 = 5" in lines


@pytest.mark.parametrize(
    ("revenue", "before", "outcome"),
    [
        (800000, 23000, Outcome.PASSED),  # share 3 %
        (800001, 20000, Outcome.PASSED),  # growth 20 %
        (800001, 20001, Outcome.FAILED),
        (0, 20001, Outcome.UNDETERMINED),
        (0, 20000, Outcome.PASSED),
        (800001, 0, Outcome.FAILED),
    ],
)
def test_one_of_several_conditions_does(revenue: int, before: int, outcome: Outcome) -> None:
    text = HEAD + SCORING + INDICATOR + BANDS + EITHER
    given = {2024: {"rd_expenditure": before}}
    gate = evaluated(text, given, revenue_main=revenue, rd_expenditure=24000).gate("G")
    assert gate.outcome is outcome
    assert [one.limit for one in gate.alternatives] == [3, 20]
    lines = explanation_of_gate(gate, "en").text()
    assert any("share not below 3 %" in line for line in lines)
    assert any("growth not below 20 %" in line for line in lines)


RECORD = """\
gates:
  - {code: G, kind: record_exists, text_zh: 近三年有重点项目, text_en: a key project in three years, confidence: demo,
     record: key_project, lookback: {years: {value: 3, unit: year, confidence: demo}, anchor: base_date}}
"""


@pytest.mark.parametrize(
    ("days", "outcome"),
    [
        ((date(2023, 3, 2),), Outcome.PASSED), ((date(2026, 3, 1),), Outcome.PASSED), ((), Outcome.FAILED),
        ((date(2022, 1, 1),), Outcome.FAILED), (None, Outcome.UNDETERMINED),
    ],
)  # fmt: skip
def test_record_that_must_exist_is_looked_for_in_its_years(days: tuple[date, ...] | None, outcome: Outcome) -> None:
    rules = load_text(HEAD + SCORING + INDICATOR + BANDS + RECORD)
    known = Standing(records={} if days is None else {"key_project": days})
    assert evaluate(rules, facts(rules.fields), ON, known).gate("G").outcome is outcome


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + SCORING + TOP + LIMITS.format(method="linear_0_100").replace("value: 50", "value: 10") + BANDS,
         "basic must be below full"),
        (HEAD + SCORING + TOP + PER_UNIT.replace("points_each", "least_count").replace("point,", "person,", 2).replace(
            "10, unit: person", "10, unit: point") + BANDS, "points_each is missing"),
        (HEAD + SCORING + INDICATOR + BANDS + EITHER.replace("revenue_main * 100\n", "profit_margin * 100\n"),
         "profit_margin"),
        (HEAD + SCORING + INDICATOR + BANDS + EITHER.split("      - text_zh: 增长")[0], "two alternatives"),
        (HEAD + SCORING + INDICATOR.rstrip("\n") + "\n    deduction: true\n" + BANDS, "deduction"),
        (HEAD + SCORING + TOP + PER_UNIT + BETTER.replace("doctors\n        method", "doktors\n        method") + BANDS,
         "doktors"),
        (HEAD + SCORING + INDICATOR + BANDS + RECORD.replace("record: key_project, ", ""), "lacks"),
    ],
)  # fmt: skip
def test_shape_that_is_not_whole_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(RuleSetFaults) as refused:
        load_text(text)
    lines = refused.value.lines("en")
    assert any(words in line for line in lines), lines
