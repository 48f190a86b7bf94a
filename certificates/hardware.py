"""The key back-end `pkcs11`: the private key stays in a hardware module, which signs digests."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography import x509

from certificates.signers import KeyRefused, read_chain

try:
    import pkcs11
    from pkcs11.util.ec import encode_ecdsa_signature

    _IS_INSTALLED = True
except ImportError:  # the extra `hsm` is only installed where there is a module
    _IS_INSTALLED = False


@dataclass
class HardwareSigner:
    """A P-256 key in a module, one signer a process. After a failure the next signature opens a new session."""

    library: Path
    token: str
    key: str
    pin: str = field(repr=False)
    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...] = ()
    _session: Any = field(default=None, repr=False)

    def sign(self, message: bytes) -> bytes:
        """ECDSA signature over SHA-256 of `message`, DER; KeyRefused when the module does not give one."""
        try:
            raw = self._key().sign(sha256(message).digest(), mechanism=pkcs11.Mechanism.ECDSA)
            return bytes(encode_ecdsa_signature(raw))
        except _faults() as fault:
            self._session = None
            raise KeyRefused(f"{self.library}: {type(fault).__name__} {fault}".rstrip()) from fault

    def _key(self) -> Any:
        if self._session is None:
            module = pkcs11.lib(str(self.library))
            # Afresh: a module logs in the whole process and keeps what it knew of a token that went away.
            module.reinitialize()
            self._session = module.get_token(token_label=self.token).open(user_pin=self.pin)
        return self._session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=self.key)


def open_hardware_signer(library: Path, *, token: str, key: str, pin: str, chain: Path) -> HardwareSigner:
    """The signer whose key has the label `key` on the token `token`; `chain` is PEM, signer's certificate first.

    KeyRefused when the module, the token or the key is not there, the PIN is wrong, or the key is not that of the
    certificate: a trial signature is made and checked.
    """
    if not _IS_INSTALLED:
        raise KeyRefused("the key back-end pkcs11 needs the package python-pkcs11 (extra hsm)")
    certificate, *issuers = read_chain(chain)
    return HardwareSigner(library, token, key, pin, certificate, tuple(issuers))


def _faults() -> tuple[type[Exception], ...]:
    return (pkcs11.PKCS11Error, RuntimeError, ValueError, OSError)
