"""Boundary cases as data: every limit of every shipped set has one case at it, one just below, one just above."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from criteria.casefile import read_cases
from criteria.faults import RuleSetFaults
from criteria.golden import (
    CASES,
    Case,
    Limit,
    cases_text,
    limit_words,
    limits_of,
    parse_cases,
    run_cases,
    shipped_cases,
    stray_cases,
    uncovered_limits,
)
from criteria.loading import PROGRAMMES, load, load_text
from criteria.ruleset import RuleSet

REFS = sorted(f"{path.parent.name}/{path.stem}" for path in PROGRAMMES.glob("*/*.yaml"))
LOADED = {ref: load(ref) for ref in REFS}
SHIPPED = {ref: shipped_cases(ref) for ref in REFS}
RESULTS = [
    pytest.param(result, id=f"{ref}-{result.case.limit.key}-{result.case.side}")
    for ref in REFS
    for result in run_cases(LOADED[ref], SHIPPED[ref])
]


@pytest.mark.parametrize("result", RESULTS)
def test_a_value_at_a_limit_or_one_step_off_gets_what_the_case_says(result: Any) -> None:
    assert result.text("en") == ""


@pytest.mark.parametrize("ref", REFS)
def test_every_limit_has_a_case_below_at_and_above(ref: str) -> None:
    assert uncovered_limits(LOADED[ref], SHIPPED[ref]) == ()


@pytest.mark.parametrize("ref", REFS)
def test_every_case_belongs_to_a_limit_that_exists(ref: str) -> None:
    assert stray_cases(LOADED[ref], SHIPPED[ref]) == ()


def test_every_case_file_belongs_to_a_shipped_set() -> None:
    assert {f"{path.parent.parent.name}/{path.parent.name}" for path in CASES.glob("*/*/*.yaml")} <= set(REFS)


@pytest.mark.parametrize("ref", REFS)
def test_cases_written_as_one_text_read_back_the_same(ref: str) -> None:
    def order(case: Case) -> tuple[str, str]:
        return case.limit.key, case.side

    assert sorted(parse_cases(cases_text(SHIPPED[ref])), key=order) == sorted(SHIPPED[ref], key=order)


# --- What goes wrong is told --------------------------------------------------------------------------------------
DEMO = LOADED["demo/2026"]


def changed(code: str, **figures: Any) -> RuleSet:
    """The demonstration set with other figures of one indicator."""
    rows = tuple(
        replace(row, **{role: replace(getattr(row, role), value=Fraction(value)) for role, value in figures.items()})
        if row.code == code
        else row
        for row in DEMO.indicators
    )
    return replace(DEMO, indicators=rows)


def faults_of(rules: RuleSet, cases: tuple[Case, ...], lang: str = "en") -> dict[tuple[str, str], str]:
    """What is wrong, by role and side."""
    found = [result for result in run_cases(rules, cases) if not result.passed]
    return {(result.case.limit.role, result.case.side): result.text(lang) for result in found}


def only(code: str) -> tuple[Case, ...]:
    """The shipped cases of one rule."""
    return tuple(case for case in SHIPPED["demo/2026"] if case.limit.rule == code)


def test_limit_that_moved_fails_the_cases_that_are_not_at_it_any_more() -> None:
    faults = faults_of(changed("X-02", full=9), only("X-02"))
    assert faults["full", "at"] == (
        "points should be 12, is 11.2; segment should be full, is between; is not at the limit, which may have changed"
    )
    assert ("basic", "at") not in faults


def test_weight_that_changed_fails_with_both_numbers_in_both_languages() -> None:
    rules = changed("X-05", weight=3)
    assert faults_of(rules, only("X-05"))["full", "at"] == "points should be 2, is 3"
    assert faults_of(rules, only("X-05"), "zh")["full", "at"] == "得分应为 2，算得 3"


def test_case_more_than_one_step_off_is_told() -> None:
    cases = tuple(replace(one, given=one.given + 1) if one.side == "above" else one for one in only("X-05"))
    assert "must be one step (0.01) off the limit" in faults_of(DEMO, cases)["full", "above"]


def test_limit_without_one_of_its_cases_is_uncovered() -> None:
    cases = tuple(one for one in SHIPPED["demo/2026"] if (one.limit.rule, one.side) != ("X-01", "above"))
    assert uncovered_limits(DEMO, cases) == (Limit("X-01", "basic"), Limit("X-01", "full"))


def test_case_of_a_rule_that_is_gone_is_a_stray_and_is_not_run() -> None:
    rules = replace(DEMO, indicators=DEMO.indicators[1:])
    assert {case.limit.rule for case in stray_cases(rules, SHIPPED["demo/2026"])} == {"X-01"}
    assert all(result.case.limit.rule != "X-01" for result in run_cases(rules, SHIPPED["demo/2026"]))


def test_case_over_a_field_that_is_not_asked_says_so() -> None:
    cases = tuple(replace(one, field="no_such") for one in only("X-05")[:1])
    assert list(faults_of(DEMO, cases).values()) == ["no such field: no_such"]


def test_band_that_moved_fails_its_cases() -> None:
    bands = tuple(
        replace(band, least=replace(band.least, value=Fraction(92)))
        if band.code == "excellent" and band.least
        else band
        for band in DEMO.bands
    )
    assert (
        faults_of(replace(DEMO, bands=bands), only("excellent"))["band", "above"] == "band should be excellent, is None"
    )


def test_unknown_limit_needs_no_case() -> None:
    unknown = replace(DEMO.indicators[0].basic, value=None)  # type: ignore[type-var]  # the indicator has one
    rules = replace(DEMO, indicators=(replace(DEMO.indicators[0], basic=unknown), *DEMO.indicators[1:]))
    assert Limit("X-01", "basic") not in limits_of(rules)


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit("X-02", "full"), "X-02 研发经费支出占主营业务收入的比重 · 满分要求"),
        (Limit("X-03", "basic", "software"), "X-03 研发人员占企业职工总数的比重 · 基本要求 · software"),
        (Limit("good", "band"), "good 良好 · 等次起点"),
        (Limit("X-B1", "step_2", way=0), "X-B1 近两年获国家、省（市）部级奖项数 · 第2档 · 另一算法 1"),
    ],
)
def test_limit_is_named_in_words(limit: Limit, words: str) -> None:
    assert limit_words(DEMO, limit, "zh") == words


# --- Shapes that no shipped set has yet ---------------------------------------------------------------------------
SHAPES = """
programme: demo
edition: shapes
name_zh: 形状
name_en: Shapes
status: complete
effective_from: 2026-01-01
effective_confidence: demo
gates:
  - code: E1
    kind: either
    text_zh: 收入不低于5000万元，或增长30%以上
    text_en: revenue or growth
    confidence: demo
    alternatives:
      - {text_zh: 收入, text_en: revenue, unit: wCNY, formula: revenue_main / 10,
         limit: {value: 5000, unit: wCNY, confidence: demo}}
      - {text_zh: 增长, text_en: growth, unit: ratio, formula: "revenue_main / previous(revenue_main, 1)",
         limit: {value: 1.3, unit: ratio, confidence: demo},
         zero_denominator: {outcome: failed, confidence: demo, note_zh: 上年为零, note_en: none last year}}
