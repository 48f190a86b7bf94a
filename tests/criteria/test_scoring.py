"""Scoring methods, rounding stages, bands and overrides on small sets made for the purpose."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from criteria import exact
from criteria.evaluate import Evaluation, Standing, evaluate
from criteria.loading import load_text, thaw
from criteria.ruleset import RuleSet
from criteria.trace import Segment
from tests.criteria.builders import facts
from tests.criteria.test_loading import BANDS, GATE, HEAD, INDICATOR, SCORING, STEPS

ON = date(2026, 3, 1)
STEP_SET = HEAD + SCORING + INDICATOR.split("    method")[0] + STEPS % (10, 4, 20, 10) + BANDS
UNIT_SET = HEAD + SCORING + BANDS + INDICATOR.split("    method")[0] + (
    "    method: per_unit\n    confidence: demo\n    weight: {value: 10, unit: point, confidence: demo}\n"
    "    points_each: {value: 1.5, unit: point, confidence: demo}\n"
)  # fmt: skip
TWO = INDICATOR.replace("value: 10, unit: point", "value: 5, unit: point")
THIRDS = TWO + TWO.replace("code: I", "code: J").split("indicators:\n")[1]


def evaluated(text: str, **changed: Any) -> Evaluation:
    rule_set = load_text(text)
    return evaluate(rule_set, facts(rule_set.fields, **changed), ON)


@pytest.mark.parametrize(
    ("staff", "points", "segment"), [(9, 0, "below_basic"), (10, 4, "step"), (19, 4, "step"), (20, 10, "step")]
)
def test_steps_give_the_points_of_the_highest_step_reached(staff: int, points: int, segment: str) -> None:
    trace = evaluated(STEP_SET, rd_staff=staff).trace("I")
    assert (trace.points, trace.segment) == (points, segment)


@pytest.mark.parametrize(
    ("staff", "points", "segment"),
    [(0, 0, "counted"), (3, Fraction(9, 2), "counted"), (6, 9, "counted"), (7, 10, "capped")],
)
def test_points_per_unit_stop_at_the_cap(staff: int, points: Fraction, segment: str) -> None:
    trace = evaluated(UNIT_SET, rd_staff=staff).trace("I")
    assert (trace.points, trace.segment) == (points, segment)


@pytest.mark.parametrize(
    ("stage", "points", "total"),
    [
        # 70 persons, 10 to 100: 5 × (60 % + 40 % × 60/90) = 13/3 each, 26/3 together.
        ("indicator", Fraction(433, 100), Fraction(866, 100)),
        ("total", Fraction(13, 3), Fraction(867, 100)),
        ("none", Fraction(13, 3), Fraction(26, 3)),
    ],
)
def test_rounding_happens_once_at_the_stage_of_the_set(stage: str, points: Fraction, total: Fraction) -> None:
    text = HEAD + SCORING.replace("indicator", stage) + THIRDS.replace("value: 20", "value: 100") + BANDS
    evaluation = evaluated(text, rd_staff=70)
    assert [trace.points for trace in evaluation.indicators] == [points, points]
    assert (evaluation.total, evaluation.unrounded_total) == (total, Fraction(26, 3))


@pytest.mark.parametrize(
    ("total_staff", "band"), [(10, "pass"), (Fraction(999, 100), "fail"), (Fraction(1001, 100), "pass"), (20, "pass")]
)
def test_a_band_begins_at_its_limit(total_staff: Fraction, band: str) -> None:
    outcome = evaluated(HEAD + SCORING + INDICATOR + BANDS, rd_staff=Fraction(total_staff)).band
    assert outcome is not None
    assert (outcome.code, outcome.override) == (band, "")


def test_an_override_by_a_failed_gate_beats_the_score() -> None:
    override = (
        "band_overrides:\n  - {code: O, gates: [G], band: fail, text_zh: 未达条件, text_en: gate, confidence: demo}\n"
    )
    text = HEAD + SCORING + INDICATOR + BANDS + GATE.replace("value: 3", "value: 30") + override
    outcome, total = evaluated(text, rd_staff=20).band, evaluated(text, rd_staff=20).total
    assert outcome is not None
    assert (outcome.code, outcome.override, outcome.override_zh, total) == ("fail", "O", "未达条件", 10)
    passed = evaluated(text.replace("value: 30", "value: 3"), rd_staff=20).band
    assert passed is not None
    assert (passed.code, passed.override) == ("pass", "")


def test_an_override_without_gates_applies_to_any_failed_gate() -> None:
    override = (
        "band_overrides:\n  - {code: O, gates: [], band: fail, text_zh: 未达条件, text_en: gate, confidence: demo}\n"
    )
    text = HEAD + SCORING + INDICATOR + BANDS + GATE.replace("value: 3", "value: 30") + override
    outcome = evaluated(text, rd_staff=20).band
    assert outcome is not None
    assert outcome.override == "O"


def test_a_partial_set_gives_gates_but_no_total_and_no_band(partial: RuleSet) -> None:
    evaluation = evaluate(partial, facts(partial.fields), ON, Standing())
    assert (evaluation.total, evaluation.band, evaluation.indicators) == (None, None, ())
    assert len(evaluation.gates) == 8


def test_a_loss_on_both_sides_earns_nothing(municipal: RuleSet) -> None:
    given = facts(municipal.fields, profit_total=-100, new_product_profit=-90)
    trace = evaluate(municipal, given, ON).trace("X-16")
    assert (trace.segment, trace.points) == (Segment.ZERO_DENOMINATOR, 0)
    assert trace.note_zh == "利润总额不大于零，占比无意义，得0分"


def test_a_class_chooses_the_figures_and_the_trace_names_it(municipal: RuleSet) -> None:
    trace = evaluate(municipal, facts(municipal.fields, industry_class="software"), ON).trace("X-09")
    assert (trace.basic, trace.full, trace.figure("basic").case) == (300, 1000, "software")


def test_the_summary_of_an_evaluation_names_set_day_and_facts(municipal: RuleSet) -> None:
    given = facts(municipal.fields)
    evaluation = evaluate(municipal, given, ON)
    assert (evaluation.programme, evaluation.edition, evaluation.on) == ("shanghai_municipal_centre", "2022-demo", ON)
    assert (evaluation.checksum, evaluation.facts_digest) == (municipal.checksum, given.digest())
    assert (evaluation.total, evaluation.indicator_total, evaluation.bonus_total) == (
        Fraction(803, 10),
        Fraction(783, 10),
        Fraction(2),
    )
    assert evaluation.band is not None
    assert evaluation.band.code == "good"


def test_python_fractions_give_the_same_bytes_as_the_fast_rationals(
    municipal: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = facts(municipal.fields, rd_staff=70, revenue_main=333333)
    expected = evaluate(municipal, given, ON).to_json()
    monkeypatch.setattr(exact, "rational", Fraction)
    assert evaluate(thaw(municipal.frozen_text), given, ON).to_json() == expected
    assert isinstance(exact.fast(Fraction(1, 3)), Fraction)
