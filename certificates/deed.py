"""The page of a design: A4 landscape, in Chinese and as English edition, every text fitted to its place or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from certificates.codes import grouped
from certificates.deed_words import Row, is_chinese, rows_of, sentence
from certificates.designs import Design, Ornament
from certificates.drawing import INK, PAPER, RED, Box, Code, Colour, Covers, Line, Mark, Measure, Placed, Text
from certificates.occasions import OCCASIONS
from certificates.ornament import corner, divider, fret_band, rosette, round_seal, scale_band, woven_band
from certificates.pages import HEIGHT, WIDTH, Layout
from certificates.snapshot import Fault, Snapshot, SnapshotRefused
from certificates.typesetting import (
    chinese_date,
    english_date,
    fitted,
    mixed_width,
    runs,
    western_runs,
    wrapped,
    wrapped_words,
)
from certificates.wording import Wording

MIDDLE = WIDTH / 2
CENTRE = "企业技术中心"
LONG_TITLE = 20  # characters; set in one line they would be no larger than the sentence
LEAST_ENGLISH = 5.0
ENDS = "区市县会司部局委）"  # with which names of bodies, and words in them, end
_SEAL = Placed(608, 80, 108)
_BANDS = {"woven": woven_band, "fret": fret_band, "rings": scale_band}
_TOO_LONG = Wording("过长，缩至最小字号仍排不下", "too long even at the smallest size")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page being set: what it says, for which design, and the means to measure and choose faces."""

    snapshot: Snapshot
    design: Design
    measure: Measure
    covers: Covers
    english: bool = False

    @property
    def small(self) -> Colour:
        """The colour of labels and small print."""
        return self.design.ornament.small

    def said(self, wording: Wording) -> str:
        """The text in the language of the page."""
        return wording.en if self.english else wording.zh

    def runs(self, text: str) -> Iterator[tuple[str, str]]:
        """The faces of a line in the language of the page."""
        return western_runs(text, self.covers) if self.english else runs(text)

    def wide(self, text: str, size: float) -> float:
        """The width of a line in both faces."""
        if not self.english:
            return mixed_width(text, size, self.measure)
        return sum(self.measure(part, face, size) for face, part in self.runs(text))

    def line(
        self, x: float, y: float, text: str, size: float, colour: Colour = INK, *, centred: bool = False
    ) -> Iterator[Text]:
        """One line in both faces, from `x` or centred on it."""
        at = x - self.wide(text, size) / 2 if centred else x
        for face, part in self.runs(text):
            yield Text(at, y, part, face, size, colour)
            at += self.measure(part, face, size)


def layout(design: Design) -> Layout:
    """The layout of a design, with its English edition."""

    def page(snapshot: Snapshot, measure: Measure, covers: Covers) -> Iterator[Mark]:
        return _page(Sheet(snapshot, design, measure, covers))

    def english(snapshot: Snapshot, measure: Measure, covers: Covers) -> Iterator[Mark]:
        return _english_page(Sheet(snapshot, design, measure, covers, english=True))

    return Layout(
        artwork=lambda: _artwork(design.ornament),
        page=page,
        seal=_seal,
        seal_at=_SEAL,
        english=english,
        occasions=frozenset(OCCASIONS),
        needs=design.needs,
    )


def _artwork(ornament: Ornament) -> Iterator[Mark]:
    yield Box(0, 0, WIDTH, HEIGHT, fill=PAPER)
    for inset, width in ((16, 2.2), (21, 0.5), (45.5, 0.5), (49, 1.3)):
        yield Box(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset, ornament.frame, width)
    edge, near, half = 33.2, 21.0, 9.6 if ornament.border == "woven" else 7.6
    run = edge + 12.2 if ornament.border == "woven" else edge + 15.4
    band = _BANDS[ornament.border]
    for y in (edge, HEIGHT - edge):
        yield band((run, y), (WIDTH - run, y), half=half, period=ornament.period, colour=ornament.frame)
    for x in (edge, WIDTH - edge):
        yield band((x, run), (x, HEIGHT - run), half=half, period=ornament.period, colour=ornament.frame)
    for x in (edge, WIDTH - edge):
        for y in (edge, HEIGHT - edge):
            yield from corner((x, y), edge - near, colour=ornament.frame)
    places = ((MIDDLE - 92, 132.0), (MIDDLE + 92, 132.0)) if ornament.twin else ((MIDDLE, 172.0),)
    for x, radius in places:
        yield from rosette((x, 306), radius, petals=ornament.petals, colour=ornament.pale)


