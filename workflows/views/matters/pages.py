"""A case over a title, for its holder and for the authorities: overview, acts, papers, letters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.errors import NotFound, Refusal
from accreditation.permissions import has_any_power, signed_in
from accreditation.roles import Power
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.views.answers import file_answer, put_reasons
from accreditation.visibility import View, letter_for, view_of
from workflows.door import possible_verbs, verb_label
from workflows.presentation import came_of_it, letters
from workflows.presentation.further_returns import further_return
from workflows.presentation.matter_returns import corrections_made, matter_return_notice
from workflows.presentation.matters import document_rows, matter_bar, matter_header
from workflows.presentation.timeline import timeline
from workflows.presentation.whereabouts import whereabouts
from workflows.recusal_requests import may_ask
from workflows.returnable import DOCUMENT, FIGURE
from workflows.selectors.dossiers import dossiers_beside
from workflows.selectors.matters import document_of, documents_of, is_to_be_redone, letters_of, matter_for
from workflows.selectors.recipients import futures, may_preview
from workflows.views.answers import new_request_key, page, try_verb
from workflows.views.casework import status_of
from workflows.views.desk import CONFIRMED, TOO_LATE, ask
from workflows.views.matters import returning
from workflows.views.matters.desk import POWERS
from workflows.views.matters.registry import pages_of
from workflows.views.matters.shapes import MatterAct, MatterPages
from workflows.views.matters.uploads import stored
from workflows.views.reading import note_reading, read_by_people

if TYPE_CHECKING:
    from accreditation.models import Case, MatterPoint
    from accreditation.models.cases import CaseSubject
    from workflows.presentation.words import Words

form_page = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """A case for this person: in which quality, with which pages, and what can be done now."""

    case: Case
    subject: CaseSubject
    view: View
    pages: MatterPages
    verbs: frozenset[str]

    def address(self, name: str, *args: object) -> str:
        """Address of a page on the person's own side."""
        prefix = "my_" if self.view is View.APPLICANT else ""
        return reverse(f"{prefix}{name}", args=[self.case.number, *args])


def _open(request: HttpRequest, number: str, *, for_holder: bool) -> OpenMatter:
    user = signed_in(request)
    case, subject = matter_for(user, number)
    view = view_of(user, case)
    if (view is View.APPLICANT) != for_holder:
        raise NotFound(number)
    verbs = frozenset(verb.code for verb in possible_verbs(case, by=user, at=timezone.now()))
    return OpenMatter(case, subject, view, pages_of(case), verbs)


def _desk_name(request: HttpRequest) -> str:
    """What the list of matters is called for this person, as on its own page."""
    reconsiders = has_any_power(request.user, (Power.REVIEW_RECONSIDERATIONS, Power.DECIDE_RECONSIDERATIONS))
    deals_with_titles = has_any_power(request.user, (Power.PREPARE_ORDERS, Power.MAKE_ORDERS))
    return _("行政复议") if reconsiders and not deals_with_titles else _("称号处理")


