"""Facts and standing written as JSON by people and other systems: read strictly, a fault names file and place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from criteria.facts import AnnexRow, Fact, Facts, Origin, Scalar
from criteria.fields import FieldSpec, suits
from criteria.given import Unusable
from criteria.ruleset import RuleSet
from criteria.scope import GivenGrade, Standing

T = TypeVar("T")
Fields = Mapping[str, FieldSpec]
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?|-?[0-9]{1,40}/[1-9][0-9]{0,39}")
_YEARS = range(1900, 2101)
_BADLY_NESTED = ("嵌套过深", "nested too deeply")


class _BadNumber(ValueError):
    """A number that is no plain decimal; the text as written."""


def fields_of(*rule_sets: RuleSet) -> dict[str, FieldSpec]:
    """Every field and annex column that the sets read, columns as `annex.column`."""
    found: dict[str, FieldSpec] = {}
    for rules in rule_sets:
        found |= rules.fields
        for annex in rules.form.annexes if rules.form else ():
            found |= {f"{annex.code}.{column.code}": column for column in annex.columns}
    return found


def json_of(text: str, where: str) -> Any:
    """A JSON text with exact numbers; Unusable, with line and column, when it is none."""
    try:
        return json.loads(text, parse_float=_exact, parse_int=_exact, parse_constant=_exact)
    except json.JSONDecodeError as error:
        place = f"{where}:{error.lineno}:{error.colno}"
        raise Unusable(place, f"不是有效的 JSON（{error.msg}）", f"not valid JSON ({error.msg})") from error
    except _BadNumber as error:
        raise Unusable(where, f"不是普通小数：{error}", f"not a plain decimal: {error}") from error
    except RecursionError as error:
        raise Unusable(where, *_BADLY_NESTED) from error


def read_facts(text: str, where: str, fields: Fields) -> Facts:
    """The facts of a JSON text; Unusable when anything in it is not as `Facts.to_json` writes it.

    A number may also stand plainly; `origin`, `notes` and `annexes` may be missing.
    """
    return facts_from(json_of(text, where), where, fields)


def read_standing(text: str, where: str) -> Standing:
    """The standing of a JSON text; Unusable when anything in it is not as `Standing.to_json` writes it."""
    return standing_from(json_of(text, where), where)


def facts_from(plain: Any, where: str, fields: Fields) -> Facts:
    """Facts of plain values; Unusable, naming the place below `where`."""
    body = _object(plain, where)
    year = _year(body.get("reporting_year"), f"{where}: reporting_year")
    figures: dict[tuple[str, int | None], Fact] = {}
    for number, row in enumerate(_rows(body.get("figures"), f"{where}: figures")):
        fact = _fact(_object(row, f"{where}: figures[{number}]"), f"{where}: figures[{number}]", fields)
        if (fact.code, fact.year) in figures:
            raise Unusable(f"{where}: figures[{number}]", f"重复：{fact.code}", f"given twice: {fact.code}")
        figures[fact.code, fact.year] = fact
    annexes = {
        code: tuple(_annex_rows(rows, f"{where}: annexes.{code}", code, fields))
        for code, rows in _object(body.get("annexes", {}), f"{where}: annexes").items()
    }
    return Facts(year, figures, annexes)


def _fact(row: Mapping[str, Any], where: str, fields: Fields) -> Fact:
    code = _text(row.get("code"), f"{where}.code")
    year = None if row.get("year") is None else _year(row["year"], f"{where}.year")
    notes = tuple(_text(note, f"{where}.notes") for note in _rows(row.get("notes", []), f"{where}.notes"))
    value = _suited(row.get("value"), f"{where}.value", fields.get(code))
    unit = _text(row.get("unit", fields[code].unit if code in fields else ""), f"{where}.unit")
    return Fact(code, year, value, unit, _origin(row.get("origin"), f"{where}.origin"), notes)


def _annex_rows(rows: Any, where: str, annex: str, fields: Fields) -> Iterator[AnnexRow]:
    for place, row in enumerate(_rows(rows, where)):
        here = f"{where}[{place}]"
        body = _object(row, here)
        values = {
            column: _suited(value, f"{here}.values.{column}", fields.get(f"{annex}.{column}"))
            for column, value in _object(body.get("values"), f"{here}.values").items()
        }
        held = {
            column: _origin(origin, f"{here}.origins.{column}")
            for column, origin in _object(body.get("origins", {}), f"{here}.origins").items()
        }
        yield AnnexRow(
            _whole(body.get("number", Fraction(place + 1)), f"{here}.number"),
            values,
            {column: origin for column, origin in held.items() if origin is not None},
        )


def _origin(plain: Any, where: str) -> Origin | None:
    if plain is None:
        return None
    texts = [_text(part, where) for part in _rows(plain, where)]
    if len(texts) not in (2, 3):
        raise Unusable(where, "应为工作表、单元格和原填文字", "must be sheet, cell and the typed text")
    return Origin(*texts)


def _suited(plain: Any, where: str, spec: FieldSpec | None) -> Scalar:
    value = _scalar(plain, where)
    if spec is not None and not suits(spec, value):
        raise Unusable(where, f"类型不符，应为 {spec.kind.value}", f"of the wrong kind, must be {spec.kind.value}")
    return value


def _scalar(plain: Any, where: str) -> Scalar:
    if isinstance(plain, dict):
        text = plain.get("n")
        if set(plain) != {"n"} or not isinstance(text, str) or not _NUMBER.fullmatch(text):
            raise Unusable(where, "不是精确的数", "not an exact number")
        return Fraction(text)
    if plain is None or isinstance(plain, str | bool | Fraction):
        return plain
    raise Unusable(where, "应为数、文字、是否或空", "must be a number, a text, true, false or null")


# --- what is known of the holder ----------------------------------------------------------------------------------
def standing_from(plain: Any, where: str) -> Standing:
    """A standing of plain values; Unusable, naming the place below `where`."""
    body = _object(plain, where)
    known = ("titles", "records", "lists", "answers", "anchors", "grades")
    for key in body:
        if key not in known:
            raise Unusable(f"{where}: {key}", "没有这一项", "no such entry")

    def each(key: str, read: Callable[[Any, str], T]) -> dict[str, T]:
        return {
            code: read(value, f"{where}: {key}.{code}")
            for code, value in _object(body.get(key, {}), f"{where}: {key}").items()
        }

    return Standing(
        each("titles", lambda value, place: None if value is None else day_from(value, place)),
        each("records", lambda value, place: tuple(day_from(day, place) for day in _rows(value, place))),
        each("lists", _yes_or_no),
        each("answers", _yes_or_no),
        each("anchors", day_from),
        each("grades", _grade),
    )


def _grade(plain: Any, where: str) -> GivenGrade:
    body = _object(plain, where)
    return GivenGrade(*(_text(body.get(key, ""), f"{where}.{key}") for key in ("code", "reason", "by")))


def day_from(plain: Any, where: str) -> date:
    """A day of plain values, bare or as `Standing.to_json` writes it; Unusable for anything else."""
    text = str(plain.get("d") if isinstance(plain, dict) else plain)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unusable(where, "不是日期（YYYY-MM-DD）", "not a date (YYYY-MM-DD)") from error


# --- shapes -------------------------------------------------------------------------------------------------------
def _object(plain: Any, where: str) -> Mapping[str, Any]:
    if isinstance(plain, dict):
        return plain
    raise Unusable(where, "应为对象", "must be an object")


def _rows(plain: Any, where: str) -> list[Any]:
    if isinstance(plain, list):
        return plain
    raise Unusable(where, "应为列表", "must be a list")


def _text(plain: Any, where: str) -> str:
    if isinstance(plain, str):
        return plain
    raise Unusable(where, "应为文字", "must be a text")


def _yes_or_no(plain: Any, where: str) -> bool:
    if isinstance(plain, bool):
        return plain
    raise Unusable(where, "应为 true 或 false", "must be true or false")


def _whole(plain: Any, where: str) -> int:
    if isinstance(plain, Fraction) and plain.denominator == 1:
        return int(plain)
    raise Unusable(where, "应为整数", "must be a whole number")


def _year(plain: Any, where: str) -> int:
    year = _whole(plain, where)
    if year not in _YEARS:
        raise Unusable(where, f"年份不可信：{year}", f"not a likely year: {year}")
    return year


def _exact(text: str) -> Fraction:
    """A number of a JSON text; _BadNumber for exponents, infinities and endless digits."""
    if not _NUMBER.fullmatch(text):
        raise _BadNumber(text[:40])
    return Fraction(text)
