"""Layout `centre-1`, the first one: A4 landscape, title in red, seal over issuer and date.

Not to be changed: certificates issued under it are rendered again and must come out equal to the byte.
"""

from __future__ import annotations

from collections.abc import Iterator

from certificates.codes import grouped
from certificates.drawing import BROWN, GOLD, INK, PAPER, RED, Box, Code, Covers, Line, Mark, Measure, Placed, Text
from certificates.ornament import corner, divider, rosette, round_seal, woven_band
from certificates.pages import HEIGHT, WIDTH, Layout
from certificates.snapshot import Fault, Snapshot, SnapshotRefused
from certificates.typesetting import chinese_date, fitted, mixed, mixed_width, plain_date, wrapped
from certificates.wording import Wording

MIDDLE = WIDTH / 2
_SEAL = Placed(601, 82, 108)
_NAME_SIZES = (31.0, 18.0)
_NAME_WIDTH = 560.0


def statement(snapshot: Snapshot) -> str:
    """The sentence of the deed, from programme, ground and batch."""
    return (
        f"经专家评审、综合评价并向社会公示，你单位技术中心符合《{snapshot.ground_zh}》规定的认定条件，"
        f"现认定为{snapshot.programme_zh}（{snapshot.batch_zh}）。"
    )


def _frame() -> Iterator[Mark]:
    yield Box(0, 0, WIDTH, HEIGHT, fill=PAPER)
    for inset, width in ((16, 2.2), (21, 0.5), (45.5, 0.5), (49, 1.3)):
        yield Box(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset, width=width)


def _artwork() -> Iterator[Mark]:
    yield from _frame()
    edge, near, half = 33.2, 21.0, 9.6
    run = edge + 12.2
    for y in (edge, HEIGHT - edge):
        yield woven_band((run, y), (WIDTH - run, y), half=half, period=14.2)
    for x in (edge, WIDTH - edge):
        yield woven_band((x, run), (x, HEIGHT - run), half=half, period=14.2)
    for x in (edge, WIDTH - edge):
        for y in (edge, HEIGHT - edge):
            yield from corner((x, y), edge - near)
    yield from rosette((MIDDLE, 306), 172, petals=48)


def _heading(snapshot: Snapshot, measure: Measure, covers: Covers) -> Iterator[Mark]:
    face = "title" if covers("title", snapshot.programme_zh) else "name"
    spacing = 5.5
    size = fitted(snapshot.programme_zh, face, 45.0, 540 - spacing * len(snapshot.programme_zh), measure)
    yield Text(MIDDLE, 468, snapshot.programme_zh, face, size, RED, "centre", spacing)
    yield Text(MIDDLE, 429, "认定证书", "latin", 25, INK, "centre", 17)
    english = f"CERTIFICATE OF {snapshot.programme_en.upper()}"
    yield Text(MIDDLE, 406, english, "latin", fitted(english, "latin", 9.6, 350, measure), GOLD, "centre", 1.5)
    yield from divider((MIDDLE, 391), 150)


def _holder(snapshot: Snapshot, measure: Measure) -> Iterator[Mark]:
    largest, smallest = _NAME_SIZES
    size = fitted(snapshot.holder_zh, "name", largest, _NAME_WIDTH, measure)
    lines = [snapshot.holder_zh]
    if size < smallest:
        lines = wrapped(snapshot.holder_zh, width=_NAME_WIDTH, measure=lambda text: measure(text, "name", smallest))
        size = smallest
    if len(lines) > 2:
        too_long = Wording("名称过长，两行仍排不下", "too long for two lines at the smallest size")
        raise SnapshotRefused((Fault("holder_zh", too_long),))
    for place, line in enumerate(reversed(lines)):
        yield Text(MIDDLE, 341 + place * size * 1.16, line, "name", size, align="centre")
    yield Line((MIDDLE - 285, 330), (MIDDLE + 285, 330), colour=INK, width=0.7)
    if snapshot.holder_en:
        size = fitted(snapshot.holder_en, "latin", 9.5, 520, measure)
        yield Text(MIDDLE, 316, snapshot.holder_en, "latin", size, BROWN, "centre")


