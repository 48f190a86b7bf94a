"""One static page per certificate in each language and one JSON file, so that verification outlives the application."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from certificates.durable import write_durably
from certificates.installation import public_folder
from certificates.models import Certificate
from certificates.revocation import AUTHORITIES
from certificates.selectors import certificates_to_publish, status_lists
from certificates.services.log_answers import newest_head
from certificates.services.presentation import page_context, status_of
from certificates.services.verification import answer_for, public_part, status_keys
from certificates.snapshot import canonical

PAGES = {"index.html": "zh-hans", "index.en.html": "en"}
FRESH_FOR = timedelta(hours=24)
_REWRITTEN_AFTER = timedelta(hours=20)
_AT_ONCE = 500
_KEYS = ("log.pem", "tsa-root.pem")


def publish_pending(*, at: datetime) -> int:
    """Write the pages of certificates whose row is newer than their page, or whose page is about to go stale.

    How many.
    """
    due = certificates_to_publish(stale_before=at - _REWRITTEN_AFTER)[:_AT_ONCE]
    return sum(publish(certificate, at=at) for certificate in list(due))


def publish(certificate: Certificate, *, at: datetime) -> bool:
    """Write the files of one certificate, then note the published revision; False when a newer one is published."""
    folder = public_folder() / "v" / certificate.code
    for name, content in page_files(certificate, at=at).items():
        write_durably(folder / name, content)
    return _note(certificate, at)


def publish_log() -> bool:
    """Write the newest head of the log and the keys to check it, unless they are written; whether anything was."""
    head = newest_head()
    if head is None:
        return False
    folder = public_folder() / "log"
    content = canonical(head)
    files = {f"head/{head['size']}.json": content, **{name: public_part(name) for name in _KEYS}, "head.json": content}
    written = [name for name, wanted in files.items() if _put(folder / name, wanted)]
    return bool(written)


def publish_status_lists() -> int:
    """Write every signed status list and the key to check it, where they changed; how many files."""
    folder = public_folder() / "status"
    files = {f"{one.purpose}/{one.number}.jwt": one.token.encode() for one in status_lists()}
    key = status_keys()
    if files and key:
        files["keys.json"] = canonical(key)
        files["status.pem"] = public_part("status.pem")
    return sum(_put(folder / name, content) for name, content in files.items())


def publish_revocation() -> int:
    """Write the list of revoked certificates of each local authority, where it changed; how many files."""
    folder = public_folder() / "crl"
    return sum(_put(folder / f"{name}.crl", public_part(f"{name}.crl")) for name in AUTHORITIES)


def _put(path: Path, content: bytes) -> bool:
    """Write a file that is missing or different; whether it was."""
    if not content or (path.is_file() and path.read_bytes() == content):
        return False
    write_durably(path, content)
    return True


def page_files(certificate: Certificate, *, at: datetime) -> dict[str, bytes]:
    """The published files of a certificate by name, as they should be at an instant."""
    answer = answer_for(certificate, at=at)
    files = {"status.json": canonical(status_of(answer, fresh_for=FRESH_FOR))}
    for name, language in PAGES.items():
        with translation.override(language):
            files[name] = _page(page_context(answer, is_published=True))
    return files


def _page(context: dict[str, Any]) -> bytes:
    return render_to_string("certificates/shown.html", {**context, "frame": "plain.html"}).encode()


def _note(certificate: Certificate, at: datetime) -> bool:
    """Note what was written, unless somebody wrote a newer revision meanwhile."""
    rows = Certificate.objects.filter(pk=certificate.pk, published_revision__lte=certificate.revision)
    return bool(rows.update(published_revision=certificate.revision, published_at=at))
