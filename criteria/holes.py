"""What a partial rule set does not know: unknown figures and missing sections, each said in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from criteria.live import SECTIONS, marked_parts
from criteria.ruleset import Figure, RuleSet
from criteria.ways import ways_of

_SECTION_NAMES = {
    "gates": ("申报条件", "eligibility conditions are"),
    "scoring": ("计分规则", "the rules of scoring are"),
    "indicators": ("评价指标", "the indicators are"),
    "bands": ("评价结果等级", "the result bands are"),
    "form": ("申报表", "the form is"),
}


@dataclass(frozen=True, slots=True)
class Hole:
    """One thing that is not known; `path` is its place in the set."""

    path: str
    zh: str
    en: str


def holes(rule_set: RuleSet) -> tuple[Hole, ...]:
    """Every missing section, figure without value and unknown method, in the order of the file."""
    return (*_missing_sections(rule_set), *_unknown_figures(rule_set), *_unknown_methods(rule_set))


def _missing_sections(rule_set: RuleSet) -> Iterator[Hole]:
    for section, (zh, en) in _SECTION_NAMES.items():
        if not getattr(rule_set, section):
            yield Hole(section, f"缺少{zh}", f"{en} missing")


def _unknown_figures(rule_set: RuleSet) -> Iterator[Hole]:
    for section in SECTIONS:
        for path, part in marked_parts(section, getattr(rule_set, section)):
            if isinstance(part, Figure) and part.value is None and not part.cases:
                name_zh, name_en = part.name_zh or path, part.name_en or path
                yield Hole(path, f"数值尚未查明：{name_zh}", f"the figure is not known: {name_en}")


def _unknown_methods(rule_set: RuleSet) -> Iterator[Hole]:
    for section, rows in (("indicators", rule_set.indicators), ("bonus", rule_set.bonus)):
        for row in rows:
            if any(way.method == "unknown" for way in ways_of(row)):
                zh, en = f"计分方法尚未查明：{row.name_zh}", f"the method of scoring is not known: {row.name_en}"
                yield Hole(f"{section}[{row.code}].method", zh, en)
