"""Refusals that a person can read: every reason at once, each with a code and a sentence in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something may not happen: a stable code, a sentence, and the place it concerns (field or cell) if any."""

    code: str
    text: str | Promise
    place: str = ""

    def __str__(self) -> str:
        return str(self.text)


class Refusal(Exception):
    """The act is understood but may not happen now; carries all reasons."""

    def __init__(self, reasons: Sequence[Reason]) -> None:
        self.reasons = list(reasons)
        super().__init__("; ".join(reason.code for reason in self.reasons))


class Denied(Refusal):
    """This person may not do this; the page answers 403, or 404 where even existence is not theirs to know."""


class NotFound(Exception):
    """Nothing of that name that this person may see."""


class AlreadyDone(Refusal):
    """Somebody was faster: who and when, so that the page can say it."""

    def __init__(self, reason: Reason, *, done_by: str, done_at: datetime | None) -> None:
        self.done_by, self.done_at = done_by, done_at
        super().__init__([reason])


class KeyReused(Refusal):
    """The same request key came with different content."""


class BrokenChain(Exception):
    """The audit trail does not verify."""
