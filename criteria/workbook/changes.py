"""What differs between two uploads, cell by cell, and whether a correction kept to what it was asked to correct."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from criteria.facts import AnnexRow, Facts, Origin, Scalar, exact_text
from criteria.fields import FormSpec
from criteria.workbook.faults import Fault, Place, fault_of

Allowed = Collection[tuple[str, int | None] | str]
_EMPTY = AnnexRow(0, {})


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that changed: a field and year, or an annex with line and column; values before and after; its place."""

    field: str
    year: int | None
    annex: str
    line: int
    before: Scalar
    after: Scalar
    origin: Origin | None

    @property
    def name(self) -> str:
        """Field code, or `annex.column`."""
        return f"{self.annex}.{self.field}" if self.annex else self.field


def changed_cells(before: Facts, after: Facts) -> list[Change]:
    """Every changed cell, figures first, then annexes line by line; empty when the answers are the same."""
    return [*_figures(before, after), *_annexes(before, after)]


def check_only_allowed_changes(
    before: Facts, after: Facts, allowed: Allowed, form: FormSpec | None = None
) -> list[Fault]:
    """A fault for each change outside `allowed`: (field, year), (field, None) for all its years, or an annex code.

    The messages use the names that the form gives; without a form they use the codes.
    """
    return [_fault(change, form) for change in changed_cells(before, after) if not _is_allowed(change, allowed)]


def value_text(value: Scalar) -> str:
    """A value in a message; an empty cell is said to be empty."""
    if value is None:
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if isinstance(value, str) else exact_text(value)


def _figures(before: Facts, after: Facts) -> Iterator[Change]:
    for key in dict.fromkeys([*before.figures, *after.figures]):
        old, new = before.figures.get(key), after.figures.get(key)
        old_value, new_value = old.value if old else None, new.value if new else None
        if (old is None) != (new is None) or old_value != new_value:
            known = new or old
            yield Change(key[0], key[1], "", 0, old_value, new_value, known.origin if known else None)


def _annexes(before: Facts, after: Facts) -> Iterator[Change]:
    for code in dict.fromkeys([*before.annexes, *after.annexes]):
        old = {row.number: row for row in before.annexes.get(code, ())}
        new = {row.number: row for row in after.annexes.get(code, ())}
        for number in sorted({*old, *new}):
            yield from _line(code, number, old.get(number, _EMPTY), new.get(number, _EMPTY))


def _line(annex: str, number: int, old: AnnexRow, new: AnnexRow) -> Iterator[Change]:
    for column in dict.fromkeys([*old.values, *new.values]):
        before, after = old.values.get(column), new.values.get(column)
        if before != after:
            origin = new.origins.get(column) or old.origins.get(column)
            yield Change(column, None, annex, number, before, after, origin)


def _is_allowed(change: Change, allowed: Allowed) -> bool:
    if change.annex:
        return change.annex in allowed
    return (change.field, change.year) in allowed or (change.field, None) in allowed


def _fault(change: Change, form: FormSpec | None) -> Fault:
    origin = change.origin or Origin("", "")
    place = Place(origin.sheet, origin.cell, change.name, change.year)
    code, name = _said(change, form) if form else (change.name, str(change.year or change.line or ""))
    before, after = value_text(change.before), value_text(change.after)
    return fault_of("change_not_allowed", place, read=after, code=code, name=name, before=before)


def _said(change: Change, form: FormSpec) -> tuple[str, tuple[str, str]]:
    """Line of the form, or letter of the annex, and the name with its year, or line, in both languages."""
    if change.annex:
        annex = form.annex(change.annex)
        column = next(spec for spec in annex.columns if spec.code == change.field)
        return annex.letter, (
            f"{annex.name_zh}第 {change.line} 行{column.name_zh}",
            f"{annex.name_en}, line {change.line}, {column.name_en}",
        )
    spec = form.field(change.field)
    year_zh, year_en = (f"（{change.year} 年）", f" ({change.year})") if change.year else ("", "")
    return spec.row, (spec.name_zh + year_zh, spec.name_en + year_en)
