"""What an evaluation reads: one value per field and year, with the cell it came from.

Values are exact: numbers are `fractions.Fraction` in the unit of the field (千元, 万元, person ...), never float.
"""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, NamedTuple

Scalar = Fraction | str | bool | None


class Origin(NamedTuple):
    """Where a value stood: sheet name, cell address such as `D7`, and the text as typed."""

    sheet: str
    cell: str
    raw: str = ""

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}"


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure: field code, year (None for basics), exact value, unit code, origin, notes on what was changed."""

    code: str
    year: int | None
    value: Scalar
    unit: str
    origin: Origin | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """One line of an annex: number from 1, values by column code, origins by column code."""

    number: int
    values: Mapping[str, Scalar]
    origins: Mapping[str, Origin] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """All facts of one application.

    `reporting_year` is the newest year of the data table; `figures` is keyed by (field code, year), basics have year
    None; `annexes` maps an annex code to its rows in order.
    """

    reporting_year: int
    figures: Mapping[tuple[str, int | None], Fact]
    annexes: Mapping[str, tuple[AnnexRow, ...]] = field(default_factory=dict)
    stored_digest: str = field(default="", init=False, repr=False, compare=False)  # of the text they were read from

    def value(self, code: str, year: int | None = None) -> Scalar:
        """Value of a field in a year; without year the newest year, then the basics. None when absent."""
        fact = self.fact(code, year)
        return None if fact is None else fact.value

    def fact(self, code: str, year: int | None = None) -> Fact | None:
        """The fact itself, found as in `value`."""
        if year is not None:
            return self.figures.get((code, year))
        return self.figures.get((code, self.reporting_year)) or self.figures.get((code, None))

    def with_verified(self, verified: Mapping[tuple[str, int | None], Scalar]) -> Facts:
        """A copy in which verified values replace reported ones; the origin stays that of the report."""
        figures = dict(self.figures)
        for key, value in verified.items():
            if key in figures:
                figures[key] = replace(figures[key], value=value)
        return replace(self, figures=figures)

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, numbers as exact text (`"12.5"` or `"1/3"`)."""
        return json.dumps(self._plain(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def digest(self) -> str:
        """SHA-256 of the canonical JSON, hexadecimal."""
        return self.stored_digest or hashlib.sha256(self.to_json().encode()).hexdigest()

    def _plain(self) -> dict[str, Any]:
        return {
            "reporting_year": self.reporting_year,
            "figures": [
                {
                    "code": f.code,
                    "year": f.year,
                    "value": dump_scalar(f.value),
                    "unit": f.unit,
                    "origin": dump_origin(f.origin),
                    "notes": list(f.notes),
                }
                for _, f in sorted(self.figures.items(), key=lambda kv: (kv[0][0], kv[0][1] or 0))
            ],
            "annexes": {code: [dump_row(row) for row in rows] for code, rows in self.annexes.items()},
        }

    @classmethod
    def from_json(cls, text: str) -> Facts:
        """Inverse of `to_json`."""
        with collector_paused():
            return cls._from_plain(json.loads(text))

    @classmethod
    def from_stored(cls, text: str) -> Facts:
        """As `from_json`, of a text that `to_json` wrote and nobody changed: its digest is that of the text."""
        facts = cls.from_json(text)
        object.__setattr__(facts, "stored_digest", hashlib.sha256(text.encode()).hexdigest())
        return facts

    @classmethod
    def _from_plain(cls, plain: Mapping[str, Any]) -> Facts:
        figures = (
            Fact(f["code"], f["year"], load_scalar(f["value"]), f["unit"], load_origin(f["origin"]), tuple(f["notes"]))
            for f in plain["figures"]
        )
        annexes = {code: tuple(load_row(row) for row in rows) for code, rows in plain["annexes"].items()}
        return cls(plain["reporting_year"], {(f.code, f.year): f for f in figures}, annexes)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Build hundreds of thousands of objects, none of them garbage, without the collector looking through them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def facts_of(
    reporting_year: int, figures: Iterable[Fact], annexes: Mapping[str, tuple[AnnexRow, ...]] | None = None
) -> Facts:
    """Build `Facts` from single figures."""
    return Facts(reporting_year, {(f.code, f.year): f for f in figures}, annexes or {})


def exact_text(value: Fraction) -> str:
    """Shortest exact decimal, or `n/d` where no finite decimal exists."""
    if value.denominator == 1:
        return str(value.numerator)
    denominator, twos, fives = value.denominator, 0, 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    if denominator != 1:
        return f"{value.numerator}/{value.denominator}"
    places = max(twos, fives)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    return f"{'-' if value.numerator < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def dump_scalar(value: Scalar) -> Any:
    """JSON form of a scalar: numbers as `{"n": text}` so that text and number never mix."""
    return {"n": exact_text(value)} if isinstance(value, Fraction) else value


def load_scalar(plain: Any) -> Scalar:
    """Inverse of `dump_scalar`."""
    if isinstance(plain, dict):
        text: str = plain["n"]
        return Fraction(int(text) if text.isdecimal() else text)
    scalar: Scalar = plain
    return scalar


def dump_origin(origin: Origin | None) -> list[str] | None:
    """JSON form of an origin."""
    return None if origin is None else [origin.sheet, origin.cell, origin.raw]


def load_origin(plain: list[str] | None) -> Origin | None:
    """Inverse of `dump_origin`."""
    return None if plain is None else Origin(*plain)


def dump_row(row: AnnexRow) -> dict[str, Any]:
    """JSON form of an annex row."""
    return {
        "number": row.number,
        "values": {code: dump_scalar(value) for code, value in row.values.items()},
        "origins": {code: dump_origin(origin) for code, origin in row.origins.items()},
    }


def load_row(plain: Mapping[str, Any]) -> AnnexRow:
    """Inverse of `dump_row`."""
    origins = {code: load_origin(origin) for code, origin in plain["origins"].items()}
    return AnnexRow(
        plain["number"],
        {code: load_scalar(value) for code, value in plain["values"].items()},
        {code: origin for code, origin in origins.items() if origin is not None},
    )
