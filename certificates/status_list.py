"""W3C Bitstring Status Lists as signed credentials: bits to text, text to bits, stale and foreign copies refused."""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from certificates.snapshot import canonical

LEAST_BITS = 131_072
MEDIA_TYPE = "application/vc+jwt"
_SIZE = LEAST_BITS // 8
_LONGEST_TOKEN = 64 * 1024
_LEEWAY = timedelta(minutes=5)


class Purpose(StrEnum):
    """What a set bit says: ended for good, or without effect for a time."""

    REVOCATION = "revocation"
    SUSPENSION = "suspension"


class StatusListRefused(ValueError):
    """A status list that must not be believed; the message says why."""


@dataclass(frozen=True, slots=True)
class StatusBits:
    """A list as read: its address, issuer, purpose, the bits (first certificate leftmost), and how long it holds."""

    address: str
    issuer: str
    purpose: Purpose
    bits: bytes
    valid_from: datetime
    valid_until: datetime

    def is_set(self, position: int) -> bool:
        """Whether the bit at `position` is set; IndexError beyond the list."""
        if not 0 <= position < len(self.bits) * 8:
            raise IndexError(f"no bit {position} in a list of {len(self.bits) * 8}")
        return bool(self.bits[position // 8] & 0x80 >> position % 8)


def place_of(index: int) -> tuple[int, int]:
    """The list in which a certificate's index lies, and its position there."""
    return divmod(index, LEAST_BITS)


def encode(positions: Iterable[int]) -> str:
    """The encoded list with these bits set: multibase base64url of the gzipped bits."""
    bits = bytearray(_SIZE)
    for position in positions:
        bits[position // 8] |= 0x80 >> position % 8
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).rstrip(b"=").decode()


def decode(encoded: str) -> bytes:
    """The bits of an encoded list; StatusListRefused when they are not the bits of one list."""
    try:
        if not encoded.startswith("u"):
            raise ValueError("not multibase base64url")
        packed = base64.b64decode(encoded[1:] + "=" * (-(len(encoded) - 1) % 4), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj(wbits=31)
        bits = unpacker.decompress(packed, _SIZE + 1)
    except (ValueError, binascii.Error, zlib.error) as fault:
        raise StatusListRefused(f"not an encoded list: {fault}") from fault
    if len(bits) != _SIZE or not unpacker.eof:
        raise StatusListRefused(f"a list must have {LEAST_BITS} bits")
    return bits


@dataclass(frozen=True, slots=True)
class ListName:
    """What is said of a list beside its bits: its own address, its issuer's, and its purpose."""

    address: str
    issuer: str
    purpose: Purpose


def sign_list(
    name: ListName, encoded: str, *, valid_from: datetime, valid_until: datetime, key: ec.EllipticCurvePrivateKey
) -> str:
    """The list as a credential (BitstringStatusListCredential) signed with ES256, a compact JWS."""
    claims: dict[str, Any] = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": name.address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": name.issuer,
        "validFrom": _instant(valid_from),
        "validUntil": _instant(valid_until),
        "credentialSubject": {
            "id": f"{name.address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": name.purpose.value,
            "encodedList": encoded,
        },
    }
    signing = ECKey.import_key(key)
    header = {"alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": signing.thumbprint()}
    return jws.serialize_compact(header, canonical(claims), signing, algorithms=["ES256"])


def public_keys(key: ec.EllipticCurvePublicKey) -> dict[str, Any]:
    """The key set (JWKS) under which lists are checked."""
    public = ECKey.import_key(key)
    return {"keys": [{**public.as_dict(private=False), "kid": public.thumbprint(), "alg": "ES256", "use": "sig"}]}


def read_list(token: str, key: ec.EllipticCurvePublicKey, *, at: datetime) -> StatusBits:
    """The list in a token.

    StatusListRefused unless it is signed with ES256 by `key`, is a status list, and holds at the instant `at`: a stale
    copy would hide what was revoked since.
    """
    if len(token) > _LONGEST_TOKEN:
        raise StatusListRefused("larger than 64 KiB")
    try:
        signed = jws.deserialize_compact(token.strip(), ECKey.import_key(key), algorithms=["ES256"])
        claims = json.loads(signed.payload)
        subject = claims["credentialSubject"]
        if "BitstringStatusListCredential" not in claims["type"] or subject["type"] != "BitstringStatusList":
            raise StatusListRefused("not a status list")
        found = StatusBits(
            address=str(claims["id"]),
            issuer=str(claims["issuer"]),
            purpose=Purpose(subject["statusPurpose"]),
            bits=decode(str(subject["encodedList"])),
            valid_from=datetime.fromisoformat(claims["validFrom"]),
            valid_until=datetime.fromisoformat(claims["validUntil"]),
        )
        is_early, is_stale = found.valid_from - _LEEWAY > at, found.valid_until <= at
    except StatusListRefused:
        raise
    except (JoseError, ValueError, KeyError, TypeError, RecursionError) as fault:
        raise StatusListRefused(f"not a signed status list: {fault}") from fault
    if is_stale:
        raise StatusListRefused(f"stale since {claims['validUntil']}")
    if is_early:
        raise StatusListRefused(f"not valid before {claims['validFrom']}")
    return found


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
