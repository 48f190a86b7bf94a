"""A gap report in words: conditions, indicators with what each lacks, what would gain most, what changed since."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accreditation.services.gap_reports import Found
from accreditation.services.known_figures import form_fields, key_text, stored_value, years_of
from criteria import readiness
from criteria.exact import fixed_text
from criteria.facts import Scalar
from criteria.fields import FieldSpec
from criteria.gates import GateOutcome, Outcome
from criteria.readiness import Change, IndicatorGap
from criteria.trace import Input, Trace
from workflows.presentation.explanations import points_text
from workflows.presentation.gates import gates_table, outcome_name
from workflows.presentation.rules import source_rows
from workflows.presentation.what_if import advice_words
from workflows.presentation.words import Words, amount, either, quoted, scalar, short_amount, short_difference

SHOWN_MOVERS = 8
Origin = Mapping[str, object]


def report_words(found: Found, before: Found | None) -> Words:
    """Everything of a report for `workflows/parts/gap_report.html`; `before` is the report that it is compared with."""
    evaluation = found.evaluation
    gaps = readiness.indicator_gaps(evaluation)
    return {
        "rules": either(found.rules, "name"),
        "ref": found.rules.ref,
        "is_demonstration": found.rules.demonstration,
        "year": found.facts.reporting_year,
        "summary": _summary(found),
        "gates": gates_table(evaluation, found.rules),
        "indicator_columns": _indicator_columns(),
        "indicators": [_indicator(gap, found) for gap in gaps],
        "movers": [_mover(gap) for gap in readiness.by_open_points(gaps)[:SHOWN_MOVERS]],
        "mover_columns": _mover_columns(),
        "advice": advice_words(found.advice, evaluation.places) if evaluation.total is not None else None,
        "wanted": fixed_text(found.advice.wanted, evaluation.places),
        "sources": source_rows(found.rules),
        "unknown": [_unknown(one, found) for one in readiness.unknown_inputs(evaluation)],
        "figures": _figures(found),
        "figure_columns": [{"label": _("数据")}, {"label": _("数值"), "numeric": True}, {"label": _("来源")}],
        "changes": [_change(one, evaluation.places) for one in readiness.changes(before.evaluation, evaluation)]
        if before
        else [],
        "change_columns": [{"label": _("项目")}, {"label": _("上次")}, {"label": _("本次")}],
    }


# --- the summary --------------------------------------------------------------------------------------------------
def _summary(found: Found) -> list[Words]:
    """Conditions by outcome, the total against the line, what is known while there is no total."""
    evaluation, line = found.evaluation, readiness.line_of(found.rules)
    counts = readiness.gate_counts(evaluation)
    rows = [
        (_("符合的条件"), _items(counts[Outcome.PASSED])),
        (_("不符合的条件"), _items(counts[Outcome.FAILED])),
        (_("不明的条件"), _items(counts[Outcome.UNDETERMINED])),
    ]
    if evaluation.total is None:
        rows.append((_("总分"), _("尚不能确定")))
        rows.append((_("已知指标得分"), _points(readiness.points_known(evaluation), evaluation.places)))
        unknown = readiness.points_unknown(evaluation)
        rows.append((_("尚不能确定的指标权重"), _points(unknown, evaluation.places) if unknown else _("规则未定")))
    else:
        rows.append((_("总分"), _points(evaluation.total, evaluation.places)))
    if line is None or line.least is None:
        rows.append((_("合格线"), _("规则中尚未查明")))
    else:
        rows.append(
            (_("合格线"), f"{_points(line.least, evaluation.places)}{_('（')}{either(line.band, 'name')}{_('）')}")
        )
        if evaluation.total is not None:
            rows.append((_("距合格线"), _to_line(line.least - evaluation.total, evaluation.places)))
    return [{"label": label, "value": value} for label, value in rows]


def _items(count: int) -> str:
    return ngettext("%(n)d 项", "%(n)d 项", count) % {"n": count}


def _points(value: Fraction, places: int) -> str:
    return _("%(points)s 分") % {"points": fixed_text(value, places)}


def _to_line(short: Fraction, places: int) -> str:
    if short <= 0:
        return _("已达到，高出 %(points)s 分") % {"points": fixed_text(-short, places)}
    return _("还差 %(points)s 分") % {"points": fixed_text(short, places)}


# --- indicators ---------------------------------------------------------------------------------------------------
def _indicator_columns() -> list[Words]:
    labels = (
        (_("指标"), False), (_("现值"), True), (_("基本要求"), True), (_("满分要求"), True), (_("差距"), False),
        (_("得分 / 权重"), True),
    )  # fmt: skip
    return [{"label": label, "numeric": numeric} for label, numeric in labels]


def _indicator(gap: IndicatorGap, found: Found) -> Words:
    trace = gap.trace
    below = gap.to_basic is not None and gap.to_basic > 0
    return {
        "tone": "red" if below else "",
        "cells": [
            {"text": f"{trace.code} {either(trace, 'name')}", "hint": either(trace, "group")},
            {"text": _value(trace), "hint": _from(trace, found)},
            amount(trace.basic, trace.unit) if trace.basic is not None else _("未知"),
            amount(trace.full, trace.unit) if trace.full is not None else _("未知"),
            {"text": _gap_words(gap), "hint": either(trace, "note") if trace.points is None else ""},
            f"{points_text(trace)} / {amount(trace.weight, 'point') if trace.weight is not None else _('未知')}",
        ],
    }  # fmt: skip


def _value(trace: Trace) -> str:
    return _("未知") if trace.value is None else short_amount(trace.value, trace.unit)


def _gap_words(gap: IndicatorGap) -> str:
    unit = gap.trace.unit
    if gap.trace.value is None:
        return _("缺少数据")
    if gap.to_full is not None and gap.to_full == 0:
        return _("已达满分要求")
    if gap.to_basic:
        return _("距基本要求还差 %(amount)s") % {"amount": short_difference(gap.to_basic, unit)}
    if gap.to_full:
        return _("距满分要求还差 %(amount)s") % {"amount": short_difference(gap.to_full, unit)}
    return _("要求未知")


def _from(trace: Trace, found: Found) -> str:
    """Where the inputs of an indicator come from, each origin once."""
    places = [_origin(found.origins.get(key_text(one.code, one.year))) for one in trace.inputs if one.value is not None]
    return _("；").join(dict.fromkeys(place for place in places if place))


def _origin(origin: Origin | None) -> str:
    if origin is None:
        return ""
    if origin["of"] == "case":
        words = _("办件 %(case)s，已核定") if origin["checked"] else _("办件 %(case)s 填报")
        return words % {"case": origin["case"]}
    return {"register": _("资质登记簿"), "own": _("企业自填，未经核实")}.get(str(origin["of"]), "")


# --- what would gain most -----------------------------------------------------------------------------------------
def _mover_columns() -> list[Words]:
    labels = ((_("指标"), False), (_("现值"), True), (_("满分要求"), True), (_("最多可增加"), True))
    return [{"label": label, "numeric": numeric} for label, numeric in labels]


def _mover(gap: IndicatorGap) -> Words:
    trace = gap.trace
    return {
        "cells": [
            f"{trace.code} {either(trace, 'name')}",
            _value(trace),
            amount(trace.full, trace.unit) if trace.full is not None else _("未知"),
            amount(gap.open_points, "point"),
        ]
    }


# --- figures ------------------------------------------------------------------------------------------------------
def _unknown(given: Input, found: Found) -> Words:
    """A figure that nobody gave, with the newest older one where there is one."""
    year = given.year
    name = either(given, "name")
    origin = found.origins.get(key_text(given.code, year))
    hint = ""
    if origin is not None and origin["of"] == "older":
        older = scalar(stored_value(str(origin["value"])), given.unit)
        hint = _("%(year)s 年为 %(value)s，不作为本年数据使用") % {"year": origin["year"], "value": older}
    return {"text": _("%(name)s（%(year)s 年）") % {"name": name, "year": year} if year else name, "hint": hint}


def _figures(found: Found) -> list[Words]:
    """Every figure that was known, with where it comes from."""
    rows = []
    for spec in form_fields(found.rules):
        for year in years_of(spec, found.facts.reporting_year):
            fact = found.facts.figures.get((spec.code, year))
            if fact is not None and spec.years:
                origin = _origin(found.origins.get(key_text(spec.code, year)))
                name = {"text": either(spec, "name"), "hint": str(year)}
                rows.append({"cells": [name, _shown(fact.value, spec), origin]})
    return rows


def _shown(value: Scalar, spec: FieldSpec) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(quoted(value)) if isinstance(value, str) else scalar(value, spec.unit)


# --- compared with the report before ------------------------------------------------------------------------------
def _change(one: Change, places: int) -> Words:
    name = f"{one.code} {either(one, 'name')}".strip()
    return {"cells": [name, _side(one.before, places), _side(one.after, places)]}


def _side(of: GateOutcome | Trace | Fraction | None, places: int) -> str:
    if isinstance(of, GateOutcome):
        return outcome_name(of.outcome, is_binding=of.is_binding)
    if isinstance(of, Trace):
        return f"{_value(of)}{_('；')}{points_text(of)}"
    return _("尚不能确定") if of is None else _points(of, places)
