"""The worker: mails and clocks in a loop that outlives every single failure, long readings and calls in their own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from django.core.management import call_command
from django.db import close_old_connections
from django.utils import timezone

from accreditation.effects import Lane, forget_calls, run_due
from accreditation.services.drafts import drop_old_drafts
from accreditation.services.readings import sweep_spool
from workflows.goal_keeping import begin_missing
from workflows.heartbeat import beat
from workflows.reminding import remind
from workflows.tick import tick

log = logging.getLogger(__name__)
SECONDS_BETWEEN = 2.0
ROUNDS_BETWEEN_TIDYING = 1800  # an hour
ROUNDS_BETWEEN_REMINDERS = 30  # a minute
CALLS_IN_A_ROUND = 5  # a silent receiver takes its seconds for each; a round must not look stuck
DRAFTS_KEPT = timedelta(days=90)


def turn() -> None:
    """One round: the clock first, because it promises effects."""
    at = timezone.now()
    tick(at)
    forget_calls()
    run_due(at, lane=Lane.ORDINARY)


def long_turn() -> None:
    """One round of the lane of long effects."""
    run_due(timezone.now(), lane=Lane.LONG)


def outside_turn() -> None:
    """One round of the lane of calls to other systems."""
    run_due(timezone.now(), CALLS_IN_A_ROUND, lane=Lane.OUTSIDE)


def tidy() -> None:
    """Forget sessions that ended, drafts that nobody came back to, files that no reading names."""
    call_command("clearsessions")
    drop_old_drafts(before=timezone.now() - DRAFTS_KEPT)
    sweep_spool(at=timezone.now())


def run_forever(stop: threading.Event) -> None:
    """Turn until told to stop; an error is logged and the next round tries again."""
    for name, lane in (("reader", read_forever), ("caller", call_forever)):
        threading.Thread(target=lane, args=(stop,), name=name, daemon=True).start()
    rounds = 0
    while not stop.is_set():
        close_old_connections()
        try:
            turn()
            if rounds % ROUNDS_BETWEEN_REMINDERS == 0:
                begin_missing(timezone.now())
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
    _forever(stop, long_turn, "reader")


def call_forever(stop: threading.Event) -> None:
    """The lane of calls: nor for a receiver that is silent."""
    _forever(stop, outside_turn, "caller")


def _forever(stop: threading.Event, lane_turn: Callable[[], None], name: str) -> None:
    while not stop.is_set():
        close_old_connections()
        try:
            lane_turn()
        except Exception:
            log.exception("%s round failed", name)
        stop.wait(SECONDS_BETWEEN)
