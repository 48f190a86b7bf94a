"""One act on several cases: chosen in the inbox, previewed case by case, confirmed, reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.errors import Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.views.answers import put_reasons, say_errors, say_refusal
from workflows import bulk_acts
from workflows.bulk_kinds import HAND_OVER, BulkKind, colleagues, holder_of, kind_of, reasons_against
from workflows.forms.bulk import BulkAnswerForm, BulkForm
from workflows.selectors import bulk as selectors
from workflows.views.answers import REQUEST_KEY, new_request_key, page

if TYPE_CHECKING:
    from accreditation.models import BulkAct, User

form_page = require_http_methods(["GET", "HEAD", "POST"])


def bulk_desk(user: User, desk: str) -> dict[str, Any]:
    """What the inbox of a desk shows of it."""
    return {
        "bulk_address": reverse(f"{desk}_bulk"),
        "bulk_kinds": selectors.kinds_for(user, desk),
        "waiting_bulk": selectors.waiting(user, desk),
    }


@form_page
@page
def district_bulk(request: HttpRequest) -> HttpResponse:
    """Several cases of the bureau."""
    return _several(request, "district")


@form_page
@page
def office_bulk(request: HttpRequest) -> HttpResponse:
    """Several cases of the municipal office."""
    return _several(request, "office")


def _several(request: HttpRequest, desk: str) -> HttpResponse:
    """Without an act the list of what was done so; with one the preview, and by POST the act itself."""
    user = signed_in(request)
    said = request.POST if request.method == "POST" else request.GET
    if "act" not in said:
        rows = [_summary(row) for row in selectors.recent(user, desk)]
        listed = {"desk": desk, "inbox": f"{desk}_inbox", "rows": rows}
        return render(request, "workflows/bulk/list.html", listed, status=422 if request.method == "POST" else 200)
    kind, numbers = kind_of(desk, said["act"]), said.getlist("case")
    chosen = bulk_acts.chosen_cases(numbers, user)
    cases = [case for _unused, case in chosen if case is not None]
    people = colleagues(cases) if kind.code == HAND_OVER else []
    form = BulkForm(request.POST if request.method == "POST" else None, kind=kind, people=people)
    if request.method == "POST" and form.is_valid():
        answer = _order(request, kind, numbers, form)
        if answer is not None:
            return answer
    status = 422 if form.is_bound and form.errors else 200
    lines = _preview(kind, chosen, user, _seen(request))
    possible = sum(1 for line in lines if line["case"] and not line["reasons"])
    words = {"possible": possible, "not": len(lines) - possible}
    context: dict[str, Any] = {
        "kind": kind,
        "form": form,
        "lines": lines,
        "possible": possible,
        "possible_words": _("现在能办理 %(possible)d 件，不能办理 %(not)d 件；不能办理的在报告中逐件说明。") % words,
        "to_hand_over": kind.code == HAND_OVER,
        "too_many": bulk_acts.too_many(bulk_acts.asked_numbers(numbers)),
        "inbox": f"{desk}_inbox",
    }
    return render(request, "workflows/bulk/preview.html", context | {"request_key": new_request_key()}, status=status)


def _preview(kind: BulkKind, chosen: list[tuple[str, Any]], user: User, seen: dict[str, str]) -> list[dict[str, Any]]:
    now = timezone.now()
    held = {case: holder_of(case) for _unused, case in chosen if case and kind.code == HAND_OVER}
    return [
        {
            "number": number,
            "case": case,
            "holder": (holder := held.get(case)),
            "seen": seen.get(number, str(holder.pk) if holder else ""),
            "reasons": [str(reason) for reason in reasons_against(kind, case, by=user, at=now)] if case else [],
        }
        for number, case in chosen
    ]


def _seen(request: HttpRequest) -> dict[str, str]:
    """Who held each case when the page was opened, from `number:account`; nothing after the colon for nobody."""
    pairs = [value.rpartition(":") for value in request.POST.getlist("seen")]
    return {bulk_acts.plain_number(number): holder for number, _colon, holder in pairs}


def _order(request: HttpRequest, kind: BulkKind, numbers: list[str], form: BulkForm) -> HttpResponse | None:
    said = form.cleaned_data
    try:
        bulk = bulk_acts.order(
            kind, numbers, words=said.get("words", ""), to=said.get("to"), by=signed_in(request), at=timezone.now(),
            seen=_seen(request) if kind.code == HAND_OVER else None,
            request_key=request.POST.get(REQUEST_KEY) or None,
        )  # fmt: skip
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return None
    return redirect("bulk_report", bulk.number)


@require_safe
@page
def bulk_report(request: HttpRequest, number: str) -> HttpResponse:
    """Who did what when, and what became of each case; printed as it stands."""
    user = signed_in(request)
    bulk = selectors.bulk_act(user, number)
    lines = selectors.lines_of(bulk, user)
    outcomes = [line.outcome for line, _is_known in lines]
    context = {
        "bulk": _summary(bulk),
        "lines": [{"line": line, "is_known": is_known} for line, is_known in lines],
        "done": outcomes.count("done"),
        "refused": outcomes.count("refused") + outcomes.count("not_found"),
        "waiting": outcomes.count("waiting"),
        "inbox": f"{bulk.desk}_inbox",
        "list": f"{bulk.desk}_bulk",
        "may_confirm": selectors.may_answer(user, bulk),
        "may_carry_on": bulk.state == "running" and user.pk in (bulk.second_id or bulk.proposed_by_id,),
        "request_key": new_request_key(),
    }
    return render(request, "workflows/bulk/report.html", context)


def _summary(bulk: BulkAct) -> dict[str, Any]:
    tones = {"proposed": "amber", "running": "blue", "finished": "green", "declined": "grey"}
    return {"row": bulk, "label": kind_of(bulk.desk, bulk.kind).label, "tone": tones[bulk.state]}


@require_POST
@page
def bulk_answer(request: HttpRequest, number: str) -> HttpResponse:
    """A second person confirms or not; whoever does it goes on with what was not reached."""
    user, form = signed_in(request), BulkAnswerForm(request.POST)
    bulk = selectors.bulk_act(user, number)
    if not form.is_valid():
        say_errors(request, form)
        return redirect("bulk_report", number)
    try:
        _answer(bulk, form, user, request.POST.get(REQUEST_KEY) or None)
    except Denied:
        raise
    except Refusal as refusal:
        say_refusal(request, refusal)
    return redirect("bulk_report", number)


def _answer(bulk: BulkAct, form: BulkAnswerForm, user: User, key: str | None) -> None:
    said, now = form.cleaned_data, timezone.now()
    if said["answer"] == "confirm":
        bulk_acts.confirm(bulk, by=user, at=now, request_key=key)
    elif said["answer"] == "decline":
        bulk_acts.decline(bulk, reason=said["reason"], by=user, at=now, request_key=key)
    else:
        bulk_acts.carry_on(bulk, by=user, at=now)
