"""The worker of the embedded edition: due effects and the clock in a loop that outlives every single failure."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from django.core.management import call_command
from django.db import close_old_connections
from django.utils import timezone

from accreditation.effects import forget_calls, run_due
from accreditation.services.drafts import drop_old_drafts
from workflows.heartbeat import beat
from workflows.tick import tick

log = logging.getLogger(__name__)
SECONDS_BETWEEN = 2.0
ROUNDS_BETWEEN_TIDYING = 1800  # an hour
DRAFTS_KEPT = timedelta(days=90)


def turn() -> None:
    """One round: the clock first, because it promises effects."""
    at = timezone.now()
    tick(at)
    forget_calls()
    run_due(at)


def tidy() -> None:
    """Forget sessions that ended and drafts that nobody came back to."""
    call_command("clearsessions")
    drop_old_drafts(before=timezone.now() - DRAFTS_KEPT)


def run_forever(stop: threading.Event) -> None:
    """Turn until told to stop; an error is logged and the next round tries again."""
    rounds = 0
    while not stop.is_set():
        close_old_connections()
        try:
            turn()
            if rounds % ROUNDS_BETWEEN_TIDYING == 0:
                tidy()
        except Exception:
            log.exception("worker round failed")
        beat()
        rounds += 1
        stop.wait(SECONDS_BETWEEN)
