"""How the marks of experts combine: checked against the headings, exact, with the spread that flags divergence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from criteria.exact import round_half_up
from criteria.facts import exact_text
from criteria.plain import from_text, to_text
from criteria.ruleset import ExpertReview, Heading

Marks = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class MarkFault:
    """One mark that cannot be accepted: number of the expert from 1, heading code, reason in both languages."""

    expert: int
    heading: str
    zh: str
    en: str


class MarkFaults(ValueError):
    """Marks outside the headings; all faults at once."""

    def __init__(self, faults: Sequence[MarkFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"expert {fault.expert}: {fault.en}" for fault in self.faults))


@dataclass(frozen=True, slots=True)
class HeadingResult:
    """One heading: marks in the order of the experts, how many were dropped, exact and rounded result, max - min."""

    code: str
    most: Fraction
    marks: tuple[Fraction, ...]
    dropped: int
    exact: Fraction
    rounded: Fraction
    spread: Fraction
    is_divergent: bool


@dataclass(frozen=True, slots=True)
class PanelResult:
    """The panel's result: the total is the exact sum of the exact headings, rounded once; totals per expert."""

    headings: tuple[HeadingResult, ...]
    exact: Fraction
    rounded: Fraction
    most: Fraction
    places: int
    totals: tuple[Fraction, ...]
    spread: Fraction

    def to_json(self) -> str:
        """Canonical JSON: the same marks give the same bytes."""
        return to_text(self)

    @classmethod
    def from_json(cls, text: str) -> PanelResult:
        """Inverse of `to_json`."""
        return from_text(cls, text)

    @property
    def divergent(self) -> tuple[str, ...]:
        """Codes of the headings whose spread exceeds the limit."""
        return tuple(heading.code for heading in self.headings if heading.is_divergent)


def mark_faults(section: ExpertReview, marks: Marks, expert: int = 1) -> list[MarkFault]:
    """Everything wrong with one expert's marks: missing, unknown, out of range, off the step."""
    faults = [_fault(heading, marks.get(heading.code), expert) for heading in section.headings]
    known = {heading.code for heading in section.headings}
    unknown = [
        MarkFault(expert, code, f"没有此评审项目：{code}", f"no such heading: {code}")
        for code in sorted(set(marks) - known)
    ]
    return [fault for fault in faults if fault is not None] + unknown


def _fault(heading: Heading, mark: Fraction | None, expert: int) -> MarkFault | None:
    most, step = heading.most.amount(), heading.step.amount()
    top, unit = exact_text(most), exact_text(step)
    if mark is None:
        return MarkFault(expert, heading.code, f"“{heading.name_zh}”未评分", f"{heading.name_en}: no mark")
    if not 0 <= mark <= most:
        zh, en = f"“{heading.name_zh}”应在0至{top}分之间", f"{heading.name_en}: between 0 and {top}"
        return MarkFault(expert, heading.code, zh, en)
    if (mark / step).denominator != 1:
        zh, en = f"“{heading.name_zh}”应为{unit}分的整数倍", f"{heading.name_en}: in steps of {unit}"
        return MarkFault(expert, heading.code, zh, en)
    return None


def combine_marks(section: ExpertReview, marks: Sequence[Marks]) -> PanelResult:
    """Combine marks, one mapping of heading code to exact mark per expert; MarkFaults with everything wrong."""
    faults = [fault for number, given in enumerate(marks, start=1) for fault in mark_faults(section, given, number)]
    if not marks:
        faults.append(MarkFault(0, "", "没有评分", "no marks"))
    if faults:
        raise MarkFaults(faults)
    places = int(section.places.amount())
    headings = tuple(
        _combined(section, heading, [given[heading.code] for given in marks]) for heading in section.headings
    )
    exact = sum((heading.exact for heading in headings), Fraction(0))
    totals = tuple(sum((given[heading.code] for heading in section.headings), Fraction(0)) for given in marks)
    return PanelResult(
        headings, exact, round_half_up(exact, places), section.most, places, totals, max(totals) - min(totals)
    )


def _combined(section: ExpertReview, heading: Heading, marks: list[Fraction]) -> HeadingResult:
    kept = sorted(marks)
    if section.method == "trimmed_mean" and len(kept) >= max(Fraction(3), section.trim_from.amount()):
        kept = kept[1:-1]
    exact = _median(kept) if section.method == "median" else sum(kept, Fraction(0)) / len(kept)
    most, spread = heading.most.amount(), max(marks) - min(marks)
    return HeadingResult(
        code=heading.code,
        most=most,
        marks=tuple(marks),
        dropped=len(marks) - len(kept),
        exact=exact,
        rounded=round_half_up(exact, int(section.places.amount())),
        spread=spread,
        is_divergent=spread * 100 > section.spread_limit.amount() * most,
    )


def _median(ordered: list[Fraction]) -> Fraction:
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
