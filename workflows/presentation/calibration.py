"""Calibration in words: a line for each expert with a drawn deviation, each outlier with its reason."""

from __future__ import annotations

from fractions import Fraction

from django.utils.translation import gettext as _

from criteria.calibration import Habit, Outlier
from criteria.exact import fixed_text
from workflows.presentation.words import Words, either, quoted
from workflows.selectors.calibration import Report

PLACES = 2


def number(value: Fraction) -> str:
    """Points with two places."""
    return fixed_text(value, PLACES)


def signed(value: Fraction) -> str:
    """Points with their sign; nothing is neither above nor below."""
    text = number(value)
    return f"+{text}" if value > 0 and text != number(Fraction(0)) else text


def report_page(report: Report) -> Words:
    """`rows`, `outliers`, `opened`, `sealed`, `limit`, `scale` (points at the end of the drawing), `percent`."""
    found = report.found
    farthest = max((abs(habit.severity) for habit in found.habits), default=Fraction(0))
    return {
        "batch": report.batch,
        "rows": [_row(report, habit) for habit in found.habits],
        "outliers": [_outlier(report, one) for one in found.outliers],
        "opened": report.opened,
        "sealed": report.sealed,
        "limit": number(found.limit),
        "limit_points": found.limit,
        "scale": max(farthest, found.limit) * Fraction(6, 5),
        "percent": number(report.section.spread_limit.amount()).removesuffix(".00"),
    }


def _row(report: Report, habit: Habit) -> Words:
    words = {"severe": _("持续偏严"), "lenient": _("持续偏宽")}
    return {
        "name": quoted(report.people[habit.expert].name),
        "reviews": habit.reviews,
        "mean": number(habit.mean_total),
        "deviation": signed(habit.mean_deviation),
        "severity": signed(habit.severity),
        "severity_points": habit.severity,
        "spread": number(habit.spread),
        "outliers": habit.outliers,
        "leaning": words.get(habit.leaning, ""),
    }


def _outlier(report: Report, one: Outlier) -> Words:
    heading = report.section.heading(one.heading)
    values = {
        "mark": number(one.mark), "n": one.others, "mean": number(one.others_mean),
        "difference": number(abs(one.difference)), "limit": number(one.limit),
    }  # fmt: skip
    text = _("给 %(mark)s 分，其余 %(n)d 名专家平均 %(mean)s 分，相差 %(difference)s 分，超过 %(limit)s 分")
    return {
        "case": one.case,
        "name": quoted(report.people[one.expert].name),
        "heading": either(heading, "name"),
        "reason": text % values,
    }
