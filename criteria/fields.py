"""The form that a rule set asks for: basics, data table fields with their years, annexes with their columns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction


class Kind(StrEnum):
    """How a cell is read and checked."""

    DECIMAL = "decimal"  # not negative
    DECIMAL_SIGNED = "decimal_signed"
    INTEGER = "integer"  # not negative
    TEXT = "string"
    ENUM = "enum"
    BOOLEAN = "boolean"
    DATE = "date"  # kept as ISO text
    USCC = "uscc"  # unified social credit code, GB 32100


_NUMBERS = frozenset({Kind.DECIMAL, Kind.DECIMAL_SIGNED, Kind.INTEGER})


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed value of an enum field with its labels."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of the form.

    `row` is the printed, locked row code that identifies the field in the workbook (`A-01`), `unit` a unit code
    (`kCNY`, `wCNY`, `person`, `person_month`, `item`, `piece`, `unit`, `pct`, `bool`, `code`, `text`), `years` how many
    years are asked (0 for a basic without year, 1 the reporting year only), `places` the decimals allowed.
    `identifier` names the scheme of a column whose values should occur in one application only (`ip_right`).
    """

    code: str
    row: str
    name_zh: str
    name_en: str
    unit: str
    kind: Kind
    years: int = 1
    required: bool = True
    places: int = 2
    choices: tuple[Choice, ...] = ()
    hint_zh: str = ""
    hint_en: str = ""
    confidence: str = "found"
    source: tuple[str, ...] = ()
    group_zh: str = ""
    group_en: str = ""
    evidence_zh: str = ""
    evidence_en: str = ""
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class AnnexSpec:
    """One annex: code (`rd_projects`), sheet letter (`B1`), titles, columns (FieldSpec with years 0), most rows.

    `counts` names the data-table field whose figure must equal the number of lines (None when nothing counts them).
    """

    code: str
    letter: str
    name_zh: str
    name_en: str
    columns: tuple[FieldSpec, ...]
    max_rows: int = 500
    counts: str | None = None


@dataclass(frozen=True, slots=True)
class FormSpec:
    """The whole form of a rule set; `title_*` is what the workbook shows on its first sheet."""

    title_zh: str
    title_en: str
    basics: tuple[FieldSpec, ...]
    table: tuple[FieldSpec, ...]
    annexes: tuple[AnnexSpec, ...]

    def field(self, code: str) -> FieldSpec:
        """The basic or data-table field of that code; KeyError when the form has none."""
        return {spec.code: spec for spec in (*self.basics, *self.table)}[code]

    def annex(self, code: str) -> AnnexSpec:
        """The annex of that code; KeyError when the form has none."""
        return {annex.code: annex for annex in self.annexes}[code]


def suits(spec: FieldSpec, value: object) -> bool:
    """Whether a value is of the field's kind: an exact number, a text, yes or no, a day as ISO text; nothing suits."""
    if value is None:
        return True
    if spec.kind in _NUMBERS:
        return isinstance(value, Fraction)
    if spec.kind is Kind.BOOLEAN:
        return isinstance(value, bool)
    return isinstance(value, str) and (spec.kind is not Kind.DATE or _is_day(value))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text) is not None
    except ValueError:
        return False
