"""What a layout is made of: functions from a snapshot to marks, in Chinese and, where it has one, in English."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from certificates.drawing import Covers, Mark, Measure, Placed
from certificates.snapshot import Snapshot

WIDTH, HEIGHT = 841.89, 595.28
CHINESE, ENGLISH = "zh", "en"

Page = Callable[[Snapshot, Measure, Covers], Iterator[Mark]]


@dataclass(frozen=True, slots=True)
class Layout:
    """One version of the page of one kind of certificate.

    What is drawn for everybody, for one certificate, and as the seal; `english` draws the English edition. `occasions`
    are those for which it has words, `needs` the fields of a snapshot without which it has nothing to say.
    """

    artwork: Callable[[], Iterator[Mark]]
    page: Page
    seal: Callable[[str, bool, Covers], Iterator[Mark]]
    seal_at: Placed
    size: tuple[float, float] = (WIDTH, HEIGHT)
    english: Page | None = None
    occasions: frozenset[str] = frozenset({""})
    needs: tuple[str, ...] = ()
