"""Rows and shared strings in the plain form that office programs write them, taken by pattern instead of by expat.

The patterns allow less than XML does: attributes in one order, no comments, no foreign elements. What they do not
match goes to expat, so that they decide about speed and never about meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SIGN = r"[^<>&\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));")
_TEXT = rf"(?:{_SIGN}++|{_REFERENCE.pattern.replace('(amp', '(?:amp').replace('([', '(?:[')})*+"
_SPACE = r'(?: xml:space="(?:preserve|default)")?'
_ATTRIBUTES = r'(?: [a-zA-Z][a-zA-Z0-9]*(?::[a-zA-Z][a-zA-Z0-9]*)?="[^"<&\x00-\x1f]*")*+'
_ATTRIBUTE_NAME = re.compile(r' ([a-zA-Z0-9:]+)="')
_PREFIX = re.compile(r' ([a-zA-Z0-9]+):[a-zA-Z0-9]+="')
_CELLS = re.compile(
    r'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="([0-9]{1,9})")?'
    r'(?: t="s"><v>([0-9]{1,8})</v></c>'
    rf'|(?: t="(n|b|e|d|str)")?(?:/>|>(?:<v>({_TEXT})</v>|<v/>)?</c>)'
    rf'| t="inlineStr"(?:/>|>(?:<is><t{_SPACE}>({_TEXT})</t></is>)?</c>))'
    r"|([\s\S]+)"
)
_ROW = re.compile(rf'[ \t\n]*<row r="([0-9]{{1,7}})"({_ATTRIBUTES})(/?)>')
_ROW_END = "</row>"
_STRING = re.compile(rf"[ \t\n]*<si><t{_SPACE}>({_TEXT})</t></si>")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_UNSEEN_ROW = re.compile(r' hidden="(?!0"|false")| ht="[ .0]')

_KNOWN_SIGNS: dict[str, str] = {}  # a Chinese text written by references has few different ones
MAX_KNOWN_SIGNS = 10_000

PlainCell = tuple[str, str, str, str, str, str, str, str]
"""Letters and digits of the address, style, number of a shared string, kind, text of `v`, text of `is`, and last
whatever follows that is no plain cell; each empty where absent. A row is plain when nothing of that kind is left."""


class Unplain(Exception):
    """A text that only expat may judge."""


class PlainRows:
    """Finds plain rows; remembers which sets of attributes are harmless, for one sheet has few."""

    def __init__(self) -> None:
        self.harmless: dict[str, bool] = {}
        self.prefixes: set[str] = set()

    def rows(self, text: str, at: int) -> Iterator[tuple[int, str, list[PlainCell]]]:
        """Position behind the row, its number as written, its cells; ends before the first row that is not plain.

        Whether all cells are plain the caller sees from their last places.
        """
        while found := _ROW.match(text, at):
            number, attributes, closed = found.groups()
            start = found.end()
            end = start if closed else text.find(_ROW_END, start)
            if end < 0 or (attributes and not self.is_harmless(attributes)):
                return
            at = start if closed else end + len(_ROW_END)
            yield at, number, _CELLS.findall(text, start, end)

    def is_harmless(self, attributes: str) -> bool:
        """Whether no attribute hides the row, none stands twice and every prefix means something."""
        if ":" in attributes and not self.prefixes.issuperset(_PREFIX.findall(attributes)):
            return False
        known = self.harmless.get(attributes)
        if known is None:
            names = _ATTRIBUTE_NAME.findall(attributes)
            known = len(set(names)) == len(names) and "r" not in names and not _UNSEEN_ROW.search(attributes)
            if len(self.harmless) < 1000:
                self.harmless[attributes] = known
        return known


def plain_strings(text: str, at: int) -> Iterator[tuple[int, str]]:
    """Position behind a shared string of one piece, its text as written; ends before the first other one."""
    while found := _STRING.match(text, at):
        at = found.end()
        yield at, found[1]


def without_references(text: str) -> str:
    """Text with `&amp;` and `&#19968;` as the signs they stand for. Raises Unplain for a sign that XML forbids."""
    return _REFERENCE.sub(_referenced, text) if "&" in text else text


def _referenced(found: re.Match[str]) -> str:
    written = found[0]
    sign = _KNOWN_SIGNS.get(written)
    if sign is None:
        sign = _sign(found)
        if len(_KNOWN_SIGNS) < MAX_KNOWN_SIGNS:
            _KNOWN_SIGNS[written] = sign
    return sign


def _sign(found: re.Match[str]) -> str:
    if found[1]:
        return _ENTITIES[found[1]]
    number = int(found[2]) if found[2] else int(found[3], 16)
    is_allowed = 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number <= 0x10FFFF
    if not is_allowed and number not in (9, 10, 13):
        raise Unplain
    return chr(number)
