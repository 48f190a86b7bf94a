"""Bombs at their full size, and what other readers stumble over: odd cells, parts, zips; each with its answer.

`fault:` before a code means that the file is read and this one cell answered.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import partial

from criteria.workbook.layout import Template
from tests.criteria.workbook.books import MAIN, PACKAGE, RELATIONS, added, packed, parts_of, replaced, unpacked
from tests.criteria.workbook.hostile import DATA, MEGA, Maker, raw_zip, rows_filled, sheet


def stored(content: bytes) -> bytes:
    """The same parts uncompressed, so that no ratio betrays them."""
    return packed(unpacked(content), zipfile.ZIP_STORED)


FIGURE = re.compile(r'(<c r="D6" s="\d+")[^>]*?>.*?</c>')  # the first figure of the data table
ANSWER = re.compile(r'(<c r="C5" s="\d+")[^>]*?>.*?</c>')  # the first answer of the basics
BASICS = "xl/worksheets/sheet2.xml"


def repeated(piece: bytes, times: int) -> bytes:
    """A deflate stream that unpacks to so many times the piece, made in no time."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * times + zlib.compressobj(9, zlib.DEFLATED, -15).flush()


def bomb(part: str, before: bytes, piece: bytes, times: int, declared: int = 0) -> bytes:
    """A small workbook in which one part unpacks to something huge; `declared` is the size that the zip claims."""
    first = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = first.compress(before) + first.flush(zlib.Z_FULL_FLUSH) + repeated(piece, times)
    size = declared or len(before) + len(piece) * times
    parts = {name: text.encode() if isinstance(text, str) else text for name, text in parts_of().items()}
    stream = io.BytesIO()
    entries = [(name, text, zlib.crc32(text), len(text), 0) for name, text in parts.items() if name != part]
    entries.append((part, content, 0, size, 8))
    directory = b""
    for name, text, crc, length, method in entries:
        fields = (20, 0, method, 0, 33, crc, len(text), length, len(name), 0)
        offset = stream.tell()
        stream.write(b"PK\x03\x04" + struct.pack("<5H3I2H", *fields) + name.encode() + text)
        directory += b"PK\x01\x02" + struct.pack("<6H3I5H2I", 20, *fields, 0, 0, 0, 0, offset) + name.encode()
    start = stream.tell()
    end = struct.pack("<4H2IH", 0, 0, len(entries), len(entries), len(directory), start, 0)
    return stream.getvalue() + directory + b"PK\x05\x06" + end


def cell_as(pattern: re.Pattern[str], part: str, rest: str) -> Maker:
    """A maker that puts something else into one input cell: what follows its address and style."""

    def make(good: bytes, _template: Template) -> bytes:
        parts = unpacked(good)
        text = parts[part]
        assert isinstance(text, bytes)
        changed, count = pattern.subn(lambda found: found[1] + rest, text.decode())
        assert count == 1
        parts[part] = changed
        return packed(parts)

    return make


figure, answer = partial(cell_as, FIGURE, DATA), partial(cell_as, ANSWER, BASICS)


def every_sheet(good: bytes, change: Callable[[str], str | bytes]) -> bytes:
    parts = unpacked(good)
    for name, content in parts.items():
        if name.startswith("xl/worksheets/sheet") and isinstance(content, bytes):
            parts[name] = change(content.decode())
    return packed(parts)


def prefixed(text: str) -> str:
    tags = re.sub(r"<(/?)([a-zA-Z])", r"<\1x:\2", text)
    return tags.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')


