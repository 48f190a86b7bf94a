"""Hostile and careless rule files: refused at once with file and line, nothing expanded or constructed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criteria.faults import RuleSetFaults
from criteria.loading import load_text, thaw
from criteria.rulefile import MAX_BYTES, canonical, read_text, thawed
from tests.criteria.test_loading import GATE, REVIEW, SOUND

EVERY_SECTION = read_text(
    SOUND
    + REVIEW
    + GATE
    + "takes:\n  - {from: cross_checks, sections: [checks]}\n"
    + "form: {title_zh: 表, title_en: t, basics: [uscc], table: [rd_staff, {code: employees, years: 2}],"
    + " annexes: [standards]}\n"
    + "cycle: {until: unlimited, text_zh: 甲, text_en: a, figures: {x: {value: 1, unit: year, confidence: demo}}}\n"
    + "parameters: {x: {value: 1, unit: year, confidence: demo}}\n"
    + "band_overrides:\n  - {code: O, gates: [G], band: pass, text_zh: 甲, text_en: a, confidence: demo}\n"
    + "evidence:\n  - {code: E, name_zh: 甲, name_en: a, proves: [rd_staff], confidence: demo}\n"
    + "sources: {Q: {title: q}}\n",
    "r.yaml",
).content
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\nb: !!python/object/apply:os.system ['true']\n", 2, "tags are not allowed"),
        ("a: !!int '3'\n", 1, "tags are not allowed"),
        ("a: 1\nb: !x {c: 1}\n", 2, "tags are not allowed"),
        (BOMB, 1, "anchors and aliases are not allowed"),
        ("a: 1\nb: {<<: *a}\n", 2, "anchors and aliases are not allowed"),
        ("a: 1\nb: 2\na: 3\n", 3, "duplicate key: a"),
        ("a:\n  b: 1\n  b: 1\n", 3, "duplicate key: b"),
        ("a: 1\n---\nb: 2\n", 2, "only one document is allowed"),
        ("- a\n- b\n", 1, "the file must be a mapping"),
        ("", 1, "the file must be a mapping"),
        ("a: 1\nb: 1e999999999\n", 2, "number written in a way that is not allowed: 1e999999999"),
        ("a: 0x10\n", 1, "number written in a way that is not allowed: 0x10"),
        ("a: 1_000\n", 1, "number written in a way that is not allowed: 1_000"),
        ("a: .inf\n", 1, "number written in a way that is not allowed: .inf"),
        ("a: 010\n", 1, "number written in a way that is not allowed: 010"),
        ("a: " + "9" * 20 + "\n", 1, "number written in a way that is not allowed: " + "9" * 20),
        ("? [a, b]\n: c\n", 1, "a key must be text"),
        ("a: 1\n b: 2\n", 2, "not valid YAML: mapping values are not allowed in this context"),
    ],
)
def test_a_hostile_or_careless_file_is_refused_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(RuleSetFaults) as refused:
        read_text(text, "r.yaml")
    fault = refused.value.faults[0]
    assert (fault.file, fault.line, fault.en) == ("r.yaml", line, reason)
    assert fault.zh


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 100_000,
        "a: " + "{b: " * 50_000,
        "a:\n" + "".join(" " * n + "- \n" for n in range(1, 300)),
        "a: " + "x" * (MAX_BYTES + 1),
        "a: '" + "中" * MAX_BYTES + "'",
        "a: \x00",
        "a: [" + "1," * 100_000 + "'",
    ],
)
def test_a_deep_or_huge_file_is_refused_within_a_second(text: str) -> None:
    start = time.process_time()
    with pytest.raises(RuleSetFaults):
        read_text(text, "r.yaml")
    assert time.process_time() - start < 1.0


@pytest.mark.slow
def test_a_long_list_is_read_in_linear_time() -> None:
    start = time.process_time()
    content = read_text("a:\n" + "".join(f"- {{code: c{n}}}\n" for n in range(9_000)), "r.yaml").content
    assert len(content["a"]) == 9_000
    assert time.process_time() - start < 2.0


def test_scalars_are_exact_numbers_texts_or_truth_never_dates_or_floats() -> None:
    text = "a: 0.1\nb: -12\nc: '12'\nd: 2026-01-01\ne: yes\nf: true\ng:\nh: ~\ni: 0.10\nj: 沪经信\n"
    assert read_text(text, "r.yaml").content == {
        "a": Fraction(1, 10),
        "b": Fraction(-12),
        "c": "12",
        "d": "2026-01-01",
        "e": "yes",
        "f": True,
        "g": None,
        "h": None,
        "i": Fraction(1, 10),
        "j": "沪经信",
    }


def test_places_of_coded_rows_are_found_by_code() -> None:
    text = read_text("gates:\n  - code: A\n    limit:\n      value: 1\n  - code: B\n", "r.yaml")
    assert text.place("gates[A].limit.value") == ("r.yaml", 4)
    assert text.place("gates[B].limit.value") == ("r.yaml", 5)
    assert text.place("elsewhere") == ("r.yaml", 1)


def test_canonical_text_reads_back_to_the_same_values() -> None:
    content = {"b": [Fraction(1, 8), None, True], "a": {"x": "中", "n": Fraction(-12)}}
    text = canonical(content)
    assert text == '{"a":{"n":-12,"x":"中"},"b":[0.125,null,true]}'
    assert thawed(text, "f").content == content


@pytest.mark.parametrize(
    "text",
    ["", "[]", "1", '{"a": 1e9}', '{"a": 1e999999999}', '{"a": 1, "a": 2}', "[" * 100_000, '{"a": NaN}', "{", "中"],
)
def test_a_frozen_text_that_is_not_canonical_json_is_refused(text: str) -> None:
    with pytest.raises(RuleSetFaults):
        thaw(text)


@pytest.mark.parametrize(
    "formula", ["a.b", "__import__('os').system('true')", "9 ** 9 ** 9", "'x' * 9", "rd_staff[0]", "1e9"]
)
def test_a_hostile_formula_is_refused_with_its_line(formula: str) -> None:
    text = (
        "programme: p\nedition: a\nname_zh: 甲\nname_en: a\nstatus: partial\neffective_confidence: demo\ngates:\n"
        "  - code: G\n    kind: numeric\n    text_zh: 条件\n    text_en: c\n    confidence: demo\n    unit: person\n"
        f'    formula: "{formula}"\n    limit: {{value: 1, unit: person, confidence: demo}}\n'
    )
    with pytest.raises(RuleSetFaults) as refused:
        load_text(text, file="r.yaml")
    assert {(fault.file, fault.line, fault.path) for fault in refused.value.faults} == {
        ("r.yaml", 14, "gates[G].formula")
    }


def spots(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a file."""
    yield path
    below = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, part in below:
        yield from spots(part, (*path, key))