def _show(
    request: HttpRequest, opened: OpenMatter, template: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    home = "my_cases" if opened.view is View.APPLICANT else "orders"
    label = _("我的申报") if opened.view is View.APPLICANT else _desk_name(request)
    is_open = opened.view is View.APPLICANT or has_any_power(request.user, POWERS)
    frame = {
        "case": opened.case,
        "header": matter_header(opened.case, opened.subject, opened.pages.name(opened.subject), at=timezone.now()),
        "crumbs": [{"label": label, "href": reverse(home) if is_open else ""}, {"label": opened.case.number}],
        "overview": opened.address("matter"),
        "request_key": new_request_key(),
    }
    return render(request, f"workflows/matters/{template}.html", frame | dict(context), status=status)


def matter_page(request: HttpRequest, number: str, *, for_holder: bool) -> HttpResponse:
    """Everything about a case at a glance, and what can be done now."""
    opened, user = _open(request, number, for_holder=for_holder), signed_in(request)
    papers = document_rows(documents_of(opened.case), address=lambda pk: opened.address("matter_document", pk))
    passed_over = opened.pages.passed_over(opened.subject)
    context = {
        "bar": matter_bar(opened.case, opened.subject, opened.pages.steps, passed_over),
        "place": whereabouts(opened.case, opened.subject, view=opened.view, at=timezone.now()),
        "actions": [
            {"label": act.title, "href": opened.address("matter_act", verb), "tone": act.tone}
            for verb, act in opened.pages.acts.items()
            if verb in opened.verbs and act.suits(opened.subject)
        ],
        "notice": _notice(opened),
        "corrections": corrections_made(opened.case, opened.subject),
        "recipients": opened.address("matter_recipients") if may_preview(opened.subject, opened.view) else "",
        "facts": opened.pages.facts(opened.case, opened.subject, opened.view),
        "documents": papers,
        "dossiers": [] if opened.view is View.APPLICANT else dossiers_beside(user, opened.subject, at=timezone.now()),
        "drop": opened.pages.drops_document in opened.verbs,
        "drop_address": opened.address("matter_drop_document"),
        "further": None if opened.view is View.APPLICANT else further_return(opened.case, user, at=timezone.now()),
        "recusals": "" if opened.view is View.APPLICANT else reverse("case_recusals", args=[opened.case.number]),
        "may_ask_recusal": opened.view is View.APPLICANT and may_ask(opened.case),
        "redo_address": reverse("my_redo", args=[opened.case.number]) if may_redo(opened) else "",
        "letters": letters.letter_rows(
            letters_of(opened.case), number=opened.case.number, address=_letter_address(opened)
        ),
        "came_of_it": came_of_it.of_case(opened.case, user),
        "timeline": timeline(opened.case, opened.view, letter_address=_letter_address(opened)),
    }
    return _show(request, opened, "matter", context)


def _notice(opened: OpenMatter) -> Words | None:
    """The open return with its deadline; for the holder each point leads to the page that puts it right."""
    acts = {FIGURE: opened.pages.fills_figures, DOCUMENT: opened.pages.adds_document}

    def address(point: MatterPoint) -> str:
        verb = acts.get(point.target) or opened.pages.states_texts
        return opened.address("matter_act", verb) if verb in opened.verbs else ""

    is_own = opened.view is View.APPLICANT
    return matter_return_notice(opened.case, opened.subject, at=timezone.now(), address=address if is_own else None)


def may_redo(opened: OpenMatter) -> bool:
    """Whether the enterprise can file again on this decision."""
    return opened.view is View.APPLICANT and is_to_be_redone(opened.subject)


def _letter_address(opened: OpenMatter) -> str:
    return "my_matter_letter" if opened.view is View.APPLICANT else "matter_letter"


def act_page(request: HttpRequest, number: str, verb: str, *, for_holder: bool) -> HttpResponse:
    """One act: its form, asked again where it is final, answered with every reason against it."""
    opened = _open(request, number, for_holder=for_holder)
    act = opened.pages.acts.get(verb)
    if act is None or (request.method != "POST" and verb not in opened.verbs):
        raise NotFound(verb)
    if returning.is_return(verb) and verb in opened.verbs:  # what officers ask of each other is never the holder's
        return returning.page_of_return(request, opened, verb, _show)
    initial = initial_from_drafts(request, request.path) if request.method != "POST" else {}
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = act.bound(data, files, initial, opened.subject)
    if request.method == "POST" and form.is_valid():
        answer = _carry_out(request, opened, verb, act, form)
        if answer is not None:
            return answer
    context = {"form": form, "act": act, "verb_label": verb_label(opened.case, verb), "notice": _notice(opened)}
    return _show(request, opened, "act", context, status_of(form))


def _carry_out(
    request: HttpRequest, opened: OpenMatter, verb: str, act: MatterAct, form: forms.Form
) -> HttpResponse | None:
    """Ask, do, and answer; None when the rules refuse it and the form, which now holds every reason, is shown again."""
    if act.confirm is not None and CONFIRMED not in request.POST:
        return ask(request, act.confirm, cancel=request.path)
    values = dict(form.cleaned_data)
    try:
        if act.takes_file:
            values["file"], values["name"] = stored(values["file"])
    except Refusal as refusal:
        put_reasons(form, refusal)
        return None
    outcome, reasons = try_verb(request, opened.case, verb, values)
    if outcome is not None:
        clear_drafts(request, request.path)
        messages.success(request, _("%(no)s：%(what)s") % {"no": opened.case.number, "what": act.done})
    if outcome is not None or any(reason.code == TOO_LATE for reason in reasons):
        return redirect(opened.address("matter"))
    put_reasons(form, Refusal(reasons))
    return None


def drop_document(request: HttpRequest, number: str, *, for_holder: bool) -> HttpResponse:
    """Take a paper off the file; it stays in the store and in the trail."""
    opened = _open(request, number, for_holder=for_holder)
    verb = opened.pages.drops_document
    if not verb:
        raise NotFound(number)
    asked = str(request.POST.get("document") or "")
    row = document_of(opened.case, int(asked)) if asked.isdecimal() and len(asked) < 19 else None
    outcome, reasons = try_verb(request, opened.case, verb, {"document": row})
    if outcome is not None:
        messages.success(request, _("文件已移除。"))
    for reason in reasons:
        messages.error(request, str(reason))
    return redirect(opened.address("matter"))


def document(request: HttpRequest, number: str, pk: int, *, for_holder: bool) -> HttpResponse:
    """One paper."""
    opened = _open(request, number, for_holder=for_holder)
    row = document_of(opened.case, pk)
    return file_answer(row.file, row.name, is_shown="shown" in request.GET)


def letter(request: HttpRequest, number: str, letter_number: str, *, for_holder: bool) -> HttpResponse:
    """A letter as it was sent."""
    opened = _open(request, number, for_holder=for_holder)
    user = signed_in(request)
    row = letter_for(user, letter_number)
    if row.case_id != opened.case.pk:
        raise NotFound(letter_number)
    note_reading(request, row)  # on the page of the offices too: somebody of the enterprise may hold one
    words = letters.letter_page(row, user, timezone.now())
    context = {"letter": words, "number": number, "crumbs": [], "is_own": for_holder}
    return _show(request, opened, "letter", context)


# --- one address for each side; the access table asks another policy of each -----------------------------------------
@require_safe
@page
def matter(request: HttpRequest, number: str) -> HttpResponse:
    """A case, for the authorities."""
    return matter_page(request, number, for_holder=False)


@require_safe
@page
def matter_recipients(request: HttpRequest, number: str) -> HttpResponse:
    """Whom each act that is possible now would tell, for the authorities."""
    opened = _open(request, number, for_holder=False)
    if not may_preview(opened.subject, opened.view):
        raise NotFound(number)
    language = get_language() or "zh-hans"
    found = futures(opened.case, by=signed_in(request), at=timezone.now(), language=language)
    return _show(request, opened, "recipients", {"futures": found})


@form_page
@page
def matter_act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """An act of an authority."""
    return act_page(request, number, verb, for_holder=False)


@require_POST
@page
def matter_drop_document(request: HttpRequest, number: str) -> HttpResponse:
    """A paper taken off by an authority."""
    return drop_document(request, number, for_holder=False)


@require_safe
@page
def matter_document(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A paper, for the authorities."""
    return document(request, number, pk, for_holder=False)


@require_safe
@read_by_people
@page
def matter_letter(request: HttpRequest, number: str, letter_number: str) -> HttpResponse:
    """A letter, for the authorities."""
    return letter(request, number, letter_number, for_holder=False)


@require_safe
@page
def my_matter(request: HttpRequest, number: str) -> HttpResponse:
    """A case, for the holder."""
    return matter_page(request, number, for_holder=True)


@form_page
@page
def my_matter_act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """An act of the holder."""
    return act_page(request, number, verb, for_holder=True)


@require_POST
@page
def my_matter_drop_document(request: HttpRequest, number: str) -> HttpResponse:
    """A paper taken off by the holder."""
    return drop_document(request, number, for_holder=True)


@require_safe
@page
def my_matter_document(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A paper, for the holder."""
    return document(request, number, pk, for_holder=True)


@require_safe
@read_by_people
@page
def my_matter_letter(request: HttpRequest, number: str, letter_number: str) -> HttpResponse:
    """A letter, for the holder."""
    return letter(request, number, letter_number, for_holder=True)
