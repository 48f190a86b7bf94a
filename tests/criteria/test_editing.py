"""Drafting on plain values: parts with a confidence, changes of single parts, the whole as YAML and back."""

from __future__ import annotations

from fractions import Fraction

import pytest

from criteria.editing import Edit, checked, closed, edited, exact_number, opened, part_at, parts, yaml_text
from criteria.live import live_faults
from criteria.loading import PROGRAMMES, load, load_text

REFS = sorted(f"{path.parent.name}/{path.stem}" for path in PROGRAMMES.glob("*/*.yaml"))
DEMO = load("shanghai_municipal_centre/2022-demo")
CONTENT = opened(DEMO.frozen_text)


@pytest.mark.parametrize("ref", REFS)
def test_set_written_as_yaml_reads_back_with_the_same_checksum(ref: str) -> None:
    rules = load(ref)
    assert load_text(yaml_text(opened(rules.frozen_text))).checksum == rules.checksum


@pytest.mark.parametrize("ref", REFS)
def test_opened_and_closed_text_is_the_same(ref: str) -> None:
    text = load(ref).frozen_text
    assert closed(opened(text)) == text


@pytest.mark.parametrize("ref", REFS)
def test_parts_without_good_source_are_as_many_as_a_live_batch_refuses(ref: str) -> None:
    rules = load(ref)
    refused = [fault for fault in live_faults(rules) if fault.path not in ("status", "demonstration")]
    waiting = [p for p in parts(opened(rules.frozen_text)) if p.entry["confidence"] not in
               ("seed", "found", "found_partial")]  # fmt: skip
    assert len(waiting) == len(refused)


def test_part_knows_its_row_its_role_and_whether_it_is_a_figure() -> None:
    found = {part.path: (part.row, part.role, part.is_figure) for part in parts(CONTENT)}
    assert found["indicators[X-02].full"] == ("indicators[X-02]", "full", True)
    assert found["indicators[X-02]"] == ("indicators[X-02]", "", False)
    assert found["indicators[X-02].zero_denominator"] == ("indicators[X-02]", "zero_denominator", False)
    assert found["gates[MG3].variants[0].limit"] == ("gates[MG3]", "variants[0].limit", True)
    assert found["parameters.panel_size"] == ("parameters.panel_size", "", True)
    assert found["scoring.places"] == ("scoring", "places", True)
    assert found["expert_review.headings[strategy].most"] == ("expert_review", "headings[strategy].most", True)
    assert found["cycle.figures.evaluation_every_years"] == ("cycle", "figures.evaluation_every_years", True)


def test_edit_changes_one_part_and_leaves_the_original_alone() -> None:
    before = closed(CONTENT)
    changed = edited(CONTENT, [Edit("indicators[X-02].full", {"value": Fraction(9), "article": "附件1"})])
    rules = checked(closed(changed)).rule_set
    assert rules is not None
    full = rules.indicators[1].full
    assert full is not None
    assert (full.value, full.article) == (9, "附件1")
    assert closed(CONTENT) == before


def test_edit_takes_an_entry_away_but_a_value_becomes_unknown() -> None:
    changed = edited(CONTENT, [Edit("gates[MG2]", {"note": None}), Edit("gates[MG2].limit", {"value": None})])
    assert "note" not in part_at(changed, "gates[MG2]").entry
    assert part_at(changed, "gates[MG2].limit").entry["value"] is None


@pytest.mark.parametrize(
    "path", ["indicators[X-99].full", "indicators[X-02].fuller", "nowhere", "gates[MG3].variants[7].limit", ""]
)
def test_path_that_leads_nowhere_is_refused(path: str) -> None:
    with pytest.raises(LookupError):
        part_at(edited(CONTENT, [Edit(path, {"value": Fraction(1)})]), path)


def test_unsound_draft_is_told_with_its_place() -> None:
    text = closed(edited(CONTENT, [Edit("indicators[X-02].weight", {"value": Fraction(13)})]))
    found = checked(text)
    assert found.rule_set is None
    assert any(fault.path.startswith("indicators") or "scoring" in fault.path for fault in found.faults)


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", Fraction(12)), (" 1,200.50 ", Fraction(2401, 2)), ("-0.1", Fraction(-1, 10)), ("1，000", Fraction(1000))],
)
def test_plain_decimal_is_read_exactly(text: str, number: Fraction) -> None:
    assert exact_number(text) == number


@pytest.mark.parametrize("text", ["", "1e3", "0x10", "1/3", "٣", "१२", "1.2.3", "nan", "--1", "1.", "007"])
def test_anything_but_a_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a plain decimal"):
        exact_number(text)
