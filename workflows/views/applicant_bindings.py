"""Evidence bound to the figures it proves: what is proven, what is missing, bind and take back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accreditation.errors import Denied, Refusal
from accreditation.services.bindings import Need, needs, standing_bindings, unproven
from accreditation.services.material import standing_evidence
from workflows.intake import bind_evidence, standing_row, unbind_evidence
from workflows.points import allowed_changes
from workflows.presentation import bindings, coverage
from workflows.views.answers import REQUEST_KEY, acting_person, page
from workflows.views.applicant_frame import OpenCase, frame, notice_of_return, open_case

if TYPE_CHECKING:
    from accreditation.models import Evidence

MOST_DIGITS = 9


@require_http_methods(["GET", "HEAD", "POST"])
@page
def my_bindings(request: HttpRequest, number: str) -> HttpResponse:
    """Figures that need proof with their files, those that one file may prove where the address names it; bind."""
    opened = open_case(request, number)
    if request.method != "POST":
        return _page(request, opened)
    targets, pk, at_page = request.POST.getlist("target"), _count(request, "evidence"), _count(request, "page")
    faults = list(_gaps(targets, pk, at_page)) or _bind(request, opened, targets, pk or 0, at_page)
    if faults:
        return _page(request, open_case(request, number), faults=faults, status=422)
    messages.success(request, _("已标注 %(n)d 项。") % {"n": len(targets)})
    return redirect(f"{_address(opened, _only(request))}#{bindings.row_key(bindings.code_of(targets))}")


def _count(request: HttpRequest, name: str) -> int | None:
    """A whole number of the form; None where there is none."""
    text = request.POST.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def _gaps(targets: list[str], pk: int | None, at_page: int | None) -> list[str]:
    found = [_("请选择文件。")] if pk is None else []
    found += [] if targets else [_("请勾选至少一项数据。")]
    return found + ([_("请填写页码，从 1 开始。")] if at_page is None else [])


def _bind(request: HttpRequest, opened: OpenCase, targets: list[str], pk: int, at_page: int | None) -> list[str]:
    """Bind one by one; what was refused, each sentence once."""
    key, said = request.POST.get(REQUEST_KEY) or "", []
    for position, target in enumerate(targets):
        try:
            bind_evidence(
                opened.case, pk, target, at_page, by=acting_person(request), at=timezone.now(),
                request_key=f"{key}-{position}" if key else None,
            )  # fmt: skip
        except Denied:
            raise
        except Refusal as refusal:
            said += [str(reason) for reason in refusal.reasons]
    return list(dict.fromkeys(said))


@require_POST
@page
def my_binding_remove(request: HttpRequest, number: str, binding: int) -> HttpResponse:
    """Take a binding back."""
    opened = open_case(request, number)
    try:
        unbind_evidence(
            opened.case, binding, by=acting_person(request), at=timezone.now(),
            request_key=request.POST.get(REQUEST_KEY) or None,
        )  # fmt: skip
    except Denied:
        raise
    except Refusal as refusal:
        return _page(request, opened, faults=[str(reason) for reason in refusal.reasons], status=409)
    messages.success(request, _("已取消标注。"))
    return redirect(_address(opened, _only(request)))


def _only(request: HttpRequest) -> str:
    """Key of the file to which the page is narrowed, in the address or in what was sent from there."""
    text = request.GET.get("evidence", "") if request.method != "POST" else request.POST.get("only", "")
    return text if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else ""


def _address(opened: OpenCase, only: str) -> str:
    address = reverse("my_bindings", args=[opened.case.number])
    return f"{address}?{urlencode({'evidence': only})}" if only else address


def _page(
    request: HttpRequest, opened: OpenCase, *, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    only = _only(request)
    chosen = standing_row(opened.application, int(only)) if only else None
    facts = opened.facts
    wanted, bound = needs(opened.rules, facts), standing_bindings(opened.application)
    may, number = open_to(opened), opened.case.number
    failed = bindings.row_key(bindings.code_of(request.POST.getlist("target"))) if faults else ""
    context = frame(
        opened, "my_bindings", _("逐项佐证"),
        notice=notice_of_return(opened),
        chosen=chosen,
        only=only,
        covered=coverage.figures_proven(wanted, unproven(wanted, bound), opened.rules, None),
        has_figures=facts is not None,
        sections=bindings.binding_sections(
            _narrowed(wanted, chosen), bound, standing_evidence(opened.application), facts, opened.rules,
            number=number, may=may,
        ) if facts else [],
        others=bindings.other_bindings(wanted, bound, opened.rules, number, may) if not chosen else [],
        typed={name: request.POST.get(name, "") for name in ("evidence", "page")} if faults else {"evidence": only},
        ticked=request.POST.getlist("target"),
        faults=faults or [],
        failed=failed,
        fault_links=[{"text": text, "href": f"#{failed}"} for text in faults or []],
        has_faults=bool(faults),
        action=reverse("my_bindings", args=[number]),
    )  # fmt: skip
    return render(request, "workflows/applicant/bindings.html", context, status=status)


def _narrowed(wanted: list[Need], chosen: Evidence | None) -> list[Need]:
    """What a file of that kind proves; everything where the rules name nothing for the kind."""
    if chosen is None:
        return wanted
    return [need for need in wanted if chosen.kind in {kind.code for kind in need.kinds}] or wanted


def open_to(opened: OpenCase) -> bindings.OpenTo:
    """What this person may bind now."""
    if opened.request is None:
        return bindings.OpenTo("bind_evidence" in opened.verbs)
    points = allowed_changes(opened.request)
    return bindings.OpenTo("bind_evidence" in opened.verbs, points, opened.asked_kinds())
