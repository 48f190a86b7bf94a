"""The pool of experts: search, particulars, pauses, ties, links between enterprises, the import of a table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.acts import Replayed
from accreditation.errors import Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.services import expert_import, experts
from accreditation.views.answers import put_reasons
from criteria.workbook.faults import Fault
from criteria.workbook.table import read_table
from workflows.exports.register import csv_of
from workflows.forms.expert_pool import (
    ExpertSearch,
    LinkForm,
    LinkSearch,
    ParticularsForm,
    PauseForm,
    PoolTieForm,
    TableForm,
    TieEndForm,
    WithdrawForm,
)
from workflows.own_matters import own_among
from workflows.presentation.expert_pool import expert_page, expert_row, fault_groups, link_rows, refused_group
from workflows.selectors import expert_pool
from workflows.views.answers import REQUEST_KEY, new_request_key, page
from workflows.views.casework import status_of
from workflows.views.listing import filters, page_of_rows
from workflows.workdays import SHANGHAI

if TYPE_CHECKING:
    from accreditation.models import User

form_page = require_http_methods(["GET", "HEAD", "POST"])
PLACES = {"fields": "fields_asked"}  # place of a reason: field of the form


def today() -> date:
    """The day in Shanghai."""
    return timezone.now().astimezone(SHANGHAI).date()


def done(request: HttpRequest, form: forms.Form, act: Callable[..., object], said: str | Promise, **more: Any) -> bool:
    """Carry out an act of a valid form; every reason stands in the form when it is refused."""
    try:
        act(by=signed_in(request), at=timezone.now(), **more)
    except Replayed:
        pass
    except Denied:
        raise
    except Refusal as refusal:
        for reason in refusal.reasons:
            if reason.place in PLACES:
                form.add_error(PLACES[reason.place], str(reason))
        refusal.reasons = [reason for reason in refusal.reasons if reason.place not in PLACES]
        put_reasons(form, refusal)
        return False
    messages.success(request, str(said))
    return True


def key_of(request: HttpRequest) -> dict[str, str | None]:
    """The key of the form that was sent."""
    return {"request_key": request.POST.get(REQUEST_KEY) or None}


@require_safe
@page
def office_experts(request: HttpRequest) -> HttpResponse:
    """The pool with fields, terms and loads."""
    form, on = ExpertSearch(request.GET), today()
    shown = page_of_rows(request, expert_pool.experts(on=on, **form.chosen()))
    context = {"page": shown, "rows": [expert_row(row, on) for row in shown], "filters": filters(request, form)}
    return render(request, "workflows/office/experts.html", context)


@form_page
@page
def office_expert(request: HttpRequest, pk: int) -> HttpResponse:
    """One expert: particulars to be changed, pause, ties, trail."""
    person = expert_pool.expert(pk)
    act = request.POST.get("act", "particulars") if request.method == "POST" else ""
    sent = request.POST if request.method == "POST" else None
    form = ParticularsForm(sent if act == "particulars" else None, initial=ParticularsForm.initial_of(person.expert))
    pause = PauseForm(sent if act == "pause" else None)
    if act == "resume" and done(request, pause, partial(experts.resume, person), _("已恢复参加评审。")):
        return redirect("office_expert", pk)
    if act == "pause" and pause.is_valid() and _paused(request, person, pause):
        return redirect("office_expert", pk)
    if act == "particulars" and form.is_valid():
        stated = form.particulars()
        changed = partial(experts.change_particulars, person, stated)
        if done(request, form, changed, _("专家档案已保存。"), **key_of(request)):
            _warn_of_seats(request, [person])
            return redirect("office_expert", pk)
    context = expert_page(person, today()) | {"form": form, "pause": pause, "request_key": new_request_key()}
    faulty = pause if pause.is_bound else form
    return render(request, "workflows/office/expert.html", context | {"faulty": faulty}, status=status_of(faulty))


def _warn_of_seats(request: HttpRequest, people: list[User]) -> None:
    """Who sits on a panel to whose applicant the records now show a tie; the office orders the recusal there."""
    found = expert_pool.tied_seats(people, on=today())
    own = own_among(request.user, {seat.panel.application.case_id for seat, _ties in found})
    for seat, ties in found:
        if seat.panel.application.case_id in own:
            continue
        words = {"no": seat.panel.application.case.number, "name": seat.expert, "tie": "；".join(map(str, ties))}
        messages.warning(request, _("%(no)s：评审组成员 %(name)s 须回避：%(tie)s。请责令回避并递补。") % words)


def _paused(request: HttpRequest, person: Any, form: PauseForm) -> bool:
    until, reason = form.cleaned_data["paused_until"], form.cleaned_data["reason"]
    return done(request, form, partial(experts.pause, person, until=until, reason=reason), _("已暂停参加评审。"))


@form_page
@page
def office_expert_tie(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a tie of an expert."""
    person = expert_pool.expert(pk)
    form = PoolTieForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        record = partial(experts.record_tie, person, form.stated())
        if done(request, form, record, _("利害关系已登记。"), **key_of(request)):
            _warn_of_seats(request, [person])
            return redirect("office_expert", pk)
    return _form_page(request, form, gettext_lazy("登记利害关系"), person=person)


