"""Public verification: by number and code, by file, and the page behind the QR code."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from certificates.forms import FileForm, NumberForm
from certificates.isolated import Busy
from certificates.services.allowance import LOOKUPS, UPLOADS, Rate, is_allowed
from certificates.services.offline import TYPES, offline_files, published_keys
from certificates.services.paper_lookup import look_up_paper
from certificates.services.paper_presentation import paper_context
from certificates.services.presentation import in_language, lights_for_page, log_context, page_context, status_of
from certificates.services.printed_codes import look_up_printed
from certificates.services.publishing import FRESH_FOR
from certificates.services.verification import (
    Answer,
    check_upload,
    english_edition,
    look_up,
    look_up_number,
    root_certificate,
    root_fingerprint,
)

_TYPED = {"Cache-Control": "no-store"}
_PUBLISHED = {"Cache-Control": "public, max-age=0, s-maxage=60"}
_HIDDEN = {"X-Robots-Tag": "noindex, nofollow"}


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Look a certificate up by number and code; one on paper, which has no code, by number and holder."""
    form = NumberForm(request.POST or None)
    if not form.is_valid():
        return _forms(request, form=form)
    at = timezone.now()
    if not _is_allowed(request, LOOKUPS, at):
        return _too_many(request)
    number, code = form.cleaned_data["number"], form.cleaned_data["code"]
    answer, paper = look_up_number(number, code, at=at), look_up_paper(number, code, at=at)
    if answer is None and paper is not None:
        return _page(request, "certificates/paper.html", paper_context(paper), {**_TYPED, **_HIDDEN})
    return _shown(request, answer, _TYPED)


@require_http_methods(["GET", "HEAD", "POST"])
def verify_file(request: HttpRequest) -> HttpResponse:
    """Verify an uploaded file; it is neither stored nor shown."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if not form.is_valid():
        return _forms(request, file_form=form)
    at = timezone.now()
    if not _is_allowed(request, UPLOADS, at):
        return _too_many(request)
    try:
        answer = check_upload(form.cleaned_data["file"].read(), at=at)
    except Busy:
        return _too_many(request, status=503)
    return _examined(request, answer)


@require_safe
def shown(request: HttpRequest, code: str) -> HttpResponse:
    """The page behind the QR code; what the code states after the dot is checked as well."""
    return _shown(request, look_up_printed(code, at=timezone.now()), _PUBLISHED)


@require_safe
def status_json(request: HttpRequest, code: str) -> HttpResponse:
    """The same answer as JSON, with the proof of the log."""
    answer = look_up(code, at=timezone.now())
    if answer is None:
        return JsonResponse({"error": "unknown"}, status=404, headers={**_PUBLISHED, **_HIDDEN})
    values = status_of(answer, fresh_for=FRESH_FOR)
    return JsonResponse(values, json_dumps_params={"ensure_ascii": False}, headers={**_PUBLISHED, **_HIDDEN})


@require_safe
def english(request: HttpRequest, code: str) -> HttpResponse:
    """The signed English edition of a certificate in force; whoever has the code has the certificate in hand."""
    found = english_edition(code, at=timezone.now())
    if found is None:
        raise Http404
    name, content = found
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff", **_HIDDEN}
    return HttpResponse(content, content_type="application/pdf", headers={**headers, "Cache-Control": "no-store"})


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], headers: Mapping[str, str], *, status: int = 200
) -> HttpResponse:
    return HttpResponse(render_to_string(template, context, request), status=status, headers=dict(headers))


@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """The root certificate, for those who verify by themselves."""
    content = root_certificate()
    if not content:
        raise Http404
    headers = {"Content-Disposition": 'attachment; filename="root.pem"'}
    return HttpResponse(content, content_type="application/x-pem-file", headers=headers)


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """What the public log is, its newest head, and how to check it."""
    return _page(request, "certificates/log.html", log_context(), _PUBLISHED)


@require_safe
def printed_keys(request: HttpRequest) -> HttpResponse:
    """The public keys of printed codes, for those who check by themselves."""
    headers = {**_PUBLISHED, "Access-Control-Allow-Origin": "*"}
    return HttpResponse(published_keys(), content_type="application/jwk-set+json", headers=headers)


@require_safe
def offline(request: HttpRequest, name: str = "") -> HttpResponse:
    """The page that checks a printed code without a server, and the files beside it."""
    index = "index.en.html" if (get_language() or "").startswith("en") else "index.html"
    content = offline_files().get(name or index)
    if content is None:
        raise Http404
    kind = TYPES.get(Path(name or index).suffix, "application/json")
    return HttpResponse(content, content_type=kind, headers=_PUBLISHED)


def _is_allowed(request: HttpRequest, rate: Rate, at: datetime) -> bool:
    return is_allowed(rate, request.META.get("REMOTE_ADDR", ""), at=at)


def _forms(request: HttpRequest, *, form: NumberForm | None = None, file_form: FileForm | None = None) -> HttpResponse:
    """Both forms; 422 when one of them came back with faults."""
    faulty = any(each is not None and each.errors for each in (form, file_form))
    context = {"form": form or NumberForm(), "file_form": file_form or FileForm(), "root": root_fingerprint()}
    headers = {"Cache-Control": "no-store"} if faulty else {}
    return _page(request, "certificates/verify.html", context, headers, status=422 if faulty else 200)


def _shown(request: HttpRequest, answer: Answer | None, caching: dict[str, str]) -> HttpResponse:
    """The page of a certificate, or the one page for everything unknown."""
    headers = {**caching, **_HIDDEN}
    if answer is None:
        return _page(request, "certificates/unknown.html", {}, headers, status=404)
    context = {**page_context(answer), "frame": "shell.html"}
    return _page(request, "certificates/shown.html", context, headers)


def _examined(request: HttpRequest, answer: Answer) -> HttpResponse:
    headers = {**_TYPED, **_HIDDEN}
    if answer.certificate is not None:
        return _page(request, "certificates/shown.html", {**page_context(answer), "frame": "shell.html"}, headers)
    reason = in_language(answer.rule.wording) if answer.rule else ""
    context = {"lights": lights_for_page(answer.lights), "reason": reason, "rule": answer.rule, "asked_at": answer.at}
    return _page(request, "certificates/refused.html", context, headers)


def _too_many(request: HttpRequest, *, status: int = 429) -> HttpResponse:
    context = {"message": _("查询过于频繁，请稍后再试。"), "back": reverse("certificates:verify")}
    return _page(request, "certificates/too_many.html", context, {**_TYPED, "Retry-After": "30"}, status=status)
