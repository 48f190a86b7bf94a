"""Revocation data for a file: what says, at the time of its upgrade, that none of its certificates was revoked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certificates.authority import authority_certificate
from certificates.revocation import AUTHORITIES, is_listed, make_answer
from certificates.signers import FileSigner
from certificates.time_stamps import Stamp, is_issued_by

_LARGEST = 4 * 1024 * 1024
_PATIENCE = 20


class NoEvidence(RuntimeError):
    """Revocation data is missing, stale or says "revoked"; the message names the certificate."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a later judge needs: certificates of both paths, lists of revoked certificates (CRL) and answers (OCSP).

    Lists and answers are DER.
    """

    certificates: tuple[x509.Certificate, ...]
    lists: tuple[bytes, ...]
    answers: tuple[bytes, ...] = ()


@dataclass
class Sources:
    """Where revocation data comes from.

    `keys` is the folder of the local authorities, `folder` that of their lists, `roots` the roots of signers,
    `responder` answers for the local issuing authority. Lists of other authorities are fetched from the address that
    the certificate names, once for each object of this class.
    """

    keys: Path
    folder: Path
    roots: Sequence[x509.Certificate]
    responder: FileSigner | None
    at: datetime
    _fetched: dict[str, bytes] = field(default_factory=dict)

    def evidence(self, signer: Sequence[x509.Certificate], stamp: Stamp) -> Evidence:
        """The evidence for a signature (its certificates, the signer's first) and for time-stamps such as `stamp`.

        NoEvidence when something is missing, and when both stand under one authority: then a later list for the clock
        would take the place of the one that speaks for the signer.
        """
        own = self._path(signer)
        if set(own) & set(stamp.path):
            raise NoEvidence("the time-stamp authority stands under an authority of the signer")
        pairs = [*pairwise(own), *pairwise(stamp.path)]
        lists = [self._list(certificate, issuer) for certificate, issuer in pairs]
        return Evidence((*own, *stamp.path), tuple(dict.fromkeys(lists)), self._answers(own))

    def _path(self, signer: Sequence[x509.Certificate]) -> list[x509.Certificate]:
        path = [signer[0]]
        candidates = [*self.roots, *signer[1:]]
        while path[-1] not in self.roots:
            above = next((one for one in candidates if one not in path and is_issued_by(path[-1], one)), None)
            if above is None:
                raise NoEvidence(f"{_name(path[-1])}: its issuer is not known")
            path.append(above)
        return path

    def _answers(self, own: Sequence[x509.Certificate]) -> tuple[bytes, ...]:
        """Lists leave the signer's own standing unproved to some judges once it has expired; an answer does not."""
        if self.responder is None or not is_issued_by(self.responder.certificate, own[1]):
            return ()
        return (make_answer(own[0], own[1], self.responder, at=self.at),)

    def _list(self, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
        content = self._local(issuer) or self._remote(certificate)
        try:
            found = x509.load_der_x509_crl(content)
        except ValueError as fault:
            raise NoEvidence(f"{_name(certificate)}: unreadable list: {fault}") from fault
        key = issuer.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey) or not found.is_signature_valid(key):
            raise NoEvidence(f"{_name(certificate)}: the list is not by {_name(issuer)}")
        if found.next_update_utc is not None and found.next_update_utc < self.at:
            raise NoEvidence(f"{_name(certificate)}: the list ended on {found.next_update_utc:%Y-%m-%d}")
        if is_listed(certificate, content):
            raise NoEvidence(f"{_name(certificate)}: revoked")
        return content

    def _local(self, issuer: x509.Certificate) -> bytes:
        for name in AUTHORITIES:
            path = self.folder / f"{name}.crl"
            if path.is_file() and authority_certificate(self.keys, name) == issuer:
                return path.read_bytes()
        return b""

    def _remote(self, certificate: x509.Certificate) -> bytes:
        address = next((one for one in _addresses(certificate) if urlsplit(one).scheme in {"http", "https"}), "")
        if not address:
            raise NoEvidence(f"{_name(certificate)}: no list, and no address of one")
        if address not in self._fetched:
            self._fetched[address] = _fetch(address)
        return self._fetched[address]


def _name(certificate: x509.Certificate) -> str:
    return certificate.subject.rfc4514_string()


def _addresses(certificate: x509.Certificate) -> list[str]:
    try:
        points: Any = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for point in points for name in point.full_name or ()]


def _fetch(address: str) -> bytes:
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(address, timeout=_PATIENCE) as answer:
            content: bytes = answer.read(_LARGEST + 1)
    except (OSError, HTTPException, ValueError) as fault:
        raise NoEvidence(f"{address}: {fault}") from fault
    if len(content) > _LARGEST:
        raise NoEvidence(f"{address}: larger than {_LARGEST} bytes")
    return content
