"""Drafting an edition: the parts of a set that carry a confidence, changes of single parts, the whole as YAML again.

Works on the plain values of a frozen text, so that a draft may be unsound for a while: weights that do not sum yet,
a figure still unknown. `checked` tells whether it is a rule set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from criteria.faults import Fault, RuleSetFaults
from criteria.loading import thaw
from criteria.rulefile import canonical, thawed
from criteria.ruleset import RuleSet
from criteria.rulewriting import written

# What decides: the same sections on whose confidence a live batch rests (criteria.live).
SECTIONS = (
    "coefficients", "gates", "scoring", "indicators", "bonus", "bands", "band_overrides",
    "cycle", "parameters", "expert_review",
)  # fmt: skip
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?")
_STEP = re.compile(r"([^.\[\]]+)|\[([^\]]+)\]")

Content = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a set that carries a confidence: a figure, a row, or the rule for a denominator of zero.

    `row` is the row of a list or the entry of a section it belongs to (path), `entry` its plain values.
    """

    path: str
    section: str
    row: str
    entry: Mapping[str, Any]

    @property
    def is_figure(self) -> bool:
        """Whether it holds a number, or numbers by class."""
        return "unit" in self.entry and ("value" in self.entry or "cases" in self.entry)

    @property
    def role(self) -> str:
        """What it is within its row: `full`, `limit`, `zero_denominator`; empty for the row itself."""
        return self.path[len(self.row) :].lstrip(".")


@dataclass(frozen=True, slots=True)
class Edit:
    """New plain values of one part; None takes an entry away."""

    path: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a draft is worth: the rule set, or every fault."""

    rule_set: RuleSet | None
    faults: tuple[Fault, ...] = ()


def opened(text: str) -> Content:
    """The plain values of a frozen text; RuleSetFaults when it is none."""
    return thawed(text, "draft.json").content


def closed(content: Content) -> str:
    """The canonical text of plain values."""
    return canonical(content)


def checked(text: str) -> Checked:
    """The rule set of a draft's text, or every fault that keeps it from being one."""
    try:
        return Checked(thaw(text))
    except RuleSetFaults as refused:
        return Checked(None, refused.faults)


# --- Parts ------------------------------------------------------------------------------------------------------
def parts(content: Content) -> tuple[Part, ...]:
    """Every deciding part that carries a confidence, in the order of the sections."""
    return tuple(part for section in SECTIONS for part in _parts_of(section, content.get(section)))


def part_at(content: Content, path: str) -> Part:
    """One part; LookupError when there is none."""
    for part in parts(content):
        if part.path == path:
            return part
    raise LookupError(path)


def _parts_of(section: str, held: Any) -> Iterator[Part]:
    if isinstance(held, list):
        for number, row in enumerate(held):
            path = f"{section}[{_name(row, number)}]"
            yield from _marked(path, section, path, row)
    elif isinstance(held, dict):
        rows = "confidence" in held or any(not isinstance(below, dict) for below in held.values())
        for key, below in held.items():
            path = f"{section}.{key}"
            yield from _marked(path, section, section if rows else path, below)
        if "confidence" in held:
            yield Part(section, section, section, held)


def _marked(path: str, section: str, row: str, held: Any) -> Iterator[Part]:
    if isinstance(held, list):
        for number, below in enumerate(held):
            yield from _marked(f"{path}[{_name(below, number)}]", section, row, below)
    if isinstance(held, dict):
        if "confidence" in held:
            yield Part(path, section, row, held)
        for key, below in held.items():
            yield from _marked(f"{path}.{key}", section, row, below)


def _name(row: Any, number: int) -> str:
    code = row.get("code") if isinstance(row, dict) else None
    return code if isinstance(code, str) else str(number)


# --- Changes ----------------------------------------------------------------------------------------------------
def edited(content: Content, edits: Iterable[Edit]) -> Content:
    """A copy with the edits made; LookupError for a path that leads nowhere."""
    changed = deepcopy(content)
    for edit in edits:
        below = _at(changed, edit.path)
        for key, value in edit.values.items():
            if value is None and key != "value":
                below.pop(key, None)
            else:
                below[key] = value
    return changed


def _at(content: Content, path: str) -> dict[str, Any]:
    held: Any = content
    for key, row in _STEP.findall(path):
        held = _row(held, row) if row else held[key] if isinstance(held, dict) and key in held else None
        if held is None:
            raise LookupError(path)
    if not isinstance(held, dict):
        raise LookupError(path)
    return held


def _row(rows: Any, name: str) -> Any:
    if not isinstance(rows, list):
        return None
    return next((row for number, row in enumerate(rows) if _name(row, number) == name), None)


def exact_number(text: str) -> Fraction:
    """A plain decimal, thousands separators and blanks left out; ValueError for anything else."""
    plain = text.strip().replace(",", "").replace("，", "").replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        raise ValueError(f"not a plain decimal: {text!r}")
    return Fraction(plain)


def yaml_text(content: Content) -> str:
    """The whole set as one YAML rule file, to be changed elsewhere and sent in again."""
    return written(content)
