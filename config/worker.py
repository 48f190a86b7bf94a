"""The worker of the embedded edition: due effects and the clock in a loop that outlives every single failure."""

from __future__ import annotations

import logging
import threading

from django.db import close_old_connections
from django.utils import timezone

from accreditation.effects import run_due
from workflows.tick import tick

log = logging.getLogger(__name__)
SECONDS_BETWEEN = 2.0


def turn() -> None:
    """One round: the clock first, because it promises effects."""
    at = timezone.now()
    tick(at)
    run_due(at)


def run_forever(stop: threading.Event) -> None:
    """Turn until told to stop; an error is logged and the next round tries again."""
    while not stop.is_set():
        close_old_connections()
        try:
            turn()
        except Exception:
            log.exception("worker round failed")
        stop.wait(SECONDS_BETWEEN)
