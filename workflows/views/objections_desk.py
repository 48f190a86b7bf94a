"""Objections: the list, one objection with its objector, the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.enums import ObjectionState
from accreditation.errors import NotFound, Refusal
from accreditation.permissions import persons_behind, signed_in
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.services.hearings import letter_to_objector
from accreditation.services.notice_ends import end_of_notice
from accreditation.services.objection_proposals import proposals_of, waiting
from accreditation.views.answers import file_answer, put_reasons
from accreditation.visibility import case_for, objection_for
from workflows.calendar import current_calendar
from workflows.door import possible_verbs
from workflows.forms.objections import AnswerForm, DecisionForm, ExtensionForm, SecondAnswerForm
from workflows.forms.office import ObjectionFilter
from workflows.presentation.extensions import extension_rows
from workflows.presentation.objections import hearing_on, objection_line, proposal_words
from workflows.selectors import registers
from workflows.upholding import has_checked
from workflows.views.answers import new_request_key, page, try_verb
from workflows.views.casework import ENDS, LETTER, status_of
from workflows.views.desk import CONFIRMED, TOO_LATE, Confirm, ask
from workflows.views.listing import filters, page_of_rows

if TYPE_CHECKING:
    from accreditation.models import Case, Objection, User

CONFIRM_WORDS = {  # whether titles are evaluated
    False: Confirm(
        gettext_lazy("确认异议成立？"),
        (gettext_lazy("该申报件不予认定，同批其他申报件不受影响。"), ENDS, LETTER),
        gettext_lazy("异议成立，不予认定"),
    ),
    True: Confirm(
        gettext_lazy("确认异议成立？"),
        (
            gettext_lazy("该单位退出本次公示，评价数据和结果重新核查；重新核查的结果另行公示。"),
            gettext_lazy("同一公示中对该单位的其他异议并入重新核查，其他单位不受影响。"),
        ),
        gettext_lazy("异议成立，重新核查"),
    ),
}
EXTEND, ASK, UPHOLD = "extend_notice", "ask_for_statement", "uphold_objection"
DONE = {
    UPHOLD: gettext_lazy("已认定异议成立。"),
    "dismiss_objection": gettext_lazy("已认定异议不成立。"),
    "propose_upholding": gettext_lazy("已提请认定异议成立，由另一人确认后生效。"),
    "decline_upholding": gettext_lazy("已答复不同意，该异议继续核查。"),
    "withdraw_upholding": gettext_lazy("已撤回提请，该异议继续核查。"),
}


@require_safe
@page
def office_objections(request: HttpRequest) -> HttpResponse:
    """Objections, those still open first, the most urgent on top."""
    form, at, calendar = ObjectionFilter(request.GET), timezone.now(), current_calendar()
    rows = page_of_rows(request, registers.objections(signed_in(request), **form.chosen()))
    context = {
        "page": rows,
        "lines": [objection_line(row, at=at, calendar=calendar) for row in rows],
        "filters": filters(request, form),
    }
    return render(request, "workflows/office/objections.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_objection(request: HttpRequest, number: str) -> HttpResponse:
    """One objection, and its answer with reasons: dismissed by one, upheld by two."""
    user = signed_in(request)
    row = objection_for(user, number)
    case = case_for(user, row.application.case.number)
    form = _form_of(request, row)
    if request.method == "POST" and form.is_valid():
        if form.decision == UPHOLD and CONFIRMED not in request.POST:
            return ask(request, CONFIRM_WORDS[row.application.batch.is_evaluation], cancel=request.path)
        outcome, reasons = try_verb(request, case, form.decision, {"objection": row, **form.cleaned_data})
        if outcome is not None:
            clear_drafts(request, request.path)
            messages.success(request, str(DONE[form.decision]))
        if outcome is not None or any(reason.code == TOO_LATE for reason in reasons):
            return redirect("office_objections")
        put_reasons(form, Refusal(reasons))
    context = {"objection": row, "case": case, "form": form, "request_key": new_request_key()}
    context |= _standing(row, case, user)
    return render(request, "workflows/office/objection.html", context, status=status_of(form))


def _form_of(request: HttpRequest, row: Objection) -> DecisionForm:
    """What was sent, by its button; else the form of who answers first, or second where a proposal waits."""
    asked, kinds = request.POST.get("decision", ""), (AnswerForm, SecondAnswerForm)
    standing = SecondAnswerForm if waiting(row) is not None else AnswerForm
    kind = next((kind for kind in kinds if asked in kind.DECISIONS), standing)
    initial = initial_from_drafts(request, request.path) if request.method != "POST" else {}
    return kind(request.POST or None, initial=initial)


def _standing(row: Objection, case: Case, user: User) -> dict[str, Any]:
    """How far the objection is, and what the person may do about it."""
    at, is_of_notice = timezone.now(), row.notice_id == row.application.notice_id
    possible = {verb.code for verb in possible_verbs(case, by=user, at=at)}
    hearing = hearing_on(row, at)
    may_ask = hearing is None and ASK in possible and row.state == ObjectionState.RECEIVED
    proposals = proposals_of(row)
    pending = next((one for one in proposals if not one.answer), None)
    return {
        "extensions": extension_rows(row.application, with_reasons=True) if is_of_notice else [],
        "hearing": hearing,
        "is_unheard": may_ask or bool(hearing and not hearing["is_heard"]),
        "letter": letter_to_objector(row),
        "may_extend": EXTEND in possible and is_of_notice,
        "may_ask": may_ask,
        "proposals": [proposal_words(one) for one in proposals],
        "is_pending": pending is not None,
        "is_own": pending is not None and bool(pending.proposers & persons_behind(user)),
        "has_checked": has_checked(case, user),
        "is_evaluation": row.application.batch.is_evaluation,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_objection_extend(request: HttpRequest, number: str) -> HttpResponse:
    """Name the working days by which the objection extends its notice, while the case is still in that one."""
    user = signed_in(request)
    row = objection_for(user, number)
    if row.notice_id != row.application.notice_id:
        return redirect("office_objection", number)
    case = case_for(user, row.application.case.number)
    initial = initial_from_drafts(request, request.path) if request.method != "POST" else {}
    form = ExtensionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        outcome, reasons = try_verb(request, case, EXTEND, {"objection": row, **form.cleaned_data})
        if outcome is not None:
            clear_drafts(request, request.path)
            messages.success(request, _("公示期已延长。"))
        if outcome is not None or any(reason.code == TOO_LATE for reason in reasons):
            return redirect("office_objection", number)
        put_reasons(form, Refusal(reasons))
    ends = end_of_notice(row.application)
    context = {"objection": row, "case": case, "form": form, "ends": ends, "request_key": new_request_key()}
    return render(request, "workflows/office/objection_extend.html", context, status=status_of(form))


@require_safe
@page
def office_objection_file(request: HttpRequest, number: str) -> HttpResponse:
    """What the objector handed in."""
    row = objection_for(signed_in(request), number)
    if row.file is None:
        raise NotFound(number)
    return file_answer(row.file, row.file_name)