def _seal(issuer: str, demo: bool, covers: Covers) -> Iterator[Mark]:
    below = "示例·认定专用章" if demo else "认定专用章"
    face = "title" if covers("title", issuer + below) else "name"
    yield from round_seal(side=_SEAL.side, around=issuer, below=below, face=face)


def set_lines(
    text: str,
    name: str,
    *,
    width: float,
    sizes: tuple[float, float, float],
    most: int,
    measure: Callable[[str, float], float],
    ends: str = "",
) -> tuple[float, list[str]]:
    """The largest size at which the text fits into one line, else into two, up to `most`.

    `sizes` are the largest, the largest for several lines, and the smallest, which any line may have. SnapshotRefused
    names the field `name` when it does not fit at the smallest size. `ends` as `wrapped` takes it.
    """
    largest, several, smallest = sizes
    wrap = partial(wrapped, ends=ends) if is_chinese(text) else wrapped_words
    size = min(largest, largest * width / max(measure(text, largest), 1.0))
    if size >= smallest:
        return size, [text]
    for count in range(2, most + 1):
        for step in range(5):
            size = several - (several - smallest) * step / 4
            lines = wrap(text, width=width, measure=_at_size(measure, size))
            if len(lines) <= count and all(measure(line, size) <= width for line in lines):
                return size, lines
    raise SnapshotRefused((Fault(name, _TOO_LONG),))


def _at_size(measure: Callable[[str, float], float], size: float) -> Callable[[str], float]:
    return lambda part: measure(part, size)


def _page(sheet: Sheet) -> Iterator[Mark]:
    yield from _heading(sheet)
    yield from _holder(sheet)
    yield from _statement(sheet, sizes=(17.5, 11.5), leading=1.57)
    yield from _verification(sheet, "扫码核验真伪")
    yield from _particulars(sheet, label_width=96)
    yield from _issuer(sheet)
    yield from _foot(sheet)


def _heading(sheet: Sheet) -> Iterator[Mark]:
    snapshot = sheet.snapshot
    face = "title" if sheet.covers("title", snapshot.programme_zh) else "name"
    yield from _title_of_body(sheet, face) if bears_long_name(sheet) else _title(sheet, face)
    yield Text(MIDDLE, 429, sheet.design.heading.zh, "latin", 25, INK, "centre", 17)
    yield from _title_in_english(sheet)
    yield from divider((MIDDLE, 391), 150, colour=sheet.design.ornament.frame)
    if snapshot.occasion:
        yield from _label(sheet, OCCASIONS[snapshot.occasion].word.zh)


def _title(sheet: Sheet, face: str) -> Iterator[Mark]:
    title, spacing = sheet.snapshot.programme_zh, 5.5
    size = fitted(title, face, 45.0, 520 - spacing * len(title), sheet.measure)
    yield Text(MIDDLE, 468, title, face, size, RED, "centre", spacing)


def bears_long_name(sheet: Sheet) -> bool:
    """Whether the title names a body at such length that one line would be small: `<body>企业技术中心`."""
    title = sheet.snapshot.programme_zh
    return sheet.design.names_body and title.endswith(CENTRE) and len(title) > LONG_TITLE


def _title_of_body(sheet: Sheet, face: str) -> Iterator[Mark]:
    """The body on a line, under it what it recognises."""
    body = sheet.snapshot.programme_zh.removesuffix(CENTRE)
    size = fitted(body, face, 24.0, 520 - 1.5 * len(body), sheet.measure)
    yield Text(MIDDLE, 484, body, face, size, RED, "centre", 1.5)
    yield Text(MIDDLE, 457, CENTRE, face, 23.0, RED, "centre", 5.5)


def _title_in_english(sheet: Sheet) -> Iterator[Mark]:
    """One line, or two where it would be too small to read."""
    text, colour = f"CERTIFICATE OF {sheet.snapshot.programme_en.upper()}", sheet.design.ornament.frame
    size = fitted(text, "latin", 9.6, 350, sheet.measure)
    if size >= LEAST_ENGLISH or not sheet.design.names_body:
        yield Text(MIDDLE, 406, text, "latin", size, colour, "centre", 1.5)
        return
    for place, line in enumerate(
        wrapped_words(text, width=380, measure=lambda part: sheet.measure(part, "latin", 6.4))
    ):
        small = fitted(line, "latin", 6.4, 380, sheet.measure)
        yield Text(MIDDLE, 411.5 - place * 9.0, line, "latin", small, colour, "centre", 0.8)


