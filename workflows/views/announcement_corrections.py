"""The authority's pages of a correction of an announcement: proposed by one person, published by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.correction_words import AnnouncementCorrectionState
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.services.drafts import clear_drafts
from accreditation.views.answers import put_reasons, say_refusal
from workflows.announcement_corrections import (
    FOUR_EYES,
    decline_correction,
    listed_in,
    propose_correction,
    publish_correction,
)
from workflows.forms.announcement_corrections import CorrectionAnswerForm, CorrectionForm
from workflows.presentation import announcement_corrections as words
from workflows.selectors import announcement_corrections as rows
from workflows.views.answers import key_of, new_request_key, page, typed
from workflows.views.casework import status_of

if TYPE_CHECKING:
    from accreditation.models import Announcement, AnnouncementCorrection

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
@page
def announcement_corrections(request: HttpRequest, pk: int) -> HttpResponse:
    """Corrections of one announcement, and the form to propose one more."""
    announcement = rows.announcement_to_correct(signed_in(request), pk)
    form = CorrectionForm(request.POST or None, listed=listed_in(announcement), initial=typed(request))
    if request.method == "POST" and form.is_valid():
        row = _propose(request, announcement, form)
        if row is not None:
            clear_drafts(request, request.path)
            messages.success(request, _("更正已提出，由另一人审核发布。"))
            return redirect("announcement_correction", row.pk)
    context = {
        "announcement": announcement,
        "form": form,
        "corrections": [words.correction_words(row) for row in rows.corrections_of(announcement)],
        "request_key": new_request_key(),
    }
    return render(request, "workflows/office/corrections.html", context, status=status_of(form))


def _propose(request: HttpRequest, announcement: Announcement, form: CorrectionForm) -> AnnouncementCorrection | None:
    said = form.cleaned_data
    title = next(title for title, _name in listed_in(announcement) if title.number == said["title"])
    try:
        return propose_correction(
            announcement,
            by=signed_in(request),
            at=timezone.now(),
            request_key=key_of(request),
            **said | {"title": title},
        )
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return None


@form_page
@page
def announcement_correction(request: HttpRequest, pk: int) -> HttpResponse:
    """One correction; whoever publishes for the batch and did not propose it decides here."""
    user = signed_in(request)
    row = rows.correction_for(user, pk)
    form = CorrectionAnswerForm(request.POST or None, initial=typed(request))
    if request.method == "POST" and form.is_valid() and _answer(request, row, form):
        return redirect("announcement_correction", pk)
    is_waiting = row.state == AnnouncementCorrectionState.WAITING
    context = {
        "correction": words.correction_words(row),
        "announcement": row.announcement,
        "rows": words.summary(row),
        "form": form,
        "crumbs": [
            {"label": row.announcement.number, "href": reverse("announcement_corrections", args=[row.announcement.pk])},
            {"label": row.number},
        ],
        "is_waiting": is_waiting,
        "may_answer": is_waiting and FOUR_EYES.may_decide(row, user),
        "request_key": new_request_key(),
    }
    return render(request, "workflows/office/correction.html", context, status=status_of(form))


def _answer(request: HttpRequest, row: AnnouncementCorrection, form: CorrectionAnswerForm) -> bool:
    """Whether it is settled now, by whomever; else the form holds every reason."""
    by, at, key = signed_in(request), timezone.now(), key_of(request)
    try:
        if form.cleaned_data["is_published"] == "yes":
            publish_correction(row, by=by, at=at, request_key=key)
            messages.success(request, _("更正已发布，公告页面顶部可见。"))
        else:
            decline_correction(row, reason=form.cleaned_data["answer"], by=by, at=at, request_key=key)
            messages.success(request, _("已记为不予发布。"))
    except Denied:
        raise
    except AlreadyDone as done:
        say_refusal(request, done)
    except Refusal as refusal:
        put_reasons(form, refusal)
        return False
    clear_drafts(request, request.path)
    return True
