"""The difference between two readings in words, cell by cell: the same for the applicant and for who reviews."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from django.utils.translation import gettext as _

from criteria.facts import AnnexRow, Fact, Facts, Scalar, exact_text
from criteria.fields import AnnexSpec, FieldSpec
from criteria.ruleset import RuleSet
from criteria.workbook.changes import Change, changed_cells
from criteria.workbook.lines import LineChange, LineFate, changed_lines
from workflows.presentation.figures import shown_value
from workflows.presentation.words import Words, either, quoted

MOST_LINES = 200  # shown of one annex; the rest is counted


def difference_words(before: Facts, after: Facts, rules: RuleSet, *, most: int | None = MOST_LINES) -> Words:
    """Parameters of `difference.html`: `count`, `cells` and, by annex, the `most` first `lines` with their fate."""
    cells = [_cell(change, before, after, rules) for change in changed_cells(before, after) if not change.annex]
    annexes = list(_annexes(changed_lines(before, after), rules, most))
    return {"count": len(cells) + sum(annex["count"] for annex in annexes), "cells": cells, "annexes": annexes}


def _cell(change: Change, before: Facts, after: Facts, rules: RuleSet) -> Words:
    spec = rules.fields[change.field]
    year = _("（%(year)s 年）") % {"year": change.year} if change.year else ""
    key = (change.field, change.year)
    origin = change.origin
    return {
        "row": spec.row,
        "name": f"{either(spec, 'name')}{year}",
        "sheet": quoted(origin.sheet) if origin else "",
        "cell": origin.cell if origin else "",
        "before": _shown(spec, change.before),
        "after": _shown(spec, change.after),
        "notes": [quoted(note) for fact in (after.figures.get(key),) if fact for note in told_notes(fact)],
    }


def told_notes(fact: Fact) -> tuple[str, ...]:
    """Notes on how a text was read, where the value is not just what was typed."""
    typed = fact.origin.raw.strip() if fact.origin else ""
    plain = fact.value if isinstance(fact.value, str) else ""
    if isinstance(fact.value, bool) or fact.value is None:
        return ()
    if not isinstance(fact.value, str):
        plain = exact_text(fact.value)
    return () if typed == plain else fact.notes


def _annexes(changes: Iterable[LineChange], rules: RuleSet, most: int | None) -> Iterable[Words]:
    specs = {annex.code: annex for annex in rules.form.annexes} if rules.form else {}
    for code, group in groupby(changes, key=lambda change: change.annex):
        lines = list(group)
        annex = specs[code]
        counts = {fate: sum(line.fate is fate for line in lines) for fate in LineFate}
        yield {
            "label": _("附表 %(letter)s %(name)s") % {"letter": annex.letter, "name": either(annex, "name")},
            "count": len(lines),
            "summary": _("新增 %(added)d 行，删除 %(removed)d 行，修改 %(changed)d 行") % counts,
            "lines": [_line(line, annex) for line in lines[:most]],
            "more": 0 if most is None else max(0, len(lines) - most),
        }


def _line(change: LineChange, annex: AnnexSpec) -> Words:
    columns = {column.code: column for column in annex.columns}
    row = change.after or change.before
    assert row is not None
    fate, tone = _fate(change.fate)
    return {
        "fate": fate,
        "tone": tone,
        "place": _place(change),
        "sheet_cell": _first_cell(row),
        "cells": [
            {
                "label": either(columns[code], "name"),
                "before": _shown(columns[code], change.before.values.get(code) if change.before else None),
                "after": _shown(columns[code], change.after.values.get(code) if change.after else None),
                "is_added": change.before is None,
                "is_removed": change.after is None,
            }
            for code in change.columns()
            if code in columns
        ],
    }


def _fate(fate: LineFate) -> tuple[str, str]:
    return {
        LineFate.ADDED: (_("新增"), "green"),
        LineFate.REMOVED: (_("删除"), "red"),
        LineFate.CHANGED: (_("修改"), "amber"),
    }[fate]


def _place(change: LineChange) -> str:
    old, new = change.before, change.after
    if old and new and old.number != new.number:
        return _("第 %(before)d 行（原第 %(after)d 行）") % {"before": new.number, "after": old.number}
    row = new or old
    return _("第 %(n)d 行") % {"n": row.number if row else 0}


def _first_cell(row: AnnexRow) -> str:
    origin = next(iter(row.origins.values()), None)
    return origin.cell if origin else ""


def _shown(spec: FieldSpec, value: Scalar) -> str:
    return shown_value(Fact(spec.code, None, value, spec.unit), spec)
