"""Certificates as the office watches them: waiting for the signer, refused by it, issued."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accreditation.errors import NotFound
from certificates.fonts import FontsRefused
from certificates.services.plaques import plaque_sheet
from certificates.snapshot import SnapshotRefused
from workflows.presentation.certificates import certificate_rows
from workflows.selectors import registers
from workflows.views.answers import page
from workflows.views.listing import page_of_rows

LABELS = {"waiting": _("待签发"), "refused": _("签发失败"), "issued": _("已签发")}


@require_safe
@page
def office_certificates(request: HttpRequest) -> HttpResponse:
    """One of the three groups, with the number in each."""
    asked = request.GET.get("group", "")
    counts = registers.certificate_counts()
    group = asked if asked in LABELS else ("refused" if counts["refused"] else "issued")
    rows = page_of_rows(request, registers.certificates(group))
    links = [
        {"label": label, "href": f"?group={code}", "current": code == group, "count": counts[code]}
        for code, label in LABELS.items()
    ]
    context = {"page": rows, "rows": certificate_rows(rows), "links": links, "group": group}
    return render(request, "workflows/office/certificates.html", context)


@require_safe
@page
def office_plaque(request: HttpRequest, number: str) -> HttpResponse:
    """The text sheet for the maker of the plaque that goes with a certificate."""
    certificate = registers.standing_certificate(number)
    if certificate is None:
        raise NotFound(number)
    try:
        content = plaque_sheet(certificate)
    except (FontsRefused, SnapshotRefused) as refusal:
        messages.error(request, _("铜牌文字稿无法生成：%(why)s") % {"why": refusal})
        return redirect("office_certificates")
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"{certificate.number}-plaque.pdf") or ""
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
