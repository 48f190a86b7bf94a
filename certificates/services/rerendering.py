"""Render stored certificates again from snapshot, layout and font hashes, and compare them with what was issued."""

from __future__ import annotations

from collections.abc import Iterator

from certificates.durable import fetch
from certificates.fonts import FontsRefused
from certificates.installation import faces_with, store_folder
from certificates.models import Certificate
from certificates.rerendering import differences_of


def rerendered(certificate: Certificate) -> Iterator[str]:
    """One sentence per difference; nothing when the certificate comes out byte for byte, but for its signature."""
    try:
        stored = fetch(store_folder(), certificate.sha256 or "")
        faces = faces_with(certificate.fonts)
        yield from differences_of(
            certificate.content,
            stored,
            faces=faces,
            printed=certificate.printed or certificate.content.url,
            record_sha256=certificate.record_sha256,
            unsigned_sha256=certificate.unsigned_sha256,
        )
    except OSError as fault:
        yield f"file: {fault}"
    except FontsRefused as refusal:
        yield f"fonts: {refusal}"
    except (KeyError, ValueError, TypeError) as fault:
        yield f"snapshot: {type(fault).__name__}: {fault}"
