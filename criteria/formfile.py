"""The form of a rule set: field definitions of the catalogue, overlaid by what the set says, into a `FormSpec`."""

from __future__ import annotations

import re
from typing import Any

from criteria.cursor import Cursor
from criteria.fields import AnnexSpec, Choice, FieldSpec, FormSpec, Kind
from criteria.identifiers import SCHEMES
from criteria.units import UNITS

MOST_YEARS, MOST_PLACES, MOST_ROWS = 10, 8, 50_000
_ROW = re.compile(r"[A-Z][0-9]?-[0-9]{2}(\.[0-9])?")
_CODE = re.compile(r"[a-z][a-z0-9_]*")


def resolve_form(form: Any, catalogue: dict[str, Any], form_of: Cursor) -> dict[str, Any]:
    """The form section with every code replaced by its full definition; unknown codes become faults."""
    if not isinstance(form, dict):
        return {}
    fields, annexes = _by_code(catalogue.get("fields")), _by_code(catalogue.get("annexes"))
    resolved = dict(form)
    resolved["basics"] = _overlaid(form.get("basics"), fields, form_of, "basics")
    resolved["table"] = _overlaid(form.get("table"), fields, form_of, "table")
    resolved["annexes"] = _overlaid(form.get("annexes"), annexes, form_of, "annexes")
    return resolved


def _by_code(rows: Any) -> dict[str, Any]:
    """Rows of the catalogue under their codes."""
    coded = rows if isinstance(rows, list) else []
    return {row["code"]: row for row in coded if isinstance(row, dict) and isinstance(row.get("code"), str)}


def _overlaid(rows: Any, known: dict[str, Any], form_of: Cursor, key: str) -> list[Any]:
    resolved = []
    for row in rows if isinstance(rows, list) else []:
        overlay = {"code": row} if isinstance(row, str) else row
        code = overlay.get("code") if isinstance(overlay, dict) else None
        if not isinstance(code, str) or code not in known:
            form_of.fault(key, f"字段目录中没有：{code}", f"not in the field catalogue: {code}")
            continue
        resolved.append(known[code] | overlay)
    return resolved


def read_form(section: Cursor) -> FormSpec:
    """A resolved form section."""
    title_zh, title_en = section.pair("title")
    form = FormSpec(
        title_zh,
        title_en,
        section.each("basics", _basic),
        section.each("table", read_field),
        section.each("annexes", _annex),
    )
    section.done()
    _check_rows(section, form)
    return form


def _basic(row: Cursor) -> FieldSpec:
    field = read_field(row)
    if field.years:
        row.fault("years", "基本信息没有年度", "a basic field has no years")
    return field


def read_field(row: Cursor) -> FieldSpec:
    """One field definition."""
    name_zh, name_en = row.pair("name")
    hint_zh, hint_en = row.pair("hint", "")
    group_zh, group_en = row.pair("group", "")
    evidence_zh, evidence_en = row.pair("evidence", "")
    kind = Kind(row.choice("kind", tuple(Kind)))
    field = FieldSpec(
        code=row.text("code"),
        row=row.text("row"),
        name_zh=name_zh,
        name_en=name_en,
        unit=row.choice("unit", tuple(UNITS)),
        kind=kind,
        years=row.whole("years", 1, MOST_YEARS),
        required=row.flag("required", True),
        places=row.whole("places", 0 if kind is Kind.INTEGER else 2, MOST_PLACES),
        choices=row.each("choices", _choice),
        hint_zh=hint_zh,
        hint_en=hint_en,
        confidence=row.confidence(),
        source=row.texts("source"),
        group_zh=group_zh,
        group_en=group_en,
        evidence_zh=evidence_zh,
        evidence_en=evidence_en,
        identifier=row.choice("identifier", ("", *SCHEMES), ""),
    )
    row.text("note", "")
    _check_field(row, field)
    return field


def _check_field(row: Cursor, field: FieldSpec) -> None:
    if not _CODE.fullmatch(field.code):
        row.fault("code", "代码应为小写字母、数字、下划线", "a code is lower-case letters, digits, underscores")
    if not _ROW.fullmatch(field.row):
        row.fault("row", "行号应如 A-01", "a row code looks like A-01")
    if (field.kind is Kind.ENUM) is not bool(field.choices):
        row.fault(
            "choices", "枚举字段必须且只有枚举字段可以列出取值", "an enum field lists its choices, no other field does"
        )
    if field.identifier and field.kind is not Kind.TEXT:
        row.fault("identifier", "只有文本栏可以是编号", "only a column of text holds identifiers")


def _choice(row: Cursor) -> Choice:
    name_zh, name_en = row.pair("name")
    return Choice(row.text("code"), name_zh, name_en)


def _annex(row: Cursor) -> AnnexSpec:
    name_zh, name_en = row.pair("name")
    columns = row.each("columns", _basic)
    code, letter, counts = row.text("code"), row.text("letter"), row.text("counts", "") or None
    return AnnexSpec(code, letter, name_zh, name_en, columns, row.whole("max_rows", 500, MOST_ROWS), counts)


def _check_rows(section: Cursor, form: FormSpec) -> None:
    """Codes and row codes identify a field, so neither may occur twice."""
    lists = [(*form.basics, *form.table), *(annex.columns for annex in form.annexes)]
    rows = [field.row for fields in lists for field in fields]
    codes = [field.code for field in lists[0]]
    doubled = {name for names in (rows, codes) for name in names if names.count(name) > 1}
    for name in sorted(doubled):
        section.fault("", f"重复的行号或代码：{name}", f"row code or field code occurs twice: {name}")
    for field in lists[0]:
        if field.identifier:
            section.fault("", f"只有附表的栏可以是编号：{field.code}", f"only an annex has identifiers: {field.code}")
    table = {field.code for field in form.table}
    for annex in form.annexes:
        if annex.counts is not None and annex.counts not in table:
            section.fault("annexes", f"没有这个字段：{annex.counts}", f"no such field: {annex.counts}")
