"""Scores: the table of indicators, rates per group for the radar, reported beside verified."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from django.utils.translation import gettext as _

from criteria.evaluate import Evaluation
from criteria.exact import fixed_text
from criteria.trace import Trace
from workflows.presentation.explanations import points_text
from workflows.presentation.words import Words, amount, either, short_amount

LEAST_AXES, MOST_AXES = 3, 8
VALUE_PLACES = 2


def score_table(evaluation: Evaluation, *, address: str = "") -> Words:
    """Parameters of `score_table.html`: `rows`, `total`, `weight_total`, `point_places`.

    `address` is the page with the explanations; each row links to its own there.
    """
    traces = (*evaluation.indicators, *evaluation.bonus)
    return {
        "rows": [score_row(trace, address) for trace in traces],
        "total": evaluation.total,
        "weight_total": evaluation.attainable,
        "point_places": evaluation.places,
    }


def score_row(trace: Trace, address: str = "") -> Words:
    """One indicator as `score_row.html` takes it."""
    met = None if trace.value is None or trace.basic is None else trace.value >= trace.basic
    whole = trace.value is not None and trace.value.denominator == 1
    return {
        "code": trace.code,
        "label": either(trace, "name"),
        "href": f"{address}#indicator-{trace.code}",
        "value": trace.value,
        "unit": trace.unit,
        "places": None if whole else VALUE_PLACES,
        "threshold": trace.basic,
        "full": trace.full,
        "met": met,
        "points": trace.points,
        "point_places": trace.places,
        "weight": trace.weight,
    }


def total_text(evaluation: Evaluation) -> str:
    """The total as it counts; a dash while something is undetermined, words where the rules give no points."""
    if not gives_points(evaluation):
        return _("不评分")
    return "—" if evaluation.total is None else fixed_text(evaluation.total, evaluation.places)


def gives_points(evaluation: Evaluation) -> bool:
    """Whether the rules score at all; some decide by conditions alone."""
    return bool(evaluation.indicators)


def band_text(evaluation: Evaluation) -> str:
    """Name of the result band; empty where the rules give none."""
    return either(evaluation.band, "name") if evaluation.band else ""


def totals(evaluation: Evaluation) -> list[Words]:
    """How the total adds up, as rows of `summary_list.html`."""
    rows = [
        {"label": _("指标得分"), "value": _points(evaluation.indicator_total, evaluation)},
        {"label": _("加分"), "value": _points(evaluation.bonus_total, evaluation)},
        {"label": _("合计"), "value": _points(evaluation.total, evaluation)},
    ]
    if evaluation.band:
        rows.append({"label": _("评价等次"), "value": band_text(evaluation)})
    return rows


def _points(value: Fraction | None, evaluation: Evaluation) -> str:
    if value is None:
        return _("尚不能确定")
    return _("%(points)s 分") % {"points": fixed_text(value, evaluation.places)}


def radar_axes(evaluation: Evaluation) -> list[Words]:
    """Points reached in percent of the weight per subgroup, or per group where subgroups are too few or too many.

    Empty when fewer than three axes are left, or while an indicator is undetermined.
    """
    for name_of in (_subgroup, _group):
        axes = _rates(evaluation.indicators, name_of)
        if LEAST_AXES <= len(axes) <= MOST_AXES:
            return axes
    return []


def _subgroup(trace: Trace) -> str:
    return either(trace, "subgroup")


def _group(trace: Trace) -> str:
    return either(trace, "group")


def _rates(traces: Iterable[Trace], name_of: Callable[[Trace], str]) -> list[Words]:
    points: dict[str, Fraction] = {}
    weights: dict[str, Fraction] = {}
    for trace in traces:
        name = name_of(trace)
        points[name] = points.get(name, Fraction(0)) + (trace.points or 0)
        weights[name] = weights.get(name, Fraction(0)) + (trace.weight or 0)
    return [{"label": name, "value": 100 * points[name] / weight} for name, weight in weights.items() if weight]


def compared_scores(reported: Evaluation, verified: Evaluation) -> Words:
    """Both scores side by side for `compared_scores.html`: `rows`, `reported`, `verified`, `differs`."""
    pairs = zip(_traces(reported), _traces(verified), strict=True)
    rows = [_pair(mine, theirs) for mine, theirs in pairs]
    return {
        "rows": rows,
        "reported": total_text(reported),
        "verified": total_text(verified),
        "differs": any(row["differs"] for row in rows),
    }


def _traces(evaluation: Evaluation) -> tuple[Trace, ...]:
    return (*evaluation.indicators, *evaluation.bonus)


def _pair(reported: Trace, verified: Trace) -> Words:
    return {
        "code": reported.code,
        "label": either(reported, "name"),
        "weight": amount(reported.weight, "point"),
        "reported_value": short_amount(reported.value, reported.unit),
        "verified_value": short_amount(verified.value, verified.unit),
        "reported_points": points_text(reported),
        "verified_points": points_text(verified),
        "differs": reported.value != verified.value or reported.points != verified.points,
    }
