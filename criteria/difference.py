"""Two editions compared in words: "满分要求：5% → 6%", "full requirement: 5% → 6%"; the order of rows is no difference.

Every edition is written as statements, one for each figure, formula and text, under a path that does not change when
rows are moved; what stands in one and not in the other, or otherwise, is a change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from criteria.difference_words import LABELS, VALUES
from criteria.expressions import Expression
from criteria.figures import Confidence, Figure
from criteria.ruleset import RuleSet
from criteria.units import amount_text
from criteria.windows import Window
from criteria.wording import formula_words

_LEFT_OUT = frozenset({"checksum", "frozen_text", "fields", "programme", "window_years"})
_MARKS = frozenset({"source", "confidence", "article", "note", "basis", "effective_confidence"})
_SILENT = frozenset({"code", "name_zh", "name_en", "name"})

Pair = tuple[str, str]


class Kind(StrEnum):
    """What became of a statement; `source` is a change of where or how surely something was read, of nothing else."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: its path, what it is, in words of both languages, the two values as text (None: not there)."""

    path: str
    kind: Kind
    zh: str
    en: str
    before: Pair | None
    after: Pair | None


@dataclass(frozen=True, slots=True)
class _Statement:
    """What an edition says at a path: `row` is the row it belongs to, empty for the edition as a whole."""

    row: str
    label: Pair
    value: Pair
    is_mark: bool = False


def difference(before: RuleSet, after: RuleSet) -> tuple[Change, ...]:
    """Every difference, in the order of the later edition, what is gone last."""
    old, new = dict(_Writer(before).statements()), dict(_Writer(after).statements())
    rows_of = {one.row for one in old.values()}, {one.row for one in new.values()}
    found = [_change(path, old.get(path), one, rows_of[0]) for path, one in new.items()]
    found += [_change(path, one, None, rows_of[1]) for path, one in old.items() if path not in new]
    return tuple(change for change in found if change is not None)


def _change(path: str, old: _Statement | None, new: _Statement | None, rows: set[str]) -> Change | None:
    """The change at a path, None where there is none or where the whole row is told; `rows` are those of the other."""
    if old is not None and new is not None:
        return None if old.value == new.value else _changed(path, old, new)
    one = new or old
    assert one is not None, "a path comes from one of the editions"
    is_whole_row = path == one.row
    if one.row not in rows and not is_whole_row:
        return None
    kind = Kind.SOURCE if one.is_mark else Kind.ADDED if new else Kind.REMOVED
    signs: Pair = ("新增：", "added: ") if new else ("删去：", "removed: ")
    zh, en = (_told(one, place, signs[place]) for place in (0, 1))
    return Change(path, kind, zh, en, old.value if old else None, new.value if new else None)


def _told(one: _Statement, place: int, sign: str) -> str:
    value = one.value[place]
    return f"{sign}{one.label[place]}" + (f"{_COLON[place]}{value}" if value else "")


_COLON = ("：", ": ")


def _changed(path: str, old: _Statement, new: _Statement) -> Change:
    zh, en = (
        f"{new.label[place]}{_COLON[place]}{old.value[place] or _NONE[place]} → {new.value[place] or _NONE[place]}"
        for place in (0, 1)
    )
    kind = Kind.SOURCE if new.is_mark else Kind.CHANGED
    return Change(path, kind, zh, en, old.value, new.value)


_NONE = ("无", "none")


