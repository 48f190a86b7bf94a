"""Reading plain values with their places: every access names a key, every surprise becomes a fault, reading goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, TypeVar

from criteria.expressions import BadExpression, Expression, parse
from criteria.faults import Fault
from criteria.rulefile import RuleText
from criteria.ruleset import Confidence, Figure
from criteria.units import UNITS

T = TypeVar("T")
NOTHING = Fraction(0)
# The largest figure of a unit that counts time or decimals.
_MOST = {"year": 200, "month": 2400, "working_day": 2000, "place": 8}
_WHOLE = frozenset({"place", "working_day"})
_CONFIDENCE = {one.value: one for one in Confidence}


@dataclass(slots=True)
class FaultList:
    """Collects the faults of one file."""

    text: RuleText
    found: list[Fault] = field(default_factory=list)

    def add(self, path: str, zh: str, en: str) -> None:
        """Record one fault at a path."""
        file, line = self.text.place(path)
        self.found.append(Fault(file, line, path, zh, en))


class Cursor:
    """One mapping of the file. Keys that nobody asked for are faults when `done` is called."""

    def __init__(self, content: Any, path: str, faults: FaultList) -> None:
        self.path, self.faults = path, faults
        self.asked: set[str] = set()
        self.content: dict[str, Any] = content if isinstance(content, dict) else {}
        if not isinstance(content, dict):
            self.fault("", "应为键值表", "must be a mapping")

    def place(self, key: str) -> str:
        """The path of a key below this mapping."""
        return f"{self.path}.{key}" if self.path and key else self.path or key

    def fault(self, key: str, zh: str, en: str) -> None:
        """Record a fault at a key of this mapping (or at the mapping itself for an empty key)."""
        self.faults.add(self.place(key), zh, en)

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        return self.content.get(key) is not None

    def raw(self, key: str) -> Any:
        """The plain value, None when absent; marks the key as known."""
        self.asked.add(key)
        return self.content.get(key)

    def done(self) -> None:
        """Record every key that nobody asked for."""
        for key in self.content:
            if key not in self.asked:
                self.fault(key, f"未知的键：{key}", f"unknown key: {key}")

    def text(self, key: str, default: str | None = None) -> str:
        """A text; required unless a default is given."""
        value = self.raw(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or (not value and default is None):
            self.fault(key, "应为文字（数字代码请加引号）", "must be text (put numeric codes in quotes)")
            return default or ""
        return value

    def pair(self, key: str, default: str | None = None) -> tuple[str, str]:
        """The texts `<key>_zh` and `<key>_en`."""
        return self.text(f"{key}_zh", default), self.text(f"{key}_en", default)

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """A text out of a list; the first allowed one stands in after a fault."""
        value = self.text(key, default)
        if value not in allowed:
            listed = "、".join(allowed)
            self.fault(key, f"只能是：{listed}", f"must be one of: {', '.join(allowed)}")
            return allowed[0]
        return value

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self.raw(key)
        if value is not None and not isinstance(value, bool):
            self.fault(key, "应为 true 或 false", "must be true or false")
        return value if isinstance(value, bool) else default

    def number(self, key: str) -> Fraction | None:
        """An exact number, None when absent."""
        value = self.raw(key)
        if value is not None and not isinstance(value, Fraction):
            self.fault(key, "应为数字", "must be a number")
            return None
        return value

    def whole(self, key: str, default: int, most: int = 1000) -> int:
        """A whole number from 0 to `most`."""
        value = self.number(key)
        if value is not None and (value.denominator != 1 or not 0 <= value <= most):
            self.fault(key, f"应为 0 到 {most} 的整数", f"must be a whole number from 0 to {most}")
            return default
        return default if value is None else int(value)

    def day(self, key: str) -> date | None:
        """An ISO date, None when absent."""
        value = self.raw(key)
        if value is None:
            return None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            self.fault(key, "应为日期（年-月-日）", "must be a date (YYYY-MM-DD)")
            return None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty when absent."""
        value = self.raw(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            self.fault(key, "应为文字列表", "must be a list of texts")
            return ()
        return tuple(value)

    def confidence(self, key: str = "confidence") -> Confidence:
        """The confidence mark; required."""
        value = self.raw(key)
        found = _CONFIDENCE.get(value) if isinstance(value, str) else None
        if found is None:
            self.fault(key, "缺少可信度，或取值不对", "confidence is missing or not on the scale")
            return Confidence.UNKNOWN
        return found

    def expression(self, key: str) -> Expression | None:
        """A parsed rule text, None when absent or bad."""
        value = self.raw(key)
        if value is None:
            return None
        try:
            return parse(self.text(key) if not isinstance(value, Fraction) else str(value))
        except BadExpression as bad:
            self.fault(key, bad.zh, bad.en)
            return None

    def needed_expression(self, key: str) -> Expression:
        """A parsed rule text that must be there; the constant 0 stands in after a fault."""
        expression = self.expression(key)
        if expression is None and self.content.get(key) is None:
            self.fault(key, "缺少表达式", "the expression is missing")
        return expression or parse("0")

    def below(self, key: str) -> Cursor | None:
        """The mapping under a key, None when absent."""
        value = self.raw(key)
        return None if value is None else Cursor(value, self.place(key), self.faults)

    def rows(self, key: str) -> list[Cursor]:
        """The mappings of a list, empty when absent; doubled codes are faults."""
        value = self.raw(key)
        if value is not None and not isinstance(value, list):
            self.fault(key, "应为列表", "must be a list")
        rows = value if isinstance(value, list) else []
        names = [row.get("code") if isinstance(row, dict) else None for row in rows]
        cursors = []
        for number, (name, row) in enumerate(zip(names, rows, strict=True)):
            place = f"{self.place(key)}[{name if isinstance(name, str) else number}]"
            cursors.append(Cursor(row, place, self.faults))
            if name is not None and name in names[:number]:
                self.faults.add(place, f"重复的代码：{name}", f"duplicate code: {name}")
        return cursors

    def each(self, key: str, build: Callable[[Cursor], T]) -> tuple[T, ...]:
        """Build one thing per row of a list; every row must be read to its last key."""
        built = []
        for row in self.rows(key):
            built.append(build(row))
            row.done()
        return tuple(built)

    def named(self, key: str, build: Callable[[Cursor], T]) -> dict[str, T]:
        """Build one thing per entry of a mapping of mappings."""
        section = self.below(key)
        built: dict[str, T] = {}
        for name in section.content if section else ():
            entry = section.below(name) if section else None
            if entry is not None:
                built[name] = build(entry)
                entry.done()
        return built

    def figure(self, key: str, unit: str | None = None) -> Figure | None:
        """A figure, None when absent; `unit` is what the place demands."""
        entry = self.below(key)
        if entry is None:
            return None
        figure = figure_from(entry)
        entry.done()
        if unit is not None and figure.unit != unit:
            entry.fault("unit", f"单位应为 {unit}", f"unit must be {unit}")
        return figure

    def stated_figure(self, key: str, unit: str | None = None) -> Figure:
        """A figure that must be there; its value may be unknown, which only a partial set may leave so."""
        figure = self.figure(key, unit)
        if figure is None:
            self.fault(key, "缺少数值", "the figure is missing")
            return Figure(None, unit or "item", Confidence.UNKNOWN)
        return figure

    def needed_figure(self, key: str, unit: str | None = None) -> Figure:
        """A figure that must be there with a known value."""
        figure = self.figure(key, unit)
        if figure is None or (figure.value is None and not figure.cases):
            self.fault(key, "缺少数值", "the figure is missing or has no value")
            return Figure(NOTHING, unit or "item", Confidence.UNKNOWN)
        return figure


def _without(entry: Cursor) -> frozenset[str]:
    """Classes that stand in `cases` without a figure, because the text gives them none."""
    section = entry.below("cases")
    return frozenset(name for name, value in section.content.items() if value is None) if section else frozenset()


def figure_from(entry: Cursor) -> Figure:
    """Read one figure: value or cases, unit, confidence, source; the confidence is never assumed."""
    name_zh, name_en = entry.pair("name", "")
    cases = {case: entry_value for case, entry_value in _cases(entry)}
    figure = Figure(
        value=entry.number("value"),
        unit=entry.choice("unit", tuple(UNITS)),
        confidence=entry.confidence(),
        source=entry.texts("source"),
        article=entry.text("article", ""),
        note=entry.text("note", ""),
        name_zh=name_zh,
        name_en=name_en,
        by=entry.text("by", "") or None,
        cases=cases,
        shown_as=entry.number("shown_as"),
        without=_without(entry),
    )
    _check_figure(entry, figure)
    return figure


def _cases(entry: Cursor) -> list[tuple[str, Fraction]]:
    section = entry.below("cases")
    numbers = [(name, section.number(name)) for name in section.content] if section else []
    return [(name, number) for name, number in numbers if number is not None]


def _check_size(entry: Cursor, figure: Figure) -> None:
    """What time and rounding are reckoned with stays within what can be reckoned."""
    most, known = (
        _MOST.get(figure.unit),
        [value for value in (figure.value, *figure.cases.values()) if value is not None],
    )
    if most is not None and any(not 0 <= value <= most for value in known):
        entry.fault("value", f"应在 0 到 {most} 之间", f"must be between 0 and {most}")
    if figure.unit in _WHOLE and any(value.denominator != 1 for value in known):
        entry.fault("value", "应为整数", "must be a whole number")


def _check_figure(entry: Cursor, figure: Figure) -> None:
    """Value, cases and confidence must fit together."""
    is_known = figure.value is not None or bool(figure.cases)
    if figure.value is not None and figure.cases:
        entry.fault("cases", "不能同时有 value 和 cases", "value and cases exclude each other")
    if bool(figure.cases) is not bool(figure.by):
        entry.fault("by", "cases 与 by 必须同时出现", "cases and by belong together")
    if is_known is (figure.confidence is Confidence.UNKNOWN):
        entry.fault(
            "confidence", "有值不得标为 unknown，无值必须标为 unknown", "unknown means no value, and the reverse"
        )
    _check_size(entry, figure)
    if figure.shown_as is not None and is_known:
        entry.fault("shown_as", "已知数值不需要 shown_as", "shown_as is for unknown figures only")