scoring:
  stage: indicator
  places: {value: 2, unit: place, confidence: demo}
  total: {value: 10, unit: point, confidence: demo}
  basic_share: {value: 60, unit: pct, confidence: demo}
indicators:
  - code: S1
    name_zh: 项目
    name_en: projects
    unit: item
    formula: rd_projects
    method: steps
    confidence: demo
    weight: {value: 10, unit: point, confidence: demo}
    steps:
      - {least: {value: 3, unit: item, confidence: demo}, points: {value: 4, unit: point, confidence: demo}}
      - {least: {value: 8, unit: item, confidence: demo}, points: {value: 10, unit: point, confidence: demo}}
    or_better:
      - {name_zh: 专利, name_en: patents, unit: piece, formula: invention_patents_valid, method: per_unit,
         points_each: {value: 2, unit: point, confidence: demo}, least_count: {value: 2, unit: piece, confidence: demo}}
bands:
  - {code: pass, name_zh: 合格, name_en: pass, confidence: demo, least: {value: 6, unit: point, confidence: demo}}
  - {code: fail, name_zh: 不合格, name_en: fail, confidence: demo, below: {value: 6, unit: point, confidence: demo}}
"""
SHAPE_CASES = """
rules:
  - gate: E1
    field: revenue_main
    limits:
      - role: limit
        alternative: 0
        earlier: [{revenue_main: 50000}]
        cases:
          - {side: below, given: 49999.99, value: 4999.999, outcome: failed}
          - {side: at, given: 50000, value: 5000, outcome: passed}
          - {side: above, given: 50000.01, value: 5000.001, outcome: passed}
      - role: limit
        alternative: 1
        earlier: [{revenue_main: 30000}]
        cases:
          - {side: below, given: 38999.99, outcome: failed}
          - {side: at, given: 39000, value: 1.3, outcome: passed}
          - {side: above, given: 39000.01, outcome: passed}
  - indicator: S1
    field: rd_projects
    limits:
      - role: step_1
        cases:
          - {side: below, given: 2, value: 2, points: 0}
          - {side: at, given: 3, value: 3, points: 4}
          - {side: above, given: 4, value: 4, points: 4}
      - role: step_2
        cases:
          - {side: below, given: 7, value: 7, points: 4}
          - {side: at, given: 8, value: 8, points: 10}
          - {side: above, given: 9, value: 9, points: 10}
      - role: weight
        way: 0
        field: invention_patents_valid
        cases:
          - {side: below, given: 4, value: 4, points: 8}
          - {side: at, given: 5, value: 5, points: 10}
          - {side: above, given: 6, value: 6, points: 10}
      - role: least_count
        way: 0
        field: invention_patents_valid
        cases:
          - {side: below, given: 1, value: 1, points: 0}
          - {side: at, given: 2, value: 2, points: 4}
          - {side: above, given: 3, value: 3, points: 6}
  - band: pass
    limits:
      - cases:
          - {side: below, given: 5.99, band: fail}
          - {side: at, given: 6, band: pass}
          - {side: above, given: 6.01, band: pass}
