"""What the local authorities say about revoked certificates: lists (CRL, RFC 5280) and answers (OCSP, RFC 6960)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from certificates.authority import authority_certificate, open_authority_key
from certificates.durable import write_durably
from certificates.signers import FileSigner, KeyRefused

AUTHORITIES = ("root", "issuing", "tsa-root")
REVOKED = "revoked.txt"
VALID_FOR = timedelta(days=30)
_MADE_ANEW_AFTER = timedelta(hours=20)
_REASONS = {reason.value: reason for reason in x509.ReasonFlags}


@dataclass(frozen=True, slots=True)
class Revoked:
    """A certificate that must not be believed any more: since when and why."""

    since: datetime
    reason: x509.ReasonFlags


def read_revoked(path: Path) -> dict[int, Revoked]:
    """Revoked certificates by serial number; none where the file is missing.

    A line is `SERIAL INSTANT REASON`: hexadecimal, ISO 8601 with a zone, a reason of RFC 5280 such as keyCompromise;
    KeyRefused names the first line that is not, as a list that leaves somebody out is worse than none.
    """
    lines = path.read_text().splitlines() if path.is_file() else []
    return dict(_revoked(path, line) for line in lines if line.strip() and not line.startswith("#"))


def _revoked(path: Path, line: str) -> tuple[int, Revoked]:
    try:
        serial, since, reason = line.split()
        instant = datetime.fromisoformat(since)
        if instant.tzinfo is None:
            raise ValueError("the instant has no zone")
        return int(serial, 16), Revoked(instant.astimezone(UTC), _REASONS[reason])
    except (ValueError, KeyError) as fault:
        raise KeyRefused(f"{path}: {line!r}: {fault}") from fault


def refresh_lists(keys: Path, folder: Path, *, at: datetime) -> list[str]:
    """Make anew the list of every local authority whose key is here and whose list is a day old; their names.

    They are made at once when `revoked.txt` beside the keys is newer than they are.
    """
    revoked, made = keys / REVOKED, []
    changed = revoked.stat().st_mtime if revoked.is_file() else 0.0
    for name in AUTHORITIES:
        path = folder / f"{name}.crl"
        if (keys / f"{name}.key").exists() and not _is_fresh(path, at, changed):
            write_durably(path, make_list(keys, name, read_revoked(revoked), at=at))
            made.append(name)
    return made


def _is_fresh(path: Path, at: datetime, changed: float) -> bool:
    if not path.is_file() or path.stat().st_mtime < changed:
        return False
    made = x509.load_der_x509_crl(path.read_bytes()).last_update_utc
    return made <= at < made + _MADE_ANEW_AFTER


def make_list(keys: Path, name: str, revoked: Mapping[int, Revoked], *, at: datetime) -> bytes:
    """The list of an authority, DER; valid for thirty days. It names every revoked serial number, whoever issued it."""
    issuer, key = authority_certificate(keys, name), open_authority_key(keys, name)
    draft = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(at)
        .next_update(at + VALID_FOR)
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    for serial, told in sorted(revoked.items()):
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(told.since)
        draft = draft.add_revoked_certificate(entry.add_extension(x509.CRLReason(told.reason), critical=False).build())
    return draft.sign(key, hashes.SHA384()).public_bytes(Encoding.DER)


def make_answer(
    certificate: x509.Certificate, issuer: x509.Certificate, responder: FileSigner, *, at: datetime
) -> bytes:
    """The answer, DER, that a certificate is good, by a responder whom its issuer has appointed."""
    draft = (
        ocsp.OCSPResponseBuilder()
        .add_response(certificate, issuer, hashes.SHA256(), ocsp.OCSPCertStatus.GOOD, at, at + VALID_FOR, None, None)
        .responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
        .certificates([responder.certificate])
    )
    key = responder.key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return draft.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def is_listed(certificate: x509.Certificate, content: bytes) -> bool:
    """True when a list (DER) names the certificate."""
    found = x509.load_der_x509_crl(content).get_revoked_certificate_by_serial_number(certificate.serial_number)
    return found is not None
