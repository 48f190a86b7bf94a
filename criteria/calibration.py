"""How experts mark beside one another: severity by leaving one out, spread, and single marks far from the rest. Exact.

Severity is the mean of an expert's totals less the mean of the other experts of the same panels: no mark is compared
with itself, and cases of different quality do not count as severity. A single mark is an outlier where it is farther
from the mean of the others than the rule set's limit of divergence, in percent of the heading's most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from criteria.ruleset import ExpertReview

LEAST_PANEL = 3  # with two, the mean of "the others" is one other opinion
LEAST_REVIEWS = 3  # fewer say nothing of a habit
HABIT = Fraction(1, 2)  # of the limit of divergence, on the total


@dataclass(frozen=True, slots=True)
class Sheet:
    """The marks of one expert in one case, by heading."""

    case: str
    expert: str
    marks: Mapping[str, Fraction]

    @property
    def total(self) -> Fraction:
        """The sum."""
        return sum(self.marks.values(), Fraction(0))


@dataclass(frozen=True, slots=True)
class Compared:
    """One sheet beside its panel: total, mean of all, distance from it, distance from the mean of the others."""

    case: str
    expert: str
    total: Fraction
    panel_mean: Fraction
    deviation: Fraction
    difference: Fraction


@dataclass(frozen=True, slots=True)
class Outlier:
    """A mark far from the rest: the others' mean, the distance (signed), the limit in points, how many others."""

    case: str
    expert: str
    heading: str
    mark: Fraction
    others_mean: Fraction
    difference: Fraction
    limit: Fraction
    others: int


@dataclass(frozen=True, slots=True)
class Habit:
    """One expert over all cases: mean total, mean distances, lowest and highest distance from the panel's mean.

    `leaning` is `severe` or `lenient` where every sheet leans that way, on average by more than the limit; else empty.
    """

    expert: str
    reviews: int
    mean_total: Fraction
    mean_deviation: Fraction
    severity: Fraction
    lowest: Fraction
    highest: Fraction
    outliers: int
    leaning: str

    @property
    def spread(self) -> Fraction:
        """How much the distances differ among themselves."""
        return self.highest - self.lowest


@dataclass(frozen=True, slots=True)
class Calibration:
    """All experts (the most severe first), all sheets, all outliers; `limit` is the distance that makes a habit."""

    habits: tuple[Habit, ...]
    sheets: tuple[Compared, ...]
    outliers: tuple[Outlier, ...]
    limit: Fraction


def calibrate(section: ExpertReview, sheets: Iterable[Sheet]) -> Calibration:
    """Compare the sheets of opened panels; panels of fewer than three say nothing and are left out."""
    panels: dict[str, list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        panels[sheet.case].append(sheet)
    large = [panel for panel in panels.values() if len(panel) >= LEAST_PANEL]
    compared = tuple(one for panel in large for one in _compared(panel))
    outliers = tuple(one for panel in large for one in _outliers(section, panel))
    limit = section.most * section.spread_limit.amount() / 100 * HABIT
    return Calibration(_habits(compared, outliers, limit), compared, outliers, limit)


def _compared(panel: Sequence[Sheet]) -> Iterable[Compared]:
    mean = _mean([sheet.total for sheet in panel])
    for sheet in panel:
        others = _mean([other.total for other in panel if other is not sheet])
        yield Compared(sheet.case, sheet.expert, sheet.total, mean, sheet.total - mean, sheet.total - others)


def _outliers(section: ExpertReview, panel: Sequence[Sheet]) -> Iterable[Outlier]:
    for heading in section.headings:
        limit = heading.most.amount() * section.spread_limit.amount() / 100
        for sheet in panel:
            mark = sheet.marks[heading.code]
            others = [other.marks[heading.code] for other in panel if other is not sheet]
            difference = mark - _mean(others)
            if abs(difference) > limit:
                yield Outlier(
                    sheet.case, sheet.expert, heading.code, mark, _mean(others), difference, limit, len(others)
                )


def _habits(compared: Sequence[Compared], outliers: Sequence[Outlier], limit: Fraction) -> tuple[Habit, ...]:
    own: dict[str, list[Compared]] = defaultdict(list)
    for one in compared:
        own[one.expert].append(one)
    habits = [_habit(expert, rows, outliers, limit) for expert, rows in own.items()]
    return tuple(sorted(habits, key=lambda habit: (habit.severity, habit.expert)))


def _habit(expert: str, rows: Sequence[Compared], outliers: Sequence[Outlier], limit: Fraction) -> Habit:
    severity = _mean([row.difference for row in rows])
    deviations = [row.deviation for row in rows]
    return Habit(
        expert=expert,
        reviews=len(rows),
        mean_total=_mean([row.total for row in rows]),
        mean_deviation=_mean(deviations),
        severity=severity,
        lowest=min(deviations),
        highest=max(deviations),
        outliers=sum(one.expert == expert for one in outliers),
        leaning=_leaning([row.difference for row in rows], severity, limit),
    )


def _leaning(differences: Sequence[Fraction], severity: Fraction, limit: Fraction) -> str:
    if len(differences) < LEAST_REVIEWS or abs(severity) <= limit:
        return ""
    if all(one < 0 for one in differences):
        return "severe"
    return "lenient" if all(one > 0 for one in differences) else ""


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)
