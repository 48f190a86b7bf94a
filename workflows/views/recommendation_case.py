"""The office's acts on one recommendation, and the parent title that an applicant for a branch centre names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accreditation.services.outside_titles import standing_parents
from workflows.forms.recommendations import (
    BelowLimitForm,
    ConsultationForm,
    DepartmentAnswerForm,
    InitialScoreForm,
    ParentForm,
    ScoreForm,
)
from workflows.views import held_already
from workflows.views.answers import as_errors, page, try_verb
from workflows.views.applicant_frame import frame, open_case
from workflows.views.casework import ENDS, LETTER, ActPage, status_of

SCORING = ActPage(
    InitialScoreForm,
    gettext_lazy("确认初评得分"),
    gettext_lazy("按核定数据和国家评价方法计算的得分将固定下来，作为排序依据。"),
    gettext_lazy("确认得分"),
    gettext_lazy("已确认初评得分，等待排序。"),
    (
        gettext_lazy("得分固定后不能再核定数据。"),
        gettext_lazy("申报件进入本批次排序。"),
    ),
    is_final=True,
)
ACTS: Mapping[str, ActPage] = {
    "ask_departments": ActPage(
        ConsultationForm,
        gettext_lazy("提请部门会商"),
        gettext_lazy("核查完毕后书面征求有关部门意见；会商期限自提请之日起按工作日计算。"),
        gettext_lazy("提请会商"),
        gettext_lazy("已提请部门会商。"),
    ),
    "record_answer": ActPage(
        DepartmentAnswerForm,
        gettext_lazy("登记部门意见"),
        gettext_lazy("照录部门的书面答复；登记有误的，会商结束前可以更正。"),
        gettext_lazy("登记意见"),
        gettext_lazy("已登记部门意见。"),
        takes_file=True,
    ),
    "adopt_initial_score": SCORING,
    "score_at_check": replace(SCORING, form=ScoreForm),
    "not_recommend_below_limit": ActPage(
        BelowLimitForm,
        gettext_lazy("初评得分不足，不予推荐"),
        gettext_lazy("仅适用于核定后的初评得分低于推荐要求的申报件。"),
        gettext_lazy("不予推荐"),
        gettext_lazy("已作出不予推荐的决定。"),
        (ENDS, LETTER),
        is_final=True,
    ),
    held_already.END: held_already.ACT,
}
OFFERED = frozenset(ACTS)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def my_parent(request: HttpRequest, number: str) -> HttpResponse:
    """Name the parent's title; only in a batch for branch centres and while the material may be changed."""
    opened = open_case(request, number)
    batch = opened.application.batch
    if batch.programme.branch_of_id is None:
        return redirect("my_case", number)
    named = opened.application.parent_title
    form = ParentForm(
        request.POST or None, titles=standing_parents(batch), initial={"parent": named.number if named else ""}
    )
    errors: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        outcome, reasons = try_verb(request, opened.case, "name_parent", {"parent": form.cleaned_data["parent"]})
        if outcome is not None:
            messages.success(request, _("已注明母公司资格。"))
            return redirect("my_case", number)
        errors = as_errors(reasons)
    if request.method != "POST" and "name_parent" not in opened.verbs:
        return redirect("my_case", number)
    context = frame(opened, "my_parent", _("注明母公司资格"), form=form, errors=errors, has_faults=bool(errors))
    status = 422 if errors else status_of(form)
    return render(request, "workflows/applicant/parent.html", context, status=status)
