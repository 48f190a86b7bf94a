"""The printed page of a rule set: everything that decides is on it, marked, in one language, and nothing can run."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from criteria.catalogue import load_catalogue
from criteria.figures import Confidence, Figure
from criteria.holes import holes
from criteria.page import rule_page
from criteria.page_marks import MARKS
from criteria.ruleset import RuleSet
from criteria.units import amount_text

SETS = load_catalogue().rule_sets
VOID = {"meta", "link", "br", "hr"}


class _Reader(HTMLParser):
    """Whether tags nest, which there are, which places are named and which are pointed at."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.names: list[str] = []
        self.targets: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        held = dict(attrs)
        self.names += [held["id"] or ""] if "id" in held else []
        self.targets |= {held["href"] or ""} if "href" in held else set()
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)


def read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("rules", SETS, ids=lambda rules: rules.ref)
def test_page_of_every_shipped_set_is_whole(rules: RuleSet, lang: str) -> None:
    page = rule_page(rules, lang)
    found = read(page)
    assert found.open == []
    assert not found.tags & {"script", "img", "iframe", "object", "form"}
    assert len(found.names) == len(set(found.names))
    assert found.targets <= {"data:,", *(f"#{name}" for name in found.names)}, "a source that is cited is not listed"
    text = unescape(" ".join(found.texts))
    for row in (*rules.gates, *rules.indicators, *rules.bonus):
        assert row.code in text
    for band in rules.bands:
        assert (band.name_zh if lang == "zh" else band.name_en) in text
    assert rules.checksum in text
    assert not re.search(r"\{[a-z_(), ]+\}", text), "a message still has its placeholder"


@pytest.mark.parametrize("rules", SETS, ids=lambda rules: rules.ref)
def test_every_limit_weight_and_coefficient_stands_with_its_mark(rules: RuleSet) -> None:
    page = rule_page(rules, "zh")
    figures = [gate.limit for gate in rules.gates] + [row.weight for row in (*rules.indicators, *rules.bonus)]
    figures += [*rules.coefficients.values(), *rules.parameters.values(), *(band.least for band in rules.bands)]
    for figure in figures:
        if figure is None or figure.cases:
            continue
        shown = "未知" if figure.value is None else amount_text(figure.value, figure.unit, "zh")
        mark = MARKS[figure.confidence][0]
        assert re.search(
            rf"{re.escape(shown)}(（按 1 显示）)?(</span>)? <span[^>]*><span[^>]*>{re.escape(mark)}<", page
        )


def test_figure_that_differs_by_class_shows_every_class(demo: RuleSet) -> None:
    page = rule_page(demo, "en")
    basic = demo.indicator("X-03").basic
    assert basic is not None
    for value in basic.cases.values():
        assert f'<span class="figure">{value}</span>' in page
    assert "Software and information services" in page


@pytest.mark.parametrize(("lang", "lead"), [("zh", "尚缺的内容"), ("en", "What is missing")])
def test_holes_of_a_partial_set_are_told_and_a_complete_one_has_no_such_part(
    lang: str, lead: str, partial: RuleSet, municipal: RuleSet
) -> None:
    assert holes(partial)
    assert lead in rule_page(partial, lang)
    assert lead not in rule_page(municipal, lang)


def test_demonstration_says_so_at_the_top(municipal: RuleSet, partial: RuleSet) -> None:
    assert "演示用，不是法规" in rule_page(municipal, "zh")
    assert '<p class="warning">' not in rule_page(partial, "zh")


def test_words_of_a_hostile_set_are_shown_and_do_nothing(municipal: RuleSet) -> None:
    evil = "</style><script>alert(1)</script>\"'&"
    figure = Figure(None, "point", Confidence.UNKNOWN, name_zh=evil, name_en=evil, article=evil, source=(evil,))
    gates = tuple(replace(gate, text_zh=evil, text_en=evil, note=evil) for gate in municipal.gates)
    rows = tuple(replace(row, name_zh=evil, group_zh=evil) for row in municipal.indicators)
    changed = replace(
        municipal, name_zh=evil, name_en=evil, note=evil, gates=gates, indicators=rows, parameters={evil: figure}
    )
    for lang in ("zh", "en"):
        page = rule_page(changed, lang)
        assert "<script" not in page
        assert read(page).open == []


def test_marks_are_told_apart_without_colour() -> None:
    assert set(MARKS) == set(Confidence)
    for place in (0, 1):
        assert len({pair[place] for pair in MARKS.values()}) == len(Confidence)
