"""Engraved ornament.

Woven, key-pattern and ring borders, rosette, corners and the round seal, as smooth curves computed from their formulae.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from math import cos, hypot, pi, radians, sin

from certificates.drawing import (
    GOLD,
    PALE_GOLD,
    RED,
    Box,
    Circle,
    Colour,
    Curve,
    Line,
    Mark,
    Point,
    Polygon,
    Repeated,
    Text,
)


def smooth(
    path: Callable[[float], Point], *, start: float, end: float, steps: int, colour: Colour, width: float
) -> Curve:
    """The parametric `path` from `start` to `end` as `steps` Bezier pieces whose tangents are the path's own."""
    step = (end - start) / steps
    nudge = step * 1e-4

    def tangent(at: float) -> Point:
        before, after = path(at - nudge), path(at + nudge)
        return ((after[0] - before[0]) / (2 * nudge), (after[1] - before[1]) / (2 * nudge))

    pieces = []
    for number in range(steps):
        here, there = start + number * step, start + (number + 1) * step
        (x0, y0), (x1, y1) = path(here), path(there)
        (dx0, dy0), (dx1, dy1) = tangent(here), tangent(there)
        third = step / 3
        pieces.append(((x0 + dx0 * third, y0 + dy0 * third), (x1 - dx1 * third, y1 - dy1 * third), (x1, y1)))
    return Curve(path(start), tuple(pieces), colour=colour, width=width)


def woven_band(start: Point, end: Point, *, half: float, period: float, colour: Colour = GOLD) -> Repeated:
    """A band of interlaced waves from `start` to `end` (along one axis), of a whole number of periods.

    Two families of strands swing against each other, finer strands of half the period between them; one period is drawn
    and repeated.
    """
    length = hypot(end[0] - start[0], end[1] - start[1])
    count = max(1, round(length / period))
    step = length / count
    swings = [half * (1 - 0.24 * strand) * family for family in (1, -1) for strand in range(4)]
    unit = [smooth(_wave(step, swing, 1), start=0, end=1, steps=4, colour=colour, width=0.34) for swing in swings]
    for swing in (half * 0.5, -half * 0.5):
        unit.append(smooth(_wave(step, swing, 2), start=0, end=1, steps=8, colour=colour, width=0.26))
    return Repeated(tuple(unit), _along(start, end, count))


def _along(start: Point, end: Point, count: int) -> tuple[tuple[float, float, float, float, float, float], ...]:
    """Matrices that set a unit `count` times from `start` to `end`, its own x axis along the way."""
    length = hypot(end[0] - start[0], end[1] - start[1])
    step = length / count
    dx, dy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    moves = ((start[0] + dx * step * place, start[1] + dy * step * place) for place in range(count))
    return tuple((dx, dy, -dy, dx, x, y) for x, y in moves)


def fret_band(start: Point, end: Point, *, half: float, period: float, colour: Colour = GOLD) -> Repeated:
    """A band of the Chinese key pattern from `start` to `end`: squared spirals turned towards each other in pairs."""
    count = max(1, round(hypot(end[0] - start[0], end[1] - start[1]) / period))
    step = hypot(end[0] - start[0], end[1] - start[1]) / count
    side = step / 2
    turns = ((0.0, -1.0), (0.0, 1.0), (0.84, 1.0), (0.84, -0.5), (0.3, -0.5), (0.3, 0.45), (0.57, 0.45), (0.57, 0.0))
    left = tuple((side * x, half * 0.8 * y) for x, y in turns)
    right = tuple((step - x, -y) for x, y in left)
    base = (((0.0, -half), (step, -half)), ((0.0, half), (step, half)))
    units = [_broken(path, colour, 0.55) for path in (left, right)] + [_broken(path, colour, 0.3) for path in base]
    return Repeated(tuple(units), _along(start, end, count))


def _broken(corners: tuple[Point, ...], colour: Colour, width: float) -> Curve:
    """A path of straight strokes, as the curve that it is."""
    pieces = tuple((start, end, end) for start, end in pairwise(corners))
    return Curve(corners[0], pieces, colour=colour, width=width)


def scale_band(start: Point, end: Point, *, half: float, period: float, colour: Colour = GOLD) -> Repeated:
    """A band of overlapping rings with a finer ring in each, from `start` to `end`."""
    length = hypot(end[0] - start[0], end[1] - start[1])
    count = max(1, round(length / period))
    middle = length / count / 2
    rings = ((middle, half, 0.4), (middle, half * 0.78, 0.3), (middle, half * 0.34, 0.45))
    return Repeated(tuple(_ring_at(x, radius, colour, width) for x, radius, width in rings), _along(start, end, count))


