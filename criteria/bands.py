"""Result bands, what beats them, and what an official text says beside its rules: anomalies and remarks."""

from __future__ import annotations

from dataclasses import dataclass

from criteria.figures import Confidence, Figure


@dataclass(frozen=True, slots=True)
class Band:
    """A result band from `least` (included) to `below` (excluded) or `most` (included).

    An absent limit is open, a figure without value unknown.
    """

    code: str
    name_zh: str
    name_en: str
    least: Figure | None
    below: Figure | None
    consequence: str
    consequence_zh: str
    consequence_en: str
    confidence: Confidence
    source: tuple[str, ...] = ()
    note: str = ""
    most: Figure | None = None


@dataclass(frozen=True, slots=True)
class BandOverride:
    """Beats the score: the band is `band` when any of the gates fails (any binding gate when nothing is named).

    With `record` it applies where that record stands, `when_band` restricts it to totals of one band.
    """

    code: str
    gates: tuple[str, ...]
    band: str
    text_zh: str
    text_en: str
    confidence: Confidence
    source: tuple[str, ...] = ()
    record: str = ""
    when_band: str = ""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A gap, an overlap or a contradiction that stands in the official text; kept as it is, never mended silently.

    `concerns` names the section, or section and row, such as `bands` or `gates[G3]`.
    """

    code: str
    concerns: str
    text_zh: str
    text_en: str
    confidence: Confidence
    source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """What was found and decides nothing: quotas, awards, grounds of revocation, claims that contradict the set."""

    code: str
    text_zh: str
    text_en: str
    confidence: Confidence
    source: tuple[str, ...] = ()
