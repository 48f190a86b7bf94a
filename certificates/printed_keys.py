"""The key of printed codes: made once by the process that signs, its public half published as a JWK set (RFC 7517).

A key that is replaced stays in the set: what was printed with it is still to be checked.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from certificates.durable import write_durably
from certificates.signers import HeldKey, KeyRefused, read_private
from certificates.snapshot import canonical

KEY_FILE = "qr.key"
SET_FILE = "qr-keys.json"
KEY_ID_SIZE = 8
_SIZE = 32

PublicKeys = Mapping[bytes, ec.EllipticCurvePublicKey]


class KeysRefused(ValueError):
    """The text is no JWK set with P-256 keys."""


@dataclass(frozen=True)
class PrintedKey(HeldKey):
    """The private key of printed codes."""

    @cached_property
    def key_id(self) -> bytes:
        """Eight bytes by which the code names its key."""
        return key_id_of(self.key.public_key())


def open_printed_key(folder: Path) -> PrintedKey:
    """The key in `folder`, made when it is missing; its public half is in `folder`/trust/qr-keys.json afterwards.

    KeyRefused when the key file is open to others than its owner or holds no P-256 key.
    """
    path = folder / KEY_FILE
    if not path.exists():
        _make(path)
    key = load_pem_private_key(read_private(path), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyRefused(f"{path}: not an ECDSA P-256 key")
    _publish(folder / "trust" / SET_FILE, key.public_key())
    return PrintedKey(key)


def _make(path: Path) -> None:
    """A new key, whole or not at all; of two processes that make one at a time the second takes the first one's."""
    content = ec.generate_private_key(ec.SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink(missing_ok=True)


def _publish(path: Path, key: ec.EllipticCurvePublicKey) -> None:
    """Enter the key in the published set, unless it is there."""
    known = json.loads(path.read_bytes())["keys"] if path.exists() else []
    own = jwk(key)
    if own not in known:
        write_durably(path, canonical({"keys": [own, *known]}))


def jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """The public key as a JSON web key; `kid` is the key id in hexadecimal."""
    return {**_members(key), "alg": "ES256", "use": "sig", "kid": key_id_of(key).hex()}


def key_id_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """The first bytes of the key's thumbprint (RFC 7638)."""
    return sha256(canonical(_members(key))).digest()[:KEY_ID_SIZE]


def _members(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    numbers = key.public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": _base64(numbers.x), "y": _base64(numbers.y)}


def _base64(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(_SIZE, "big")).decode().rstrip("=")


def keys_of(content: bytes) -> PublicKeys:
    """The keys of a JWK set by their ids; KeysRefused when it is not one, or a key is not on P-256."""
    try:
        values = json.loads(content)["keys"]
        keys = [_public_key(value) for value in values]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise KeysRefused(f"no set of P-256 keys: {fault}") from fault
    return {key_id_of(key): key for key in keys}


def _public_key(value: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    if value["kty"] != "EC" or value["crv"] != "P-256":
        raise ValueError(f"a key of kind {value['kty']}")
    x, y = (int.from_bytes(base64.urlsafe_b64decode(value[name] + "=="), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
