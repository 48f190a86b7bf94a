"""What an official text leaves open: unknown weights, methods and limits, classes without figure, records."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from criteria.banding import band_of
from criteria.evaluate import evaluate
from criteria.explain import explain, explanation_of_gate
from criteria.fast import compile_rules
from criteria.faults import RuleSetFaults
from criteria.gates import Outcome
from criteria.holes import holes
from criteria.loading import load_text
from criteria.ruleset import RuleSet
from criteria.scope import Standing
from criteria.trace import Segment
from criteria.what_if import missing_for, ways_to_gain
from criteria.windows import Anchor, Window
from tests.criteria.builders import facts
from tests.criteria.test_loading import BANDS, GATE, HEAD, INDICATOR, PARTIAL, SCORING, SOUND

ON = date(2026, 3, 1)
WEIGHT = "weight: {value: 10, unit: point, confidence: demo}"
NO_WEIGHT = "weight: {value: null, unit: point, confidence: unknown}"
METHOD = "method: linear_60_100"


def refused(text: str) -> dict[str, str]:
    """The faults of a text by path, in English."""
    with pytest.raises(RuleSetFaults) as faults:
        load_text(text, file="r.yaml")
    assert all(fault.zh and fault.line for fault in faults.value.faults)
    return {fault.path: fault.en for fault in faults.value.faults}


def partial(old: str, new: str) -> RuleSet:
    """A partial set with one indicator of which something is not known."""
    assert old in INDICATOR
    return load_text(PARTIAL + SCORING + INDICATOR.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "holes_found", "note"),
    [
        (WEIGHT, NO_WEIGHT, ["indicators[I].weight"], "a figure of the rule is not known"),
        (METHOD, "method: unknown", ["indicators[I].method"], "the method of scoring is not known"),
    ],
)
def test_indicator_of_unknown_weight_or_method_shows_its_value_and_no_points(
    old: str, new: str, holes_found: list[str], note: str
) -> None:
    rules = partial(old, new)
    given = facts(rules.fields, rd_staff=10)
    found = evaluate(rules, given, ON)
    trace = found.trace("I")
    assert (trace.value, trace.points, trace.segment) == (10, None, Segment.UNDETERMINED)
    assert trace.note_en == note
    assert found.total is None
    assert set(holes_found) <= {hole.path for hole in holes(rules)}
    (line,) = compile_rules(rules).score(given, ON).lines()
    assert (line.value, line.points, line.weight) == (trace.value, None, trace.weight)
    for lang in ("zh", "en"):
        assert any("10" in text for text in explain(trace, lang))
    assert ways_to_gain(rules, given, ON).single == ()
    assert missing_for(rules, given, ON).next_band is None


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (WEIGHT, NO_WEIGHT, "indicators[I].weight"),
        (METHOD, "method: unknown", "indicators[I].method"),
    ],
)
def test_complete_set_may_leave_neither_weight_nor_method_unknown(old: str, new: str, path: str) -> None:
    assert old in SOUND
    assert refused(SOUND.replace(old, new)) == {path: "a complete set may leave nothing unknown here"}


def test_gate_of_unknown_limit_shows_its_value_and_says_that_the_rule_is_not_known() -> None:
    limit = "limit: {value: 3, unit: person, confidence: demo}"
    rules = load_text(PARTIAL + GATE.replace(limit, "limit: {value: null, unit: person, confidence: unknown}"))
    gate = evaluate(rules, facts(rules.fields, rd_staff=3), ON).gate("G")
    assert (gate.outcome, gate.value, gate.limit) == (Outcome.UNDETERMINED, 3, None)
    told = explanation_of_gate(gate, "en").text()
    assert "a figure of the rule is not known" in told[-2]
    assert "With numbers: 3 = 3 persons" in told
    assert "Condition: ≥ ?" in told


def test_class_without_figure_stays_undetermined_and_must_be_named() -> None:
    by_class = (
        "limit: {by: enterprise_size, cases: {large: 3, medium: 2, small: 1, micro: null}, unit: person, "
        "confidence: demo}"
    )
    gate = GATE.replace("limit: {value: 3, unit: person, confidence: demo}", by_class)
    rules = load_text(PARTIAL + gate)
    outcomes = [
        evaluate(rules, facts(rules.fields, rd_staff=2, enterprise_size=size), ON).gate("G").outcome
        for size in ("large", "medium", "micro")
    ]
    assert outcomes == [Outcome.FAILED, Outcome.PASSED, Outcome.UNDETERMINED]
    assert list(refused(PARTIAL + gate.replace(", micro: null", ""))) == ["gates[G].limit"]


MOST = BANDS.replace("below: {value: 6", "most: {value: 5")
KEPT = "anomalies: [{code: X, concerns: bands, text_zh: 有空档, text_en: a gap, confidence: demo}]\n"


@pytest.mark.parametrize(
    ("total", "band"), [("5", "fail"), ("5.01", None), ("5.99", None), ("6", "pass"), ("4", "fail")]
)
def test_band_with_an_included_end_holds_that_end_and_leaves_a_gap(total: str, band: str | None) -> None:
    found = band_of(load_text(HEAD + SCORING + INDICATOR + MOST + KEPT), Fraction(total), ())
    assert (found.code if found else None) == band


def test_included_end_is_refused_without_annotation_and_beside_an_excluded_one() -> None:
    assert "bands[pass]" in refused(HEAD + SCORING + INDICATOR + MOST)
    both = BANDS.replace("below: {value: 6", "most: {value: 5, unit: point, confidence: demo}, below: {value: 6")
    assert "bands[fail]" in refused(HEAD + SCORING + INDICATOR + both + KEPT)


@pytest.mark.parametrize("month_day", ["", "5-15", "02-29", "13-01", "0515"])
def test_day_of_the_year_must_be_one_that_every_year_has(month_day: str) -> None:
    text = GATE.replace("kind: numeric", "kind: negative_record\n    record: tax").split("    unit:")[0]
    window = (
        f"    lookback: {{years: {{value: 2, unit: year, confidence: demo}}, anchor: date_in_year, "
        f"month_day: '{month_day}'}}\n"
    )
    assert list(refused(PARTIAL + text + window)) == ["gates[G].lookback.month_day"]


def test_window_of_a_named_day_is_not_known_without_the_year_of_application() -> None:
    window = Window(2, Anchor.DATE_IN_YEAR, "05-15")
    assert window.span(ON, {}) is None
    span = window.span(ON, {Anchor.APPLICATION_YEAR: date(2026, 9, 9)})
    assert span is not None
    assert (span.first, span.last) == (date(2024, 5, 16), date(2026, 5, 15))


def test_record_beats_the_score_only_where_it_stands_on_the_day() -> None:
    override = (
        "band_overrides: [{code: LATE, record: not_reported, band: fail, text_zh: 未报送, text_en: not reported, "
        "confidence: demo}]\n"
    )
    rules = load_text(SOUND + override)
    given = facts(rules.fields, rd_staff=15)
    for days, band in (((ON,), "fail"), ((), "pass"), ((date(2026, 3, 2),), "pass")):
        standing = Standing(records={"not_reported": days})
        found = evaluate(rules, given, ON, standing)
        assert found.band is not None
        assert (found.band.code, found.band.override) == (band, "LATE" if band == "fail" else "")
        assert compile_rules(rules).score(given, ON, standing).band() == found.band


def test_override_for_an_unknown_band_is_refused() -> None:
    override = (
        "band_overrides: [{code: O, record: r, when_band: none, band: fail, text_zh: 某, text_en: some, "
        "confidence: demo}]\n"
    )
    assert refused(SOUND + override) == {"band_overrides[O]": "refers to something unknown: none"}


def test_remark_is_kept_and_decides_nothing() -> None:
    rules = load_text(SOUND + "remarks: [{code: R, text_zh: 说明, text_en: a remark, confidence: demo}]\n")
    assert [(one.code, one.text_en) for one in rules.remarks] == [("R", "a remark")]
    given = facts(rules.fields, rd_staff=15)
    assert evaluate(rules, given, ON).total == evaluate(load_text(SOUND), given, ON).total
