"""Filing: answers checked, declared and submitted, the receipt, points of a return, withdrawal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.enums import ApplicationState, LetterKind
from accreditation.errors import Reason
from accreditation.services.recurrences import own_recurrences
from accreditation.services.visits import forwarders_of
from workflows.forms.applicant import FilingForm
from workflows.presentation import figures, gates, letters, scores
from workflows.presentation.cases import clock_of, owner_name
from workflows.presentation.recurrences import own_recurrence_rows
from workflows.selectors.applicant import correction_of, letter_of, submission_of
from workflows.selectors.public_register import check_code
from workflows.views.answers import page, try_verb
from workflows.views.applicant_frame import OpenCase, frame, notice_of_return, open_case, reasons_with_places
from workflows.views.applicant_tasks import address

if TYPE_CHECKING:
    from criteria.evaluate import Evaluation


@require_http_methods(["GET", "HEAD", "POST"])
@page
def my_check(request: HttpRequest, number: str) -> HttpResponse:
    """All answers on one page, the declaration, and the button that files."""
    opened = open_case(request, number)
    evaluation = opened.evaluation()
    is_new = opened.request is None and not opened.application.batch.is_evaluation
    failed = is_new and bool(evaluation and evaluation.failed_gates)
    forwarders = forwarders_of(opened.application.batch.authority) if opened.request is None else []
    sent = request.POST if request.method == "POST" else None
    form = FilingForm(sent, may_insist=failed, forwarders=forwarders)
    if request.method != "POST":
        return _check_page(request, opened, form, evaluation)
    form.is_valid()
    verb = "correct" if opened.application.state == ApplicationState.RETURNED else "submit"
    outcome, reasons = try_verb(request, opened.case, _verb_sent(request, verb), dict(form.cleaned_data))
    if outcome is not None:
        return redirect("my_done", number)
    return _check_page(request, open_case(request, number), form, evaluation, reasons)


def _verb_sent(request: HttpRequest, verb: str) -> str:
    """What the form said that it would do, so that a form sent twice is told apart from another step."""
    sent = request.POST.get("verb")
    return sent if sent in ("submit", "correct") else verb


def _check_page(
    request: HttpRequest,
    opened: OpenCase,
    form: FilingForm,
    evaluation: Evaluation | None,
    reasons: list[Reason] | None = None,
) -> HttpResponse:
    is_return = opened.request is not None
    facts = opened.facts
    kinds = opened.evidence()
    of_holder = opened.application.batch.is_evaluation
    table = gates.gates_table(evaluation, opened.rules, of_holder=of_holder) if evaluation else []
    context = frame(
        opened, "my_check", _("核对并提交补正") if is_return else _("核对并提交申报"),
        form=form,
        fault_links=reasons_with_places(opened, reasons or []),
        has_faults=bool(reasons),
        notice=notice_of_return(opened),
        verb="correct" if is_return else "submit",
        groups=figures.figure_groups(facts, opened.rules) if facts else [],
        annexes=figures.annex_tables(facts, opened.rules) if facts else [],
        kinds=kinds,
        covered=opened.coverage(kinds),
        recurring=own_recurrence_rows(own_recurrences(opened.application, facts), opened.rules),
        gates=table,
        failed=[gate for gate in table if gate["is_failed"]],
        total=scores.total_text(evaluation) if evaluation and scores.gives_points(evaluation) else "",
        may_file="correct" in opened.verbs or "submit" in opened.verbs,
    )  # fmt: skip
    return render(request, "workflows/applicant/check.html", context, status=422 if reasons else 200)


@require_safe
@page
def my_done(request: HttpRequest, number: str) -> HttpResponse:
    """The confirmation: number, time, content hash, what comes next and by when, the receipt."""
    opened = open_case(request, number)
    submission = submission_of(opened.application)
    receipt = letter_of(opened.case, LetterKind.RECEIPT)
    is_correction = submission.number > 1
    context = frame(
        opened, "my_done", _("补正已提交") if is_correction else _("申报已提交"),
        submission=submission,
        clock=clock_of(opened.case, at=timezone.now()),
        next=_next_steps(opened, check_code(submission)),
        receipt=letters.letter_rows([receipt], number=number, address="my_letter")[0] if receipt else None,
    )  # fmt: skip
    return render(request, "workflows/applicant/done.html", context)


def _next_steps(opened: OpenCase, code: str) -> list[str]:
    owner = owner_name(opened.case, opened.application)
    first = [_("由%(body)s办理。") % {"body": owner}] if owner else []
    return [
        *first,
        _("需要补正时会在站内和邮件通知，并一次列明全部内容。"),
        format_html(
            _("办理进度见“进度与文书”；凭申报编号和查询码 {code} 也可以在“查进度”查询，不需要登录。"),
            code=format_html("<code>{}</code>", code),
        ),
    ]


@require_safe
@page
def my_return(request: HttpRequest, number: str) -> HttpResponse:
    """The points to correct with links; nothing else is open."""
    opened = open_case(request, number)
    correction = correction_of(opened.application)
    letter = letter_of(opened.case, LetterKind.CORRECTION)
    context = frame(
        opened, "my_return", _("退回补正"),
        notice=notice_of_return(opened),
        correction=correction,
        letter=letters.letter_rows([letter], number=number, address="my_letter")[0] if letter else None,
    )  # fmt: skip
    return render(request, "workflows/applicant/return.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def my_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """The consequences, then the withdrawal."""
    opened = open_case(request, number)
    reasons: list[Reason] = []
    if request.method == "POST":
        outcome, reasons = try_verb(request, opened.case, "withdraw")
        if outcome is not None:
            messages.success(request, _("申报已撤回。"))
            return redirect("my_case", number)
    elif "withdraw" not in opened.verbs:
        return redirect("my_case", number)
    context = frame(
        opened, "my_withdraw", _("撤回申报"),
        action=reverse("my_withdraw", args=[number]),
        cancel=address("my_case", number),
        fault_links=reasons_with_places(opened, reasons),
        has_faults=bool(reasons),
        consequences=_consequences(opened),
    )  # fmt: skip
    return render(request, "workflows/applicant/withdraw.html", context, status=409 if reasons else 200)


def _consequences(opened: OpenCase) -> list[str]:
    return [
        _("本件办理终止，不能恢复；已上传的材料留存备查。"),
        _("批次截止前可以重新创建申报。"),
        _("系统出具撤回确认书。"),
    ]
