"""The band of a total: compared exactly as it results from the set's rounding stage, overrides first."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from criteria.ruleset import Anomaly, Band, BandOverride, Confidence, RuleSet
from criteria.scope import Standing


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
    most: Fraction | None = None


def band_of(
    rules: RuleSet, total: Fraction | None, failed: Collection[str], recorded: Collection[str] = ()
) -> BandOutcome | None:
    """The band for an exact total, the codes of failed binding gates and the kinds of record that stand.

    None when it cannot be told.
    """
    found = [band for band in rules.bands if total is not None and _holds(band, total)]
    scored = found[0] if len(found) == 1 else None
    for override in rules.band_overrides:
        if _applies(override, scored, failed, recorded):
            return _outcome(rules.band(override.band), override)
    return None if scored is None else _outcome(scored, None)


def gates_deciding(rules: RuleSet) -> frozenset[str]:
    """Codes of the gates whose failing decides the band whatever the total is."""
    overrides = [override for override in rules.band_overrides if not override.record]
    named = {code for override in overrides for code in override.gates}
    is_any = any(not override.gates for override in overrides)
    return frozenset(gate.code for gate in rules.gates if is_any or gate.code in named)


def recorded_kinds(standing: Standing, on: date) -> frozenset[str]:
    """The kinds of which a record stands on a day."""
    return frozenset(kind for kind, days in standing.records.items() if any(day <= on for day in days))


def _applies(override: BandOverride, scored: Band | None, failed: Collection[str], recorded: Collection[str]) -> bool:
    if not override.record:
        return any(code in failed for code in override.gates) or (bool(failed) and not override.gates)
    fits = not override.when_band or (scored is not None and scored.code == override.when_band)
    return fits and override.record in recorded


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
    limits = [figure for figure in (band.least, band.below, band.most) if figure is not None]
    if any(figure.value is None for figure in limits):
        return False
    is_under = (band.below is None or total < band.below.amount()) and (
        band.most is None or total <= band.most.amount()
    )
    return is_under and (band.least is None or total >= band.least.amount())


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
        most=band.most.value if band.most else None,
    )
