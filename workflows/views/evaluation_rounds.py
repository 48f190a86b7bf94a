"""A round of evaluations on the desk of whoever runs it: population, call, who answered, results, earlier results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.acts import Replayed
from accreditation.errors import Denied, Refusal
from accreditation.evaluation_words import CallReason
from accreditation.permissions import has_power, has_power_over, signed_in
from accreditation.recommendation_words import ResultState
from accreditation.roles import Power
from accreditation.services import earlier_results, evaluation_rounds
from accreditation.services.rule_sets import rules_of
from accreditation.views.answers import put_reasons
from workflows.evaluation_acts import is_late_list_alone
from workflows.exports.evaluations import csv_lines, workbook_of
from workflows.exports.register import csv_of
from workflows.forms.evaluations import EarlierRoundForm
from workflows.presentation import entered_results as words_of
from workflows.presentation.cases import batch_name, programme_name
from workflows.presentation.evaluations import awaiting_words, band_name, band_tone, call_words, part_label
from workflows.presentation.words import Words, body_name
from workflows.selectors import evaluations as rows
from workflows.views.answers import REQUEST_KEY, new_request_key
from workflows.views.casework import status_of
from workflows.views.desk import CONFIRMED, Confirm, ask
from workflows.views.entered_results import WITHDRAW, Settling, settle
from workflows.views.listing import page_of_rows

if TYPE_CHECKING:
    from accreditation.models import Batch, EarlierResult

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class RoundDesk:
    """The desk at which a round stands: prefix of its URL names, page of a case there, page to which it leads back."""

    code: str
    batch_page: str
    names_batch: bool  # whether that page is of one batch

    @property
    def case_page(self) -> str:
        """URL name of a case at this desk."""
        return f"{self.code}_case"

    def address(self, batch: Batch, page: str = "", *args: str) -> str:
        """Address of the round, or of a page of it."""
        return reverse("_".join(part for part in (self.code, "evaluation", page) if part), args=[batch.code, *args])

    def above(self, batch: Batch) -> str:
        """Address of the page that leads here."""
        return reverse(self.batch_page, args=[batch.code] if self.names_batch else [])


OFFICE = RoundDesk("office", "office_batch", names_batch=True)
DISTRICT = RoundDesk("district", "district_batches", names_batch=False)
EARLIER = Settling(
    earlier_results.record_earlier_round,
    earlier_results.decline_earlier_round,
    earlier_results.withdraw_earlier_round,
    gettext_lazy("以往评价结果已确认。"),
    gettext_lazy("已记为不予确认，可以重新登记。"),
    gettext_lazy("已撤回以往评价结果的登记。"),
)
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


def round_page(request: HttpRequest, batch: Batch, desk: RoundDesk) -> HttpResponse:
    """Where a round stands, title by title, and what can be done next by whoever runs it."""
    round_, part = rows.round_of(batch), request.GET.get("part", "")
    context = {
        "batch": batch, "name": programme_name(batch), "round_name": batch_name(batch), "desk": desk.code,
        "above": desk.above(batch), "may_run": has_power_over(request.user, Power.RUN_BATCHES, batch),
        "body": body_name(batch.granting_body), "freeze": desk.address(batch, "act", "freeze"),
        "call": desk.address(batch, "act", "call"), "earlier_page": desk.address(batch, "earlier"),
        "confirms_members": has_power(request.user, Power.CONFIRM_MEMBERS),
        "awaiting": awaiting_words(rows.awaiting_in(batch, timezone.localdate())),
    }  # fmt: skip
    if round_ is None:
        return render(request, "workflows/office/evaluation.html", context | _preview(batch))
    calls = list(rows.calls_of(round_))
    own = rows.own_calls_of(signed_in(request), calls)
    listed = rows.calls_of(round_, part)
    shown = page_of_rows(request, listed.exclude(pk__in=own) if part else listed)  # a column would tell of them
    shown.object_list = [
        call_words(call, case_page=desk.case_page, is_own=call.pk in own) for call in shown.object_list
    ]
    context |= {
        "round": round_, "page": shown, "part": part, "parts": _parts(Counter(map(rows.part_of, calls)), part),
        "hidden": sum(rows.part_of(call) == part or not part for call in calls if call.pk in own),
        "bands": _bands(calls), "export": desk.address(batch, "file", "csv"),
        "late_list_alone": is_late_list_alone(batch),
        "workbook": desk.address(batch, "file", "xlsx"),
    }  # fmt: skip
    return render(request, "workflows/office/evaluation.html", context)


def _preview(batch: Batch) -> Words:
    """Whom a freeze would name, by reason."""
    found = Counter(one.reason for one in rows.would_freeze(batch))
    return {
        "no_cycle": not evaluation_rounds.knows_cycle(rules_of(batch)),
        "preview": [{"label": reason.label, "value": found[reason]} for reason in CallReason],
        "earlier": rows.earlier_round(batch),
        "entries": [words_of.earlier_words(row) for row in rows.earlier_entered(batch)],
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


def act_page(request: HttpRequest, batch: Batch, desk: RoundDesk, verb: str) -> HttpResponse:
    """Freeze the population, or call the holders; asked again before it is done."""
    confirm, act, done = {
        "freeze": (FREEZE, evaluation_rounds.freeze_population, _("评价范围已固定。")),
        "call": (CALL, evaluation_rounds.call_holders, _("评价通知已发出。")),
    }[verb]  # fmt: skip
    back = desk.address(batch)
    if CONFIRMED not in request.POST:
        return ask(request, confirm, cancel=back, crumbs=_crumbs(batch, desk, str(confirm.yes)))
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


def list_file(request: HttpRequest, batch: Batch, desk: RoundDesk, kind: str) -> HttpResponse:
    """The whole list as CSV or workbook; back to the round where nothing is frozen yet."""
    round_ = rows.round_of(batch)
    if round_ is None:
        return redirect(desk.address(batch))
    calls = list(rows.calls_of(round_))
    own = rows.own_calls_of(signed_in(request), calls)
    content = (
        csv_of(csv_lines(calls, own=own)) if kind == "csv" else workbook_of(calls, sha256=round_.list_sha256, own=own)
    )
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8" if kind == "csv" else XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{batch.code}.{kind}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def earlier_page(request: HttpRequest, batch: Batch, desk: RoundDesk) -> HttpResponse:
    """Enter results of the round before this system, so that the excellent stand aside."""
    waiting = next((row for row in rows.earlier_entered(batch) if row.state == ResultState.WAITING), None)
    if waiting is not None or WITHDRAW in request.POST or "is_confirmed" in request.POST:
        return _settle_earlier(request, batch, desk, waiting)
    form = EarlierRoundForm(
        request.POST or None, titles=rows.titles_in_force(batch), rules=rules_of(batch),
        initial={"year": batch.year - 2},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("year", "document_number", "dated")}
        try:
            earlier_results.propose_earlier_round(
                batch, form.results(), **said, by=signed_in(request), at=timezone.now()
            )
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            messages.success(request, _("已登记以往评价结果，待另一人对照文件核对后生效。"))
            return redirect(desk.address(batch))
    context = {
        "batch": batch, "form": form, "crumbs": _crumbs(batch, desk, _("登记以往评价结果")),
        "back": desk.address(batch), "request_key": new_request_key(),
    }  # fmt: skip
    return render(request, "workflows/office/evaluation_earlier.html", context, status=status_of(form))


def _settle_earlier(request: HttpRequest, batch: Batch, desk: RoundDesk, row: EarlierResult | None) -> HttpResponse:
    """What waits, for another person to confirm or decline and for whoever entered it to take back."""
    row = row or next(iter(rows.earlier_entered(batch)), None)  # settled since by somebody faster, who is named
    form = settle(request, row, EARLIER) if row is not None else None
    if row is None or form is None:
        return redirect(desk.address(batch))
    user, rules, lines = signed_in(request), rules_of(batch), rows.lines_of_earlier(row)
    own = rows.own_holders(user, [line.title.holder_id for line in lines])
    context = {
        "heading": _("核对以往评价结果"), "name": programme_name(batch), "menu": "batches" if desk is OFFICE else "",
        "entry": words_of.earlier_words(row), "rows": words_of.earlier_rows(row),
        "lines": [words_of.earlier_line(line, rules) for line in lines if line.title.holder_id not in own],
        "hidden": sum(line.title.holder_id in own for line in lines), "form": form, "is_waiting": True,
        "asked": _("请对照公布的文件逐项核对文号、日期和每一项结果。确认后优秀的称号免于参加本次评价。"),
        "may_answer": earlier_results.FOUR_EYES.may_decide(row, user), "withdraw": WITHDRAW,
        "may_withdraw": row.recorded_by_id == user.pk, "desk": desk.code,
        "confirms_members": has_power(user, Power.CONFIRM_MEMBERS),
        "crumbs": _crumbs(batch, desk, _("核对以往评价结果")),
    }  # fmt: skip
    return render(request, "workflows/office/entered_result.html", context, status=status_of(form))


def _crumbs(batch: Batch, desk: RoundDesk, label: str) -> list[dict[str, str]]:
    return [{"label": batch.code.upper(), "href": desk.address(batch)}, {"label": label}]
