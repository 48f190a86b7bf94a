"""Stored evaluations: their schema is the shipped one, real ones keep to it, replaying gives the same bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from criteria.__main__ import main
from criteria.evaluate import Evaluation, Standing, evaluate
from criteria.loading import load_text
from criteria.replay import ReplayDiffers, replay
from criteria.ruleset import RuleSet
from criteria.schema import SCHEMA_FILE, evaluation_schema, schema_text
from tests.criteria.builders import facts
from tests.criteria.schema_check import schema_faults
from tests.criteria.test_loading import BANDS, HEAD, INDICATOR, SCORING, SOUND
from tests.criteria.test_shapes import BETTER, BONUS, EITHER, EXEMPT, PER_UNIT, TOP

ON = date(2026, 3, 1)
SHAPES = [
    SOUND,
    HEAD + SCORING + INDICATOR + BONUS + BANDS + EITHER,
    HEAD + SCORING + TOP + PER_UNIT + BETTER + EXEMPT + BANDS,
]


def stored(rules: RuleSet, **changed: Any) -> Evaluation:
    return evaluate(rules, facts(rules.fields, **changed), ON)


def test_shipped_schema_is_what_the_classes_say() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text()


def test_schema_is_printed_by_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == evaluation_schema()


@pytest.mark.parametrize("changed", [{}, {"rd_staff": None}, {"industry_class": "software"}])
@pytest.mark.parametrize("text", SHAPES)
def test_evaluation_of_every_shape_keeps_to_the_schema(text: str, changed: dict[str, Any]) -> None:
    schema = evaluation_schema()
    assert schema_faults(json.loads(stored(load_text(text), **changed).to_json()), schema, schema) == []


def test_evaluation_of_a_shipped_set_keeps_to_the_schema(municipal: RuleSet) -> None:
    schema = evaluation_schema()
    assert schema_faults(json.loads(stored(municipal).to_json()), schema, schema) == []


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("places", "2", "$.places: not integer"),
        ("total", {"n": "1e5"}, "$.total: none"),
        ("gates", [{}], "$.gates[0].code: missing"),
        ("extra", 1, "$.extra: unknown"),
    ],
)
def test_departure_from_the_schema_is_found(name: str, value: Any, fault: str) -> None:
    schema = evaluation_schema()
    content = json.loads(stored(load_text(SOUND)).to_json()) | {name: value}
    assert fault in schema_faults(content, schema, schema)


@pytest.mark.parametrize("text", SHAPES)
def test_replay_gives_the_same_bytes(text: str) -> None:
    rules = load_text(text)
    given = facts(rules.fields)
    before = evaluate(rules, given, ON).to_json()
    assert replay(before, rules, given).to_json() == before


def test_text_from_before_a_field_was_added_is_read_and_replayed() -> None:
    rules = load_text(SOUND)
    content = json.loads(stored(rules).to_json())
    for name in ("band_note_zh", "band_note_en"):
        del content[name]
    for trace in content["indicators"]:
        del trace["outdone"], trace["is_deduction"]
    assert replay(json.dumps(content), rules, facts(rules.fields)).total == stored(rules).total


@pytest.mark.parametrize("spoilt", ["rules", "facts", "standing", "result"])
def test_replay_of_something_else_is_refused_with_the_reason(spoilt: str) -> None:
    rules = load_text(SOUND)
    evaluation = stored(rules)
    text = (replace(evaluation, places=3) if spoilt == "result" else evaluation).to_json()
    other = load_text(SOUND.replace("name_en: a", "name_en: b")) if spoilt == "rules" else rules
    given = facts(rules.fields, rd_staff=11) if spoilt == "facts" else facts(rules.fields)
    standing = Standing(titles={"district_centre": None}) if spoilt == "standing" else Standing()
    with pytest.raises(ReplayDiffers) as refused:
        replay(text, other, given, standing)
    ((zh, en),) = refused.value.reasons
    assert zh
    assert {"rules": "rule set", "facts": "facts", "standing": "standing", "result": "stored"}[spoilt] in en