def _ring_at(x: float, radius: float, colour: Colour, width: float) -> Curve:
    def path(angle: float) -> Point:
        return (x + radius * cos(angle), radius * sin(angle))

    return smooth(path, start=0, end=2 * pi, steps=4, colour=colour, width=width)


def _wave(length: float, swing: float, waves: int) -> Callable[[float], Point]:
    return lambda share: (length * share, swing * sin(2 * pi * waves * share))


def rosette(centre: Point, radius: float, *, petals: int, colour: Colour = PALE_GOLD) -> Iterator[Mark]:
    """Nested woven rings: waves around a circle, four to a ring, fewer and deeper towards the middle."""
    for ring, (share, swing) in enumerate(((0.90, 0.10), (0.72, 0.13), (0.50, 0.16), (0.28, 0.14))):
        yield _ring(centre, radius * share, radius * swing, count=petals - 8 * ring, colour=colour)


def _ring(centre: Point, radius: float, swing: float, *, count: int, colour: Colour) -> Repeated:
    def strand(phase: float) -> Callable[[float], Point]:
        def path(angle: float) -> Point:
            distance = radius + swing * sin(count * angle + phase)
            return (distance * cos(angle), distance * sin(angle))

        return path

    turn = 2 * pi / count
    phases = (pi * quarter / 2 for quarter in range(4))
    unit = tuple(smooth(strand(phase), start=0, end=turn, steps=4, colour=colour, width=0.45) for phase in phases)
    angles = (turn * place for place in range(count))
    return Repeated(unit, tuple((cos(a), sin(a), -sin(a), cos(a), *centre) for a in angles))


def corner(centre: Point, half: float, *, colour: Colour = GOLD) -> Iterator[Mark]:
    """A square corner piece: frame, diamond within diamond, filled heart."""
    x, y = centre
    yield Box(x - half, y - half, 2 * half, 2 * half, colour, 0.7)
    yield Box(x - half + 2, y - half + 2, 2 * half - 4, 2 * half - 4, colour, 0.35)
    for share, width in ((0.74, 0.8), (0.52, 0.6)):
        yield Polygon(diamond(centre, half * share), colour=colour, width=width)
    yield Polygon(diamond(centre, half * 0.26), colour=colour)


def diamond(centre: Point, half: float) -> tuple[Point, ...]:
    """Corners of a square standing on its tip."""
    x, y = centre
    return ((x, y + half), (x + half, y), (x, y - half), (x - half, y))


def star(centre: Point, radius: float) -> tuple[Point, ...]:
    """Corners of a five-pointed star, one tip up."""
    ratio = sin(radians(18)) / sin(radians(54))
    return tuple(
        (
            centre[0] + radius * (1 if tip % 2 == 0 else ratio) * cos(radians(90 + 36 * tip)),
            centre[1] + radius * (1 if tip % 2 == 0 else ratio) * sin(radians(90 + 36 * tip)),
        )
        for tip in range(10)
    )


def divider(centre: Point, half: float, *, colour: Colour = GOLD) -> Iterator[Mark]:
    """A hairline on both sides of a small star."""
    x, y = centre
    yield Line((x - half, y), (x - 12, y), colour, 0.7)
    yield Line((x + 12, y), (x + half, y), colour, 0.7)
    yield Polygon(star(centre, 4.6), colour=colour)


def round_seal(*, side: float, around: str, below: str, face: str) -> Iterator[Mark]:
    """A round seal in a square of `side`.

    Rim, the body's name along the arc, star, and a line of text under the star.
    """
    middle = side / 2
    centre = (middle, middle)
    yield Circle(centre, middle - 2.2, width=2.6)
    size = min(side * 0.125, side * 1.9 / max(len(around), 1))
    radius = middle - 6.2 - size * 0.86
    sweep = min(238.0, len(around) * 22.0)
    gap = sweep / max(len(around) - 1, 1)
    for place, character in enumerate(around):
        angle = 90 + sweep / 2 - place * gap
        x, y = middle + radius * cos(radians(angle)), middle + radius * sin(radians(angle))
        yield Text(x, y, character, face, size, colour=RED, align="centre", turned=angle - 90)
    yield Polygon(star((middle, middle + side * 0.02), side * 0.145), colour=RED)
    size = min(side * 0.078, side * 0.52 / max(len(below), 1))
    yield Text(middle, middle - side * 0.30, below, face, size, colour=RED, align="centre", spacing=0.4)
