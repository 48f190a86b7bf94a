"""Fitting and wrapping of text, Chinese dates."""

from __future__ import annotations

from datetime import date

import pytest

from certificates.drawing import Text
from certificates.fonts import find_faces
from certificates.layout import chinese_date, layout_of, runs, statement, wrapped
from certificates.render import Renderer, renderer_for
from certificates.snapshot import SnapshotRefused
from tests.certificates.samples import snapshot


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return renderer_for(find_faces())


def _holder_lines(renderer: Renderer, name: str) -> list[Text]:
    marks = layout_of(snapshot()).page(snapshot(holder_zh=name), renderer.measure, renderer.covers)
    return [mark for mark in marks if isinstance(mark, Text) and mark.face == "name" and mark.text in name]


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 12, 1), "二〇二六年十二月一日"),
        (date(2030, 10, 10), "二〇三〇年十月十日"),
        (date(2026, 1, 21), "二〇二六年一月二十一日"),
        (date(2026, 2, 20), "二〇二六年二月二十日"),
    ],
)
def test_date_is_written_in_chinese_numerals(day: date, text: str) -> None:
    assert chinese_date(day) == text


@pytest.mark.parametrize("length", [4, 18, 19, 25, 31])
def test_holder_of_any_usual_length_fits_one_line(renderer: Renderer, length: int) -> None:
    (line,) = _holder_lines(renderer, "汇" * length)
    assert renderer.measure(line.text, "name", line.size) <= 560.01
    assert line.size >= 18


def test_very_long_holder_is_set_in_two_lines_of_about_equal_length(renderer: Renderer) -> None:
    lines = _holder_lines(renderer, "汇能氢动力系统" * 8)
    assert len(lines) == 2
    assert sorted(len(line.text) for line in lines) == [28, 28]
    assert "".join(line.text for line in reversed(lines)) == "汇能氢动力系统" * 8


def test_holder_too_long_for_two_lines_is_refused(renderer: Renderer) -> None:
    with pytest.raises(SnapshotRefused, match="two lines"):
        _holder_lines(renderer, "汇" * 80)


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


def test_runs_set_ascii_in_the_serif_and_the_rest_in_kai() -> None:
    assert list(runs("2026 年 12 月")) == [("latin", "2026 "), ("text", "年 "), ("latin", "12 "), ("text", "月")]


def test_title_with_a_character_outside_the_title_face_is_set_in_kai(renderer: Renderer) -> None:
    marks = layout_of(snapshot()).page(snapshot(programme_zh="鑫淼企业技术中心"), renderer.measure, renderer.covers)
    (title,) = [mark for mark in marks if isinstance(mark, Text) and mark.text == "鑫淼企业技术中心"]
    assert title.face == "name"


def test_unknown_layout_is_refused() -> None:
    with pytest.raises(SnapshotRefused, match="no such layout"):
        layout_of(snapshot(layout="centre-9"))


@pytest.mark.parametrize(("demo", "shown"), [(True, True), (False, False)])
def test_specimen_is_marked_in_demo_mode_only(renderer: Renderer, demo: bool, shown: bool) -> None:
    marks = layout_of(snapshot()).page(snapshot(demo=demo), renderer.measure, renderer.covers)
    assert any(isinstance(mark, Text) and "样张" in mark.text.replace(" ", "") for mark in marks) is shown
