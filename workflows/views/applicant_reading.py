"""A long workbook that is being read: how far it is, and where its end leads."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accreditation.services.readings import refusal_of
from accreditation.visibility import reading_for
from workflows.intake import cancel_reading
from workflows.presentation.readings import reading_words, refusal_words
from workflows.views.answers import acting_person, page
from workflows.views.applicant_frame import frame, open_case


@require_safe
@page
def my_reading(request: HttpRequest, number: str, reading: int) -> HttpResponse:
    """The progress while it is open, the upload when it is done, the reason when it was refused.

    With JavaScript the middle of the page is fetched again and again, without it the page is.
    """
    row = reading_for(acting_person(request), number, reading)
    is_poll = request.headers.get("HX-Request") == "true"
    if is_poll and not row.is_open:
        return HttpResponseClientRefresh()
    if row.upload is not None:
        if row.upload.is_accepted:
            messages.success(request, _("数据表读取通过，已保存。请核对申报条件和得分。"))
        return redirect("my_upload", number, row.upload.number)
    words = reading_words(row, at=timezone.now())
    if is_poll:
        return render(request, "workflows/applicant/reading_progress.html", {"words": words})
    fault = refusal_of(row)
    opened = open_case(request, number)
    context = frame(
        opened, "my_workbook", _("读取数据表"),
        reading=row,
        words=words,
        href=reverse("my_reading", args=[number, row.number]),
        refusal=refusal_words(fault) if fault else None,
        has_faults=fault is not None,
    )  # fmt: skip
    return render(request, "workflows/applicant/reading.html", context)


@require_POST
@page
def my_reading_cancel(request: HttpRequest, number: str, reading: int) -> HttpResponse:
    """Do not wait for it any longer."""
    opened = open_case(request, number)
    row = reading_for(acting_person(request), number, reading)
    if cancel_reading(opened.case, row, by=acting_person(request), at=timezone.now()):
        messages.success(request, _("已取消读取，文件没有保存。"))
        return redirect("my_workbook", number)
    return redirect("my_reading", number, reading)
