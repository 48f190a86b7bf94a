"""The credential of an issued certificate: its claims from the register, signed where it is not yet as it should be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils import timezone

from certificates.credential import Places, claims_of, signed, to_be_signed
from certificates.durable import write_durably
from certificates.installation import issuer_address, published_address, site_address
from certificates.models import Certificate
from certificates.services.published import CREDENTIAL, RECORD
from certificates.services.status_lists import status_entries
from certificates.signers import Signer


def credential_claims(certificate: Certificate) -> dict[str, Any]:
    """What the credential of an issued certificate says; the same for as long as the certificate says the same."""
    places = Places(
        issuer=issuer_address(),
        site=site_address(),
        credential=published_address(certificate.code, CREDENTIAL),
        record=published_address(certificate.code, RECORD),
        page=published_address(certificate.code),
        status=status_entries(certificate),
        zone=timezone.get_default_timezone(),
    )
    return claims_of(certificate.content, places)


def write_credential(certificate: Certificate, path: Path, signer: Signer) -> bool:
    """Sign and write the credential, unless one with these claims, by this key and its certificates, is there.

    Whether it was written. KeyRefused when the key does not sign.
    """
    content = to_be_signed(credential_claims(certificate), signer)
    if path.is_file() and path.read_text("ascii", "replace").rpartition(".")[0] == content:
        return False
    write_durably(path, signed(content, signer).encode())
    return True
