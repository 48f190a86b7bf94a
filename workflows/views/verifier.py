"""Pages of a verifying body: its cases, the declaration, every figure beside its evidence, the signed report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.errors import NotFound, Reason
from accreditation.figure_check_words import CheckState, FindingResult
from accreditation.permissions import signed_in
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.services.files import take_file
from accreditation.services.rule_sets import rules_of
from accreditation.services.ties import ties_between
from accreditation.views.answers import file_answer
from accreditation.visibility import case_for, evidence_for
from criteria.units import unit_name
from workflows.forms.expert import TieForm
from workflows.forms.figure_checks import FindingForm, ReportForm
from workflows.presentation import figure_checks as words
from workflows.presentation.cases import clock_words
from workflows.presentation.provable import proof
from workflows.presentation.review_room import material
from workflows.presentation.words import Words, district_name, either, lang
from workflows.selectors import figure_checks as rows
from workflows.selectors.figures import application_with_material, bindings_by_code, figure_cell
from workflows.views.answers import as_errors, new_request_key, page, try_verb
from workflows.views.casework import status_of
from workflows.views.listing import page_of_rows
from workflows.workdays import SHANGHAI

if TYPE_CHECKING:
    from accreditation.models import Application, Case, FigureCheck

EVIDENCE = "verifier_evidence"
NAME_LENGTH = 200
form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@page
def checks(request: HttpRequest) -> HttpResponse:
    """Cases that the body is commissioned with, and the reports that it handed in."""
    user, now = signed_in(request), timezone.now()
    shown = page_of_rows(request, rows.past_checks(user))
    tasks = [{"check": row, "clock": _clock(row, now)} for row in rows.own_checks(user)]
    return render(request, "workflows/figure_checks/checks.html", {"tasks": tasks, "page": shown})


def _clock(check: FigureCheck, at: Any) -> Words | None:
    clock = rows.check_clock(check.application.case)
    return clock_words(clock, at=at) if clock else None


@form_page
@page
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Before the declaration only who applies; then every figure. The form declares, or confirms ticked figures."""
    found, application, check = _commissioned(request, number)
    if check.state == CheckState.COMMISSIONED:
        return _declaration(request, found, check)
    if check.cleared_by_id != signed_in(request).pk:
        return render(request, "workflows/figure_checks/other.html", _plain(found, check))
    reasons: list[Reason] = []
    if request.method == "POST":
        said = [
            {"code": code, "year": year, "result": FindingResult.CONFIRMED} for code, year in _ticked(request, check)
        ]
        outcome, reasons = try_verb(request, found, "record_figures", {"findings": said})
        if outcome is not None:
            messages.success(request, _("已登记 %(n)d 项一致。") % {"n": len(said)})
            return redirect("verifier_case", number)
    return _work(request, found, application, check, reasons)


def _ticked(request: HttpRequest, check: FigureCheck) -> list[tuple[str, int | None]]:
    """Figures that were ticked, of those that there are."""
    ticked = set(request.POST.getlist("figure"))
    return [(code, year) for code, year in rows.figures_of(check) if f"{code}.{year}" in ticked]


def _declaration(request: HttpRequest, found: Case, check: FigureCheck) -> HttpResponse:
    reasons: list[Reason] = []
    if request.method == "POST":
        outcome, reasons = try_verb(request, found, "declare_no_figure_tie")
        if outcome is not None:
            return redirect("verifier_case", found.number)
    on = timezone.now().astimezone(SHANGHAI).date()
    ties = [str(tie) for tie in ties_between(signed_in(request), check.application, on=on)]
    context = _plain(found, check) | {"ties": ties, "errors": as_errors(reasons)}
    return render(request, "workflows/figure_checks/declaration.html", context, status=422 if reasons else 200)


def _work(
    request: HttpRequest, found: Case, application: Application, check: FigureCheck, reasons: list[Reason]
) -> HttpResponse:
    bound = bindings_by_code(application)
    proofs = {code: [proof(row, found.number, EVIDENCE) for row in several] for code, several in bound.items()}
    context = _plain(found, check) | {
        "figures": words.work_rows(check, rules_of(application.batch), proofs),
        "counts": words.counted(check),
        "material": material(application, evidence_address=EVIDENCE),
        "errors": as_errors(reasons),
        "has_faults": bool(reasons),
    }
    return render(request, "workflows/figure_checks/work.html", context, status=422 if reasons else 200)


