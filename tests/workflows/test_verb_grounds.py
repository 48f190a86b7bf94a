"""Every ground of a verb is a known text, and the articles of the registry are those that its text names."""

from __future__ import annotations

import re

import pytest

from workflows.procedures import PROCEDURES
from workflows.verb_grounds import GROUNDS

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
ARTICLE = re.compile("第([一二三四五六七八九十百]+)条")


def number_of(text: str) -> int:
    """A Chinese number below one hundred."""
    tens, ten, ones = text.rpartition("十")
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)


def test_numbers_are_read() -> None:
    assert [number_of(text) for text in ("九", "十", "十三", "二十", "六十八")] == [9, 10, 13, 20, 68]


@pytest.mark.parametrize(("name", "procedure"), PROCEDURES.items(), ids=list(PROCEDURES))
def test_every_verb_cites_a_known_ground(name: str, procedure: object) -> None:
    cited = {line.code: line.ground for line in PROCEDURES[name].verbs.values()}
    assert {code: ground for code, ground in cited.items() if ground not in GROUNDS} == {}


def test_no_ground_is_kept_that_nobody_cites() -> None:
    assert set(GROUNDS) == {line.ground for each in PROCEDURES.values() for line in each.verbs.values()}


@pytest.mark.parametrize("text", GROUNDS)
def test_ground_names_its_instrument_and_its_articles_or_says_that_they_are_unknown(text: str) -> None:
    ground = GROUNDS[text]
    assert ground.instrument
    assert ground.known
    assert tuple(number_of(found) for found in ARTICLE.findall(text)) == ground.articles
    number = re.search("〔[0-9]{4}〕[0-9]+号", text)
    assert number is None or number[0] in ground.instrument
    assert ("行政许可法" in text) <= ("（参照）" in text)
