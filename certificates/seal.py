"""CMS signatures: PAdES baseline B over a certificate, and the RFC 3161 time-stamp over a log head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certificates.der import EXPLICIT_0, EXPLICIT_1, instant, integer, octets, oid, sequence, set_of, tlv
from certificates.signers import Signer

_SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"))
_ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"))
_SIGNED_DATA = oid("1.2.840.113549.1.7.2")
_DATA = oid("1.2.840.113549.1.7.1")
_TST_INFO = oid("1.2.840.113549.1.9.16.1.4")
_CONTENT_KIND = oid("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = oid("1.2.840.113549.1.9.4")
_SIGNING_CERTIFICATE = oid("1.2.840.113549.1.9.16.2.47")
_SIGNATURE_TIME_STAMP = oid("1.2.840.113549.1.9.16.2.14")
TIME_STAMP_POLICY = "2.25.197562574911872461037259860531873519104"


def sign_detached(digest: bytes, signer: Signer) -> bytes:
    """PAdES baseline B signature (ETSI EN 319 142-1) over a document whose SHA-256 is `digest`; DER.

    The signed attributes are content type, digest and the signer's certificate by hash (ESS v2, RFC 5035); the claimed
    time stands in the PDF, as PAdES asks.
    """
    return _signed_data(1, sequence(_DATA), _DATA, digest, signer)


@dataclass(frozen=True, slots=True)
class SignatureParts:
    """What a signature of ours is made of.

    The digest of the document, the certificates (the signer's first), the signature value, and the time-stamp over
    that value: an RFC 3161 token, b"" before the first upgrade.
    """

    digest: bytes
    certificates: tuple[x509.Certificate, ...]
    value: bytes
    token: bytes = b""


def put_together(parts: SignatureParts) -> bytes:
    """The signature again from its parts, DER: what `sign_detached` made, with the time-stamp as unsigned attribute."""
    replay = _Replay(parts.certificates[0], parts.certificates[1:], parts.value)
    return _signed_data(1, sequence(_DATA), _DATA, parts.digest, replay, parts.token)


def is_plain(signature: bytes, parts: SignatureParts) -> bool:
    """True when `signature`, padded with zeros, is exactly what these parts make.

    A CMS message has room for content that no signature protects; one that could not have come from here is not ours.
    """
    expected = put_together(parts)
    return signature[: len(expected)] == expected and not signature[len(expected) :].strip(b"\x00")


@dataclass(frozen=True, slots=True)
class _Replay:
    """A signer that gives a signature already made."""

    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...]
    value: bytes

    def sign(self, message: bytes) -> bytes:
        return self.value


def time_stamp(digest: bytes, signer: Signer, *, serial: int, at: datetime) -> bytes:
    """RFC 3161 time-stamp token over the SHA-256 `digest`; `serial` must never repeat for one authority; DER."""
    statement = sequence(
        integer(1), oid(TIME_STAMP_POLICY), sequence(_SHA256, octets(digest)), integer(serial), instant(at)
    )
    content = sequence(_TST_INFO, tlv(EXPLICIT_0, octets(statement)))
    return _signed_data(3, content, _TST_INFO, sha256(statement).digest(), signer)


def _signed_data(version: int, content: bytes, kind: bytes, digest: bytes, signer: Signer, token: bytes = b"") -> bytes:
    certificates = (signer.certificate, *signer.issuers)
    return sequence(
        _SIGNED_DATA,
        tlv(
            EXPLICIT_0,
            sequence(
                integer(version),
                set_of(_SHA256),
                content,
                tlv(EXPLICIT_0, *sorted(certificate.public_bytes(Encoding.DER) for certificate in certificates)),
                set_of(_signer_info(kind, digest, signer, token)),
            ),
        ),
    )


def _signer_info(kind: bytes, digest: bytes, signer: Signer, token: bytes) -> bytes:
    certificate = signer.certificate
    by_hash = sequence(sequence(sequence(octets(sha256(certificate.public_bytes(Encoding.DER)).digest()))))
    attributes = set_of(
        sequence(_CONTENT_KIND, set_of(kind)),
        sequence(_MESSAGE_DIGEST, set_of(octets(digest))),
        sequence(_SIGNING_CERTIFICATE, set_of(by_hash)),
    )
    return sequence(
        integer(1),
        sequence(certificate.issuer.public_bytes(), integer(certificate.serial_number)),
        _SHA256,
        bytes((EXPLICIT_0,)) + attributes[1:],
        _ECDSA_SHA256,
        octets(signer.sign(attributes)),
        tlv(EXPLICIT_1, sequence(_SIGNATURE_TIME_STAMP, set_of(token))) if token else b"",
    )
