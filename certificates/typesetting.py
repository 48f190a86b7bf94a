"""Setting of lines: dates in words, breaks where they should be, the two faces of a mixed line, fitting sizes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import accumulate

from certificates.drawing import Covers, Measure, Text

_DIGITS = "〇一二三四五六七八九"
_NOT_AT_START = set("，。、；：？！》）】”’%％")
_NOT_AT_END = set("《（【“‘")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_CJK = 0x2E80
_WORD = re.compile(
    r"《[^》]{1,30}》[，。、；：）,.;:)]*\s*|[《（]?[\u2e80-\U0003ffff][，。、；：》）,.;:)]*\s*|[^\s\u2e80-\U0003ffff]+\s*"
)


def chinese_date(day: date) -> str:
    """The day in Chinese numerals as printed under a deed: 二〇二六年十二月一日."""
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_below_hundred(day.month)}月{_below_hundred(day.day)}日"


def _below_hundred(number: int) -> str:
    tens, ones = divmod(number, 10)
    lead = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return lead + (_DIGITS[ones] if ones else "")


def plain_date(day: date) -> str:
    """The day in figures: 2026 年 12 月 1 日."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def wrapped(text: str, *, width: float, measure: Callable[[str], float], ends: str = "") -> list[str]:
    """Lines of about equal length, none wider than `width`, broken at punctuation where some is near.

    `ends`: characters with which words of a name end; a break after one reads well, none is made before one.
    The width of a text is taken as the sum of its characters' widths, as `measure` tells them.
    """
    lines, rest = [], text
    one = {character: measure(character) for character in set(text)}
    while (total := sum(one[character] for character in rest)) > width:
        share = total / -(-total * 1.1 // width)
        spans = list(accumulate(one[character] for character in rest))
        fitting = [cut for cut in range(1, len(rest)) if spans[cut - 1] <= width] or [1]
        cuts = [cut for cut in fitting if not _is_forbidden(rest, cut) and rest[cut] not in ends] or fitting[-1:]
        pauses = {cut for cut in cuts if _is_pause(rest, cut) or rest[cut - 1] in ends}
        offs = {cut: abs(spans[cut - 1] - share) + (0 if cut in pauses else 0.2 * share) for cut in cuts}
        cut = min(cuts, key=offs.__getitem__)
        lines.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*lines, rest]


def _is_pause(text: str, cut: int) -> bool:
    return text[cut - 1] in _NOT_AT_START or text[cut] in _NOT_AT_END


def _is_forbidden(text: str, cut: int) -> bool:
    return text[cut] in _NOT_AT_START or text[cut - 1] in _NOT_AT_END or _inside_word(text, cut)


def _inside_word(text: str, cut: int) -> bool:
    return text[cut - 1].isascii() and text[cut].isascii() and text[cut - 1].isalnum() and text[cut].isalnum()


def runs(text: str) -> Iterator[tuple[str, str]]:
    """The text cut into (face, part): ASCII in the serif, everything else in the kai face."""
    face, part = "text", ""
    for character in text:
        wanted = face if character == " " else "latin" if character.isascii() else "text"
        if wanted != face and part:
            yield face, part
            part = ""
        face, part = wanted, part + character
    if part:
        yield face, part


def mixed_width(text: str, size: float, measure: Measure) -> float:
    """Width of a line in both faces, in points."""
    return sum(measure(part, face, size) for face, part in runs(text))


def mixed(x: float, y: float, text: str, size: float, measure: Measure, *, centred: bool = False) -> Iterator[Text]:
    """One line in both faces, from `x` or centred on it."""
    at = x - mixed_width(text, size, measure) / 2 if centred else x
    for face, part in runs(text):
        yield Text(at, y, part, face, size)
        at += measure(part, face, size)


def fitted(text: str, face: str, size: float, width: float, measure: Measure) -> float:
    """The size at which the text is at most `width` points wide, `size` at most."""
    return min(size, size * width / max(measure(text, face, size), 1.0))


def english_date(day: date) -> str:
    """The day as written in British English: 1 December 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def western_runs(text: str, covers: Covers) -> Iterator[tuple[str, str]]:
    """The text cut into (face, part): what the serif has below the CJK blocks in the serif, everything else in kai."""
    face, part = "latin", ""
    for character in text:
        is_western = character.isascii() or (ord(character) < _CJK and covers("latin", character))
        wanted = face if character == " " else "latin" if is_western else "text"
        if wanted != face and part:
            yield face, part
            part = ""
        face, part = wanted, part + character
    if part:
        yield face, part


def wrapped_words(text: str, *, width: float, measure: Callable[[str], float]) -> list[str]:
    """Lines of about equal length, broken between words and between Chinese characters.

    A single word wider than `width` stays whole: who asks for the lines looks at their width.
    """
    words = _WORD.findall(text)
    widths = [measure(word) for word in words]
    most = len(_filled(words, widths, width))
    low, high = width / 2, width
    for _round in range(12):
        middle = (low + high) / 2
        low, high = (low, middle) if len(_filled(words, widths, middle)) <= most else (middle, high)
    return _filled(words, widths, high)


def _filled(words: list[str], widths: list[float], width: float) -> list[str]:
    lines, room = [""], width
    for word, wide in zip(words, widths, strict=True):
        if lines[-1] and wide > room:
            lines, room = [*lines, ""], width
        lines[-1] += word
        room -= wide
    return [line.strip() for line in lines]
