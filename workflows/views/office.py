"""The municipal office: the board, its own tasks, search over all cases, the case and its acts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.enums import ObjectionState
from accreditation.permissions import signed_in
from accreditation.roles import Power
from accreditation.selectors.signers import waiting_for_signer, waiting_for_text
from workflows.calendar import current_calendar
from workflows.forms.office import CaseSearch, OfficeInboxFilter
from workflows.presentation.cases import STEPS
from workflows.presentation.trails import trail_words
from workflows.selectors import registers
from workflows.selectors.desks import (
    MOST_VACANCIES,
    Stage,
    batch_codes,
    board,
    narrowed,
    official_cases,
    vacant_places,
)
from workflows.selectors.further_returns import matters_waiting_for, waiting_for
from workflows.selectors.second_answers import second_answers
from workflows.views import casework, evaluations, recognition, recommendation_case, reopenings
from workflows.views.answers import page
from workflows.views.bulk import bulk_desk
from workflows.views.consulting import department_letters
from workflows.views.desk import OFFICE, open_case, show
from workflows.views.listing import filters, page_of_rows, page_of_slices
from workflows.worklists import inbox, inbox_counts

POWERS = (Power.CHECK_COMPLETENESS, Power.APPOINT_PANELS, Power.CALL_MEETINGS)
form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@page
def office_inbox(request: HttpRequest) -> HttpResponse:
    """The board of all cases under way, and the office's own tasks, the most urgent first."""
    user, now, form = signed_in(request), timezone.now(), OfficeInboxFilter(request.GET)
    chosen, calendar = form.chosen(), current_calendar()
    rows = page_of_slices(
        request,
        lambda start, size: inbox(user, calendar=calendar, at=now, start=start, size=size, powers=POWERS, **chosen),
    )
    stages, districts = board(user, at=now)
    context = {
        "page": rows,
        "filters": filters(request, form),
        "counts": inbox_counts(user, at=now, powers=POWERS),
        "stages": [_stage(stage) for stage in stages],
        "districts": districts,
        "vacancies": vacant_places()[:MOST_VACANCIES],
        "open_objections": registers.objections(user, ObjectionState.RECEIVED).count(),
        "waiting_meetings": waiting_for_signer(user, now),
        "returned_minutes": waiting_for_text(user),
        "waiting_returns": waiting_for(user),
        "waiting_matters": matters_waiting_for(user, at=now),
        **second_answers(user),
        **bulk_desk(user, "office"),
        "case_page": "office_case",
    }
    return render(request, "workflows/office/inbox.html", context)


def _stage(stage: Stage) -> dict[str, Any]:
    return {"label": STEPS[stage.step - 1], "count": stage.count, "overdue": stage.overdue}


@require_safe
@page
def office_cases(request: HttpRequest) -> HttpResponse:
    """Search over all filed cases."""
    form = CaseSearch(request.GET, batches=batch_codes())
    rows = page_of_rows(request, narrowed(official_cases(signed_in(request)), **form.chosen()))
    context = {"page": rows, "filters": filters(request, form), "case_page": "office_case"}
    return render(request, "workflows/office/cases.html", context)


@require_safe
@page
def office_case(request: HttpRequest, number: str) -> HttpResponse:
    """A case at a glance."""
    return casework.case_page(request, OFFICE, number)


@require_safe
@page
def office_figures(request: HttpRequest, number: str) -> HttpResponse:
    """Figures beside evidence."""
    return casework.figures_page(request, OFFICE, number)


@require_safe
@page
def office_changes(request: HttpRequest, number: str) -> HttpResponse:
    """What each version changed."""
    return casework.changes_page(request, OFFICE, number)


@form_page
@page
def office_verify(request: HttpRequest, number: str, code: str, year: int) -> HttpResponse:
    """Verify a figure."""
    return casework.verify_page(request, OFFICE, number, code, year)


@form_page
@page
def office_gate(request: HttpRequest, number: str, gate: str) -> HttpResponse:
    """Answer a condition."""
    return casework.gate_page(request, OFFICE, number, gate)


@form_page
@page
def office_review(request: HttpRequest, number: str) -> HttpResponse:
    """Check for completeness."""
    return casework.review_page(request, OFFICE, number)


@form_page
@page
def office_return(request: HttpRequest, number: str) -> HttpResponse:
    """Return for correction."""
    return casework.return_page(request, OFFICE, number)


@form_page
@page
def office_act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Find ineligible, table again, the acts on a recommendation."""
    offered = casework.OFFICE_ACTS | recommendation_case.OFFERED | evaluations.OFFERED | recognition.OFFERED
    offered |= reopenings.OFFERED
    acts = {**casework.ACTS, **recommendation_case.ACTS, **evaluations.ACTS, **recognition.ACTS}
    acts |= reopenings.ACTS
    return casework.act_page(request, OFFICE, number, verb, offered, acts)


@require_safe
@page
def office_trail(request: HttpRequest, number: str) -> HttpResponse:
    """The audit trail of the case, with the result of its verification."""
    opened = open_case(request, OFFICE, number)
    trail = trail_words(opened.case, registers.trail_of(opened.case))
    context = {"trail": trail, "department_letters": department_letters(opened.case)}
    return show(request, opened, "trail", context)
