"""`manage.py signer`: the process that holds the key.

It signs what was requested, seals the log, publishes pages, and at night upgrades certificates for the long term.
"""

from __future__ import annotations

import logging
import signal
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from certificates.fonts import FontsRefused
from certificates.installation import faces, signing_folder, trust_folder
from certificates.revocation import refresh_lists
from certificates.services.allowance import forget_idle
from certificates.services.archiving import archive_due
from certificates.services.keys import Keys, open_keys
from certificates.services.paper import expire_paper_due
from certificates.services.signing import sign_pending
from certificates.services.standing import expire_due
from certificates.services.translating import translate_pending
from certificates.services.waking import last_woken, note_round
from certificates.signers import KeyRefused

_log = logging.getLogger(__name__)
_GLANCE = 0.1
_ARCHIVE_EVERY = 3600.0
_AT_ONCE = 10


class Command(BaseCommand):
    """Run until told to stop; `--once` does what is pending and ends."""

    help = "Sign requested certificates, seal the log, publish verification pages."
    _stopping = False
    _next_archive = 0.0

    def __init__(self, *args: Any, **options: Any) -> None:
        """Nothing is passed over yet."""
        super().__init__(*args, **options)
        self._passed_over: set[int] = set()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How often to look, how much at once, and whether to stay."""
        parser.add_argument("--once", action="store_true", help="do what is pending, then end")
        parser.add_argument("--interval", type=float, default=2.0, help="seconds between looks when nobody wakes it")
        parser.add_argument("--limit", type=int, default=50, help="certificates per batch and log head")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check fonts and keys before anything is signed, then work."""
        try:
            faces()
            keys = open_keys(at=timezone.now())
        except (FontsRefused, KeyRefused) as refusal:
            raise CommandError(str(refusal)) from refusal
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        if options["once"]:
            issued, translated = _work_off(keys, options["limit"])
            self.stdout.write(f"{issued} issued, {translated} English editions made")
            self._archive(keys)
            return
        self._stay(keys, interval=options["interval"], limit=options["limit"])

    def _stay(self, keys: Keys, *, interval: float, limit: int) -> None:
        while not self._stopping:
            woken = last_woken()
            if not _work_or_log(keys, limit) and not self._archive(keys):
                self._wait(woken, interval)

    def _archive(self, keys: Keys) -> int:
        """Upgrade a few certificates for the long term when there is nothing to sign; how many were tried.

        When none is left, or no clock answers, the next look is an hour later, and those that failed are tried again.
        """
        if time.monotonic() < self._next_archive:
            return 0
        tried = _archive_or_log(keys, self._passed_over)
        if not tried:
            self._next_archive = time.monotonic() + _ARCHIVE_EVERY
            self._passed_over.clear()
        return tried

    def _wait(self, woken: int, interval: float) -> None:
        """Until somebody wakes the signer or the interval is over."""
        until = time.monotonic() + interval
        while not self._stopping and last_woken() == woken and time.monotonic() < until:
            time.sleep(_GLANCE)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True


def _work_or_log(keys: Keys, limit: int) -> int:
    """One round; a failing database, disk or key is logged and tried again in the next: no key, no certificate."""
    try:
        return sum(_work(keys, limit))
    except (DatabaseError, OSError, KeyRefused):
        _log.exception("signing round failed")
        return 0
    finally:
        note_round()
        close_old_connections()


def _work_off(keys: Keys, limit: int) -> tuple[int, int]:
    """Rounds until one makes nothing; how many certificates and English editions were made in all."""
    total = (0, 0)
    while any(made := _work(keys, limit)):
        total = (total[0] + made[0], total[1] + made[1])
    return total


def _archive_or_log(keys: Keys, passed_over: set[int]) -> int:
    """A few upgrades, with fresh lists of revoked certificates; a failing database, disk or key stops nothing else."""
    at = timezone.now()
    try:
        refresh_lists(signing_folder(), trust_folder(), at=at)
        return archive_due(keys=keys, at=at, limit=_AT_ONCE, passed_over=passed_over)
    except (DatabaseError, OSError, KeyRefused):
        _log.exception("archiving failed")
        return 0


def _work(keys: Keys, limit: int) -> tuple[int, int]:
    """How many certificates and how many English editions; certificates first, while any is left."""
    at = timezone.now()
    expire_due(on=timezone.localdate(at), at=at)
    expire_paper_due(on=timezone.localdate(at), at=at)
    forget_idle(at=at)
    issued = sign_pending(limit=limit, at=at, keys=keys)
    translated = translate_pending(limit=limit, at=at, keys=keys) if issued < limit else 0
    return issued, translated
