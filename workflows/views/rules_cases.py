"""Boundary cases of a draft: every limit with what was worked out by hand and what the draft gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.errors import Denied, NotFound, Refusal
from accreditation.permissions import signed_in
from accreditation.selectors import rule_drafts
from accreditation.services import rule_drafts as drafting
from accreditation.services.rule_publishing import readiness
from accreditation.views.answers import put_reasons, say_errors, say_refusal
from criteria.casefile import BAND_ROLES
from criteria.fields import FieldSpec, Kind
from criteria.golden import Limit, limit_words, limits_of, parse_cases
from criteria.ruleset import RuleSet
from workflows.forms.rules import FileForm, LimitForm
from workflows.presentation.rule_drafts import case_rows
from workflows.presentation.words import either, lang
from workflows.views.answers import page
from workflows.views.casework import status_of
from workflows.views.rules_desk import frame

if TYPE_CHECKING:
    from accreditation.models import RuleDraft

NUMBERS = (Kind.DECIMAL, Kind.DECIMAL_SIGNED, Kind.INTEGER)


@require_safe
@page
def office_rule_cases(request: HttpRequest, number: str) -> HttpResponse:
    """All limits with their cases."""
    draft = rule_drafts.draft(number)
    ready = readiness(draft)
    rules = ready.checked.rule_set
    context = frame(draft, request, "cases") | {
        "rows": case_rows(rules, ready) if rules else [],
        "is_sound": rules is not None,
        "strays": ready.strays,
        "file": FileForm(initial={"version": draft.version}),
    }
    return render(request, "workflows/rules/cases.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_rule_case(request: HttpRequest, number: str, limit: str) -> HttpResponse:
    """The three cases of one limit, named in the address."""
    draft = rule_drafts.draft(number)
    rules = readiness(draft).checked.rule_set
    found = _limit(rules, limit)
    assert rules is not None, "a limit is found in a sound set only"
    form = _form(request, draft, rules, found)
    if request.method == "POST" and form.is_valid():
        try:
            drafting.change_cases(
                draft, form.cases(), version=form.cleaned_data["version"], by=signed_in(request), at=timezone.now()
            )
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            messages.success(request, _("已保存。"))
            return redirect("office_rule_cases", number)
    context = frame(draft, request, "cases") | {"form": form, "label": limit_words(rules, found, lang())}
    return render(request, "workflows/rules/case.html", context, status=status_of(form))


def _limit(rules: RuleSet | None, key: str) -> Limit:
    for limit in limits_of(rules) if rules else ():
        if limit.key == key:
            return limit
    raise NotFound(key)


def _form(request: HttpRequest, draft: RuleDraft, rules: RuleSet, limit: Limit) -> LimitForm:
    cases = [case for case in parse_cases(draft.cases) if case.limit == limit]
    return LimitForm(
        request.POST or None,
        initial={"version": draft.version},
        kind=_kind(rules, limit),
        limit=limit,
        cases=cases,
        fields=[(spec.code, f"{spec.row} {either(spec, 'name')}") for spec in _numeric(rules)],
        rows={spec.code: spec.row for spec in rules.fields.values()},
        bands=[(band.code, either(band, "name")) for band in rules.bands],
    )


def _numeric(rules: RuleSet) -> list[FieldSpec]:
    return [spec for spec in rules.fields.values() if spec.kind in NUMBERS]


def _kind(rules: RuleSet, limit: Limit) -> str:
    if limit.role in BAND_ROLES:
        return "band"
    return "gate" if any(gate.code == limit.rule for gate in rules.gates) else "indicator"


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_rule_cases_file(request: HttpRequest, number: str) -> HttpResponse:
    """All cases as one file; a POST puts a changed one in its place."""
    draft = rule_drafts.draft(number)
    if request.method != "POST":
        return _file(draft)
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        say_errors(request, form)
        return redirect("office_rule_cases", number)
    said: dict[str, Any] = {"version": form.cleaned_data["version"], "by": signed_in(request), "at": timezone.now()}
    try:
        drafting.replace_cases(draft, form.text(), **said)
    except Denied:
        raise
    except Refusal as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(request, _("边界案例已按上传的文件更改。"))
    return redirect("office_rule_cases", number)


def _file(draft: RuleDraft) -> HttpResponse:
    answer = HttpResponse(draft.cases, content_type="application/yaml; charset=utf-8")
    name = f"{draft.number}-cases.yaml"
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
