"""From a cell as stored to the exact value of a field, with a note for every change and a problem for every doubt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from criteria.facts import Scalar, exact_text
from criteria.fields import FieldSpec, Kind
from criteria.workbook.dates import serial_date, written_date
from criteria.workbook.layout import unit_name
from criteria.workbook.numbers import (
    Typed,
    at_fifteen,
    in_field_unit,
    literal_formula,
    plain_text,
    stored_number,
    typed_number,
)
from criteria.workbook.reader import Cell

MAX_ANSWER = 2000
_YES, _NO = frozenset(("是", "true", "yes", "1")), frozenset(("否", "false", "no", "0"))
_UNSEEN = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")  # zero-width signs come along when text is pasted
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_NUMERIC = (Kind.DECIMAL, Kind.DECIMAL_SIGNED, Kind.INTEGER)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What besides the cell decides its meaning: format class (`number`, `percent`, `date`, `text`), count of days."""

    format: str = "number"
    epoch_1904: bool = False


class Normal(NamedTuple):
    """A value with the notes on how it came about; `question` is a fault code that asks but does not stop."""

    value: Scalar
    notes: tuple[str, ...] = ()
    question: str | None = None


class Unreadable(Exception):  # raised to `read_value`'s caller only, which makes a fault of it
    """The cell has no clear value: a code of `cell_messages.py` and the values for its text."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def read_value(cell: Cell, spec: FieldSpec, around: Circumstances) -> Normal | None:
    """The value of an input cell; None when it is empty. Raises Unreadable."""
    if cell.kind == "e":
        raise Unreadable("error_cell")
    if cell.formula is not None:
        return _from_formula(cell, spec, around)
    is_clean = cell.text.isprintable()
    if not is_clean:
        cell = cell._replace(text=_UNSEEN.sub("", cell.text))
    if not cell.text.strip():
        return None
    if not is_clean and cell.kind == "s" and _CONTROL.search(cell.text):
        raise Unreadable("control_character")
    return _READERS[spec.kind](cell, spec, around)


def raw_text(cell: Cell) -> str:
    """What to show of a cell: the formula where there is one, else the text."""
    return cell.text if cell.formula is None else f"={cell.formula}"


def _from_formula(cell: Cell, spec: FieldSpec, around: Circumstances) -> Normal:
    computed = literal_formula(cell.formula or "") if spec.kind in _NUMERIC and cell.kind == "n" else None
    if computed is None:
        raise Unreadable("formula")
    stored = stored_number(cell.text)
    if stored is None:
        raise Unreadable("formula_without_value")
    if stored != at_fifteen(computed):
        raise Unreadable("formula_mismatch", stored=exact_text(stored), computed=exact_text(computed))
    normal = _READERS[spec.kind](cell._replace(formula=None), spec, around)
    return Normal(normal.value, (f"公式 ={cell.formula}", *normal.notes), normal.question)


def _number(cell: Cell, spec: FieldSpec, around: Circumstances) -> Normal:
    normal = _number_cell(cell, spec, around) if cell.kind == "n" else _number_text(cell, spec)
    value = normal.value
    assert isinstance(value, Fraction)
    if value.numerator < 0 and spec.kind is not Kind.DECIMAL_SIGNED:
        raise Unreadable("negative")
    if spec.kind is Kind.INTEGER and value.denominator != 1:
        raise Unreadable("not_integer")
    if 10**spec.places % value.denominator:
        raise Unreadable("too_many_places", places=spec.places, value=exact_text(value))
    return normal


def _number_cell(cell: Cell, spec: FieldSpec, around: Circumstances) -> Normal:
    value = stored_number(cell.text)
    if value is None:
        raise Unreadable("not_a_number")
    if around.format == "date":
        raise Unreadable("date_for_number")
    if around.format == "percent":
        if spec.unit != "pct":
            raise Unreadable("percent_for_number")
        return Normal(value * 100, (f"百分比格式 {exact_text(value)} 按 {exact_text(value * 100)}% 读取",))
    doubtful = spec.unit == "pct" and 0 < value < 1
    return Normal(value, question="percent_doubtful" if doubtful else None)


def _number_text(cell: Cell, spec: FieldSpec) -> Normal:
    typed = typed_number(cell.text) if cell.kind == "s" else None
    if typed is None:
        raise Unreadable("text_for_number")
    value = _in_unit(typed, spec)
    note = f"文本“{cell.text.strip()}”按 {exact_text(value)}{unit_name(spec)} 读取"
    return Normal(value, (note,))


def _in_unit(typed: Typed, spec: FieldSpec) -> Fraction:
    if typed.percent:
        if spec.unit != "pct":
            raise Unreadable("percent_for_number")
        return typed.value
    if typed.unit in ("", unit_name(spec)):
        return typed.value
    converted = in_field_unit(typed.value, typed.unit, spec.unit)
    if converted is None:
        raise Unreadable("unit_unclear", written=typed.unit)
    return converted


def _text(cell: Cell, spec: FieldSpec, around: Circumstances) -> Normal:
    if cell.kind == "s":
        text = cell.text.strip()
        if len(text) > MAX_ANSWER:
            raise Unreadable("answer_too_long", limit=MAX_ANSWER, length=len(text))
        return Normal(text)
    value = stored_number(cell.text) if cell.kind == "n" else None
    if value is None or around.format in ("date", "percent"):
        raise Unreadable("number_for_text")
    if spec.unit == "code" or abs(value) >= 10**11:
        raise Unreadable("code_as_number")
    return Normal(exact_text(value), (f"数值 {exact_text(value)} 按文本读取",))


def _credit_code(cell: Cell, _spec: FieldSpec, _around: Circumstances) -> Normal:
    if cell.kind != "s":
        raise Unreadable("code_as_number")
    plain = plain_text(cell.text)
    if plain is None:
        raise Unreadable("uscc_form")
    compact = "".join(plain.split()).upper()
    try:
        uscc.validate(compact)
    except InvalidLength as error:
        raise Unreadable("uscc_length", length=len(compact)) from error
    except InvalidChecksum as error:
        raise Unreadable("uscc_check", expected=uscc.calc_check_digit(compact), last=compact[-1]) from error
    except ValidationError as error:
        raise Unreadable("uscc_form") from error
    notes = () if compact == cell.text.strip() else (f"“{cell.text.strip()}”按 {compact} 读取",)
    return Normal(compact, notes)


def _choice(cell: Cell, spec: FieldSpec, _around: Circumstances) -> Normal:
    wanted = _folded(cell.text)
    for choice in spec.choices:
        if wanted in (_folded(choice.name_zh), _folded(choice.name_en), _folded(choice.code)):
            return Normal(choice.code)
    chinese = "、".join(choice.name_zh for choice in spec.choices)
    raise Unreadable("not_a_choice", choices=(chinese, ", ".join(choice.name_en for choice in spec.choices)))


def _yes_or_no(cell: Cell, _spec: FieldSpec, _around: Circumstances) -> Normal:
    word = _folded(cell.text)
    if cell.kind in ("s", "b") and word in _YES | _NO:
        return Normal(word in _YES)
    raise Unreadable("not_yes_or_no")


def _date(cell: Cell, _spec: FieldSpec, around: Circumstances) -> Normal:
    text = cell.text.strip()
    if cell.kind == "n" and around.format == "date":
        serial = stored_number(text)
        day = None if serial is None else serial_date(serial, around.epoch_1904)
        return Normal(_iso(day))
    day = written_date(text) if cell.kind in ("s", "d") or len(text) == 8 else None
    iso = _iso(day)
    return Normal(iso, () if iso == text else (f"“{text}”按 {iso} 读取",))


def _iso(day: object) -> str:
    if day is None:
        raise Unreadable("not_a_date")
    return str(day)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()


_READERS: dict[Kind, Callable[[Cell, FieldSpec, Circumstances], Normal]] = {
    Kind.DECIMAL: _number,
    Kind.DECIMAL_SIGNED: _number,
    Kind.INTEGER: _number,
    Kind.TEXT: _text,
    Kind.ENUM: _choice,
    Kind.BOOLEAN: _yes_or_no,
    Kind.DATE: _date,
    Kind.USCC: _credit_code,
}
