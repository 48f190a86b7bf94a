"""`manage.py signer`: the process that holds the key.

It signs what was requested, seals the log and publishes pages.
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
from certificates.installation import faces
from certificates.services.allowance import forget_idle
from certificates.services.keys import Keys, open_keys
from certificates.services.signing import sign_pending
from certificates.services.standing import expire_due
from certificates.services.translating import translate_pending
from certificates.services.waking import last_woken, note_round
from certificates.signers import KeyRefused

_log = logging.getLogger(__name__)
_GLANCE = 0.1


class Command(BaseCommand):
    """Run until told to stop; `--once` does what is pending and ends."""

    help = "Sign requested certificates, seal the log, publish verification pages."
    _stopping = False

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
            issued, translated = _work(keys, options["limit"])
            self.stdout.write(f"{issued} issued, {translated} English editions made")
            return
        self._stay(keys, interval=options["interval"], limit=options["limit"])

    def _stay(self, keys: Keys, *, interval: float, limit: int) -> None:
        while not self._stopping:
            woken = last_woken()
            if not _work_or_log(keys, limit):
                self._wait(woken, interval)

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


def _work(keys: Keys, limit: int) -> tuple[int, int]:
    """How many certificates and how many English editions; certificates first, while any is left."""
    at = timezone.now()
    expire_due(on=timezone.localdate(at), at=at)
    forget_idle(at=at)
    issued = sign_pending(limit=limit, at=at, keys=keys)
    translated = translate_pending(limit=limit, at=at, keys=keys) if issued < limit else 0
    return issued, translated
