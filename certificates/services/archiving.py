"""The nightly work for the long term: every standing certificate is upgraded to B-LTA, and its time-stamp renewed.

Safe to kill and to run again at any point: the file is durable before the row that names it, and only a file that the
strict policy accepts gets a row. A certificate that fails is logged and tried again in the next run.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from certificates.clocks import Clock, ClockFailed, read_clock
from certificates.durable import fetch, keep
from certificates.evidence import NoEvidence, Sources
from certificates.installation import signing_folder, store_folder, time_stamp_options, trust_folder
from certificates.long_term import NotExtended, Trial, extended, try_clock
from certificates.models import ArchivedFile, Certificate
from certificates.revocation import refresh_lists
from certificates.selectors import certificates_to_archive, newest_archived
from certificates.services.keys import Keys
from certificates.services.verification import trust
from certificates.services.waking import wake
from certificates.time_stamps import StampRefused
from certificates.verify import verify

LEVEL = "B-LTA"
RENEWED_BEFORE = timedelta(days=365)
OVERDUE_AFTER = timedelta(days=3)
_log = logging.getLogger(__name__)


class NotAccepted(ValueError):
    """The upgraded file is refused by the strict policy; it is not kept."""


@dataclass(frozen=True, slots=True)
class Archivist:
    """What one run upgrades with: a clock that answers, and where revocation data comes from."""

    clock: Clock
    trial: Trial
    sources: Sources


def open_archivist(keys: Keys, *, at: datetime) -> Archivist:
    """Make the lists of revoked certificates anew and ask the clock once.

    ClockFailed when it does not answer, StampRefused when it is not under a published root of time.
    """
    folder, published = signing_folder(), trust_folder()
    refresh_lists(folder, published, at=at)
    clocks = _certificates(published / "tsa-root.pem")
    clock = read_clock(time_stamp_options(), keys.clock, clocks)
    sources = Sources(folder, published, _certificates(published / "root.pem"), keys.responder, at)
    return Archivist(clock, try_clock(clock, clocks), sources)


def due_for_archive(at: datetime) -> list[int]:
    """Primary keys of certificates issued before today and not upgraded, or whose time-stamp ends within a year."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    due = certificates_to_archive(issued_before=midnight, ends_before=at + RENEWED_BEFORE)
    return list(due.values_list("pk", flat=True))


def archive_due(*, keys: Keys, at: datetime, limit: int, passed_over: set[int]) -> int:
    """Upgrade up to `limit` certificates that are due; how many were tried: 0 when none is left or no clock answers.

    Those in `passed_over` are left out, and one that fails is added to them: it keeps nobody waiting.
    """
    due = [pk for pk in due_for_archive(at) if pk not in passed_over][:limit]
    if not due:
        return 0
    try:
        archivist = open_archivist(keys, at=at)
    except (ClockFailed, StampRefused) as fault:
        _log.error("no certificate can be archived: %s", fault)
        return 0
    passed_over.update(certificate.pk for certificate, fault in archive(due, archivist, at=at) if fault)
    return len(due)


def archive(pks: Iterable[int], archivist: Archivist, *, at: datetime) -> Iterator[tuple[Certificate, str | None]]:
    """Upgrade certificates one by one: each with None, or with why it could not be."""
    for pk in pks:
        certificate = Certificate.objects.get(pk=pk)
        try:
            _archive_one(certificate, archivist, at)
        except (NoEvidence, NotExtended, NotAccepted, OSError) as fault:
            _log.error("certificate %s cannot be archived: %s", certificate, fault)
            yield certificate, str(fault)
        else:
            yield certificate, None


def _archive_one(certificate: Certificate, archivist: Archivist, at: datetime) -> None:
    before = newest_archived(certificate)
    if before and before.until >= archivist.trial.stamp.until:
        raise NotAccepted(f"the time-stamp authority ends no later than {before.until:%Y-%m-%d}: it must be renewed")
    content = fetch(store_folder(), before.sha256 if before else certificate.sha256 or "")
    made = extended(content, archivist.sources, archivist.clock, archivist.trial)
    verdict = verify(made, trust(at=max(at, timezone.now())))
    if verdict.rule is not None or verdict.stamped_at is None:
        raise NotAccepted(f"refused by the strict policy: {verdict.rule} {verdict.detail}")
    row = ArchivedFile(
        certificate=certificate,
        ordinal=before.ordinal + 1 if before else 1,
        sha256=keep(store_folder(), made),
        level=LEVEL,
        size=len(made),
        made_at=at,
        stamped_at=datetime.fromisoformat(verdict.stamped_at),
        until=archivist.trial.stamp.until,
    )
    _enter(row)


@transaction.atomic
def _enter(row: ArchivedFile) -> None:
    """Note the file and have the page written anew, unless somebody else was faster."""
    locked = Certificate.objects.select_for_update().get(pk=row.certificate_id)
    if ArchivedFile.objects.filter(certificate=locked, ordinal=row.ordinal).exists():
        return
    row.save()
    Certificate.objects.filter(pk=locked.pk).update(revision=F("revision") + 1)
    transaction.on_commit(wake)


def _certificates(path: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(path.read_bytes())
