"""Loading: every fault of a file at once, each with its place; extends, takes, freezing and thawing."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

import pytest

from criteria.evaluate import evaluate
from criteria.faults import RuleSetFaults
from criteria.loading import PROGRAMMES, freeze, load, load_text, resolver, thaw
from criteria.merging import Resolve
from criteria.ruleset import Confidence, RuleSet
from tests.criteria.builders import facts

HEAD = """\
programme: p
edition: a
name_zh: 甲
name_en: a
status: complete
demonstration: true
effective_from: 2026-01-01
effective_confidence: demo
"""
SCORING = """\
scoring:
  stage: indicator
  places: {value: 2, unit: place, confidence: demo}
  total: {value: 10, unit: point, confidence: demo}
  basic_share: {value: 60, unit: pct, confidence: demo}
"""
INDICATOR = """\
indicators:
  - code: I
    name_zh: 人员
    name_en: people
    unit: person
    formula: rd_staff
    method: linear_60_100
    confidence: demo
    weight: {value: 10, unit: point, confidence: demo}
    basic: {value: 10, unit: person, confidence: demo}
    full: {value: 20, unit: person, confidence: demo}
"""
BANDS = """\
bands:
  - {code: pass, name_zh: 合格, name_en: pass, confidence: demo, least: {value: 6, unit: point, confidence: demo}}
  - {code: fail, name_zh: 不合格, name_en: fail, confidence: demo, below: {value: 6, unit: point, confidence: demo}}
"""
SOUND = HEAD + SCORING + INDICATOR + BANDS
POLICY = "    zero_denominator: {outcome: zero, note_zh: 零, note_en: n, confidence: demo}\n"
CHECK = "checks:\n  - {code: C, severity: error, basis: derived, "
REVIEW = """\
expert_review:
  method: mean
  confidence: demo
  panel_size: {value: 5, unit: person, confidence: demo}
  trim_from: {value: 5, unit: person, confidence: demo}
  places: {value: 2, unit: place, confidence: demo}
  spread_limit: {value: 30, unit: pct, confidence: demo}
  headings:
    - code: H
      name_zh: 能力
      name_en: ability
      guidance_zh: 看能力
      guidance_en: look at it
      most: {value: 10, unit: point, confidence: demo}
      step: {value: 0.5, unit: point, confidence: demo}
