"""Who is told what: the table of an edition, and for one case the people who would be told now."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accreditation.permissions import has_power, signed_in
from accreditation.roles import Power
from workflows.forms.recipients import EditionForm
from workflows.procedures import PROCEDURES
from workflows.selectors.recipients import SAMPLE, futures, lines_of
from workflows.views.answers import page
from workflows.views.desk import DISTRICT, OFFICE, Desk, open_case, show


@require_safe
def recipients(request: HttpRequest) -> HttpResponse:
    """Every verb of the chosen edition: whom it tells, through which channels, in which words."""
    first = next(iter(PROCEDURES))
    form = EditionForm(request.GET if "procedure" in request.GET else {"procedure": first})
    code = form.cleaned_data["procedure"] if form.is_valid() else first
    lines = lines_of(PROCEDURES[code])
    context = {
        "form": form,
        "is_operator": has_power(request.user, Power.OPERATE),
        "code": code,
        "title": PROCEDURES[code].flow.process_title,
        "lines": [line for line in lines if line.audiences],
        "silent": [line.verb.label for line in lines if not line.audiences],
        "sample": SAMPLE,
        "texts_are_on": bool(settings.TEXT_GATEWAY_URL),
        "calls_are_on": settings.WEBHOOKS,
    }
    return render(request, "workflows/oversight/recipients.html", context)


@require_safe
@page
def office_recipients(request: HttpRequest, number: str) -> HttpResponse:
    """What each act that is possible now would tell, and whom."""
    return _of_case(request, OFFICE, number)


@require_safe
@page
def district_recipients(request: HttpRequest, number: str) -> HttpResponse:
    """The same at the desk of a district, and of a body that recognises by itself."""
    return _of_case(request, DISTRICT, number)


def _of_case(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    opened = open_case(request, desk, number)
    found = futures(opened.case, by=signed_in(request), at=timezone.now(), language=get_language() or "zh-hans")
    return show(request, opened, "recipients", {"futures": found, "has_table": desk is OFFICE})
