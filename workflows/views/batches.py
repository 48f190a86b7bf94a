"""Batches: the list, one batch with what it pins, a new one prepared for a second officer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.batch_words import BatchState
from accreditation.errors import Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.selectors.requests import earlier_answer
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.services.rule_sets import rules_of
from accreditation.views.answers import put_reasons
from workflows.batch_proposals import propose_opening
from workflows.certification import issuing_of
from workflows.forms.office import BatchForm, moment_text
from workflows.presentation.batch_proposals import proposal_row
from workflows.presentation.evaluations import awaiting_words
from workflows.presentation.rules import rule_set_page
from workflows.presentation.words import lang, state_label, state_tone
from workflows.selectors import batch_desk, batch_proposals, calendar_proposals
from workflows.selectors.evaluations import awaiting_of_city
from workflows.selectors.figure_checks import may_verify
from workflows.selectors.recognition import may_have_quota
from workflows.views.answers import REQUEST_KEY, new_request_key, page
from workflows.views.casework import status_of
from workflows.views.listing import page_of_rows


@require_safe
@page
def office_batches(request: HttpRequest) -> HttpResponse:
    """All batches, newest first, what waits for a second officer, the titles that wait for an evaluation."""
    awaiting = awaiting_words(awaiting_of_city(timezone.localdate()))
    context = {
        "page": page_of_rows(request, batch_desk.batches()),
        "awaiting": awaiting,
        "waiting": [proposal_row(row) for row in batch_proposals.waiting()],
        "settled": [proposal_row(row) for row in batch_proposals.settled()],
        "calendars": calendar_proposals.waiting(),
    }
    return render(request, "workflows/office/batches.html", context)


@require_safe
@page
def office_batch(request: HttpRequest, code: str) -> HttpResponse:
    """Cases by state, window, and everything that the batch pins; a script asks again for the issuing alone."""
    row = batch_desk.batch(code)
    issuing = issuing_of(row, at=timezone.now())
    if request.headers.get("HX-Request") == "true":
        return render(request, "workflows/office/issuing.html", {"issuing": issuing})
    counts = batch_desk.counts(row)
    context = {
        "batch": row,
        "states": [
            {"state": state, "label": state_label(state), "tone": state_tone(state), "count": count}
            for state, count in counts.items()
        ],
        "total": sum(counts.values()),
        "rules": rule_set_page(rules_of(row)),
        "faults": batch_desk.confidence_counts(row),
        "notices": batch_desk.notices_of(row),
        "announcements": batch_desk.announcements_of(row),
        "issuing": issuing,
        "recommends": row.is_recommendation,
        "has_quota": may_have_quota(row),
        "may_verify": may_verify(row),
        "proposals": [proposal_row(one) for one in batch_proposals.of_batch(row)],
        "may_change": row.state in (BatchState.OPEN, BatchState.CLOSED),
    }
    return render(request, "workflows/office/batch.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_batch_new(request: HttpRequest) -> HttpResponse:
    """Prepare a batch on a stored edition of a rule set, for a second officer to open."""
    if earlier := earlier_answer(request.POST.get(REQUEST_KEY), by=signed_in(request)):
        messages.warning(request, _("这份表单此前已提交，批次已提请开启。"))
        return redirect("office_batch_proposal", earlier["proposal"])
    form = BatchForm(request.POST or None, initial=_initial(request), sources=batch_desk.sources())
    if request.method == "POST" and form.is_valid():
        key = request.POST.get(REQUEST_KEY) or None
        try:
            row = propose_opening(form.cleaned_data, by=signed_in(request), at=timezone.now(), request_key=key)
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            clear_drafts(request, request.path)
            messages.success(request, _("已提请，等候另一位经办人确认。"))
            return redirect("office_batch_proposal", row.number)
    context = {"form": form, "editions": _editions(), "request_key": new_request_key()}
    return render(request, "workflows/office/batch_new.html", context, status=status_of(form))


def _editions() -> list[dict[str, Any]]:
    """Stored editions with every reason why a live batch may not rest on them."""
    return [
        {
            "row": row,
            "faults": [
                {"path": fault.path, "words": fault.confidence.name_in(lang())}
                for fault in batch_desk.edition_faults(row)
            ],
        }
        for row in batch_desk.editions()
    ]


def _initial(request: HttpRequest) -> dict[str, Any]:
    now = timezone.localtime()
    usual = {
        "programme": batch_desk.usual_programme(),
        "ordinal": batch_desk.next_ordinal(),
        "year": now.year,
        "reporting_year": now.year - 1,
        "opens_at": moment_text(now.replace(second=0)),
        "closes_at": moment_text((now + timedelta(days=30)).replace(hour=17, minute=0)),
        "base_date": now.date(),
    }
    return usual | initial_from_drafts(request, request.path)
