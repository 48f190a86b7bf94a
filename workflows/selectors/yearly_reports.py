"""Yearly reports as they are read: calls, the holders of a call, the record of a title."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from accreditation.errors import NotFound
from accreditation.models import Title, YearlyReport, YearlyReportCall
from accreditation.yearly_report_words import YearlyReportState as S

OWED = (S.AWAITED, S.OVERDUE, S.SENT_BACK)


@dataclass(frozen=True, slots=True)
class Counted:
    """A call with how many were asked, are overdue, wait for the office, are noted."""

    call: YearlyReportCall
    asked: int
    overdue: int
    waiting: int
    noted: int


def calls() -> list[Counted]:
    """Every call, the newest first; one query."""
    rows = YearlyReportCall.objects.select_related("opened_by").annotate(
        asked=Count("reports"),
        overdue=Count("reports", filter=Q(reports__state=S.OVERDUE)),
        waiting=Count("reports", filter=Q(reports__state=S.HANDED_IN)),
        noted=Count("reports", filter=Q(reports__state=S.NOTED)),
    )
    return [Counted(row, row.asked, row.overdue, row.waiting, row.noted) for row in rows.order_by("-year")]


def call(year: int) -> YearlyReportCall:
    """One call; NotFound when there is none."""
    row = YearlyReportCall.objects.filter(year=year).first()
    if row is None:
        raise NotFound(str(year))
    return row


def reports_of(call: YearlyReportCall, *, only_overdue: bool) -> list[YearlyReport]:
    """Reports of a call, those still owed first."""
    rows = YearlyReport.objects.filter(call=call).select_related("case__enterprise", "title", "call")
    if only_overdue:
        rows = rows.filter(state=S.OVERDUE)
    order = {S.OVERDUE: 0, S.AWAITED: 1, S.SENT_BACK: 2, S.HANDED_IN: 3, S.NOTED: 4, S.DROPPED: 5}
    return sorted(rows, key=lambda row: (order[S(row.state)], row.case.number))


def record_of(title: Title) -> list[YearlyReport]:
    """What a title's holder reported over the years, the newest first."""
    return list(YearlyReport.objects.filter(title=title).select_related("call", "case").order_by("-call__year"))
