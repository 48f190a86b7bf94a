"""How far a reading is: rows passed out of rows known, told now and then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

STEP = 2000  # passes between two reports

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Pace:
    """Counts rows. Each passes twice, when it is parsed and when its values are read, and each pass is half a row.

    `tell` is given rows done and rows known; what is known is counted in the bytes before anything is parsed.
    """

    tell: Progress | None = None
    known: int = 0
    passed: int = 0

    def expect(self, rows: int) -> None:
        """The rows of all sheets together."""
        self.known = rows
        self._report()

    def pass_row(self) -> None:
        """One row was parsed, or its values were read."""
        self.passed += 1
        if self.passed % STEP == 0:
            self._report()

    def finish(self) -> None:
        """All rows are read; empty ones pass only once, so the count alone would end early."""
        self.passed = 2 * self.known
        self._report()

    def _report(self) -> None:
        if self.tell is not None:
            self.tell(min(self.passed // 2, self.known), self.known)
