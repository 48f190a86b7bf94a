"""Changes of edition at the office: tried and put forward by one person, confirmed by another, done case by case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.errors import Denied, NotFound, Refusal
from accreditation.permissions import has_power, signed_in
from accreditation.roles import Power
from accreditation.views.answers import put_reasons, say_errors, say_outcome, say_refusal
from workflows import edition_proposals as proposals
from workflows.edition_change import carry_on, cases_left, is_deserted
from workflows.edition_goals import choices, siblings
from workflows.edition_mapping import EditionMapping, read_mapping
from workflows.edition_takeovers import may_take_over, take_over
from workflows.forms.editions import (
    ConfirmForm,
    DeclineForm,
    GoalsForm,
    PairForm,
    ProposalForm,
    TakeOverForm,
    numbers_of,
)
from workflows.presentation.editions import case_rows, change_mark, counts, edition_name, goal_rows
from workflows.procedures import PROCEDURES
from workflows.selectors import editions
from workflows.views.answers import REQUEST_KEY, new_request_key, page
from workflows.views.designations_desk import NEEDS_MENDING, yaml_answer

if TYPE_CHECKING:
    from accreditation.models import EditionChange, User

AT_ONCE = 100  # cases that one request carries out; the others wait for the next
ARROW = ">"


def _frame(request: HttpRequest) -> dict[str, Any]:
    return {"may_propose": has_power(request.user, Power.RUN_BATCHES)}


@require_safe
@page
def office_edition_changes(request: HttpRequest) -> HttpResponse:
    """Every change with its state, and how many cases run under each edition."""
    rows = [{"row": row, "state": change_mark(row), "names": _names(row)} for row in editions.changes()]
    running = editions.running_by_edition()
    lines = [{"code": code, "name": edition_name(code), "cases": running.get(code, 0)} for code in PROCEDURES]
    return render(request, "workflows/editions/list.html", _frame(request) | {"changes": rows, "lines": lines})


def _names(row: EditionChange) -> tuple[str, str]:
    return edition_name(row.edition_before), edition_name(row.edition_after)


# --- A new one --------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_edition_change_new(request: HttpRequest) -> HttpResponse:
    """First the editions, then what becomes of each state; tried as often as wanted, put forward as it was shown."""
    pair = _pair(request)
    if pair is None:
        return _first(request)
    if request.method != "POST":
        return _new(request, pair, GoalsForm(choices=choices(*pair), after=pair[1]))
    if request.POST.get("step") == "propose":
        return _propose(request, pair)
    form = GoalsForm(request.POST, request.FILES, choices=choices(*pair), after=pair[1])
    if not form.is_valid():
        return _new(request, pair, form, status=NEEDS_MENDING)
    return _try(request, pair, form, form.cleaned_data["text"], form.cleaned_data["numbers"])


def _pair(request: HttpRequest) -> tuple[str, str] | None:
    before, _arrow, after = request.GET.get("pair", "").partition(ARROW)
    return (before, after) if (before, after) in siblings() else None


def _first(request: HttpRequest) -> HttpResponse:
    running = editions.running_by_edition()
    text = _("从%(before)s（在办 %(n)d 件）到%(after)s")
    pairs = [
        (
            f"{before}{ARROW}{after}",
            text % {"before": edition_name(before), "after": edition_name(after), "n": running.get(before, 0)},
        )
        for before, after in siblings()
    ]
    form = PairForm(request.GET if "pair" in request.GET else None, pairs=pairs)
    status = NEEDS_MENDING if form.is_bound or request.method == "POST" else 200
    return render(request, "workflows/editions/pair.html", _frame(request) | {"form": form}, status=status)


def _try(request: HttpRequest, pair: tuple[str, str], form: GoalsForm, text: str, numbers: list[str]) -> HttpResponse:
    """The page with what would become of each case, or with every reason why it cannot be tried."""
    try:
        mapping = read_mapping(text, *pair)
        found = proposals.preview(mapping, numbers, by=signed_in(request), at=timezone.now())
    except Denied:
        raise
    except Refusal as refusal:
        if form.is_bound:
            put_reasons(form, refusal)
        else:  # tried again after a proposal that was refused
            say_refusal(request, refusal)
        return _new(request, pair, form, status=NEEDS_MENDING)
    return _new(request, pair, form, found=_shown(mapping, found.lines), seen=found.sha256, text=text, numbers=numbers)


def _shown(mapping: EditionMapping, lines: list[dict[str, Any]]) -> dict[str, Any]:
    holders = editions.holders_of_cases(line["case"] for line in lines)
    return {"goals": goal_rows(mapping), "cases": case_rows(lines, holders), **counts(lines)}


def _propose(request: HttpRequest, pair: tuple[str, str]) -> HttpResponse:
    sent, again = ProposalForm(request.POST), GoalsForm(choices=choices(*pair), after=pair[1])
    if not sent.is_valid():
        return _new(request, pair, again, status=NEEDS_MENDING)
    said, key = sent.cleaned_data, request.POST.get(REQUEST_KEY) or None
    text = said["text"].replace("\r\n", "\n")
    numbers = numbers_of(said["cases"])
    try:
        row = proposals.propose(
            read_mapping(text, *pair), numbers=numbers, seen=said["seen"], by=signed_in(request), at=timezone.now(),
            request_key=key,
        )  # fmt: skip
    except Denied:
        raise
    except Refusal as refusal:
        say_refusal(request, refusal)
        return _try(request, pair, again, text, numbers)
    messages.success(request, _("已提请，等候另一位人员确认。"))
    return redirect("office_edition_change", row.number)


def _new(
    request: HttpRequest, pair: tuple[str, str], form: GoalsForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    names = [edition_name(edition) for edition in pair]
    context = _frame(request) | {"form": form, "names": names, "request_key": new_request_key()} | more
    return render(request, "workflows/editions/new.html", context, status=status)


# --- One of them ------------------------------------------------------------------------------------------------
@require_safe
@page
def office_edition_change(request: HttpRequest, number: str) -> HttpResponse:
    """One change: its mapping, what was shown of each case, what became of it, and what this person may do."""
    row, by = editions.change(number), signed_in(request)
    context = _frame(request) | {
        "row": row,
        "state": change_mark(row),
        "names": _names(row),
        "found": _found(row),
        "report": _report(row),
        "is_own": row.proposed_by_id == by.pk,
        "may_decide": proposals.FOUR_EYES.may_decide(row, by),
        "may_carry_on": row.state == "running" and row.runner.pk == by.pk,
        "is_deserted": is_deserted(row),
        "may_take_over": may_take_over(row, by),
        "take_over": TakeOverForm(),
        "left": len(row.preview) - len(row.report),
        "rest": _rest(row),
        "confirm": ConfirmForm(initial={"seen": row.preview_sha256}),
        "decline": DeclineForm(),
    }
    return render(request, "workflows/editions/change.html", context)


def _found(row: EditionChange) -> dict[str, Any]:
    """What was frozen; the mapping of an edition that is not installed any more is told by its file alone."""
    holders = editions.holders_of_cases(line["case"] for line in row.preview)
    found = {"cases": case_rows(row.preview, holders), **counts(row.preview)}
    try:
        return found | {"goals": goal_rows(read_mapping(row.mapping, row.edition_before, row.edition_after))}
    except Refusal:
        return found


def _report(row: EditionChange) -> dict[str, Any] | None:
    if not row.report:
        return None
    holders = editions.holders_of_cases(line["case"] for line in row.report)
    return {"cases": case_rows(row.report, holders), **counts(row.report)}


def _rest(row: EditionChange) -> list[Any]:
    """What was shown of each case that a run which has begun has not come to yet."""
    if row.state != "running" or not row.report:
        return []
    lines = cases_left(row)
    return case_rows(lines, editions.holders_of_cases(line["case"] for line in lines))


@require_safe
@page
def office_edition_change_file(request: HttpRequest, number: str) -> HttpResponse:
    """The mapping as it was put forward."""
    row = editions.change(number)
    return yaml_answer(row.mapping, f"{row.number}.yaml")


@require_POST
@page
def office_edition_change_act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Confirm, go on, take over, decline or withdraw."""
    row, by = editions.change(number), signed_in(request)
    say_outcome(request, lambda: _act(row, verb, request, by))
    return redirect("office_edition_change", number)