def spoilt(content: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The content with one value replaced."""
    if not path:
        return value
    key, rest = path[0], path[1:]
    if isinstance(content, dict):
        return content | {key: spoilt(content[key], rest, value)}
    return [spoilt(part, rest, value) if number == key else part for number, part in enumerate(content)]


JUNK = st.sampled_from(
    [None, True, Fraction(-1), Fraction(7, 2), "", "x", "code", [], {}, [None], ["x"], [{}], [{"code": []}], {"x": []},
     {"code": {}}, [[["x"]]], {"value": "x"}, [{"code": "x"}, {"code": "x"}], "a + b", "1 / rd_staff", {"source": [1]}]
)  # fmt: skip


SPOTS = list(spots(EVERY_SECTION))


@pytest.mark.parametrize(
    ("path", "junk"),
    [
        (("sources",), "a + b"),
        (("form", "table", 1, "code"), {"source": [1]}),
        (("gates", 0, "code"), []),
        (("takes", 0, "sections"), [["checks"]]),
        (("indicators", 0, "basic"), {"value": 1, "source": [[]]}),
    ],
)
def test_a_value_of_the_wrong_shape_is_a_fault(path: tuple[Any, ...], junk: Any) -> None:
    with pytest.raises(RuleSetFaults):
        load_text(canonical(spoilt(EVERY_SECTION, path, junk)))


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(picked=st.data(), junk=JUNK)
def test_a_garbled_file_is_refused_or_loaded_but_never_crashes(picked: st.DataObject, junk: Any) -> None:
    path = picked.draw(st.sampled_from(SPOTS))
    text = canonical(spoilt(EVERY_SECTION, path, junk))
    with suppress(RuleSetFaults):
        assert load_text(text).checksum
    with suppress(RuleSetFaults):
        assert thaw(text).checksum


WINDOW = (
    "gates:\n  - {code: G, kind: negative_record, record: tax, text_zh: 甲, text_en: a, confidence: demo,\n"
    "     lookback: {years: {value: YEARS, unit: year, confidence: demo}, anchor: base_date}}\n"
)
FORM = "form: {title_zh: 表, title_en: t, basics: [uscc], table: [{code: rd_staff, EXTRA}], annexes: [standards]}\n"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (SOUND.replace("places: {value: 2,", "places: {value: 999999999,"), "scoring.places.value"),
        (SOUND.replace("places: {value: 2,", "places: {value: -1,"), "scoring.places.value"),
        (SOUND.replace("places: {value: 2,", "places: {value: 1.5,"), "scoring.places.value"),
        (SOUND + FORM.replace("EXTRA", "years: 999999999"), "form.table[rd_staff].years"),
        (SOUND + FORM.replace("EXTRA", "places: 999999999"), "form.table[rd_staff].places"),
        (SOUND + FORM.replace("EXTRA", "years: 1").replace("[standards]", "[{code: standards, max_rows: 9999999}]"),
         "form.annexes[standards].max_rows"),
        (SOUND + WINDOW.replace("YEARS", "99999"), "gates[G].lookback.years.value"),
        (SOUND + WINDOW.replace("YEARS", "2.5"), "gates[G].lookback.years"),
        (SOUND + "parameters: {notice: {value: 999999999, unit: working_day, confidence: demo}}\n",
         "parameters.notice.value"),
        (SOUND + REVIEW.replace("value: 0.5", "value: 0.000001"), "expert_review.headings[H].step"),
        (SOUND + "takes:\n" + "  - {from: demo/2026, sections: [bonus]}\n" * 4000, "takes"),
    ],
)  # fmt: skip
def test_number_that_would_keep_the_engine_busy_for_ever_is_refused_at_its_place(text: str, path: str) -> None:
    start = time.process_time()
    with pytest.raises(RuleSetFaults) as refused:
        load_text(text, file="r.yaml")
    assert time.process_time() - start < 2.0
    assert path in {fault.path for fault in refused.value.faults}
    assert all(fault.line > 1 for fault in refused.value.faults)
