"""An officer steps aside from a case or an enterprise; those above order it, lift it and read the list."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accreditation.errors import Denied, NotFound, Refusal
from accreditation.permissions import signed_in
from accreditation.views.answers import put_reasons, say_errors, say_refusal
from accreditation.visibility import View, case_for, view_of
from workflows import officer_recusals
from workflows.forms.officer_recusals import CASE, DeclarationForm, EnterpriseForm, LiftForm, OrderForm
from workflows.officer_recusals import Subject
from workflows.presentation.officer_recusals import recusal_rows, who_acts
from workflows.selectors import recusals as selectors
from workflows.selectors.recusal_requests import requests_waiting_for
from workflows.views.answers import key_of, new_request_key, page
from workflows.views.casework import status_of
from workflows.views.listing import page_of_rows

if TYPE_CHECKING:
    from accreditation.models import Case

OFFICIAL = frozenset({View.OFFICE, View.DISTRICT, View.FORWARDER, View.RECONSIDERER, View.AUDITOR})
DECLARE, ORDER = "declare", "order"


@require_http_methods(["GET", "HEAD", "POST"])
@page
def recusals(request: HttpRequest) -> HttpResponse:
    """The list for those above and the auditor; the form by which an officer steps aside from an enterprise."""
    who = selectors.reader(signed_in(request))
    form = EnterpriseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        subject = selectors.subject_of_code(form.cleaned_data["uscc"])
        if subject is None:
            form.add_error("uscc", _("本系统中没有此单位，无须申报。"))
        elif _done(request, form, partial(_declare, request, subject, form), _("已回避该单位的全部办件。")):
            return redirect("recusals")
    shown = page_of_rows(request, selectors.recusals(who))
    context = {"who": who, "page": shown, "rows": recusal_rows(shown, who), "form": form}
    context |= {"request_key": new_request_key(), "waiting": requests_waiting_for(who.person)}
    return render(request, "workflows/recusals/list.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def case_recusals(request: HttpRequest, number: str) -> HttpResponse:
    """Step aside from a case or its enterprise, or order somebody to; who acts on it meanwhile."""
    user = signed_in(request)
    case = case_for(user, number)
    if view_of(user, case) not in OFFICIAL:
        raise NotFound(number)
    who = selectors.reader(user)
    sent = request.POST if request.method == "POST" else None
    is_order = sent is not None and sent.get("act") == ORDER
    own = DeclarationForm(None if is_order else sent)
    order = OrderForm(sent if is_order else None, officers=who.subordinates, auto_id="order_%s")
    if is_order and order.is_valid():
        if _done(request, order, partial(_order, request, case, order), _("已责令回避。")):
            return redirect("case_recusals", number)
    elif not is_order and own.is_valid():
        subject = _subject(case, own)
        if _done(request, own, partial(_declare, request, subject, own), _("您已回避，本件由他人办理。")):
            return redirect("recusals")
    sent_form: forms.Form = order if is_order else own
    context = {
        "case": case, "who": who, "form": sent_form, "own": own, "order": order,
        "acting": who_acts(case, who), "rows": recusal_rows(selectors.recusals_of_case(who, case), who),
        "waiting": [row for row in requests_waiting_for(user) if row.case_id == case.pk],
        "request_key": new_request_key(),
    }  # fmt: skip
    return render(request, "workflows/recusals/case.html", context, status=status_of(sent_form))


@require_POST
@page
def recusal_lift(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an officer act again, with the reason."""
    by = signed_in(request)
    row, form = selectors.recusal_for(selectors.reader(by), pk), LiftForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return redirect("recusals")
    try:
        officer_recusals.lift(row, reason=form.cleaned_data["reason"], by=by, at=timezone.now())
        messages.success(request, str(_("已解除回避。")))
    except Denied:
        raise
    except Refusal as refusal:
        say_refusal(request, refusal)
    return redirect("recusals")


def _subject(case: Case, form: forms.Form) -> Subject:
    return Subject(case.enterprise, case if form.cleaned_data["scope"] == CASE else None)


def _declare(request: HttpRequest, subject: Subject, form: forms.Form) -> None:
    officer_recusals.declare(
        subject, reason=form.cleaned_data["reason"], by=signed_in(request), at=timezone.now(),
        request_key=key_of(request),
    )  # fmt: skip


def _order(request: HttpRequest, case: Case, form: forms.Form) -> None:
    said = form.cleaned_data
    officer_recusals.order(
        _subject(case, form), said["officer"], reason=said["reason"], by=signed_in(request), at=timezone.now(),
        request_key=key_of(request),
    )  # fmt: skip


def _done(request: HttpRequest, form: forms.Form, act: Callable[[], None], said: str | Promise) -> bool:
    try:
        act()
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return False
    messages.success(request, str(said))
    return True
