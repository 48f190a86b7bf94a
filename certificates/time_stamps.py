"""RFC 3161 time-stamps as somebody reads them who did not make them: `read_stamp(token, digest, roots) -> Stamp`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_LONGEST_PATH = 5


class StampRefused(ValueError):
    """The time-stamp proves nothing; the message says why."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a time-stamp proves: the instant; and its path, the authority's certificate first, the root last.

    Without roots the path is the authority's certificate alone.
    """

    at: datetime
    path: tuple[x509.Certificate, ...]

    @property
    def until(self) -> datetime:
        """The last instant at which its own authority speaks for it."""
        return min(certificate.not_valid_after_utc for certificate in self.path)


def stamped_at(token: bytes, digest: bytes, roots: Sequence[x509.Certificate]) -> datetime:
    """The instant at which an authority under `roots` saw the SHA-256 `digest`; StampRefused as `read_stamp`."""
    return read_stamp(token, digest, roots).at


def read_stamp(token: bytes, digest: bytes, roots: Sequence[x509.Certificate] | None) -> Stamp:
    """What a token says about the SHA-256 `digest`.

    StampRefused unless the token is whole: about this digest, signed by the certificate that it names by hash (RFC
    5816), which is for time-stamping alone, has a path to one of the roots and was valid at that instant. Without
    roots, whoever signed it is believed: then it proves that the file is whole, not when it was made.
    """
    try:
        signed = cms.ContentInfo.load(token, strict=True)["content"]
        content = signed["encap_content_info"]["content"]
        statement = content.parsed
        if not isinstance(statement, tsp.TSTInfo) or len(signed["signer_infos"]) != 1:
            raise StampRefused("not a time-stamp with one signature")
        _check_imprint(statement, digest)
        signer = _check_signature(signed, content.contents)
        at: datetime = statement["gen_time"].native
        others = [x509.load_der_x509_certificate(one.chosen.dump()) for one in signed["certificates"]]
    except StampRefused:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as fault:
        raise StampRefused(f"not a readable time-stamp: {fault}") from fault
    _check_purpose(signer)
    path = (signer,) if roots is None and _is_valid(signer, at) else _path(signer, others, roots or (), at)
    if path is None:
        raise StampRefused("its authority is not under the given roots, or was not valid at that time")
    return Stamp(at, path)


def certificates_in(token: bytes) -> tuple[x509.Certificate, ...]:
    """Every certificate that a readable token carries."""
    signed = cms.ContentInfo.load(token, strict=True)["content"]
    return tuple(x509.load_der_x509_certificate(one.chosen.dump()) for one in signed["certificates"])


def _check_imprint(statement: tsp.TSTInfo, digest: bytes) -> None:
    imprint = statement["message_imprint"]
    if imprint["hash_algorithm"]["algorithm"].native != "sha256" or imprint["hashed_message"].native != digest:
        raise StampRefused("it speaks of something else")


def _check_signature(signed: cms.SignedData, content: bytes) -> x509.Certificate:
    """The certificate that signed the statement; StampRefused when the signature does not hold."""
    info = signed["signer_infos"][0]
    attributes = {one["type"].native: one["values"][0] for one in info["signed_attrs"]}
    algorithm = _HASHES.get(info["digest_algorithm"]["algorithm"].native)
    if algorithm is None:
        raise StampRefused("its digest algorithm is not accepted")
    hashed = hashes.Hash(algorithm)
    hashed.update(content)
    if attributes["message_digest"].native != hashed.finalize():
        raise StampRefused("its content was changed")
    named = attributes["signing_certificate_v2"]["certs"][0]["cert_hash"].native
    encoded = [one.chosen.dump() for one in signed["certificates"]]
    signer = next((one for one in encoded if sha256(one).digest() == named), None)
    if signer is None:
        raise StampRefused("it does not hold the certificate that it names")
    certificate = x509.load_der_x509_certificate(signer)
    _check_value(certificate, info["signature"].native, info["signed_attrs"].untag().dump(), algorithm)
    return certificate


def _check_value(signer: x509.Certificate, value: bytes, message: bytes, algorithm: hashes.HashAlgorithm) -> None:
    key = signer.public_key()
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, message, ec.ECDSA(algorithm))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(value, message, padding.PKCS1v15(), algorithm)
        else:
            raise StampRefused("its kind of key is not accepted")
    except InvalidSignature as fault:
        raise StampRefused("its signature does not hold") from fault


def _check_purpose(signer: x509.Certificate) -> None:
    try:
        usage = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as fault:
        raise StampRefused("its signer is not a time-stamp authority") from fault
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise StampRefused("its signer is not a time-stamp authority")


def _path(
    signer: x509.Certificate, others: Iterable[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime
) -> tuple[x509.Certificate, ...] | None:
    """Certificates valid at the instant that lead from the signer to one of the roots; None where there are none."""
    authorities = [one for one in others if _is_authority(one)]
    path = [signer]
    for _ in range(_LONGEST_PATH):
        current = path[-1]
        if not _is_valid(current, at):
            return None
        root = next((one for one in roots if is_issued_by(current, one) and _is_valid(one, at)), None)
        if root is not None:
            return (*path, root)
        above = next((one for one in authorities if one not in path and is_issued_by(current, one)), None)
        if above is None:
            return None
        path.append(above)
    return None


def _is_valid(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """True when the issuer's key signed the certificate."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
