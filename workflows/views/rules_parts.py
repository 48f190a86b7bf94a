"""A draft of rules figure by figure: its identity, one row, what was compared with a document, sources, cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.enums import Level
from accreditation.errors import Denied, NotFound, Refusal
from accreditation.permissions import signed_in
from accreditation.selectors import rule_drafts
from accreditation.services import rule_drafts as drafting
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.views.answers import put_reasons
from criteria.editing import Content, Part, opened, parts
from criteria.figures import Confidence
from workflows.forms.rule_identity import IdentityForm, InstrumentForm
from workflows.forms.rules import ConfirmForm, RowForm, SourceForm
from workflows.presentation import rule_drafts as words
from workflows.views.answers import page
from workflows.views.casework import status_of
from workflows.views.rules_desk import frame

if TYPE_CHECKING:
    from accreditation.models import RuleDraft

IDENTITY = ("edition", "name_zh", "name_en", "effective_from", "effective_to", "district", "demonstration", "note")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_rule_identity(request: HttpRequest, number: str) -> HttpResponse:
    """Edition, names, days of effect; the legal texts."""
    draft = rule_drafts.draft(number)
    content = opened(draft.text)
    held = {name: content.get(name) for name in IDENTITY} | {"version": draft.version}
    adds = request.method == "POST" and "title_zh" in request.POST
    is_local = draft.programme.level == Level.DISTRICT
    form = IdentityForm(None if adds else request.POST or None, initial=held, is_local=is_local)
    instrument = InstrumentForm(
        request.POST if adds else None, initial={"version": draft.version}, auto_id="instrument_%s"
    )
    asked = instrument if adds else form
    if request.method == "POST" and asked.is_valid():
        values = _with_instrument(content, instrument) if adds else form.values()
        if answer := _change(request, draft, asked, drafting.change_identity, values):
            return answer
    context = frame(draft, request, "identity") | {
        "form": form,
        "instrument": instrument,
        "instruments": content.get("instruments", []),
    }
    return render(request, "workflows/rules/identity.html", context, status=status_of(asked))


def _with_instrument(content: Content, form: InstrumentForm) -> dict[str, Any]:
    said = {key: value for key, value in form.cleaned_data.items() if key != "version" and value}
    row = said | {"confidence": Confidence.FOUND.value}
    kept = [one for one in content.get("instruments", []) if one.get("title_zh") != row["title_zh"]]
    return {"instruments": [*kept, row]}


def _change(
    request: HttpRequest, draft: RuleDraft, form: forms.Form, act: Callable[..., None], *said: Any, **more: Any
) -> HttpResponse | None:
    """Carry out a change at the version that the form was shown with; None where it is refused, the reasons put."""
    version, by = form.cleaned_data["version"], signed_in(request)
    try:
        act(draft, *said, **more, version=version, by=by, at=timezone.now())
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return None
    clear_drafts(request, request.path)
    messages.success(request, _("已保存。"))
    return redirect(request.path)


@require_safe
@page
def office_rule_rows(request: HttpRequest, number: str) -> HttpResponse:
    """Every row with its parts: value, source, confidence."""
    draft = rule_drafts.draft(number)
    context = frame(draft, request, "rows") | {"sections": words.rows_of(opened(draft.text))}
    return render(request, "workflows/rules/rows.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_rule_row(request: HttpRequest, number: str, row: str) -> HttpResponse:
    """The parts of one row, named in the address by its path."""
    draft, path = rule_drafts.draft(number), row
    content = opened(draft.text)
    held = [part for part in parts(content) if part.row == path]
    if not held:
        raise NotFound(path)
    form = RowForm(
        request.POST or None, initial={"version": draft.version} | initial_from_drafts(request, request.path),
        parts=held, choices=_Choices(content),
    )  # fmt: skip
    if (
        request.method == "POST"
        and form.is_valid()
        and (answer := _change(request, draft, form, drafting.change_parts, form.edits()))
    ):
        return answer
    code, label = words.row_name(content, path)
    context = frame(draft, request, "rows") | {
        "form": form,
        "code": code,
        "label": label,
        "groups": [(words.part_words(content, part), fields) for part, fields in form.groups()],
        "sources": _sources(content),
    }
    return render(request, "workflows/rules/row.html", context, status=status_of(form))


class _Choices(dict[str, Any]):
    """Names of the choices of a field, found when asked for."""

    def __init__(self, content: Content) -> None:
        super().__init__()
        self.content = content

    def get(self, field: str, default: Any = None) -> Any:
        """Codes and names."""
        return words.choice_names(self.content, field) or default


def _sources(content: Content) -> list[dict[str, str]]:
    held = content.get("sources", {})
    return [{"code": code, "title": held[code]["title"], "url": held[code].get("url", "")} for code in sorted(held)]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_rule_confirm(request: HttpRequest, number: str) -> HttpResponse:
    """Mark several parts as read in one document, once each was compared with it."""
    draft = rule_drafts.draft(number)
    content = opened(draft.text)
    waiting = [part for part in parts(content) if not Confidence(part.entry["confidence"]).is_live]
    form = ConfirmForm(
        request.POST or None, initial={"version": draft.version}, parts=waiting,
        sources=[(one["code"], f"{one['code']} {one['title']}") for one in _sources(content)],
    )  # fmt: skip
    if (
        request.method == "POST"
        and form.is_valid()
        and (answer := _change(request, draft, form, drafting.change_parts, form.edits()))
    ):
        return answer
    ticked = set(request.POST.getlist("paths"))
    context = frame(draft, request, "confirm") | {
        "form": form,
        "groups": _by_section(content, waiting, ticked),
        "count": len(waiting),
    }
    return render(request, "workflows/rules/confirm.html", context, status=status_of(form))


def _by_section(content: Content, waiting: list[Part], ticked: set[str]) -> list[dict[str, Any]]:
    groups: dict[str, list[Any]] = {}
    for part in waiting:
        code, label = words.row_name(content, part.row)
        row = words.part_words(content, part) | {
            "code": code,
            "row": label,
            "row_path": part.row,
            "ticked": part.path in ticked,
        }
        groups.setdefault(part.section, []).append(row)
    return [{"label": words.SECTION_NAMES[section], "rows": rows} for section, rows in groups.items()]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_rule_sources(request: HttpRequest, number: str) -> HttpResponse:
    """Texts that figures may cite."""
    draft = rule_drafts.draft(number)
    content = opened(draft.text)
    initial = {"version": draft.version, "code": _next_code(content)}
    form = SourceForm(request.POST or None, initial=initial | initial_from_drafts(request, request.path))
    if request.method == "POST" and form.is_valid():
        said = {key: value for key, value in form.cleaned_data.items() if key != "version"}
        if answer := _change(request, draft, form, drafting.add_source, **said):
            return answer
    context = frame(draft, request, "sources") | {"form": form, "sources": _sources(content)}
    return render(request, "workflows/rules/sources.html", context, status=status_of(form))


def _next_code(content: Content) -> str:
    held = content.get("sources", {})
    return next(f"G{number}" for number in range(1, 1000) if f"G{number}" not in held)
