"""Where a ratio of one figure reaches a requirement: exact, without derivatives or guessing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

Point = tuple[Fraction, Fraction]
ZERO = Fraction(0)


def crossings(points: Sequence[Point], targets: Sequence[Fraction]) -> list[Fraction]:
    """The figures at which a value meets the targets.

    `points` are three pairs (figure, value) of a value that is a quotient of two straight lines in the figure, as sums,
    shares and amounts per head are; [] where they do not fix one. A value with `min` or `max` in it gives a hint only:
    whoever asks must evaluate what comes back.
    """
    line = _quotient(points)
    if line is None:
        return []
    a, b, c, d = line
    return [(target * c - a) / (b - target * d) for target in targets if b != target * d]


def _quotient(points: Sequence[Point]) -> tuple[Fraction, Fraction, Fraction, Fraction] | None:
    """a, b, c, d of value = (a + b·x) / (c + d·x) through three points; None when they are not one such curve."""
    rows = [[Fraction(1), x, -value, -value * x] for x, value in points]
    pivots = _reduce(rows)
    free = [column for column in range(4) if column not in pivots]
    if len(free) != 1:
        return None
    solution = [ZERO] * 4
    solution[free[0]] = Fraction(1)
    for row, column in enumerate(pivots):
        solution[column] = -rows[row][free[0]]
    return solution[0], solution[1], solution[2], solution[3]


def _reduce(rows: list[list[Fraction]]) -> list[int]:
    """Bring rows to reduced form in place; the columns that lead a row."""
    pivots: list[int] = []
    for column in range(4):
        here = len(pivots)
        found = next((row for row in range(here, len(rows)) if rows[row][column]), None)
        if found is None:
            continue
        rows[here], rows[found] = rows[found], rows[here]
        rows[here] = [part / rows[here][column] for part in rows[here]]
        for row in range(len(rows)):
            if row != here and rows[row][column]:
                rows[row] = [a - rows[row][column] * b for a, b in zip(rows[row], rows[here], strict=True)]
        pivots.append(column)
        if len(pivots) == len(rows):
            break
    return pivots


def least_reaching(
    reaches: Callable[[Fraction], bool], candidates: Sequence[Fraction], now: Fraction, step: Fraction
) -> Fraction | None:
    """The least multiple of `step` above `now` that reaches, sought between neighbouring candidates; None if none does.

    `candidates` are multiples of `step` in rising order. Between two neighbours the answer must change once at most;
    the figure returned reaches and the one a step below it does not, or is `now`.
    """
    below = now
    for candidate in candidates:
        if reaches(candidate):
            return _halved(reaches, below, candidate, step)
        below = candidate
    return None


def _halved(reaches: Callable[[Fraction], bool], below: Fraction, above: Fraction, step: Fraction) -> Fraction:
    while above - below > step:
        middle = below + ((above - below) / 2 // step) * step
        if reaches(middle):
            above = middle
        else:
            below = middle
    return above
