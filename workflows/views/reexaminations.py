"""Re-examinations at the office: rounds and a new one, the cases of a round, the letter up, the result, withdrawals."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.acts import Replayed
from accreditation.errors import Denied, NotFound, Refusal
from accreditation.permissions import has_power, signed_in
from accreditation.recommendation_words import ResultState
from accreditation.reexamination_words import ReexaminationState
from accreditation.roles import Power
from accreditation.services.files import take_file
from accreditation.views.answers import file_answer, put_reasons
from workflows import reexamination_rounds as acts
from workflows.forms.reexaminations import ForwardForm, ResultForm, RoundForm
from workflows.opening_reexaminations import open_round
from workflows.own_matters import known, own_among
from workflows.presentation import entered_results as entered_words
from workflows.presentation import reexaminations as words
from workflows.reexamination_results import (
    FOUR_EYES,
    confirm_results,
    decline_results,
    propose_results,
    withdraw_results,
)
from workflows.selectors import reexamination_results as entered
from workflows.selectors import reexaminations as rows
from workflows.views.answers import key_of, new_request_key, page
from workflows.views.casework import status_of
from workflows.views.desk import CONFIRMED, Confirm, ask
from workflows.views.entered_results import WITHDRAW, Settling, settle
from workflows.views.standings_desk import form_page
from workflows.workdays import SHANGHAI

if TYPE_CHECKING:
    from accreditation.models import ReexaminationResult, ReexaminationRound

ACTS = Settling(
    confirm_results,
    decline_results,
    withdraw_results,
    gettext_lazy("国家复核结果已确认，称号随之续期或者提出撤销建议，并已告知单位。"),
    gettext_lazy("已记为不予确认，可以重新登记。"),
    gettext_lazy("已撤回国家复核结果的登记。"),
)
CALL = Confirm(
    gettext_lazy("确认部署复核？"),
    (
        gettext_lazy("名单连同查询条件写入校验码，不能再改；此后认定、暂停或恢复的称号不影响本次名单。"),
        gettext_lazy("应参加的单位收到通知；截止时仍未报送的，列入逾期名单。"),
    ),
    gettext_lazy("固定名单并通知"),
)
SEND = Confirm(
    gettext_lazy("确认上报？"),
    (gettext_lazy("名单所列办件的审核意见登记为已上报，单位收到通知。"), gettext_lazy("上报后不能撤回。")),
    gettext_lazy("上报审核意见"),
)
PROPOSE = Confirm(
    gettext_lazy("确认提出撤销建议？"),
    (
        gettext_lazy("对不合格、拒绝或逾期未参加的称号逐一立案；称号保持不变。"),
        gettext_lazy("由承办人核实后告知单位，听取陈述申辩或听证，再由另一人决定。"),
    ),
    gettext_lazy("提出撤销建议"),
)


@form_page
@page
def office_reexaminations(request: HttpRequest) -> HttpResponse:
    """Every round, whom one of this year would name, and a new round."""
    form = RoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if CONFIRMED not in request.POST:
            return ask(request, CALL, cancel=request.path)
        key = key_of(request)
        try:
            round_ = open_round(**form.cleaned_data, by=signed_in(request), at=timezone.now(), request_key=key)
            messages.success(request, _("已部署，并已通知应参加复核的单位。"))
            return redirect("office_reexamination", round_.year)
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
    year = timezone.now().astimezone(SHANGHAI).year
    context = {
        "form": form,
        "rounds": [{"round": row, "counts": _counts(counts)} for row, counts in rows.rounds()],
        "year": year,
        "rows": words.preview(rows.would_call(year)),
        "columns": words.preview_columns(),
        "request_key": new_request_key(),
    }
    return render(request, "workflows/reexaminations/rounds.html", context, status=status_of(form))


def _counts(found: Any) -> list[dict[str, Any]]:
    return [{"label": words.PARTS[part], "count": found[part]} for part in rows.PARTS if found[part]]


@require_safe
@page
def office_reexamination(request: HttpRequest, year: int) -> HttpResponse:
    """Where a round stands, case by case, and what can be done next; `part` narrows the list to a column."""
    round_, part, user = rows.round_of(year), request.GET.get("part", ""), signed_in(request)
    found = rows.cases_of(round_)
    inside = known(user, [row for row in found if rows.in_part(row, part)] if part in words.PARTS else found)
    states = {row.state for row in found}
    entries = entered.results_entered(round_)
    is_office, is_publisher = has_power(user, Power.PREPARE_ORDERS), has_power(user, Power.PUBLISH)
    context = {
        "round": round_,
        "parts": _parts(found, part),
        "rows": [words.line(row) for row in inside.rows],
        "hidden": inside.hidden,
        "columns": words.columns(),
        "effect": words.EFFECT,
        "reports": rows.reports_of(round_),
        "notices": rows.notices_of(round_),
        "may_forward": is_publisher and ReexaminationState.REVIEWED in states,
        "entries": [entered_words.result_words(row) for row in entries],
        "may_enter": is_office and ReexaminationState.FORWARDED in states and not _one_waits(entries),
        "to_propose": len(list(acts.without_proposal(round_))) if is_office else 0,
        "is_office": is_office,
    }
    return render(request, "workflows/reexaminations/round.html", context)


def _parts(found: list[Any], chosen: str) -> list[dict[str, Any]]:
    links = [{"label": _("全部"), "count": len(found), "href": "?", "current": chosen not in words.PARTS}]
    for part, label in words.PARTS.items():
        count = sum(rows.in_part(row, part) for row in found)
        links.append({"label": label, "count": count, "href": f"?part={part}", "current": part == chosen})
    return links


@form_page
@page
def reexamination_forward(request: HttpRequest, year: int) -> HttpResponse:
    """The publisher sends the opinions up."""
    round_ = rows.round_of(year)
    found = known(signed_in(request), rows.in_state(round_, ReexaminationState.REVIEWED))
    listed = found.rows
    authority = listed[0].title.programme.granted_by.name_zh if listed else ""
    form = ForwardForm(request.POST or None, listed=listed, initial={"dated": _today(), "addressed_to": authority})

    def send() -> None:
        values = {name: form.cleaned_data[name] for name in ("number", "dated", "addressed_to")}
        by, at = signed_in(request), timezone.now()
        acts.forward_opinions(round_, form.chosen, **values, by=by, at=at, request_key=key_of(request))

    context = {
        "title": _("上报审核意见"),
        "lead": _("复核结果由国家主管部门决定；本市的审核意见随上报文件报送。"),
        "yes": _("上报审核意见"),
        "hidden": found.hidden,
    }
    answer = _answer(request, round_, form, send, _("已上报审核意见。"), SEND)
    return answer or _form_page(request, round_, form, context)


@form_page
@page
def office_reexamination_result(request: HttpRequest, year: int) -> HttpResponse:
    """Enter the ministry's notice."""
    round_ = rows.round_of(year)
    found = known(signed_in(request), rows.in_state(round_, ReexaminationState.FORWARDED))
    listed = found.rows
    authority = listed[0].title.programme.granted_by.name_zh if listed else ""
    form = ResultForm(
        request.POST or None, request.FILES or None, initial={"authority": authority}, listed=listed, today=_today()
    )

    def enter() -> None:
        passed, failed = form.outcome()
        at, sent = timezone.now(), form.cleaned_data["file"]
        kept = take_file(sent.read(), sent.name or "", media_type=form.media_type, at=at)
        names = ("number", "dated", "authority", "reasons", "valid_until")
        propose_results(
            round_, passed, failed, **{name: form.cleaned_data[name] for name in names}, file=kept,
            file_name=(sent.name or "")[:200], by=signed_in(request), at=at, request_key=key_of(request),
        )  # fmt: skip

    context = {
        "title": _("登记国家复核结果"),
        "lead": _(
            "登记后由另一人对照文件核对生效：合格的称号续期；不合格的同时提出撤销建议，称号在决定生效之前保持不变。"
        ),
        "yes": _("登记结果"),
        "hidden": found.hidden,
    }
    answer = _answer(request, round_, form, enter, _("已登记国家复核结果，待另一人对照文件核对后生效。"))
    return answer or _form_page(request, round_, form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_reexamination_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """A result as entered, beside its scan; another officer decides here, whoever entered it takes it back."""
    user, row = signed_in(request), entered.result_entered(pk)
    form = settle(request, row, ACTS)
    if form is None:
        return redirect("office_reexamination_entry", pk)
    lines, is_waiting = entered.lines_of(row), row.state == ResultState.WAITING
    own = own_among(user, {line.reexamination.case_id for line in lines})
    desk = reverse("office_reexamination", args=[row.round.year])
    context = {
        "heading": _("核对国家复核结果"), "name": row.round.document, "menu": "reexaminations",
        "entry": entered_words.result_words(row), "rows": entered_words.result_rows(row, with_scan=not own),
        "lines": [entered_words.result_line(line) for line in lines if line.reexamination.case_id not in own],
        "asked": _(
            "请打开文件扫描件，逐项核对文号、日期和每一件的结果。确认后合格的称号续期，不合格的提出撤销建议，并告知单位。"
        ),
        "hidden": len(own), "form": form, "is_waiting": is_waiting, "withdraw": WITHDRAW,
        "may_answer": is_waiting and FOUR_EYES.may_decide(row, user),
        "may_withdraw": is_waiting and row.recorded_by_id == user.pk,
        "crumbs": [{"label": str(row.round.year), "href": desk}, {"label": _("核对国家复核结果")}],
    }  # fmt: skip
    return render(request, "workflows/office/entered_result.html", context, status=status_of(form))


def _one_waits(entries: list[ReexaminationResult]) -> bool:
    return any(row.state == ResultState.WAITING for row in entries)


@require_POST
@page
def office_reexamination_propose(request: HttpRequest, year: int) -> HttpResponse:
    """Propose to withdraw the titles of those who lost and have no proceeding yet."""
    round_ = rows.round_of(year)
    back = reverse("office_reexamination", args=[year])
    if CONFIRMED not in request.POST:
        return ask(request, PROPOSE, cancel=back)
    try:
        acts.propose_withdrawals(round_, by=signed_in(request), at=timezone.now(), request_key=key_of(request))
    except Replayed:
        return redirect(back)
    except Denied:
        raise
    except Refusal as refusal:
        for reason in refusal.reasons:
            messages.error(request, str(reason))
        return redirect(back)
    messages.success(request, _("已提出撤销建议。"))
    return redirect(back)


@require_safe
@page
def office_reexamination_notice(request: HttpRequest, year: int, pk: int) -> HttpResponse:
    """The scan of a notice of the ministry."""
    notice = rows.notice_of(rows.round_of(year), pk)
    if entered.is_withheld(notice, signed_in(request)):
        raise NotFound(str(pk))
    return file_answer(notice.file, notice.file_name, is_shown=True)


# --- shared -------------------------------------------------------------------------------------------------------
def _answer(
    request: HttpRequest,
    round_: ReexaminationRound,
    form: forms.Form,
    act: Callable[[], None],
    done: str,
    confirm: Confirm | None = None,
) -> HttpResponse | None:
    """Ask, act, and answer; None when the form is to be shown."""
    if request.method != "POST" or not form.is_valid():
        return None
    if confirm is not None and CONFIRMED not in request.POST:
        return ask(request, confirm, cancel=request.path)
    try:
        act()
    except Replayed:
        return redirect("office_reexamination", round_.year)
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return None
    messages.success(request, done)
    return redirect("office_reexamination", round_.year)


def _form_page(
    request: HttpRequest, round_: ReexaminationRound, form: forms.Form, context: dict[str, Any]
) -> HttpResponse:
    desk = reverse("office_reexamination", args=[round_.year])
    crumbs = [{"label": _("%(year)s 年度复核") % {"year": round_.year}, "href": desk}, {"label": context["title"]}]
    frame = {"form": form, "crumbs": crumbs, "desk": desk, "request_key": new_request_key()}
    return render(request, "workflows/reexaminations/form.html", frame | context, status=status_of(form))


def _today() -> Any:
    return timezone.now().astimezone(SHANGHAI).date()
