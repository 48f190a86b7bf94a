"""The worker: due effects and the clock in a loop that outlives every single failure, long readings in another."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

from django.core.management import call_command
from django.db import close_old_connections
from django.utils import timezone

from accreditation.effects import forget_calls, run_due
from accreditation.services.drafts import drop_old_drafts
from accreditation.services.readings import sweep_spool
from workflows.heartbeat import beat
from workflows.reminding import remind
from workflows.tick import tick

log = logging.getLogger(__name__)
SECONDS_BETWEEN = 2.0
ROUNDS_BETWEEN_TIDYING = 1800  # an hour
ROUNDS_BETWEEN_REMINDERS = 30  # a minute
DRAFTS_KEPT = timedelta(days=90)


def turn() -> None:
    """One round: the clock first, because it promises effects."""
    at = timezone.now()
    tick(at)
    forget_calls()
    run_due(at, is_long=False)


def long_turn() -> None:
    """One round of the other lane."""
    run_due(timezone.now(), is_long=True)


def tidy() -> None:
    """Forget sessions that ended, drafts that nobody came back to, files that no reading names."""
    call_command("clearsessions")
    drop_old_drafts(before=timezone.now() - DRAFTS_KEPT)
    sweep_spool(at=timezone.now())


def run_forever(stop: threading.Event) -> None:
    """Turn until told to stop; an error is logged and the next round tries again."""
    readers = threading.Thread(target=read_forever, args=(stop,), name="reader", daemon=True)
    readers.start()
    rounds = 0
    while not stop.is_set():
        close_old_connections()
        try:
            turn()
            if rounds % ROUNDS_BETWEEN_REMINDERS == 0:
                remind(timezone.now())
            if rounds % ROUNDS_BETWEEN_TIDYING == 0:
                tidy()
        except Exception:
            log.exception("worker round failed")
        beat()
        rounds += 1
        stop.wait(SECONDS_BETWEEN)


def read_forever(stop: threading.Event) -> None:
    """The lane of long effects: nobody's mail and no clock waits for a long workbook."""
    while not stop.is_set():
        close_old_connections()
        try:
            long_turn()
        except Exception:
            log.exception("reader round failed")
        stop.wait(SECONDS_BETWEEN)