def _act(row: EditionChange, verb: str, request: HttpRequest, by: User) -> str:
    """What was done, in words; empty when the form lacks something."""
    if verb == "withdraw":
        proposals.withdraw(row, by=by, at=timezone.now())
        return _("提请已撤回。")
    if verb == "carry_on":
        return _go_on(row, by)
    acts = {
        "confirm": (ConfirmForm, _confirm),
        "decline": (DeclineForm, _decline),
        "take_over": (TakeOverForm, _take_over),
    }
    if verb not in acts:
        raise NotFound(verb)
    form_class, done = acts[verb]
    form = form_class(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return ""
    return done(row, form.cleaned_data, by)


def _confirm(row: EditionChange, said: dict[str, Any], by: User) -> str:
    return _go_on(proposals.confirm(row, seen=said["seen"], by=by, at=timezone.now()), by)


def _decline(row: EditionChange, said: dict[str, Any], by: User) -> str:
    proposals.decline(row, reason=said["reason"], by=by, at=timezone.now())
    return _("已不予确认，理由已告知提请人。")


def _take_over(row: EditionChange, said: dict[str, Any], by: User) -> str:
    return _go_on(take_over(row, reason=said["reason"], by=by, at=timezone.now()), by)


def _go_on(row: EditionChange, by: User) -> str:
    """Only whoever confirmed it or took it over; the cases beyond the most of one request wait for the next."""
    if row.runner.pk != by.pk:
        raise Denied([])
    done = carry_on(row.number, at=timezone.now(), most=AT_ONCE)
    if left := len(cases_left(done)):
        return _("已确认，尚有 %(n)d 件未办，请继续办理。") % {"n": left}
    return _("已办完，各件结果见下。")
