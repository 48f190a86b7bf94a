"""Is a credential genuine? Judged with the issuer's keys or root alone; one named rule per refusal."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509 import verification

from certificates.credential import ALGORITHM, CONTEXTS, HALF, TYPE, TYPES
from certificates.credential_keys import Keys, public_key_of
from certificates.credential_rules import CredentialRule, NotAccepted
from certificates.signers import DOCUMENT_SIGNING, TOKEN_SIGNING, KeyRefused
from certificates.status_list import Purpose, StatusBits, StatusListRefused, read_list

LONGEST = 64 * 1024
_DEEPEST = 4
_NO_CHAIN = (
    ValueError,
    TypeError,
    KeyRefused,
    UnsupportedAlgorithm,
    verification.VerificationError,
    x509.InvalidVersion,
    x509.ExtensionNotFound,
    x509.DuplicateExtension,
)
_MEANINGS = {Purpose.REVOCATION: CredentialRule.REVOKED, Purpose.SUSPENSION: CredentialRule.SUSPENDED}


@dataclass(frozen=True, slots=True)
class CredentialTrust:
    """Whom to believe: the issuer's key set, or the roots under which its key has a certificate.

    `status_key` is the key of the status lists, needed only where lists are given.
    """

    keys: Keys = field(default_factory=dict)
    roots: tuple[x509.Certificate, ...] = ()
    status_key: ec.EllipticCurvePublicKey | None = None


@dataclass(frozen=True, slots=True)
class CredentialVerdict:
    """The answer for one credential: `rule` is what refused it, None when it is sound; the rest only when proved.

    `status` says for each purpose that the credential names whether its bit is set, None where no list was given.
    """

    rule: CredentialRule | None
    detail: str = ""
    credential: str = ""
    issuer: str = ""
    holder: str = ""
    number: str = ""
    achievement: str = ""
    valid_from: str = ""
    valid_until: str = ""
    status: Mapping[str, bool | None] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        """True when no rule refused."""
        return self.rule is None

    def plain(self) -> dict[str, Any]:
        """The verdict as JSON values."""
        return {"accepted": self.accepted, **asdict(self)}


def check_credential(
    token: str, trust: CredentialTrust, *, at: datetime, lists: Sequence[str] = ()
) -> CredentialVerdict:
    """Judge a credential at the instant `at`, with the signed status lists that are at hand; never raises."""
    try:
        claims = _proved(token.strip(), trust, at)
        verdict = _told(claims)
    except NotAccepted as refusal:
        return CredentialVerdict(refusal.rule, refusal.detail)
    try:
        _check_time(verdict, at)
        status = _status(claims, [_list(one, trust, at) for one in lists])
    except NotAccepted as refusal:
        return replace(verdict, rule=refusal.rule, detail=refusal.detail)
    verdict = replace(verdict, status={purpose.value: is_set for purpose, is_set in status.items()})
    raised = next((_MEANINGS[purpose] for purpose, is_set in status.items() if is_set), None)
    return replace(verdict, rule=raised)


def claims_in(token: bytes) -> Any:
    """The claims of a token that was found sound."""
    return json.loads(_bytes(token.decode().split(".")[1]))


def _proved(token: str, trust: CredentialTrust, at: datetime) -> Mapping[str, Any]:
    """The claims, once the signature is by a key of the issuer."""
    key = _key(_header(token), trust, at)
    content, _, signature = token.rpartition(".")
    if not _is_signed(content.encode(), _bytes(signature), key):
        raise NotAccepted(CredentialRule.ALTERED)
    claims = _mapping(_bytes(content.partition(".")[2]), CredentialRule.NO_CREDENTIAL)
    if "vc" in claims or "vp" in claims:
        raise NotAccepted(CredentialRule.NO_CREDENTIAL, "wrapped as in the data model 1.1")
    return claims


def _is_signed(content: bytes, signature: bytes, key: ec.EllipticCurvePublicKey) -> bool:
    """ES256 (RFC 7518, 3.4): the two numbers of the signature, 32 bytes each."""
    if len(signature) != 2 * HALF:
        return False
    numbers = (int.from_bytes(signature[start : start + HALF], "big") for start in (0, HALF))
    try:
        key.verify(encode_dss_signature(*numbers), content, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _header(token: str) -> Mapping[str, Any]:
    """The header, only of the one kind that this issuer makes: the token never chooses how it is checked."""
    if len(token) > LONGEST:
        raise NotAccepted(CredentialRule.UNREADABLE, "larger than 64 KiB")
    parts = token.split(".")
    if len(parts) != 3:
        raise NotAccepted(CredentialRule.UNREADABLE, "not three parts")
    header = _mapping(_bytes(parts[0]), CredentialRule.UNREADABLE)
    if header.get("alg") != ALGORITHM:
        raise NotAccepted(CredentialRule.WRONG_ALGORITHM, str(header.get("alg")))
    if header.get("typ") != TYPE:
        raise NotAccepted(CredentialRule.WRONG_TYPE, str(header.get("typ")))
    if "crit" in header:
        raise NotAccepted(CredentialRule.UNREADABLE, "critical extensions")
    return header


def _key(header: Mapping[str, Any], trust: CredentialTrust, at: datetime) -> ec.EllipticCurvePublicKey:
    """The key in the set that the header names, or that of its certificate under a believed root."""
    if trust.roots:
        return _certified(header.get("x5c"), trust.roots, at)
    name = str(header.get("kid", "")).rpartition("#")[2]
    if name not in trust.keys:
        raise NotAccepted(CredentialRule.UNKNOWN_KEY, str(header.get("kid")))
    return trust.keys[name]


def _certified(chain: Any, roots: tuple[x509.Certificate, ...], at: datetime) -> ec.EllipticCurvePublicKey:
    try:
        if not isinstance(chain, list) or not 1 <= len(chain) <= _DEEPEST:
            raise ValueError("no chain of certificates")
        leaf, *issuers = (x509.load_der_x509_certificate(base64.b64decode(one, validate=True)) for one in chain)
        key = public_key_of(leaf)
        _verifier(roots, at).verify(leaf, issuers)
        purposes = set(leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except _NO_CHAIN as fault:
        raise NotAccepted(CredentialRule.UNTRUSTED, str(fault)) from fault
    if not purposes & {TOKEN_SIGNING, DOCUMENT_SIGNING}:
        raise NotAccepted(CredentialRule.WRONG_PURPOSE, ", ".join(one.dotted_string for one in purposes))
    return key


def _verifier(roots: tuple[x509.Certificate, ...], at: datetime) -> verification.ClientVerifier:
    """Chains under these roots alone; what a web server's certificate must hold is not asked of a signer's."""
    authority = verification.ExtensionPolicy.permit_all()
    authority = authority.require_present(x509.BasicConstraints, verification.Criticality.AGNOSTIC, None)
    authority = authority.require_present(x509.KeyUsage, verification.Criticality.AGNOSTIC, None)
    policies = {"ca_policy": authority, "ee_policy": verification.ExtensionPolicy.permit_all()}
    builder = verification.PolicyBuilder().store(verification.Store(list(roots))).time(at).max_chain_depth(_DEEPEST)
    return builder.extension_policies(**policies).build_client_verifier()


def _told(claims: Mapping[str, Any]) -> CredentialVerdict:
    """What a proved credential says; refused when a property that this issuer always writes is missing or disagrees."""
    try:
        subject = claims["credentialSubject"]
        is_kind = set(CONTEXTS) <= set(claims["@context"]) and set(TYPES) <= set(claims["type"])
        agrees = claims["iss"] == claims["issuer"]["id"] and claims["jti"] == claims["id"]
        since, until = (datetime.fromisoformat(claims[name]) for name in ("validFrom", "validUntil"))
        if since.tzinfo is None or until.tzinfo is None:
            raise ValueError("an instant without a zone")
        agrees = agrees and (since.timestamp(), until.timestamp()) == (claims["nbf"], claims["exp"])
        verdict = CredentialVerdict(
            None,
            credential=str(claims["id"]),
            issuer=str(claims["iss"]),
            holder=str(subject["name"]),
            number=str(subject["licenseNumber"]),
            achievement=str(subject["achievement"]["name"]),
            valid_from=since.isoformat(),
            valid_until=until.isoformat(),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as fault:
        raise NotAccepted(CredentialRule.NO_CREDENTIAL, f"{type(fault).__name__}: {fault}") from fault
    if not is_kind or not agrees:
        raise NotAccepted(CredentialRule.NO_CREDENTIAL, "of another kind" if agrees else "its claims disagree")
    return verdict


def _check_time(verdict: CredentialVerdict, at: datetime) -> None:
    if at < datetime.fromisoformat(verdict.valid_from):
        raise NotAccepted(CredentialRule.NOT_YET_VALID, verdict.valid_from)
    if at >= datetime.fromisoformat(verdict.valid_until):
        raise NotAccepted(CredentialRule.EXPIRED, verdict.valid_until)


def _list(token: str, trust: CredentialTrust, at: datetime) -> StatusBits:
    if trust.status_key is None:
        raise NotAccepted(CredentialRule.STATUS_REFUSED, "no key for status lists")
    try:
        return read_list(token, trust.status_key, at=at)
    except StatusListRefused as refusal:
        raise NotAccepted(CredentialRule.STATUS_REFUSED, str(refusal)) from refusal


def _status(claims: Mapping[str, Any], lists: Sequence[StatusBits]) -> dict[Purpose, bool | None]:
    """Whether each bit that the credential names is set; refused when a given list is none that it names."""
    found: dict[Purpose, bool | None] = {}
    used: set[str] = set()
    try:
        for entry in claims["credentialStatus"]:
            purpose, place = Purpose(entry["statusPurpose"]), _place(entry["statusListIndex"])
            named = [one for one in lists if (one.address, one.purpose) == (entry["statusListCredential"], purpose)]
            used |= {one.address for one in named}
            found[purpose] = any(one.is_set(place) for one in named) if named else None
    except (KeyError, TypeError, ValueError, IndexError) as fault:
        raise NotAccepted(CredentialRule.NO_CREDENTIAL, f"status: {type(fault).__name__}: {fault}") from fault
    foreign = [one.address for one in lists if one.address not in used]
    if foreign:
        raise NotAccepted(CredentialRule.OTHER_STATUS_LIST, ", ".join(foreign))
    return found


def _place(value: Any) -> int:
    """A place in a list, which is written as a text of digits."""
    if not isinstance(value, str) or not (value.isascii() and value.isdecimal()):
        raise ValueError(f"no place in a list: {value!r}")
    return int(value)


def _mapping(content: bytes, rule: CredentialRule) -> Mapping[str, Any]:
    try:
        values = json.loads(content)
    except (ValueError, RecursionError) as fault:
        raise NotAccepted(rule, str(fault)) from fault
    if not isinstance(values, dict):
        raise NotAccepted(rule, "no JSON object")
    return values


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as fault:
        raise NotAccepted(CredentialRule.UNREADABLE, str(fault)) from fault