class _Writer:
    """Writes one edition as statements."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules

    def statements(self) -> Iterator[tuple[str, _Statement]]:
        """Every statement by its path."""
        yield from self._of(self.rules, "", "", ("", ""))

    def _of(self, held: Any, path: str, row: str, label: Pair) -> Iterator[tuple[str, _Statement]]:
        """The statements of a dataclass: its pairs, figures, formulas, texts and rows."""
        names = [one.name for one in fields(held)]
        for name in names:
            if name in _LEFT_OUT or (name in _SILENT and row) or (name.endswith("_en") and f"{name[:-3]}_zh" in names):
                continue
            below = f"{path}.{name}" if path else name
            value = getattr(held, name)
            if name.endswith("_zh") and f"{name[:-3]}_en" in names:
                pair = (value, getattr(held, f"{name[:-3]}_en"))
                below = below[:-3]
                if name[:-3] not in _SILENT or not row:
                    yield below, _Statement(row, _joined(label, _label(name[:-3])), pair)
            else:
                yield from self._value(value, name, below, row, label)

    def _value(self, value: Any, name: str, path: str, row: str, label: Pair) -> Iterator[tuple[str, _Statement]]:
        own = _joined(label, _label(name))
        if isinstance(value, Figure):
            yield from self._figure(value, path, row, own)
        elif isinstance(value, Mapping):
            for key, below in value.items():
                yield from self._row(below, f"{path}.{key}", _joined(label, _named(below, key)), row)
        elif isinstance(value, tuple) and value and is_dataclass(value[0]):
            for number, below in enumerate(value):
                place = f"{path}[{getattr(below, 'code', number)}]"
                which = _named(below, getattr(below, "code", "") or f"{_label(name)[0]} {number + 1}", name, number)
                yield from self._row(below, place, _joined(label, which), row)
        elif is_dataclass(value) and not isinstance(value, type | Window | Expression):
            yield from self._of(value, path, row, own)
        elif value not in (None, (), "") and not (name == "places" and path == "scoring.places"):  # told as rounding
            yield path, _Statement(row, own, self._words(value, name), name in _MARKS)

    def _row(self, held: Any, path: str, label: Pair, row: str) -> Iterator[tuple[str, _Statement]]:
        """A row is one statement, told whole where it is new or gone, and what it holds."""
        if isinstance(held, Figure):
            yield from self._figure(held, path, row, label)
            return
        top = row or path
        if not row:
            yield path, _Statement(path, label, _named(held, "") if hasattr(held, "text_zh") else ("", ""))
        yield from self._of(held, path, top, label)

    def _figure(self, figure: Figure, path: str, row: str, label: Pair) -> Iterator[tuple[str, _Statement]]:
        cases: Mapping[str, Fraction | None] = figure.cases or {"": figure.value}
        for case, value in cases.items():
            shown = [_UNKNOWN[n] if value is None else amount_text(value, figure.unit, _LANGS[n]) for n in (0, 1)]
            which = _joined(label, self._case(figure, case)) if case else label
            yield (f"{path}.{case}" if case else path), _Statement(row, which, (shown[0], shown[1]))
        marks = [figure.confidence.name_in("zh"), " ".join(figure.source), figure.article]
        english = [figure.confidence.name_in("en"), " ".join(figure.source), figure.article]
        told = "，".join(part for part in marks if part), ", ".join(part for part in english if part)
        yield f"{path}#", _Statement(row, _joined(label, ("出处", "source")), told, is_mark=True)

    def _case(self, figure: Figure, case: str) -> Pair:
        spec = self.rules.fields.get(figure.by or "")
        named = {choice.code: (choice.name_zh, choice.name_en) for choice in spec.choices} if spec else {}
        return named.get(case, (case, case))

    def _words(self, value: Any, name: str) -> Pair:
        if isinstance(value, Expression):
            return formula_words(self.rules, value, "zh"), formula_words(self.rules, value, "en")
        if isinstance(value, Window):
            zh, en = VALUES.get(value.anchor.value, (value.anchor.value,) * 2)
            return f"{zh}前 {value.years} 年", f"{value.years} year(s) before {en}"
        if isinstance(value, Confidence):
            return value.name_in("zh"), value.name_in("en")
        if isinstance(value, bool):
            return "是" if value else "否", "yes" if value else "no"
        if isinstance(value, date):
            return value.isoformat(), value.isoformat()
        if isinstance(value, tuple):
            return "、".join(map(str, value)), ", ".join(map(str, value))
        text = value.value if isinstance(value, StrEnum) else str(value)
        return VALUES.get(text, (text, text)) if name not in ("note", "article", "number") else (text, text)


_LANGS = ("zh", "en")
_UNKNOWN = ("未知", "unknown")


def _label(name: str) -> Pair:
    return LABELS.get(name, (name, name))


def _named(held: Any, fallback: str, name: str = "", number: int = 0) -> Pair:
    """A row by its name or text; a row without either by its number."""
    for part in ("name", "title", "text"):
        zh, en = getattr(held, f"{part}_zh", ""), getattr(held, f"{part}_en", getattr(held, part, ""))
        if zh:
            return _with_code(held, zh), _with_code(held, en or zh)
    if getattr(held, "title", ""):
        return _with_code(held, held.title), _with_code(held, held.title)
    if name and not hasattr(held, "code"):
        zh, en = _label(name)
        return f"{zh} {number + 1}", f"{en} {number + 1}"
    return fallback, fallback


def _with_code(held: Any, text: str) -> str:
    code = getattr(held, "code", "")
    return f"{code} {text}" if code[:1].isupper() else text  # MG1, X-02; names in lower case say no more than the text


def _joined(label: Pair, more: Pair) -> Pair:
    zh = "：".join(part for part in (label[0], more[0]) if part)
    return zh, ": ".join(part for part in (label[1], more[1]) if part)
