"""SM2 signatures with SM3: keys and certificates as OpenSSL writes them, signed and checked by GmSSL."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from asn1crypto import keys, pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certificates.signers import KeyRefused, read_private

try:
    import gmssl_pyx

    IS_INSTALLED = True
except ImportError:  # the extra `sm2` is only installed where a second signature is wanted
    IS_INSTALLED = False

SM2_FILE = "sm2.pem"
SIGNER_ID = b"1234567812345678"  # GB/T 35276: the id of a signer who states none
_CURVE = "1.2.156.10197.1.301"
_POINT, _SCALAR = 65, 32


@dataclass(frozen=True)
class Sm2Certificate:
    """The certificate of an SM2 key, and those above it, as one PEM text."""

    pem: bytes

    @cached_property
    def certificate(self) -> x509.Certificate:
        """The signer's own."""
        return x509.load_pem_x509_certificates(self.pem)[0]

    @cached_property
    def point(self) -> bytes:
        """The public key: both coordinates, 32 bytes each; ValueError when it is not on the curve of SM2."""
        whole = asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER))
        public = whole["tbs_certificate"]["subject_public_key_info"]
        content = bytes(public["public_key"])
        curve = public["algorithm"]["parameters"].chosen.dotted
        if curve != _CURVE or len(content) != _POINT or content[0] != 4:
            raise ValueError(f"not an SM2 key: {curve}")
        return content[1:]


@dataclass(frozen=True)
class Sm2FileSigner:
    """An SM2 key read from a file."""

    certificate: Sm2Certificate
    scalar: bytes = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """SM2 signature over `message`, DER; KeyRefused when the library makes none."""
        try:
            return bytes(gmssl_pyx.sm2_sign(self.scalar, self.certificate.point, message, SIGNER_ID))
        except gmssl_pyx.GmsslInnerError as fault:
            raise KeyRefused(f"second signature: {fault}") from fault


def open_sm2_signer(key: Path, *, chain: Path) -> Sm2FileSigner:
    """The signer kept in a PEM file (PKCS#8, not encrypted, mode 0600); `chain` is PEM, signer's certificate first.

    KeyRefused when the library is not installed, or a file is missing, open to others or not of an SM2 key.
    """
    _check_installed()
    content = read_private(key)
    try:
        scalar = _scalar(content)
    except (ValueError, TypeError, KeyError) as fault:
        raise KeyRefused(f"{key}: not an SM2 key in PKCS#8, unencrypted") from fault
    return Sm2FileSigner(read_sm2_chain(chain), scalar)


def read_sm2_chain(path: Path) -> Sm2Certificate:
    """The certificates of a PEM file; KeyRefused unless the first has an SM2 key."""
    try:
        found = Sm2Certificate(path.read_bytes())
        found.point  # noqa: B018 - read once, to be refused here
    except (OSError, ValueError, TypeError, AttributeError) as fault:
        raise KeyRefused(f"{path}: not the certificate of an SM2 key ({fault})") from fault
    return found


def is_signed(message: bytes, signature: bytes, certificate: Sm2Certificate) -> bool:
    """True when `signature` (DER) over `message` is by the key of `certificate`; KeyRefused without the library."""
    _check_installed()
    try:
        return bool(gmssl_pyx.sm2_verify(certificate.point, message, signature, SIGNER_ID))
    except gmssl_pyx.GmsslInnerError:
        return False


def _check_installed() -> None:
    if not IS_INSTALLED:
        raise KeyRefused("the second signature needs the package gmssl_pyx (extra sm2)")


def _scalar(content: bytes) -> bytes:
    """The private number of a PKCS#8 file, which may have its curve in a block of its own before it."""
    for kind, _headers, der in pem.unarmor(content, multiple=True):
        if kind == "PRIVATE KEY":
            held = keys.PrivateKeyInfo.load(der)
            curve = held["private_key_algorithm"]["parameters"].chosen.dotted
            scalar: bytes = held["private_key"].parsed["private_key"].contents
            if curve != _CURVE or len(scalar) != _SCALAR:
                raise ValueError(f"not an SM2 key: {curve}")
            return scalar
    raise ValueError("no private key")
