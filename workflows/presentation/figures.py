"""Reported figures beside verified ones, with who verified and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from django.utils.translation import gettext as _

from accreditation.models import Application, VerifiedValue
from criteria.facts import AnnexRow, Fact, Facts, Scalar
from criteria.fields import AnnexSpec, FieldSpec
from criteria.ruleset import RuleSet
from workflows.presentation.words import Words, amount, coded, either, quoted, scalar

SHOWN_ROWS = 200  # of an annex; a page of tens of thousands helps nobody


def verified_rows(application: Application, facts: Facts, rules: RuleSet, *, with_names: bool = False) -> list[Words]:
    """Adopted values: `code`, `label`, `year`, `reported`, `verified`, `reason`, `at`, `by` (only `with_names`)."""
    rows = VerifiedValue.objects.filter(application=application, is_current=True, adopted_at__isnull=False)
    return [_verified(row, facts, rules, with_names) for row in rows.select_related("adopted_by").order_by("pk")]


def proposed_rows(application: Application, facts: Facts, rules: RuleSet) -> list[Words]:
    """Values proposed by experts and not yet adopted, without names; `pk` addresses one."""
    rows = VerifiedValue.objects.filter(application=application, is_current=False, adopted_at__isnull=True)
    return [_verified(row, facts, rules, False) for row in rows.order_by("pk")]


def _verified(row: VerifiedValue, facts: Facts, rules: RuleSet, with_names: bool) -> Words:
    spec = rules.fields[row.code]
    fact = facts.figures.get((row.code, row.year))
    return {
        "pk": row.pk,
        "code": row.code,
        "label": either(spec, "name"),
        "year": row.year,
        "reported": scalar(fact.value, spec.unit) if fact else "—",
        "verified": amount(Fraction(row.value), spec.unit),
        "reason": quoted(row.reason),
        "at": row.adopted_at or row.proposed_at,
        "by": quoted(row.adopted_by) if with_names and row.adopted_by else "",
    }


def figure_groups(facts: Facts, rules: RuleSet) -> list[Words]:
    """All figures as filed, by group of the form: `label`, `rows` (`key`, `row`, `label`, `values` per year)."""
    if rules.form is None:
        return []
    groups: dict[str, list[Words]] = {}
    for spec in rules.form.basics:
        groups.setdefault(_("基本情况"), []).append(_row(spec, facts))
    for spec in rules.form.table:
        groups.setdefault(either(spec, "group") if spec.group_zh else _("评价数据"), []).append(_row(spec, facts))
    return [{"label": label, "rows": rows} for label, rows in groups.items()]


def _row(spec: FieldSpec, facts: Facts) -> Words:
    found = [fact for (code, _year), fact in facts.figures.items() if code == spec.code]
    newest_first = sorted(found, key=lambda fact: -(fact.year or 0))
    return {
        "key": f"figure-{spec.code}",
        "code": spec.code,
        "row": spec.row,
        "label": either(spec, "name"),
        "title": coded(spec.row, either(spec, "name")),
        "values": [_value(fact, spec) for fact in newest_first],
    }


def _value(fact: Fact, spec: FieldSpec) -> Words:
    return {"year": fact.year, "value": shown_value(fact, spec), "cell": str(fact.origin) if fact.origin else ""}


def shown_value(fact: Fact, spec: FieldSpec) -> str:
    """A value of the form as people read it: a choice by its name, a number with its unit, text as written."""
    for choice in spec.choices:
        if choice.code == fact.value:
            return either(choice, "name")
    return quoted(fact.value) if isinstance(fact.value, str) else scalar(fact.value, spec.unit)


def annex_tables(facts: Facts, rules: RuleSet) -> list[Words]:
    """Annexes as filed: `key`, `label`, `columns` (names), first `rows` (texts), `count` of all, `hidden` ones."""
    if rules.form is None:
        return []
    return [_annex_table(annex, facts.annexes.get(annex.code, ())) for annex in rules.form.annexes]


def _annex_table(annex: AnnexSpec, rows: Sequence[AnnexRow]) -> Words:
    return {
        "key": f"annex-{annex.code}",
        "label": either(annex, "name"),
        "letter": annex.letter,
        "columns": [either(column, "name") for column in annex.columns],
        "rows": [_line(row.values, annex.columns) for row in rows[:SHOWN_ROWS]],
        "count": len(rows),
        "hidden": max(len(rows) - SHOWN_ROWS, 0),
    }


def _line(values: Mapping[str, Scalar], columns: Iterable[FieldSpec]) -> list[str]:
    return [
        shown_value(Fact(column.code, None, values.get(column.code), column.unit), column)
        if values.get(column.code) is not None
        else "—"
        for column in columns
    ]
