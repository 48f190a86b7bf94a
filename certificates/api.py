"""The public interface, read-only: the log with its proofs, status lists, credentials, feeds, and the keys."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from certificates import selectors
from certificates.revocation import AUTHORITIES
from certificates.services import feeds, log_answers, published
from certificates.services.verification import public_part
from certificates.services.verification import status_keys as public_status_keys
from certificates.sm2 import SM2_FILE
from certificates.status_list import MEDIA_TYPE

# What a size or a range names never changes; what is newest does.
_FOR_EVER = "public, max-age=31536000, immutable"
_NEWEST = "public, max-age=0, s-maxage=60"
_MOST_LISTS = 1 << 31
_OPEN = {"Access-Control-Allow-Origin": "*", "X-Robots-Tag": "noindex, nofollow"}


@require_safe
def head(request: HttpRequest) -> HttpResponse:
    """The newest signed head."""
    return _answer(log_answers.newest_head(), _NEWEST)


@require_safe
def head_of_size(request: HttpRequest, size: int) -> HttpResponse:
    """The signed head over the first `size` entries."""
    return _answer(log_answers.head_at(size), _FOR_EVER)


@require_safe
def inclusion(request: HttpRequest, number: str, version: int) -> HttpResponse:
    """Proof that the issue of a certificate's version is in the log."""
    return _answer(log_answers.inclusion_by_number(number.upper(), version), _NEWEST)


@require_safe
def inclusion_of_leaf(request: HttpRequest, leaf_hash: str) -> HttpResponse:
    """Proof that the entry with a leaf hash is in the log."""
    return _answer(log_answers.inclusion_by_hash(leaf_hash), _NEWEST)


@require_safe
def consistency(request: HttpRequest, old: int, new: int) -> HttpResponse:
    """Proof that the log of `new` entries continues that of `old`."""
    return _answer(log_answers.consistency(old, new), _FOR_EVER)


@require_safe
def entries(request: HttpRequest, start: int, end: int) -> HttpResponse:
    """Entries from `start` up to and without `end`; kept for ever only when the range is whole."""
    found = log_answers.entries(start, end)
    whole = found is not None and len(found["entries"]) == end - start
    return _answer(found, _FOR_EVER if whole else _NEWEST)


@require_safe
def log_key(request: HttpRequest) -> HttpResponse:
    """The log's public key."""
    return _pem("log.pem")


@require_safe
def clock_root(request: HttpRequest) -> HttpResponse:
    """The root of the time-stamp authority."""
    return _pem("tsa-root.pem")


@require_safe
def revoked_list(request: HttpRequest, name: str) -> HttpResponse:
    """The list of revoked certificates (CRL, DER) of a local authority."""
    content = public_part(f"{name}.crl") if name in AUTHORITIES else b""
    if not content:
        raise Http404
    return HttpResponse(content, content_type="application/pkix-crl", headers={**_OPEN, "Cache-Control": _NEWEST})


@require_safe
def status_list(request: HttpRequest, purpose: str, number: int) -> HttpResponse:
    """A signed status list as a credential; the copy tells itself until when it holds."""
    found = selectors.status_list(purpose, number) if number < _MOST_LISTS else None
    if found is None:
        return _answer(None, _NEWEST)
    return HttpResponse(found.token, content_type=MEDIA_TYPE, headers={**_OPEN, "Cache-Control": _NEWEST})


@require_safe
def status_keys(request: HttpRequest) -> HttpResponse:
    """The key set under which status lists are checked."""
    return _answer(public_status_keys(), _NEWEST)


@require_safe
def status_key(request: HttpRequest) -> HttpResponse:
    """The same key as PEM, for the stand-alone command."""
    return _pem("status.pem")


@require_safe
def credential(request: HttpRequest, code: str) -> HttpResponse:
    """The certificate as a signed credential, for wallets and for other systems."""
    return _file(published.published_file(code, published.CREDENTIAL), MEDIA_TYPE, save_as=published.CREDENTIAL)


@require_safe
def record(request: HttpRequest, code: str) -> HttpResponse:
    """The canonical record that is attached to the certificate, byte for byte."""
    return _file(published.published_file(code, published.RECORD), "application/json")


@require_safe
def second_signature(request: HttpRequest, code: str) -> HttpResponse:
    """The second signature over the record, DER."""
    name = published.SECOND_SIGNATURE
    return _file(published.published_file(code, name), "application/octet-stream", save_as=name)


@require_safe
def second_certificate(request: HttpRequest) -> HttpResponse:
    """The certificate under which second signatures are checked."""
    return _pem(SM2_FILE)


@require_safe
def credential_keys(request: HttpRequest) -> HttpResponse:
    """The key set under which credentials are checked."""
    return _file(published.credential_keys(), "application/jwk-set+json")


@require_safe
def issuer_document(request: HttpRequest) -> HttpResponse:
    """The document behind the issuer's did:web identifier."""
    return _answer(published.issuer_document(), _NEWEST)


@require_safe
def json_feed(request: HttpRequest) -> HttpResponse:
    """The newest events as JSON Feed."""
    answer = _answer(feeds.json_feed(), _NEWEST)
    answer["Content-Type"] = "application/feed+json; charset=utf-8"
    return answer


@require_safe
def atom_feed(request: HttpRequest) -> HttpResponse:
    """The newest events as Atom."""
    headers = {**_OPEN, "Cache-Control": _NEWEST}
    return HttpResponse(feeds.atom_feed(), content_type="application/atom+xml; charset=utf-8", headers=headers)


def _answer(values: dict[str, Any] | None, caching: str) -> HttpResponse:
    headers = {**_OPEN, "Cache-Control": caching if values is not None else _NEWEST}
    if values is None:
        return JsonResponse({"error": "unknown"}, status=404, headers=headers)
    return JsonResponse(values, json_dumps_params={"ensure_ascii": False}, headers=headers)


def _file(content: bytes | None, kind: str, *, save_as: str = "") -> HttpResponse:
    if content is None:
        return _answer(None, _NEWEST)
    headers = {**_OPEN, "Cache-Control": _NEWEST}
    if save_as:
        headers["Content-Disposition"] = f'attachment; filename="{save_as}"'
    return HttpResponse(content, content_type=kind, headers=headers)


def _pem(name: str) -> HttpResponse:
    content = public_part(name)
    if not content:
        raise Http404
    headers = {**_OPEN, "Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="application/x-pem-file", headers=headers)