def _label(sheet: Sheet, text: str, below: str = "") -> Iterator[Mark]:
    """A boxed word at the upper left, across from the mark of a specimen."""
    colour = sheet.design.ornament.frame
    yield Box(MIDDLE - 350, 478, 66, 24, colour, 0.9)
    if below:
        yield Text(MIDDLE - 317, 491.5, text, "latin", 8.4, colour, "centre", 1.1)
        yield Text(MIDDLE - 317, 481.8, below, "latin", 8.4, colour, "centre", 1.1)
    else:
        yield Text(MIDDLE - 317, 484.5, f"{text[:1]}  {text[1:]}", "name", 15, colour, "centre")


def _holder(sheet: Sheet) -> Iterator[Mark]:
    snapshot = sheet.snapshot
    name_width = sheet.measure
    size, lines = set_lines(
        snapshot.holder_zh,
        "holder_zh",
        width=560,
        sizes=(31.0, 19.0, 16.5),
        most=2,
        measure=lambda text, size: name_width(text, "name", size),
    )
    for place, line in enumerate(lines, 1 - len(lines)):
        yield Text(MIDDLE, 341 - place * size * 1.16, line, "name", size, align="centre")
    yield from _rule(sheet, snapshot.holder_en, western=True)


def _rule(sheet: Sheet, below: str, *, western: bool) -> Iterator[Mark]:
    """The line under the holder's name, and the name in the other language under it."""
    yield Line((MIDDLE - 285, 330), (MIDDLE + 285, 330), colour=INK, width=0.7)
    if below:
        parts = list(western_runs(below, sheet.covers)) if western else [("text", below)]
        at_ten = sum(sheet.measure(part, face, 10) for face, part in parts)
        size = min(9.5 if western else 11.0, 5400 / at_ten)
        at = MIDDLE - at_ten * size / 20
        for face, part in parts:
            yield Text(at, 316, part, face, size, sheet.small)
            at += sheet.measure(part, face, size)


def _statement(sheet: Sheet, *, sizes: tuple[float, float], leading: float) -> Iterator[Mark]:
    """The sentence: four lines at most at the largest size, up to six smaller ones, between rule and particulars."""
    text = sentence(sheet.snapshot, sheet.design, english=sheet.english)
    ends = ENDS if bears_long_name(sheet) else ""
    top, room = 286.0, 80.0 if sheet.english else 83.0
    for step in range(13):
        size = sizes[0] - (sizes[0] - sizes[1]) * step / 12
        wrap = wrapped_words if sheet.english else partial(wrapped, ends=ends)
        lines = wrap(text, width=570, measure=_at_size(sheet.wide, size))
        fits = not sheet.english or all(sheet.wide(line, size) <= 570 for line in lines)  # a long word stays whole
        if fits and (len(lines) - 1) * size * leading <= room:
            for place, line in enumerate(lines):
                yield from sheet.line(MIDDLE, top - place * size * leading, line, size, centred=True)
            return
    raise SnapshotRefused((Fault("statement", _TOO_LONG),))


def _particulars(sheet: Sheet, *, label_width: float) -> Iterator[Mark]:
    rows: list[Row] = list(rows_of(sheet.snapshot, english=sheet.english))
    step = min(19.6, (80 if sheet.english else 90) / max(len(rows) - 1, 1))
    label_size, value_size = min(11.2, step * 0.72), min(11.6, step * 0.745)
    top = 170.0 if step == 19.6 else 174.0
    for place, (label, value) in enumerate(rows):
        y = top - place * step
        room = 352 - label_width
        size = min(value_size, value_size * room / sheet.wide(value, value_size))
        yield from sheet.line(200, y, label, label_size, sheet.small)
        yield from sheet.line(200 + label_width, y, value, size)


def _verification(sheet: Sheet, words: str) -> Iterator[Mark]:
    x, side = 88.0, 90.7
    yield Code(x, 103, side, sheet.snapshot.url)
    face = "latin" if sheet.english else "text"
    yield Text(x + side / 2, 90.5, words, face, 8.4, sheet.small, "centre")
    code = grouped(sheet.snapshot.code)
    for place, line in enumerate((code[:20].rstrip("-"), code[20:])):
        yield Text(x + side / 2, 80.5 - place * 8.6, line, "latin", 7.0, sheet.small, "centre")


