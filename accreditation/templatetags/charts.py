"""Charts drawn on the server as SVG: geometry only, words and colours stay in templates and style sheets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django import template

register = template.Library()

BAR_WIDTH = 200
FUNNEL_WIDTH = 420
RADAR_RADIUS = 100
RADAR_LABEL = 13.5  # font size of the labels, in drawing units
RINGS = (25, 50, 75, 100)
Number = Fraction | int | float


@dataclass(frozen=True, slots=True)
class Spoke:
    """One axis of a radar: label with value, where the axis ends, where the label stands."""

    label: str
    value: Number
    mean: Number | None
    x: float
    y: float
    label_x: float
    label_y: float
    anchor: str


def known(value: Any) -> Number | None:
    """The number, or None for one that is missing; a name that a template does not know arrives as ""."""
    return None if value is None or value == "" else value


def share(value: Number | None, top: Number, width: int) -> float:
    """Length that stands for `value` when `top` fills `width`, kept inside the drawing."""
    if value is None or top <= 0:
        return 0.0
    return round(width * float(min(max(Fraction(value) / Fraction(top), Fraction(0)), Fraction(1))), 1)


def full_scale(value: Number | None, threshold: Number | None, full: Number | None) -> Number:
    """Figure at the right end: full marks, or with none a quarter beyond the larger of value and threshold."""
    if full:
        return full
    return max(Fraction(value or 0), Fraction(threshold or 0), Fraction(1, 1000)) * Fraction(5, 4)


@register.inclusion_tag("components/charts/bar.html")
def bar(
    value: Number | None, threshold: Number | None = None, full: Number | None = None, met: bool | None = None
) -> dict[str, Any]:
    """A bar of a value against its full-mark figure, with a line at the threshold; `met` overrides the comparison."""
    value, threshold, full = known(value), known(threshold), known(full)
    top = full_scale(value, threshold, full)
    reached = met if isinstance(met, bool) else threshold is None or Fraction(value or 0) >= Fraction(threshold)
    return {
        "width": BAR_WIDTH,
        "length": share(value, top, BAR_WIDTH),
        "line": None if threshold is None else min(max(share(threshold, top, BAR_WIDTH), 1.5), BAR_WIDTH - 1.5),
        "reached": reached,
    }


@register.inclusion_tag("components/charts/deviation.html")
def deviation(value: Number, limit: Number, scale: Number) -> dict[str, Any]:
    """A signed distance from the middle, to the left below and to the right above; lines at the limit on both sides."""
    middle = BAR_WIDTH / 2
    length = share(abs(Fraction(value)), scale, BAR_WIDTH // 2)
    mark = share(limit, scale, BAR_WIDTH // 2)
    return {
        "width": BAR_WIDTH,
        "middle": middle - 1,
        "start": middle - length if value < 0 else middle,
        "length": length,
        "lines": [middle - mark, middle + mark - 1],
        "beyond": abs(Fraction(value)) > Fraction(limit),
    }


@register.inclusion_tag("components/charts/bullet.html")
def bullet(label: str, value: Number, target: Number, unit: str = "") -> dict[str, Any]:
    """A plan figure: how far `value` has come towards `target`, both in `unit`."""
    top = max(Fraction(value), Fraction(target)) * Fraction(5, 4)
    return {
        "label": label,
        "value": value,
        "target": target,
        "unit": unit,
        "width": FUNNEL_WIDTH,
        "length": share(value, top, FUNNEL_WIDTH),
        "line": share(target, top, FUNNEL_WIDTH),
    }


@register.simple_tag
def most(rows: Sequence[Any]) -> int:
    """The largest count of (label, count) pairs."""
    return max((count for _, count in rows), default=0)


@register.inclusion_tag("components/charts/count_bar.html")
def count_bar(count: int, top: int) -> dict[str, Any]:
    """A bar of a count against the largest of its list; the number stands beside it as text."""
    return {"length": share(count, top, 300)}


def funnel_rows(stages: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows of a funnel from (label, count) pairs: bar length and percent of the step before (None for the first)."""
    top = max((count for _, count in stages), default=0)
    rows: list[dict[str, Any]] = []
    before: int | None = None
    for number, (label, count) in enumerate(stages):
        rate = None if not before else math.floor(Fraction(100 * count, before) + Fraction(1, 2))
        rows.append({"label": label, "count": count, "rate": rate, "y": number * 34, "length": share(count, top, 300)})
        before = count
    return rows


@register.inclusion_tag("components/charts/funnel.html")
def funnel(title: str, stages: Sequence[Any]) -> dict[str, Any]:
    """Counts stage by stage from (label, count) pairs, with the rate to the stage before and the same as a table."""
    rows = funnel_rows(stages)
    return {"title": title, "rows": rows, "height": max(len(rows) * 34 - 8, 26)}


def point(angle: float, distance: float) -> tuple[float, float]:
    """Point at a distance from the centre, the first axis pointing up, clockwise."""
    return round(distance * math.sin(angle), 1), round(-distance * math.cos(angle), 1)


def polygon(values: Sequence[Number]) -> str:
    """The `points` attribute for percent values, one per axis."""
    step = 2 * math.pi / len(values)
    spots = (point(i * step, RADAR_RADIUS * float(min(max(v, 0), 100)) / 100) for i, v in enumerate(values))
    return " ".join(f"{x},{y}" for x, y in spots)


def part(axis: Any, name: str) -> Any:
    """A field of a mapping or of an object, None where it is missing."""
    return axis.get(name) if isinstance(axis, dict) else getattr(axis, name, None)


def spokes(axes: Sequence[Any]) -> list[Spoke]:
    """Axes of a radar from objects or mappings with `label`, `value` and optional `mean`, in percent."""
    step = 2 * math.pi / len(axes)
    found = []
    for i, axis in enumerate(axes):
        x, y = point(i * step, RADAR_RADIUS)
        label_x, label_y = point(i * step, RADAR_RADIUS + 14)
        anchor = "middle" if abs(x) < 10 else "start" if x > 0 else "end"
        label, value, mean = (part(axis, name) for name in ("label", "value", "mean"))
        found.append(Spoke(str(label), value, known(mean), x, y, label_x, label_y, anchor))
    return found


def label_width(text: str) -> float:
    """Rough width of a label in drawing units: Chinese characters are square, others over half."""
    return RADAR_LABEL * sum(1.0 if ord(sign) > 0x2E00 else 0.62 for sign in text)


def half_width(lines: Sequence[Spoke]) -> float:
    """Half the width that the drawing needs, so that no label is cut."""
    reach = [abs(line.label_x) + label_width(line.label) / (2 if line.anchor == "middle" else 1) for line in lines]
    return round(max(reach) + 8, 1)


@register.inclusion_tag("components/charts/radar.html")
def radar(key: str, title: str, axes: Sequence[Any], own: str = "", mean: str = "") -> dict[str, Any]:
    """Rates per dimension, at least three: own figures solid, the batch mean dashed; `key` is unique on the page."""
    lines = spokes(axes)
    means = [line.mean for line in lines if line.mean is not None]
    return {
        "key": key,
        "title": title,
        "half": half_width(lines),
        "width": 2 * half_width(lines),
        "spokes": lines,
        "rings": [polygon([ring] * len(lines)) for ring in RINGS],
        "shape": polygon([line.value for line in lines]),
        "mean_shape": polygon(means) if len(means) == len(lines) else "",
        "own_name": own,
        "mean_name": mean,
    }
