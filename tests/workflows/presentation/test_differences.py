"""The difference between two readings in words."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from criteria.facts import AnnexRow, Fact, Facts, Origin
from criteria.loading import load
from criteria.ruleset import RuleSet
from workflows.presentation.differences import MOST_LINES, difference_words, told_notes


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load("shanghai_municipal_centre/2022-demo")


def facts(revenue: int, raw: str = "", note: str = "", size: str = "medium", experts: tuple[str, ...] = ()) -> Facts:
    origin = Origin("评价数据表", "D6", raw or str(revenue))
    figures = [
        Fact("revenue_main", 2025, Fraction(revenue), "kCNY", origin, (note,) if note else ()),
        Fact("enterprise_size", None, size, "code", Origin("基本情况", "C10", size)),
    ]
    rows = tuple(
        AnnexRow(n, {"name": name}, {"name": Origin("附表", f"B{n + 6}")}) for n, name in enumerate(experts, 1)
    )
    return Facts(2025, {(fact.code, fact.year): fact for fact in figures}, {"experts": rows})


def test_cell_tells_place_both_values_and_how_the_new_text_was_read(rules: RuleSet) -> None:
    note = "文本“20万元”按 200千元 读取"
    words = difference_words(facts(100), facts(200, "20万元", note, "small"), rules)
    assert words["count"] == 2
    revenue, size = words["cells"]
    assert (revenue["row"], revenue["sheet"], revenue["cell"]) == ("A-01", "评价数据表", "D6")
    assert (revenue["before"], revenue["after"], revenue["notes"]) == ("100 千元", "200 千元", [note])
    assert (size["before"], size["after"]) == ("中型", "小型")


def test_number_typed_plainly_has_no_note(rules: RuleSet) -> None:
    fact = facts(200, "200", "文本“200”按 200千元 读取").figures[("revenue_main", 2025)]
    assert told_notes(fact) == ()
    assert told_notes(replace(fact, origin=Origin("表", "D6", "２００"))) == fact.notes


def test_lines_of_an_annex_are_added_removed_and_changed(rules: RuleSet) -> None:
    words = difference_words(facts(1, experts=("甲", "乙", "丙")), facts(1, experts=("新", "甲", "丁", "丙")), rules)
    (annex,) = words["annexes"]
    assert annex["summary"] == "新增 1 行，删除 0 行，修改 1 行"
    assert [(line["fate"], line["place"]) for line in annex["lines"]] == [
        ("新增", "第 1 行"),
        ("修改", "第 3 行（原第 2 行）"),
    ]
    assert annex["lines"][1]["cells"][0]["before"] == "乙"


def test_same_readings_have_no_difference(rules: RuleSet) -> None:
    assert difference_words(facts(1), facts(1), rules)["count"] == 0


def test_lines_beyond_the_limit_are_counted(rules: RuleSet) -> None:
    names = tuple(f"专家{n}" for n in range(MOST_LINES + 3))
    (annex,) = difference_words(facts(1), facts(1, experts=names), rules)["annexes"]
    assert (len(annex["lines"]), annex["more"], annex["count"]) == (MOST_LINES, 3, MOST_LINES + 3)
