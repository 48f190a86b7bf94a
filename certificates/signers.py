"""Key back-ends: who holds the private key and signs what it is given.

`file` is here, `pkcs11` in `hardware`, `remote` in its own module; `signer_settings` chooses.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs12

DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
TOKEN_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.37")  # id-kp-jwt, RFC 9509


class KeyRefused(RuntimeError):
    """A key cannot be used: missing, readable by others, of the wrong kind, or not that of its certificate."""


class Signer(Protocol):
    """A key with its certificate. ECDSA on P-256 with SHA-256; the private key stays inside."""

    @property
    def certificate(self) -> x509.Certificate:
        """Certificate of the key."""

    @property
    def issuers(self) -> tuple[x509.Certificate, ...]:
        """Certificates between the key's certificate and the root, which is left out."""

    def sign(self, message: bytes) -> bytes:
        """ECDSA signature over SHA-256 of `message`, DER."""


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, 64 hexadecimal digits."""
    return sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


@dataclass(frozen=True)
class HeldKey:
    """A private key in this process.

    Signs deterministically (RFC 6979) where the library can, so that a redo gives the same bytes.
    """

    key: ec.EllipticCurvePrivateKey

    @cached_property
    def _algorithm(self) -> ec.ECDSA:
        try:
            return ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
        except UnsupportedAlgorithm:
            return ec.ECDSA(hashes.SHA256())

    def sign(self, message: bytes) -> bytes:
        """ECDSA signature over SHA-256 of `message`, DER."""
        return self.key.sign(message, self._algorithm)


@dataclass(frozen=True)
class FileSigner(HeldKey):
    """A key read from a file, with its certificate."""

    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...] = ()


@dataclass(frozen=True)
class CheckedSigner:
    """Any signer, each signature checked against its pinned certificate: a wrong one never leaves this place."""

    inner: Signer

    def __post_init__(self) -> None:
        self.sign(b"trial")  # a key that cannot sign, or is not that of the certificate, is found at the start

    @property
    def certificate(self) -> x509.Certificate:
        """Certificate of the key."""
        return self.inner.certificate

    @property
    def issuers(self) -> tuple[x509.Certificate, ...]:
        """Certificates between the key's certificate and the root, which is left out."""
        return self.inner.issuers

    def sign(self, message: bytes) -> bytes:
        """ECDSA signature over SHA-256 of `message`, DER; KeyRefused when the certificate's key did not make it."""
        value = self.inner.sign(message)
        key = self.certificate.public_key()
        try:
            if not isinstance(key, ec.EllipticCurvePublicKey):
                raise KeyRefused("the pinned certificate has no elliptic-curve key")
            key.verify(value, message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature as fault:
            raise KeyRefused("the signature is not by the key of the pinned certificate") from fault
        return value


def read_chain(path: Path) -> list[x509.Certificate]:
    """Certificates of a PEM file, the signer's first; KeyRefused unless its first one has a P-256 key."""
    try:
        certificates = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as fault:
        raise KeyRefused(f"{path}: {fault}") from fault
    key = certificates[0].public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyRefused(f"{path}: not the certificate of an ECDSA P-256 key")
    return certificates


def open_file_signer(key: Path, *, chain: Path | None = None, password: bytes | None = None) -> FileSigner:
    """The signer kept in a file.

    `key` is a PEM key with `chain` (PEM, signer's certificate first), or a PKCS#12 file that holds the certificates
    as well. KeyRefused when the file is missing, open to others than its owner, or not a P-256 key fitting its
    certificate.
    """
    content = read_private(key)
    try:
        loaded, certificates = _load(key, content, chain, password)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise KeyRefused(f"{key}: {fault}") from fault
    if not isinstance(loaded, ec.EllipticCurvePrivateKey) or not isinstance(loaded.curve, ec.SECP256R1):
        raise KeyRefused(f"{key}: not an ECDSA P-256 key")
    if not certificates or certificates[0].public_key() != loaded.public_key():
        raise KeyRefused(f"{key}: no certificate for this key")
    return FileSigner(loaded, certificates[0], tuple(certificates[1:]))


def _load(key: Path, content: bytes, chain: Path | None, password: bytes | None) -> tuple[Any, list[x509.Certificate]]:
    """The key of the file and its certificates, its own first."""
    if key.suffix in {".p12", ".pfx"}:
        loaded, certificate, others = pkcs12.load_key_and_certificates(content, password)
        return loaded, [certificate, *others] if certificate else []
    certificates = x509.load_pem_x509_certificates(chain.read_bytes()) if chain else []
    return load_pem_private_key(content, password), certificates


def read_private(path: Path) -> bytes:
    """Content of a key file; KeyRefused unless it exists and only its owner may read it."""
    try:
        mode = stat.S_IMODE(os.stat(path).st_mode)
    except OSError as fault:
        raise KeyRefused(f"{path}: {fault.strerror}") from fault
    if mode & 0o077:
        raise KeyRefused(f"{path}: mode {mode:04o}, must be 0600")
    return path.read_bytes()
