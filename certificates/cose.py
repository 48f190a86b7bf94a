"""COSE_Sign1 with ES256 (RFC 9052, RFC 9053): the smallest signed statement that a printed code can carry."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

SIGN1 = 18
ALGORITHM, KEY_ID = 1, 4
ES256 = -7
HALF = 32  # bytes of each of the two numbers of a signature


class CoseRefused(ValueError):
    """The bytes are no COSE_Sign1 message of the kind that is read here."""


@dataclass(frozen=True, slots=True)
class Sign1:
    """A message taken apart; nothing in it is proved before `is_signed` says so."""

    protected: bytes
    protected_header: Mapping[Any, Any]
    unprotected_header: Mapping[Any, Any]
    payload: bytes
    signature: bytes

    @property
    def key_id(self) -> bytes:
        """What the message calls its key; empty when it does not say."""
        found = self.protected_header.get(KEY_ID, self.unprotected_header.get(KEY_ID, b""))
        return found if isinstance(found, bytes) else b""


def sign1(payload: bytes, *, key_id: bytes, external: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """A tagged message over `payload` and, not carried along, `external`.

    `sign` makes an ECDSA signature (P-256, SHA-256) in DER. Algorithm and key id are protected.
    """
    protected = encoded({ALGORITHM: ES256, KEY_ID: key_id})
    first, second = decode_dss_signature(sign(_to_be_signed(protected, external, payload)))
    signature = first.to_bytes(HALF, "big") + second.to_bytes(HALF, "big")
    return encoded(cbor2.CBORTag(SIGN1, [protected, {}, payload, signature]))


def parse_sign1(message: bytes) -> Sign1:
    """The parts of a tagged message; CoseRefused unless it has exactly that form."""
    whole = decoded(message)
    if not isinstance(whole, cbor2.CBORTag) or whole.tag != SIGN1:
        raise CoseRefused("no COSE_Sign1 tag")
    parts = whole.value
    if not isinstance(parts, list | tuple) or len(parts) != 4:
        raise CoseRefused("not an array of four")
    protected, unprotected, payload, signature = parts
    if not all(isinstance(part, bytes) for part in (protected, payload, signature)):
        raise CoseRefused("a part is no byte string")
    header = decoded(protected) if protected else {}
    if not isinstance(header, Mapping) or not isinstance(unprotected, Mapping):
        raise CoseRefused("a header is no map")
    return Sign1(protected, header, unprotected, payload, signature)


def is_signed(message: Sign1, key: ec.EllipticCurvePublicKey, external: bytes) -> bool:
    """True when the message is ES256 and its signature over headers, `external` and payload is by `key`."""
    if message.protected_header.get(ALGORITHM) != ES256 or len(message.signature) != 2 * HALF:
        return False
    numbers = (int.from_bytes(message.signature[start : start + HALF], "big") for start in (0, HALF))
    content = _to_be_signed(message.protected, external, message.payload)
    try:
        key.verify(encode_dss_signature(*numbers), content, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _to_be_signed(protected: bytes, external: bytes, payload: bytes) -> bytes:
    """Sig_structure (RFC 9052, 4.4)."""
    return encoded(["Signature1", protected, external, payload])


def encoded(value: object) -> bytes:
    """Deterministic CBOR (RFC 8949, 4.2)."""
    written: bytes = cbor2.dumps(value, canonical=True)
    return written


def decoded(content: bytes) -> Any:
    """The one CBOR value that `content` is; CoseRefused when it is none, or more than one."""
    stream = io.BytesIO(content)
    try:
        value = cbor2.load(stream)
    except (cbor2.CBORDecodeError, ValueError, TypeError, OverflowError, RecursionError, MemoryError) as fault:
        raise CoseRefused(f"no CBOR: {type(fault).__name__}") from fault
    if stream.read(1):
        raise CoseRefused("bytes after the value")
    return value
