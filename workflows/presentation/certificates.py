"""Certificates as the office's list shows them."""

from __future__ import annotations

from collections.abc import Iterable

from certificates.models import Certificate
from certificates.standing import Standing
from workflows.presentation.words import Words, lang, quoted

TONES = {"good": "green", "warn": "amber", "bad": "red", "unknown": "grey"}


def certificate_rows(certificates: Iterable[Certificate]) -> list[Words]:
    """Rows: `number`, `version`, `holder`, `uscc`, `state`, `tone`, `at`, `refusal`, `code`, `valid_until`.

    `has_plaque` tells whether a text sheet for a plaque may be made.
    """
    return [_row(certificate) for certificate in certificates]


def _row(certificate: Certificate) -> Words:
    meaning = certificate.standing.meaning
    return {
        "number": certificate.number,
        "version": certificate.version,
        "holder": quoted(certificate.snapshot["holder_zh"]),
        "uscc": certificate.uscc,
        "state": meaning.word.zh if lang() == "zh" else meaning.word.en,
        "tone": TONES[meaning.tone],
        "at": certificate.issued_at or certificate.requested_at,
        "refusal": certificate.refusal,
        "has_plaque": certificate.standing is Standing.IN_FORCE,
        "code": certificate.code if certificate.standing.is_issued else "",
        "valid_until": certificate.valid_until,
    }
