"""Units of figures: their names in both languages, conversion of money between 千元 and 万元, printed amounts."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from criteria.exact import plain, shown_text


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit: code, names, and for money how many 千元 it holds (None for anything that is not money)."""

    code: str
    name_zh: str
    name_en: str
    thousands: Fraction | None = None
    one_en: str = ""  # the English name after the number one, where it differs

    def name(self, lang: str) -> str:
        """The name shown to people, `lang` being `zh` or `en`."""
        return self.name_zh if lang == "zh" else self.name_en

    def counted(self, value: object, lang: str) -> str:
        """The name as it stands after a number: 1 item, 2 items."""
        return self.one_en if lang != "zh" and self.one_en and value == 1 else self.name(lang)


UNITS = {
    unit.code: unit
    for unit in (
        Unit("kCNY", "千元", "thousand yuan", Fraction(1)),
        Unit("wCNY", "万元", "ten thousand yuan", Fraction(10)),
        Unit("kUSD", "千美元", "thousand US dollars"),
        Unit("person", "人", "persons", one_en="person"),
        Unit("person_month", "人月", "person-months", one_en="person-month"),
        Unit("month", "月", "months", one_en="month"),
        Unit("item", "项", "items", one_en="item"),
        Unit("piece", "件", "pieces", one_en="piece"),
        Unit("unit", "个", "units", one_en="unit"),
        Unit("pct", "%", "%"),
        Unit("ratio", "倍", "times"),
        Unit("factor", "系数", "factor"),
        Unit("point", "分", "points", one_en="point"),
        Unit("year", "年", "years", one_en="year"),
        Unit("working_day", "个工作日", "working days", one_en="working day"),
        Unit("place", "位小数", "decimal places", one_en="decimal place"),
        Unit("bool", "是/否", "yes/no"),
        Unit("code", "代码", "code"),
        Unit("text", "文字", "text"),
        Unit("date", "日期", "date"),
    )
}


def unit_name(code: str, lang: str) -> str:
    """Name of a unit code; KeyError when there is no such unit."""
    return UNITS[code].name(lang)


def convert_money(value: Fraction, unit: str, into: str) -> Fraction:
    """Convert an amount between money units, exactly; ValueError unless both units are the same currency."""
    here, there = UNITS[unit].thousands, UNITS[into].thousands
    if here is None or there is None:
        raise ValueError(f"no conversion from {unit} to {into}")
    return value * here / there


def amount_text(value: Fraction, unit: str, lang: str) -> str:
    """An exact value with its unit: `1200 万元`, `3%`."""
    if unit == "factor":
        return shown_text(value)
    gap = "" if unit == "pct" else " "
    return f"{shown_text(value)}{gap}{UNITS[unit].counted(value, lang)}"


def plain_amount(value: Fraction, unit: str) -> str:
    """The same for a Chinese letter: one without a short decimal as what it is about (约), not as a fraction."""
    exact, about, rounded = amount_text(value, unit, "zh").partition("≈ ")
    return f"约 {rounded}" if about else exact


def shown_amount(value: Any, unit: str, lang: str) -> str:
    """Any scalar for a message: numbers with their unit, text as it is, `?` for nothing."""
    if value is None:
        return "?"
    if isinstance(value, bool):
        return ("是" if value else "否") if lang == "zh" else ("yes" if value else "no")
    if isinstance(value, str):
        return value
    return amount_text(plain(value), unit, lang) if unit else shown_text(plain(value))