def _issuer(sheet: Sheet) -> Iterator[Mark]:
    """Issuing body and date, centred under the seal."""
    x = _SEAL.x + _SEAL.side / 2
    snapshot = sheet.snapshot
    issuer, name = (snapshot.issuer_en, "issuer_en") if sheet.english else (snapshot.issuer_zh, "issuer_zh")
    ends = ENDS if sheet.design.names_body else ""
    sizes = (12.5, 11.0, 8.5) if sheet.english else (16.0, 12.5, 11.0)
    size, lines = set_lines(issuer, name, width=206, sizes=sizes, most=3, measure=sheet.wide, ends=ends)
    for place, line in enumerate(lines, 1 - len(lines)):
        yield from sheet.line(x, 137 - place * size * 1.25, line, size, centred=True)
    if sheet.english:
        yield from sheet.line(x, 111.5, english_date(snapshot.granted_on), 11.5, centred=True)
    else:
        yield Text(x, 115, chinese_date(snapshot.granted_on), "text", 14.5, align="centre", spacing=0.8)


def _foot(sheet: Sheet) -> Iterator[Mark]:
    snapshot = sheet.snapshot
    label = sheet.said(Wording("电子证照标识", "Electronic certificate identifier (GB/T 36904)"))
    yield from sheet.line(MIDDLE, 66.5, f"{label} {snapshot.identifier}", 7.2, sheet.small, centred=True)
    if snapshot.demo:
        yield Box(MIDDLE + 284, 478, 66, 24, colour=RED, width=0.9)
        if sheet.english:
            yield Text(MIDDLE + 317, 486.5, "SPECIMEN", "latin", 9.8, RED, "centre", 0.5)
        else:
            yield Text(MIDDLE + 317, 484.5, "样  张", "name", 15, RED, "centre")
        warning = Wording(
            "样张 SPECIMEN：由软件为演示自动生成，发证机关为虚构，不具法律效力",
            "SPECIMEN 样张 - made by software for demonstration; the issuing body is invented; without legal effect",
        )
        yield from sheet.line(MIDDLE, 56, sheet.said(warning), 7.2, RED, centred=True)


def _english_page(sheet: Sheet) -> Iterator[Mark]:
    yield from _english_heading(sheet)
    yield from _english_holder(sheet)
    yield from _statement(sheet, sizes=(14.6, 9.8), leading=1.5)
    yield from _verification(sheet, "Scan to verify")
    yield from _particulars(sheet, label_width=124)
    yield from _issuer(sheet)
    yield from _foot(sheet)
    note = "English edition – the Chinese text prevails（英文版，以中文文本为准）"
    yield from sheet.line(MIDDLE, 76.5, note, 8.0, sheet.small, centred=True)


def _english_heading(sheet: Sheet) -> Iterator[Mark]:
    snapshot, measure, frame = sheet.snapshot, sheet.measure, sheet.design.ornament.frame
    set_title = partial(
        set_lines, snapshot.programme_en, "programme_en", width=530, most=2,
        measure=lambda text, size: measure(text, "title", size),
    )  # fmt: skip
    try:
        size, lines = set_title(sizes=(29.0, 22.0, 17.0))
    except SnapshotRefused:
        if not sheet.design.names_body:
            raise
        size, lines = set_title(sizes=(17.0, 17.0, 13.0))
    start = 468.0 if len(lines) == 1 else 466.0
    for place, line in enumerate(lines, 1 - len(lines)):
        yield Text(MIDDLE, start - place * size * 1.12, line, "title", size, RED, "centre")
    heading = sheet.design.heading.en
    if snapshot.occasion:
        heading = f"{heading} ({OCCASIONS[snapshot.occasion].word.en})"
    yield Text(MIDDLE, 432, heading, "latin", 19, INK, "centre", 0.8)
    face = "latin" if sheet.covers("latin", snapshot.programme_zh) else "text"
    small = fitted(snapshot.programme_zh, face, 12.0, 320, measure)
    yield Text(MIDDLE, 407, snapshot.programme_zh, face, small, frame, "centre", 3)
    yield from divider((MIDDLE, 391), 150, colour=frame)
    yield from _label(sheet, "ENGLISH", "EDITION")


def _english_holder(sheet: Sheet) -> Iterator[Mark]:
    snapshot = sheet.snapshot
    if not snapshot.holder_en:
        yield from _holder(sheet)
        return
    size, lines = set_lines(
        snapshot.holder_en, "holder_en", width=560, sizes=(25.0, 16.5, 14.5), most=2, measure=sheet.wide
    )
    for place, line in enumerate(lines, 1 - len(lines)):
        yield from sheet.line(MIDDLE, 342 - place * size * 1.16, line, size, centred=True)
    yield from _rule(sheet, snapshot.holder_zh, western=False)
