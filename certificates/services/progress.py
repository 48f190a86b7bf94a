"""How far the signer is with a set of requested certificates, and how fast it goes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.db.models import Count, Q

from certificates.models import Certificate
from certificates.standing import Standing

RATE_OVER = timedelta(minutes=1)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Progress:
    """Certificates in all, issued, refused by the signer, and issued within the last minute."""

    total: int
    issued: int
    failed: int
    per_minute: int

    @property
    def remaining(self) -> int:
        """Certificates that the signer has still to issue."""
        return self.total - self.issued - self.failed

    @property
    def percent(self) -> int:
        """Issued of a hundred; a hundred only when all are issued."""
        return 100 * self.issued // self.total if self.total else 100

    @property
    def minutes_left(self) -> int | None:
        """Minutes until nothing remains, at the present rate; None when nothing is issued at present."""
        return ceil(self.remaining / self.per_minute) if self.per_minute else None

    @property
    def line(self) -> str:
        """One line for the operator."""
        left = f", about {self.minutes_left} min left" if self.remaining and self.minutes_left is not None else ""
        counts = f"{self.issued} of {self.total} issued, {self.failed} failed, {self.remaining} remaining"
        return f"{counts}, {self.per_minute}/min{left}"


def progress_of(request_keys: Collection[str], *, at: datetime) -> Progress:
    """How far the certificates asked for under these keys are; a key that nobody asked under yet remains."""
    counted = [_counted(Q(request_key__in=chunk), at) for chunk in _chunks(request_keys)]
    issued, failed, recent = (sum(column) for column in zip(*counted, strict=True)) if counted else (0, 0, 0)
    return Progress(len(request_keys), issued, failed, recent)


def progress_of_all(*, at: datetime) -> Progress:
    """How far the signer is with everything that was ever asked for."""
    return Progress(Certificate.objects.count(), *_counted(Q(), at))


def issued_for(request_keys: Collection[str]) -> Iterator[Certificate]:
    """The issued certificates among those asked for under these keys."""
    for chunk in _chunks(request_keys):
        yield from Certificate.objects.filter(request_key__in=chunk).exclude(state=Standing.REQUESTED).order_by("id")


def asked_among(request_keys: Collection[str]) -> set[str]:
    """The keys among these under which a certificate was asked for."""
    rows = (Certificate.objects.filter(request_key__in=chunk) for chunk in _chunks(request_keys))
    return {key for found in rows for key in found.values_list("request_key", flat=True)}


def _counted(which: Q, at: datetime) -> tuple[int, int, int]:
    issued = ~Q(state=Standing.REQUESTED)
    found = Certificate.objects.filter(which).aggregate(
        issued=Count("pk", filter=issued),
        failed=Count("pk", filter=Q(state=Standing.REQUESTED) & ~Q(refusal="")),
        recent=Count("pk", filter=issued & Q(state_since__gt=at - RATE_OVER)),
    )
    return found["issued"], found["failed"], found["recent"]


def _chunks(request_keys: Collection[str]) -> Iterator[list[str]]:
    """Few enough values for one statement of every database."""
    keys = list(request_keys)
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