def _statement(snapshot: Snapshot, measure: Measure) -> Iterator[Mark]:
    size = 17.5
    lines = wrapped(statement(snapshot), width=560, measure=lambda text: mixed_width(text, size, measure))
    for place, line in enumerate(lines):
        yield from mixed(MIDDLE, 284 - place * 27.5, line, size, measure, centred=True)


def _fields(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    yield "证书编号", snapshot.number if snapshot.version == 1 else f"{snapshot.number}（第 {snapshot.version} 版）"
    yield "统一社会信用代码", snapshot.uscc
    if snapshot.centre_name:
        yield "技术中心名称", snapshot.centre_name
    if snapshot.announcement:
        yield "认定文号", snapshot.announcement
    yield "有效期", f"{plain_date(snapshot.valid_from)} 至 {plain_date(snapshot.valid_until)}"


def _particulars(snapshot: Snapshot, measure: Measure) -> Iterator[Mark]:
    fields = list(_fields(snapshot))
    for place, (label, value) in enumerate(fields):
        y = 170 - place * 19.6
        size = 11.6 * min(1.0, 290 / mixed_width(value, 11.6, measure))
        yield Text(200, y, label, "text", 11.2, BROWN)
        yield from mixed(296, y, value, size, measure)


def _verification(snapshot: Snapshot) -> Iterator[Mark]:
    x, side = 88.0, 90.7
    yield Code(x, 103, side, snapshot.url)
    yield Text(x + side / 2, 90.5, "扫码核验真伪", "text", 8.4, BROWN, "centre")
    code = grouped(snapshot.code)
    for place, line in enumerate((code[:20].rstrip("-"), code[20:])):
        yield Text(x + side / 2, 80.5 - place * 8.6, line, "latin", 7.0, BROWN, "centre")


def _issuer(snapshot: Snapshot, measure: Measure) -> Iterator[Mark]:
    x = _SEAL.x + _SEAL.side / 2
    size = fitted(snapshot.issuer_zh, "text", 16, 230, measure)
    yield Text(x, 140, snapshot.issuer_zh, "text", size, align="centre")
    yield Text(x, 115, chinese_date(snapshot.granted_on), "text", 14.5, align="centre", spacing=0.8)


def _foot(snapshot: Snapshot) -> Iterator[Mark]:
    yield Text(MIDDLE, 66.5, f"电子证照标识 {snapshot.identifier}", "text", 7.2, BROWN, "centre")
    if snapshot.demo:
        yield Box(MIDDLE + 284, 478, 66, 24, colour=RED, width=0.9)
        yield Text(MIDDLE + 317, 484.5, "样  张", "name", 15, RED, "centre")
        warning = "样张 SPECIMEN：由软件为演示自动生成，发证机关为虚构，不具法律效力"
        yield Text(MIDDLE, 56, warning, "text", 7.2, RED, "centre")


def _page(snapshot: Snapshot, measure: Measure, covers: Covers) -> Iterator[Mark]:
    yield from _heading(snapshot, measure, covers)
    yield from _holder(snapshot, measure)
    yield from _statement(snapshot, measure)
    yield from _verification(snapshot)
    yield from _particulars(snapshot, measure)
    yield from _issuer(snapshot, measure)
    yield from _foot(snapshot)


def _seal(issuer: str, demo: bool, covers: Covers) -> Iterator[Mark]:
    below = "示例·认定专用章" if demo else "认定专用章"
    face = "title" if covers("title", issuer + below) else "name"
    yield from round_seal(side=_SEAL.side, around=issuer, below=below, face=face)


CENTRE_1 = Layout(_artwork, _page, _seal, _SEAL)
