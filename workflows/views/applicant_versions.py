"""What differs between two uploads of the applicant's own case."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.errors import NotFound
from accreditation.visibility import upload_for
from criteria.facts import Facts
from workflows.presentation.differences import difference_words
from workflows.presentation.material import compared_uploads, upload_rows
from workflows.selectors.applicant import uploads_of
from workflows.views.answers import acting_person, page
from workflows.views.applicant_frame import frame, open_case


@require_safe
@page
def my_difference(request: HttpRequest, number: str) -> HttpResponse:
    """Two accepted uploads compared cell by cell; without a choice the two newest."""
    opened = open_case(request, number)
    uploads = uploads_of(opened.application)
    choices = compared_uploads(uploads)
    newest = [one["number"] for one in choices]
    wanted = [request.GET.get("before", ""), request.GET.get("after", "")]
    numbers = [int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0 for text in wanted]
    if not any(wanted):
        numbers = [newest[1], newest[0]] if len(newest) > 1 else newest * 2
    if not numbers:
        raise NotFound(number)
    old, new = (upload_for(acting_person(request), number, one) for one in numbers)
    if not (old.is_accepted and new.is_accepted):
        raise NotFound(number)
    context = frame(
        opened, "my_workbook", _("比较两次上传"),
        old=old,
        new=new,
        pair=upload_rows([old, new], address="my_upload"),
        difference=difference_words(Facts.from_json(old.facts), Facts.from_json(new.facts), opened.rules),
        choices=choices,
    )  # fmt: skip
    return render(request, "workflows/applicant/difference.html", context)
