"""One static page per certificate in each language, with the files beside it: verification outlives the application."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from certificates.durable import write_durably
from certificates.installation import public_folder
from certificates.models import Certificate
from certificates.revocation import AUTHORITIES
from certificates.selectors import certificates_to_publish, status_lists
from certificates.services.keys import Keys
from certificates.services.log_answers import newest_head
from certificates.services.presentation import page_context, status_of
from certificates.services.proof_files import ProofWriter, put
from certificates.services.published import credential_keys, issuer_document
from certificates.services.verification import Answer, answer_for, public_part, status_keys
from certificates.sm2 import SM2_FILE
from certificates.snapshot import canonical

PAGES = {"index.html": "zh-hans", "index.en.html": "en"}
FRESH_FOR = timedelta(hours=24)
_REWRITTEN_AFTER = timedelta(hours=20)
_PROVED_AGAIN_AFTER = timedelta(minutes=10)
_AT_ONCE = 500
_KEYS = ("log.pem", "tsa-root.pem")


def publish_pending(*, at: datetime, keys: Keys) -> int:
    """Write the pages of certificates whose row is newer than their page, or whose page is about to go stale.

    How many.
    """
    due = certificates_to_publish(stale_before=at - _REWRITTEN_AFTER)[:_AT_ONCE]
    proofs = ProofWriter(keys)
    return sum(publish(certificate, at=at, proofs=proofs) for certificate in list(due))


def publish(certificate: Certificate, *, at: datetime, proofs: ProofWriter) -> bool:
    """Write the files of one certificate, then note the published revision; False when a newer one is published.

    A key that fails keeps no page from being written: what it should have signed is tried again ten minutes later.
    """
    folder = public_folder() / "v" / certificate.code
    answer = answer_for(certificate, at=at)
    is_proved = proofs.write(certificate, answer)
    for name, content in _page_files(answer).items():
        write_durably(folder / name, content)
    return _note(certificate, at if is_proved else at - _REWRITTEN_AFTER + _PROVED_AGAIN_AFTER)


def publish_log() -> bool:
    """Write the newest head of the log and the keys to check it, unless they are written; whether anything was."""
    head = newest_head()
    if head is None:
        return False
    folder = public_folder() / "log"
    content = canonical(head)
    files = {f"head/{head['size']}.json": content, **{name: public_part(name) for name in _KEYS}, "head.json": content}
    written = [name for name, wanted in files.items() if put(folder / name, wanted)]
    return bool(written)


def publish_status_lists() -> int:
    """Write every signed status list and the key to check it, where they changed; how many files."""
    folder = public_folder() / "status"
    files = {f"{one.purpose}/{one.number}.jwt": one.token.encode() for one in status_lists()}
    key = status_keys()
    if files and key:
        files["keys.json"] = canonical(key)
        files["status.pem"] = public_part("status.pem")
    return sum(put(folder / name, content) for name, content in files.items())


def publish_credential_keys() -> int:
    """Write the public keys of credentials, the issuer's document and the second signer's certificate; how many."""
    document = issuer_document()
    folder = public_folder()
    files = {"credentials/keys.json": credential_keys(), ".well-known/did.json": canonical(document or {})}
    files["credentials/sm2.pem"] = public_part(SM2_FILE)
    return sum(put(folder / name, content) for name, content in files.items()) if document else 0


def publish_revocation() -> int:
    """Write the list of revoked certificates of each local authority, where it changed; how many files."""
    folder = public_folder() / "crl"
    return sum(put(folder / f"{name}.crl", content) for name in AUTHORITIES if (content := public_part(f"{name}.crl")))


def _page_files(answer: Answer) -> dict[str, bytes]:
    """The pages of a certificate and its status by name."""
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
