"""Pages of 重新审议: the offices' acts, the applicant's statement, the files; and the page on which one gives up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.errors import NotFound, Refusal
from accreditation.permissions import has_power, signed_in
from accreditation.roles import Power
from accreditation.services.reopenings import statements_of
from accreditation.views.answers import file_answer, put_reasons
from accreditation.visibility import View, case_for, view_of
from workflows.forms.hearings import StatementForm
from workflows.forms.reopenings import GiveUpForm, ReopeningAnswerForm, ReopeningForm, ReopeningWithdrawalForm
from workflows.presentation.reopenings import reopening_words
from workflows.selectors.reopenings import reopening_of
from workflows.views.answers import page, try_verb
from workflows.views.applicant_frame import frame, open_case
from workflows.views.casework import ActPage, status_of
from workflows.views.hearings import file_of_statement, said_in

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from accreditation.models import Batch, Reopening

STATE, GIVE_UP = "state_on_reopening", "give_up"
form_page = require_http_methods(["GET", "HEAD", "POST"])


def _after_reopening(batch: Batch) -> tuple[Promise, ...]:
    """What follows where the committee is for it once more; a notice only where the batch has one of ours."""
    if batch.is_recommendation:
        return (gettext_lazy("重新审议后仍同意推荐的，按排序和名额办理。"),)
    with_notice = gettext_lazy("正在公示的，以公示调整通知撤下；重新审议后仍拟认定的，另行公示。")
    return (with_notice,) if batch.notice_days else ()


ACTS: Mapping[str, ActPage] = {
    "propose_reopening": ActPage(
        ReopeningForm,
        gettext_lazy("提请重新审议"),
        gettext_lazy(
            "审议通过后、公布或者行文前发现可能影响结论的事实的，由一人提请，告知申报单位并听取陈述，由另一人答复。"
            "答复前本件不能公示、公布或者行文；已经公示的，公示照常进行。"
            "退回重新审议后又发现核定数据有误的，同样办理，答复前不能列入会议议程。"
        ),
        gettext_lazy("提请重新审议"),
        gettext_lazy("已提请重新审议，并告知申报单位。"),
        (
            gettext_lazy("系统向申报单位送达事先告知书，陈述期限为五个工作日。"),
            gettext_lazy("须由您以外的另一人答复。"),
        ),
        takes_file=True,
        reads_case=True,
    ),
    "return_to_committee": ActPage(
        ReopeningAnswerForm,
        gettext_lazy("退回重新审议"),
        gettext_lazy("提请的事由、材料和申报单位的陈述见办件总览。提请人不能自己答复；陈述期限届满后才能退回。"),
        gettext_lazy("退回重新审议"),
        gettext_lazy("已退回重新审议。"),
        (
            gettext_lazy("本件回到综合评审，由下一次会议另行作出决定；原纪要留存，不再作为依据。"),
            gettext_lazy("系统向申报单位送达告知书。"),
        ),
        is_final=True,
        more_in=_after_reopening,
    ),
    "drop_reopening": ActPage(
        ReopeningAnswerForm,
        gettext_lazy("不予重新审议"),
        gettext_lazy("提请的事由、材料和申报单位的陈述见办件总览。提请人不能自己答复。"),
        gettext_lazy("不予重新审议"),
        gettext_lazy("已答复不予重新审议，本件继续办理。"),
    ),
    "withdraw_reopening": ActPage(
        ReopeningWithdrawalForm,
        gettext_lazy("撤回重新审议的提请"),
        gettext_lazy("提请尚未答复的，提请人可以撤回；本件按原决定继续办理，并告知申报单位。"),
        gettext_lazy("撤回提请"),
        gettext_lazy("已撤回重新审议的提请。"),
    ),
}
OFFERED = frozenset(ACTS)


@require_safe
@page
def staff_reopening_file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The evidence of a proposal, or with `?statement=` what the applicant handed in with a statement."""
    user = signed_in(request)
    case = case_for(user, number)
    reads = {View.OFFICE: Power.CHECK_COMPLETENESS, View.DISTRICT: Power.REVIEW_FIRST}.get(view_of(user, case))
    if reads is None or not (has_power(user, reads) or has_power(user, reads, district=case.district)):
        raise NotFound(number)
    return _file_of(request, reopening_of(case.application, pk))


@require_safe
@page
def my_reopening_file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The same for the applicant, who is heard on it."""
    return _file_of(request, reopening_of(open_case(request, number).application, pk))


def _file_of(request: HttpRequest, row: Reopening) -> HttpResponse:
    place = request.GET.get("statement", "")
    if not place:
        return file_answer(row.file, row.file_name)
    return file_of_statement(statements_of(row), place)


@form_page
@page
def my_reopening(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """What came to light, until when to answer, and the statement."""
    opened, at = open_case(request, number), timezone.now()
    row = reopening_of(opened.application, pk)
    form = StatementForm(request.POST, request.FILES) if request.method == "POST" else StatementForm()
    if request.method == "POST" and form.is_valid():
        outcome, reasons = try_verb(request, opened.case, STATE, {"reopening": pk, **said_in(form, at)})
        if outcome is not None:
            messages.success(request, _("已提交陈述。"))
            return redirect("my_reopening", number, pk)
        put_reasons(form, Refusal(reasons))
    href = reverse("my_reopening_file", args=[number, pk])
    words = reopening_words(row, at, file_href=href)
    context = frame(opened, "my_reopening", _("重新审议"), form=form, row=words)
    return render(request, "workflows/reopenings/own.html", context, status=status_of(form))


@form_page
@page
def my_give_up(request: HttpRequest, number: str) -> HttpResponse:
    """The consequences and the reason, then the end."""
    opened = open_case(request, number)
    form = GiveUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome, reasons = try_verb(request, opened.case, GIVE_UP, {"reason": form.cleaned_data["reason"]})
        if outcome is not None:
            messages.success(request, _("申报已撤回。"))
            return redirect("my_case", number)
        put_reasons(form, Refusal(reasons))
    elif GIVE_UP not in opened.verbs:
        raise NotFound(number)
    context = frame(opened, "my_give_up", _("放弃认定，撤回申报"), form=form)
    return render(request, "workflows/reopenings/give_up.html", context, status=status_of(form))
