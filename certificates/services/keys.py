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

from certificates.authority import (
    RESPONDER,
    TIME_STAMPER,
    Leaf,
    add_key,
    keep_leaf,
    make_authority,
    publish_trust,
)
from certificates.installation import (
    has_signed_codes,
    lists_address,
    signer_options,
    signing_folder,
    trust_folder,
)
from certificates.printed_keys import PrintedKey, open_printed_key
from certificates.revocation import refresh_lists
from certificates.signer_settings import open_signer, read_key_settings
from certificates.signers import FileSigner, KeyRefused, Signer, open_file_signer, read_private

ORGANISATION = "示例市经济与科技主管委员会"


@dataclass(frozen=True, slots=True)
class Keys:
    """What the signer signs with: certificates, log heads, time, status lists, printed codes unless they are short.

    `responder` answers for the standing of the signer's certificate, where the local authority issued it.
    """

    signer: Signer
    sign_head: Callable[[bytes], bytes]
    clock: Signer
    status: ec.EllipticCurvePrivateKey
    printed: PrintedKey | None = None
    responder: FileSigner | None = None


def open_keys(*, at: datetime) -> Keys:
    """Open all keys, making the local authorities on first run; KeyRefused when one cannot be used.

    New certificates are valid from `at` or from now, whichever is earlier: a demonstration may have its own clock.
    """
    options = signer_options()
    folder = signing_folder()
    start = min(at, timezone.now())
    organisation = options.get("organisation", ORGANISATION)
    make_authority(folder, organisation=organisation, at=start, lists_at=lists_address())
    add_key(folder, "status")
    printed = open_printed_key(folder)
    publish_trust(folder, trust_folder())
    refresh_lists(folder, trust_folder(), at=start)  # they are public before the first certificate
    signer = _open_signer(options, folder)
    log = _open_log_key(folder / "log.key")
    clock = _open_leaf(folder, TIME_STAMPER, at)
    if clock is None:
        raise KeyRefused(f"{folder}: no key of a time-stamp authority")
    status, responder = _open_key(folder / "status.key"), _open_leaf(folder, RESPONDER, at)
    return Keys(signer, log, clock, status, printed if has_signed_codes() else None, responder)


def _open_leaf(folder: Path, leaf: Leaf, at: datetime) -> FileSigner | None:
    """The newest key of this kind, made anew before it ends while its authority's key is here."""
    kept = keep_leaf(folder, leaf, at=at, lists_at=lists_address())
    return open_file_signer(kept[0], chain=kept[1]) if kept else None


def _open_signer(options: Mapping[str, Any], folder: Path) -> Signer:
    """The chosen back-end; without a choice the local authority's own key."""
    if options["backend"] == "file" and "key" not in options:
        options = {**options, "key": folder / "signer.key", "chain": folder / "signer.chain.pem"}
    return open_signer(read_key_settings(options))


def _open_log_key(path: Path) -> Callable[[bytes], bytes]:
    key = _open_key(path)
    return lambda message: key.sign(message, ec.ECDSA(hashes.SHA256()))


def _open_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(read_private(path), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyRefused(f"{path}: not an elliptic-curve key")
    return key
