"""A title that was taken away comes back by a decision: its revoked certificate stays so, a new version is made out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from django.db import transaction

from certificates.models import Certificate
from certificates.occasions import REISSUE
from certificates.services.requests import Particulars, RequestRefused, freeze_next_version
from certificates.snapshot import from_plain
from certificates.standing import Standing


@transaction.atomic
def request_restored_version(
    *,
    certificate: Certificate,
    request_key: str,
    announcement: str,
    stated: Mapping[str, Any],
    by: str,
    at: datetime,
    ground: str = "",
) -> Certificate:
    """Freeze the next version of a revoked or cancelled certificate, with what it said and the decision as its ground.

    `stated` is what has changed since or may have: fields of Particulars such as the holder's name today.
    `ground` is published under the state of the new version, such as until when it speaks. Asking again under the same
    key returns the first. RequestRefused when it stands or a later version exists, SnapshotRefused with every fault of
    what is stated.
    """
    earlier = Certificate.objects.filter(request_key=request_key).first()
    if earlier is not None:
        return earlier
    current = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if current.standing not in {Standing.REVOKED, Standing.CANCELLED}:
        raise RequestRefused(f"{current} is {current.standing}")
    said = from_plain(current.snapshot)
    values = {field.name: getattr(said, field.name) for field in fields(Particulars)}
    values |= {
        **stated,
        "occasion": REISSUE,
        "announcement": announcement,
        "recognised_on": said.recognised_on or said.granted_on,
    }
    made = freeze_next_version(current, Particulars(**values), request_key=request_key, by=by, at=at)
    if ground:
        made.state_ground = ground
        made.save(update_fields=["state_ground"])
    return made
