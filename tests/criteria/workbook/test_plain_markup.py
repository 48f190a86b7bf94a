"""The quick way through plain rows and strings: never another answer than expat's, only a sooner one."""

from __future__ import annotations

import random

import pytest

from criteria.workbook import markup
from criteria.workbook.faults import Refused
from criteria.workbook.package import open_book
from criteria.workbook.plain_markup import PlainRows, Unplain, plain_strings, without_references
from criteria.workbook.reader import Cell, read_sheets
from tests.criteria.workbook.books import MAIN, packed, parts_of

ROWS = (
    '<row r="1" spans="1:3" x14ac:dyDescent="0.25" xmlns:x14ac="urn:x"><c r="A1" s="1" t="s"><v>0</v></c></row>'
    '<row r="2" ht="19.5" hidden="false"><c r="A2" t="s"><v>1</v></c><c r="B2" s="2"/><c r="C2"><v>3.5</v></c></row>'
    '<row r="3"><c r="A3" t="inlineStr"><is><t xml:space="preserve"> &#20116;&amp;</t></is></c></row>\n'
    '<row r="4" hidden="1"><c r="A4" t="b"><v>1</v></c><c r="D4" t="e"><v>#N/A</v></c></row>'
    '<row r="6"><c r="A6" t="str"><v>a_x0041_</v></c><c r="B6" t="str"><f>"a"</f><v>a</v></c><c r="C6"></c></row>'
    '<row r="7" ht="0"/><row r="8"><c r="B8" t="n"><v>8</v></c><!-- x --><c r="C8" t="d"><v>2024-03-15</v></c></row>'
)
STRINGS = "<si><t>甲</t></si><si><t>a&lt;b</t></si><si><r><t>乙</t></r></si><si><t/></si>"
PIECES = ("<![CDATA[", "]]>", "<!--", "-->", "</row>", "<row r='9'>", 'xmlns="urn:x"', "&#0;", "&lt;", "<c/>", '"', "<")


def answer(rows: str, strings: str, before: str = "") -> object:
    """What is read: the cells and hidden rows, or the code of the refusal."""
    parts = parts_of(strings=strings)
    parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData></worksheet>'
    try:
        grid = read_sheets(open_book(packed(parts)))[0]
    except Refused as refusal:
        return refusal.fault.code
    return grid.cells, grid.hidden_rows, grid.hidden_columns


def mutated(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text))
    if rng.random() < 0.5:
        return text[:at] + rng.choice(PIECES) + text[at:]
    return text[:at] + text[at + rng.randint(1, 30) :]


@pytest.fixture
def by_expat_alone(monkeypatch: pytest.MonkeyPatch) -> object:
    def one(*given: str) -> object:
        with monkeypatch.context() as patch:
            patch.setattr(markup, "_is_plain_utf8", lambda start: False)
            return answer(*given)

    return one


def test_same_cells_as_by_expat_alone(by_expat_alone) -> None:
    assert answer(ROWS, STRINGS) == by_expat_alone(ROWS, STRINGS)
    cells, hidden, _ = answer(ROWS, STRINGS)
    assert (cells[(2, 1)], cells[(3, 1)]) == (Cell("a<b", "s", 0, None), Cell(" 五&", "s", 0, None))
    assert hidden == {4, 7}


@pytest.mark.parametrize(
    ("rows", "strings"),
    [
        ("<![CDATA[" + ROWS + "]]>", STRINGS),
        (ROWS + "<!-- " + ROWS + " -->", STRINGS),
        ('<x:row xmlns:x="urn:x">' + ROWS + "</x:row>", STRINGS),
        (ROWS, "<![CDATA[" + STRINGS + "]]>"),
        (ROWS, STRINGS[:-5]),
        (ROWS + ROWS, STRINGS),
        (ROWS.replace('r="A2"', 'r="A3"'), STRINGS),
        (ROWS.replace('r="B2"', 'r="A2"'), STRINGS),
        (ROWS.replace('r="A2"', 'r="XFE2"'), STRINGS),
        (ROWS.replace("<v>1</v>", "<v>9</v>"), STRINGS),
        (ROWS.replace("&#20116;", "&#11;"), STRINGS),
        (ROWS.replace("&amp;", "&eacute;"), STRINGS),
        (ROWS.replace('spans="1:3"', 'r="1"'), STRINGS),
        (ROWS.replace("五", "]]>"), STRINGS.replace("甲", "]]>")),
        (ROWS.replace("<v>3.5</v>", "<v>3.5\r\n</v>"), STRINGS.replace("甲", "甲\r")),
        (ROWS.replace("3.5", "\x01"), STRINGS),
    ],
)
def test_odd_rows_are_judged_as_by_expat_alone(rows: str, strings: str, by_expat_alone) -> None:
    assert answer(rows, strings) == by_expat_alone(rows, strings)


def test_other_default_namespace_is_not_taken_for_rows(by_expat_alone) -> None:
    parts = parts_of()
    parts["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{MAIN}" xmlns="urn:other"><x:sheetData>{ROWS}</x:sheetData></x:worksheet>'
    )
    assert read_sheets(open_book(packed(parts)))[0].cells == {}


@pytest.mark.slow
def test_damaged_markup_is_judged_as_by_expat_alone(by_expat_alone) -> None:
    rng = random.Random(20261128)
    differing = []
    for _ in range(600):
        rows, strings = ROWS, STRINGS
        for _ in range(rng.randint(1, 3)):
            if rng.random() < 0.7:
                rows = mutated(rows, rng)
            else:
                strings = mutated(strings, rng)
        if answer(rows, strings) != by_expat_alone(rows, strings):
            differing.append((rows, strings))
    assert differing == []


def test_plain_rows_are_found_one_after_the_other() -> None:
    text = '<row r="2"><c r="A2"><v>7</v></c></row><row r="3" s="1"/>'
    text += '<row r="4"><c r="A4">x</c></row><row r="5" hidden="1"/>'
    found = list(PlainRows().rows(text, 0))
    assert [number for _, number, _ in found] == ["2", "3", "4"]
    assert [cells for _, _, cells in found][:2] == [[("A", "2", "", "", "", "7", "", "")], []]
    assert any(cell[-1] for cell in found[2][2])
    assert text[found[-1][0] :].startswith('<row r="5"')


def test_plain_strings_end_before_a_string_of_several_pieces() -> None:
    assert [written for _, written in plain_strings(STRINGS, 0)] == ["甲", "a&lt;b"]


def test_references_are_resolved_and_forbidden_signs_left_to_expat() -> None:
    assert without_references("&#x4e00;&quot;&#20108;") == '一"二'
    for text in ("&#0;", "&#xFFFE;", "&#55296;"):
        with pytest.raises(Unplain):
            without_references(text)
