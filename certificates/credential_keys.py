"""Public keys of credentials: the published set (RFC 7517), and the document behind the issuer's `did:web` identifier.

A key that is replaced stays in the set until somebody takes it out: what it signed is still to be checked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from certificates.durable import write_durably
from certificates.signers import KeyRefused
from certificates.snapshot import canonical

SET_FILE = "credential-keys.json"
_CONTEXTS = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1")
_MEMBERS = ("kty", "crv", "x", "y")

Keys = Mapping[str, ec.EllipticCurvePublicKey]


class KeySetRefused(ValueError):
    """The text is no JWK set with P-256 keys."""


def did_of(site: str) -> str:
    """The `did:web` identifier of a site; its document lies at /.well-known/did.json there."""
    return f"did:web:{quote(urlsplit(site).netloc, safe='')}"


def thumbprint(key: ec.EllipticCurvePublicKey) -> str:
    """The key's thumbprint (RFC 7638)."""
    return ECKey.import_key(key).thumbprint()


def key_url(issuer: str, key: ec.EllipticCurvePublicKey) -> str:
    """The address of a key in its issuer's document, by which a credential names it."""
    return f"{issuer}#{thumbprint(key)}"


def public_key_of(certificate: x509.Certificate) -> ec.EllipticCurvePublicKey:
    """The P-256 key of a certificate; KeyRefused when it has another."""
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyRefused(f"{certificate.subject.rfc4514_string()}: not the certificate of an ECDSA P-256 key")
    return key


def jwk_of(key: ec.EllipticCurvePublicKey, kid: str) -> dict[str, str]:
    """The public key as a JSON web key."""
    members = ECKey.import_key(key).as_dict(private=False)
    return {**{name: str(members[name]) for name in _MEMBERS}, "kid": kid, "alg": "ES256", "use": "sig"}


def enter_key(path: Path, key: ec.EllipticCurvePublicKey, *, issuer: str) -> None:
    """Enter the key at the head of the set in `path`, unless it is there."""
    known = json.loads(path.read_bytes())["keys"] if path.exists() else []
    own = jwk_of(key, key_url(issuer, key))
    if own not in known:
        write_durably(path, canonical({"keys": [own, *known]}))


def read_keys(content: bytes) -> Keys:
    """The keys of a set by their thumbprints; KeySetRefused when it is none, or a key is not on P-256."""
    try:
        keys = [_public_key(value) for value in json.loads(content)["keys"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, JoseError) as fault:
        raise KeySetRefused(f"no set of P-256 keys: {fault}") from fault
    return {thumbprint(key): key for key in keys}


def _public_key(value: Mapping[str, Any]) -> ec.EllipticCurvePublicKey:
    if (value["kty"], value["crv"]) != ("EC", "P-256"):
        raise ValueError(f"a key of kind {value['kty']}")
    key: Any = ECKey.import_key({name: value[name] for name in _MEMBERS}).public_key
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key


def did_document(site: str, keys: Iterable[ec.EllipticCurvePublicKey]) -> dict[str, Any]:
    """The document of the site's identifier: every key that may speak for the issuer, credentials and status lists."""
    issuer = did_of(site)
    methods = [
        {
            "id": key_url(issuer, key),
            "type": "JsonWebKey",
            "controller": issuer,
            "publicKeyJwk": jwk_of(key, thumbprint(key)),
        }
        for key in keys
    ]
    return {
        "@context": list(_CONTEXTS),
        "id": issuer,
        "alsoKnownAs": [site],
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }
