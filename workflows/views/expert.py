"""Pages of an expert: own tasks, the declaration, material beside the score sheet, the signed hand-in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.enums import ApplicationState, SeatState
from accreditation.errors import NotFound, Reason
from accreditation.permissions import signed_in
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.services.rule_sets import rules_of
from accreditation.services.ties import ties_between
from accreditation.views.answers import file_answer
from accreditation.visibility import READING, case_for, evidence_for
from criteria.ruleset import ExpertReview
from criteria.units import unit_name
from workflows.forms.casework import ValueForm
from workflows.forms.expert import ScoreSheetForm, TieForm
from workflows.presentation.cases import case_header, clock_of, paused_words
from workflows.presentation.marks import mark_rows, proposal_rows, total_of, trade_of
from workflows.presentation.review_room import material, rule_score
from workflows.presentation.words import Words, district_name, either, lang, quoted
from workflows.selectors import expert_desk
from workflows.selectors.figures import application_with_material, figure_cell
from workflows.selectors.site_visits import visit_of
from workflows.views.answers import as_errors, new_request_key, page, try_verb
from workflows.views.listing import page_of_rows
from workflows.workdays import SHANGHAI

if TYPE_CHECKING:
    from accreditation.models import Application, Case, Seat

TOO_LATE = "already_done"


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """Seats that wait for this expert, the most urgent first."""
    shown = page_of_rows(request, expert_desk.open_seats(signed_in(request)))
    rows = expert_desk.seat_tasks(shown.object_list, at=timezone.now())
    return render(request, "workflows/expert/tasks.html", {"tasks": rows, "page": shown})


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """What this expert has handed in or stepped out of."""
    shown = page_of_rows(request, expert_desk.past_seats(signed_in(request)))
    return render(request, "workflows/expert/history.html", {"page": shown})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def case(request: HttpRequest, number: str) -> HttpResponse:
    """Before the declaration only who applies; then the material and the sheet; after the hand-in the own marks."""
    found, application, seat = _seated(request, number)
    if seat.state == SeatState.APPOINTED:
        return _declaration(request, found, application, seat)
    if seat.state == SeatState.SUBMITTED:
        return _handed_in(request, found, application, seat)
    form = _sheet(request, application)
    if request.method == "POST" and "edit" not in request.POST and form.is_valid():
        return _ask(request, found, application, form)
    return _room(request, found, application, form)


@require_POST
@page
def declare(request: HttpRequest, number: str) -> HttpResponse:
    """The expert declares to have no tie; the material is open from now on."""
    found, application, seat = _seated(request, number)
    outcome, reasons = try_verb(request, found, "declare_no_tie")
    if outcome is None and not _is_late(reasons):
        return _declaration(request, found, application, seat, reasons)
    return redirect("expert_case", number)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def recuse(request: HttpRequest, number: str) -> HttpResponse:
    """Stepping down with the tie; the page itself is the confirm step."""
    found, application, seat = _seated(request, number)
    if seat.state not in expert_desk.WORKING:
        raise NotFound(number)
    reasons: list[Reason] = []
    if request.method == "POST":
        form = TieForm(request.POST)
        if form.is_valid():
            outcome, reasons = try_verb(request, found, "recuse", form.cleaned_data)
            if outcome is not None or _is_late(reasons):
                return _left(request, found, is_done=outcome is not None)
    else:
        form = TieForm(initial=initial_from_drafts(request, request.path))
    context = _plain(found, application) | {"form": form, "errors": as_errors(reasons)}
    return _answer(request, "recuse", context, has_faults=bool(reasons or form.errors))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def value(request: HttpRequest, number: str, code: str, year: int) -> HttpResponse:
    """Another value for one figure, with the reason; it counts only when the office adopts it."""
    found, application, seat = _seated(request, number)
    if seat.state != SeatState.CLEARED:
        raise NotFound(number)
    spec, cell = figure_cell(application, code, year)
    initial = initial_from_drafts(request, request.path)
    form = ValueForm(request.POST or None, initial=initial, spec=spec, unit=unit_name(spec.unit, lang()))
    reasons: list[Reason] = []
    if request.method == "POST" and form.is_valid():
        outcome, reasons = try_verb(request, found, "propose_value", form.cleaned_data | {"code": code, "year": year})
        if outcome is not None:
            clear_drafts(request, request.path)
            messages.success(request, _("已提出建议核定值。"))
        if outcome is not None or _is_late(reasons):
            return redirect("expert_case", number)
    context = _plain(found, application) | {
        "form": form, "errors": as_errors(reasons), "name": either(spec, "name"), "year": year,
        "unit": spec.unit, "reported": cell.reported, "place": cell.place,
    }  # fmt: skip
    return _answer(request, "value", context, has_faults=bool(reasons or form.errors))


@require_POST
@page
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    """The signed hand-in of every mark and the opinion."""
    found, application, seat = _seated(request, number)
    sheet = _address(number)
    if seat.state == SeatState.APPOINTED:
        raise NotFound(number)
    form = ScoreSheetForm(request.POST, section=_section(application))
    reasons: list[Reason] = []
    if form.is_valid():
        values = {"marks": form.marks(), "opinion": form.cleaned_data["opinion"]}
        outcome, reasons = try_verb(request, found, "submit_review", values)
        if outcome is not None:
            clear_drafts(request, sheet)
            messages.success(request, _("评审已提交，评分已封存。"))
        if outcome is not None or _is_late(reasons):
            return redirect("expert_case", number)
    return _room(request, found, application, form, reasons)


@require_safe
@page
def evidence(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """One evidence file, once the declaration is made."""
    _seated(request, number)
    row = evidence_for(signed_in(request), pk)
    if row.application.case.number != number:
        raise NotFound(number)
    return file_answer(row.file, row.name, is_shown="shown" in request.GET)


def _seated(request: HttpRequest, number: str) -> tuple[Case, Application, Seat]:
    """The case for the expert who sits in it."""
    user = signed_in(request)
    found = case_for(user, number)
    seat = expert_desk.own_seat(user, found)
    return found, application_with_material(found), seat


def _section(application: Application) -> ExpertReview:
    section = rules_of(application.batch).expert_review
    assert section is not None, "a batch opens only on a rule set with headings"
    return section


def _address(number: str) -> str:
    return reverse("expert_case", args=[number])


def _sheet(request: HttpRequest, application: Application) -> ScoreSheetForm:
    section = _section(application)
    if request.method == "POST":
        return ScoreSheetForm(request.POST, section=section)
    return ScoreSheetForm(initial=initial_from_drafts(request, request.path), section=section)


def _is_late(reasons: list[Reason]) -> bool:
    return any(reason.code == TOO_LATE for reason in reasons)


def _left(request: HttpRequest, found: Case, *, is_done: bool) -> HttpResponse:
    if is_done:
        clear_drafts(request, request.path)
        clear_drafts(request, _address(found.number))
        messages.success(request, _("%(no)s：已回避，认定办公室将递补专家。") % {"no": found.number})
    return redirect("expert_tasks")


def _plain(found: Case, application: Application) -> Words:
    """What every page of a case shows; nothing of the material."""
    return {
        "case": found,
        "enterprise": found.enterprise.name,
        "product": application.product_name,
        "district": district_name(found.enterprise.district),
        "trade": trade_of(application),
        "programme": either(application.batch.programme, "name"),
        "clock": clock_of(found, at=timezone.now()),
        "paused": paused_words(found),
        "request_key": new_request_key(),
    }


def _declaration(
    request: HttpRequest, found: Case, application: Application, seat: Seat, reasons: list[Reason] | None = None
) -> HttpResponse:
    on = timezone.now().astimezone(SHANGHAI).date()
    ties = [str(tie) for tie in ties_between(signed_in(request), application, on=on)]
    is_visited = application.state != ApplicationState.UNDER_SITE_VISIT
    context = _plain(found, application) | {
        "ties": ties, "errors": as_errors(reasons or []), "is_visited": is_visited,
    }  # fmt: skip
    return _answer(request, "declaration", context, has_faults=bool(reasons))


def _room(
    request: HttpRequest,
    found: Case,
    application: Application,
    form: ScoreSheetForm,
    reasons: list[Reason] | None = None,
) -> HttpResponse:
    context = _reading(request, found, application, value_address="expert_value") | {
        "form": form,
        "errors": as_errors(reasons or []),
        "sheet_address": _address(found.number),
    }
    return _answer(request, "case", context, has_faults=bool(reasons or form.errors))


def _handed_in(request: HttpRequest, found: Case, application: Application, seat: Seat) -> HttpResponse:
    review, section = expert_desk.own_review(seat), _section(application)
    marks: dict[str, Any] = review.marks if review else {}
    context = _reading(request, found, application) | {
        "review": review,
        "rows": mark_rows(section, marks),
        "total": total_of(section, marks),
        "opinion": quoted(review.opinion) if review else "",
    }
    return _answer(request, "submitted", context)


def _reading(request: HttpRequest, found: Case, application: Application, *, value_address: str = "") -> Words:
    """Material, rule score and the own proposals; only for a seat that may read."""
    user = signed_in(request)
    assert expert_desk.own_seat(user, found).state in READING
    return _plain(found, application) | {
        "header": case_header(found, application, at=timezone.now()) | {"owner": ""},
        "material": material(application, evidence_address="expert_evidence", value_address=value_address),
        "score": rule_score(application),
        "visit": visit_of(application),
        "proposals": proposal_rows(application, expert_desk.own_proposals(user, application)),
    }


def _ask(request: HttpRequest, found: Case, application: Application, form: ScoreSheetForm) -> HttpResponse:
    """All marks with their total, before they are handed in."""
    section, marks = form.section, form.marks()
    context = _plain(found, application) | {
        "rows": mark_rows(section, marks),
        "total": total_of(section, marks),
        "opinion": quoted(form.cleaned_data["opinion"]),
        "typed": form.typed(),
    }
    return _answer(request, "confirm", context)


def _answer(request: HttpRequest, name: str, context: Words, *, has_faults: bool = False) -> HttpResponse:
    status = 422 if has_faults else 200
    return render(request, f"workflows/expert/{name}.html", context | {"has_faults": has_faults}, status=status)
