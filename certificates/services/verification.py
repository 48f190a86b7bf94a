"""Answer the public: three lights for a code, a number with its code, or a file.

Only what the register says is shown.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_public_key
from django.utils import timezone

from certificates.codes import CodeRefused, parse_code
from certificates.installation import trust_folder
from certificates.isolated import verify_isolated
from certificates.lights import (
    Light,
    issuer_light,
    refused_lights,
    register_light,
    same_file_light,
    signed_file_light,
    standing_light,
)
from certificates.models import Certificate, PaperCertificate
from certificates.refusals import Rule
from certificates.selectors import (
    Inclusion,
    certificate_by_code,
    certificate_by_file,
    certificate_by_identifier,
    inclusion_of,
    offered_translation,
    successor_of,
    translation_file,
)
from certificates.services.log import head_of
from certificates.signers import fingerprint
from certificates.snapshot import record_of
from certificates.status_list import public_keys
from certificates.transparency import includes, is_signed, leaf_hash
from certificates.verify import Trust

_NO_CODE = "0" * 27


@dataclass(frozen=True, slots=True)
class Answer:
    """What the public learns.

    `lights` are the three answers in order; `certificate` is the register's row, None when nothing of ours was
    recognised; `rule` is the rule that refused an uploaded file; `inclusion` the proof of the log; `successor` a
    later version.
    """

    lights: tuple[Light, Light, Light]
    at: datetime
    certificate: Certificate | None = None
    rule: Rule | None = None
    inclusion: Inclusion | None = None
    successor: Certificate | None = None


def look_up(code: str, *, at: datetime) -> Answer | None:
    """The answer for a typed or scanned code; None when it is unknown or malformed, at the cost of the same query."""
    try:
        wanted = parse_code(code)
    except CodeRefused:
        wanted = _NO_CODE
    certificate = certificate_by_code(wanted)
    return answer_for(certificate, at=at) if certificate else None


def look_up_number(number: str, code: str, *, at: datetime) -> Answer | None:
    """The answer when number and code belong together; None otherwise, whichever of the two is wrong."""
    answer = look_up(code, at=at)
    if answer is None or answer.certificate is None or answer.certificate.number != number.strip().upper():
        return None
    return answer


def english_edition(code: str, *, at: datetime) -> tuple[str, bytes] | None:
    """Name and content of the English edition behind a code, where the certificate is in force and has one."""
    answer = look_up(code, at=at)
    if answer is None or answer.certificate is None:
        return None
    translation = offered_translation(answer.certificate)
    if translation is None:
        return None
    certificate = answer.certificate
    return f"{certificate.number}-v{certificate.version}-english.pdf", translation_file(translation)


def answer_for(certificate: Certificate, *, at: datetime, intact: Light | None = None) -> Answer:
    """The three lights of a certificate in the register; `intact` replaces the first where a file was examined."""
    content = certificate.content
    inclusion = inclusion_of(certificate)
    fits = sha256(record_of(content)).hexdigest() == certificate.record_sha256
    logged = inclusion is not None and is_proved(certificate, inclusion)
    if inclusion is not None and not logged:
        fits = False
    standing = standing_light(
        certificate.standing,
        on=timezone.localdate(at),
        valid_from=content.valid_from,
        valid_until=content.valid_until,
        ground=certificate.state_ground,
    )
    listed = certificate.signer in listed_signers()
    issuer = issuer_light(issuer_zh=content.issuer_zh, issuer_en=content.issuer_en, is_listed=listed)
    register = register_light(record_fits=fits, logged=logged)
    first = register if intact is None or register.tone == "bad" else intact
    return Answer((first, standing, issuer), at, certificate, None, inclusion, successor_of(certificate))


def check_upload(content: bytes, *, at: datetime) -> Answer:
    """The answer for an uploaded file: first by its hash, then by the strict policy in a limited child process.

    Busy when too many files are being verified. The file is neither stored nor shown.
    """
    known = certificate_by_file(sha256(content).hexdigest())
    if known is not None:
        return answer_for(known, at=at, intact=same_file_light())
    verdict = verify_isolated(content, trust(at=at))
    if verdict.rule is not None:
        return Answer(refused_lights(verdict.rule), at, rule=verdict.rule)
    certificate = certificate_by_identifier(str((verdict.record or {}).get("identifier", "")))
    if certificate is None or certificate.record_sha256 != verdict.record_sha256:
        return Answer(refused_lights(Rule.UNKNOWN_RECORD), at, rule=Rule.UNKNOWN_RECORD)
    return answer_for(certificate, at=at, intact=signed_file_light())


def is_proved(certificate: Certificate | PaperCertificate, inclusion: Inclusion) -> bool:
    """True when the log entry speaks of this certificate's files and the signed head includes it."""
    entry, head = inclusion.entry, head_of(inclusion.head)
    leaf = entry.leaf.encode()
    speaks = f'"pdf":"{certificate.sha256}"' in entry.leaf and f'"record":"{certificate.record_sha256}"' in entry.leaf
    path = [bytes.fromhex(node) for node in inclusion.path]
    signed = is_signed(head, base64.b64decode(inclusion.head.signature), _log_key())
    return speaks and signed and includes(leaf_hash(leaf), entry.index, head.size, path, head.root)


def trust(*, at: datetime) -> Trust:
    """Whom this installation believes: its published roots, listed signers and time-stamp authorities."""
    return Trust(_roots(public_part("root.pem")), listed_signers(), at, _roots(public_part("tsa-root.pem")))


def listed_signers() -> frozenset[str]:
    """Fingerprints of the certificates that may sign, from the published list."""
    return _fingerprints(public_part("signers.pem"))


def root_certificate() -> bytes:
    """The published root as PEM; empty before the signer's first run."""
    return public_part("root.pem")


def root_fingerprint() -> str:
    """SHA-256 of the published root in hexadecimal; "" before the signer's first run."""
    return next(iter(_fingerprints(root_certificate())), "")


@lru_cache(maxsize=4)
def _roots(content: bytes) -> tuple[bytes, ...]:
    """The certificates of a PEM file one by one: more than one while an older root is still believed."""
    roots = x509.load_pem_x509_certificates(content) if content else []
    return tuple(root.public_bytes(Encoding.PEM) for root in roots)


@lru_cache(maxsize=4)
def _fingerprints(content: bytes) -> frozenset[str]:
    return frozenset(map(fingerprint, x509.load_pem_x509_certificates(content))) if content else frozenset()


def status_keys() -> dict[str, Any] | None:
    """The key set under which status lists are checked; None before the signer's first run."""
    return public_keys(status_key()) if public_part("status.pem") else None


def status_key() -> ec.EllipticCurvePublicKey:
    """The public key of the status lists; ValueError before the signer's first run."""
    key: Any = load_pem_public_key(public_part("status.pem"))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key


def _log_key() -> ec.EllipticCurvePublicKey:
    key: Any = load_pem_public_key(public_part("log.pem"))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key


def public_part(name: str) -> bytes:
    """A file of the trust folder; empty before the signer's first run."""
    path: Path = trust_folder() / name
    return path.read_bytes() if path.is_file() else b""
