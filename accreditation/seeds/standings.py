"""Kinds of standings, the seven strategic industries, and the figures of a form that a kind answers: facts as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from criteria.rulefile import read_text

PLACE = Path(__file__).with_name("standings.yaml")


@dataclass(frozen=True, slots=True)
class KindEntry:
    """A kind of standing: names, levels at which it exists, whether it is a platform, names a field, counts by year."""

    code: str
    name_zh: str
    name_en: str
    levels: tuple[str, ...]
    platform: bool = False
    industry: bool = False  # the strategic industry must be given
    yearly: bool = False  # granted anew each year: what began in a year counts for it


@dataclass(frozen=True, slots=True)
class IndustryEntry:
    """One of the strategic industries."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """A figure of the shared catalogue, kinds and levels that count for it, `years` as `standings.yaml` says."""

    field: str
    kinds: tuple[str, ...]
    levels: tuple[str, ...]
    years: int = 0


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything of the file by code, in its order."""

    kinds: dict[str, KindEntry]
    industries: dict[str, IndustryEntry]
    fields: dict[str, FieldEntry]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The shipped file, read once; ValueError where it contradicts itself."""
    return read_catalogue(PLACE.read_text(encoding="utf-8"))


def read_catalogue(text: str) -> Catalogue:
    """A catalogue from text; ValueError for a code given twice or a kind that no entry defines."""
    plain = read_text(text, PLACE.name).content
    kinds = [KindEntry(**{**row, "levels": tuple(row["levels"])}) for row in plain["kinds"]]
    industries = [IndustryEntry(**row) for row in plain["industries"]]
    fields = [_field(row) for row in plain["fields"]]
    known = {kind.code for kind in kinds}
    for row in fields:
        if strangers := set(row.kinds) - known:
            raise ValueError(f"{row.field}: unknown kinds {sorted(strangers)}")
    return Catalogue(_by(kinds, "code"), _by(industries, "code"), _by(fields, "field"))


def _field(row: dict[str, Any]) -> FieldEntry:
    return FieldEntry(row["field"], tuple(row["kinds"]), tuple(row["levels"]), int(row.get("years", 0)))


def _by(rows: list[Any], name: str) -> dict[str, Any]:
    found = {getattr(row, name): row for row in rows}
    if len(found) != len(rows):
        raise ValueError(f"a {name} is given twice")
    return found
