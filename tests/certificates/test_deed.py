"""Every layout on every occasion in both languages: nothing overlaps, leaves the frame or is cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pytest

from certificates.deed import set_lines
from certificates.designs import DESIGNS
from certificates.drawing import INK, RED, Code, Mark, Text
from certificates.fonts import find_faces
from certificates.layout import layout_of
from certificates.pages import HEIGHT, WIDTH
from certificates.render import Renderer, renderer_for
from certificates.snapshot import Snapshot, SnapshotRefused, check_snapshot
from tests.certificates.layout_samples import OCCASION_NAMES, specimen
from tests.certificates.samples import HOLDER, snapshot

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


DISTRICTS = (
    "黄浦区 徐汇区 长宁区 静安区 普陀区 虹口区 杨浦区 闵行区 宝山区 嘉定区 浦东新区 金山区 松江区 青浦区 奉贤区 崇明区"
)
AUTHORITIES = [
    *((f"{name}企业技术中心", f"{name}示例主管部门") for name in DISTRICTS.split()),
    ("示例重工集团企业技术中心", "示例重工（集团）股份有限公司"),
    ("示例开发区企业技术中心", "示例开发区管理委员会"),
]


@pytest.mark.parametrize(("title", "authority"), AUTHORITIES)
def test_title_and_authority_of_every_district_group_and_zone_are_drawn(
    renderer: Renderer, title: str, authority: str
) -> None:
    made = specimen("district_centre-1", programme_zh=title, issuer_zh=authority)
    texts = [mark for mark in _marks(made, "zh", renderer) if isinstance(mark, Text)]
    (heading,) = [mark for mark in texts if mark.text == title]
    assert heading.colour == RED
    assert renderer.missing(heading.face, title) == ()
    assert authority in "".join(mark.text for mark in texts)
    renderer.seal("district_centre-1", authority, True)


LONG_BODIES = [
    (
        "zone_centre-2", "中国（上海）示例贸易试验区临江新片区管理委员会",
        "Administrative Committee of the Linjiang Special Area of China (Shanghai) Example Free Trade Zone",
        ["中国（上海）示例贸易试验区", "临江新片区管理委员会"],
    ),
    (
        "group_centre-2", "上海示例电气装备制造与能源科技（集团）股份有限公司",
        "Shanghai Example Electric Equipment Manufacturing and Energy Technology (Group) Co., Ltd.",
        ["上海示例电气装备制造与能源科技", "（集团）股份有限公司"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("layout", "body", "english", "lines"), LONG_BODIES)
def test_long_name_of_a_zone_or_group_is_set_in_readable_lines(
    renderer: Renderer, layout: str, body: str, english: str, lines: list[str]
) -> None:
    made = specimen(
        layout, programme_zh=f"{body}企业技术中心", programme_en=f"{english} Enterprise Technology Centre",
        issuer_zh=body, issuer_en=english,
    )  # fmt: skip
    check_snapshot(made)
    assert [fault for language in ("zh", "en") for fault in _faults(made, language, renderer)] == []
    texts = [mark for mark in _marks(made, "zh", renderer) if isinstance(mark, Text)]
    assert [mark.text for mark in texts if mark.colour == RED and mark.size > 18] == [body, "企业技术中心"]
    assert [mark.text for mark in texts if mark.text in lines] == lines
    assert min(mark.size for mark in texts if mark.text.startswith("CERTIFICATE OF")) > 6
    renderer.seal(layout, body, True)


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_character_without_glyph_is_refused_by_every_layout(renderer: Renderer, name: str, language: str) -> None:
    made = specimen(name, holder_zh="上海𪚥科技有限公司")
    with pytest.raises(SnapshotRefused, match="no glyph for 𪚥"):
        renderer.page(made, made.url, language)


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize(
    "field", ["holder_zh", "holder_en", "formerly_zh", "parent_en", "product_zh", "result_zh", "ground_en"]
)
@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\x07"])
def test_control_and_direction_marks_are_refused_in_every_text(name: str, field: str, hidden: str) -> None:
    with pytest.raises(SnapshotRefused) as refused:
        check_snapshot(specimen(name, **{field: f"示例{hidden}公司"}))
    assert field in {fault.field for fault in refused.value.faults}


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize(
    ("field", "language", "text"),
    [
        ("holder_zh", "zh", "汇" * 80),
        ("holder_en", "en", "Shanghai Huineng " * 12),
        ("holder_en", "en", "A" * 120),
        ("issuer_zh", "zh", "示例委员会" * 12),
        ("programme_en", "en", "Enterprise Technology Centre " * 6),
    ],
)
def test_text_too_long_for_its_place_is_refused_and_never_cut(
    renderer: Renderer, name: str, field: str, language: str, text: str
) -> None:
    with pytest.raises(SnapshotRefused, match=f"{field}: too long"):
        _marks(specimen(name, **{field: text}), language, renderer)


@pytest.mark.parametrize("name", DESIGNS)
def test_sentence_too_long_for_its_place_is_refused(renderer: Renderer, name: str) -> None:
    with pytest.raises(SnapshotRefused, match="statement: too long"):
        _marks(specimen(name, ground_zh="示例管理办法" * 50), "zh", renderer)


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_specimen_is_marked_in_demo_mode_only(renderer: Renderer, name: str, language: str) -> None:
    for demo in (True, False):
        texts = [mark.text for mark in _marks(specimen(name, demo=demo), language, renderer) if isinstance(mark, Text)]
        assert any("样张" in text.replace(" ", "") or "SPECIMEN" in text for text in texts) is demo
    seal = layout_of(specimen(name)).seal("示例委员会", True, renderer.covers)
    assert any(isinstance(mark, Text) and mark.text.startswith("示例·") for mark in seal)


def test_occasion_needs_what_its_sentence_says() -> None:
    for occasion, lacking in (("rename", "formerly_zh"), ("renewal", "recognised_on"), ("reissue", "replaces")):
        empty: Any = None if lacking == "recognised_on" else ""
        with pytest.raises(SnapshotRefused) as refused:
            check_snapshot(specimen("municipal_centre-1", occasion, **{lacking: empty}))
        assert [fault.field for fault in refused.value.faults] == [lacking]
    with pytest.raises(SnapshotRefused, match="version: must follow"):
        check_snapshot(specimen("municipal_centre-1", "exchange", version=1))
    with pytest.raises(SnapshotRefused, match="no such occasion"):
        check_snapshot(snapshot(occasion="gift"))


def test_english_edition_says_that_it_is_one_and_which_text_prevails(renderer: Renderer) -> None:
    for name in DESIGNS:
        text = "".join(m.text for m in _marks(specimen(name), "en", renderer) if isinstance(m, Text))
        assert "ENGLISHEDITION" in text
        assert "English edition – the Chinese text prevails" in text


def test_holder_without_english_name_is_set_in_chinese(renderer: Renderer) -> None:
    marks = _marks(specimen("municipal_centre-1", holder_en=""), "en", renderer)
    (holder,) = [mark for mark in marks if isinstance(mark, Text) and mark.text == HOLDER]
    assert (holder.face, holder.colour) == ("name", INK)


def test_lines_take_the_largest_size_that_fits(renderer: Renderer) -> None:
    def wide(text: str, size: float) -> float:
        return renderer.measure(text, "name", size)

    size, lines = set_lines("汇能" * 4, "x", width=560, sizes=(31.0, 19.0, 16.5), most=2, measure=wide)
    assert (size, len(lines)) == (31.0, 1)
    size, lines = set_lines("汇能" * 16, "x", width=560, sizes=(31.0, 19.0, 16.5), most=2, measure=wide)
    assert (round(size, 2), len(lines)) == (17.5, 1)
    size, lines = set_lines("汇能" * 20, "x", width=560, sizes=(31.0, 19.0, 16.5), most=2, measure=wide)
    assert (size, len(lines)) == (19.0, 2)