"""


def faults(text: str) -> list[tuple[str, str]]:
    """Path and English reason of every fault."""
    with pytest.raises(RuleSetFaults) as refused:
        load_text(text, file="r.yaml")
    assert all(fault.zh and fault.line > 0 for fault in refused.value.faults)
    return [(fault.path, fault.en) for fault in refused.value.faults]


def test_the_sound_text_of_these_tests_loads() -> None:
    rule_set = load_text(SOUND + REVIEW)
    assert (rule_set.ref, rule_set.indicator("I").weight.value) == ("p/a", 10)


@pytest.mark.parametrize(
    ("old", "new", "path", "reason"),
    [
        ("weight: {value: 10,", "weight: {value: 9,", "indicators", "weights sum to 9, not to the total"),
        ("basic: {value: 10,", "basic: {value: 20,", "indicators[I].basic", "basic must be below full"),
        ("basic: {value: 10,", "basic: {value: 21,", "indicators[I].basic", "basic must be below full"),
        ("    basic: {value: 10, unit: person, confidence: demo}\n", "", "indicators[I]", "basic or full is missing"),
        (
            ", confidence: demo}\n    basic",
            "}\n    basic",
            "indicators[I].weight.confidence",
            "confidence is missing or not on the scale",
        ),
        (
            "unit: person, confidence: demo}\n    full",
            "unit: person, confidence: sure}\n    full",
            "indicators[I].basic.confidence",
            "confidence is missing or not on the scale",
        ),
        ("{value: 20, unit: person,", "{value: 20, unit: item,", "indicators[I].full.unit", "unit must be person"),
        ("{value: 20, unit: person,", "{value: 20, unit: furlong,", "indicators[I].full.unit", "must be one of:"),
        ("{value: 20, unit: person,", "{value: many, unit: person,", "indicators[I].full.value", "must be a number"),
        ("{value: 20,", "{value: 20, source: [Z9],", "sources", "cited source is not listed: Z9"),
        (
            "{value: 20, unit: person, confidence: demo}",
            "{value: 20, unit: person, confidence: unknown}",
            "indicators[I].full.confidence",
            "unknown means no value, and the reverse",
        ),
        (
            "{value: 20,",
            "{value: 20, shown_as: 1,",
            "indicators[I].full.shown_as",
            "shown_as is for unknown figures only",
        ),
        (
            "{value: 20, unit: person, confidence: demo}",
            "{value: 20, unit: person, confidence: found}",
            "indicators[I].full.source",
            "read in a text: the source must be named",
        ),
        (
            "confidence: demo}\n  total",
            "confidence: seed}\n  total",
            "scoring.rounding.source",
            "planning text: the source must be named",
        ),
        ("{value: 20,", "{value: 20, colour: red,", "indicators[I].full.colour", "unknown key: colour"),
        (
            "{value: 20, unit",
            "{by: industry_class, cases: {software: 30}, unit",
            "indicators[I].full",
            "cases must be exactly:",
        ),
        ("{value: 20, unit", "{cases: {software: 30}, unit", "indicators[I].full.by", "cases and by belong together"),
        ("formula: rd_staff", "formula: rd_stuff", "indicators[I].formula", "no such name: rd_stuff"),
        (
            "formula: rd_staff",
            "formula: rd_staff + revenue_main",
            "indicators[I].formula",
            "units differ: kCNY, person",
        ),
        (
            "formula: rd_staff",
            "formula: rd_staff / employees",
            "indicators[I]",
            "there is a division: say what a zero denominator means",
        ),
        ("formula: rd_staff", "formula: rd_staff >= 3", "indicators[I].formula", "must give a number"),
        ("formula: rd_staff", "formula: industry_class", "indicators[I].formula", "must give a number"),
        (
            "formula: rd_staff",
            "formula: rd_staff + industry_class",
            "indicators[I].formula",
            "texts, codes and conditions cannot be used like this",
        ),
        (
            "formula: rd_staff",
            "formula: 1 if industry_class == 'bank' else 2",
            "indicators[I].formula",
            "no such choice: bank",
        ),
        ("formula: rd_staff", "formula: previous(nothing, 1)", "indicators[I].formula", "no such name: nothing"),
        ("formula: rd_staff", "formula: count(annexes)", "indicators[I].formula", "no such annex or column: annexes"),
        ("formula: rd_staff", "formula: rd_staff ** 2", "indicators[I].formula", "operator Pow is not allowed"),
        ("    formula: rd_staff\n", "", "indicators[I].formula", "the expression is missing"),
        (
            "    confidence: demo\n    weight",
            "    confidence: demo\n" + POLICY + "    weight",
            "indicators[I].zero_denominator",
            "no division, so nothing to say here",
        ),
        ("method: linear_60_100", "method: dice", "indicators[I].method", "must be one of:"),
        ("method: linear_60_100", "method: per_unit", "indicators[I]", "points_each is missing"),
        ("method: linear_60_100", "method: steps", "indicators[I]", "steps are missing"),
        ("least: {value: 6,", "least: {value: 7,", "bands[pass]", "a gap or overlap between bands: fail, pass"),
        ("least: {value: 6,", "least: {value: 5,", "bands[pass]", "a gap or overlap between bands: fail, pass"),
        (
            ", below: {value: 6, unit: point, confidence: demo}",
            "",
            "bands[pass]",
            "a gap or overlap between bands: fail, pass",
        ),
        ("code: fail, name_zh: 不合格,", "code: pass, name_zh: 不合格,", "bands[pass]", "duplicate code: pass"),
        ("status: complete", "status: done", "status", "must be one of:"),
        ("effective_from: 2026-01-01", "effective_from: soon", "effective_from", "must be a date (YYYY-MM-DD)"),
        (
            "effective_from: 2026-01-01",
            "effective_from: 2026-01-01\neffective_to: 2025-01-01",
            "effective_to",
            "effective_to lies before effective_from",
        ),
        ("edition: a", "edition: 2026", "edition", "must be text (put numeric codes in quotes)"),
        ("demonstration: true", "demonstration: maybe", "demonstration", "must be true or false"),
        ("name_en: a\n", "", "name_en", "must be text (put numeric codes in quotes)"),
        ("stage: indicator", "stage: never", "scoring.stage", "must be one of:"),
        ("indicators:", "extra: 1\nindicators:", "extra", "unknown key: extra"),
        (
            "step: {value: 0.5,",
            "step: {value: 3,",
            "expert_review.headings[H]",
            "the most must be a whole number of steps",
        ),
        (
            "step: {value: 0.5,",
            "step: {value: 0,",
            "expert_review.headings[H]",
            "the most must be a whole number of steps",
        ),
        ("method: mean", "method: dice", "expert_review.method", "must be one of:"),
    ],
)
def test_a_fault_is_refused_at_its_place(old: str, new: str, path: str, reason: str) -> None:
    text = SOUND + REVIEW
    assert text.count(old) >= 1
    found = faults(text.replace(old, new, 1))
    assert any(place == path and said.startswith(reason) for place, said in found), found


def test_a_complete_set_without_indicators_is_refused() -> None:
    assert ("status", "a complete set needs indicators, scoring and bands") in faults(HEAD + SCORING + BANDS)


def test_all_faults_of_a_file_come_at_once_in_the_order_of_its_lines() -> None:
    text = (
        SOUND.replace("stage: indicator", "stage: x").replace("unit: person,", "unit: y,").replace("name_zh: 甲\n", "")
    )
    with pytest.raises(RuleSetFaults) as refused:
        load_text(text, file="r.yaml")
    lines = refused.value.lines("zh")
    assert [fault.path for fault in refused.value.faults] == [
        "name_zh",
        "scoring.stage",
        "indicators[I].basic.unit",
        "indicators[I].basic.unit",
        "indicators[I].full.unit",
        "indicators[I].full.unit",
    ]
    assert lines[1] == "r.yaml:9: scoring.stage: 只能是：indicator、total、none"


STEPS = """\
    method: steps
    confidence: demo
    weight: {value: 10, unit: point, confidence: demo}
    steps:
      - {least: {value: %s, unit: person, confidence: demo}, points: {value: %s, unit: point, confidence: demo}}
      - {least: {value: %s, unit: person, confidence: demo}, points: {value: %s, unit: point, confidence: demo}}
