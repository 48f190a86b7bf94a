"""The keys of the signing process: opened there and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.utils import timezone

from certificates.authority import make_authority, publish_trust
from certificates.installation import has_signed_codes, signer_options, signing_folder, trust_folder
from certificates.printed_keys import PrintedKey, open_printed_key
from certificates.signers import KeyRefused, Signer, open_file_signer, read_private

ORGANISATION = "示例市经济与科技主管委员会"


@dataclass(frozen=True, slots=True)
class Keys:
    """What the signer signs with: certificates, log heads, time, and printed codes unless they are short."""

    signer: Signer
    sign_head: Callable[[bytes], bytes]
    clock: Signer
    printed: PrintedKey | None = None


def open_keys(*, at: datetime) -> Keys:
    """Open all keys, making the local authorities on first run; KeyRefused when one cannot be used.

    New certificates are valid from `at` or from now, whichever is earlier: a demonstration may have its own clock.
    """
    options = signer_options()
    folder = signing_folder()
    make_authority(folder, organisation=options.get("organisation", ORGANISATION), at=min(at, timezone.now()))
    printed = open_printed_key(folder)
    publish_trust(folder, trust_folder())
    log = _open_log_key(folder / "log.key")
    clock = open_file_signer(folder / "tsa.key", chain=folder / "tsa.chain.pem")
    return Keys(_open_signer(options, folder), log, clock, printed if has_signed_codes() else None)


def _open_signer(options: Mapping[str, Any], folder: Path) -> Signer:
    if options["backend"] != "file":
        raise KeyRefused(f"unknown key back-end {options['backend']!r}; this version has: file")
    if "key" not in options:
        return open_file_signer(folder / "signer.key", chain=folder / "signer.chain.pem")
    chain = Path(options["chain"]) if options.get("chain") else None
    password = options["password"].encode() if options.get("password") else None
    return open_file_signer(Path(options["key"]), chain=chain, password=password)


def _open_log_key(path: Path) -> Callable[[bytes], bytes]:
    key = load_pem_private_key(read_private(path), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyRefused(f"{path}: not an elliptic-curve key")
    return lambda message: key.sign(message, ec.ECDSA(hashes.SHA256()))
