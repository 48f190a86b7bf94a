"""Methods into Python source: from a ratio and the figures of an indicator to segment, exact and rounded points.

A compiled indicator leaves one line: `(segment, n, d, limits, p, r, units)`, which is the value n/d, its limits, the
points p/r before rounding and, where the set rounds each indicator, the points in units of the last place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from criteria.compiling import Ratio, Writer, product
from criteria.exact import round_half_up
from criteria.ruleset import Figure, Indicator, Policy, RuleSet, Scoring, Step
from criteria.slots import NotCompiled, Slot, Slots
from criteria.trace import Segment

Figures = Mapping[str, Fraction]
# What is written here knows these parts of a rule; a part that is not listed and not at its default falls back.
_KNOWN: dict[type, frozenset[str]] = {
    Indicator: frozenset({
        "code", "group_zh", "group_en", "subgroup_zh", "subgroup_en", "name_zh", "name_en", "unit", "formula", "method",
        "weight", "confidence", "source", "note", "basic", "full", "steps", "points_each", "zero_denominator",
    }),
    Scoring: frozenset({"stage", "places", "total", "basic_share", "rounding"}),
    Figure: frozenset({
        "value", "unit", "confidence", "source", "article", "note", "name_zh", "name_en", "by", "cases", "shown_as",
        "without",  # such a class is in no table, so its rows are interpreted
    }),
    Policy: frozenset({"outcome", "positive", "note_zh", "note_en", "confidence", "source"}),
    Step: frozenset({"least", "points"}),
}  # fmt: skip


# What changes the points of one indicator and not how points add up.
_WITHIN = frozenset({"least_count", "or_better", "exempt", "grades"})
# What changes how points add up and not the points.
_OVER_SEVERAL = frozenset({"bonus_cap", "deduction_cap"})


def unknown_in(part: Any) -> list[str]:
    """Names of what a part of a rule says that is not written here."""
    found = []
    for one in fields(part):
        default = one.default_factory() if one.default_factory is not MISSING else one.default
        if one.name not in _KNOWN[type(part)] and getattr(part, one.name) != default:
            found.append(one.name)
    return found


def check_known(part: Any, besides: frozenset[str] = frozenset()) -> None:
    """NotCompiled when a part of a rule says something that is not written here."""
    if found := [name for name in unknown_in(part) if name not in besides]:
        raise NotCompiled(f"{type(part).__name__}.{found[0]}")


def adds_up(rules: RuleSet) -> bool:
    """Whether the total is the plain sum of all points: no deductions, no caps over several indicators."""
    if rules.scoring is None:
        return True
    within = (set(unknown_in(row)) <= _WITHIN for row in (*rules.indicators, *rules.bonus))
    return not unknown_in(rules.scoring) and all(within)


@dataclass(frozen=True, slots=True)
class Compiled:
    """The statements of one indicator and the slots that it reads."""

    lines: tuple[str, ...]
    slots: tuple[int, ...]


@dataclass(slots=True)
class Sheet:
    """One indicator being written."""

    writer: Writer
    indicator: Indicator
    scoring: Scoring
    number: int
    ratio: Ratio

    def line(self, segment: Segment, upper: str, lower: str, units: str) -> None:
        """Leave the line of the indicator."""
        mark = self.writer.constant(segment)
        self.writer.emit(f"l{self.number} = ({mark}, n, d, limits, {upper}, {lower}, {units})")

    def units_of(self, points: Fraction) -> str:
        """Source of constant points in units."""
        rounded = round_half_up(points, self.scoring.places) * 10**self.scoring.places
        return repr(int(rounded)) if self.rounds else "None"

    def over(self, factor: int | str) -> str:
        """Source of the lower number times a factor; folded where both are constant."""
        if not self.ratio.den and isinstance(factor, int):
            return repr(factor * self.ratio.over)
        return f"{factor} * d"

    @property
    def rounds(self) -> bool:
        """Whether points are rounded here."""
        return self.scoring.stage == "indicator"

    def constant_line(self, segment: Segment, points: Fraction) -> None:
        """Leave a line whose points are constant."""
        self.line(segment, repr(points.numerator), repr(points.denominator), self.units_of(points))

    def computed_line(self, segment: Segment, upper: str, lower: str) -> None:
        """Leave a line whose points are `upper / lower`; a half goes up."""
        writer, scale = self.writer, 10**self.scoring.places
        writer.emit(f"p = {upper}")
        writer.emit(f"r = {lower}")
        self.line(segment, "p", "r", f"({2 * scale} * p + r) // (2 * r)" if self.rounds else "None")


def compile_indicator(
    rules: RuleSet, scoring: Scoring, indicator: Indicator, number: int, slots: Slots, constants: dict[str, Any]
) -> Compiled:
    """The statements of one indicator; its constants are added; NotCompiled with the reason to interpret it."""
    check_known(scoring, _OVER_SEVERAL)
    check_known(indicator)
    if indicator.method not in METHOD_WRITERS:
        raise NotCompiled(f"method {indicator.method}")
    policy = indicator.zero_denominator
    if policy is not None:
        check_known(policy)
    writer = Writer(rules, slots, constants, policy is not None and policy.positive, _zero(number, policy, scoring))
    sheet = Sheet(writer, indicator, scoring, number, writer.ratio(indicator.formula.root))
    writer.emit(f"n = {sheet.ratio.above()}")
    writer.emit(f"d = {sheet.ratio.below()}")
    tables = figure_tables(writer, scoring, indicator)
    METHOD_WRITERS[indicator.method](sheet, tables)
    return Compiled(tuple(_headed(writer, number, tables)), tuple(sorted(writer.used)))


def _zero(number: int, policy: Policy | None, scoring: Scoring) -> str:
    """The statement for a denominator that is not accepted."""
    if policy is None or policy.outcome != "zero":
        return f"l{number} = (z, None, None, limits, None, None, None)"
    return f"l{number} = (z, None, None, limits, 0, 1, {0 if scoring.stage == 'indicator' else None})"


@dataclass(frozen=True, slots=True)
class Tables:
    """The figures of an indicator, for the one case of a set without classes (`None`) or for each class."""

    by: str | None
    figures: Mapping[str | None, Figures]

    @property
    def only(self) -> Figures:
        """The figures where no class chooses; NotCompiled where one does."""
        if self.by is not None:
            raise NotCompiled("figures of this method differ by class")
        return self.figures[None]


def figure_tables(writer: Writer, scoring: Scoring, indicator: Indicator) -> Tables:
    """All figures that the method reads, by class."""
    named = _figures(scoring, indicator)
    chosen = {figure.by for figure in named.values() if figure.by is not None}
    for figure in named.values():
        check_known(figure)
    if len(chosen) > 1:
        raise NotCompiled("figures differ by several fields")
    by = chosen.pop() if chosen else None
    if by is None:
        return Tables(None, {None: _resolved(named, None)})
    writer.read(Slot(by, 0))
    cases: set[str] = set.intersection(*(set(figure.cases) for figure in named.values() if figure.by))
    return Tables(by, {case: _resolved(named, case) for case in sorted(cases)})


def _figures(scoring: Scoring, indicator: Indicator) -> dict[str, Figure]:
    named = {
        "weight": indicator.weight, "basic": indicator.basic, "full": indicator.full,
        "basic_share": scoring.basic_share if indicator.method.startswith("linear_60_") else None,
        "points_each": indicator.points_each if indicator.method == "per_unit" else None,
    }  # fmt: skip
    for number, step in enumerate(indicator.steps if indicator.method == "steps" else (), start=1):
        check_known(step)
        named |= {f"step_{number}": step.least, f"step_points_{number}": step.points}
    return {role: figure for role, figure in named.items() if figure is not None}


def _resolved(named: Mapping[str, Figure], case: str | None) -> Figures:
    values = {
        role: figure.value if figure.by is None else figure.cases.get(case or "") for role, figure in named.items()
    }
    if None in values.values() or named["weight"].by is not None:
        raise NotCompiled("a figure is unknown")
    return {role: value for role, value in values.items() if value is not None}


def _headed(writer: Writer, number: int, tables: Tables) -> list[str]:
    """The statements below what must be known first: every slot, the figures of the class, coefficients."""
    body, writer.lines, writer.depth = writer.lines, [], 1
    with writer.block("while True:"):
        if writer.used:
            missing = " or ".join(f"s{slot} is None" for slot in sorted(writer.used))
            _fall_back(writer, number, missing)
        if tables.by is None:
            figures = tables.only
            writer.emit(f"limits = {writer.constant((figures.get('basic'), figures.get('full')))}")
        for name, (table, slot) in writer.tables.items():
            writer.emit(f"{name} = {table}.get({slot})")
            _fall_back(writer, number, f"{name} is None")
            if name == "row":
                writer.emit("limits, q, low, high, a, b, c, e, f = row")
    return [*writer.lines, *body, "        break"]


def _fall_back(writer: Writer, number: int, condition: str) -> None:
    with writer.block(f"if {condition}:"):
        writer.emit(f"l{number} = slow({number})")
        writer.emit("break")


Numbers = tuple[int, int, int, int, int, int, int, int]


def line_numbers(method: str, figures: Figures) -> Numbers:
    """`q, low, high, a, b, c, e, f` of a line for a value n/d.

    Limits are low/q and high/q, points between them (a·n + b·d) / (c·d), points in proportion below them e·n / (f·d).
    """
    basic, full, weight = figures["basic"], figures["full"], figures["weight"]
    share = figures.get("basic_share", Fraction(0))
    q, unit = lcm(basic.denominator, full.denominator), lcm(share.denominator, weight.denominator)
    low, high, whole = int(basic * q), int(full * q), int(weight * unit)
    if method == "threshold_proportional":
        return q, low, high, *_lowest(whole * q, 0, unit * high), 0, 1
    span, part, climb = high - low, int(share * unit), int((100 - share) * unit)
    line = _lowest(whole * climb * q, whole * (part * span - climb * low), 100 * unit * unit * span)
    if method != "linear_60_proportional":
        return q, low, high, *line, 0, 1
    e, _zero, f = _lowest(whole * part * q, 0, 100 * unit * unit * low)
    return q, low, high, *line, e, f


def _lowest(a: int, b: int, c: int) -> tuple[int, int, int]:
    shared = gcd(a, b, c) or 1
    return a // shared, b // shared, c // shared


def _linear(sheet: Sheet, tables: Tables) -> None:
    """Every method of a line: nothing or a proportion below basic, the whole weight from full on."""
    if not {"basic", "full"} <= sheet_roles(tables):
        raise NotCompiled("basic or full is missing")
    method, writer = sheet.indicator.method, sheet.writer
    numbers = {case: line_numbers(method, figures) for case, figures in tables.figures.items()}
    if any(one[1] >= one[2] or one[2] <= 0 for one in numbers.values()):
        raise NotCompiled("limits that do not rise above zero")
    names: tuple[int | str, ...] = ("q", "low", "high", "a", "b", "c", "e", "f")
    if tables.by is None:
        names = numbers[None]
    else:
        rows = {case: ((f["basic"], f["full"]), *numbers[case]) for case, f in tables.figures.items()}
        writer.tables["row"] = (writer.constant(rows), writer.read(Slot(tables.by, 0)))
    q, low, high, a, b, c, e, f = names
    scaled = "n" if q == 1 else f"n * {q}"
    with writer.block(f"if {scaled} < {sheet.over(low)}:"):
        _below(sheet, e, f)
    with writer.block(f"elif {scaled} >= {sheet.over(high)}:"):
        sheet.constant_line(Segment.FULL, next(iter(tables.figures.values()))["weight"])
    with writer.block("else:"):
        segment = Segment("proportional") if method == "threshold_proportional" else Segment.BETWEEN
        sheet.computed_line(segment, f"{a} * n + {sheet.over(b)}", sheet.over(c))


def _below(sheet: Sheet, e: int | str, f: int | str) -> None:
    """What a value below basic gives."""
    if sheet.indicator.method != "linear_60_proportional":
        return sheet.constant_line(Segment.BELOW_BASIC, Fraction(0))
    with sheet.writer.block("if n <= 0:"):
        sheet.constant_line(Segment.BELOW_BASIC, Fraction(0))
    with sheet.writer.block("else:"):
        return sheet.computed_line(Segment("proportional"), f"{e} * n", sheet.over(f))


def sheet_roles(tables: Tables) -> frozenset[str]:
    """The roles that every class has a figure for."""
    return frozenset.intersection(*(frozenset(figures) for figures in tables.figures.values()))


def _steps(sheet: Sheet, tables: Tables) -> None:
    figures, writer = tables.only, sheet.writer
    head = "if"
    for number in range(len(sheet.indicator.steps), 0, -1):
        least = figures[f"step_{number}"]
        with writer.block(f"{head} {product('n', least.denominator)} >= {sheet.over(least.numerator)}:"):
            sheet.constant_line(Segment.STEP, figures[f"step_points_{number}"])
        head = "elif"
    with writer.block("else:" if head == "elif" else "if True:"):
        sheet.constant_line(Segment.BELOW_BASIC, Fraction(0))


def _per_unit(sheet: Sheet, tables: Tables) -> None:
    figures, writer = tables.only, sheet.writer
    if "points_each" not in figures:
        raise NotCompiled("points for each are missing")
    each, weight = figures["points_each"], figures["weight"]
    writer.emit(f"x = n * {each.numerator!r}")
    writer.emit(f"y = d * {each.denominator!r}")
    with writer.block(f"if x * {weight.denominator!r} > {product('y', weight.numerator)}:"):
        sheet.constant_line(Segment.CAPPED, weight)
    with writer.block("elif x <= 0:"):
        sheet.constant_line(Segment.COUNTED, Fraction(0))
    with writer.block("else:"):
        sheet.computed_line(Segment.COUNTED, "x", "y")


METHOD_WRITERS: dict[str, Callable[[Sheet, Tables], None]] = {
    "linear_60_100": _linear,
    "linear_60_proportional": _linear,
    "linear_0_100": _linear,
    "threshold_proportional": _linear,
    "steps": _steps,
    "per_unit": _per_unit,
}
# Methods that the exact interpreter scores.
FALLING_BACK: frozenset[str] = frozenset({"grade", "unknown"})
