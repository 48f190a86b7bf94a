"""The enterprise challenges an act, and files again where a decision orders the authority to decide again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accreditation.errors import NotFound, Refusal
from accreditation.permissions import signed_in
from accreditation.selectors.deliveries import service_of
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.services.reconsiderations import is_challengeable
from accreditation.views.answers import put_reasons
from accreditation.visibility import View, view_of
from workflows.filing_days import last_day_to_file
from workflows.forms.reconsiderations import FilingForm
from workflows.opening import open_ordered_again
from workflows.opening_reconsiderations import open_reconsideration
from workflows.presentation.deliveries import service_words
from workflows.presentation.letters import letter_words
from workflows.selectors.matters import is_reconsideration, matter_for, own_letter
from workflows.views.answers import REQUEST_KEY, new_request_key, page
from workflows.views.casework import status_of


@require_http_methods(["GET", "HEAD", "POST"])
@page
def my_reconsideration(request: HttpRequest, number: str) -> HttpResponse:
    """File a reconsideration against the act that a letter told of."""
    user = signed_in(request)
    letter = own_letter(user, number)
    words = letter_words(letter, letter.get_kind_display())
    if not is_challengeable(letter):
        raise NotFound(number)
    typed = initial_from_drafts(request, request.path) if request.method != "POST" else {}
    service = service_of(letter, timezone.localdate())
    served_on = service.served_on if service else None
    may_be_late = timezone.localdate() > last_day_to_file(served_on or letter.dated)
    known_on = served_on or letter.dated
    form = FilingForm(request.POST or None, initial={"known_on": known_on} | typed, may_be_late=may_be_late)
    if request.method == "POST" and form.is_valid():
        key = request.POST.get(REQUEST_KEY) or None
        try:
            case = open_reconsideration(letter, **form.cleaned_data, by=user, at=timezone.now(), request_key=key)
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            clear_drafts(request, request.path)
            messages.success(request, _("%(no)s：复议申请已提交，请补充证据文件。") % {"no": case.number})
            return redirect("my_matter", case.number)
    crumbs = [{"label": _("我的申报"), "href": reverse("my_cases")}, {"label": letter.number}]
    context = {
        "form": form, "letter": words, "crumbs": crumbs, "request_key": new_request_key(),
        "service": service_words(service),
    }  # fmt: skip
    return render(request, "workflows/matters/reconsideration.html", context, status=status_of(form))


@require_POST
@page
def my_redo(request: HttpRequest, number: str) -> HttpResponse:
    """A new application in the old batch, because a decision on reconsideration orders it to be decided again."""
    user = signed_in(request)
    case, subject = matter_for(user, number)
    if view_of(user, case) is not View.APPLICANT or not is_reconsideration(subject):
        raise NotFound(number)
    try:
        opened = open_ordered_again(subject, by=user, at=timezone.now())
    except Refusal as refusal:
        for reason in refusal.reasons:
            messages.error(request, str(reason))
        return redirect("my_matter", number)
    messages.success(request, _("%(no)s：已创建申报，请填报后提交。") % {"no": opened.number})
    return redirect("my_case", opened.number)
