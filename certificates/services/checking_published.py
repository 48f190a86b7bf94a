"""Compare published head, status lists and credentials with the register; what is on its way is no difference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path

from django.utils import timezone

from certificates.credential_check import CredentialTrust, check_credential, claims_in
from certificates.credential_keys import read_keys
from certificates.installation import public_folder
from certificates.models import Certificate, StatusList
from certificates.selectors import indices_in_states, log_size, status_indices, status_lists
from certificates.services.credentials import credential_claims
from certificates.services.log_answers import head_at
from certificates.services.published import CREDENTIAL, SECOND_SIGNATURE, credential_keys, published_file
from certificates.services.status_lists import LISTED
from certificates.services.verification import public_part, status_key
from certificates.sm2 import IS_INSTALLED, SM2_FILE, Sm2Certificate, is_signed
from certificates.snapshot import record_of
from certificates.status_list import LEAST_BITS, Purpose, StatusListRefused, read_list


def published_differences() -> Iterator[str]:
    """One line per difference."""
    yield from _head(public_folder() / "log" / "head.json")
    yield from _indices()
    for row in status_lists():
        yield from _list(row)


def credential_differences(certificate: Certificate) -> Iterator[str]:
    """One line when the published credential of a certificate is not one that the issuer's keys prove."""
    token = published_file(certificate.code, CREDENTIAL)
    if token is None or certificate.published_revision != certificate.revision:
        return
    begins = datetime.combine(certificate.valid_from, time(12), timezone.get_default_timezone())
    verdict = check_credential(
        token.decode("ascii", "replace"), CredentialTrust(keys=read_keys(credential_keys())), at=begins
    )
    if not verdict.accepted:
        yield f"{certificate}: the published credential is refused: {verdict.rule} {verdict.detail}".rstrip()
    elif claims_in(token) != credential_claims(certificate):
        yield f"{certificate}: the published credential does not say what the register says"


def second_signature_differences(certificate: Certificate) -> Iterator[str]:
    """One line when the published second signature is not over the record by the key of its certificate."""
    signature = published_file(certificate.code, SECOND_SIGNATURE)
    if signature is None or not IS_INSTALLED or certificate.published_revision != certificate.revision:
        return
    signer = public_part(SM2_FILE)
    if not signer or not is_signed(record_of(certificate.content), signature, Sm2Certificate(signer)):
        yield f"{certificate}: the published second signature does not fit the record"


def _head(path: Path) -> Iterator[str]:
    if not path.is_file():
        return
    try:
        published = json.loads(path.read_bytes())
        fits = published == head_at(int(published["size"]))
    except (ValueError, KeyError, TypeError):
        fits = False
    if not fits:
        yield "the published log head is none that was signed"


def _indices() -> Iterator[str]:
    indices = status_indices()
    if indices != list(range(len(indices))):
        yield "indices of status lists have gaps"


def _list(row: StatusList) -> Iterator[str]:
    """A list that knows the whole log has exactly the bits of the register."""
    if row.covers != log_size():
        return
    try:
        found = read_list(row.token, status_key(), at=row.valid_from)
    except (StatusListRefused, ValueError) as refusal:
        yield f"status list {row}: {refusal}"
        return
    start = row.number * LEAST_BITS
    wanted = {index - start for index in indices_in_states(LISTED[Purpose(row.purpose)], start, start + LEAST_BITS)}
    if wanted != {place for place in range(LEAST_BITS) if found.is_set(place)}:
        yield f"status list {row}: its bits are not those of the register"
