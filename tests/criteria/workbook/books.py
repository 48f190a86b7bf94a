"""Builders of small workbooks from raw XML, and edits on real ones, as an applicant or an attacker would make them."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable, Mapping

from openpyxl import Workbook, load_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
SHEET_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

Parts = dict[str, bytes | str]


def parts_of(
    rows: str = "", *, strings: str = "", styles: str = "", workbook: str = "", main: str = SHEET_MAIN
) -> Parts:
    """The parts of a one-sheet workbook; `rows` is the inside of sheetData, `workbook` goes before its sheets."""
    return {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{main}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONS}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{workbook}<sheets>'
        '<sheet name="一" sheetId="1" r:id="s1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="s1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="s2" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="s3" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
    }


def packed(parts: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The parts as a zip."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def book(rows: str = "", **more: str) -> bytes:
    """A one-sheet workbook as bytes."""
    return packed(parts_of(rows, **more))


def unpacked(content: bytes) -> Parts:
    """The parts of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def replaced(content: bytes, part: str, old: str, new: str) -> bytes:
    """A workbook with one text in one part replaced; the text must be there."""
    parts = unpacked(content)
    before = parts[part]
    text = before.decode() if isinstance(before, bytes) else before
    assert old in text, (part, old)
    parts[part] = text.replace(old, new, 1)
    return packed(parts)


def added(content: bytes, more: Mapping[str, bytes | str]) -> bytes:
    """A workbook with further parts."""
    return packed({**unpacked(content), **more})


def edited(content: bytes, edit: Callable[[Workbook], None]) -> bytes:
    """A workbook after an edit through openpyxl."""
    workbook = load_workbook(io.BytesIO(content))
    edit(workbook)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def with_shared_strings(content: bytes) -> bytes:
    """A workbook with all texts in one table, as office programs write them; ours stand in the cells."""
    parts, strings = unpacked(content), dict[str, int]()
    assert "xl/sharedStrings.xml" not in parts

    def shared(found: re.Match[str]) -> str:
        return f't="s"><v>{strings.setdefault(found[2], len(strings))}</v>'

    for name, part in parts.items():
        if name.startswith("xl/worksheets/sheet") and isinstance(part, bytes):
            parts[name] = re.sub(r't="inlineStr"><is><t([^>]*)>([^<]*)</t></is>', shared, part.decode()).encode()
    items = "".join(f'<si><t xml:space="preserve">{text}</t></si>' for text in strings)
    table = f'<?xml version="1.0" encoding="UTF-8"?>\n<sst xmlns="{MAIN}">{items}</sst>'
    parts["xl/sharedStrings.xml"] = re.sub(r"&#[0-9]+;", lambda found: html.unescape(found[0]), table)
    relation = f'<Relationship Id="strings" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    declared = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    typed = replaced(packed(parts), "[Content_Types].xml", "</Types>", declared)
    return replaced(typed, "xl/_rels/workbook.xml.rels", "</Relationships>", f"{relation}</Relationships>")
