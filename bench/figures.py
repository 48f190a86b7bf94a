"""One figure: its name, value, unit and target, whether the target holds, and the line that says so."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from math import isnan
from typing import Any

_HEAD = ("figure", "value", "unit", "target", "", "remark")
_BEGIN, _END = "<!-- figures -->\n", "<!-- end of figures -->\n"


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value and the most (or, where more is better, the least) that it may be."""

    name: str
    value: float
    unit: str
    target: float
    remark: str = ""
    more_is_better: bool = False

    @property
    def holds(self) -> bool:
        """Whether the value is within its target; a value that is no number is not."""
        return self.value >= self.target if self.more_is_better else self.value <= self.target

    @property
    def cells(self) -> tuple[str, ...]:
        """The figure as shown."""
        sign = "≥" if self.more_is_better else "≤"
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        return self.name, shown(self.value), self.unit, f"{sign} {shown(self.target)}", verdict, self.remark

    @property
    def line(self) -> str:
        """One line of fixed columns."""
        name, value, unit, target, verdict, remark = self.cells
        return f"{name:<34} {value:>9} {unit:<11} {target:>9}  {verdict:<13}  {remark}".rstrip()

    def plain(self) -> dict[str, Any]:
        """The figure as JSON values."""
        return {
            "name": self.name,
            "value": None if isnan(self.value) else self.value,
            "unit": self.unit,
            "target": self.target,
            "more_is_better": self.more_is_better,
            "holds": self.holds,
            "remark": self.remark,
        }


def shown(value: float) -> str:
    """Three significant digits, whole numbers whole."""
    return f"{value:.0f}" if abs(value) >= 1000 or float(value).is_integer() else f"{value:.3g}"


def circumstances() -> dict[str, str]:
    """Where the figures were measured, as far as it explains them."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": str(os.cpu_count()),
        "system": platform.system(),
    }


def as_json(figures: Iterable[Figure]) -> str:
    """All figures and the circumstances."""
    content = {"circumstances": circumstances(), "figures": [figure.plain() for figure in figures]}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def as_table(figures: Iterable[Figure]) -> str:
    """All figures as a Markdown table."""
    rows = [_HEAD, ("---",) * len(_HEAD), *(figure.cells for figure in figures)]
    facts = ", ".join(f"{name} {value}" for name, value in circumstances().items())
    return "\n".join([f"Measured on: {facts}.", "", *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def put_table(document: str, figures: Iterable[Figure]) -> str:
    """The document with the table between its two marks replaced; ValueError when it has no marks."""
    before, begin, rest = document.partition(_BEGIN)
    _old, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError("the document has no place for the figures")
    return f"{before}{begin}\n{as_table(figures)}\n{end}{after}"
