"""What differs between two annexes, line by line: a line put in or taken out is no change of all the lines below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from criteria.facts import AnnexRow, Facts, Scalar

MOST_PAIRS = 4_000_000  # above this many comparisons the rest is compared line by line, which is quick


class LineFate(StrEnum):
    """What became of a line."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class LineChange:
    """One line of an annex that differs; `before` is None for a line added, `after` for one removed."""

    annex: str
    before: AnnexRow | None
    after: AnnexRow | None

    @property
    def fate(self) -> LineFate:
        """Added, removed or changed."""
        if self.before is None:
            return LineFate.ADDED
        return LineFate.REMOVED if self.after is None else LineFate.CHANGED

    def columns(self) -> tuple[str, ...]:
        """Codes of the columns that differ, in the order in which the lines hold them."""
        old, new = (row.values if row else {} for row in (self.before, self.after))
        return tuple(code for code in dict.fromkeys([*old, *new]) if old.get(code) != new.get(code))


def changed_lines(before: Facts, after: Facts) -> list[LineChange]:
    """Every line that was added, removed or changed, annex by annex, in the order of the lines."""
    found: list[LineChange] = []
    for code in dict.fromkeys([*before.annexes, *after.annexes]):
        found += _differing(code, before.annexes.get(code, ()), after.annexes.get(code, ()))
    return found


def _differing(annex: str, old: Sequence[AnnexRow], new: Sequence[AnnexRow]) -> Iterator[LineChange]:
    was, now = [_content(row) for row in old], [_content(row) for row in new]
    start = _common(was, now)
    end = _common(was[start:][::-1], now[start:][::-1])
    was, now = was[start : len(was) - end], now[start : len(now) - end]
    for i1, i2, j1, j2 in _blocks(was, now):
        for back in range(max(i2 - i1, j2 - j1)):
            left, right = i1 + back, j1 + back
            yield LineChange(
                annex, old[start + left] if left < i2 else None, new[start + right] if right < j2 else None
            )


def _content(row: AnnexRow) -> tuple[tuple[str, Scalar], ...]:
    return tuple(sorted((code, value) for code, value in row.values.items() if value is not None))


def _common(left: Sequence[object], right: Sequence[object]) -> int:
    """How many lines are the same at the start."""
    number = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        number += 1
    return number


def _blocks(was: Sequence[object], now: Sequence[object]) -> Iterator[tuple[int, int, int, int]]:
    """Ranges of lines that do not match each other."""
    if len(was) * len(now) > MOST_PAIRS:
        both = min(len(was), len(now))
        yield from ((n, n + 1, n, n + 1) for n in range(both) if was[n] != now[n])
        yield both, len(was), both, len(now)
        return
    for tag, *block in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if tag != "equal":
            i1, i2, j1, j2 = block
            yield i1, i2, j1, j2
