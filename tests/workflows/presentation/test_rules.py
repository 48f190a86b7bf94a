"""The page of a rule set can be made of every shipped set, also of those that know little."""

from __future__ import annotations

import pytest
from django.utils import translation

from criteria.loading import PROGRAMMES, load
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
