"""What a live batch may not rest on: every figure of a rule set that is unknown, invented, reasoned or remembered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from criteria.ruleset import Confidence, Figure, Policy, RuleSet

# The form and the checks decide nothing; titles of texts and the frozen text hold no figures.
SECTIONS = (
    "coefficients", "gates", "scoring", "indicators", "bonus", "bands", "band_overrides",
    "cycle", "parameters", "expert_review",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LiveFault:
    """One reason why a rule set cannot carry a live batch; `path` is its place in the set."""

    path: str
    confidence: Confidence
    zh: str
    en: str


def live_faults(rule_set: RuleSet) -> list[LiveFault]:
    """Every figure and deciding rule that is unknown, demo, derived or memory_*; and a set without a total."""
    found = [
        _fault(path, part.confidence)
        for section in SECTIONS
        for path, part in marked_parts(section, getattr(rule_set, section))
    ]
    faults = [fault for fault in found if not fault.confidence.is_live]
    if not rule_set.is_complete:
        zh, en = "规则集不完整，不能给出总分", "the set is partial and gives no total"
        faults.append(LiveFault("status", Confidence.UNKNOWN, zh, en))
    if rule_set.demonstration:
        zh, en = "规则集仅供演示", "the set is for demonstration only"
        faults.append(LiveFault("demonstration", Confidence.DEMO, zh, en))
    return faults


def _fault(path: str, confidence: Confidence) -> LiveFault:
    zh, en = confidence.name_in("zh"), confidence.name_in("en")
    return LiveFault(path, confidence, f"{path}：可信度为“{zh}”", f"{path}: confidence is {en}")


def marked_parts(path: str, part: Any) -> Iterator[tuple[str, Any]]:
    """Every part below that carries a confidence, with its path."""
    if hasattr(part, "confidence"):
        yield path, part
    for place, below in _below(path, part):
        yield from marked_parts(place, below)


def _below(path: str, part: Any) -> list[tuple[str, Any]]:
    if isinstance(part, Mapping):
        return [(f"{path}.{key}", below) for key, below in part.items()]
    if isinstance(part, tuple):
        return [(f"{path}[{getattr(below, 'code', number)}]", below) for number, below in enumerate(part)]
    if is_dataclass(part) and not isinstance(part, Figure | Policy):
        return [(f"{path}.{field.name}", getattr(part, field.name)) for field in fields(part)]
    return []
