"""The vocabulary between layout and renderer: marks on a page, in points, origin at the lower left corner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Colour = tuple[float, float, float]
Point = tuple[float, float]
Measure = Callable[[str, str, float], float]
Covers = Callable[[str, str], bool]

PAPER: Colour = (1.0, 0.996, 0.972)
GOLD: Colour = (0.718, 0.569, 0.286)
PALE_GOLD: Colour = (0.945, 0.898, 0.796)
BROWN: Colour = (0.478, 0.353, 0.165)
RED: Colour = (0.702, 0.067, 0.110)
INK: Colour = (0.137, 0.122, 0.125)


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text set from its anchor; `spacing` is added after each character, `turned` degrees anticlockwise."""

    x: float
    y: float
    text: str
    face: str
    size: float
    colour: Colour = INK
    align: Literal["left", "centre"] = "left"
    spacing: float = 0.0
    turned: float = 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """A straight stroke."""

    start: Point
    end: Point
    colour: Colour = GOLD
    width: float = 0.6


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, stroked when `width` is above zero, filled when `fill` is given."""

    x: float
    y: float
    across: float
    up: float
    colour: Colour = GOLD
    width: float = 0.0
    fill: Colour | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A smooth path: starting point, then cubic Bezier pieces (two control points and an end)."""

    start: Point
    pieces: tuple[tuple[Point, Point, Point], ...]
    colour: Colour = GOLD
    width: float = 0.4


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed shape of straight sides, filled, or stroked when `width` is above zero."""

    corners: tuple[Point, ...]
    colour: Colour = RED
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Circle:
    """A stroked circle."""

    centre: Point
    radius: float
    colour: Colour = RED
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code of `text` as vectors, without margin, `side` points wide, lower left corner at (x, y).

    A layout gives the address; what is printed may carry a signed statement behind it (see `printed`).
    """

    x: float
    y: float
    side: float
    text: str
    colour: Colour = INK


@dataclass(frozen=True, slots=True)
class Repeated:
    """The same curves drawn once under each matrix (a b c d e f of PDF).

    A few bytes each once the page is compressed.
    """

    curves: tuple[Curve, ...]
    matrices: tuple[tuple[float, float, float, float, float, float], ...]


Mark = Text | Line | Box | Curve | Polygon | Circle | Code | Repeated


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the signature field, which is the seal, stands on the page: lower left corner and side."""

    x: float
    y: float
    side: float
