"""Bounded XML over the standard library's expat: no document types, no deep nesting, no endless tokens."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from xml.parsers import expat

from criteria.workbook.faults import Refused
from criteria.workbook.gate import Archive

MAX_DEPTH = 64
MAX_ELEMENTS = 200_000
MAX_TOKEN = 2 * 1024 * 1024  # expat before 2.6 scans an unfinished token again with each piece

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)
STRICT = "http://purl.oclc.org/ooxml/"

Attributes = Mapping[str, str]
OnStart = Callable[[str, Attributes], None]
OnEnd = Callable[[str], None]
OnText = Callable[[str], None]


class Sift(Protocol):
    """Takes elements that are written in the plainest form out of a part before expat sees them: ten times faster.

    What it takes is well-formed by its own strict pattern, so leaving it out changes nothing for what stands around
    it. Everything else goes to expat.
    """

    opening: str  # how such an element begins
    prefixes: set[str]  # namespace prefixes in force, kept up to date by the feed

    def is_open(self) -> bool:
        """Whether expat stands where such elements may come and unprefixed names mean what they should."""

    def take(self, text: str, at: int) -> int:
        """Take plain elements from there on; the position behind the last one taken."""


@dataclass(slots=True)
class Element:
    """One element of a small part: local name, name of its parent, attributes by local name, direct text."""

    name: str
    parent: str
    attributes: dict[str, str]
    text: list[str] = field(default_factory=list)


def parse(
    archive: Archive, part: str, on_start: OnStart, on_end: OnEnd, on_text: OnText, sift: Sift | None = None
) -> None:
    """Run a part through expat; names arrive as `namespace local`. Refuses DTDs, depth, long tokens, broken XML."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = on_text
    parser.StartDoctypeDeclHandler = _refuser(part)
    try:
        _Feed(parser, part, sift).run(archive.chunks(part))
    except (expat.ExpatError, UnicodeError, LookupError, ValueError) as error:
        raise Refused("damaged", reason=f"{part}: {error}") from error


def elements(archive: Archive, part: str, *wanted: str) -> list[Element]:
    """Elements of those local names in a small part, in the order in which they end. Refused above 200,000 in all."""
    found: list[Element] = []
    each_element(archive, part, wanted, found.append)
    return found


def each_element(archive: Archive, part: str, wanted: Iterable[str], take: Callable[[Element], None]) -> None:
    """As `elements`, one after the other, for parts of which little is kept."""
    collector = _Collector(part, frozenset(wanted), take)
    parse(archive, part, collector.start, collector.end, collector.add)


class _Collector:
    """Hands on the wanted elements; of all others it keeps only the names of the open ones."""

    def __init__(self, part: str, wanted: frozenset[str], take: Callable[[Element], None]) -> None:
        self.part, self.wanted, self.take, self.seen = part, wanted, take, 0
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
            self.take(self.open.pop())

    def add(self, text: str) -> None:
        if self.names[-1] in self.wanted:
            self.open[-1].text.append(text)


def check_depth(depth: int, part: str) -> None:
    """Refuse nesting that no workbook has."""
    if depth > MAX_DEPTH:
        raise Refused("damaged", reason=f"{part}: nesting")


class _Feed:
    """Gives the pieces of a part to expat, and first to the sift where that is allowed."""

    def __init__(self, parser: expat.XMLParserType, part: str, sift: Sift | None) -> None:
        self.parser, self.part, self.sift = parser, part, sift
        self.fed = 0
        self.spaces: list[str] = []  # default namespaces in force, innermost last
        self.is_verbatim = False

    def run(self, pieces: Iterator[bytes]) -> None:
        first = next(pieces, b"")
        _check_encoding(first, self.part)
        if self.sift is None or not _is_plain_utf8(first):
            self.give(first)
            for piece in pieces:
                self.give(piece)
        else:
            self.watch()
            self.run_sifted(first, pieces, self.sift)
        self.parser.Parse(b"", True)

    def give(self, piece: bytes) -> None:
        self.parser.Parse(piece, False)
        self.fed += len(piece)
        if self.fed - self.parser.CurrentByteIndex > MAX_TOKEN:
            raise Refused("damaged", reason=f"{self.part}: endless token")

    def watch(self) -> None:
        """Follow what decides whether the sift may take anything: default namespace and verbatim sections."""
        self.parser.StartNamespaceDeclHandler = self.enter_space
        self.parser.EndNamespaceDeclHandler = self.leave_space
        self.parser.StartCdataSectionHandler = lambda: setattr(self, "is_verbatim", True)
        self.parser.EndCdataSectionHandler = lambda: setattr(self, "is_verbatim", False)

    def enter_space(self, prefix: str | None, name: str) -> None:
        if prefix is None:
            self.spaces.append(name or "")
        elif self.sift is not None:
            self.sift.prefixes.add(prefix)

    def leave_space(self, prefix: str | None) -> None:
        if prefix is None:
            self.spaces.pop()
        elif self.sift is not None:
            self.sift.prefixes.discard(prefix)

    def run_sifted(self, rest: bytes, pieces: Iterator[bytes], sift: Sift) -> None:
        opening = sift.opening.encode()
        for piece in pieces:
            rest += piece
            cut = rest.rfind(opening)
            if cut > 0:
                self.give_sifted(rest[:cut], sift)
                rest = rest[cut:]
            elif len(rest) > MAX_TOKEN:
                self.give(rest)
                rest = b""
        self.give_sifted(rest, sift)

    def give_sifted(self, block: bytes, sift: Sift) -> None:
        try:
            text = block.decode()
        except UnicodeDecodeError:
            self.give(block)  # expat says where it breaks
            return
        at = 0
        while at < len(text):
            if self.is_open(sift) and (after := sift.take(text, at)) > at:
                at = after
            else:
                end = text.find(sift.opening, at + 1)
                end = len(text) if end < 0 else end
                self.give(text[at:end].encode())
                at = end

    def is_open(self, sift: Sift) -> bool:
        """Between two elements, no token half read, no section in which a bracket is only a sign."""
        between = self.parser.CurrentByteIndex == self.fed and not self.is_verbatim
        return between and self.spaces[-1:] == [MAIN] and sift.is_open()


def _is_plain_utf8(start: bytes) -> bool:
    """Whether the sift reads the part as expat does."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\x00", b"\x00<")):
        return False
    declared = _ENCODING.search(start[:200].partition(b"?>")[0])
    return declared is None or declared[1].lower() in (b"utf-8", b"utf8")


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
