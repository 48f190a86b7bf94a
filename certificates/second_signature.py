"""A second signature over a certificate's record, beside the first and detached: SM2 with SM3 (GB/T 32918), in DER.

Off unless a back-end is chosen. `file` is in `sm2`; any other name is that of a plug-in: a factory that an installed
package enters in the group `accreditation.second_signature` and that takes the options and gives a SecondSigner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Protocol

from certificates.signers import KeyRefused
from certificates.sm2 import Sm2Certificate, is_signed, open_sm2_signer

GROUP = "accreditation.second_signature"
OFF = "off"


class SecondSigner(Protocol):
    """An SM2 key with its certificate; the private key stays inside."""

    @property
    def certificate(self) -> Sm2Certificate:
        """Certificate of the key."""

    def sign(self, message: bytes) -> bytes:
        """SM2 signature over `message` with SM3 and the usual signer id, DER; KeyRefused when there is none."""


Factory = Callable[[Mapping[str, str]], SecondSigner]


@dataclass(frozen=True)
class CheckedSecondSigner:
    """Any signer, each signature checked against its certificate: a wrong one never leaves this place."""

    inner: SecondSigner

    def __post_init__(self) -> None:
        self.sign(b"trial")  # a key that cannot sign, or is not that of the certificate, is found at the start

    @property
    def certificate(self) -> Sm2Certificate:
        """Certificate of the key."""
        return self.inner.certificate

    def sign(self, message: bytes) -> bytes:
        """SM2 signature over `message`, DER; KeyRefused when the certificate's key did not make it."""
        value = self.inner.sign(message)
        if not is_signed(message, value, self.certificate):
            raise KeyRefused("the second signature is not by the key of its certificate")
        return value


def open_second_signer(options: Mapping[str, str]) -> SecondSigner | None:
    """The signer that the options choose, checked; None when it is off, KeyRefused when it cannot be used."""
    backend = options.get("backend", OFF)
    if backend == OFF:
        return None
    given = {name: value for name, value in options.items() if name != "backend"}
    factories: Mapping[str, Factory | EntryPoint] = {"file": _file_signer, **_plug_ins()}
    if backend not in factories:
        raise KeyRefused(f"unknown back-end of the second signature {backend!r}; there are: {', '.join(factories)}")
    chosen = factories[backend]
    factory: Factory = chosen.load() if isinstance(chosen, EntryPoint) else chosen
    return CheckedSecondSigner(factory(given))


def _plug_ins() -> dict[str, EntryPoint]:
    return {found.name: found for found in entry_points(group=GROUP)}


def _file_signer(options: Mapping[str, Any]) -> SecondSigner:
    foreign = sorted(set(options) - {"key", "chain"})
    if foreign:
        raise KeyRefused(f"the second signature's back-end file does not know: {', '.join(foreign)}")
    for name in ("key", "chain"):
        if name not in options:
            raise KeyRefused(f"the second signature's back-end file needs {name}")
    return open_sm2_signer(Path(options["key"]), chain=Path(options["chain"]))
