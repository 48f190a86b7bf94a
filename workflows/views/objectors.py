"""The page on which an objector reads the answer: by number and code, without an account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accreditation.services.hearings import note_reading, objection_of_objector
from certificates.services.allowance import is_allowed
from workflows.forms.hearings import AnswerCodeForm
from workflows.presentation.objections import answer_words
from workflows.presentation.words import Words
from workflows.views.public import TRACKING, too_many


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("code")
def objection_answer(request: HttpRequest) -> HttpResponse:
    """How an objection stands and the letter to who raised it; unknown numbers and wrong codes get one answer."""
    form, at = AnswerCodeForm(request.POST if request.method == "POST" else None), timezone.now()
    context: Words = {"form": form}
    if request.method == "POST" and form.is_valid():
        if not is_allowed(TRACKING, request.META.get("REMOTE_ADDR", ""), at=at):
            return too_many(request)
        found = objection_of_objector(form.cleaned_data["number"], form.cleaned_data["code"])
        if found is None:
            form.add_error(None, _("没有找到：请核对异议编号和查询码。"))
        else:
            context["found"] = answer_words(found)
            note_reading(found, at=at)
    return render(request, "workflows/public/objection_answer.html", context, status=422 if form.errors else 200)
