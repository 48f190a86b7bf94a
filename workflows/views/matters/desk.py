"""The desk for titles: what waits, all proceedings, titles of the own authority, a new proceeding; the holder's own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.errors import Refusal
from accreditation.permissions import has_power, signed_in
from accreditation.roles import Power
from accreditation.services.drafts import clear_drafts
from accreditation.views.answers import put_reasons
from workflows.calendar import current_calendar
from workflows.certification import standing_numbers_of
from workflows.forms.proceedings import CancellationForm, MatterFilter, OpeningForm, TitleFilter
from workflows.opening_proceedings import ask_for_cancellation, open_proceeding
from workflows.presentation.came_of_it import title_page
from workflows.presentation.proceedings import title_words
from workflows.selectors import matters as rows
from workflows.tables.title_proceeding_2026 import ORDER_DAYS
from workflows.views.answers import key_of, new_request_key, page, typed
from workflows.views.casework import status_of
from workflows.views.listing import filters, page_of_rows
from workflows.views.matters.registry import names_of
from workflows.worklists import inbox

POWERS = (
    Power.PREPARE_ORDERS, Power.MAKE_ORDERS, Power.ANSWER_CHALLENGES, Power.REVIEW_RECONSIDERATIONS,
    Power.DECIDE_RECONSIDERATIONS,
)  # fmt: skip
MOST_TASKS = 50
form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@page
def orders(request: HttpRequest) -> HttpResponse:
    """What waits for this person, then every proceeding that the person sees."""
    user, now, form = signed_in(request), timezone.now(), MatterFilter(request.GET)
    calendar = current_calendar()
    tasks, waiting = inbox(user, calendar=calendar, at=now, size=MOST_TASKS, powers=POWERS)
    waiting_page: Page[Any] = Paginator(range(waiting), MOST_TASKS).get_page(1)
    waiting_page.object_list = tasks
    found = page_of_rows(request, rows.narrowed(rows.matters(user), **form.chosen()))
    cases = list(found.object_list)
    names = names_of(cases)
    found.object_list = [{"case": case, "name": names[case.pk]} for case in cases]
    context = {
        "tasks_page": waiting_page,
        "page": found,
        "filters": filters(request, form),
        "reconsiders": not has_power(user, Power.PREPARE_ORDERS) and not has_power(user, Power.MAKE_ORDERS),
        "answers": has_power(user, Power.ANSWER_CHALLENGES),
    }
    return render(request, "workflows/matters/orders.html", context)


@require_safe
@page
def orders_titles(request: HttpRequest) -> HttpResponse:
    """Titles that the own authority granted."""
    form = TitleFilter(request.GET)
    found = page_of_rows(request, rows.matching_titles(rows.titles_of_authority(signed_in(request)), **form.chosen()))
    found.object_list = [title_words(title) for title in found.object_list]
    context = {"page": found, "filters": filters(request, form)}
    return render(request, "workflows/matters/titles.html", context)


@form_page
@page
def orders_new(request: HttpRequest, number: str) -> HttpResponse:
    """A new proceeding over one title."""
    user = signed_in(request)
    title = rows.title_of_authority(user, number)
    form = OpeningForm(request.POST or None, initial=typed(request))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data | _key(request)
        try:
            case = open_proceeding(title, by=user, at=timezone.now(), **values)
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            clear_drafts(request, request.path)
            messages.success(request, _("%(no)s：已立案。") % {"no": case.number})
            return redirect("matter", case.number)
    crumbs = [
        {"label": _("称号处理"), "href": reverse("orders")},
        {"label": _("称号"), "href": reverse("orders_titles")},
    ]
    return _opening(request, "new", form, title_page(title, user), [*crumbs, {"label": title.number}])


@form_page
@page
def my_cancellation(request: HttpRequest, number: str) -> HttpResponse:
    """The holder asks for the end of its title."""
    user = signed_in(request)
    title = rows.own_title(user, number)
    form = CancellationForm(request.POST or None, initial=typed(request))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data | _key(request)
        try:
            case = ask_for_cancellation(title, by=user, at=timezone.now(), **values)
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            clear_drafts(request, request.path)
            messages.success(request, _("%(no)s：注销申请已提交。") % {"no": case.number})
            return redirect("my_matter", case.number)
    crumbs = [{"label": _("我的申报"), "href": reverse("my_cases")}, {"label": title.number}]
    lost = {"certificates": standing_numbers_of(title), "days": ORDER_DAYS}
    return _opening(request, "cancellation", form, title_page(title, user) | lost, crumbs)


def _opening(
    request: HttpRequest, template: str, form: forms.Form, title: dict[str, Any], crumbs: list[dict[str, str]]
) -> HttpResponse:
    context = {"form": form, "title": title, "crumbs": crumbs, "request_key": new_request_key()}
    return render(request, f"workflows/matters/{template}.html", context, status=status_of(form))


def _key(request: HttpRequest) -> dict[str, Any]:
    return {"request_key": key_of(request)}
