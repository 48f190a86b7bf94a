"""The parts of a workbook, found by their relations: sheets, names, shared strings, formats, properties."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass

from criteria.workbook.faults import Refused
from criteria.workbook.gate import Archive, open_archive
from criteria.workbook.markup import MAIN, STRICT, Attributes, Element, check_depth, each_element, elements, parse
from criteria.workbook.plain_markup import Unplain, plain_strings, without_references

MAX_SHEETS = 200
MAX_NAMES = 20_000
MAX_STYLES = 70_000
MAX_STRINGS = 1_000_000
MAX_STRING_CHARACTERS = 40_000_000

_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TYPES = "[Content_Types].xml"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: its name, its part, whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A defined name and the text of its reference."""

    name: str
    reference: str


@dataclass(frozen=True, slots=True)
class Book:
    """An opened workbook, its sheets still unread. `formats` gives `percent`, `date`, `text` or `number` by style."""

    archive: Archive
    sheets: tuple[Sheet, ...]
    names: tuple[DefinedName, ...]
    strings: tuple[str, ...]
    formats: tuple[str, ...]
    properties: dict[str, str]
    epoch_1904: bool
    has_links: bool

    def format_of(self, style: int) -> str:
        """Format class of a style index; `number` for an index that does not exist."""
        return self.formats[style] if 0 <= style < len(self.formats) else "number"


def open_book(content: bytes) -> Book:
    """Open the bytes of an upload through the gate. Raises Refused with the reason."""
    archive = open_archive(content)
    main, properties = _roots(archive)
    check_content_types(archive, main)
    check_contents(archive)
    related = _relations(archive, main)
    found = _main_elements(archive, main)
    by_kind = {kind: target for kind, target in related.values()}
    return Book(
        archive,
        tuple(_sheets(archive, found, related)),
        tuple(_names(found)),
        _strings(archive, by_kind.get("sharedStrings")),
        _formats(archive, by_kind.get("styles")),
        _properties(archive, properties),
        any(e.name == "workbookPr" and e.attributes.get("date1904") in ("1", "true") for e in found),
        any(name.startswith("xl/externallinks/") for name in archive.parts),
    )


def check_content_types(archive: Archive, main: str) -> None:
    """A plain .xlsx by its declared types: no macros, no binary, no other document."""
    types = {
        e.attributes.get("PartName", "").lower(): e.attributes.get("ContentType", "").lower() for e in _types(archive)
    }
    kind = types.get(f"/{main.lower()}", "")
    for sign, code in (("wordprocessing", "word_document"), ("presentation", "presentation"), ("sheet.binary", "xlsb")):
        if sign in kind:
            raise Refused(code)
    if any("macroenabled" in kind or "vbaproject" in kind or "macrosheet" in kind for kind in types.values()):
        raise Refused("macros")
    if not kind.endswith((".sheet.main+xml", ".template.main+xml")):
        raise Refused("damaged", reason=f"{main}: {kind or 'no content type'}")


def check_contents(archive: Archive) -> None:
    """No macros, embedded files, controls or data links, whatever the content types say."""
    for name in archive.parts:
        if "vbaproject" in name or "/macrosheets/" in name:
            raise Refused("macros")
        if "/embeddings/" in name or "/activex/" in name:
            raise Refused("embedded", part=name)
        if name.startswith("xl/externallinks/") and any(b"ddeLink" in piece for piece in archive.chunks(name)):
            raise Refused("embedded", part=name)


def decode_escapes(text: str) -> str:
    """`_x000D_` and the like as the sign they stand for."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def format_class(code: str) -> str:
    """Class of a number format code: `percent`, `date`, `text` or `number`."""
    bare = _QUOTED.sub("", code.partition(";")[0]).lower()
    if "%" in bare:
        return "percent"
    if bare.strip() == "@":
        return "text"
    return "date" if "general" not in bare and any(sign in bare for sign in "ymdhs") else "number"


def _types(archive: Archive) -> list[Element]:
    if not archive.has(_TYPES):
        raise Refused(_container_kind(archive))
    return elements(archive, _TYPES, "Override")


def _container_kind(archive: Archive) -> str:
    if archive.has("mimetype") and b"opendocument" in b"".join(archive.chunks("mimetype")):
        return "ods"
    return "archive"


def _roots(archive: Archive) -> tuple[str, str | None]:
    if not archive.has(_TYPES) or not archive.has("_rels/.rels"):
        raise Refused(_container_kind(archive))
    main = properties = None
    for relation in _relation_elements(archive, "_rels/.rels"):
        kind, target = relation.attributes.get("Type", ""), resolve("", relation.attributes.get("Target", ""))
        if kind.endswith("/officeDocument"):
            if kind.startswith(STRICT):
                raise Refused("strict")
            main = target
        elif kind.endswith("/custom-properties"):
            properties = target
    if main is None:
        raise Refused("damaged", reason="no workbook part")
    return main, properties


def _relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    folder, _, name = part.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels".lstrip("/")
    if not archive.has(relations):
        return {}
    found = {}
    for relation in _relation_elements(archive, relations):
        if relation.attributes.get("TargetMode") != "External":
            kind = relation.attributes.get("Type", "").rpartition("/")[2]
            target = resolve(folder, relation.attributes.get("Target", ""))
            found[relation.attributes.get("Id", "")] = (kind, target)
    return found


def _relation_elements(archive: Archive, part: str) -> list[Element]:
    return elements(archive, part, "Relationship")


def resolve(folder: str, target: str) -> str:
    """Part name of a relation's target. Refused when it leads out of the file."""
    target = target.replace("\\", "/")
    path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
    path = posixpath.normpath(path)
    if path.startswith(".."):
        raise Refused("part_name", part=target)
    return path


