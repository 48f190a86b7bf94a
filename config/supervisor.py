"""Keeps a few child processes running together: starts them, starts again what stops, ends all on request."""

from __future__ import annotations

import logging
import shutil
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

log = logging.getLogger(__name__)

GLANCE = 0.2
PATIENCE = 15.0
QUICK = 10.0
QUICK_ENDS_ALLOWED = 5
OWNER_AND_GROUP = 0o027


@dataclass
class Child:
    """One program to keep running, with its own environment, started in a folder."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    quick_ends: int = 0
    started: float = 0.0
    running: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """In a session of its own: Ctrl-C reaches the supervisor alone, which then ends its children."""
        self.started = time.monotonic()
        self.running = subprocess.Popen(
            [*_end_with_parent(), *self.command],
            env=dict(self.environment),
            cwd=self.folder,
            umask=OWNER_AND_GROUP,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def has_ended(self) -> bool:
        """True once it was started and is no longer running."""
        return self.running is not None and self.running.poll() is not None

    def end(self, until: float) -> None:
        """Wait for its end, then make it end."""
        if self.running is None:
            return
        try:
            self.running.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()


def _end_with_parent() -> list[str]:
    """Linux ends the children even when the supervisor is killed outright."""
    program = shutil.which("setpriv")
    return [program, "--pdeathsig", "TERM", "--"] if program else []


class Supervisor:
    """Runs children until `stop` is set or one of them keeps ending at once."""

    def __init__(self, children: Sequence[Child], stop: threading.Event) -> None:
        self.children = children
        self.stop = stop

    def start(self) -> None:
        """Start every child."""
        for child in self.children:
            child.start()

    def watch(self) -> int:
        """Start again what ends; returns 0 after `stop`, 1 when a child cannot be kept running. Ends all children."""
        try:
            while not self.stop.wait(GLANCE):
                if not all(self._revive(child) for child in self.children):
                    return 1
            return 0
        finally:
            self.end()

    def _revive(self, child: Child) -> bool:
        if not child.has_ended():
            return True
        code = child.running.returncode if child.running else None
        log.error("%s ended with code %s", child.name, code)
        child.quick_ends = child.quick_ends + 1 if time.monotonic() - child.started < QUICK else 0
        if child.quick_ends >= QUICK_ENDS_ALLOWED:
            log.error("%s ended %s times in a row at once: giving up", child.name, child.quick_ends)
            return False
        child.start()
        return True

    def end(self) -> None:
        """Ask all to end, give them time, then insist."""
        for child in self.children:
            if child.running is not None and child.running.poll() is None:
                child.running.terminate()
        until = time.monotonic() + PATIENCE
        for child in self.children:
            child.end(until)
