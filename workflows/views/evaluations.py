"""The municipal office's pages of a round of evaluations, the acts in its cases; the holder's rectification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workflows.forms.evaluations import FixResultForm, RectificationCheckForm, RectificationForm
from workflows.selectors import evaluations as rows
from workflows.views import evaluation_rounds as rounds
from workflows.views.answers import as_errors, page, try_verb
from workflows.views.applicant_frame import frame, open_case
from workflows.views.casework import ActPage, status_of

form_page = require_http_methods(["GET", "HEAD", "POST"])
ACTS: Mapping[str, ActPage] = {
    "fix_result": ActPage(
        FixResultForm,
        gettext_lazy("确认评价得分和等次"),
        gettext_lazy("得分和等次由规则按核定数据给出，不能人工填写；确认后提请评审委员会审定。"),
        gettext_lazy("确认得分和等次"),
        gettext_lazy("已确认得分和等次，等待审定。"),
        (gettext_lazy("确认后不能再核定数据；评审委员会可以退回核查。"),),
        is_final=True,
    ),
    "accept_rectification": ActPage(
        RectificationCheckForm,
        gettext_lazy("整改合格"),
        gettext_lazy("解除警告，称号恢复有效，并送达告知书。"),
        gettext_lazy("整改合格，解除警告"),
        gettext_lazy("已确认整改合格。"),
    ),
    "find_unrectified": ActPage(
        RectificationCheckForm,
        gettext_lazy("整改不合格"),
        gettext_lazy("警告保持有效，至下一次评价；送达告知书，载明理由和救济途径。"),
        gettext_lazy("整改不合格"),
        gettext_lazy("已记录整改不合格。"),
        (gettext_lazy("称号保持警告状态。"),),
        is_final=True,
    ),
}
OFFERED = frozenset(ACTS)
LOCAL_ACTS: Mapping[str, ActPage] = {
    **ACTS,
    "fix_result": replace(
        ACTS["fix_result"],
        lead=gettext_lazy("得分和等次由规则按核定数据给出，不能人工填写；确认后提请认定领导小组审定。"),
        consequences=(gettext_lazy("确认后不能再核定数据；认定领导小组可以退回核查。"),),
    ),
}


@require_safe
@page
def office_evaluation(request: HttpRequest, code: str) -> HttpResponse:
    """Where a round stands; of a district's, a zone's or a group's the office reads."""
    return rounds.round_page(request, rows.evaluation_batch(code), rounds.OFFICE)


@require_POST
@page
def office_evaluation_act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Freeze the population, or call the holders."""
    return rounds.act_page(request, rows.office_round(code), rounds.OFFICE, verb)


@require_safe
@page
def office_evaluation_file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The whole list as CSV or workbook."""
    return rounds.list_file(request, rows.evaluation_batch(code), rounds.OFFICE, kind)


@form_page
@page
def office_evaluation_earlier(request: HttpRequest, code: str) -> HttpResponse:
    """Enter results of the round before this system."""
    return rounds.earlier_page(request, rows.office_round(code), rounds.OFFICE)


@form_page
@page
def my_rectification(request: HttpRequest, number: str) -> HttpResponse:
    """The holder reports what it put right; only while the time for it runs."""
    opened = open_case(request, number)
    form = RectificationForm(request.POST or None)
    errors: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        outcome, reasons = try_verb(request, opened.case, "report_rectification", form.cleaned_data)
        if outcome is not None:
            messages.success(request, _("已报告整改情况。"))
            return redirect("my_case", number)
        errors = as_errors(reasons)
    if request.method != "POST" and "report_rectification" not in opened.verbs:
        return redirect("my_case", number)
    context = frame(opened, "my_rectification", _("报告整改情况"), form=form, errors=errors, has_faults=bool(errors))
    status = 422 if errors else status_of(form)
    return render(request, "workflows/applicant/rectification.html", context, status=status)
