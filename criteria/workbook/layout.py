"""What a batch's template is: its form, its identity and the fixed words by which its cells are found again."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from criteria.fields import AnnexSpec, Choice, FieldSpec, FormSpec, Kind
from criteria.units import UNITS

LAYOUT_VERSION = 1  # part of the checksum: a changed arrangement of the sheets is another template

COVER_SHEET = "填表说明"
BASICS_SHEET = "基本情况"
TABLE_SHEET = "评价数据表"
LISTS_SHEET = "_lists"
FAULTS_SHEET = "问题清单"

ANCHOR = "代码"  # heads the code column of a table and the code row of an annex
LABEL_HEAD = "项目"
UNIT_HEAD = "单位"
ANSWER_HEAD = "填写内容"
HINT_HEAD = "填写说明"
NUMBER_HEAD = "序号"

PROPERTY_ID = "AccreditationTemplate"
PROPERTY_CHECKSUM = "AccreditationTemplateChecksum"

_MARK = re.compile(r"模板编号：(\S+)\s+校验码：([0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class Mark:
    """One witness of which template a workbook came from: place, template id, first 16 digits of the checksum."""

    place: str
    template_id: str
    checksum: str


@dataclass(frozen=True, slots=True)
class Template:
    """The template of one batch; `checksum` is the SHA-256 over everything that shapes its cells."""

    id: str
    rule_set_ref: str
    rule_set_checksum: str
    batch_code: str
    reporting_year: int
    title: str
    form: FormSpec
    checksum: str

    def years(self, spec: FieldSpec) -> tuple[int | None, ...]:
        """Years asked of a field, newest first; `(None,)` for a basic."""
        if spec.years == 0:
            return (None,)
        return tuple(self.reporting_year - back for back in range(spec.years))

    @property
    def table_years(self) -> tuple[int, ...]:
        """Year columns of the data table, newest first."""
        most = max((spec.years for spec in self.form.table), default=0)
        return tuple(self.reporting_year - back for back in range(most))

    @property
    def mark_text(self) -> str:
        """The visible mark, as it stands on each sheet."""
        return f"模板编号：{self.id}　校验码：{self.checksum[:16]}"

    def to_json(self) -> str:
        """JSON text from which `template_from_json` builds the same template."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def template_for(
    form: FormSpec, rule_set_ref: str, rule_set_checksum: str, batch_code: str, reporting_year: int, title: str
) -> Template:
    """The template of a batch. ValueError names every reason why the form cannot be laid out."""
    if reasons := list(_unfit(form, batch_code, rule_set_ref)):
        raise ValueError("; ".join(reasons))
    identity = f"{batch_code}:{rule_set_ref}:{reporting_year}"
    content = {"layout": LAYOUT_VERSION, "id": identity, "rules": rule_set_checksum, "title": title}
    canonical = json.dumps({**content, "form": asdict(form)}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    checksum = hashlib.sha256(canonical.encode()).hexdigest()
    return Template(identity, rule_set_ref, rule_set_checksum, batch_code, reporting_year, title, form, checksum)


def template_from_json(text: str) -> Template:
    """Inverse of `Template.to_json`."""
    plain = json.loads(text)
    form = plain.pop("form")
    annexes = tuple(
        AnnexSpec(**{**annex, "columns": tuple(_field(column) for column in annex["columns"])})
        for annex in form["annexes"]
    )
    basics = tuple(_field(spec) for spec in form["basics"])
    table = tuple(_field(spec) for spec in form["table"])
    return Template(**plain, form=FormSpec(form["title_zh"], form["title_en"], basics, table, annexes))


def column_code(annex: AnnexSpec, column: FieldSpec) -> str:
    """The printed code of an annex column, unique in the workbook (`B1-03`)."""
    return column.row if column.row.startswith(annex.letter) else f"{annex.letter}-{column.row}"


def annex_sheet(annex: AnnexSpec) -> str:
    """Sheet name of an annex, within Excel's 31 characters and without the signs that Excel forbids."""
    return re.sub(r"[\[\]:*?/\\']", "", f"附表{annex.letter} {annex.name_zh}")[:31]


def unit_name(spec: FieldSpec) -> str:
    """The unit as printed in the workbook."""
    if spec.kind in (Kind.TEXT, Kind.ENUM, Kind.USCC, Kind.DATE, Kind.BOOLEAN):
        return {Kind.ENUM: "选择", Kind.DATE: "日期", Kind.BOOLEAN: "是/否"}.get(spec.kind, "文字")
    return UNITS[spec.unit].name_zh


def marks_in(place: str, text: str) -> Iterator[Mark]:
    """The marks that a cell text carries."""
    for found in _MARK.finditer(text):
        yield Mark(place, found[1], found[2])


def defined_name(code: str, year: int | None) -> str:
    """The defined name of an input cell."""
    return f"F_{code}" if year is None else f"F_{code}_{year}"


def column_letters(column: int) -> str:
    """1 to A, 27 to AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Address such as `D7` of 1-based row and column."""
    return f"{column_letters(column)}{row}"


def _unfit(form: FormSpec, *references: str) -> Iterator[str]:
    yield from (f"{text!r} contains blanks" for text in references if re.search(r"\s", text) or not text)
    yield from (f"basic {spec.code} asks for years" for spec in form.basics if spec.years)
    yield from (f"field {spec.code} asks for no year" for spec in form.table if not spec.years)
    codes = Counter([spec.code for spec in (*form.basics, *form.table)])
    annexes = Counter(annex.code for annex in form.annexes)
    rows = Counter([spec.row for spec in (*form.basics, *form.table)])
    rows.update(column_code(annex, column) for annex in form.annexes for column in annex.columns)
    sheets = Counter(annex_sheet(annex) for annex in form.annexes)
    for counter in (codes, annexes, rows, sheets):
        yield from (f"{name} occurs {times} times" for name, times in counter.items() if times > 1)


def _field(plain: Mapping[str, Any]) -> FieldSpec:
    choices = tuple(Choice(**choice) for choice in plain["choices"])
    return FieldSpec(**{**plain, "kind": Kind(plain["kind"]), "choices": choices, "source": tuple(plain["source"])})
