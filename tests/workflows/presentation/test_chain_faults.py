"""Faults of chains and sentences with dates reach people in words: no code of a state, no markup to be read."""

from __future__ import annotations

from datetime import date

import pytest

from accreditation.templatetags.dates import day
from workflows.presentation.chain_faults import fault_words, place_words, state_in_chain
from workflows.presentation.words import filled

WORDS = {
    "row counts 3 events, 2 are there": "登记为 3 条，实有 2 条",
    "head on the row is not the last hash": "登记的链首校验值不是最后一条的校验值",
    "number 4 stands at place 3": "编号 4 排在第 3 位",
    "does not follow its predecessor": "与上一条不衔接",
    "content does not match its hash": "内容与校验值不符",
    "events of a row that is gone": "有日志而没有对应的登记",
    "starts in draft after submitted": "起于“草稿”，上一条止于“已提交”",
    "draft but not closed": "状态为“草稿”而没有办结",
}


@pytest.mark.parametrize("said", WORDS)
def test_a_fault_is_told_in_words(said: str) -> None:
    assert fault_words(said, "case:SHETC-2026-0001") == WORDS[said]


def test_a_state_is_read_by_the_kind_of_chain() -> None:
    fault = "events end in ended, the row says published"
    assert fault_words(fault, "notice:NOTICE-2026-001") == "日志止于“公示结束”，登记为“公示中”"
    assert state_in_chain("standing:S-1", "ended") == "已终止"
    assert state_in_chain("standing:S-1", "nothing_known") == "nothing_known"


def test_an_unknown_fault_stays_as_it_is() -> None:
    assert fault_words("something new") == "something new"


def test_the_whole_chain_has_no_number() -> None:
    assert (place_words(0), place_words(7)) == ("全链", "第 7 条")


def test_a_date_goes_into_a_sentence_as_markup_and_words_as_text() -> None:
    sentence = filled("%(day)s起：%(ground)s", day=day(date(2026, 11, 26)), ground="<b>")
    assert str(sentence) == '<time datetime="2026-11-26">2026年11月26日</time>起：&lt;b&gt;'
