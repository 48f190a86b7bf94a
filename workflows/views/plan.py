"""The city's plan: ladder and targets in counts for everybody, names and new figures at the office."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.acts import Replayed
from accreditation.errors import Denied, NotFound, Refusal
from accreditation.permissions import signed_in
from accreditation.selectors.plan import plan_target, progress
from accreditation.services.plan import enter_figure
from accreditation.views.answers import put_reasons
from workflows.forms.standings import PlanFigureForm
from workflows.presentation import plan as words
from workflows.presentation.words import either
from workflows.views.answers import REQUEST_KEY, new_request_key, page
from workflows.views.casework import status_of
from workflows.views.listing import page_of_rows
from workflows.views.standings_desk import form_page, frame
from workflows.workdays import SHANGHAI

if TYPE_CHECKING:
    from accreditation.models import PlanTarget


def today() -> date:
    """The day in Shanghai."""
    return timezone.now().astimezone(SHANGHAI).date()


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """Ladder and targets in counts: nobody's name; each figure says whether it was counted or entered."""
    on = today()
    context = {
        "on": on,
        "plan": words.plan_words(on),
        "by_year": words.titles_by_year(),
        "by_district": words.titles_by_district(on),
    }
    return render(request, "workflows/public/plan.html", context)


@require_safe
@page
def office_ladder(request: HttpRequest) -> HttpResponse:
    """Who counts towards a target today, each holder once, and the figures that were entered."""
    on = today()
    found = [one for one in progress(on) if one.held is not None]
    code = request.GET.get("target", "") or (found[0].entry.code if found else "")
    chosen = next((one for one in found if one.entry.code == code), None)
    if found and chosen is None:
        raise NotFound(code)
    shown = page_of_rows(request, words.rung_rows(code, on) if chosen else [])
    context = frame(request, "ladder") | {
        "on": on,
        "targets": [{"code": one.entry.code, "label": either(one.entry, "name"), "count": one.count} for one in found],
        "chosen": words.target_words(chosen) if chosen else None,
        "districts": words.district_counts(chosen.held or ()) if chosen else [],
        "page": shown,
        "rows": shown.object_list,
        "all_targets": [words.target_words(one) for one in progress(on)],
    }
    return render(request, "workflows/standings/ladder.html", context)


@form_page
@page
def office_plan_figure(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a figure of a target from statistics."""
    entry, target = plan_target(code)
    form = PlanFigureForm(request.POST or None, today=today())
    if request.method == "POST" and form.is_valid() and _enter(request, target, form):
        messages.success(request, _("已录入。"))
        return redirect("office_plan_figure", code)
    rows = target.figures.select_related("entered_by").order_by("-year", "-entered_at")
    context = frame(request, "ladder") | {
        "form": form,
        "label": either(entry, "name"),
        "figures": [words.figure_words(row, entry.unit) for row in rows],
        "request_key": new_request_key(),
    }
    return render(request, "workflows/standings/figure.html", context, status=status_of(form))


def _enter(request: HttpRequest, target: PlanTarget, form: PlanFigureForm) -> bool:
    key = request.POST.get(REQUEST_KEY) or None
    try:
        enter_figure(target, form.cleaned_data, by=signed_in(request), at=timezone.now(), request_key=key)
    except Replayed:
        return True
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return False
    return True