@form_page
@page
def office_tie_withdraw(request: HttpRequest, pk: int, tie: int) -> HttpResponse:
    """A tie has ended and counts for its years, or was a mistake and counts no more."""
    row = expert_pool.tie(pk, tie)
    form = TieEndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        until, reason = form.cleaned_data["until"], form.cleaned_data["reason"]
        if until is None:
            is_done = done(request, form, partial(experts.withdraw_tie, row, reason=reason), _("利害关系已撤下。"))
        else:
            end = partial(experts.end_tie, row, until=until, reason=reason)
            is_done = done(request, form, end, _("利害关系已登记终止。"))
        if is_done:
            return redirect("office_expert", pk)
    return _form_page(request, form, gettext_lazy("终止或撤下利害关系"), person=row.expert, tie=row)


@form_page
@page
def office_links(request: HttpRequest) -> HttpResponse:
    """Links between enterprises, and the form for another."""
    search = LinkSearch(request.GET)
    form = LinkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        record = partial(experts.record_link, **form.cleaned_data)
        if done(request, form, record, _("企业关联已登记。"), **key_of(request)):
            return redirect("office_links")
    shown = page_of_rows(request, expert_pool.links(**search.chosen()))
    context = {"page": shown, "rows": link_rows(list(shown)), "filters": filters(request, search), "form": form}
    context["request_key"] = new_request_key()
    return render(request, "workflows/office/links.html", context, status=status_of(form))


@form_page
@page
def office_link_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A link counts no more."""
    row = expert_pool.link(pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if done(request, form, partial(experts.withdraw_link, row, reason=reason), _("企业关联已撤下。")):
            return redirect("office_links")
    return _form_page(request, form, gettext_lazy("撤下企业关联"), link=link_rows([row])[0])


def _form_page(request: HttpRequest, form: forms.Form, title: str | Promise, **more: Any) -> HttpResponse:
    context = {"form": form, "title": title, "request_key": new_request_key()} | more
    return render(request, "workflows/office/expert_form.html", context, status=status_of(form))


@form_page
@page
def office_experts_import(request: HttpRequest) -> HttpResponse:
    """Send a table: every fault by its cell, or all of it kept."""
    form = TableForm(request.POST or None, request.FILES or None) if request.method == "POST" else TableForm()
    groups: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        content, name = sent.read(), str(sent.name)[:120]
        table = read_table(content, name)
        if isinstance(table, Fault):
            groups = [refused_group(table, name)]
        elif (read := expert_import.read_pool(table)).faults:
            groups = fault_groups(read.faults, table.sheet)
        else:
            digest = hashlib.sha256(content).hexdigest()
            kept = partial(expert_import.import_pool, read, name=name, sha256=digest)
            said = _("已导入 %(n)d 名专家的档案。") % {"n": len(read.lines)}
            if done(request, form, kept, said, **key_of(request)):
                _warn_of_seats(request, [line.user for line in read.lines])
                return redirect("office_experts")
    context = {"form": form, "groups": groups, "columns": expert_import.COLUMNS, "request_key": new_request_key()}
    status = 422 if groups else status_of(form)
    return render(
        request, "workflows/office/experts_import.html", context | {"has_faults": bool(groups)}, status=status
    )


@require_safe
@page
def office_experts_template(request: HttpRequest) -> HttpResponse:
    """An empty table with the headings that the import knows."""
    answer = HttpResponse(csv_of([list(expert_import.COLUMNS)]), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="experts.csv"'
    return answer
