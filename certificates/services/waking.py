"""Tell the signer that there is something to do; it looks by itself every few seconds anyway."""

from __future__ import annotations

import logging
from pathlib import Path

from certificates.installation import wake_file

_log = logging.getLogger(__name__)


def wake() -> None:
    """Touch the signer's wake file; a failure only costs the signer's next look."""
    path = wake_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as fault:
        _log.warning("cannot wake the signer: %s", fault)


def last_woken() -> int:
    """When the wake file was last touched, in nanoseconds; 0 when never."""
    try:
        return wake_file().stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def note_round() -> None:
    """Touch the signer's sign of life after a round of work."""
    path = _round_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as fault:
        _log.warning("cannot note the signer's round: %s", fault)


def last_round() -> int:
    """When the signer last finished a round, in nanoseconds; 0 when never."""
    try:
        return _round_file().stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _round_file() -> Path:
    return wake_file().with_name("signer.beat")
