"""The city's plan as data: targets, what the registers count towards them, figures known from outside."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from criteria.rulefile import read_text

PLACE = Path(__file__).with_name("plan.yaml")


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts towards a target: programmes of titles, kinds and levels of standings; see `plan.yaml`."""

    titles: tuple[str, ...] = ()
    standings: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    holders: bool = False
    yearly: bool = False
    since: int = 0


@dataclass(frozen=True, slots=True)
class TargetEntry:
    """A target: group, names, unit, value for the end of the plan with its qualifier, article, what counts."""

    code: str
    group: str
    name_zh: str
    name_en: str
    unit: str
    target: Fraction
    article: str
    qualifier_zh: str = ""
    qualifier_en: str = ""
    note_zh: str = ""
    note_en: str = ""
    counts: Counted | None = None


@dataclass(frozen=True, slots=True)
class FigureEntry:
    """A figure known from outside: target, year, value, source, address, confidence."""

    target: str
    year: int
    value: str
    source: str
    confidence: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan: names, groups in order (code to names), targets and figures."""

    name_zh: str
    name_en: str
    groups: dict[str, tuple[str, str]]
    targets: dict[str, TargetEntry]
    figures: tuple[FigureEntry, ...]


@lru_cache(maxsize=1)
def city_plan() -> Plan:
    """The shipped file, read once; ValueError where a target belongs to no group or a figure to no target."""
    return read_plan(PLACE.read_text(encoding="utf-8"))


def read_plan(text: str) -> Plan:
    """A plan from text."""
    plain = read_text(text, PLACE.name).content
    groups = {code: (row["name_zh"], row["name_en"]) for code, row in plain["groups"].items()}
    targets = {row["code"]: _target(row) for row in plain["targets"]}
    figures = tuple(FigureEntry(**{**row, "year": int(row["year"])}) for row in plain["figures"])
    strangers = {row.group for row in targets.values()} - groups.keys()
    if strangers := strangers | ({row.target for row in figures} - targets.keys()):
        raise ValueError(f"named and not defined: {sorted(strangers)}")
    return Plan(plain["plan"]["name_zh"], plain["plan"]["name_en"], groups, targets, figures)


def _target(row: dict[str, Any]) -> TargetEntry:
    said = row.get("counts")
    return TargetEntry(**{**row, "target": Fraction(row["target"]), "counts": _counted(said) if said else None})


def _counted(said: dict[str, Any]) -> Counted:
    titles, standings, levels = (tuple(said.get(name, ())) for name in ("titles", "standings", "levels"))
    is_new, is_once = bool(said.get("yearly")), bool(said.get("holders"))
    return Counted(titles, standings, levels, holders=is_once, yearly=is_new, since=int(said.get("since", 0)))
