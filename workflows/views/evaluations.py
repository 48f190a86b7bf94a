"""The office's page of a round of evaluations: population, call, who answered, results; the holder's rectification."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.acts import Replayed
from accreditation.errors import Denied, Refusal
from accreditation.evaluation_words import CallReason
from accreditation.permissions import signed_in
from accreditation.services import evaluation_rounds
from accreditation.services.rule_sets import rules_of
from accreditation.views.answers import put_reasons
from workflows.evaluation_acts import is_late_list_alone
from workflows.exports.evaluations import csv_lines, workbook_of
from workflows.exports.register import csv_of
from workflows.forms.evaluations import EarlierRoundForm, FixResultForm, RectificationCheckForm, RectificationForm
from workflows.presentation.cases import batch_name
from workflows.presentation.evaluations import band_name, band_tone, call_words, part_label
from workflows.presentation.words import Words, either
from workflows.selectors import evaluations as rows
from workflows.views.answers import REQUEST_KEY, as_errors, new_request_key, page, try_verb
from workflows.views.applicant_frame import frame, open_case
from workflows.views.casework import ActPage, status_of
from workflows.views.desk import CONFIRMED, Confirm, ask
from workflows.views.listing import page_of_rows

if TYPE_CHECKING:
    from accreditation.models import Batch

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
FREEZE = Confirm(
    gettext_lazy("确认固定评价范围？"),
    (
        gettext_lazy("名单连同查询条件写入校验码，不能再改，也不能再次固定。"),
        gettext_lazy("此后认定、暂停或恢复的称号不影响本次名单。"),
    ),
    gettext_lazy("固定评价范围"),
)
CALL = Confirm(
    gettext_lazy("确认发出评价通知？"),
    (
        gettext_lazy("应参加评价的单位收到通知，可以开始报送；不参加的单位同时收到说明。"),
        gettext_lazy("截止时仍未报送的，列入逾期名单；逾期是撤销称号的事由。"),
    ),
    gettext_lazy("发出评价通知"),
)


@require_safe
@page
def office_evaluation(request: HttpRequest, code: str) -> HttpResponse:
    """Where a round stands, title by title, and what can be done next."""
    batch = rows.evaluation_batch(code)
    round_, part = rows.round_of(batch), request.GET.get("part", "")
    context = {"batch": batch, "name": either(batch.programme, "name"), "round_name": batch_name(batch)}
    if round_ is None:
        return render(request, "workflows/office/evaluation.html", context | _preview(batch))
    calls = list(rows.calls_of(round_))
    shown = page_of_rows(request, rows.calls_of(round_, part))
    shown.object_list = [call_words(call) for call in shown.object_list]
    context |= {
        "round": round_, "page": shown, "part": part, "parts": _parts(Counter(map(rows.part_of, calls)), part),
        "bands": _bands(calls), "export": reverse("office_evaluation_file", args=[code, "csv"]),
        "late_list_alone": is_late_list_alone(batch),
        "workbook": reverse("office_evaluation_file", args=[code, "xlsx"]),
    }  # fmt: skip
    return render(request, "workflows/office/evaluation.html", context)


def _preview(batch: Batch) -> Words:
    """Whom a freeze would name, by reason."""
    found = Counter(one.reason for one in rows.would_freeze(batch))
    return {
        "preview": [{"label": reason.label, "value": found[reason]} for reason in CallReason],
        "earlier": rows.earlier_round(batch),
    }


def _parts(found: Counter[str], chosen: str) -> list[Words]:
    links = [{"label": _("全部"), "count": found.total(), "href": "?", "current": not chosen}]
    for part in (rows.ANSWERED, rows.MISSING, rows.LATE, rows.LEFT_OUT):
        links.append(
            {"label": part_label(part), "count": found[part], "href": f"?part={part}", "current": part == chosen}
        )
    return links


def _bands(calls: list[Any]) -> list[Words]:
    """How many reached each band so far, the best first."""
    scored = sorted((call for call in calls if call.band), key=lambda call: Fraction(call.score), reverse=True)
    counts = Counter(call.band for call in scored)
    first = {call.band: call for call in reversed(scored)}
    return [{"label": band_name(first[code]), "tone": band_tone(first[code]), "value": n} for code, n in counts.items()]


@require_POST
@page
def office_evaluation_act(request: HttpRequest, code: str, verb: str) -> HttpResponse:
    """Freeze the population, or call the holders; asked again before it is done."""
    batch = rows.evaluation_batch(code)
    confirm, act, done = {
        "freeze": (FREEZE, evaluation_rounds.freeze_population, _("评价范围已固定。")),
        "call": (CALL, evaluation_rounds.call_holders, _("评价通知已发出。")),
    }[verb]  # fmt: skip
    back = reverse("office_evaluation", args=[code])
    if CONFIRMED not in request.POST:
        return ask(request, confirm, cancel=back, crumbs=_crumbs(batch, str(confirm.yes)))
    return _carry_out(request, back, done, lambda by, at, key: act(batch, by=by, at=at, request_key=key))


def _carry_out(request: HttpRequest, back: str, done: str, act: Callable[[Any, Any, str | None], Any]) -> HttpResponse:
    try:
        act(signed_in(request), timezone.now(), request.POST.get(REQUEST_KEY) or None)
    except Replayed:
        return redirect(back)
    except Denied:
        raise
    except Refusal as refusal:
        for reason in refusal.reasons:
            messages.error(request, str(reason))
        return redirect(back)
    messages.success(request, done)
    return redirect(back)


@require_safe
@page
def office_evaluation_file(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The whole list as CSV or workbook."""
    batch = rows.evaluation_batch(code)
    round_ = rows.round_of(batch)
    if round_ is None:
        return redirect("office_evaluation", code)
    calls = rows.calls_of(round_)
    content = csv_of(csv_lines(calls)) if kind == "csv" else workbook_of(calls, sha256=round_.list_sha256)
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8" if kind == "csv" else XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{batch.code}.{kind}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@form_page
@page
def office_evaluation_earlier(request: HttpRequest, code: str) -> HttpResponse:
    """Enter results of the round before this system, so that the excellent stand aside."""
    batch = rows.evaluation_batch(code)
    form = EarlierRoundForm(
        request.POST or None, titles=rows.titles_in_force(batch), rules=rules_of(batch),
        initial={"year": batch.year - 2},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("year", "document_number", "dated")}
        try:
            evaluation_rounds.record_earlier_round(
                batch, form.results(), **said, by=signed_in(request), at=timezone.now()
            )
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            messages.success(request, _("已登记以往评价结果。"))
            return redirect("office_evaluation", code)
    context = {
        "batch": batch, "form": form, "crumbs": _crumbs(batch, _("登记以往评价结果")),
        "request_key": new_request_key(),
    }  # fmt: skip
    return render(request, "workflows/office/evaluation_earlier.html", context, status=status_of(form))


def _crumbs(batch: Batch, label: str) -> list[dict[str, str]]:
    return [{"label": batch.code.upper(), "href": reverse("office_evaluation", args=[batch.code])}, {"label": label}]


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
