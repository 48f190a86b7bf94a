"""The data table filled in on pages: overview with check, one page per section, the case's own template."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.errors import Denied, KeyReused, NotFound, Refusal
from accreditation.services.drafts import held_post, keep_held, version_word, versions_in
from accreditation.services.prefill import case_template, prefill_of
from criteria.fields import Kind
from workflows.intake import open_points
from workflows.presentation.web_form import PageWords, fault_links, section_tasks, unit_of
from workflows.presentation.words import either
from workflows.views.answers import REQUEST_KEY, acting_person, page
from workflows.views.applicant_frame import OpenCase, frame, notice_of_return, open_case
from workflows.views.applicant_material import workbook_answer
from workflows.web_form.checking import check_form, faults_of_form
from workflows.web_form.filling import CONFIRMED, Filling, filling_of, forget, keep_page
from workflows.web_form.sections import LINES_ADDED, Section, form_path

VERSIONS, SHOWN = "draft_versions", "draft_shown"
METHODS = ("GET", "HEAD", "POST")


def _filling(request: HttpRequest, opened: OpenCase) -> Filling:
    return filling_of(opened.application, acting_person(request), open_points(opened.application))


# --- Overview ---------------------------------------------------------------------------------------------------
@require_http_methods(METHODS)
@page
def my_form(request: HttpRequest, number: str) -> HttpResponse:
    """All sections with their state; checks everything and saves it as a new version, or drops what was typed."""
    opened = open_case(request, number)
    filling = _filling(request, opened)
    if request.method != "POST":
        return _overview(request, opened, filling)
    if "discard" in request.POST:
        forget(filling)
        messages.success(request, _("已放弃网页上未检查的内容。"))
        return redirect("my_form", number)
    return _check(request, opened, filling)


def _check(request: HttpRequest, opened: OpenCase, filling: Filling) -> HttpResponse:
    number = opened.case.number
    key = request.POST.get(REQUEST_KEY) or None
    try:
        taken = check_form(opened.case, filling, at=timezone.now(), request_key=key)
    except Denied:
        raise
    except KeyReused as reused:  # pressed twice, or a page from before the last change: the answer is on the new page
        messages.warning(request, str(reused.reasons[0]))
        return redirect("my_form", number)
    except Refusal as refusal:
        errors = [{"text": str(reason), "href": ""} for reason in refusal.reasons]
        return _overview(request, opened, filling, errors=errors, status=409)
    if taken.refusal is not None:
        errors = [{"text": either(taken.refusal, "message"), "href": ""}]
        return _overview(request, opened, filling, errors=errors, status=422)
    if taken.facts is None or taken.number is None:
        return redirect("my_form", number)
    messages.success(request, _("检查通过，已保存为第 %(n)d 次上传。请核对申报条件和得分。") % {"n": taken.number})
    return redirect("my_upload", number, taken.number)


def _overview(
    request: HttpRequest,
    opened: OpenCase,
    filling: Filling,
    *,
    errors: list[dict[str, Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = faults_of_form(opened.application, filling)
    links = errors or fault_links(filling, found)
    tasks = section_tasks(filling, found)
    context = frame(
        opened, "my_workbook", _("网页填报"),
        notice=notice_of_return(opened),
        groups=[{"label": "", "tasks": tasks}],
        fault_links=links,
        has_faults=bool(links),
        waits=sum(one.is_touched for one in found),
        done=sum(task["state"] == "done" for task in tasks),
        last=prefill_of(opened.application).last if filling.sources else None,
        is_prefilled=bool(filling.sources),
        has_drafts=any(filling.drafts_of(section) for section in filling.sections),
        action=form_path(opened.case.number),
    )  # fmt: skip
    return render(request, "workflows/applicant/form.html", context, status=status)


# --- One section ------------------------------------------------------------------------------------------------
@require_http_methods(METHODS)
@page
def my_form_section(request: HttpRequest, number: str, section: str, part: int = 1) -> HttpResponse:
    """One page of the form; what is typed is kept at once, nothing is judged before the check."""
    opened = open_case(request, number)
    filling = _filling(request, opened)
    found = filling.section(section)
    if found is None or not 1 <= part <= found.parts:
        raise NotFound(section)
    if request.method != "POST":
        is_back, mine, theirs = _bring_back(request, filling, found, part)
        filling = _filling(request, opened) if is_back else filling
        return _section_page(request, opened, filling, found, part, mine=mine, theirs=theirs)
    if not filling.is_editable:
        messages.warning(request, _("申报已提交，填写的内容不能再改动。"))
        return redirect("my_form", number)
    return _save(request, opened, filling, found, part)


def _bring_back(
    request: HttpRequest, filling: Filling, section: Section, part: int
) -> tuple[bool, dict[str, str], dict[str, str]]:
    """Keep what was typed when the session had ended; texts that another tab has changed meanwhile are shown twice."""
    path = filling.paths[(section.code, part)]
    held, at = held_post(request, path)
    if not held or not filling.is_editable:
        return False, {}, {}
    if VERSIONS in held:
        versions, shown = versions_in(held[VERSIONS]), _marks(held.get(SHOWN, ""))
    else:  # single fields, each typed by hand: later than what was saved before
        drafts = filling.drafts.get(path, {}).values()
        versions = {row.field: row.version for row in drafts if at is None or row.saved_at <= at}
        shown = {}
    theirs = keep_page(filling, section, part, held, versions=versions, shown=shown, at=timezone.now())
    keep_held(request, path, {*theirs, VERSIONS, SHOWN} if theirs else ())
    messages.info(request, _("已恢复登录超时前填写的内容。"))
    return True, {name: held[name] for name in theirs}, theirs


def _save(request: HttpRequest, opened: OpenCase, filling: Filling, section: Section, part: int) -> HttpResponse:
    posted = {name: value for name, value in request.POST.items() if isinstance(value, str)}
    posted.setdefault(CONFIRMED, "")
    taken = posted.pop("take", "")
    mine_is_out = posted.pop(taken, None) if taken else None
    try:
        theirs = keep_page(
            filling, section, part, posted,
            versions=versions_in(posted.get(VERSIONS, "")), shown=_marks(posted.get(SHOWN, "")), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        errors = [{"text": str(reason), "href": ""} for reason in refusal.reasons]
        return _section_page(request, opened, filling, section, part, mine=posted, errors=errors, status=422)
    path = filling.paths[(section.code, part)]
    keep_held(request, path, ())
    if theirs:
        mine = {name: posted[name] for name in theirs}
        fresh = _filling(request, opened)
        return _section_page(request, opened, fresh, section, part, mine=mine, theirs=theirs, status=409)
    if mine_is_out is not None:
        return redirect(f"{path}#id_{taken}")
    return redirect(_onward(posted, filling, section, part))


def _onward(posted: dict[str, str], filling: Filling, section: Section, part: int) -> str:
    """Where to go after saving: more lines, the next part or section, or the same page again."""
    path = filling.paths[(section.code, part)]
    if "add" in posted:
        return _more_lines(posted, filling, section, part)
    if "next" not in posted:
        return path
    codes = [one.code for one in filling.sections]
    after = codes.index(section.code) + 1
    return filling.paths[(codes[after], 1)] if after < len(codes) else form_path(filling.number)


def _more_lines(posted: dict[str, str], filling: Filling, section: Section, part: int) -> str:
    assert section.annex is not None
    wanted = _number(posted.get("lines", "")) + LINES_ADDED
    lines = section.lines_of(part)
    if wanted <= len(lines) or part == section.parts:
        first_new = lines[min(wanted - LINES_ADDED, len(lines) - 1)]
        return f"{filling.paths[(section.code, part)]}?lines={min(wanted, len(lines))}#line-{first_new}"
    return filling.paths[(section.code, part + 1)]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _marks(word: str) -> dict[str, str]:
    """The marks of the texts that a page came with; anything else means that every input was touched."""
    try:
        found = json.loads(word or "{}")
    except ValueError:
        return {}
    return {str(name): str(mark) for name, mark in found.items()} if isinstance(found, dict) else {}


def _section_page(
    request: HttpRequest,
    opened: OpenCase,
    filling: Filling,
    section: Section,
    part: int,
    *,
    mine: dict[str, str] | None = None,
    theirs: dict[str, str] | None = None,
    errors: list[dict[str, Any]] | None = None,
    status: int = 200,
) -> HttpResponse:
    path = filling.paths[(section.code, part)]
    found = faults_of_form(opened.application, filling)
    words = PageWords(filling, found, mine=mine or {}, theirs=theirs or {})
    conflicts = [
        {"text": _("另一窗口已改过这一项，请选择保留哪一个。"), "href": f"#id_{name}"} for name in theirs or {}
    ]
    links = [*(errors or []), *conflicts, *fault_links(filling, found, of=section)]
    context = frame(
        opened, "my_workbook", either(section, "name"),
        section=section,
        part=part,
        path=path,
        fault_links=links,
        has_faults=bool(links),
        sections=_siblings(filling, section),
        is_prefilled=filling.has_prefilled(section),
        is_confirmed=filling.is_confirmed(section),
        may_type=any(value.is_open for value in filling.inputs(section, part)),
        is_last=filling.sections[-1] == section,
        **_inputs(request, filling, section, part, words),
    )  # fmt: skip
    context["shown_word"] = words.shown_word()
    context["versions"] = version_word({row.field: row.version for row in filling.drafts.get(path, {}).values()})
    context["crumbs"][-1:] = [
        {"label": _("网页填报"), "href": reverse("my_form", args=[filling.number])},
        {"label": either(section, "name")},
    ]
    return render(request, "workflows/applicant/form_section.html", context, status=status)


def _siblings(filling: Filling, section: Section) -> list[dict[str, Any]]:
    return [
        {"label": either(one, "name"), "href": filling.paths[(one.code, 1)], "current": one == section}
        for one in filling.sections
    ]


def _inputs(request: HttpRequest, filling: Filling, section: Section, part: int, words: PageWords) -> dict[str, Any]:
    if section.annex is None:
        if all(spec.years == 0 for spec in section.specs):
            return {"fields": words.basics(section)}
        years = filling.template.table_years
        return {"rows": words.table(section), "years": years, "columns_wide": len(years) + 2}
    filled = filling.lines(section)
    here = section.lines_of(part)
    last = max((line - here[0] + 1 for line in filled if line in here), default=0)
    count = min(len(here), max(LINES_ADDED, last, _number(request.GET.get("lines", ""))))
    is_too_long = filling.is_too_long(section)
    shown = here[:count] if filling.may_fill(section) else [line for line in here if line in filled]
    used = 1 if is_too_long else max(section.part_of(line) for line in (*filled, here[0]))
    return {
        "annex": section.annex,
        "columns": [
            {"key": f"col-{spec.code}", "label": either(spec, "name"), "spec": spec, "unit": unit_of(spec)}
            for spec in section.specs
        ],
        "lines": words.annex(section, shown) if not is_too_long else [],
        "columns_wide": len(section.specs) + 1,
        "has_dates": any(spec.kind is Kind.DATE for spec in section.specs),
        "line_count": count,
        "total": len(filling.known_lines(section)) if is_too_long else len(filled),
        "is_too_long": is_too_long,
        "most": section.most_lines,
        "can_add": filling.may_fill(section) and here[count - 1] < section.most_lines,
        "pages": [
            {"number": n, "first": section.lines_of(n)[0], "last": section.lines_of(n)[-1],
             "href": filling.paths[(section.code, n)]}
            for n in range(1, used + 1)
        ] if used > 1 else [],
    }  # fmt: skip


# --- Template ---------------------------------------------------------------------------------------------------
@require_safe
@page
def my_template(request: HttpRequest, number: str) -> HttpResponse:
    """The batch's workbook for this case, with what is known already."""
    opened = open_case(request, number)
    name = _("申报数据表 %(number)s.xlsx") % {"number": number}
    return workbook_answer(case_template(opened.application), name)
