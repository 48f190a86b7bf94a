"""Files and letters of a case for the offices, and the way to a case for everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accreditation.errors import NotFound
from accreditation.permissions import has_power, signed_in
from accreditation.roles import Power
from accreditation.views.answers import file_answer
from accreditation.visibility import (
    View,
    case_for,
    department_letter_for,
    evidence_for,
    letter_for,
    upload_for,
    view_of,
)
from workflows.presentation.letters import letter_page
from workflows.views.answers import page
from workflows.views.reading import note_reading, read_by_people

PAGES: dict[View, tuple[str, ...]] = {  # the first address that this installation offers
    View.APPLICANT: ("my_case",),
    View.FORWARDER: ("forward_case",),
    View.DISTRICT: ("district_case",),
    View.OFFICE: ("office_case",),
    View.EXPERT: ("expert_case",),
    View.VERIFIER: ("verifier_case",),
    View.COMMITTEE: ("committee_case", "committee"),
    View.AUDITOR: ("audit_case",),
}


@require_safe
@page
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Leads each reader to the own view of a case."""
    user = signed_in(request)
    found = case_for(user, number)
    view = view_of(user, found)
    if not hasattr(found, "application") and view is not View.AUDITOR:
        return redirect("my_matter" if view is View.APPLICANT else "matter", number)
    if view is View.OFFICE and not has_power(user, Power.CHECK_COMPLETENESS):
        return redirect("publishing")
    return redirect(_address(PAGES[view], number))


def _address(names: tuple[str, ...], number: str) -> str:
    for name in names:
        for arguments in ([number], []):
            try:
                return reverse(name, args=arguments)
            except NoReverseMatch:
                continue
    raise NotFound(number)


@require_safe
@page
def staff_evidence(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """One evidence file."""
    row = evidence_for(signed_in(request), pk)
    if row.application.case.number != number:
        raise NotFound(number)
    return file_answer(row.file, row.name, is_shown="shown" in request.GET)


@require_safe
@page
def department_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """A department's letter, the one on which its answer rests or one that a correction took away."""
    row = department_letter_for(signed_in(request), pk)
    return file_answer(row.file, row.file_name, is_shown=True)


@require_safe
@page
def staff_workbook(request: HttpRequest, number: str, upload: int) -> HttpResponse:
    """A workbook that was read without a fault."""
    row = upload_for(signed_in(request), number, upload)
    if row.file is None:
        raise NotFound(number)
    return file_answer(row.file, row.file_name)


@require_safe
@read_by_people
@page
def staff_letter(request: HttpRequest, number: str, letter: str) -> HttpResponse:
    """A letter as it was sent, to be read and printed."""
    user = signed_in(request)
    row = letter_for(user, letter)
    if row.case.number != number:
        raise NotFound(number)
    note_reading(request, row)  # somebody of the enterprise may hold an office as well
    context = {"letter": letter_page(row, user, timezone.now()), "number": number}
    return render(request, "workflows/casework/letter.html", context)
