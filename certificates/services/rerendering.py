"""Render stored certificates again from snapshot, layout and font hashes, and compare them with what was issued."""

from __future__ import annotations

from collections.abc import Iterator

from certificates.durable import fetch
from certificates.fonts import FontsRefused
from certificates.installation import faces_with, store_folder
from certificates.models import Certificate, Translation
from certificates.pages import CHINESE, ENGLISH
from certificates.rerendering import differences_of
from certificates.selectors import translation_of


def rerendered(certificate: Certificate) -> Iterator[str]:
    """One sentence per difference; nothing when certificate and English edition come out byte for byte.

    Their signatures are left aside.
    """
    yield from _edition(certificate, certificate, CHINESE)
    translation = translation_of(certificate)
    if translation is not None:
        yield from (f"English edition: {line}" for line in _edition(certificate, translation, ENGLISH))


def _edition(certificate: Certificate, kept: Certificate | Translation, language: str) -> Iterator[str]:
    try:
        stored = fetch(store_folder(), kept.sha256 or "")
        faces = faces_with(kept.fonts)
        yield from differences_of(
            certificate.content,
            stored,
            faces=faces,
            printed=certificate.printed or certificate.content.url,
            record_sha256=certificate.record_sha256,
            unsigned_sha256=kept.unsigned_sha256,
            language=language,
        )
    except OSError as fault:
        yield f"file: {fault}"
    except FontsRefused as refusal:
        yield f"fonts: {refusal}"
    except (KeyError, ValueError, TypeError) as fault:
        yield f"snapshot: {type(fault).__name__}: {fault}"
