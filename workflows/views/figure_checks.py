"""The office's pages of the verification of figures: bodies, plan and commissions of a batch, one case, its report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.errors import Denied, NotFound, Reason, Refusal
from accreditation.figure_check_words import UNSETTLED, WORKING
from accreditation.permissions import signed_in
from accreditation.services import figure_plans
from accreditation.services.rule_sets import rules_of
from accreditation.views.answers import file_answer, put_reasons
from workflows.forms.casework import ReasonForm
from workflows.forms.figure_checks import AnswerForm, BodyForm, CommissionForm, DecisionForm, PlanForm
from workflows.presentation import figure_checks as words
from workflows.presentation.words import body_name, state_label, state_tone
from workflows.selectors import figure_checks as rows
from workflows.views import applicant_frame
from workflows.views.answers import as_errors, page, try_verb
from workflows.views.casework import status_of
from workflows.views.desk import OFFICE, carry_out, open_case, show

if TYPE_CHECKING:
    from accreditation.models import Application, Batch, FigureCheck, FigureCheckPlan
    from workflows.door import Outcome

form_page = require_http_methods(["GET", "HEAD", "POST"])


# --- bodies and the batch -------------------------------------------------------------------------------------------
@form_page
@page
def office_verifiers(request: HttpRequest) -> HttpResponse:
    """Verifying bodies, and the form that enters one; accounts get the role under its code."""
    form = BodyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = figure_plans.register_body(**form.cleaned_data, by=signed_in(request), at=timezone.now())
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            messages.success(request, _("已登记核查机构，机构代码 %(code)s。") % {"code": row.district})
            return redirect("office_verifiers")
    context = {
        "form": form,
        "bodies": [{"row": row, "name": body_name(row)} for row in figure_plans.verifying_bodies()],
    }
    return render(request, "workflows/figure_checks/bodies.html", context, status=status_of(form))


@form_page
@page
def office_figure_plan(request: HttpRequest, code: str) -> HttpResponse:
    """Which cases of a batch are verified; `act` of the form says what is asked: plan, draw or commission."""
    batch = rows.batch_with_checks(code)
    plan = figure_plans.plan_of(batch)
    act = request.POST.get("act", "")
    form = PlanForm(request.POST if act == "plan" else None, initial=_usual(plan))
    asked = rows.asked_of(batch, plan)
    cases = rows.commissionable(asked)
    commission = CommissionForm(
        request.POST if act == "commission" else None, cases=cases, bodies=figure_plans.verifying_bodies()
    )
    answer = None
    if act == "plan" and form.is_valid():
        answer = _set_plan(request, batch, form)
    elif act == "draw":
        answer = _draw(request, batch)
    elif act == "commission" and commission.is_valid():
        answer = _commission(request, batch, commission, cases)
    if answer is not None:
        return answer
    faulty = next((one for one in (form, commission) if one.is_bound and one.errors), None)
    context = _batch_words(batch, plan, asked) | {"form": form, "commission": commission, "faulty": faulty}
    status = 200 if request.method != "POST" else 422
    return render(request, "workflows/figure_checks/plan.html", context, status=status)


def _usual(plan: FigureCheckPlan | None) -> dict[str, Any]:
    names = ("scope", "sample_size", "check_days", "answer_days", "ground")
    return {name: getattr(plan, name) for name in names} if plan else {}


def _batch_words(batch: Batch, plan: FigureCheckPlan | None, asked: list[rows.Asked]) -> dict[str, Any]:
    return {
        "batch": batch,
        "plan": plan,
        "may_draw": plan is not None and plan.scope == "sample" and plan.drawn_at is None,
        "asked": [
            {
                "row": one,
                "check": words.check_line(one.check) if one.check else None,
                "state": state_label(one.application.state),
                "tone": state_tone(one.application.state),
            }
            for one in asked
        ],
        "crumbs": [
            {"label": batch.code.upper(), "href": reverse("office_batch", args=[batch.code])},
            {"label": _("第三方数据核查")},
        ],
    }


def _set_plan(request: HttpRequest, batch: Batch, form: PlanForm) -> HttpResponse | None:
    try:
        figure_plans.set_plan(batch, **form.cleaned_data, by=signed_in(request), at=timezone.now())
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return None
    messages.success(request, _("已登记核查安排。"))
    return redirect("office_figure_plan", batch.code)


def _draw(request: HttpRequest, batch: Batch) -> HttpResponse:
    try:
        plan = figure_plans.draw_sample(batch, by=signed_in(request), at=timezone.now())
    except Denied:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已抽取 %(n)d 件。") % {"n": len(plan.drawn)})
    return redirect("office_figure_plan", batch.code)


def _commission(
    request: HttpRequest, batch: Batch, form: CommissionForm, cases: list[Application]
) -> HttpResponse | None:
    """Each case by itself: what the rules refuse is told with its number, the others are commissioned."""
    values = {"body": form.cleaned_data["body"], "remark": form.cleaned_data["remark"]}
    chosen, faults = form.cleaned_data["cases"], []
    for row in cases:
        if row.case.number in chosen:
            outcome, reasons = _try_to_commission(request, row, values)
            if outcome is None:
                faults += [f"{row.case.number}{_('：')}{reason}" for reason in reasons]
            else:
                messages.success(request, _("%(no)s：已委托核查。") % {"no": row.case.number})
    if faults:
        form.add_error(None, [forms.ValidationError(text) for text in faults])
        return None
    return redirect("office_figure_plan", batch.code)


def _try_to_commission(
    request: HttpRequest, row: Application, values: dict[str, Any]
) -> tuple[Outcome | None, list[Reason]]:
    """Of many cases one that may not or cannot be done any more does not keep the others back."""
    try:
        return try_verb(request, row.case, rows.COMMISSION, values)
    except Denied as denied:
        return None, denied.reasons
    except NotFound:
        return None, [Reason("not_found", _("本件现在不能委托核查。"))]


# --- one case -------------------------------------------------------------------------------------------------------
@form_page
@page
def office_figure_check(request: HttpRequest, number: str) -> HttpResponse:
    """The check of a case: differences with what the applicant says, each adopted or not; the commission called off."""
    opened = open_case(request, OFFICE, number)
    check = rows.shown_check(opened.application)
    if check is None:
        raise NotFound(number)
    finding, is_post = _chosen(request), request.method == "POST"
    form = DecisionForm(request.POST if finding and is_post else None)
    ending = ReasonForm(request.POST if is_post and not finding else None)
    answer = None
    if finding and form.is_valid():
        values = form.cleaned_data | {"finding": rows.difference_of(opened.application, finding)}
        answer = carry_out(
            request, opened, "decide_figure", values, form=form, done=_("已处理一项数据差异。"), back=request.path
        )
    elif ending.is_bound and ending.is_valid():
        answer = carry_out(
            request, opened, "call_off_figure_check", ending.cleaned_data, form=ending, done=_("已终止核查委托。"),
            back=request.path,
        )  # fmt: skip
    if answer is not None:
        return answer
    context = _check_context(check) | {"form": form if finding else ending, "chosen": finding}
    status = 422 if is_post else 200
    return show(request, opened, "case", context, template="workflows/figure_checks/office.html", status=status)


def _chosen(request: HttpRequest) -> int:
    """The difference that the page is asked to open, or that the form answers; 0 for none."""
    asked = request.POST.get("finding") or request.GET.get("finding") or ""
    return int(asked) if asked.isdecimal() else 0


def _check_context(check: FigureCheck) -> dict[str, Any]:
    rules = rules_of(check.application.batch)
    return {
        "check": words.check_words(check),
        "findings": words.differences(check, rules),
        "counts": words.counted(check),
        "is_working": check.state in WORKING,
        "is_open": check.state in UNSETTLED,
        "answers_due": rows.answer_clock(check.application.case),
        "check_due": rows.check_clock(check.application.case),
    }


@require_safe
@page
def office_figure_report(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The signed report as it was handed in."""
    check = rows.report_of(open_case(request, OFFICE, number).case, pk)
    assert check.report is not None
    return file_answer(check.report, check.report_name)


# --- the applicant --------------------------------------------------------------------------------------------------
@form_page
@page
def my_figure_check(request: HttpRequest, number: str) -> HttpResponse:
    """What differs from the own figures, what to say to it in time, what the office made of it."""
    opened = applicant_frame.open_case(request, number)
    check = rows.shown_check(opened.application)
    if check is None:
        raise NotFound(number)
    finding = _chosen(request)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    errors: list[dict[str, str]] = []
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data | {"finding": rows.difference_of(opened.application, finding)}
        outcome, reasons = try_verb(request, opened.case, "answer_figure", values)
        if outcome is not None:
            messages.success(request, _("已提交说明。"))
            return redirect("my_figure_check", number)
        errors = as_errors(reasons)
    context = _check_context(check) | {"form": form, "chosen": finding, "errors": errors}
    frame = applicant_frame.frame(opened, "my_figure_check", _("第三方数据核查"), **context)
    status = 422 if errors else status_of(form)
    return render(request, "workflows/figure_checks/own.html", frame | {"has_faults": bool(errors)}, status=status)
