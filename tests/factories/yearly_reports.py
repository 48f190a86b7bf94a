"""Holders of the national demonstration title, and what a report of theirs says."""

from __future__ import annotations

from datetime import date
from typing import Any

from accreditation.models import Case, Programme, Title, YearlyReport, YearlyReportCall
from criteria.fields import Kind
from tests.factories.cast import Cast
from tests.factories.snapshots import remembered
from workflows.opening_yearly_reports import open_call
from workflows.yearly_report_acts import fields_asked

SUMMARY = "全年完成新产品开发十二项，研发投入较上年增长，明年计划建设中试基地。"


def demonstration_title(cast: Cast, n: int = 0) -> Title:
    """Enterprise n holds the national title; needs the programme, which a batch of it makes."""
    return Title.objects.create(
        number=f"NTIDE-T-2021-{n:05d}", programme=Programme.objects.get(code="demonstration_national"),
        holder=cast.enterprises[n], granted_on=date(2021, 1, 10), valid_from=date(2021, 1, 10),
        valid_until=date(2099, 1, 9), announcement_number="示例工信〔2021〕7号", provenance="测试",
    )  # fmt: skip


@remembered
def called(cast: Cast, **changes: Any) -> YearlyReportCall:
    """The call of this year."""
    values = {"year": cast.at.year, "document": "示例通知〔2026〕4号", "moves": "next_working_day", "return_days": 10}
    return open_call(**values | changes, by=cast.office, at=cast.at)


def whole_figures(case: Case) -> dict[str, str]:
    """Every figure that the report asks for, as a form sends it."""
    report = YearlyReport.objects.select_related("call__rule_set").get(case=case)
    return {f"{spec.code}-{year}": "true" if spec.kind is Kind.BOOLEAN else "12" for spec, year in fields_asked(report)}
