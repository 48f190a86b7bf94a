"""National titles at the office: the list, one title with its evaluations, a result that waits for a second officer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.recommendation_words import OutsideBand, ResultState
from accreditation.services import outside_results, outside_titles
from accreditation.views.answers import file_answer, put_reasons, say_refusal
from workflows.forms.recommendations import EvaluationForm, ParentForm, ResultAnswerForm
from workflows.national_results import record_national_result
from workflows.presentation import outside_results as words
from workflows.presentation.outside_lists import correction_words
from workflows.presentation.words import either
from workflows.selectors import outside_results as results
from workflows.selectors import recommendations as rows
from workflows.selectors.outside_lists import corrections_of
from workflows.views.answers import new_request_key, page, typed
from workflows.views.batch_forms import notice_values, today
from workflows.views.casework import status_of
from workflows.views.listing import page_of_rows

if TYPE_CHECKING:
    from accreditation.models import ResultProposal, Title

form_page = require_http_methods(["GET", "HEAD", "POST"])
WITHDRAW = "withdraw"  # name of the button with which the own entry is taken back


@require_safe
@page
def outside_titles_page(request: HttpRequest) -> HttpResponse:
    """National titles of the city's enterprises."""
    waiting = [words.result_words(row) for row in results.waiting_results()]
    context = {"page": page_of_rows(request, rows.titles_from_above()), "waiting": waiting}
    return render(request, "workflows/office/outside_titles.html", context)


@form_page
@page
def outside_title(request: HttpRequest, number: str) -> HttpResponse:
    """One national title, its evaluations year by year, and the entry of the next; a branch's missing parent."""
    title = rows.title_from_above(number)
    is_parent = "parent" in request.POST
    parents = outside_titles.possible_parents(title)
    parent_form = ParentForm(request.POST if is_parent else None, titles=parents)
    form = EvaluationForm(
        None if is_parent else request.POST or None, request.FILES or None, today=today(),
        initial={"authority": title.programme.granted_by.name_zh},
    )  # fmt: skip
    if request.method == "POST":
        done = _enter_parent(request, title, parent_form) if is_parent else _enter_result(request, title, form)
        if done:
            messages.success(request, done)
            return redirect("outside_title", number)
    context = {
        "row": title, "name": either(title.programme, "name"), "form": form,
        "parent_form": parent_form if parents else None, "branches": outside_titles.branches_left(title),
        "evaluations": title.evaluations.select_related("notice").order_by("-year"), "request_key": new_request_key(),
        "corrections": [correction_words(one) for one in corrections_of(title)],
        "proposals": [words.result_words(row) for row in results.results_of(signed_in(request), title)],
    }  # fmt: skip
    shown = parent_form if is_parent else form
    return render(request, "workflows/office/outside_title.html", context, status=status_of(shown))


def _enter_parent(request: HttpRequest, title: Title, form: ParentForm) -> str:
    if not form.is_valid():
        return ""
    by, at = signed_in(request), timezone.now()
    try:
        outside_titles.enter_parent(title, form.cleaned_data["parent"], by=by, at=at)
    except Refusal as refusal:
        put_reasons(form, refusal)
        return ""
    return _("已登记母公司。")


def _enter_result(request: HttpRequest, title: Title, form: EvaluationForm) -> str:
    if not form.is_valid():
        return ""
    said = {name: form.cleaned_data[name] for name in ("year", "band", "consequence")}
    try:
        entered = record_national_result(title, **said, **notice_values(request, form))
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return ""
    if said["band"] == OutsideBand.FAIL:
        return _("已登记评价结果；称号的撤销须由另一人在“称号处理”中登记。")
    if outside_results.waits(entered):
        return _("已登记评价结果；该结果改变称号状态，待另一人对照文件核对后生效。")
    return _("已登记评价结果。")


@form_page
@page
def outside_result(request: HttpRequest, pk: int) -> HttpResponse:
    """A result that would move its title; another officer decides here, whoever entered it takes it back."""
    user = signed_in(request)
    row = results.result_entered(user, pk)
    is_withdrawal = WITHDRAW in request.POST
    form = ResultAnswerForm(None if is_withdrawal else request.POST or None, initial=typed(request))
    if is_withdrawal:
        _withdraw(request, row)
        return redirect("outside_result", pk)
    if request.method == "POST" and form.is_valid() and _answer(request, row, form):
        return redirect("outside_result", pk)
    is_waiting = row.state == ResultState.WAITING
    context = {
        "result": words.result_words(row), "rows": words.summary(row), "form": form, "is_waiting": is_waiting,
        "may_answer": is_waiting and outside_results.FOUR_EYES.may_decide(row, user),
        "may_withdraw": is_waiting and row.recorded_by_id == user.pk, "withdraw": WITHDRAW,
        "crumbs": [
            {"label": _("国家级称号"), "href": reverse("outside_titles")},
            {"label": row.title.number, "href": reverse("outside_title", args=[row.title.number])},
            {"label": _("核对评价结果")},
        ],
    }  # fmt: skip
    return render(request, "workflows/office/outside_result.html", context, status=status_of(form))


def _withdraw(request: HttpRequest, row: ResultProposal) -> None:
    try:
        outside_results.withdraw_result(row, by=signed_in(request), at=timezone.now())
    except AlreadyDone as done:
        say_refusal(request, done)
    else:
        messages.success(request, _("已撤回评价结果的登记。"))


def _answer(request: HttpRequest, row: ResultProposal, form: ResultAnswerForm) -> bool:
    """Whether it is settled now, by whomever; else the form holds every reason."""
    by, at = signed_in(request), timezone.now()
    try:
        if form.cleaned_data["is_confirmed"] == "yes":
            outside_results.confirm_result(row, by=by, at=at)
            messages.success(request, _("评价结果已确认，称号状态随之变更，并已告知单位。"))
        else:
            outside_results.decline_result(row, reason=form.cleaned_data["reason"], by=by, at=at)
            messages.success(request, _("已记为不予确认，可以重新登记。"))
    except Denied:
        raise
    except AlreadyDone as done:
        say_refusal(request, done)
    except Refusal as refusal:
        put_reasons(form, refusal)
        return False
    return True


@require_safe
@page
def outside_result_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The scan of the document against which it is checked."""
    notice = results.result_entered(signed_in(request), pk).notice
    return file_answer(notice.file, notice.file_name, is_shown=True)
