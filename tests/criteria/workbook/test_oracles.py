"""The reader against openpyxl and calamine on good files: every cell the same, every difference explained."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from fractions import Fraction

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from criteria.workbook import Template
from criteria.workbook.annotate import annotated_workbook
from criteria.workbook.dates import serial_date
from criteria.workbook.intake import examine
from criteria.workbook.layout import cell_name
from criteria.workbook.numbers import stored_number
from criteria.workbook.package import open_book
from criteria.workbook.reader import Cell, read_sheets
from criteria.workbook.samples import correct_workbook, faulty_workbook
from criteria.workbook.template import write_template
from tests.criteria.workbook.books import edited, packed, parts_of, unpacked, with_shared_strings

FILES = ("blank", "strong", "middling", "weak", "faulty", "annotated", "shared", "office", "stored", "saved again")


@pytest.fixture(scope="module")
def files(template: Template) -> dict[str, bytes]:
    faulty = faulty_workbook(template)
    return {
        "blank": write_template(template),
        **{profile: correct_workbook(template, 5, profile) for profile in ("strong", "middling", "weak")},
        "faulty": faulty,
        "shared": with_shared_strings(correct_workbook(template, 6, "strong")),
        "office": office_like(with_shared_strings(correct_workbook(template, 7, "weak"))),
        "stored": packed(unpacked(correct_workbook(template, 8, "middling")), zipfile.ZIP_STORED),
        "saved again": edited(correct_workbook(template, 9, "strong"), lambda workbook: None),
        "annotated": annotated_workbook(template, examine(faulty, template).faults),
    }


def office_like(content: bytes) -> bytes:
    """Rows with the attributes that office programs add to them."""
    parts = unpacked(content)
    for name, part in parts.items():
        if name.startswith("xl/worksheets/sheet") and isinstance(part, bytes):
            parts[name] = part.replace(b'<row r="', b'<row spans="1:9" hidden="false" collapsed="false" r="')
    return packed(parts)


def own_cells(content: bytes) -> dict[tuple[str, int, int], Cell]:
    return {
        (grid.sheet.name, row, column): cell
        for grid in read_sheets(open_book(content))
        for (row, column), cell in grid.cells.items()
    }


def same(cell: Cell, value: object) -> bool:
    if isinstance(value, bool):
        return cell.kind == "b" and (cell.text == "1") is value
    if isinstance(value, int | float):
        return cell.kind == "n" and stored_number(cell.text) == stored_number(repr(value))
    return cell.kind == "s" and cell.text == value


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_openpyxl_sees_the_same_cells(name: str, files: dict[str, bytes]) -> None:
    own = own_cells(files[name])
    for data_only in (True, False):
        workbook = load_workbook(io.BytesIO(files[name]), data_only=data_only)
        theirs = {
            (sheet.title, cell.row, cell.column): cell.value
            for sheet in workbook.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        assert theirs.keys() == own.keys()
        assert [place for place, value in theirs.items() if not same(own[place], value)] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_calamine_sees_the_same_cells(name: str, files: dict[str, bytes]) -> None:
    own = own_cells(files[name])
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(files[name]))
    theirs = {}
    for sheet in workbook.sheet_names:
        for row, values in enumerate(workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False), 1):
            for column, value in enumerate(values, 1):
                if value != "":
                    theirs[(sheet, row, column)] = value
    assert theirs.keys() == own.keys()
    # calamine gives every number as float; ours are compared after 15 digits
    assert [place for place, value in theirs.items() if not same(own[place], value)] == []


def test_comparison_would_notice_a_difference() -> None:
    assert not same(Cell("1", "n", 0, None), 2)
    assert not same(Cell("1", "s", 0, None), 1)
    assert same(Cell("0.28999999999999998", "n", 0, None), 0.29)
    assert stored_number("0.28999999999999998") == Fraction(29, 100)


STYLES = (
    '<numFmts><numFmt numFmtId="170" formatCode="0.00%"/></numFmts><fonts><font/></fonts>'
    "<fills><fill><patternFill/></fill></fills>"
    "<borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>"
    '<cellXfs><xf/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="170" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
)
KINDS = (
    '<row r="3"><c r="C3" s="1"><v>44270</v></c><c r="D3" s="2"><v>0.05</v></c><c r="E3"><f>1+1</f><v>2</v></c></row>'
    '<row r="4"><c r="C4" t="e"><v>#DIV/0!</v></c><c r="D4"><f>A1</f></c><c r="E4"><v>0.28999999999999998</v></c></row>'
    '<row r="5"><c r="C5" t="str"><f>"a"</f><v>a</v></c><c r="D5" t="b"><v>0</v></c><c r="E5" t="s"><v>0</v></c></row>'
)
STRING = '<si><r><t>甲</t></r><r><t xml:space="preserve"> 乙</t></r></si>'


def kinds(epoch_1904: bool) -> bytes:
    """A sheet that starts at C3, with a date, a percentage, formulas, an error, a 17-digit tail and rich text."""
    more = '<workbookPr date1904="1"/>' if epoch_1904 else ""
    return typed(parts_of(KINDS, strings=STRING, styles=STYLES, workbook=more))


def typed(parts: dict[str, bytes | str]) -> bytes:
    """The content types that openpyxl looks for, where the reader follows the relations."""
    start = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    more = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{start}.{kind}+xml"/>'
        for part, kind in (("worksheets/sheet1", "worksheet"), ("sharedStrings", "sharedStrings"), ("styles", "styles"))
    )
    types = parts["[Content_Types].xml"]
    assert isinstance(types, str)
    return packed({**parts, "[Content_Types].xml": types.replace("</Types>", f"{more}</Types>")})


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_each_difference_to_openpyxl_is_a_known_one(epoch_1904: bool) -> None:
    content = kinds(epoch_1904)
    own = {cell_name(row, column): cell for (_, row, column), cell in own_cells(content).items()}
    values = load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
    formulas = load_workbook(io.BytesIO(content)).worksheets[0]
    day = date(2025, 3, 16) if epoch_1904 else date(2021, 3, 15)
    # a date is a serial number until the field asks for a date: openpyxl converts by the format
    assert (own["C3"].text, values["C3"].value.date()) == ("44270", day)
    assert serial_date(Fraction(44270), epoch_1904) == day
    assert (own["D3"], values["D3"].value, values["D3"].number_format) == (Cell("0.05", "n", 2, None), 0.05, "0.00%")
    # formula and value come together, openpyxl needs a load for each
    assert (own["E3"], values["E3"].value, formulas["E3"].value) == (Cell("2", "n", 0, "1+1"), 2, "=1+1")
    assert (own["C5"], values["C5"].value, formulas["C5"].value) == (Cell("a", "s", 0, '"a"'), "a", '="a"')
    # a formula without a value is kept as one, openpyxl's values call it empty
    assert (own["D4"], values["D4"].value, formulas["D4"].value) == (Cell("", "n", 0, "A1"), None, "=A1")
    # an error is an error and no text
    assert (own["C4"].kind, values["C4"].value, values["C4"].data_type) == ("e", "#DIV/0!", "e")
    # the tail of 17 digits stays in the text and goes with the 15 digits of the number
    assert (own["E4"].text, stored_number(own["E4"].text)) == ("0.28999999999999998", Fraction(29, 100))
    assert values["E4"].value == 0.29
    assert (own["D5"].kind, values["D5"].value) == ("b", False)
    assert own["E5"].text == values["E5"].value == "甲 乙"


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_each_difference_to_calamine_is_a_known_one(epoch_1904: bool) -> None:
    content = kinds(epoch_1904)
    own = {(row, column): cell for (_, row, column), cell in own_cells(content).items()}
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    theirs = sheet.to_python(skip_empty_area=False)
    assert theirs[0] == theirs[1] == ["", "", "", "", ""]
    day = date(2025, 3, 16) if epoch_1904 else date(2021, 3, 15)
    first = theirs[2][2].date() if isinstance(theirs[2][2], datetime) else theirs[2][2]
    assert (first, theirs[2][3], theirs[2][4]) == (day, 0.05, 2.0)  # no format: 5 % cannot be told from 0.05
    assert (theirs[3][2], own[(4, 3)].kind) == ("", "e")  # an error looks as if nothing had been filled in
    assert (theirs[3][3], own[(4, 4)].formula) == ("", "A1")  # and so does a formula without a value
    assert (theirs[3][4], theirs[4][2], theirs[4][3]) == (0.29, "a", False)
    assert theirs[4][4] == own[(5, 5)].text
