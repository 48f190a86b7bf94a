"""Calibration of experts as CSV lines, one for each review of an opened panel."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from workflows.exports.register import inert
from workflows.presentation.calibration import number
from workflows.presentation.words import either
from workflows.selectors.calibration import Report


def report_lines(report: Report) -> Iterator[list[str]]:
    """Heading, then one line for each review of an opened panel."""
    yield [
        _("申报编号"), _("专家"), _("总分"), _("评审组平均"), _("与平均之差"), _("与其余专家平均之差"), _("离群评分项"),
    ]  # fmt: skip
    far: dict[tuple[str, str], list[str]] = {}
    for one in report.found.outliers:
        far.setdefault((one.case, one.expert), []).append(either(report.section.heading(one.heading), "name"))
    for row in report.found.sheets:
        numbers = (row.total, row.panel_mean, row.deviation, row.difference)
        headings = _("、").join(far.get((row.case, row.expert), []))
        yield [inert(row.case), inert(report.people[row.expert].name), *map(number, numbers), inert(headings)]
