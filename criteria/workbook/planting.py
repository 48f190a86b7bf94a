"""Plants one fault of a kind into one cell of a filled sample workbook, for the demonstration and for tests."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from criteria.fields import FieldSpec, Kind
from criteria.workbook.layout import BASICS_SHEET, COVER_SHEET, TABLE_SHEET, Template, annex_sheet, cell_name
from criteria.workbook.sheets import ANNEX_CODE_ROW, FIGURES, addresses

Edit = Callable[[str], str]  # on the XML of a sheet
Key = tuple[str, int | None]  # (field, year), or (`annex.column`, line)

_LABEL_COLUMN, _CODE_COLUMN = 2, 1
_UNIT_COLUMNS = {True: 3, False: 4}  # data table, basics


@dataclass(frozen=True, slots=True)
class Planted:
    """A workbook with one planted fault: the bytes, where it lies, the fault code that must come back."""

    workbook: bytes
    sheet: str
    cell: str
    code: str


@dataclass(frozen=True, slots=True)
class Spot:
    """An input cell of an untouched template with its field."""

    sheet: str
    row: int
    column: int
    spec: FieldSpec
    in_annex: bool
    in_table: bool

    @property
    def cell(self) -> str:
        """Address such as `D7`."""
        return cell_name(self.row, self.column)


@dataclass(frozen=True, slots=True)
class Plant:
    """One kind of fault: the code it must raise, the fields it fits, what it writes or does to the row."""

    code: str
    fits: Callable[[FieldSpec], bool]
    cell: str = ""  # inner XML of the cell, with its attributes before `|`
    edit: str = ""  # `hide` the row, or replace the `label`, `unit` or `code` beside it


def _text(words: str) -> str:
    return f't="inlineStr"|<is><t>{escape(words)}</t></is>'


def _number(digits: str) -> str:
    return f"|<v>{digits}</v>"


def _is_figure(spec: FieldSpec) -> bool:
    return spec.kind in FIGURES


def _is_kind(*kinds: Kind) -> Callable[[FieldSpec], bool]:
    return lambda spec: spec.kind in kinds


def _always(_spec: FieldSpec) -> bool:
    return True


PLANTS: dict[str, Plant] = {
    "text_in_number": Plant("text_for_number", _is_figure, _text("约一百")),
    "letters_in_number": Plant("text_for_number", _is_figure, _text("1O0")),
    "wrong_groups": Plant("text_for_number", _is_figure, _text("1,23")),
    "unit_unclear": Plant("unit_unclear", _is_figure, _text("100万")),
    "negative": Plant("negative", _is_kind(Kind.DECIMAL, Kind.INTEGER), _number("-5")),
    "not_integer": Plant("not_integer", _is_kind(Kind.INTEGER), _number("2.5")),
    "too_many_places": Plant("too_many_places", _is_kind(Kind.DECIMAL, Kind.DECIMAL_SIGNED), _number("1.2345")),
    "not_a_number": Plant("not_a_number", _is_figure, _number("1E+400")),
    "error_value": Plant("error_cell", _always, 't="e"|<v>#DIV/0!</v>'),
    "formula": Plant("formula", _always, "|<f>SUM(A1:A3)</f><v>6</v>"),
    "forged_formula": Plant("formula_mismatch", _is_figure, "|<f>1+1</f><v>99999</v>"),
    "formula_without_value": Plant("formula_without_value", _is_figure, "|<f>1+1</f>"),
    "missing": Plant("required", lambda spec: spec.required, "|"),
    "blank": Plant("required", lambda spec: spec.required, _text("　 ")),
    "wrong_check_digit": Plant("uscc_check", _is_kind(Kind.USCC), _text("91310115YL0001231G")),
    "short_credit_code": Plant("uscc_length", _is_kind(Kind.USCC), _text("9131011500")),
    "bad_credit_code": Plant("uscc_form", _is_kind(Kind.USCC), _text("9131011500000000IO")),
    "credit_code_as_number": Plant("code_as_number", _is_kind(Kind.USCC), _number("3.1E+17")),
    "code_as_number": Plant(
        "code_as_number", lambda spec: spec.kind is Kind.TEXT and spec.unit == "code", _number("3484")
    ),
    "not_a_choice": Plant("not_a_choice", _is_kind(Kind.ENUM), _text("随便")),
    "not_yes_or_no": Plant("not_yes_or_no", _is_kind(Kind.BOOLEAN), _text("也许")),
    "bad_date": Plant("not_a_date", _is_kind(Kind.DATE), _text("2024年13月1日")),
    "ambiguous_date": Plant("not_a_date", _is_kind(Kind.DATE), _text("3/4/2024")),
    "bare_serial": Plant("not_a_date", _is_kind(Kind.DATE), _number("45000")),
    "control_character": Plant("control_character", _is_kind(Kind.TEXT), _text("示例_x0001_")),
    "hidden_row": Plant("hidden_row", _always, edit="hide"),
    "label_changed": Plant("label_changed", _always, edit="label"),
    "unit_changed": Plant("unit_changed", _always, edit="unit"),
    "code_changed": Plant("code_missing", _always, edit="code"),
}


def fits(kind: str, template: Template, key: Key) -> bool:
    """Whether a kind of fault can be planted into that cell."""
    spot, plant = spot_of(template, key), PLANTS[kind]
    beside = plant.edit in ("label", "unit", "code")
    return plant.fits(spot.spec) and not (beside and spot.in_annex)


def plant(kind: str, template: Template, key: Key, workbook: bytes) -> Planted:
    """A copy of a sample workbook with one fault planted; the workbook must stand as the template laid it out."""
    spot, code = spot_of(template, key), PLANTS[kind].code
    where, edit = edit_of(kind, template, key)
    edited = edit_sheet(workbook, template, spot.sheet, edit)
    return Planted(edited, spot.sheet if where else "", where, code)


def edit_of(kind: str, template: Template, key: Key) -> tuple[str, Edit]:
    """The cell at which a planted fault will be named (none for a code that is gone), and the edit of its sheet."""
    spot, rule = spot_of(template, key), PLANTS[kind]
    if rule.edit == "hide":
        return _first_of_row(template, key, spot).cell, hide_row(spot.row)
    if not rule.edit:
        return spot.cell, replace_cell(spot.cell, rule.cell)
    column = {"label": _LABEL_COLUMN, "unit": _UNIT_COLUMNS[spot.in_table], "code": _CODE_COLUMN}[rule.edit]
    where = cell_name(spot.row, column)
    edit = replace_cell(where, _text(_wrong_word(rule.edit, spot.spec)))
    return "" if rule.edit == "code" else where, edit


def _first_of_row(template: Template, key: Key, spot: Spot) -> Spot:
    if spot.in_annex:
        annex = template.form.annex(key[0].partition(".")[0])
        return spot_of(template, (f"{annex.code}.{annex.columns[0].code}", key[1]))
    return spot_of(template, (key[0], template.reporting_year)) if spot.in_table else spot


def spot_of(template: Template, key: Key) -> Spot:
    """The input cell of a key in the untouched template. KeyError when there is none."""
    annex_code, _, column_code = key[0].partition(".")
    if not column_code:
        sheet, row, column = addresses(template)[key]
        return Spot(sheet, row, column, template.form.field(key[0]), in_annex=False, in_table=key[1] is not None)
    annex = template.form.annex(annex_code)
    number = [column.code for column in annex.columns].index(column_code)
    row = ANNEX_CODE_ROW + (key[1] or 1)
    return Spot(annex_sheet(annex), row, number + 2, annex.columns[number], in_annex=True, in_table=False)


def edit_sheet(workbook: bytes, template: Template, sheet: str, edit: Edit) -> bytes:
    """A copy of a workbook of ours with the XML of one sheet edited."""
    part = f"xl/worksheets/sheet{_sheet_names(template).index(sheet) + 1}.xml"
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in source.infolist():
            content = source.read(entry)
            copy.writestr(entry, edit(content.decode()).encode() if entry.filename == part else content)
    return target.getvalue()


def replace_cell(where: str, inner: str) -> Edit:
    """An edit that gives a cell new attributes and content (`attributes|content`), its style kept."""
    attributes, _, content = inner.partition("|")
    pattern = re.compile(rf'<c r="{where}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)', re.DOTALL)

    def edit(xml: str) -> str:
        changed, times = pattern.subn(lambda found: f'<c r="{where}"{found[1] or ""} {attributes}>{content}</c>', xml)
        if times != 1:
            raise LookupError(where)
        return changed

    return edit


def hide_row(row: int) -> Edit:
    """An edit that hides a row."""

    def edit(xml: str) -> str:
        changed, times = re.subn(rf'<row r="{row}"', f'<row r="{row}" hidden="1"', xml)
        if times != 1:
            raise LookupError(row)
        return changed

    return edit


def _wrong_word(edit: str, spec: FieldSpec) -> str:
    if edit == "unit":
        return "千元" if spec.unit == "wCNY" else "万元"
    return "X-99" if edit == "code" else f"{spec.name_zh}（合并口径）"


def _sheet_names(template: Template) -> list[str]:
    return [COVER_SHEET, BASICS_SHEET, TABLE_SHEET, *(annex_sheet(annex) for annex in template.form.annexes)]