def streamed(good: bytes) -> bytes:
    """As a program writes a zip that cannot seek: sizes behind the data."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    stream = Pipe()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in unpacked(good).items():
            archive.writestr(name, content)
    return stream.getvalue()


def large_zip(good: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in unpacked(good).items():
            assert isinstance(content, bytes)
            with archive.open(name, "w", force_zip64=True) as entry:
                entry.write(content)
        archive.comment = b"made elsewhere"
        archive.mkdir("xl/empty")
    return stream.getvalue()


def twice(good: bytes) -> bytes:
    """One name for two parts, renamed in the bytes, local header and directory alike."""
    more = added(good, {"xl/worksheets/sheet~.xml": "<worksheet/>"})
    return more.replace(b"xl/worksheets/sheet~.xml", DATA.encode())


def linked(good: bytes) -> bytes:
    return added(good, {"xl/externalLinks/externalLink1.xml": "<externalLink/>"})


def sheet_typed(good: bytes, kind: str) -> bytes:
    return replaced(good, "[Content_Types].xml", "spreadsheetml.worksheet+xml", kind)


def named(count: int) -> bytes:
    names = "".join(f'<definedName name="n{n}">A1</definedName>' for n in range(count))
    return packed(parts_of(workbook=f"<definedNames>{names}</definedNames>"), zipfile.ZIP_DEFLATED)


CELLS = b"<row>" + b"<c><v>1</v></c>" * 1000 + b"</row>"
START = f'<worksheet xmlns="{MAIN}"><sheetData>'.encode()
PART = "xl/worksheets/sheet1.xml"

ODD: dict[str, tuple[str, Maker]] = {
    "1 GiB of blanks in a sheet": ("zip_bomb", lambda good, t: bomb(PART, START, b" " * MEGA, 1024)),
    "1 GiB shared string": (
        "zip_bomb",
        lambda good, t: bomb("xl/sharedStrings.xml", b"<sst><si><t>", b"x" * MEGA, 1024),
    ),
    "60 M cells": ("zip_bomb", lambda good, t: bomb(PART, START, CELLS, 60_000)),
    "12 M cells within the ratio": ("too_many_cells", lambda good, t: bomb(PART, START, CELLS, 12_000)),
    "a million rows that hardly compress": (
        "too_many_cells",
        lambda good, t: sheet(
            "".join(f'<row r="{n}"><c r="A{n}"><v>{n * 7919 % 999_983}</v></c></row>' for n in range(1, 1_000_100))
        ),
    ),
    "1 GiB that claims to be 4 KB": ("damaged", lambda good, t: bomb(PART, START, b" " * MEGA, 1024, declared=4096)),
    "600,000 cells outside the tables": (
        "read",
        lambda good, t: stored(
            rows_filled(
                good, "".join(f'<row r="{n}">' + "<c><v>7.25</v></c>" * 600 + "</row>" for n in range(1000, 2000))
            )
        ),
    ),
    "250,000 different cells outside the tables": (
        "read",
        lambda good, t: rows_filled(
            good,
            "".join(
                f'<row r="{n}">' + "".join(f"<c><v>{n}.{c}</v></c>" for c in range(250)) + "</row>"
                for n in range(1000, 2000)
            ),
        ),
    ),
    "200,000 styles": (
        "too_many_styles",
        lambda good, t: packed(parts_of(styles=f"<cellXfs>{'<xf/>' * 199_000}</cellXfs>"), zipfile.ZIP_STORED),
    ),
    "200,000 defined names": ("too_many_names", lambda good, t: named(200_000)),
    "100,000 validations": (
        "read",
        lambda good, t: stored(
            replaced(good, DATA, "</sheetData>", "</sheetData><x>" + '<dataValidation sqref="A1"/>' * 100_000 + "</x>")
        ),
    ),
    "a million styled empty rows": (
        "read",
        lambda good, t: rows_filled(good, "".join(f'<row r="{n}" s="1"/>' for n in range(1000, 1_001_000))),
    ),
    "a million styled empty cells": (
        "too_many_cells",
        lambda good, t: stored(
            rows_filled(good, "".join(f'<row r="{n}">' + '<c s="1"/>' * 1000 + "</row>" for n in range(1000, 2001)))
        ),
    ),
    "100,000 attributes": (
        "read",
        lambda good, t: replaced(
            good, DATA, "<sheetData>", "<x " + " ".join(f'a{n}=""' for n in range(100_000)) + "/><sheetData>"
        ),
    ),
    "300,000 instructions for other programs": (
        "read",
        lambda good, t: stored(replaced(good, DATA, "<sheetData>", "<?x y?>" * 300_000 + "<sheetData>")),
    ),
    "200,000 strings that no cell uses": (
        "read",
        lambda good, t: added(
            replaced(
                good,
                "xl/_rels/workbook.xml.rels",
                "</Relationships>",
                f'<Relationship Id="z" Type="{RELATIONS}/sharedStrings" Target="z.xml"/></Relationships>',
            ),
            {"xl/z.xml": f'<sst xmlns="{MAIN}">' + "".join(f"<si><t>{n}</t></si>" for n in range(200_000)) + "</sst>"},
        ),
    ),
    # the zip as other programs write it
    "part twice under one name": ("part_doubled", lambda good, t: twice(good)),
    "sizes behind the data": ("read", lambda good, t: streamed(good)),
    "zip64, folders and a comment": ("read", lambda good, t: large_zip(good)),
    "program in front of the zip": ("unknown_kind", lambda good, t: b"MZ\x00\x00" + good),
    "lzma entries": ("damaged", lambda good, t: packed(unpacked(good), zipfile.ZIP_LZMA)),
    "25 GB declared in overlapping entries": (
        "zip_bomb",
        lambda good, t: raw_zip([(f"x{n}.xml", b"", 199 * MEGA, 0, 0 if n else -1) for n in range(128)]),
    ),
    # parts as other programs write them
    "sheets in utf-16": (
        "read",
        lambda good, t: every_sheet(
            good, lambda text: f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")
        ),
    ),
    "sheets with a byte order mark": ("read", lambda good, t: every_sheet(good, lambda text: text.encode("utf-8-sig"))),
    "sheets with a prefix": ("read", lambda good, t: every_sheet(good, prefixed)),
    "days counted from 1904": (
        "read",
        lambda good, t: replaced(good, "xl/workbook.xml", "<workbookPr", '<workbookPr date1904="1"'),
    ),
    "another content type of a sheet": ("read", lambda good, t: sheet_typed(good, "spreadsheetml.chartsheet+xml")),
    "no content type of the workbook": (
        "damaged",
        lambda good, t: replaced(good, "[Content_Types].xml", "/xl/workbook.xml", "/xl/other.xml"),
    ),
    "sheet without a relation": (
        "part_missing",
        lambda good, t: packed({**parts_of(), "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"/>'}),
    ),
    "styles full of nonsense": (
        "read",
        lambda good, t: replaced(
            good, "xl/styles.xml", "<cellXfs", '<fills><fill/><fill><x rgb="no colour"/></fill></fills><cellXfs'
        ),
    ),
    "style that does not exist": (
        "read",
        lambda good, t: rows_filled(good, '<row r="900"><c r="A900" s="99999"><v>1</v></c></row>'),
    ),
    "link to another workbook": ("read", lambda good, t: linked(good)),
    "printer settings and custom data": (
        "read",
        lambda good, t: added(
            good, {"xl/printerSettings/printerSettings1.bin": b"\x00", "customXml/item1.xml": "<x/>"}
        ),
    ),
    "marks of wps and its picture part": (
        "read",
        lambda good, t: added(
            rows_filled(
                good, '<row r="900"><c r="A900" t="str"><f>DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c></row>'
            ),
            {"xl/cellimages.xml": "<x/>", "docProps/custom2.xml": "<KSOProductBuildVer/>"},
        ),
    ),
    # one cell that other readers get wrong
    "picture of wps for an answer": (
        "fault:formula",
        answer(' t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>'),
    ),
    "division by zero": ("fault:error_cell", figure(' t="e"><v>#DIV/0!</v></c>')),
    "not available": ("fault:error_cell", figure(' t="e"><v>#N/A</v></c>')),
    "error kept by a formula": ("fault:error_cell", figure(' t="e"><f>1/0</f><v>#DIV/0!</v></c>')),
    "NaN": ("fault:not_a_number", figure("><v>NaN</v></c>")),
    "INF": ("fault:not_a_number", figure("><v>INF</v></c>")),
    "1E+400": ("fault:not_a_number", figure("><v>1E+400</v></c>")),
    "1E-400": ("fault:not_a_number", figure("><v>1E-400</v></c>")),
    "12abc": ("fault:not_a_number", figure("><v>12abc</v></c>")),
    "number in Arabic digits": ("fault:not_a_number", figure("><v>١٢</v></c>")),
    "exponent of a thousand digits": ("fault:not_a_number", figure(f"><v>1E{'9' * 1000}</v></c>")),
    "number of 30,000 digits": ("fault:not_a_number", figure(f"><v>{'9' * 30_000}</v></c>")),
    "forged value of a formula": ("fault:formula_mismatch", figure("><f>1+1</f><v>99999</v></c>")),
    "formula without a value": ("fault:formula_without_value", figure("><f>1+1</f></c>")),
    "formula of other cells": ("fault:formula", figure("><f>SUM(D7:D9)</f><v>5</v></c>")),
    "shared formula without a text": ("fault:formula", figure('><f t="shared" si="0"/><v>5</v></c>')),
    "endless brackets in a formula": ("fault:formula", figure(f"><f>{'(' * 8000}1</f><v>1</v></c>")),
    "link for an answer": ("fault:formula", answer(' t="str"><f>HYPERLINK("http://a.example","甲")</f><v>甲</v></c>')),
    "nul sign by an escape": ("fault:control_character", answer(' t="inlineStr"><is><t>a_x0000_b</t></is></c>')),
    "text that runs backwards": ("fault:control_character", answer(' t="inlineStr"><is><t>a\u202eb</t></is></c>')),
    "lone surrogate by an escape": ("fault:control_character", answer(' t="inlineStr"><is><t>_xD800_</t></is></c>')),
    "true for a figure": ("fault:text_for_number", figure(' t="b"><v>1</v></c>')),
    "cell with rich text and a phonetic guide": (
        "fault:required",
        answer(' t="inlineStr"><is><rPh><t>x</t></rPh></is></c>'),
    ),
    "cell that is only blanks": (
        "fault:required",
        answer(' t="inlineStr"><is><t xml:space="preserve"> \u3000</t></is></c>'),
    ),
}
TOLERATED = {
    "a million styled empty rows",
    "600,000 cells outside the tables",
    "250,000 different cells outside the tables",
    "300,000 instructions for other programs",
    "200,000 strings that no cell uses",
    "1.1 million cells",
    "250,000 elements in styles",
    "a million rows that hardly compress",
    "a million styled empty cells",
}
