"""Ask for a certificate: take its number, freeze what it says, leave it to the signer."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction

from certificates.codes import new_code
from certificates.installation import is_demo, page_address
from certificates.layout import check_layout
from certificates.models import Certificate, NumberSeries
from certificates.numbering import NumberForm
from certificates.occasions import RECOGNITION
from certificates.services.waking import wake
from certificates.snapshot import Snapshot, check_snapshot, plain
from certificates.standing import Standing


class RequestRefused(ValueError):
    """A new version was asked for while it cannot be given: the earlier one is not standing, or one is under way."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the grounds of a certificate say; number, code, address and instant are added here.

    `kind` is the type code of GB/T 36904 (credit code of the defining body and three digits). Names and texts as
    printed; what each occasion and each layout needs besides is said there.
    """

    kind: str
    programme: str
    programme_zh: str
    programme_en: str
    holder_zh: str
    holder_en: str
    uscc: str
    centre_name: str
    batch_zh: str
    batch_en: str
    ground_zh: str
    granted_on: date
    valid_from: date
    valid_until: date
    issuer_zh: str
    issuer_en: str
    issuer_uscc: str
    announcement: str
    layout: str
    occasion: str = RECOGNITION
    formerly_zh: str = ""
    formerly_en: str = ""
    parent_zh: str = ""
    parent_en: str = ""
    product_zh: str = ""
    product_en: str = ""
    result_zh: str = ""
    result_en: str = ""
    ground_en: str = ""
    recognised_on: date | None = None


@transaction.atomic
def request_certificate(
    *, particulars: Particulars, form: NumberForm, request_key: str, by: str, at: datetime
) -> Certificate:
    """Take the next number and freeze a certificate for the signer; asking again under the same key returns the first.

    Runs in the caller's transaction: the number is given back if that fails, so numbers have no gap. `by` is the name
    of the person or body acting. SnapshotRefused names every fault in the particulars.
    """
    earlier = Certificate.objects.filter(request_key=request_key).first()
    if earlier is not None:
        return earlier
    year = particulars.granted_on.year
    number = form.number(year=year, serial=next_in(form.series(year=year)))
    return _freeze(particulars, number=number, version=1, replaces="", request_key=request_key, by=by, at=at)


@transaction.atomic
def request_new_version(
    *, certificate: Certificate, particulars: Particulars, request_key: str, by: str, at: datetime
) -> Certificate:
    """Freeze the next version under the same number; the earlier one is superseded when this one is issued.

    One that has run out is followed as well, where what it certifies goes on. RequestRefused when the earlier one was
    taken away or replaced, or another version is under way.
    """
    earlier = Certificate.objects.filter(request_key=request_key).first()
    if earlier is not None:
        return earlier
    current = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if current.standing not in {Standing.IN_FORCE, Standing.SUSPENDED, Standing.EXPIRED}:
        raise RequestRefused(f"{current} is {current.standing}")
    return freeze_next_version(current, particulars, request_key=request_key, by=by, at=at)


def freeze_next_version(
    current: Certificate, particulars: Particulars, *, request_key: str, by: str, at: datetime
) -> Certificate:
    """The version after `current`, whose row is locked; RequestRefused when a later one exists or is under way."""
    if Certificate.objects.filter(number=current.number, version__gt=current.version).exists():
        raise RequestRefused(f"a later version of {current} exists or is under way")
    return _freeze(
        particulars,
        number=current.number,
        version=current.version + 1,
        replaces=current.identifier or "",
        request_key=request_key,
        by=by,
        at=at,
    )


def next_in(series: str) -> int:
    """The next value of a series, from 1; its row stays locked until the transaction ends."""
    return take_from(series, 1)


def take_from(series: str, count: int) -> int:
    """The first of the next `count` values of a series; its row stays locked until the transaction ends."""
    row = lock_series(series)
    row.value += count
    row.save(update_fields=["value"])
    return row.value - count + 1


def lock_series(series: str) -> NumberSeries:
    """The row of a series, made if need be and locked until the transaction ends."""
    NumberSeries.objects.get_or_create(name=series)
    return NumberSeries.objects.select_for_update().get(name=series)


def _freeze(
    particulars: Particulars, *, number: str, version: int, replaces: str, request_key: str, by: str, at: datetime
) -> Certificate:
    code = new_code()
    snapshot = Snapshot(
        **asdict(particulars),
        number=number,
        version=version,
        code=code,
        url=page_address(code),
        demo=is_demo(),
        issued_at=at.replace(microsecond=0),
        replaces=replaces,
    )
    check_snapshot(snapshot)
    check_layout(snapshot)
    certificate = Certificate.objects.create(
        number=number,
        version=version,
        code=code,
        request_key=request_key,
        snapshot=plain(snapshot),
        uscc=snapshot.uscc,
        valid_from=snapshot.valid_from,
        valid_until=snapshot.valid_until,
        requested_at=at,
        requested_by=by,
        state_since=at,
    )
    transaction.on_commit(wake)
    return certificate
