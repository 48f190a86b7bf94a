"""The band of a total: compared exactly as it results from the set's rounding stage, overrides first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

from criteria.ruleset import Anomaly, Band, BandOverride, Confidence, RuleSet


@dataclass(frozen=True, slots=True)
class BandOutcome:
    """The band reached and what follows; `override` names the rule that beat the score, empty when none did."""

    code: str
    name_zh: str
    name_en: str
    least: Fraction | None
    below: Fraction | None
    consequence: str
    consequence_zh: str
    consequence_en: str
    source: tuple[str, ...]
    confidence: Confidence
    override: str = ""
    override_zh: str = ""
    override_en: str = ""


def band_of(rules: RuleSet, total: Fraction | None, failed: Collection[str]) -> BandOutcome | None:
    """The band for an exact total and the codes of failed binding gates; None when it cannot be told."""
    for override in rules.band_overrides:
        if any(code in failed for code in override.gates) or (failed and not override.gates):
            return _outcome(rules.band(override.band), override)
    if total is None:
        return None
    found = [band for band in rules.bands if _holds(band, total)]
    return _outcome(found[0], None) if len(found) == 1 else None


def band_note(rules: RuleSet, total: Fraction | None, band: BandOutcome | None) -> tuple[str, str]:
    """Why a known total has no band: it lies in a gap or an overlap of the official text. Both languages, or empty."""
    if total is None or band is not None:
        return "", ""
    found = anomalies_of(rules, *(one.code for one in rules.bands))
    return "；".join(one.text_zh for one in found), "; ".join(one.text_en for one in found)


def anomalies_of(rules: RuleSet, *codes: str) -> tuple[Anomaly, ...]:
    """The annotated anomalies of the bands as a whole or of bands of these codes."""
    places = {"bands", *(f"bands[{code}]" for code in codes)}
    return tuple(anomaly for anomaly in rules.anomalies if anomaly.concerns in places)


def _holds(band: Band, total: Fraction) -> bool:
    """Whether the total lies in the band; a band with an unknown limit holds nothing."""
    limits = [figure for figure in (band.least, band.below) if figure is not None]
    if any(figure.value is None for figure in limits):
        return False
    above = band.least is None or total >= band.least.amount()
    return above and (band.below is None or total < band.below.amount())


def _outcome(band: Band, override: BandOverride | None) -> BandOutcome:
    return BandOutcome(
        code=band.code,
        name_zh=band.name_zh,
        name_en=band.name_en,
        least=band.least.value if band.least else None,
        below=band.below.value if band.below else None,
        consequence=band.consequence,
        consequence_zh=band.consequence_zh,
        consequence_en=band.consequence_en,
        source=band.source,
        confidence=band.confidence,
        override=override.code if override else "",
        override_zh=override.text_zh if override else "",
        override_en=override.text_en if override else "",
    )
