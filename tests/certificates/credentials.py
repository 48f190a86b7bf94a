"""Credentials made by hand for tests: any header, any claims, any key."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import timedelta, timezone
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from certificates.credential import Places, claims_of
from certificates.status_list import ListName, Purpose, encode, sign_list
from tests.certificates.samples import AT, CODE, SHANGHAI, snapshot

SITE = "https://verify.example.cn"
ISSUER = "did:web:verify.example.cn"
INDEX = 17
# A certificate of a key on the curve of SM2, which the library for certificates knows not.
SM2_CERTIFICATE = (
    "MIIBrTCCAVOgAwIBAgIUSE9qsXntCOXD9m4Jh6rrMmcYmDcwCgYIKoEcz1UBg3UwLDELMAkGA1UEBhMCQ04xDzANBgNVBAoMBuek"
    "uuS+izEMMAoGA1UEAwwDU00yMB4XDTI2MTEyODExMTU1NFoXDTI5MDgyNDExMTU1NFowLDELMAkGA1UEBhMCQ04xDzANBgNVBAoM"
    "BuekuuS+izEMMAoGA1UEAwwDU00yMFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAEkCWh4dFSa59V8N+ZwYxgDBONpJIDBXrnczzu"
    "ubKnHyxfsnbHxtsoIRebLcUXZHShoEaAGuZNfg3IpRsR639MpaNTMFEwHQYDVR0OBBYEFMfSF2JbZC/7hr/zYK00mcwYefUtMB8G"
    "A1UdIwQYMBaAFMfSF2JbZC/7hr/zYK00mcwYefUtMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoEcz1UBg3UDSAAwRQIgd7l+fDObYlHB"
    "dtyQDjda6XW037BiBf0KfivxtdvEqH8CIQCsmo/4tC8GsYUABrdCwiedM8Hb0WrM+a07o6/SKOAoNw=="
)


def entry(purpose: str, *, index: int = INDEX) -> dict[str, str]:
    """Where a bit lies."""
    address = f"{SITE}/status/{purpose}/0.jwt"
    return {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": address,
    }


def places(*, zone: timezone = SHANGHAI) -> Places:
    """Where the specimen's things are."""
    return Places(
        issuer=ISSUER,
        site=SITE,
        credential=f"{SITE}/v/{CODE}/credential.jwt",
        record=f"{SITE}/v/{CODE}/certificate.json",
        page=f"{SITE}/v/{CODE}/",
        status=[entry("revocation"), entry("suspension")],
        zone=zone,
    )


def claims(**changes: Any) -> dict[str, Any]:
    """Those of the specimen; `changes` replace or, when None, remove some."""
    stated = {**claims_of(snapshot(), places()), **changes}
    return {name: value for name, value in stated.items() if value is not None}


def part(values: Any) -> str:
    """One part of a token: JSON in base64url."""
    content = values if isinstance(values, bytes) else json.dumps(values, ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unpart(text: str) -> Any:
    """The JSON of one part."""
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def token(header: Mapping[str, Any], payload: Any, key: ec.EllipticCurvePrivateKey) -> str:
    """A compact JWS made here, with nothing of the product."""
    content = f"{part(dict(header))}.{part(payload)}"
    numbers = decode_dss_signature(key.sign(content.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{content}.{part(b''.join(number.to_bytes(32, 'big') for number in numbers))}"


def status_list(
    purpose: str, positions: list[int], key: ec.EllipticCurvePrivateKey, *, number: int = 0, hours: int = 24
) -> str:
    """A signed list."""
    name = ListName(f"{SITE}/status/{purpose}/{number}.jwt", ISSUER, Purpose(purpose))
    return sign_list(name, encode(positions), valid_from=AT, valid_until=AT + timedelta(hours=hours), key=key)
