"""A gap report as a page and for paper, at the office and at the enterprise; the list that everybody reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accreditation.permissions import signed_in
from accreditation.selectors import cultivation as register
from accreditation.services.gap_reports import found_in
from workflows.presentation.cultivation import public_columns, public_rows
from workflows.presentation.gap_report import report_words
from workflows.views.answers import page
from workflows.views.standings_desk import frame

if TYPE_CHECKING:
    from accreditation.models import Cultivation


@require_safe
@page
def office_gap_report(request: HttpRequest, number: str, ordinal: int) -> HttpResponse:
    """One report at the office."""
    row = register.cultivation(number)
    context = frame(request, "cultivation") | _report(row, ordinal, "office_gap_report_print", "office_gap_report")
    return render(request, "workflows/cultivation/report_office.html", context)


@require_safe
@page
def office_gap_report_print(request: HttpRequest, number: str, ordinal: int) -> HttpResponse:
    """The same for paper."""
    return _paper(request, register.cultivation(number), ordinal, "office_gap_report")


@require_safe
@page
def my_gap_report(request: HttpRequest, number: str, ordinal: int) -> HttpResponse:
    """One report at the enterprise."""
    row = register.own_cultivation(signed_in(request), number)
    context = _report(row, ordinal, "my_gap_report_print", "my_gap_report")
    return render(request, "workflows/cultivation/report_own.html", context)


@require_safe
@page
def my_gap_report_print(request: HttpRequest, number: str, ordinal: int) -> HttpResponse:
    """The same for paper."""
    return _paper(request, register.own_cultivation(signed_in(request), number), ordinal, "my_gap_report")


def _paper(request: HttpRequest, row: Cultivation, ordinal: int, back: str) -> HttpResponse:
    context = _report(row, ordinal, "", back) | {"back": reverse(back, args=[row.number, ordinal])}
    return render(request, "workflows/cultivation/report_print.html", context)


def _report(row: Cultivation, ordinal: int, paper: str, address: str) -> dict[str, Any]:
    """A report, the one before it, and the addresses between them."""
    report = register.report(row, ordinal)
    before = register.report(row, ordinal - 1) if ordinal > 1 else None
    return {
        "row": row,
        "report": report,
        "before": before,
        "before_href": reverse(address, args=[row.number, ordinal - 1]) if before else "",
        "print_href": reverse(paper, args=[row.number, ordinal]) if paper else "",
        "words": report_words(found_in(report), found_in(before) if before else None),
    }


@require_safe
def cultivation(request: HttpRequest) -> HttpResponse:
    """The newest released list, for everybody."""
    release = register.newest_release()
    context = {
        "release": release,
        "columns": public_columns(),
        "rows": public_rows(release, register.named_in(release)) if release else [],
    }
    return render(request, "workflows/cultivation/public.html", context)
