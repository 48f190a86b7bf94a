"""Partial sets show their holes; oddities of the official text are kept and never mended silently."""

from __future__ import annotations

from datetime import date

import pytest

from criteria.evaluate import evaluate
from criteria.faults import RuleSetFaults
from criteria.gates import Outcome
from criteria.holes import holes
from criteria.loading import load_text
from tests.criteria.builders import facts
from tests.criteria.test_loading import BANDS, GATE, HEAD, INDICATOR, PARTIAL, SCORING, SOUND

ON = date(2026, 3, 1)
UNKNOWN = GATE.replace(
    "limit: {value: 3, unit: person, confidence: demo}",
    "limit: {value: null, unit: person, confidence: unknown, name_zh: 人数下限, name_en: least staff}",
)
ANOMALY = """\
anomalies:
  - {code: X1, concerns: %s, text_zh: 原文等级之间有空档或重叠, text_en: the text leaves a gap or an overlap,
     confidence: demo}
"""
GAP = BANDS.replace("below: {value: 6", "below: {value: 5")
OVERLAP = BANDS.replace("below: {value: 6", "below: {value: 8")


def test_partial_set_tells_missing_sections_and_unknown_figures() -> None:
    found = holes(load_text(PARTIAL + UNKNOWN))
    assert [hole.path for hole in found] == ["scoring", "indicators", "bands", "form", "gates[G].limit"]
    assert found[-1].zh == "数值尚未查明：人数下限"
    assert found[-1].en == "the figure is not known: least staff"


def test_partial_set_decides_known_gates_and_gives_no_total() -> None:
    rules = load_text(PARTIAL + GATE)
    found = evaluate(rules, facts(rules.fields, rd_staff=3), ON)
    assert found.gate("G").outcome is Outcome.PASSED
    assert (found.total, found.band) == (None, None)


def test_set_without_holes_has_none_but_its_form() -> None:
    assert [hole.path for hole in holes(load_text(SOUND))] == ["gates", "form"]


@pytest.mark.parametrize("bands", [GAP, OVERLAP])
def test_gap_or_overlap_is_refused_unless_it_is_annotated(bands: str) -> None:
    with pytest.raises(RuleSetFaults):
        load_text(HEAD + SCORING + INDICATOR + bands)
    for concerns in ("bands", "'bands[pass]'"):
        assert load_text(HEAD + SCORING + INDICATOR + bands + ANOMALY % concerns).anomalies


@pytest.mark.parametrize(
    ("bands", "staff", "band"),
    [
        # 10 people give 6 points, 15 give 8, 9 give 0; the gap runs from 5 to 6, the overlap from 6 to 8
        (OVERLAP, 10, None), (OVERLAP, 14, None), (OVERLAP, 15, "pass"), (OVERLAP, 9, "fail"),
        (GAP, 10, "pass"), (GAP, 9, "fail"),
    ],
)  # fmt: skip
def test_total_in_an_annotated_overlap_has_no_band_and_says_why(bands: str, staff: int, band: str | None) -> None:
    rules = load_text(HEAD + SCORING + INDICATOR + bands + ANOMALY % "bands")
    found = evaluate(rules, facts(rules.fields, rd_staff=staff), ON)
    assert (found.band.code if found.band else None) == band
    assert bool(found.band_note_zh and found.band_note_en) is (band is None)


def test_total_in_an_annotated_gap_has_no_band_and_says_why() -> None:
    bands = BANDS.replace("least: {value: 6", "least: {value: 7")
    rules = load_text(HEAD + SCORING + INDICATOR + bands + ANOMALY % "bands")
    found = evaluate(rules, facts(rules.fields, rd_staff=10), ON)
    assert found.total == 6
    assert found.band is None
    assert found.band_note_en == "the text leaves a gap or an overlap"


@pytest.mark.parametrize("concerns", ["sonnets", "'bands[none]'", "'gates[G9]'", "frozen_text"])
def test_anomaly_of_nothing_is_refused_with_its_place(concerns: str) -> None:
    with pytest.raises(RuleSetFaults) as refused:
        load_text(SOUND + ANOMALY % concerns, file="r.yaml")
    (fault,) = refused.value.faults
    assert (fault.file, fault.path, bool(fault.zh)) == ("r.yaml", "anomalies[X1].concerns", True)
    assert fault.line > 20
