"""Files published beside a certificate's page, and the issuer's public keys, as the web process gives them out."""

from __future__ import annotations

from typing import Any

from cryptography import x509

from certificates.codes import CodeRefused, parse_code
from certificates.credential_keys import SET_FILE, did_document, read_keys
from certificates.installation import public_folder, site_address
from certificates.services.verification import public_part, status_key
from certificates.sm2 import SM2_FILE, Sm2Certificate

RECORD, CREDENTIAL, SECOND_SIGNATURE = "certificate.json", "credential.jwt", "certificate.json.sm2"
_EMPTY_SET = b'{"keys":[]}'


def published_file(code: str, name: str) -> bytes | None:
    """A file beside the page of a certificate; None when there is none, or the code is malformed."""
    try:
        path = public_folder() / "v" / parse_code(code) / name
    except CodeRefused:
        return None
    return path.read_bytes() if path.is_file() else None


def files_beside(code: str) -> dict[str, bool]:
    """Which files are published beside the page of a certificate."""
    folder = public_folder() / "v" / code
    names = {"record": RECORD, "credential": CREDENTIAL, "second": SECOND_SIGNATURE}
    return {name: (folder / file).is_file() for name, file in names.items()}


def credential_keys() -> bytes:
    """The JWK set with the public keys of credentials; without a key before the signer's first run."""
    return public_part(SET_FILE) or _EMPTY_SET


def second_certificate() -> x509.Certificate | None:
    """The certificate of the second signature; None where there never was one."""
    content = public_part(SM2_FILE)
    return Sm2Certificate(content).certificate if content else None


def issuer_document() -> dict[str, Any] | None:
    """The document behind the issuer's identifier; None before the signer's first run."""
    if not public_part("status.pem"):
        return None
    return did_document(site_address(), [*read_keys(credential_keys()).values(), status_key()])
