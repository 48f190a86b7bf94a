"""Every layout on every occasion in both languages: nothing overlaps, leaves the frame or is cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pytest

from certificates.designs import DESIGNS
from certificates.drawing import Code, Mark, Text
from certificates.fonts import find_faces
from certificates.layout import layout_of
from certificates.pages import HEIGHT, WIDTH
from certificates.render import Renderer, renderer_for
from certificates.snapshot import Snapshot, check_snapshot
from tests.certificates.layout_samples import OCCASION_NAMES, specimen

FRAME = 50.3
LONGEST: dict[str, Any] = {
    "holder_zh": "汇能氢动力系统" * 8 + "有限公司",
    "holder_en": "Shanghai Lin-gang Huineng Hydrogen Power Systems Development and Manufacturing Holding Co., Ltd.",
    "centre_name": "智能装备与先进制造技术中心" * 3,
    "announcement": "示例经信技〔2026〕128 号" * 3,
    "issuer_zh": "示例市经济与科技主管委员会" * 2,
    "issuer_en": "Example Commission of Economy, Informatization, Science, Technology and Commerce of the New Area",
    "formerly_zh": "上海汇能燃料电池系统有限公司" * 4,
    "formerly_en": "Shanghai Huineng Fuel Cell Systems Research, Development and Manufacturing Co., Ltd.",
    "parent_zh": "示例临港动力装备集团有限公司" * 3,
    "parent_en": "Example Lin-gang Power Equipment Research, Development and Manufacturing Group Co., Ltd.",
    "product_zh": "HN-120 型质子交换膜燃料电池系统" * 3,
    "product_en": "HN-120 proton exchange membrane fuel cell system for heavy vehicles, ships and emergency power",
}
VARIANTS = [(name, occasion, language) for name in DESIGNS for occasion in OCCASION_NAMES for language in ("zh", "en")]


@dataclass(frozen=True)
class Extent:
    """What a mark covers on the page, in points."""

    what: str
    left: float
    low: float
    right: float
    high: float

    def meets(self, other: Extent) -> bool:
        apart = self.right <= other.left or other.right <= self.left or self.high <= other.low or other.high <= self.low
        return not apart


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return renderer_for(find_faces())


def _extents(marks: Iterator[Mark], renderer: Renderer) -> Iterator[Extent]:
    for mark in marks:
        if isinstance(mark, Text):
            wide = renderer.measure(mark.text, mark.face, mark.size) + mark.spacing * (len(mark.text) - 1)
            left = mark.x - (wide / 2 if mark.align == "centre" else 0)
            high, low = (0.86, 0.12) if any(ord(c) > 0x2E80 for c in mark.text) else (0.74, 0.22)
            yield Extent(mark.text, left, mark.y - low * mark.size, left + wide, mark.y + high * mark.size)
        elif isinstance(mark, Code):
            yield Extent("QR", mark.x, mark.y, mark.x + mark.side, mark.y + mark.side)


def _marks(snapshot: Snapshot, language: str, renderer: Renderer) -> list[Mark]:
    layout = layout_of(snapshot)
    draw = layout.english if language == "en" else layout.page
    assert draw is not None
    return list(draw(snapshot, renderer.measure, renderer.covers))


def _faults(snapshot: Snapshot, language: str, renderer: Renderer) -> list[str]:
    marks = _marks(snapshot, language, renderer)
    extents = list(_extents(iter(marks), renderer))
    told = [f"{one} meets {two}" for one, two in combinations(extents, 2) if one.meets(two)]
    low, right, high = FRAME, WIDTH - FRAME, HEIGHT - FRAME
    told += [f"{one} leaves the frame" for one in extents if one.left < FRAME or one.low < low]
    told += [f"{one} leaves the frame" for one in extents if one.right > right or one.high > high]
    return told


@pytest.mark.parametrize(("name", "occasion", "language"), VARIANTS)
def test_nothing_overlaps_and_all_stays_within_the_frame(
    renderer: Renderer, name: str, occasion: str, language: str
) -> None:
    assert _faults(specimen(name, occasion), language, renderer) == []


@pytest.mark.parametrize(("name", "occasion", "language"), VARIANTS)
def test_nothing_overlaps_with_the_longest_names(renderer: Renderer, name: str, occasion: str, language: str) -> None:
    made = specimen(name, occasion)
    longest = {key: text for key, text in LONGEST.items() if getattr(made, key)}
    made = specimen(name, occasion, **longest)
    check_snapshot(made)
    assert _faults(made, language, renderer) == []
