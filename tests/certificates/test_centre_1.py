"""The first layout, kept as it was: what it draws is the same to the last point, and it fits and refuses as ever."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from certificates.drawing import Text
from certificates.fonts import find_faces
from certificates.layout import layout_of
from certificates.render import Renderer, renderer_for
from certificates.snapshot import FIRST_SCHEMA, Snapshot, SnapshotRefused, record_of
from tests.certificates.samples import snapshot

LATER: dict[str, Any] = {
    "version": 2,
    "replaces": "1.2.1",
    "holder_zh": "汇能氢动力系统" * 8,
    "demo": False,
    "centre_name": "",
    "announcement": "",
    "holder_en": "",
}
# SHA-256 of the drawing calls of page, artwork and seal, and of the record, as certificates were issued with them
DRAWN = [
    (
        {},
        "9d2c4d1aec833516e2ceddcceb6b4f1e5be29530b3a2ba94c83d4c660a3220e8",
        "487b047c4b6d31db685988462cd64528232909b959bb7a530f2741cfeb4f8f33",
        "0f66c985cc008d4055a3bc70f8ab330ad17f3894dcce154d151eaee88ae712f4",
    ),
    (
        LATER,
        "80dcf01716126c2ef143e022cd633d8f97db739bae75bd65f3d7fa8f59b09d3f",
        "f17f482766c87dfa81251fa6739cd587fd51e8f7e605c4089ee1e8c03ed12c61",
        "a7eefe6b78faaf4b6ad310e6051f47435d353c889bd7ebbcd7e46f9ca31b82b0",
    ),
]
ARTWORK = "2f05c721aca66f84663bed712f33625b13aeb4efd96e20f6a81ad20bfecdfb94"


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return renderer_for(find_faces())


def _first(**changes: Any) -> Snapshot:
    return snapshot(layout="centre-1", schema=FIRST_SCHEMA, **changes)


def _digest(drawn: object) -> str:
    return sha256(repr(drawn).encode()).hexdigest()


@pytest.mark.parametrize(("changes", "page", "seal", "record"), DRAWN)
def test_drawing_and_record_are_those_of_the_certificates_issued_with_it(
    renderer: Renderer, changes: dict[str, Any], page: str, seal: str, record: str
) -> None:
    made = _first(**changes)
    layout = layout_of(made)
    assert _digest(list(layout.page(made, renderer.measure, renderer.covers))) == page
    assert _digest(list(layout.seal(made.issuer_zh, made.demo, renderer.covers))) == seal
    assert _digest(list(layout.artwork())) == ARTWORK
    assert sha256(record_of(made)).hexdigest() == record


def _holder_lines(renderer: Renderer, name: str) -> list[Text]:
    made = _first(holder_zh=name)
    marks = layout_of(made).page(made, renderer.measure, renderer.covers)
    return [mark for mark in marks if isinstance(mark, Text) and mark.face == "name" and mark.text in name]


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


def test_title_with_a_character_outside_the_title_face_is_set_in_kai(renderer: Renderer) -> None:
    made = _first(programme_zh="鑫淼企业技术中心")
    marks = layout_of(made).page(made, renderer.measure, renderer.covers)
    (title,) = [mark for mark in marks if isinstance(mark, Text) and mark.text == "鑫淼企业技术中心"]
    assert title.face == "name"


@pytest.mark.parametrize(("demo", "shown"), [(True, True), (False, False)])
def test_specimen_is_marked_in_demo_mode_only(renderer: Renderer, demo: bool, shown: bool) -> None:
    made = _first(demo=demo)
    marks = layout_of(made).page(made, renderer.measure, renderer.covers)
    assert any(isinstance(mark, Text) and "样张" in mark.text.replace(" ", "") for mark in marks) is shown
