"""Dates in words, lines that break where they should, faces of a mixed line."""

from __future__ import annotations

from datetime import date

import pytest

from certificates.centre_1 import statement
from certificates.fonts import find_faces
from certificates.render import renderer_for
from certificates.typesetting import chinese_date, english_date, runs, western_runs, wrapped, wrapped_words
from tests.certificates.samples import snapshot


@pytest.mark.parametrize(
    ("day", "chinese", "english"),
    [
        (date(2026, 12, 1), "二〇二六年十二月一日", "1 December 2026"),
        (date(2030, 10, 10), "二〇三〇年十月十日", "10 October 2030"),
        (date(2026, 1, 21), "二〇二六年一月二十一日", "21 January 2026"),
        (date(2026, 2, 20), "二〇二六年二月二十日", "20 February 2026"),
    ],
)
def test_date_is_written_out(day: date, chinese: str, english: str) -> None:
    assert chinese_date(day) == chinese
    assert english_date(day) == english


def test_lines_break_at_punctuation_and_never_begin_with_it() -> None:
    text = statement(snapshot())
    lines = wrapped(text, width=32, measure=lambda part: float(len(part)))
    assert "".join(lines) == text
    assert max(map(len, lines)) <= 32
    assert lines[1].startswith("《")
    assert not any(line[0] in "，。、》）" for line in lines)


def test_words_and_numbers_are_not_broken() -> None:
    lines = wrapped("证书编号SHETC202600001证书", width=16, measure=lambda part: float(len(part)))
    assert lines in (["证书编号", "SHETC202600001证书"], ["证书编号", "SHETC202600001", "证书"])


def test_word_wider_than_the_line_is_broken_rather_than_lost() -> None:
    lines = wrapped("A" * 25, width=10, measure=lambda part: float(len(part)))
    assert "".join(lines) == "A" * 25
    assert max(map(len, lines)) <= 10


def test_english_lines_are_even_and_keep_words_and_chinese_brackets_whole() -> None:
    text = "Under the rules in 《上海市办法》, the title of centre remains with the holder under its new name."
    lines = wrapped_words(text, width=40, measure=lambda part: float(len(part)))
    assert [" ".join(lines).count(word) for word in ("remains", "holder", "centre")] == [1, 1, 1]
    assert max(map(len, lines)) <= 40
    assert min(map(len, lines)) >= 20
    assert not any(line[0] in "》，,." or line[-1] == "《" for line in lines)


def test_runs_set_ascii_in_the_serif_and_the_rest_in_kai() -> None:
    assert list(runs("2026 年 12 月")) == [("latin", "2026 "), ("text", "年 "), ("latin", "12 "), ("text", "月")]


def test_western_runs_fall_back_to_kai_for_what_the_serif_lacks() -> None:
    covers = renderer_for(find_faces()).covers
    assert list(western_runs("Café – 中 1", covers)) == [
        ("latin", "Caf"), ("text", "é "), ("latin", "– "), ("text", "中 "), ("latin", "1"),
    ]  # fmt: skip
