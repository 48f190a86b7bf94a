"""The pages of a round of evaluations of the district, zone or group that runs it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.permissions import signed_in
from workflows.selectors.evaluations import local_round
from workflows.views import evaluation_rounds as rounds
from workflows.views.answers import page


@require_safe
@page
def district_evaluation(request: HttpRequest, code: str) -> HttpResponse:
    """Where the round of the own body stands."""
    return rounds.round_page(request, local_round(signed_in(request), code), rounds.DISTRICT)


@require_POST
@page
def district_evaluation_act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Freeze the population, or call the holders."""
    return rounds.act_page(request, local_round(signed_in(request), code), rounds.DISTRICT, verb)


@require_safe
@page
def district_evaluation_file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The whole list as CSV or workbook."""
    return rounds.list_file(request, local_round(signed_in(request), code), rounds.DISTRICT, kind)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def district_evaluation_earlier(request: HttpRequest, code: str) -> HttpResponse:
    """Enter results of the round before this system."""
    return rounds.earlier_page(request, local_round(signed_in(request), code), rounds.DISTRICT)
