"""Grades that a person gives with a reason: undetermined until given, exact points, told and kept like any figure."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction

import pytest

from criteria.batch import BatchScorer
from criteria.evaluate import Evaluation, evaluate
from criteria.explain import explain
from criteria.fast import compile_rules
from criteria.faults import RuleSetFaults
from criteria.loading import load_text, thaw
from criteria.replay import replay
from criteria.schema import evaluation_schema
from criteria.scope import NOTHING_KNOWN, GivenGrade, Standing
from criteria.trace import Segment
from criteria.what_if import ways_to_gain
from tests.criteria.builders import facts
from tests.criteria.schema_check import schema_faults
from tests.criteria.test_loading import BANDS, HEAD, INDICATOR, SCORING

ON = date(2026, 3, 1)
GRADED = """\
  - code: E
    name_zh: 创新战略
    name_en: strategy
    unit: point
    method: grade
    confidence: demo
    weight: {value: 5, unit: point, confidence: demo}
    grades:
      - {code: fair, name_zh: 一般, name_en: fair, points: {value: 3, unit: point, confidence: demo}}
      - {code: good, name_zh: 较好, name_en: good, points: {value: 5, unit: point, confidence: demo}}
"""
FIVE = INDICATOR.replace("weight: {value: 10", "weight: {value: 5")
TEXT = HEAD + SCORING + FIVE + GRADED + BANDS
RULES = load_text(TEXT)


def standing(code: str, reason: str = "有明确的规划", by: str = "") -> Standing:
    """One grade for the indicator."""
    return Standing(grades={"E": GivenGrade(code, reason, by)})


def evaluated(known: Standing) -> Evaluation:
    return evaluate(RULES, facts(RULES.fields, rd_staff=20), ON, known)


@pytest.mark.parametrize(
    ("known", "points", "total", "note"),
    [
        (standing("good"), 5, 10, "reason for the grade: 有明确的规划"),
        (standing("fair", by="张工"), 3, 8, "reason for the grade: 有明确的规划 (张工)"),
        (NOTHING_KNOWN, None, None, "no grade was given yet"),
        (standing("best"), None, None, "no such grade: best"),
        (standing("good", "  "), None, None, "a grade needs a reason"),
    ],
)
def test_points_are_those_of_the_grade_and_undetermined_without_a_valid_one(
    known: Standing, points: int | None, total: int | None, note: str
) -> None:
    found = evaluated(known)
    trace = found.trace("E")
    assert (trace.points, found.total, trace.note_en) == (points, total, note)
    assert trace.segment is (Segment.UNDETERMINED if points is None else Segment.GRADED)
    assert trace.note_zh
    given = facts(RULES.fields, rd_staff=20)
    scored = compile_rules(RULES).score(given, ON, known)
    assert (scored.points["E"], scored.total, scored.band()) == (points, total, found.band)
    assert list(compile_rules(RULES).fallbacks) == ["E"]
    scorer = BatchScorer(RULES)
    assert scorer.score(scorer.gathered([(given, ON, known)])).total(0) == total
    with pytest.raises(ValueError, match="grades"):
        scorer.columns(1, {})


def test_grade_and_reason_are_told_in_both_languages_and_no_formula_is() -> None:
    trace = evaluated(standing("good", by="张工")).trace("E")
    zh, en = "\n".join(explain(trace, "zh")), "\n".join(explain(trace, "en"))
    for part in (
        "评定等级 = 较好",
        "评定理由：有明确的规划（张工）",
        "按评定等级计分",
        "等级得分 5 分",
        "得分: 5.00 分",
    ):
        assert part in zh
    for part in ("grade = good", "points of the grade that was given", "Result: 5.00 points"):
        assert part in en
    assert "公式" not in zh
    assert "Formula" not in en


def test_evaluation_with_grades_is_replayed_and_keeps_to_the_schema() -> None:
    known, schema = standing("fair"), evaluation_schema()
    text = evaluated(known).to_json()
    assert schema_faults(json.loads(text), schema, schema) == []
    assert replay(text, thaw(RULES.frozen_text), facts(RULES.fields, rd_staff=20), known).to_json() == text
    assert Standing.from_json(known.to_json()) == known


def test_standing_without_grades_is_written_as_before_there_were_any() -> None:
    assert set(json.loads(NOTHING_KNOWN.to_json())) == {"titles", "records", "lists", "answers", "anchors"}
    assert Standing.from_json(NOTHING_KNOWN.to_json()) == NOTHING_KNOWN


def test_advice_leaves_grades_as_they_are() -> None:
    given = facts(RULES.fields, rd_staff=10)
    advice = ways_to_gain(RULES, given, ON, standing("fair"), Fraction(2))
    assert advice.total == 6
    assert [(one.code, one.to) for way in advice.single for one in way.raises] == [("rd_staff", 20)]


@pytest.mark.parametrize(
    ("old", "new", "path", "reason"),
    [
        ("method: grade", "method: grade\n    formula: rd_staff", "indicators[E].formula", "a grade has no formula"),
        ("points: {value: 5", "points: {value: 6", "indicators[E].grades", "points of a grade lie between"),
        ("points: {value: 5", "points: {value: 3", "indicators[E].grades", "two grades give the same points"),
        ("points: {value: 5", "points: {value: null", "indicators[E].grades[good].points", "the figure is missing"),
        ("code: good", "code: fair", "indicators[E].grades[fair]", "duplicate code: fair"),
        ("method: grade", "method: per_unit\n    formula: rd_staff", "indicators[E].grades", "only the method grade"),
    ],
)
def test_unsound_grades_are_refused_with_their_place(old: str, new: str, path: str, reason: str) -> None:
    with pytest.raises(RuleSetFaults) as refused:
        load_text(HEAD + SCORING + FIVE + GRADED.replace(old, new) + BANDS)
    assert any(fault.path == path and fault.en.startswith(reason) and fault.zh for fault in refused.value.faults)


def test_a_single_grade_is_refused() -> None:
    with pytest.raises(RuleSetFaults, match="two grades"):
        load_text(HEAD + SCORING + FIVE + "\n".join(GRADED.splitlines()[:-1]) + "\n" + BANDS)
