"""Paper certificates: entered in one piece, changed like the others, every step in the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from certificates.models import PaperCertificate
from certificates.paper import PaperRecord, number_key, plain, record_of
from certificates.selectors import paper_run_out
from certificates.services.log import append_event, append_events
from certificates.services.requests import take_from
from certificates.services.waking import wake

CHANGES = ("suspend", "reinstate", "revoke", "cancel")


@dataclass(frozen=True, slots=True)
class Source:
    """Where records were read and who answers for them: file, its SHA-256, the import, the two people by name."""

    name: str
    sha256: str
    import_number: str
    prepared_by: str
    confirmed_by: str


@dataclass(frozen=True, slots=True)
class PaperEntry:
    """One certificate to enter: its record, sheet and row, and what became of it since (a change and its ground)."""

    record: PaperRecord
    place: str
    verb: str = ""
    ground: str = ""


@transaction.atomic
def enter_paper(entries: Sequence[PaperEntry], source: Source, *, at: datetime) -> list[PaperCertificate]:
    """Enter paper certificates, all or none; each is logged as imported, and as changed where it no longer stands.

    IntegrityError when a number is taken: look before.
    """
    if not entries:
        return []
    rows = [_row(entry, source, at) for entry in entries]
    for row, logged in zip(rows, append_events(rows, "import", at=at), strict=True):
        row.log_index = logged.index
    first = take_from("status", len(rows)) - 1  # after the log's series: always in this order, so no deadlock
    for index, row in enumerate(rows, start=first):
        row.status_index = index
    PaperCertificate.objects.bulk_create(rows)
    for row, entry in zip(rows, entries, strict=True):
        if entry.verb:
            _move(PaperCertificate.objects.get(number=row.number), entry.verb, ground=entry.ground, at=at)
    transaction.on_commit(wake)
    return rows


def _row(entry: PaperEntry, source: Source, at: datetime) -> PaperCertificate:
    record = entry.record
    return PaperCertificate(
        number=number_key(record.number),
        uscc=record.uscc,
        title_number=record.title,
        record=plain(record),
        record_sha256=sha256(record_of(record)).hexdigest(),
        valid_until=record.valid_until,
        source_name=source.name,
        source_sha256=source.sha256,
        source_place=entry.place,
        import_number=source.import_number,
        prepared_by=source.prepared_by,
        confirmed_by=source.confirmed_by,
        imported_at=at,
        state_since=at,
    )


@transaction.atomic
def change_paper_standing(*, certificate: PaperCertificate, verb: str, ground: str, at: datetime) -> PaperCertificate:
    """Carry out one of suspend, reinstate, revoke, cancel and enter it in the log.

    `ground` is published; it must not be empty. TransitionNotAllowed when the state does not allow it, ValueError on
    an unknown verb or an empty ground.
    """
    if verb not in CHANGES:
        raise ValueError(f"not a change of standing: {verb!r}")
    if not ground.strip():
        raise ValueError("a change of standing needs its ground")
    locked = PaperCertificate.objects.select_for_update().get(pk=certificate.pk)
    return _move(locked, verb, ground=ground, at=at)


@transaction.atomic
def restate_paper_ground(*, certificate: PaperCertificate, ground: str) -> PaperCertificate:
    """Publish another reason under a state that stays; of a certificate in force it is only a remark, and not logged.

    ValueError on an empty ground.
    """
    if not ground.strip():
        raise ValueError("a ground cannot give way to none")
    locked = PaperCertificate.objects.select_for_update().get(pk=certificate.pk)
    locked.state_ground = ground
    locked.save(update_fields=["state_ground"])
    return locked


def expire_paper_due(*, on: date, at: datetime) -> int:
    """Expire every standing paper certificate whose last day lies before `on`; how many."""
    return sum(_expire(pk, on, at) for pk in paper_run_out(on).values_list("pk", flat=True))


@transaction.atomic
def _expire(pk: int, on: date, at: datetime) -> bool:
    row = paper_run_out(on).select_for_update().filter(pk=pk).first()
    if row is not None:
        _move(row, "expire", ground="", at=at)
    return row is not None


def _move(row: PaperCertificate, verb: str, *, ground: str, at: datetime) -> PaperCertificate:
    getattr(row, verb)()
    row.state_since = at
    row.state_ground = ground
    row.save(update_fields=["state", "state_since", "state_ground"])
    append_event(row, verb, at=at)
    transaction.on_commit(wake)
    return row
