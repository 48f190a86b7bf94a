"""A certificate as W3C Verifiable Credential 2.0 and Open Badge 3.0, secured as a JWT (VC-JOSE-COSE, `vc+jwt`, ES256).

The claims are a function of the certificate's snapshot and of where things are published; only the signature is made
by a key.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from certificates.credential_keys import key_url, public_key_of
from certificates.signers import Signer
from certificates.snapshot import Snapshot, canonical, record_of

ALGORITHM, TYPE = "ES256", "vc+jwt"
CONTEXTS = ("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")
TYPES = ("VerifiableCredential", "OpenBadgeCredential")
CREDIT_CODE = "ext:GB32100-2015"
HALF = 32  # bytes of each of the two numbers of a signature
_SPECIMEN = "样张 SPECIMEN · "


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are: the issuer's identifier and site, the credential, the record and the page of the certificate.

    `status` are the entries that say where its bits lie in the status lists, `zone` the issuer's calendar, in which
    the first and the last day of validity begin and end.
    """

    issuer: str
    site: str
    credential: str
    record: str
    page: str
    status: Sequence[Mapping[str, Any]]
    zone: tzinfo


def claims_of(snapshot: Snapshot, places: Places) -> dict[str, Any]:
    """The credential, with the registered JWT claims that repeat what it says."""
    first = _midnight(snapshot.valid_from, places.zone)
    end = _midnight(snapshot.valid_until + timedelta(days=1), places.zone)
    return {
        "@context": list(CONTEXTS),
        "id": places.credential,
        "type": list(TYPES),
        "name": _name(snapshot),
        "issuer": _issuer(snapshot, places),
        "validFrom": first.isoformat(),
        "validUntil": end.isoformat(),
        "credentialSubject": _subject(snapshot, places),
        "credentialStatus": [dict(entry) for entry in places.status],
        "evidence": [{"id": places.page, "type": ["Evidence"], "name": "公开查验页 public verification page"}],
        "relatedResource": [
            {"id": places.record, "mediaType": "application/json", "digestSRI": _integrity(record_of(snapshot))}
        ],
        "iss": places.issuer,
        "jti": places.credential,
        "nbf": int(first.timestamp()),
        "exp": int(end.timestamp()),
    }


def to_be_signed(claims: Mapping[str, Any], signer: Signer) -> str:
    """Header and claims as the signature covers them (RFC 7515): the key's address and its certificates come along."""
    chain = (signer.certificate, *signer.issuers)
    header = {
        "alg": ALGORITHM,
        "typ": TYPE,
        "cty": "vc",
        "kid": key_url(str(claims["iss"]), public_key_of(signer.certificate)),
        "x5c": [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain],
    }
    return f"{_base64url(canonical(header))}.{_base64url(canonical(claims))}"


def signed(content: str, signer: Signer) -> str:
    """The compact JWS over `content`; KeyRefused when the key does not sign."""
    numbers = decode_dss_signature(signer.sign(content.encode()))
    return f"{content}.{_base64url(b''.join(number.to_bytes(HALF, 'big') for number in numbers))}"


def _name(snapshot: Snapshot) -> str:
    return f"{_SPECIMEN if snapshot.demo else ''}{snapshot.programme_zh} {snapshot.programme_en}"


def _issuer(snapshot: Snapshot, places: Places) -> dict[str, Any]:
    return {
        "id": places.issuer,
        "type": ["Profile"],
        "name": snapshot.issuer_zh,
        "url": places.site,
        "otherIdentifier": [
            {"type": "IdentifierEntry", "identifier": snapshot.issuer_uscc, "identifierType": CREDIT_CODE}
        ],
    }


def _subject(snapshot: Snapshot, places: Places) -> dict[str, Any]:
    """The holder by credit code and name: a holder has no address of its own, so there is no `id` and no `sub`."""
    return {
        "type": ["AchievementSubject"],
        "name": snapshot.holder_zh,
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": snapshot.uscc,
                "identityType": CREDIT_CODE,
            }
        ],
        "licenseNumber": snapshot.number,
        "achievement": _achievement(snapshot, places),
    }


def _achievement(snapshot: Snapshot, places: Places) -> dict[str, Any]:
    day = snapshot.granted_on.isoformat()
    return {
        "id": f"{places.site}/verify/#{snapshot.kind}",
        "type": ["Achievement"],
        "achievementType": "Certification",
        "name": _name(snapshot),
        "description": f"{day} 认定（{snapshot.batch_zh}）。 Recognised on {day} ({snapshot.batch_en}).",
        "criteria": {"narrative": snapshot.ground_zh},
        "humanCode": snapshot.programme,
        "inLanguage": "zh-CN",
    }


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _integrity(content: bytes) -> str:
    """A digest as W3C Subresource Integrity writes it."""
    return f"sha256-{base64.b64encode(sha256(content).digest()).decode()}"


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