"""


def test_alternatives_steps_other_ways_and_least_counts_have_limits_and_cases() -> None:
    rules, cases = load_text(SHAPES), parse_cases(SHAPE_CASES)
    assert [limit.key for limit in limits_of(rules)] == [
        "E1.limit...0.", "E1.limit...1.", "S1.step_1....", "S1.step_2....", "S1.weight....0", "S1.least_count....0",
        "pass.band....",
    ]  # fmt: skip
    assert uncovered_limits(rules, cases) == ()
    assert [result.text("en") for result in run_cases(rules, cases) if not result.passed] == []


def test_either_gate_decided_by_another_alternative_fails_the_case() -> None:
    rules = load_text(SHAPES)
    cases = parse_cases(SHAPE_CASES.replace("[{revenue_main: 50000}]", "[{revenue_main: 20000}]"))
    failed = [result for result in run_cases(rules, cases) if not result.passed]
    assert [(one.case.limit.alternative, one.text("en")) for one in failed] == [
        (0, "outcome should be failed, is passed")
    ]


# --- Bad files ----------------------------------------------------------------------------------------------------
BAD = """indicator: X-01
limits:
  - role: full
    cases:
      - {side: beside, given: 1, points: 2}
      - {side: at, points: high}
      - {side: above, given: 3, points: 2, colour: red}
"""


def test_bad_file_is_refused_with_every_fault_and_its_line() -> None:
    with pytest.raises(RuleSetFaults) as refused:
        read_cases(BAD, "X-01.yaml")
    told = "\n".join(refused.value.lines("en"))
    for words in ("field", "X-01.yaml:5", "must be one of: below, at, above", "X-01.yaml:6", "the number is missing",
                  "must be a number", "unknown key: colour"):  # fmt: skip
        assert words in told


def test_text_without_a_rule_says_what_it_needs() -> None:
    with pytest.raises(RuleSetFaults, match="needs one of gate, indicator, band"):
        parse_cases("rules:\n  - {field: rd_staff, limits: []}\n")


def test_empty_text_holds_no_cases() -> None:
    assert parse_cases("  \n") == ()
