"""Parts found by their relations: formats, strings, names, properties."""

from __future__ import annotations

import pytest

from criteria.workbook.faults import Refused
from criteria.workbook.package import decode_escapes, format_class, open_book, resolve
from tests.criteria.workbook.books import MAIN, added, book, packed, parts_of, replaced


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("General", "number"),
        ("0.00", "number"),
        ("#,##0.00;[Red]-#,##0.00", "number"),
        ('0.00"%"', "number"),
        (r"0.00\%", "number"),
        ("0.00E+00", "number"),
        ('#,##0"元"', "number"),
        ("[$¥-804]#,##0.00", "number"),
        ("0%", "percent"),
        ("0.00%;-0.00%", "percent"),
        ("yyyy-mm-dd", "date"),
        ('yyyy"年"m"月"d"日"', "date"),
        ("[$-804]yyyy/m/d", "date"),
        ("[h]:mm:ss", "date"),
        ("@", "text"),
        ("", "number"),
    ],
)
def test_format_code_tells_percent_date_and_text(code: str, expected: str) -> None:
    assert format_class(code) == expected


def test_formats_are_looked_up_by_style_index() -> None:
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="0.0%"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/>'
        '<xf numFmtId="49"/><xf numFmtId="9"/><xf/></cellXfs>'
    )
    opened = open_book(book(styles=styles))
    assert opened.formats == ("number", "percent", "date", "text", "percent", "number")
    assert opened.format_of(99) == "number"


def test_shared_strings_join_rich_text_and_leave_out_phonetic_guides() -> None:
    strings = (
        "<si><t>甲</t></si><si><r><t>乙</t></r><r><rPr/><t> 丙</t></r></si>"
        "<si><t>东</t><rPh sb='0' eb='1'><t>とう</t></rPh></si><si/><si><t>a_x000D_b</t></si>"
    )
    assert open_book(book(strings=strings)).strings == ("甲", "乙 丙", "东", "", "a\rb")


@pytest.mark.parametrize(
    ("text", "decoded"),
    [("_x0041_", "A"), ("_x00", "_x00"), ("a_x000A_b", "a\nb"), ("plain", "plain"), ("_X0041_", "_X0041_")],
)
def test_escapes_are_decoded(text: str, decoded: str) -> None:
    assert decode_escapes(text) == decoded


@pytest.mark.parametrize(
    ("folder", "target", "part"),
    [
        ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("xl", "/xl/styles.xml", "xl/styles.xml"),
        ("xl/worksheets", "../media/a.png", "xl/media/a.png"),
        ("xl", "worksheets\\sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("", "xl/workbook.xml", "xl/workbook.xml"),
    ],
)
def test_relation_target_is_resolved_against_its_folder(folder: str, target: str, part: str) -> None:
    assert resolve(folder, target) == part


def test_relation_target_outside_the_file_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        resolve("xl", "../../etc/passwd")
    assert refused.value.fault.code == "part_name"


def test_sheets_are_found_by_relation_not_by_name() -> None:
    parts = parts_of('<row r="1"><c r="A1"><v>7</v></c></row>')
    sheet = parts.pop("xl/worksheets/sheet1.xml")
    relations = parts["xl/_rels/workbook.xml.rels"]
    assert isinstance(relations, str)
    parts["xl/_rels/workbook.xml.rels"] = relations.replace("worksheets/sheet1.xml", "/odd/place.xml")
    parts["odd/place.xml"] = sheet
    opened = open_book(packed(parts))
    assert [(sheet.name, sheet.part, sheet.hidden) for sheet in opened.sheets] == [("一", "odd/place.xml", False)]


def test_hidden_sheets_names_properties_and_epoch_are_read(good: bytes) -> None:
    opened = open_book(good)
    assert [sheet.name for sheet in opened.sheets if sheet.hidden] == ["_lists"]
    assert "F_revenue_main_2025" in {name.name for name in opened.names}
    assert opened.properties.keys() == {"AccreditationTemplate", "AccreditationTemplateChecksum"}
    assert not opened.epoch_1904
    assert not opened.has_links
    assert open_book(book(workbook='<workbookPr date1904="1"/>')).epoch_1904


def test_local_names_are_left_out() -> None:
    own = '<definedName name="a" localSheetId="0">Y!$A$1</definedName>'
    names = f'<definedNames><definedName name="a">X!$A$1</definedName>{own}</definedNames>'
    assert [name.reference for name in open_book(book(workbook=names)).names] == ["X!$A$1"]


def test_external_links_are_noticed(good: bytes) -> None:
    assert open_book(added(good, {"xl/externalLinks/externalLink1.xml": "<x/>"})).has_links


def test_prefixed_namespace_reads_the_same(good: bytes) -> None:
    text = replaced(
        book(),
        "xl/sharedStrings.xml",
        f'<sst xmlns="{MAIN}"></sst>',
        f'<x:sst xmlns:x="{MAIN}"><x:si><x:t>甲</x:t></x:si></x:sst>',
    )
    assert open_book(text).strings == ("甲",)
