"""Two editions compared in words: what changed is named once, marks apart, moved rows not at all."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from criteria.difference import Kind, difference
from criteria.editing import Content, Edit, checked, closed, edited, opened, parts
from criteria.loading import PROGRAMMES, load
from criteria.ruleset import RuleSet

REFS = sorted(f"{path.parent.name}/{path.stem}" for path in PROGRAMMES.glob("*/*.yaml"))
DEMO = load("shanghai_municipal_centre/2022-demo")
CONTENT = opened(DEMO.frozen_text)


def after(*edits: Edit, content: Content | None = None) -> RuleSet:
    rules = checked(closed(edited(content or CONTENT, edits))).rule_set
    assert rules is not None
    return rules


def told(rules: RuleSet, lang: str = "en") -> list[tuple[str, str]]:
    return [(change.kind.value, change.zh if lang == "zh" else change.en) for change in difference(DEMO, rules)]


@pytest.mark.parametrize(
    ("path", "values", "zh", "en"),
    [
        (
            "indicators[X-02].full", {"value": Fraction(9)}, "X-02 研发经费支出占主营业务收入的比重：满分要求：8% → 9%",
            "X-02 R&D expenditure as a share of main business revenue: full mark: 8% → 9%",
        ),
        (
            "gates[MG4].limit", {"value": Fraction(80)}, "MG4 上一年度研究开发人员不低于60人：限值：60 人 → 80 人",
            "MG4 R&D personnel of the year before not below 60: limit: 60 persons → 80 persons",
        ),
        (
            "gates[MG5]", {"formula": "ip_obtained_3y"},
            "MG5 申请年度前的三个年度内通过自主研发获取的知识产权不少于6件：公式："
            "申请年度前三个年度内通过自主研发获取的知识产权数 → 最近三年获取的知识产权数",
            None,
        ),
        (
            "parameters.notice_working_days", {"value": Fraction(7)}, "公示期：5 个工作日 → 7 个工作日",
            "public notice period: 5 working days → 7 working days",
        ),
        (
            "bonus[X-B1]", {"name_zh": "近三年获奖数", "name_en": "Awards in three years"}, None, None,
        ),
        (
            "indicators[X-16].zero_denominator", {"outcome": "failed"},
            "X-16 新产品销售利润占利润总额的比重：分母为零时：处理：得 0 分 → 不符合",
            "X-16 New-product profit as a share of total profit: denominator of zero: outcome: nothing → failed",
        ),
    ],
)  # fmt: skip
def test_single_change_is_told_once_in_both_languages(
    path: str, values: dict[str, Any], zh: str | None, en: str | None
) -> None:
    changes = difference(DEMO, after(Edit(path, values)))
    if zh is None:
        assert changes == ()  # the name of a row is its label, told with whatever else changes in it
        return
    assert [(change.kind, change.zh) for change in changes] == [(Kind.CHANGED, zh)]
    assert en is None or changes[0].en == en


def test_class_whose_figure_changed_is_named() -> None:
    cases = dict(next(p.entry["cases"] for p in parts(CONTENT) if p.path == "indicators[X-03].full"))
    rules = after(Edit("indicators[X-03].full", {"cases": cases | {"software": Fraction(70)}}))
    assert told(rules, "zh") == [
        ("changed", "X-03 研发人员占企业职工总数的比重：满分要求：软件和信息技术服务业：60% → 70%")
    ]


def test_source_and_confidence_are_told_apart_from_what_decides() -> None:
    rules = after(Edit("gates[MG1].limit", {"confidence": "derived", "source": ["M1"], "article": "第五条"}))
    assert told(rules, "zh") == [
        ("source", "MG1 上一年度研究开发费用不低于1000万元：限值：出处：已查到原文，M2 M3 → 推算，M1，第五条")
    ]


def test_row_that_is_new_or_gone_is_told_once_as_a_whole() -> None:
    fewer = replace(DEMO, gates=DEMO.gates[1:])
    assert [(c.kind, c.path, c.en.split(":")[0]) for c in difference(DEMO, fewer)] == [
        (Kind.REMOVED, "gates[MG1]", "removed")
    ]
    assert [(c.kind, c.path, c.zh[:3]) for c in difference(fewer, DEMO)] == [(Kind.ADDED, "gates[MG1]", "新增：")]


def test_moved_rows_are_no_difference() -> None:
    moved = replace(DEMO, gates=DEMO.gates[::-1], indicators=DEMO.indicators[::-1], bands=DEMO.bands[::-1])
    assert difference(DEMO, moved) == ()


def test_rounding_is_told_once() -> None:
    assert told(after(Edit("scoring.places", {"value": Fraction(3)}))) == [
        ("changed", "scoring: rounding: 2 decimal places → 3 decimal places")
    ]


@pytest.mark.parametrize("ref", REFS)
def test_edition_differs_in_nothing_from_itself(ref: str) -> None:
    assert difference(load(ref), load(ref)) == ()


@pytest.mark.slow
@pytest.mark.parametrize("ref", REFS)
def test_every_single_figure_that_changes_is_one_change_of_value_that_names_it(ref: str) -> None:
    before = load(ref)
    content, known, seen = opened(before.frozen_text), 0, 0
    for part in parts(content):
        if not part.is_figure or (part.entry.get("value") is None and not part.entry.get("cases")):
            continue
        known += 1
        entry = {key: part.entry[key] for key in ("value", "cases") if part.entry.get(key) is not None}
        rules = checked(closed(edited(content, [Edit(part.path, _other(entry))]))).rule_set
        if rules is None:
            continue  # a weight alone does not sum any more
        found = difference(before, rules)
        assert [change.kind for change in found] == [Kind.CHANGED], part.path
        assert found[0].before != found[0].after
        seen += 1
    assert seen >= known / 2


def _other(entry: dict[str, Any]) -> dict[str, Any]:
    if "cases" in entry:
        first = next(iter(entry["cases"]))
        return {"cases": entry["cases"] | {first: entry["cases"][first] + Fraction(1, 4)}}
    return {"value": entry["value"] + 1}


def test_partial_set_that_is_completed_tells_sections_and_rows() -> None:
    found = difference(load("shanghai_municipal_centre/2022"), DEMO)
    words = [change.zh for change in found]
    assert "完整程度：不完整 → 完整" in words
    assert "新增：X-01 研发人员人均研发经费支出" in words
    assert not any(word.startswith("新增：X-01") and "权重" in word for word in words)
