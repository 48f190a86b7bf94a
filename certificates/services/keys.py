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
    add_credential_key,
    add_key,
    keep_leaf,
    make_authority,
    publish_trust,
)
from certificates.credential_keys import SET_FILE, enter_key, public_key_of
from certificates.durable import write_durably
from certificates.installation import (
    credential_options,
    has_signed_codes,
    issuer_address,
    lists_address,
    second_signature_options,
    signer_options,
    signing_folder,
    trust_folder,
)
from certificates.printed_keys import PrintedKey, open_printed_key
from certificates.revocation import refresh_lists
from certificates.second_signature import SecondSigner, open_second_signer
from certificates.signer_settings import open_signer, read_key_settings
from certificates.signers import FileSigner, KeyRefused, Signer, open_file_signer, read_private
from certificates.sm2 import SM2_FILE

ORGANISATION = "示例市经济与科技主管委员会"


@dataclass(frozen=True, slots=True)
class Keys:
    """What the signer signs with: certificates, log heads, time, status lists.

    And printed codes unless they are short, credentials unless they are off, a second time where that is chosen.

    `responder` answers for the standing of the signer's certificate, where the local authority issued it.
    """

    signer: Signer
    sign_head: Callable[[bytes], bytes]
    clock: Signer
    status: ec.EllipticCurvePrivateKey
    printed: PrintedKey | None = None
    credential: Signer | None = None
    second: SecondSigner | None = None
    responder: FileSigner | None = None


def open_keys(*, at: datetime) -> Keys:
    """Open all keys, making the local authorities on first run; KeyRefused when one cannot be used.

    New certificates are valid from `at` or from now, whichever is earlier: a demonstration may have its own clock.
    """
    options = signer_options()
    folder = signing_folder()
    organisation, start = options.get("organisation", ORGANISATION), min(at, timezone.now())
    make_authority(folder, organisation=organisation, at=start, lists_at=lists_address())
    add_key(folder, "status")
    printed = open_printed_key(folder)
    credential = _open_credential_signer(folder, organisation=organisation, at=start)
    second = _open_second_signer(folder)
    publish_trust(folder, trust_folder())
    refresh_lists(folder, trust_folder(), at=start)  # they are public before the first certificate
    signer = _open_signer(options, folder, "signer")
    log = _open_log_key(folder / "log.key")
    clock = _open_leaf(folder, TIME_STAMPER, at)
    if clock is None:
        raise KeyRefused(f"{folder}: no key of a time-stamp authority")
    status, responder = _open_key(folder / "status.key"), _open_leaf(folder, RESPONDER, at)
    return Keys(signer, log, clock, status, printed if has_signed_codes() else None, credential, second, responder)


def _open_leaf(folder: Path, leaf: Leaf, at: datetime) -> FileSigner | None:
    """The newest key of this kind, made anew before it ends while its authority's key is here."""
    kept = keep_leaf(folder, leaf, at=at, lists_at=lists_address())
    return open_file_signer(kept[0], chain=kept[1]) if kept else None


def _open_signer(options: Mapping[str, Any], folder: Path, name: str) -> Signer:
    """The chosen back-end; without a choice the local authority's own key of this name."""
    if options["backend"] == "file" and "key" not in options:
        options = {**options, "key": folder / f"{name}.key", "chain": folder / f"{name}.chain.pem"}
    return open_signer(read_key_settings(options))


def _open_credential_signer(folder: Path, *, organisation: str, at: datetime) -> Signer | None:
    """The signer of credentials, its public half entered in the published set; None when credentials are off."""
    options = credential_options()
    if options["backend"] == "off":
        return None
    if options["backend"] == "file" and "key" not in options:
        add_credential_key(folder, organisation=organisation, at=at, lists_at=lists_address())
    signer = _open_signer(options, folder, "credential")
    enter_key(folder / "trust" / SET_FILE, public_key_of(signer.certificate), issuer=issuer_address())
    return signer


def _open_second_signer(folder: Path) -> SecondSigner | None:
    """The second signer, its certificate entered among what may be published; None when it is off."""
    signer = open_second_signer(second_signature_options())
    if signer is not None:
        write_durably(folder / "trust" / SM2_FILE, signer.certificate.pem)
    return signer


def _open_log_key(path: Path) -> Callable[[bytes], bytes]:
    key = _open_key(path)
    return lambda message: key.sign(message, ec.ECDSA(hashes.SHA256()))


def _open_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(read_private(path), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyRefused(f"{path}: not an elliptic-curve key")
    return key
