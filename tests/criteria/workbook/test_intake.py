"""From bytes to facts: round trips, several faults at once, what is asked and what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest

from criteria.facts import Facts
from criteria.workbook import Faults, Template, examine, read
from criteria.workbook.intake import template_id_of
from criteria.workbook.planting import edit_sheet, hide_row, replace_cell, spot_of
from criteria.workbook.samples import PROFILES, correct_workbook, sample_facts
from criteria.workbook.template import write_template
from tests.criteria.workbook.books import replaced


def put(template: Template, content: bytes, key: tuple[str, int | None], inner: str) -> bytes:
    spot = spot_of(template, key)
    return edit_sheet(content, template, spot.sheet, replace_cell(spot.cell, inner))


def text(words: str) -> str:
    return f't="inlineStr"|<is><t>{words}</t></is>'


@pytest.mark.slow
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("seed", [1, 7])
def test_sample_is_read_back_exactly(profile: str, seed: int, template: Template) -> None:
    meant, got = sample_facts(template, seed, profile), read(correct_workbook(template, seed, profile), template)
    assert isinstance(got, Facts)
    assert {k: f.value for k, f in got.figures.items()} == {k: f.value for k, f in meant.figures.items()}
    for code, rows in meant.annexes.items():
        wanted = [{column: value for column, value in row.values.items() if value is not None} for row in rows]
        assert [dict(row.values) for row in got.annexes[code]] == wanted


def test_every_fact_names_its_cell_and_the_text_as_typed(good: bytes, template: Template) -> None:
    facts = read(put(template, good, ("employees", 2025), text("７６０人")), template)
    assert isinstance(facts, Facts)
    fact = facts.figures[("employees", 2025)]
    assert fact.origin is not None
    assert (str(fact.origin), fact.origin.raw, fact.value) == ("评价数据表!D17", "７６０人", 760)
    assert fact.notes == ("文本“７６０人”按 760人 读取",)
    assert all(fact.origin for fact in facts.figures.values())


def test_reading_twice_gives_the_same_digest(good: bytes, template: Template) -> None:
    first, second = read(good, template), read(good, template)
    assert isinstance(first, Facts)
    assert isinstance(second, Facts)
    assert first.digest() == second.digest()


def test_empty_template_names_every_required_cell_once(template: Template) -> None:
    faults = read(write_template(template), template)
    assert isinstance(faults, Faults)
    required = sum(len(template.years(spec)) for spec in (*template.form.basics, *template.form.table) if spec.required)
    assert len(faults.faults) == len({fault.place for fault in faults.faults}) == required
    assert {fault.code for fault in faults.faults} == {"required"}


def test_faults_come_in_the_order_of_the_workbook(good: bytes, template: Template) -> None:
    content = put(template, good, ("equipment.original_value", 2), text("贵"))
    content = put(template, content, ("employees", 2024), text("约"))
    content = put(template, content, ("employees", 2025), "|")
    content = put(template, content, ("uscc", None), text("X"))
    faults = read(content, template)
    assert isinstance(faults, Faults)
    assert [(fault.code, fault.place) for fault in faults.faults] == [
        ("uscc_length", "基本情况!C6"),
        ("required", "评价数据表!D17"),
        ("text_for_number", "评价数据表!E17"),
        ("text_for_number", "附表B4 研究开发仪器设备表!D8"),
    ]


def test_good_cells_of_a_faulty_workbook_stay_readable(good: bytes, template: Template) -> None:
    reading = examine(put(template, good, ("employees", 2025), text("约")), template)
    assert not reading.accepted
    assert ("employees", 2025) not in reading.facts.figures
    assert len(reading.facts.figures) == len(sample_facts(template).figures) - 1
    assert reading.outcome is reading.faults


def test_question_does_not_stop_acceptance(good: bytes, template: Template) -> None:
    def note(xml: str) -> str:
        return replace_cell("E33", text("120"))(xml)

    reading = examine(edit_sheet(good, template, "评价数据表", note), template)
    assert reading.accepted
    assert [(fault.code, fault.place, fault.read) for fault in reading.faults.warnings] == [
        ("not_asked", "评价数据表!E33", "120")
    ]


@pytest.mark.parametrize(
    ("line", "gap"), [(200, "附表B3 标准表!B14"), (9, "附表B3 标准表!B14")], ids=["far below", "one line left out"]
)
def test_gap_in_an_annex_is_asked_about(line: int, gap: str, good: bytes, template: Template) -> None:
    row = 6 + line
    names = ("t='inlineStr'", "<is><t>x</t></is>")
    cells = "".join(f'<c r="{c}{row}" {names[0]}>{names[1]}</c>' for c in "BC")
    cells += (
        f'<c r="D{row}" t="inlineStr"><is><t>国家标准</t></is></c><c r="E{row}" t="inlineStr"><is><t>参加</t></is></c>'
    )
    cells += f'<c r="F{row}" t="inlineStr"><is><t>2024-06-01</t></is></c>'

    def add(xml: str) -> str:
        start, found, rest = xml.partition(f'<row r="{row}"')
        if found:
            return start + f'<row r="{row}">{cells}</row>' + rest.partition("</row>")[2]
        return xml.replace("</sheetData>", f'<row r="{row}">{cells}</row></sheetData>')

    reading = examine(edit_sheet(good, template, "附表B3 标准表", add), template)
    assert [(fault.code, fault.place) for fault in reading.faults.faults] == [("annex_gap", gap)]
    assert [row.number for row in reading.facts.annexes["standards"]] == list(range(1, 9))


def test_missing_answer_in_a_begun_annex_line_is_named(good: bytes, template: Template) -> None:
    faults = read(put(template, good, ("standards.name", 2), "|"), template)
    assert isinstance(faults, Faults)
    assert [(fault.code, fault.place, fault.field) for fault in faults.faults] == [
        ("required", "附表B3 标准表!C8", "standards.name")
    ]


def test_optional_answer_may_be_missing(good: bytes, template: Template) -> None:
    facts = read(put(template, good, ("rd_projects.partner", 3), "|"), template)
    assert isinstance(facts, Facts)
    assert "partner" not in facts.annexes["rd_projects"][2].values


@pytest.mark.slow
def test_annex_above_its_limit_is_refused_with_the_first_line_too_many(good: bytes, template: Template) -> None:
    lines = "".join(f'<row r="{row}"><c r="B{row}"><v>1</v></c></row>' for row in range(27, 600))

    def add(xml: str) -> str:
        return xml.replace("</sheetData>", f"{lines}</sheetData>")

    faults = read(edit_sheet(good, template, "附表B3 标准表", add), template)
    assert isinstance(faults, Faults)
    assert ("annex_too_long", "附表B3 标准表!B520") in [(fault.code, fault.place) for fault in faults.faults]


def test_hidden_row_is_one_fault_however_many_answers_it_holds(good: bytes, template: Template) -> None:
    faults = read(edit_sheet(good, template, "评价数据表", hide_row(6)), template)
    assert isinstance(faults, Faults)
    assert [(fault.code, fault.place) for fault in faults.faults] == [("hidden_row", "评价数据表!D6")]


def test_hidden_column_is_one_fault(good: bytes, template: Template) -> None:
    def hide(xml: str) -> str:
        start, _, rest = xml.partition("<cols>")
        inside, _, after = rest.partition("</cols>")
        inside = inside.replace('min="5"', 'hidden="1" min="5"')
        return f"{start}<cols>{inside}</cols>{after}"

    faults = read(edit_sheet(good, template, "评价数据表", hide), template)
    assert isinstance(faults, Faults)
    assert [(fault.code, fault.place) for fault in faults.faults] == [("hidden_column", "评价数据表!E6")]


def test_hidden_sheet_is_one_fault(good: bytes, template: Template) -> None:
    content = (
        replaced(good, "xl/workbook.xml", 'name="评价数据表"', 'state="hidden" name="评价数据表"')
        if (b'name="\xe8' in good)
        else _hide_sheet(good)
    )
    faults = read(content, template)
    assert isinstance(faults, Faults)
    assert [(fault.code, fault.place) for fault in faults.faults] == [("hidden_sheet", "评价数据表!D6")]


def _hide_sheet(content: bytes) -> bytes:
    return replaced(content, "xl/workbook.xml", 'sheetId="3" state="visible"', 'sheetId="3" state="hidden"')


def test_external_links_are_asked_about(good: bytes, template: Template) -> None:
    from tests.criteria.workbook.books import added

    reading = examine(added(good, {"xl/externalLinks/externalLink1.xml": "<x/>"}), template)
    assert reading.accepted
    assert [fault.code for fault in reading.faults.faults] == ["external_links"]


def test_money_typed_in_another_unit_is_converted_and_noted(good: bytes, template: Template) -> None:
    facts = read(put(template, good, ("revenue_main", 2025), text("5.2亿元")), template)
    assert isinstance(facts, Facts)
    fact = facts.figures[("revenue_main", 2025)]
    assert (fact.value, fact.notes) == (Fraction(520_000), ("文本“5.2亿元”按 520000千元 读取",))


def test_template_id_is_told_without_reading_sheets(good: bytes, template: Template) -> None:
    assert template_id_of(good) == template.id
    assert template_id_of(b"%PDF") is None


def test_marks_on_the_sheets_suffice_when_properties_are_lost(good: bytes, template: Template) -> None:
    content = replaced(good, "_rels/.rels", "custom-properties", "lost-properties")
    assert isinstance(read(content, template), Facts)


def test_whatever_breaks_inside_becomes_a_refusal(
    good: bytes, template: Template, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("planted")

    monkeypatch.setattr("criteria.workbook.intake.read_sheets", broken)
    faults = read(good, template)
    assert isinstance(faults, Faults)
    assert faults.refusal is not None
    assert faults.refusal.code == "unreadable"
    assert "planted" in caplog.text


def test_lack_of_memory_becomes_a_refusal(good: bytes, template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    def exhausted(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("criteria.workbook.intake.read_sheets", exhausted)
    faults = read(good, template)
    assert isinstance(faults, Faults)
    assert faults.refusal is not None
    assert faults.refusal.code == "too_much_memory"
