"""The text sheet for the maker of a plaque: A4 upright, the plaque to scale with its measures. No certificate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from certificates.deed import set_lines
from certificates.drawing import (
    BROWN,
    GOLD,
    INK,
    PALE_GOLD,
    RED,
    Box,
    Circle,
    Covers,
    Line,
    Mark,
    Measure,
    Polygon,
    Text,
)
from certificates.snapshot import Snapshot
from certificates.typesetting import chinese_date, mixed, mixed_width

WIDTH, HEIGHT = 595.28, 841.89
MIDDLE = WIDTH / 2
ACROSS_MM, UP_MM = 600, 400
_SCALE = 0.70  # points of the drawing for a millimetre of the plaque
_ACROSS, _UP = ACROSS_MM * _SCALE, UP_MM * _SCALE
_LEFT, _LOW = 66.0, 398.0


@dataclass(frozen=True, slots=True)
class Engraved:
    """One line on the plaque: what it is, its text, face, letter height and height of its base line, both in points."""

    what: str
    text: str
    face: str
    size: float
    y: float

    @property
    def letters_mm(self) -> int:
        """Height of the letters in millimetres."""
        return round(self.size / _SCALE)

    @property
    def from_below_mm(self) -> int:
        """From the lower edge of the plaque to the base line, in millimetres."""
        return round((self.y - _LOW) / _SCALE)


def plaque_marks(snapshot: Snapshot, measure: Measure, covers: Covers) -> Iterator[Mark]:
    """The sheet of the title that a certificate is about; SnapshotRefused when a text does not fit on the plaque."""
    lines = list(_engraved(snapshot, measure, covers))
    yield from _heading(snapshot)
    yield from _plaque(lines)
    yield from _measures()
    yield from _table(lines, measure)
    yield from _notes(snapshot, measure)


def _engraved(snapshot: Snapshot, measure: Measure, covers: Covers) -> Iterator[Engraved]:
    title = "title" if covers("title", snapshot.programme_zh) else "name"

    def block(
        what: str, text: str, face: str, name: str, sizes: tuple[float, float, float], y: float
    ) -> Iterator[Engraved]:
        size, lines = set_lines(
            text, name, width=_ACROSS - 70, sizes=sizes, most=3, measure=lambda part, at: measure(part, face, at)
        )
        high = y + (len(lines) - 1) * size * 0.65
        for place, line in enumerate(lines):
            yield Engraved(what, line, face, size, high - place * size * 1.3)

    yield from block("称号", snapshot.programme_zh, title, "programme_zh", (40.0, 30.0, 14.0), _LOW + 176)
    yield from block("持有单位", snapshot.holder_zh, "name", "holder_zh", (21.0, 16.0, 11.0), _LOW + 122)
    yield from block("授予机关", snapshot.issuer_zh, "text", "issuer_zh", (15.0, 12.0, 10.0), _LOW + 66)
    day = snapshot.recognised_on or snapshot.granted_on
    yield Engraved("授予日期", chinese_date(day).partition("月")[0] + "月", "text", 15.0, _LOW + 40)


def _heading(snapshot: Snapshot) -> Iterator[Mark]:
    yield Text(MIDDLE, 778, "铜牌文字稿", "name", 26, align="centre", spacing=5)
    yield Text(MIDDLE, 757, "TEXT SHEET FOR THE MAKER OF A PLAQUE", "latin", 9, BROWN, "centre", 1.2)
    yield Box(MIDDLE - 116, 718, 232, 25, colour=RED, width=1.1)
    yield Text(MIDDLE - 66, 726, "不是证书", "name", 13.5, RED, "centre", 1.5)
    yield Text(MIDDLE + 42, 726, "NOT A CERTIFICATE", "latin", 12, RED, "centre", 0.6)
    if snapshot.demo:
        yield Box(WIDTH - 122, 772, 62, 22, colour=RED, width=0.9)
        yield Text(WIDTH - 91, 778.5, "样  张", "name", 13, RED, "centre")


def _plaque(lines: list[Engraved]) -> Iterator[Mark]:
    yield Box(_LEFT, _LOW, _ACROSS, _UP, colour=GOLD, width=1.4, fill=PALE_GOLD)
    yield Box(_LEFT + 9, _LOW + 9, _ACROSS - 18, _UP - 18, colour=GOLD, width=0.5)
    for x in (_LEFT + 19, _LEFT + _ACROSS - 19):
        for y in (_LOW + 19, _LOW + _UP - 19):
            yield Circle((x, y), 4.2, colour=BROWN, width=0.7)
    for line in lines:
        colour = RED if line.what == "称号" else INK
        yield Text(_LEFT + _ACROSS / 2, line.y, line.text, line.face, line.size, colour, "centre")


def _measures() -> Iterator[Mark]:
    """Dimension lines: the whole width below, the whole height to the right, screw holes from the edge."""
    right, top = _LEFT + _ACROSS, _LOW + _UP
    yield from _dimension((_LEFT, _LOW - 18), (right, _LOW - 18), f"{ACROSS_MM} mm")
    yield from _dimension((right + 18, _LOW), (right + 18, top), f"{UP_MM} mm")
    for x in (_LEFT, right):
        yield Line((x, _LOW - 4), (x, _LOW - 24), colour=INK, width=0.4)
    for y in (_LOW, top):
        yield Line((right + 4, y), (right + 24, y), colour=INK, width=0.4)


def _dimension(start: tuple[float, float], end: tuple[float, float], words: str) -> Iterator[Mark]:
    """A line with an arrow head at both ends, its measure beside it."""
    yield Line(start, end, colour=INK, width=0.5)
    upright = start[0] == end[0]
    for (x, y), way in ((start, 1.0), (end, -1.0)):
        side = (
            ((x - 1.6, y + 6 * way), (x + 1.6, y + 6 * way))
            if upright
            else ((x + 6 * way, y - 1.6), (x + 6 * way, y + 1.6))
        )
        yield Polygon(((x, y), *side), colour=INK)
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    if upright:
        yield Text(x + 12, y, words, "latin", 9.5, align="centre", turned=90)
    else:
        yield Text(x, y - 13, words, "latin", 9.5, align="centre")


_COLUMNS = (66.0, 130.0, 400.0, 468.0)
_FACES = {"title": "宋体（特粗）", "name": "楷体（粗）", "text": "楷体"}


def _table(lines: list[Engraved], measure: Measure) -> Iterator[Mark]:
    """Every line with its letter height and place, so that the maker need not measure the drawing."""
    y = 338.0
    for x, words in zip(_COLUMNS, ("内容", "文字", "字高 mm", "基线距下边 mm"), strict=True):
        yield Text(x, y, words, "text", 9.5, BROWN)
    yield Line((60, y - 6), (WIDTH - 60, y - 6), colour=GOLD, width=0.7)
    for line in lines:
        y -= 22
        size = 10.5 * min(1.0, 262 / mixed_width(line.text, 10.5, measure))
        yield from mixed(_COLUMNS[0], y, line.what, 10.5, measure)
        yield from mixed(_COLUMNS[1], y, line.text, size, measure)
        yield Text(_COLUMNS[2], y, str(line.letters_mm), "latin", 10.5)
        yield Text(_COLUMNS[3], y, str(line.from_below_mm), "latin", 10.5)
        yield Line((60, y - 7), (WIDTH - 60, y - 7), colour=PALE_GOLD, width=0.5)
    faces = "、".join(f"{what}：{_FACES[face]}" for what, face in dict.fromkeys((one.what, one.face) for one in lines))
    yield from mixed(60, y - 26, f"字体——{faces}。", 9.5, measure)


def _notes(snapshot: Snapshot, measure: Measure) -> Iterator[Mark]:
    notes = [
        f"所依据的证书：{snapshot.number}（第 {snapshot.version} 版），统一社会信用代码 {snapshot.uscc}。",
        "尺寸、安装孔和字高为建议值，材质与工艺由授予机关与制作单位约定；文字须逐字核对后付印。",
        "本页只供铜牌制作单位排字使用，不带印章、签名和核验码，不能证明持有称号；称号以证书和公布文件为准。",
    ]
    if snapshot.demo:
        notes.append("样张 SPECIMEN：由软件为演示自动生成，授予机关为虚构，不得据以制牌。")
    for place, note in enumerate(notes):
        size = 9.2 * min(1.0, 475 / mixed_width(note, 9.2, measure))
        yield from mixed(60, 112 - place * 16, note, size, measure)
