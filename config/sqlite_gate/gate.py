"""A first-come lock: SQLite's own busy handler polls and lets late comers overtake, which ruins the slowest answers."""

from __future__ import annotations

import threading
from collections import deque


class WriteGate:
    """One holder at a time; waiters are let in strictly in order of arrival."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Event] = deque()

    def acquire(self) -> None:
        """Block until it is this caller's turn."""
        with self._guard:
            if not self._held and not self._waiting:
                self._held = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def release(self) -> None:
        """Hand the gate to the one who has waited longest, or leave it open."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False
