"""The page of a rule set can be made of every shipped set, also of those that know little."""

from __future__ import annotations

import pytest
from django.utils import translation

from criteria.loading import PROGRAMMES, load, load_text
from tests.criteria.test_loading import SOUND
from workflows.presentation.rules import rule_set_page

REFS = sorted(f"{path.parent.name}/{path.stem}" for path in PROGRAMMES.glob("*/*.yaml"))


@pytest.mark.parametrize("ref", REFS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_page_of_a_shipped_set_shows_every_gate_band_and_indicator(ref: str, language: str) -> None:
    rules = load(ref)
    with translation.override(language):
        page = rule_set_page(rules)
    rows = [row["code"] for group in page["groups"] for row in group["rows"]]
    assert sorted(rows) == sorted(row.code for row in rules.indicators)
    assert [gate["code"] for gate in page["gates"]] == [gate.code for gate in rules.gates]
    assert len(page["bands"]) == len(rules.bands)


@pytest.mark.parametrize(
    ("ref", "ranges"),
    [
        (
            "district_centre/songjiang-earlier",
            ["90 分及以上", "65 分及以上，不超过 89 分", "60 分及以上，不超过 65 分", "低于 60 分"],
        ),
        ("demonstration_national/2010", ["", ""]),
    ],
)
def test_ranges_of_bands_are_those_of_the_text_and_empty_where_unknown(ref: str, ranges: list[str]) -> None:
    with translation.override("zh-hans"):
        page = rule_set_page(load(ref))
    assert [band["range"] for band in page["bands"]] == ranges


def test_condition_of_several_shows_each_with_formula_and_limit() -> None:
    with translation.override("zh-hans"):
        gates = {gate["code"]: gate for gate in rule_set_page(load("district_centre/songjiang-current"))["gates"]}
    assert len(gates["SJ1"]["alternatives"]) == 2
    assert gates["SJ1"]["alternatives"][0].endswith("主营业务收入 ÷ 10 ≥ 5,000 万元")
    assert gates["SJ1"]["alternatives"][1].endswith("≥ 30%")
    assert gates["SJ6"]["lookback"] == "3 年"


def test_variant_that_changes_the_formula_alone_is_shown() -> None:
    with translation.override("en"):
        gates = {gate["code"]: gate for gate in rule_set_page(load("shanghai_municipal_centre/2022"))["gates"]}
    (variant,) = gates["MG5"]["variants"]
    assert "Pharmaceutical manufacturing: " in variant
    assert "Clinical-trial permits" in variant


STEPS = """\
    method: steps
    steps:
      - {least: {value: 5, unit: person, confidence: demo}, points: {value: 4, unit: point, confidence: demo}}
      - {least: {value: 9, unit: person, confidence: demo}, points: {value: 10, unit: point, confidence: demo}}
    exempt: {when: "industry_class == 'software'", share: {value: 60, unit: pct, confidence: demo},
             note_zh: 软件企业, note_en: software}
    or_better:
      - {name_zh: 另计, name_en: other, unit: person, formula: doctors, method: per_unit,
         points_each: {value: 2, unit: point, confidence: demo},
         least_count: {value: 3, unit: person, confidence: demo}}
"""


def test_steps_other_ways_least_counts_and_exemptions_are_shown() -> None:
    text = SOUND.replace("    method: linear_60_100\n", STEPS)
    text = "".join(
        line for line in text.splitlines(keepends=True) if not line.startswith(("    basic: ", "    full: "))
    )
    with translation.override("zh-hans"):
        (group,) = rule_set_page(load_text(text))["groups"]
    (row,) = group["rows"]
    assert [(figure["label"], figure["value"]) for figure in row["figures"]] == [
        ("权重", "10 分"),
        ("≥ 5 人", "4 分"),
        ("≥ 9 人", "10 分"),
        ("另一算法", "另计：技术中心博士人数"),
        ("每项得分", "2 分"),
        ("起计数量", "3 人"),
        ("软件企业", "60%"),
    ]
