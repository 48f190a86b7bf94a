"""Where this installation keeps keys, files and pages, read from the Django settings.

`VAR_DIR` (Path): everything below lies in it. `PUBLIC_BASE_URL`: the address in QR codes. `ACCREDITATION_DEMO`:
certificates are marked as specimens. `CERTIFICATE_FONTS` (optional): `{"folders": [...], "sha256": {role: [accepted
digests]}}`. `SIGNER` (optional): the key back-end and its options, see `signer_settings`, and `organisation`, the name
in the local authorities; without `key` the local authority is used, made on first run. `CREDENTIAL` (optional): the
same for the key of credentials, or the back-end `off`. `SM2` (optional): the second signature, see
`second_signature`. `CERTIFICATE_QR_SIGNED` (default
True): QR codes carry a signed statement. `TIME_STAMPER` (optional): `url`, `patience` and `authority` of a time-stamp
service (RFC 3161) for the archive; without it the local authority stamps.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from certificates.credential_keys import did_of
from certificates.fonts import FontFile, FontsRefused, find_faces


def _var() -> Path:
    return Path(settings.VAR_DIR)


def signing_folder() -> Path:
    """Keys of the local authorities; the web process never opens it."""
    return _var() / "keys" / "signing"


def trust_folder() -> Path:
    """Roots, listed signers and the log's public key: everything a verifier needs, all of it public."""
    return _var() / "trust"


def store_folder() -> Path:
    """The content-addressed store of issued PDF files."""
    return _var() / "certificates"


def public_folder() -> Path:
    """Published pages, to be served as they are by a web server."""
    return _var() / "public"


def wake_file() -> Path:
    """Touched to wake the signer."""
    return _var() / "run" / "signer.wake"


def faces() -> dict[str, FontFile]:
    """The pinned fonts of this installation; FontsRefused when one is missing or different."""
    chosen: Mapping[str, Any] = getattr(settings, "CERTIFICATE_FONTS", {})
    return find_faces(chosen.get("folders", ()), chosen.get("sha256"))


def faces_with(digests: Mapping[str, str]) -> dict[str, FontFile]:
    """The very fonts of an earlier certificate, by role and SHA-256; FontsRefused when one is not here any more."""
    chosen: Mapping[str, Any] = getattr(settings, "CERTIFICATE_FONTS", {})
    found = find_faces(chosen.get("folders", ()), {role: [digest] for role, digest in digests.items()})
    others = [face for role, face in found.items() if face.sha256 != digests.get(role)]
    if others:
        raise FontsRefused("; ".join(f"{face.path} is not the font of this certificate" for face in others))
    return found


def lists_address() -> str:
    """The address below which lists of revoked certificates are published."""
    return f"{settings.PUBLIC_BASE_URL}/crl"


def time_stamp_options() -> Mapping[str, str]:
    """The time-stamp service of the archive; empty for the local authority."""
    options: Mapping[str, str] = getattr(settings, "TIME_STAMPER", {})
    return options


def signer_options() -> Mapping[str, Any]:
    """The key back-end and its options."""
    options: Mapping[str, Any] = getattr(settings, "SIGNER", {})
    return {"backend": "file", **options}


def credential_options() -> Mapping[str, Any]:
    """The key back-end of credentials and its options; `off` when none are made."""
    options: Mapping[str, Any] = getattr(settings, "CREDENTIAL", {})
    return {"backend": "file", **options}


def second_signature_options() -> Mapping[str, str]:
    """The back-end of the second signature and its options; `off` when there is none."""
    options: Mapping[str, str] = getattr(settings, "SM2", {})
    return {"backend": "off", **options}


def page_address(code: str) -> str:
    """The address of a certificate's page as the QR code holds it: capital letters, which make the code coarser."""
    return f"{settings.PUBLIC_BASE_URL}/v/{code}".upper()


def has_signed_codes() -> bool:
    """True when QR codes carry a signed statement; False for the short form, the address alone, for small prints."""
    return bool(getattr(settings, "CERTIFICATE_QR_SIGNED", True))


def log_origin() -> str:
    """The name of this installation's log."""
    return f"{settings.PUBLIC_BASE_URL}/log"


def site_address() -> str:
    """The address of the site, without a slash at its end."""
    return str(settings.PUBLIC_BASE_URL)


def issuer_address() -> str:
    """The identifier (did:web) that stands for the issuer in signed credentials."""
    return did_of(site_address())


def published_address(code: str, name: str = "") -> str:
    """The address of a certificate's page, or of a file published beside it."""
    return f"{settings.PUBLIC_BASE_URL}/v/{code}/{name}"


def status_list_address(purpose: str, number: int) -> str:
    """The address of a signed status list."""
    return f"{settings.PUBLIC_BASE_URL}/status/{purpose}/{number}.jwt"


def is_demo() -> bool:
    """True when certificates are specimens."""
    return bool(getattr(settings, "ACCREDITATION_DEMO", False))