def _sheets(archive: Archive, found: Iterable[Element], related: dict[str, tuple[str, str]]) -> list[Sheet]:
    sheets = []
    for element in found:
        if element.name != "sheet" or element.parent != "sheets":
            continue
        name = element.attributes.get("name", "")
        kind, part = related.get(element.attributes.get("id", ""), ("", ""))
        if kind in ("chartsheet", "dialogsheet"):
            continue
        if kind != "worksheet" or not archive.has(part):
            raise Refused("part_missing", part=part or name)
        sheets.append(Sheet(name, part, element.attributes.get("state", "visible") != "visible"))
    if not sheets:
        raise Refused("no_sheets")
    if len(sheets) > MAX_SHEETS or len({sheet.name.lower() for sheet in sheets}) < len(sheets):
        raise Refused("damaged", reason="sheets")
    return sheets


def _main_elements(archive: Archive, main: str) -> list[Element]:
    found: list[Element] = []
    names = 0

    def take(element: Element) -> None:
        nonlocal names
        names += element.name == "definedName"
        if names > MAX_NAMES:
            raise Refused("too_many_names", count=names, limit=MAX_NAMES)
        found.append(element)

    each_element(archive, main, ("sheet", "definedName", "workbookPr"), take)
    return found


def _names(found: Iterable[Element]) -> list[DefinedName]:
    return [
        DefinedName(e.attributes.get("name", ""), "".join(e.text))
        for e in found
        if e.name == "definedName" and "localSheetId" not in e.attributes
    ]


def _formats(archive: Archive, part: str | None) -> tuple[str, ...]:
    if part is None or not archive.has(part):
        return ()
    custom: dict[int, str] = {}
    styles: list[int] = []

    def take(element: Element) -> None:
        number = element.attributes.get("numFmtId", "")
        number_id = int(number) if number.isdigit() else 0
        if element.name == "numFmt":
            custom[number_id] = format_class(element.attributes.get("formatCode", ""))
        elif element.parent == "cellXfs":
            styles.append(number_id)
        if len(styles) > MAX_STYLES:
            raise Refused("too_many_styles", count=len(styles), limit=MAX_STYLES)

    each_element(archive, part, ("numFmt", "xf"), take)
    return tuple(custom.get(number) or _built_in(number) for number in styles)


def _built_in(number: int) -> str:
    if number in (9, 10):
        return "percent"
    if number == 49:
        return "text"
    return "date" if number in _DATE_FORMATS else "number"


def _properties(archive: Archive, part: str | None) -> dict[str, str]:
    if part is None or not archive.has(part):
        return {}
    values: dict[str, str] = {}
    pending = ""
    for element in elements(archive, part, "property", "lpwstr", "lpstr", "bstr"):
        if element.name == "property":
            values[element.attributes.get("name", "")] = pending
        elif element.parent == "property":
            pending = "".join(element.text)
    return values


class _StringSink:
    """Collects the shared strings, rich text joined, phonetic guides left out; plain ones come by the sift."""

    opening = "<si>"

    def __init__(self, part: str) -> None:
        self.part, self.strings, self.pieces = part, [], []  # type: str, list[str], list[str]
        self.depth = self.characters = self.phonetic = 0
        self.in_text = False
        self.prefixes: set[str] = set()

    def start(self, name: str, _attributes: Attributes) -> None:
        self.depth += 1
        check_depth(self.depth, self.part)
        if name == f"{MAIN} rPh":
            self.phonetic += 1
        self.in_text = name == f"{MAIN} t" and not self.phonetic

    def end(self, name: str) -> None:
        self.depth -= 1
        self.in_text = False
        if name == f"{MAIN} rPh":
            self.phonetic -= 1
        elif name == f"{MAIN} si":
            self.add("".join(self.pieces))
            self.pieces.clear()

    def text(self, text: str) -> None:
        if self.in_text:
            self.count(len(text))
            self.pieces.append(text)

    def count(self, characters: int) -> None:
        self.characters += characters
        if self.characters > MAX_STRING_CHARACTERS:
            raise Refused("too_much_text")

    def add(self, text: str) -> None:
        self.strings.append(decode_escapes(text))
        self.check_number()

    def check_number(self) -> None:
        if len(self.strings) > MAX_STRINGS:
            raise Refused("too_many_cells", count=len(self.strings), limit=MAX_STRINGS)

    def is_open(self) -> bool:
        return self.depth == 1

    def take(self, text: str, at: int) -> int:
        first = len(self.strings)
        for after, written in plain_strings(text, at):
            try:
                string = without_references(written) if "&" in written else written
            except Unplain:
                break
            self.strings.append(decode_escapes(string) if "_x" in string else string)
            at = after
        self.count(sum(map(len, self.strings[first:])))
        self.check_number()
        return at


def _strings(archive: Archive, part: str | None) -> tuple[str, ...]:
    if part is None or not archive.has(part):
        return ()
    sink = _StringSink(part)
    parse(archive, part, sink.start, sink.end, sink.text, sink)
    return tuple(sink.strings)
