"""Signs of life of the background worker: a file touched after each round, read by the operator's page."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

log = logging.getLogger(__name__)


def beat_file() -> Path:
    """Touched by the worker after each round."""
    return Path(settings.VAR_DIR) / "run" / "worker.beat"


def beat() -> None:
    """Note that a round is over; a failure costs only the sign."""
    path = beat_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as fault:
        log.warning("cannot note the worker's round: %s", fault)


def last_beat() -> datetime | None:
    """When the worker last finished a round; None when it never did on this machine."""
    try:
        return datetime.fromtimestamp(beat_file().stat().st_mtime, tz=UTC)
    except FileNotFoundError:
        return None
