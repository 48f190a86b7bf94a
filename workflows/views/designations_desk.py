"""Further designations at the office: the list, a file checked and put forward, published or declined by a second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.errors import Denied, NotFound, Refusal
from accreditation.permissions import has_power, signed_in
from accreditation.roles import Power
from accreditation.views.answers import put_reasons, say_errors, say_outcome
from workflows import designation_proposals as proposals
from workflows.designations import FaultyFile, preview
from workflows.forms.designations import DeclineForm, DesignationForm
from workflows.presentation.designations import fault_rows, preview_words, state_mark
from workflows.selectors import designations
from workflows.views.answers import REQUEST_KEY, new_request_key, page

if TYPE_CHECKING:
    from accreditation.models import DesignationProposal, User

NEEDS_MENDING = 422
EXAMPLE = "example"


def _frame(request: HttpRequest) -> dict[str, Any]:
    may_draft = has_power(request.user, Power.DRAFT_RULES) and has_power(request.user, Power.RUN_BATCHES)
    return {"may_draft": may_draft}


@require_safe
@page
def office_designations(request: HttpRequest) -> HttpResponse:
    """Every programme with its editions and files, and what was put forward."""
    rows = [{"row": row, "state": state_mark(row)} for row in designations.proposals()]
    context = _frame(request) | {"lines": designations.lines(), "proposals": rows}
    return render(request, "workflows/designations/list.html", context)


@require_safe
@page
def office_designation_example(request: HttpRequest) -> HttpResponse:
    """The shipped file, to start from."""
    return yaml_answer(designations.example_text(), designations.EXAMPLE.name)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_designation_new(request: HttpRequest) -> HttpResponse:
    """A file or a text: checked as often as wanted, put forward once it is sound; the text stays on the page."""
    if request.method != "POST":
        return _new(request, DesignationForm(initial=_start(request.GET.get("from", ""))))
    form = DesignationForm(request.POST, request.FILES)
    if not form.is_valid():
        return _new(request, form, status=NEEDS_MENDING)
    text, file = form.cleaned_data["text"], form.cleaned_data["file_name"]
    shown = DesignationForm(initial={"text": text, "file_name": file})
    try:
        if request.POST.get("step") != "propose":
            return _new(request, shown, found=preview_words(preview(text, file)), text=text, file_name=file)
        key = request.POST.get(REQUEST_KEY) or None
        row = proposals.propose(text, file, by=signed_in(request), at=timezone.now(), request_key=key)
    except Denied:
        raise
    except FaultyFile as faulty:
        return _new(request, shown, status=NEEDS_MENDING, faults=fault_rows(faulty.faults))
    except Refusal as refusal:
        kept = DesignationForm({"text": text, "file_name": file})
        put_reasons(kept, refusal)
        return _new(request, kept, status=NEEDS_MENDING)
    messages.success(request, _("已提请，等候另一位人员发布。"))
    return redirect("office_designation", row.number)


def _start(asked: str) -> dict[str, str]:
    """What the text area begins with: nothing, the example, or the text of an earlier proposal."""
    if asked == EXAMPLE:
        return {"text": designations.example_text(), "file_name": designations.EXAMPLE.name}
    if asked:
        row = designations.proposal(asked)
        return {"text": row.text, "file_name": row.file}
    return {}


def _new(request: HttpRequest, form: DesignationForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context = _frame(request) | {"form": form, "request_key": new_request_key()} | more
    return render(request, "workflows/designations/new.html", context, status=status)


@require_safe
@page
def office_designation(request: HttpRequest, number: str) -> HttpResponse:
    """One proposal: what it would set up as the installation stands today, its text, and what this person may do."""
    row, by = designations.proposal(number), signed_in(request)
    context = _frame(request) | {
        "row": row,
        "state": state_mark(row),
        "is_own": row.drafted_by_id == by.pk,
        "may_publish": proposals.FOUR_EYES.may_decide(row, by),
        "decline": DeclineForm(),
    }
    try:
        context["found"] = preview_words(preview(row.text, row.file))
    except FaultyFile as faulty:
        context["faults"] = fault_rows(faulty.faults)
    return render(request, "workflows/designations/proposal.html", context)


@require_safe
@page
def office_designation_file(request: HttpRequest, number: str) -> HttpResponse:
    """The file as it was put forward."""
    row = designations.proposal(number)
    return yaml_answer(row.text, f"{row.reference.replace('/', '-')}.yaml")


@require_POST
@page
def office_designation_decide(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Publish, decline or withdraw."""
    row, by = designations.proposal(number), signed_in(request)
    say_outcome(request, lambda: _decide(row, verb, request, by))
    return redirect("office_designation", number)


def _decide(row: DesignationProposal, verb: str, request: HttpRequest, by: User) -> str:
    """What was done, in words; empty when the form lacks something."""
    at = timezone.now()
    if verb == "publish":
        proposals.publish(row, by=by, at=at)
        return _("称号已发布，可以据以开启批次。")
    if verb == "withdraw":
        proposals.withdraw(row, by=by, at=at)
        return _("提请已撤回。")
    if verb != "decline":
        raise NotFound(verb)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return ""
    proposals.decline(row, reason=form.cleaned_data["reason"], by=by, at=at)
    return _("已不予发布，理由已告知提请人。")


def yaml_answer(text: str, name: str) -> HttpResponse:
    """A YAML file to be kept."""
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