"""


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ((10, 4, 10, 8), "steps must rise"),
        ((10, 4, 20, 4), "steps must rise"),
        ((10, 4, 20, 11), "the highest step exceeds the weight"),
    ],
)
def test_steps_must_rise_and_stay_within_the_weight(values: tuple[int, ...], reason: str) -> None:
    head = INDICATOR.split("    method")[0]
    assert faults(HEAD + SCORING + head + STEPS % values + BANDS) == [("indicators[I].steps", reason)]


GATE = """\
gates:
  - code: G
    kind: numeric
    text_zh: 条件
    text_en: condition
    confidence: demo
    unit: person
    formula: rd_staff
    limit: {value: 3, unit: person, confidence: demo}
"""
PARTIAL = HEAD.replace("complete", "partial")


@pytest.mark.parametrize(
    ("old", "new", "path", "reason"),
    [
        ("    formula: rd_staff\n", "", "gates[G]", "a numeric gate lacks what it is decided by"),
        ("kind: numeric", "kind: negative_record", "gates[G]", "a negative_record gate lacks what it is decided by"),
        ("kind: numeric", "kind: exclusion_list", "gates[G]", "a exclusion_list gate lacks what it is decided by"),
        ("kind: numeric", "kind: condition", "gates[G].formula", "must be a condition, true or false"),
        ("kind: numeric", "kind: guess", "gates[G].kind", "must be one of:"),
        ("3, unit: person", "3, unit: item", "gates[G].limit.unit", "unit must be person"),
        ("formula: rd_staff", "formula: rd_staff / employees", "gates[G]", "there is a division"),
        (
            "    limit",
            "    variants:\n      - {when: rd_staff}\n    limit",
            "gates[G].variants[0].when",
            "must be a condition, true or false",
        ),
        (
            "    limit",
            "    variants:\n      - {formula: rd_staff}\n    limit",
            "gates[G].variants[0].when",
            "the expression is missing",
        ),
        (
            "    limit",
            "    lookback: {years: {value: 3, unit: year, confidence: demo}, anchor: easter}\n    limit",
            "gates[G].lookback.anchor",
            "must be one of:",
        ),
    ],
)
def test_a_faulty_gate_is_refused_at_its_place(old: str, new: str, path: str, reason: str) -> None:
    found = faults(PARTIAL + GATE.replace(old, new, 1))
    assert any(place == path and said.startswith(reason) for place, said in found), found


@pytest.mark.parametrize(
    ("section", "path", "reason"),
    [
        (
            "band_overrides:\n  - {code: O, gates: [Z], band: pass, text_zh: 甲, text_en: a, confidence: demo}\n",
            "band_overrides[O]",
            "refers to something unknown: Z",
        ),
        (
            "band_overrides:\n  - {code: O, gates: [], band: best, text_zh: 甲, text_en: a, confidence: demo}\n",
            "band_overrides[O]",
            "refers to something unknown: best",
        ),
        (
            "evidence:\n  - {code: E, name_zh: 甲, name_en: a, proves: [nothing], confidence: demo}\n",
            "evidence[E]",
            "refers to something unknown: nothing",
        ),
        (
            CHECK + "message_zh: 甲, message_en: a}\n",
            "checks[C]",
            "condition or needs is missing",
        ),
        (
            CHECK + "condition: rd_staff, message_zh: 甲, message_en: a}\n",
            "checks[C].condition",
            "must be a condition, true or false",
        ),
        (
            CHECK + "condition: 1 / rd_staff > 1, message_zh: 甲, message_en: a}\n",
            "checks[C].condition",
            "a check may not divide",
        ),
        (
            CHECK + "condition: rd_staff > 1, message_zh: '{x}', message_en: a}\n",
            "checks[C].message_zh",
            "the message names an unknown figure: x",
        ),
        (
            CHECK + "each: [x], condition: this > 1, message_zh: 甲, message_en: a}\n",
            "checks[C].each",
            "no such field: x",
        ),
        (
            "coefficients:\n  rd_staff: {value: 1, unit: factor, confidence: demo}\n",
            "coefficients.rd_staff",
            "has the name of a field",
        ),
        (
            "form: {title_zh: 表, title_en: t, basics: [], table: [nothing, rd_staff], annexes: []}\n",
            "form.table",
            "not in the field catalogue: nothing",
        ),
        (
            "form: {title_zh: 表, title_en: t, basics: [], table: [rd_staff, rd_staff], annexes: []}\n",
            "form.table[rd_staff]",
            "duplicate code: rd_staff",
        ),
        (
            "form: {title_zh: 表, title_en: t, basics: [], table: [{code: rd_staff, row: first}], annexes: []}\n",
            "form.table[rd_staff].row",
            "a row code looks like A-01",
        ),
        (
            "form: {title_zh: 表, title_en: t, basics: [], table: [{code: rd_staff, identifier: x}], annexes: []}\n",
            "form.table[rd_staff].identifier",
            "must be one of: , ip_right, standard",
        ),
        (
            "form: {title_zh: 表, title_en: t, basics: [], annexes: [], "
            "table: [{code: rd_staff, identifier: standard}]}\n",
            "form.table[rd_staff].identifier",
            "only a column of text holds identifiers",
        ),
        (
            "form: {title_zh: 表, title_en: t, basics: [{code: address, identifier: standard}], table: [rd_staff], "
            "annexes: []}\n",
            "form",
            "only an annex has identifiers: address",
        ),
        (
            "form: {title_zh: 表, title_en: t, basics: [], table: [employees], annexes: []}\n",
            "indicators[I].formula",
            "no such name: rd_staff",
        ),
    ],
)
def test_a_reference_to_nothing_is_refused(section: str, path: str, reason: str) -> None:
    found = faults(SOUND + section)
    assert any(place == path and said.startswith(reason) for place, said in found), found


@pytest.mark.parametrize(
    ("years", "call", "is_refused"),
    [
        (2, "previous(rd_staff, 1)", False),
        (2, "previous(rd_staff, 2)", True),
        (3, "sum_years(rd_staff, 3)", False),
        (2, "sum_years(rd_staff, 3)", True),
    ],
)
def test_a_formula_cannot_look_further_back_than_the_form_asks(years: int, call: str, is_refused: bool) -> None:
    form = (
        f"form: {{title_zh: 表, title_en: t, basics: [], table: [{{code: rd_staff, years: {years}}}], annexes: []}}\n"
    )
    text = SOUND.replace("formula: rd_staff", f"formula: {call}") + form
    if is_refused:
        assert [path for path, _ in faults(text)] == ["indicators[I].formula"]
    else:
        assert load_text(text).fields["rd_staff"].years == years


def shelf(**texts: str) -> Resolve:
    """A resolver over texts by reference, `x/a` written x_a; the field catalogue is the shipped one."""
    known = {name.replace("_", "/"): text for name, text in texts.items()}
    shipped = resolver(PROGRAMMES)
    return lambda ref: known[ref] if ref in known else shipped(ref)


def test_extending_replaces_rows_by_code_and_keeps_the_rest_in_order() -> None:
    more = GATE.replace("code: G", "code: F") + GATE.split("gates:\n")[1]
    own = (
        "extends: x/a\n"
        + PARTIAL
        + GATE.replace("value: 3", "value: 5").replace("confidence: demo}", "confidence: found, source: [Q]}")
        + "sources: {Q: {title: q}}\n"
    )
    rule_set = load_text(own, resolve=shelf(x_a=PARTIAL.replace("programme: p", "programme: x") + more))
    assert [gate.code for gate in rule_set.gates] == ["F", "G"]
    limits = [gate.limit for gate in rule_set.gates]
    assert [(limit.value, limit.confidence) for limit in limits if limit] == [
        (Fraction(3), Confidence.DEMO),
        (Fraction(5), Confidence.FOUND),
    ]
    assert rule_set.programme == "p"


@pytest.mark.parametrize(
    ("text", "path", "reason"),
    [
        ("extends: x/none\n" + PARTIAL, "extends", "no such rule set: x/none"),
        ("extends: x/loop\n" + PARTIAL, "extends", "references form a circle or go too deep: x/loop"),
        ("extends: ../../etc/passwd\n" + PARTIAL, "extends", "no such rule set: ../../etc/passwd"),
        (
            "takes:\n  - {from: x/a, sections: [bonus]}\n" + PARTIAL,
            "takes[0].sections",
            "no such section to take: bonus",
        ),
        (
            "takes:\n  - {from: x/a, sections: [programme]}\n" + PARTIAL,
            "takes[0].sections",
            "no such section to take: programme",
        ),
        ("takes:\n  - {from: x/a, sections: [gates], all: true}\n" + PARTIAL, "takes[0].all", "unknown key: all"),
    ],
)
def test_a_reference_that_fails_is_refused(text: str, path: str, reason: str) -> None:
    resolve = shelf(x_a=PARTIAL + GATE, x_loop="extends: x/loop\n" + PARTIAL)
    with pytest.raises(RuleSetFaults) as refused:
        load_text(text, resolve=resolve)
    assert (path, reason) in [(fault.path, fault.en) for fault in refused.value.faults]


def test_a_fault_of_an_extended_file_is_told_with_that_file_and_line() -> None:
    broken = PARTIAL + GATE.replace("value: 3", "value: three")
    with pytest.raises(RuleSetFaults) as refused:
        load_text("extends: x/a\n" + PARTIAL, resolve=shelf(x_a=broken))
    assert [(fault.file, fault.line, fault.path) for fault in refused.value.faults][:1] == [
        ("x/a.yaml", 17, "gates[G].limit.confidence")
    ]


def test_a_frozen_set_thaws_to_the_same_set_without_any_file(municipal: RuleSet) -> None:
    text = freeze("shanghai_municipal_centre/2022-demo")
    thawed = thaw(text)
    assert (thawed.checksum, thawed.frozen_text, thawed) == (municipal.checksum, text, municipal)
    given = facts(municipal.fields)
    on = date(2026, 3, 1)
    assert evaluate(thawed, given, on).to_json() == evaluate(municipal, given, on).to_json()


def test_the_checksum_covers_what_a_set_is_built_on_and_not_its_layout() -> None:
    base = PARTIAL + GATE
    own = "extends: x/a\n" + PARTIAL

    def checksum(base_text: str, own_text: str) -> str:
        return load_text(own_text, resolve=shelf(x_a=base_text)).checksum

    first = checksum(base, own)
    assert checksum(base + "# a remark\n", own.replace("edition: a", 'edition: "a"')) == first
    assert checksum(base.replace("value: 3", "value: 4"), own) != first
    assert re.fullmatch("[0-9a-f]{64}", first)


def test_a_set_that_is_not_there_is_a_lookup_error() -> None:
    with pytest.raises(LookupError):
        load("shanghai_municipal_centre/1999")
