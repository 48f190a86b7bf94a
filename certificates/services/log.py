"""The transparency log in the database: entries in order without gap, heads signed and time-stamped."""

from __future__ import annotations

import base64
import logging
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from certificates.installation import log_origin
from certificates.models import Certificate, LogEntry, PaperCertificate, TreeHead
from certificates.proofs import SignedHead
from certificates.seal import time_stamp
from certificates.services.keys import Keys
from certificates.services.requests import lock_series, take_from
from certificates.transparency import Frontier, Head, entry, leaf_hash

_SERIES = "log"
_log = logging.getLogger(__name__)


def append_event(certificate: Certificate | PaperCertificate, event: str, *, at: datetime) -> LogEntry:
    """Enter one event; call it inside the transaction that changes the certificate, after its digests are set."""
    return append_events([certificate], event, at=at)[0]


def append_events(
    certificates: Sequence[Certificate | PaperCertificate], event: str, *, at: datetime
) -> list[LogEntry]:
    """Enter the same event of several certificates, in this order, under one lock of the log."""
    start = take_from(_SERIES, len(certificates)) - 1
    numbered = enumerate(certificates, start)
    rows = [_row(index, one, event, at, file=one.sha256 or "") for index, one in numbered]
    return LogEntry.objects.bulk_create(rows)


def append_translation(certificate: Certificate, *, sha256: str, at: datetime) -> LogEntry:
    """Enter the making of the English edition with the digest of its file, inside the transaction that notes it."""
    row = _row(take_from(_SERIES, 1) - 1, certificate, "translate", at, file=sha256)
    row.save()
    return row


def _row(index: int, certificate: Certificate | PaperCertificate, event: str, at: datetime, *, file: str) -> LogEntry:
    leaf = entry(
        event,
        identifier=certificate.identifier or "",
        pdf=file,
        record=certificate.record_sha256,
        at=at,
    )
    return LogEntry(
        index=index,
        leaf=leaf.decode(),
        leaf_hash=leaf_hash(leaf).hex(),
        number=certificate.number,
        version=certificate.version,
        event=event,
    )


@transaction.atomic
def seal_log(*, keys: Keys, at: datetime) -> TreeHead | None:
    """Sign a head over all committed entries and time-stamp it; the newest head, None while the log is empty.

    Nothing happens when the newest head already covers everything. A failing time-stamp does not stop the head.
    """
    lock_series(_SERIES)  # one sealer at a time; the second then finds the first one's head
    last = TreeHead.objects.order_by("-size").first()
    frontier = Frontier(map(bytes.fromhex, last.peaks), last.size) if last else Frontier()
    for leaf in LogEntry.objects.filter(index__gte=frontier.size).order_by("index"):
        if leaf.index != frontier.size:
            break
        frontier.append(leaf_hash(leaf.leaf.encode()))
    if (last and frontier.size == last.size) or not frontier.size:
        return last
    head = Head(log_origin(), frontier.size, frontier.root(), at)
    return TreeHead.objects.create(
        origin=head.origin,
        size=head.size,
        root=head.root.hex(),
        peaks=[peak.hex() for peak in frontier.peaks],
        at=at,
        signature=base64.b64encode(keys.sign_head(head.statement)).decode(),
        time_stamp=_time_stamp(head, keys, at),
    )


def head_of(row: TreeHead) -> Head:
    """The head as it was signed."""
    return Head(row.origin, row.size, bytes.fromhex(row.root), row.at)


def signed_head(row: TreeHead) -> SignedHead:
    """The head with its signature and time-stamp, as it is published."""
    return SignedHead(head_of(row), base64.b64decode(row.signature), base64.b64decode(row.time_stamp))


def _time_stamp(head: Head, keys: Keys, at: datetime) -> str:
    try:
        token = time_stamp(sha256(head.statement).digest(), keys.clock, serial=head.size, at=at)
    except (OSError, ValueError) as fault:
        _log.error("no time-stamp over the log head of %d entries: %s", head.size, fault)
        return ""
    return base64.b64encode(token).decode()
