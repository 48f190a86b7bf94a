"""Hostile and odd files, each built for real, with the answer that it must get: a refusal code, or `read`."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from criteria.workbook.layout import Template, template_for
from criteria.workbook.template import write_template
from tests.criteria.workbook.books import MAIN, RELATIONS, added, book, edited, packed, parts_of, replaced, unpacked

Maker = Callable[[bytes, Template], bytes]

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
DATA = "xl/worksheets/sheet3.xml"
MEGA = 1024 * 1024


def ole(stream: str = "", more: bytes = b"") -> bytes:
    return OLE + stream.encode("utf-16-le") + more + b"\x00" * 1024


def sheet(rows: str, head: str = "", tail: str = "") -> bytes:
    parts = parts_of()
    parts["xl/worksheets/sheet1.xml"] = (
        f'<worksheet xmlns="{MAIN}">{head}<sheetData>{rows}</sheetData>{tail}</worksheet>'
    )
    return packed(parts)


def with_part(name: str, content: bytes | str, rows: str = "") -> bytes:
    parts = parts_of(rows)
    parts[name] = content
    return packed(parts)


def cut(good: bytes, share: float) -> bytes:
    return good[: int(len(good) * share)]


def broken_crc(good: bytes) -> bytes:
    parts = unpacked(good)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue().replace(b"SH-2026-1", b"SH-2026-2", 1)


def doubled_part(good: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in unpacked(good).items():
            archive.writestr(name, content)
        archive.writestr(DATA.upper().replace("/", "\\"), "<worksheet/>")
    return stream.getvalue()


def many_sheets(count: int) -> bytes:
    sheets = "".join(f'<sheet name="{n}" r:id="s1"/>' for n in range(count))
    content = f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{sheets}</sheets></workbook>'
    return packed({**parts_of(), "xl/workbook.xml": content})


def without(good: bytes, part: str) -> bytes:
    return packed({name: content for name, content in unpacked(good).items() if name != part})


def raw_zip(entries: list[tuple[str, bytes, int, int, int]]) -> bytes:
    """A zip written by hand: name, stored bytes, declared size, flags, offset (or -1 for its own place)."""
    out, directory = io.BytesIO(), io.BytesIO()
    for name, content, size, flags, at in entries:
        offset, encoded = out.tell() if at < 0 else at, name.encode()
        crc = zlib.crc32(content)
        head = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, flags, 0, 0, 33, crc, len(content), size, len(encoded), 0)
        if at < 0:
            out.write(head + encoded + content)
        fields = (b"PK\x01\x02", 20, 20, flags, 0, 0, 33, crc, len(content), size, len(encoded), 0, 0, 0, 0, 0, offset)
        directory.write(struct.pack("<4s6H3I5H2I", *fields) + encoded)
    start, length = out.tell(), directory.tell()
    out.write(directory.getvalue())
    out.write(struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, len(entries), len(entries), length, start, 0))
    return out.getvalue()


def overlapping() -> bytes:
    return raw_zip([("[Content_Types].xml", b"<Types/>", 8, 0, -1), ("xl/b.xml", b"<Types/>", 8, 0, 0)])


def lying_size() -> bytes:
    content = parts_of()["[Content_Types].xml"]
    assert isinstance(content, str)
    return raw_zip([("[Content_Types].xml", content.encode(), 5, 0, -1), ("_rels/.rels", b"<a/>", 4, 0, -1)])


def strict(good: bytes) -> bytes:
    old = f"{RELATIONS}/officeDocument"
    return replaced(good, "_rels/.rels", old, "http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument")


def strict_sheet(good: bytes) -> bytes:
    return replaced(good, DATA, MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")


def other_template(template: Template, batch: str = "", ref: str = "", title: str = "") -> bytes:
    other = template_for(
        template.form,
        ref or template.rule_set_ref,
        template.rule_set_checksum,
        batch or template.batch_code,
        template.reporting_year,
        title or template.title,
    )
    return write_template(other)


def mixed(good: bytes, template: Template) -> bytes:
    def edit(workbook: object) -> None:
        workbook["评价数据表"]["A2"] = template.mark_text.replace(template.checksum[:4], "0000")

    return edited(good, edit)


def without_marks(good: bytes) -> bytes:
    def edit(workbook: object) -> None:
        for worksheet in workbook.worksheets:
            for row in worksheet.iter_rows(max_row=3):
                for cell in row:
                    if isinstance(cell.value, str) and "模板编号" in cell.value:
                        cell.value = None
        for name in list(workbook.custom_doc_props.names):
            del workbook.custom_doc_props[name]

    return edited(good, edit)


def content_type(good: bytes, kind: str) -> bytes:
    return replaced(good, "[Content_Types].xml", "spreadsheetml.sheet.main+xml", kind)


def cells(count: int, per_row: int = 1000, inner: str = "<v>1</v>") -> str:
    row = f"<c>{inner}</c>" * per_row
    return f"<row>{row}</row>" * (count // per_row)


def rows_filled(good: bytes, rows: str) -> bytes:
    return replaced(good, DATA, "</sheetData>", f"{rows}</sheetData>")


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
)
ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'

FILES: dict[str, tuple[str, Maker]] = {
    # not a workbook at all
    "empty": ("empty_file", lambda good, t: b""),
    "one byte": ("csv", lambda good, t: b"x"),
    "zero bytes only": ("unknown_kind", lambda good, t: b"\x00" * 500),
    "random bytes": ("unknown_kind", lambda good, t: bytes(range(128, 256)) * 9 + b"\x00\x01"),
    "too big": ("too_big", lambda good, t: b"PK\x03\x04" + b"\x00" * (20 * MEGA + 1)),
    "pdf": ("pdf", lambda good, t: b"%PDF-1.7\n%\xe2\xe3"),
    "png": ("image", lambda good, t: b"\x89PNG\r\n\x1a\n"),
    "jpeg": ("image", lambda good, t: b"\xff\xd8\xff\xe0\x00\x10JFIF"),
    "gif": ("image", lambda good, t: b"GIF89a"),
    "rar": ("archive", lambda good, t: b"Rar!\x1a\x07\x00"),
    "7z": ("archive", lambda good, t: b"7z\xbc\xaf\x27\x1c"),
    "gzip": ("archive", lambda good, t: b"\x1f\x8b\x08\x00"),
    "csv": ("csv", lambda good, t: "代码,项目,2025\nA-01,收入,1\n".encode()),
    "csv in gbk": ("csv", lambda good, t: "代码,项目,2025\nA-01,收入,1\n".encode("gbk")),
    "csv in utf-16": ("csv", lambda good, t: "代码\t项目".encode("utf-16")),
    "html named xlsx": ("html", lambda good, t: b"<html><table><tr><td>1</td></tr></table></html>"),
    "xml spreadsheet 2003": ("xml_file", lambda good, t: b'<?xml version="1.0"?><Workbook/>'),
    "rtf": ("word_document", lambda good, t: b"{\\rtf1"),
    "plain zip": ("archive", lambda good, t: packed({"a.txt": "x"})),
    "empty zip": ("damaged", lambda good, t: packed({})),
    "zip of a pdf": ("archive", lambda good, t: packed({"a.pdf": b"%PDF"})),
    "ods": (
        "ods",
        lambda good, t: packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}),
    ),
    "docx": ("word_document", lambda good, t: content_type(good, "wordprocessingml.document.main+xml")),
    "pptx": ("presentation", lambda good, t: content_type(good, "presentationml.presentation.main+xml")),
    "xlsb": (
        "xlsb",
        lambda good, t: replaced(
            good,
            "[Content_Types].xml",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            "application/vnd.ms-excel.sheet.binary.macroEnabled.main",
        ),
    ),
    # OLE files
    "encrypted": ("encrypted", lambda good, t: ole("EncryptedPackage")),
    "old xls": ("old_xls", lambda good, t: ole("Workbook")),
    "wps et": ("et_file", lambda good, t: ole("Workbook", b"ET.Workbook.6")),
    "old doc": ("word_document", lambda good, t: ole("WordDocument")),
    "old ppt": ("presentation", lambda good, t: ole("PowerPoint Document")),
    "bare ole": ("old_xls", lambda good, t: OLE),
    # damaged
    "cut in half": ("damaged", lambda good, t: cut(good, 0.5)),
    "cut at the end": ("damaged", lambda good, t: good[:-10]),
    "broken checksum": ("damaged", lambda good, t: broken_crc(good)),
    "sheet is no xml": ("damaged", lambda good, t: with_part("xl/worksheets/sheet1.xml", "nonsense")),
    "sheet is empty": ("damaged", lambda good, t: with_part("xl/worksheets/sheet1.xml", "")),
    "sheet is another document": ("damaged", lambda good, t: with_part("xl/worksheets/sheet1.xml", "<html/>")),
    "sheet in gbk": (
        "damaged",
        lambda good, t: with_part("xl/worksheets/sheet1.xml", '<?xml version="1.0" encoding="gbk"?><worksheet/>'),
    ),
    "sheet missing": ("part_missing", lambda good, t: without(good, DATA)),
    "workbook missing": (
        "part_missing",
        lambda good, t: without(good, "xl/workbook.xml"),
    ),
    "relations missing": (
        "part_missing",
        lambda good, t: without(good, "xl/_rels/workbook.xml.rels"),
    ),
    "content types missing": (
        "archive",
        lambda good, t: without(good, "[Content_Types].xml"),
    ),
    "no sheets": (
        "no_sheets",
        lambda good, t: packed({**parts_of(), "xl/workbook.xml": f'<workbook xmlns="{MAIN}"/>'}),
    ),
    "string index out of range": ("damaged", lambda good, t: book('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')),
    "string index no number": ("damaged", lambda good, t: book('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>')),
    "unknown cell type": ("damaged", lambda good, t: book('<row r="1"><c r="A1" t="zz"><v>1</v></c></row>')),
    "style index no number": ("damaged", lambda good, t: book('<row r="1"><c r="A1" s="x"><v>1</v></c></row>')),
    "cell twice": (
        "cell_doubled",
        lambda good, t: book('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>'),
    ),
    "row twice": ("cell_doubled", lambda good, t: book('<row r="1"><c r="A1"><v>1</v></c></row>' * 2)),
    "cell in a foreign row": ("bad_address", lambda good, t: book('<row r="1"><c r="A2"><v>1</v></c></row>')),
    "row number beyond the sheet": ("bad_address", lambda good, t: book('<row r="4294967295"><c><v>1</v></c></row>')),
    "row number zero": ("bad_address", lambda good, t: book('<row r="0"><c><v>1</v></c></row>')),
    "column beyond the sheet": ("bad_address", lambda good, t: book('<row r="1"><c r="XFE1"><v>1</v></c></row>')),
    "address in lower case": ("bad_address", lambda good, t: book('<row r="1"><c r="a1"><v>1</v></c></row>')),
    "too many cells in a row": ("bad_address", lambda good, t: book(cells(17_000, 17_000))),
    "text too long": (
        "text_too_long",
        lambda good, t: book(f'<row r="1"><c r="A1" t="inlineStr"><is><t>{"x" * 40_000}</t></is></c></row>'),
    ),
    # the zip as a weapon
    "overlapping entries": ("zip_overlap", lambda good, t: overlapping()),
    "lying size": ("damaged", lambda good, t: lying_size()),
    "encrypted zip entry": ("encrypted", lambda good, t: raw_zip([("[Content_Types].xml", b"<Types/>", 8, 1, -1)])),
    "part twice in other case": ("part_doubled", lambda good, t: doubled_part(good)),
    "path out of the file": ("part_name", lambda good, t: added(good, {"../evil.xml": "<x/>"})),
    "absolute path": ("part_name", lambda good, t: added(good, {"/etc/evil.xml": "<x/>"})),
    "relation out of the file": (
        "part_name",
        lambda good, t: replaced(good, "_rels/.rels", 'Target="xl/workbook.xml"', 'Target="../../xl/workbook.xml"'),
    ),
    "3,000 parts": ("too_many_parts", lambda good, t: added(good, {f"x/{n}.bin": "" for n in range(3000)})),
    "30 MB of blanks in a sheet": ("zip_bomb", lambda good, t: sheet(" " * (30 * MEGA))),
    "shared string of 20 MB": ("zip_bomb", lambda good, t: book(strings=f"<si><t>{'x' * (20 * MEGA)}</t></si>")),
    "many parts that add up": (
        "zip_bomb",
        lambda good, t: raw_zip([(f"x{n}.xml", b"", 199 * MEGA, 0, -1) for n in range(2)]),
    ),
    "bzip2 entries": ("damaged", lambda good, t: packed(parts_of(), zipfile.ZIP_BZIP2)),
    # XML as a weapon
    "billion laughs": (
        "dtd",
        lambda good, t: with_part("xl/worksheets/sheet1.xml", LAUGHS + f'<worksheet xmlns="{MAIN}"/>'),
    ),
    "external entity": (
        "dtd",
        lambda good, t: with_part("xl/sharedStrings.xml", ENTITY + f'<sst xmlns="{MAIN}"><si><t>&e;</t></si></sst>'),
    ),
    "bare doctype": ("dtd", lambda good, t: with_part("xl/workbook.xml", "<!DOCTYPE workbook><workbook/>")),
    "doctype in a part nobody reads": ("dtd", lambda good, t: added(good, {"docProps/extra.xml": "<!DOCTYPE x><x/>"})),
    "doctype in utf-16": (
        "dtd",
        lambda good, t: with_part(
            "xl/styles.xml", '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16")
        ),
    ),
    "doctype behind a long comment": (
        "dtd",
        lambda good, t: with_part("xl/styles.xml", f"<!--{'x' * 200_000}--><!DOCTYPE x><x/>"),
    ),
    "deep nesting": ("damaged", lambda good, t: sheet("<a>" * 5000 + "</a>" * 5000)),
    "endless token": (
        "damaged",
        lambda good, t: packed(
            {**parts_of(), "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}" a="{"xy" * (3 * MEGA)}'},
            zipfile.ZIP_STORED,
        ),
    ),
    "worksheet in a worksheet": ("damaged", lambda good, t: sheet(f'<worksheet xmlns="{MAIN}"/>')),
    "1.1 million cells": (
        "too_many_cells",
        lambda good, t: packed(parts_of(cells(1_100_000, inner="")), zipfile.ZIP_STORED),
    ),
    "250,000 elements in styles": (
        "too_many_elements",
        lambda good, t: packed(
            {**parts_of(), "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{"<xf/>" * 250_000}</styleSheet>'},
            zipfile.ZIP_STORED,
        ),
    ),
    "71,000 styles": (
        "too_many_styles",
        lambda good, t: packed(parts_of(styles=f"<cellXfs>{'<xf/>' * 71_000}</cellXfs>"), zipfile.ZIP_STORED),
    ),
    "30,000 defined names": (
        "too_many_names",
        lambda good, t: packed(
            parts_of(workbook="<definedNames>" + '<definedName name="x">A1</definedName>' * 30_000 + "</definedNames>"),
            zipfile.ZIP_STORED,
        ),
    ),
    "columns declared over and over": (
        "damaged",
        lambda good, t: sheet("", head="<cols>" + '<col min="1" max="16384" hidden="1"/>' * 2000 + "</cols>"),
    ),
    "300 sheets": (
        "damaged",
        lambda good, t: many_sheets(300),
    ),
    # content that has no place in a form
    "strict workbook": ("strict", lambda good, t: strict(good)),
    "strict sheet": ("strict", lambda good, t: strict_sheet(good)),
    "macro content type": (
        "macros",
        lambda good, t: replaced(
            good,
            "[Content_Types].xml",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        ),
    ),
    "macro part": ("macros", lambda good, t: added(good, {"xl/vbaProject.bin": b"x"})),
    "excel 4 macro sheet": ("macros", lambda good, t: added(good, {"xl/macrosheets/sheet1.xml": "<x/>"})),
    "embedded file": ("embedded", lambda good, t: added(good, {"xl/embeddings/oleObject1.bin": b"x"})),
    "activex": ("embedded", lambda good, t: added(good, {"xl/activeX/activeX1.xml": "<x/>"})),
    "dde link": ("embedded", lambda good, t: added(good, {"xl/externalLinks/externalLink1.xml": "<x><ddeLink/></x>"})),
    # which template
    "foreign workbook": ("not_our_template", lambda good, t: book('<row r="1"><c r="A1"><v>1</v></c></row>')),
    "all marks removed": ("not_our_template", lambda good, t: without_marks(good)),
    "another batch": ("other_batch", lambda good, t: other_template(t, batch="SH-2025-2")),
    "another rule set": ("other_rules", lambda good, t: other_template(t, ref="demo/2026")),
    "same id, other content": ("template_altered", lambda good, t: other_template(t, title="另一标题")),
    "sheet of another template": ("marks_disagree", lambda good, t: mixed(good, t)),
    # odd but honest: read
    "backslashes in part names": (
        "read",
        lambda good, t: packed({k.replace("/", "\\"): v for k, v in unpacked(good).items()}),
    ),
    "part names in capitals": ("read", lambda good, t: packed({k.upper(): v for k, v in unpacked(good).items()})),
    "stored, not compressed": ("read", lambda good, t: packed(unpacked(good), zipfile.ZIP_STORED)),
    "bytes behind the zip": ("read", lambda good, t: good + b"\x00" * 100),
    "wrong dimension": (
        "read",
        lambda good, t: (
            replaced(good, DATA, "<sheetData>", '<dimension ref="A1:A1"/><sheetData>')
            if "<dimension" not in unpacked(good)[DATA].decode()
            else replaced(good, DATA, 'dimension ref="', 'dimension ref="A1:A1" x="')
        ),
    ),
    "far corner cell": (
        "read",
        lambda good, t: rows_filled(good, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    ),
    "merge over the whole sheet": (
        "read",
        lambda good, t: replaced(
            good,
            DATA,
            "</sheetData>",
            '</sheetData><x:mergeCells xmlns:x="urn:x"><x:mergeCell ref="A1:XFD1048576"/></x:mergeCells>',
        ),
    ),
    "20,000 merges": (
        "read",
        lambda good, t: replaced(
            good, DATA, "</sheetData>", "</sheetData><x>" + '<mergeCell ref="AA1:AB2"/>' * 20_000 + "</x>"
        ),
    ),
    "50,000 validations": (
        "read",
        lambda good, t: replaced(
            good, DATA, "</sheetData>", "</sheetData><x>" + '<dataValidation sqref="A1"/>' * 50_000 + "</x>"
        ),
    ),
    "200,000 styled empty rows": (
        "read",
        lambda good, t: rows_filled(good, "".join(f'<row r="{n}" s="1"/>' for n in range(1000, 201_000))),
    ),
    "styled cells to the last column": (
        "read",
        lambda good, t: rows_filled(good, '<row r="900">' + '<c s="1"/>' * 16_384 + "</row>"),
    ),
    "15,000 defined names": (
        "read",
        lambda good, t: replaced(
            good,
            "xl/workbook.xml",
            "</definedNames>",
            '<definedName name="x">A1</definedName>' * 15_000 + "</definedNames>",
        ),
    ),
    "50,000 anchors": (
        "read",
        lambda good, t: rows_filled(
            good,
            "".join(
                f'<row r="{n}">' + '<c t="inlineStr"><is><t>代码</t></is></c>' * 100 + "</row>"
                for n in range(1000, 1500)
            ),
        ),
    ),
}
SLOW = {
    "30 MB of blanks in a sheet",
    "shared string of 20 MB",
    "too big",
    "1.1 million cells",
    "50,000 anchors",
    "250,000 elements in styles",
    "71,000 styles",
    "200,000 styled empty rows",
    "50,000 validations",
    "endless token",
}
