"""The visit on the spot: recorded by the authority, read by whoever reviews and decides."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.errors import NotFound
from accreditation.permissions import signed_in
from accreditation.services.files import take_file
from accreditation.views.answers import file_answer
from workflows.forms.visits import VisitForm
from workflows.selectors import site_visits
from workflows.selectors.panel_room import vacancies
from workflows.views.answers import page
from workflows.views.casework import status_of, typed
from workflows.views.desk import DISTRICT, carry_out, needs, open_case, show
from workflows.workdays import SHANGHAI

NAME_LENGTH = 200


@require_http_methods(["GET", "HEAD", "POST"])
@page
def district_visit(request: HttpRequest, number: str) -> HttpResponse:
    """The record, or the form for it while the visit is due."""
    opened = open_case(request, DISTRICT, number)
    if not opened.runs_panel:
        raise NotFound(number)
    found = site_visits.visit_of(opened.application)
    if found is not None and request.method != "POST":
        return show(request, opened, "visit", {"visit": found})
    if request.method != "POST":
        needs(opened, "record_site_visit")
    elif not hasattr(opened.application, "panel"):
        raise NotFound(number)
    usual = {
        "visited_on": timezone.now().astimezone(SHANGHAI).date(),
        "place": site_visits.reported_address(opened.application),
    }
    people, left = site_visits.panel_members(opened.application), site_visits.former_members(opened.application)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = VisitForm(*sent, initial=usual | typed(request), people=people, left=left)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data | {"documents": _kept(form)}
        answer = carry_out(request, opened, "record_site_visit", values, form=form, done=_("实地核查已登记。"))
        if answer is not None:
            return answer
    context = {"form": form, "visit": None, "vacant": vacancies(opened.application.panel)}
    return show(request, opened, "visit", context, status=status_of(form))


def _kept(form: VisitForm) -> list[tuple[Any, str]]:
    """The files in the store, each with its name."""
    at = timezone.now()
    sent = zip(form.cleaned_data["documents"], form.media_types, strict=True)
    return [
        (take_file(one.read(), one.name or "", media_type=media_type, at=at), (one.name or "")[:NAME_LENGTH])
        for one, media_type in sent
    ]


@require_safe
@page
def visit_file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """One file of a visit."""
    row = site_visits.document_for(signed_in(request), number, pk)
    return file_answer(row.file, row.name, is_shown="shown" in request.GET)