@form_page
@page
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    """Stepping down with the tie; the office commissions another body."""
    found, _application, check = _commissioned(request, number)
    form = TieForm(request.POST or None)
    reasons: list[Reason] = []
    if request.method == "POST" and form.is_valid():
        outcome, reasons = try_verb(request, found, "refuse_figure_check", form.cleaned_data)
        if outcome is not None:
            messages.success(request, _("%(no)s：已回避。") % {"no": number})
            return redirect("verifier_checks")
    context = _plain(found, check) | {"form": form, "errors": as_errors(reasons)}
    status = 422 if reasons else status_of(form)
    return render(request, "workflows/figure_checks/refuse.html", context, status=status)


@form_page
@page
def figure(request: HttpRequest, number: str, code: str, year: int) -> HttpResponse:
    """The finding of one figure."""
    found, application, check = _own(request, number)
    spec, cell = figure_cell(application, code, year)
    known = rows.findings_of(check).get((code, year))
    form = FindingForm(
        request.POST or None, spec=spec, unit=unit_name(spec.unit, lang()), files=rows.files_of(application),
        initial=(_known(known) if known else {}) | initial_from_drafts(request, request.path),
    )  # fmt: skip
    reasons: list[Reason] = []
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data | {"code": code, "year": year}
        outcome, reasons = try_verb(request, found, "record_figures", {"findings": [said]})
        if outcome is not None:
            clear_drafts(request, request.path)
            messages.success(request, _("已登记核查结果。"))
            return redirect(f"{reverse('verifier_case', args=[number])}#figure-{code}.{year}")
    bound = bindings_by_code(application).get(code, ())
    context = _plain(found, check) | {
        "form": form, "errors": as_errors(reasons), "name": either(spec, "name"), "year": year, "place": cell.place,
        "reported": words.reported_amount(cell.reported, spec.unit),
        "proofs": [proof(row, number, EVIDENCE) for row in bound if row.year in (None, year)],
    }  # fmt: skip
    status = 422 if reasons else status_of(form)
    return render(request, "workflows/figure_checks/figure.html", context, status=status)


def _known(row: Any) -> dict[str, Any]:
    return {
        "result": row.result, "value": row.value, "remark": row.remark, "reference": row.reference,
        "evidence": row.evidence_id,
    }  # fmt: skip


@form_page
@page
def hand_in(request: HttpRequest, number: str) -> HttpResponse:
    """The signed report; from then on nothing can be changed and the material is closed."""
    found, _application, check = _own(request, number)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ReportForm(*sent)
    reasons: list[Reason] = []
    if request.method == "POST" and form.is_valid():
        upload, at = form.cleaned_data["file"], timezone.now()
        stored = take_file(upload.read(), upload.name, media_type=form.media_type, at=at)
        values = form.cleaned_data | {"file": stored, "name": upload.name[:NAME_LENGTH]}
        outcome, reasons = try_verb(request, found, "hand_in_figure_check", values)
        if outcome is not None:
            messages.success(request, _("%(no)s：核查报告已提交并封存。") % {"no": number})
            return redirect("verifier_checks")
    context = _plain(found, check) | {
        "form": form, "errors": as_errors(reasons), "counts": words.counted(check),
        "findings": words.differences(check, rules_of(check.application.batch)),
    }  # fmt: skip
    status = 422 if reasons else status_of(form)
    return render(request, "workflows/figure_checks/hand_in.html", context, status=status)


@require_safe
@page
def evidence(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """One evidence file, once the declaration is made."""
    _own(request, number)
    row = evidence_for(signed_in(request), pk)
    if row.application.case.number != number:
        raise NotFound(number)
    return file_answer(row.file, row.name, is_shown="shown" in request.GET)


@require_safe
@page
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """A report that the own body handed in."""
    check = rows.own_report(signed_in(request), pk)
    assert check.report is not None
    return file_answer(check.report, check.report_name)


def _commissioned(request: HttpRequest, number: str) -> tuple[Case, Application, FigureCheck]:
    """The case for a person of the body that is commissioned with it."""
    user = signed_in(request)
    found = case_for(user, number)
    check = rows.own_check(user, found)
    return found, application_with_material(found), check


def _own(request: HttpRequest, number: str) -> tuple[Case, Application, FigureCheck]:
    """The same for whoever declared to have no tie."""
    found, application, check = _commissioned(request, number)
    if check.state != CheckState.CHECKING or check.cleared_by_id != signed_in(request).pk:
        raise NotFound(number)
    return found, application, check


def _plain(found: Case, check: FigureCheck) -> Words:
    """What every page of a case shows; nothing of the material."""
    return {
        "case": found,
        "enterprise": found.enterprise.name,
        "district": district_name(found.district),
        "programme": either(check.application.batch.programme, "name"),
        "check": words.check_words(check),
        "clock": _clock(check, timezone.now()),
        "request_key": new_request_key(),
    }
