"""Bounded XML over the standard library's expat: no document types, no deep nesting, no endless tokens."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from criteria.workbook.faults import Refused
from criteria.workbook.gate import Archive

MAX_DEPTH = 64
MAX_ELEMENTS = 200_000
MAX_TOKEN = 2 * 1024 * 1024  # expat before 2.6 scans an unfinished token again with each piece

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/"

Attributes = Mapping[str, str]
OnStart = Callable[[str, Attributes], None]
OnEnd = Callable[[str], None]
OnText = Callable[[str], None]


@dataclass(slots=True)
class Element:
    """One element of a small part: local name, name of its parent, attributes by local name, direct text."""

    name: str
    parent: str
    attributes: dict[str, str]
    text: list[str] = field(default_factory=list)


def parse(archive: Archive, part: str, on_start: OnStart, on_end: OnEnd, on_text: OnText) -> None:
    """Run a part through expat; names arrive as `namespace local`. Refuses DTDs, depth, long tokens, broken XML."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = on_text
    parser.StartDoctypeDeclHandler = _refuser(part)
    try:
        _feed(parser, archive, part)
    except (expat.ExpatError, UnicodeError, LookupError, ValueError) as error:
        raise Refused("damaged", reason=f"{part}: {error}") from error


def elements(archive: Archive, part: str, *wanted: str) -> list[Element]:
    """Elements of those local names in a small part, in the order in which they end. Refused above 200,000 in all."""
    collector = _Collector(part, frozenset(wanted))
    parse(archive, part, collector.start, collector.end, collector.add)
    return collector.found


class _Collector:
    """Keeps the wanted elements; of all others only the names of the open ones."""

    def __init__(self, part: str, wanted: frozenset[str]) -> None:
        self.part, self.wanted, self.seen = part, wanted, 0
        self.found: list[Element] = []
        self.names: list[str] = []
        self.open: list[Element] = []

    def start(self, name: str, attributes: Attributes) -> None:
        self.seen += 1
        if self.seen > MAX_ELEMENTS:
            raise Refused("too_many_elements", part=self.part, limit=MAX_ELEMENTS)
        name = name.rpartition(" ")[2]
        if name in self.wanted:
            local = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
            self.open.append(Element(name, self.names[-1] if self.names else "", local))
        self.names.append(name)
        check_depth(len(self.names), self.part)

    def end(self, _name: str) -> None:
        if self.names.pop() in self.wanted:
            self.found.append(self.open.pop())

    def add(self, text: str) -> None:
        if self.names[-1] in self.wanted:
            self.open[-1].text.append(text)


def check_depth(depth: int, part: str) -> None:
    """Refuse nesting that no workbook has."""
    if depth > MAX_DEPTH:
        raise Refused("damaged", reason=f"{part}: nesting")


def _feed(parser: expat.XMLParserType, archive: Archive, part: str) -> None:
    fed = 0
    for piece in archive.chunks(part):
        if fed == 0:
            _check_encoding(piece, part)
        parser.Parse(piece, False)
        fed += len(piece)
        if fed - parser.CurrentByteIndex > MAX_TOKEN:
            raise Refused("damaged", reason=f"{part}: endless token")
    parser.Parse(b"", True)


def _check_encoding(start: bytes, part: str) -> None:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\x00", b"\x00<")):
        return  # expat reads UTF-16 by itself
    declaration = start[:200].partition(b"?>")[0].lower()
    if b"encoding" in declaration and not any(name in declaration for name in (b"utf-8", b"utf8", b"us-ascii")):
        raise Refused("damaged", reason=f"{part}: not UTF-8")


def _refuser(part: str) -> Callable[..., None]:
    def refuse(*_: object) -> None:
        raise Refused("dtd", part=part)

    return refuse
