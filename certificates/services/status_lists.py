"""The signed status lists: which bits are set, when a list is signed anew, where a certificate finds its bits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from certificates.installation import issuer_address, status_list_address
from certificates.models import Certificate, PaperCertificate, StatusList
from certificates.selectors import indices_in_states, log_size, number_of_status_lists
from certificates.services.keys import Keys
from certificates.services.requests import lock_series
from certificates.standing import Standing
from certificates.status_list import LEAST_BITS, ListName, Purpose, encode, place_of, sign_list

VALID_FOR = timedelta(hours=24)
_SIGNED_ANEW_AFTER = timedelta(hours=12)

# An expired certificate is on neither list: its last day stands in the certificate itself.
LISTED: Mapping[Purpose, frozenset[Standing]] = {
    Purpose.REVOCATION: frozenset({Standing.REVOKED, Standing.CANCELLED, Standing.SUPERSEDED}),
    Purpose.SUSPENSION: frozenset({Standing.SUSPENDED}),
}


def refresh_status_lists(*, keys: Keys, at: datetime) -> int:
    """Sign anew every list that is missing, half-way to its end, or older than the newest log entry; how many."""
    return _refresh(keys, at) if _due(log_size(), at) else 0  # the usual round writes nothing and waits for nobody


@transaction.atomic
def _refresh(keys: Keys, at: datetime) -> int:
    lock_series("status-lists")  # one at a time, so that no older list overwrites a newer one
    covers = log_size()
    due = _due(covers, at)
    for purpose, number in due:
        _sign(purpose, number, covers=covers, keys=keys, at=at)
    return len(due)


def _due(covers: int, at: datetime) -> list[tuple[Purpose, int]]:
    wanted = {(purpose, number) for purpose in Purpose for number in range(number_of_status_lists())}
    kept = StatusList.objects.filter(covers=covers, valid_from__gt=at - _SIGNED_ANEW_AFTER, valid_from__lte=at)
    return sorted(wanted - {(Purpose(purpose), number) for purpose, number in kept.values_list("purpose", "number")})


def _sign(purpose: Purpose, number: int, *, covers: int, keys: Keys, at: datetime) -> None:
    start = number * LEAST_BITS
    positions = [index - start for index in indices_in_states(LISTED[purpose], start, start + LEAST_BITS)]
    name = ListName(status_list_address(purpose, number), issuer_address(), purpose)
    token = sign_list(name, encode(positions), valid_from=at, valid_until=at + VALID_FOR, key=keys.status)
    StatusList.objects.update_or_create(
        purpose=purpose.value,
        number=number,
        defaults={"covers": covers, "token": token, "valid_from": at, "valid_until": at + VALID_FOR},
    )


def status_entries(certificate: Certificate | PaperCertificate) -> list[dict[str, Any]]:
    """Where the certificate's bits lie, as the `credentialStatus` of a credential; empty before it has an index."""
    if certificate.status_index is None:
        return []
    number, position = place_of(certificate.status_index)
    return [
        {
            "id": f"{status_list_address(purpose, number)}#{position}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": purpose.value,
            "statusListIndex": str(position),
            "statusListCredential": status_list_address(purpose, number),
        }
        for purpose in Purpose
    ]
