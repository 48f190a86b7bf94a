"""Boundary cases worked out by hand: at every limit of a set, one step below and one step above it.

They are data that a domain person writes and runs; a limit without its three cases, or a case that comes out
otherwise than worked out, keeps an edition from being published.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from criteria.banding import band_of
from criteria.casefile import BAND_ROLES, Case, Limit, cases_text, parse_cases, read_cases
from criteria.exact import shown_text
from criteria.facts import Fact, Facts, Scalar, facts_of
from criteria.fields import suits
from criteria.figures import Figure
from criteria.gates import GateOutcome, decide
from criteria.loading import PROGRAMMES
from criteria.rulefile import read_text
from criteria.ruleset import Band, Gate, GateKind, Indicator, RuleSet, Variant
from criteria.scope import NOTHING_KNOWN
from criteria.scoring import score
from criteria.trace import Segment, Trace
from criteria.ways import ways_of

__all__ = [
    "CASES", "Case", "CaseResult", "Limit", "cases_text", "inherited_cases", "limit_words", "limits_of", "parse_cases",
    "run_cases", "shipped_cases", "stray_cases", "uncovered_limits",
]  # fmt: skip

CASES = PROGRAMMES.parent / "cases"
SIDES = ("below", "at", "above")
YEAR, ON = 2025, date(2026, 3, 1)  # any year does: a case brings every figure that its rule reads
_LINE = {"linear_60_100", "linear_0_100"}
_SEGMENTS: dict[tuple[str, str], tuple[Segment, Segment, Segment]] = {
    ("line", "basic"): (Segment.BELOW_BASIC, Segment.BETWEEN, Segment.BETWEEN),
    ("line", "full"): (Segment.BETWEEN, Segment.FULL, Segment.FULL),
    ("linear_60_proportional", "basic"): (Segment.PROPORTIONAL, Segment.BETWEEN, Segment.BETWEEN),
    ("linear_60_proportional", "full"): (Segment.BETWEEN, Segment.FULL, Segment.FULL),
    ("threshold_proportional", "basic"): (Segment.BELOW_BASIC, Segment.PROPORTIONAL, Segment.PROPORTIONAL),
    ("threshold_proportional", "full"): (Segment.PROPORTIONAL, Segment.FULL, Segment.FULL),
    ("per_unit", "weight"): (Segment.COUNTED, Segment.COUNTED, Segment.CAPPED),
    ("per_unit", "least_count"): (Segment.TOO_FEW, Segment.COUNTED, Segment.COUNTED),
}
_ROLE_WORDS = {
    "limit": ("限值", "limit"),
    "basic": ("基本要求", "basic requirement"),
    "full": ("满分要求", "full requirement"),
    "weight": ("分值上限", "cap"),
    "least_count": ("起计数量", "least count"),
    "band": ("等次起点", "start of the band"),
    "band_most": ("等次终点", "end of the band"),
}
_SIDE_WORDS = {"below": ("略低", "just below"), "at": ("正好", "at"), "above": ("略高", "just above")}


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case as it came out: what was computed, and in both languages what is wrong (empty where it passed)."""

    case: Case
    got: Mapping[str, Any]
    faults: tuple[tuple[str, str], ...] = field(default=())

    @property
    def passed(self) -> bool:
        """Whether it came out as worked out."""
        return not self.faults

    def text(self, lang: str) -> str:
        """What is wrong, in one line."""
        return ("；" if lang == "zh" else "; ").join(zh if lang == "zh" else en for zh, en in self.faults)


# --- Which cases there are ----------------------------------------------------------------------------------------
def shipped_cases(ref: str, directory: Path = PROGRAMMES, cases: Path = CASES) -> tuple[Case, ...]:
    """Cases of a shipped set; those of the sets it extends or takes from hold too, its own replace them by limit."""
    own: list[Case] = []
    for path in sorted((cases / ref).glob("*.yaml")):
        own += read_cases(path.read_text(encoding="utf-8"), f"{ref}/{path.name}")
    text = (directory / f"{ref}.yaml").read_text(encoding="utf-8")
    return inherited_cases(text, ref, own, directory, cases)


def inherited_cases(
    text: str, ref: str, own: Iterable[Case], directory: Path = PROGRAMMES, cases: Path = CASES
) -> tuple[Case, ...]:
    """A set's own cases with those of the shipped sets that its sound text rests on, replaced limit by limit."""
    found: dict[Limit, tuple[Case, ...]] = {}
    for parent in _parents(text, ref):
        found |= _by_limit(shipped_cases(parent, directory, cases))
    found |= _by_limit(own)
    return tuple(case for held in found.values() for case in held)


def _parents(text: str, ref: str) -> list[str]:
    content = read_text(text, ref).content
    taken = [row["from"] for row in content.get("takes", []) if "/" in row["from"]]
    return [*filter(None, [content.get("extends")]), *taken]


def _by_limit(cases: Iterable[Case]) -> dict[Limit, tuple[Case, ...]]:
    found: dict[Limit, tuple[Case, ...]] = {}
    for case in cases:
        found[case.limit] = (*found.get(case.limit, ()), case)
    return found


# --- Which limits there are ---------------------------------------------------------------------------------------
def limits_of(rules: RuleSet) -> tuple[Limit, ...]:
    """Every limit of a set whose figure is known, in the order of the set."""
    return (
        *(limit for gate in rules.gates for limit in _limits_of_gate(gate)),
        *(limit for row in (*rules.indicators, *rules.bonus) for limit in _limits_of_indicator(row)),
        *(limit for band in rules.bands for limit in _limits_of_band(band)),
    )


def _limits_of_band(band: Band) -> Iterator[Limit]:
    if _is_known(band.least):
        yield Limit(band.code, "band")
    if _is_known(band.most):
        yield Limit(band.code, "band_most")


def _is_known(figure: Figure | None) -> bool:
    return figure is not None and (figure.value is not None or bool(figure.cases))


def _limits_of_gate(gate: Gate) -> Iterator[Limit]:
    yield from _with_variants(gate.code, gate.limit, gate.variants, None)
    for number, one in enumerate(gate.alternatives):
        yield from _with_variants(gate.code, one.limit, one.variants, number)


def _with_variants(
    code: str, limit: Figure | None, variants: Sequence[Variant], alternative: int | None
) -> Iterator[Limit]:
    if _is_known(limit):
        yield Limit(code, "limit", alternative=alternative)
    for number, variant in enumerate(variants):
        if _is_known(variant.limit or limit):
            yield Limit(code, "limit", variant=number, alternative=alternative)


def _limits_of_indicator(indicator: Indicator) -> Iterator[Limit]:
    if indicator.weight.value is None or indicator.method == "unknown":
        return  # gives no points, so that no limit decides
    for number, way in enumerate(ways_of(indicator)):
        for role, figure in _deciding(way):
            for case in figure.cases or (None,):
                yield Limit(indicator.code, role, case, way=number - 1 if number else None)


def _deciding(way: Indicator) -> Iterator[tuple[str, Figure]]:
    roles: dict[str, Figure | None] = {"basic": way.basic, "full": way.full}
    if way.method == "per_unit":
        roles = {"weight": way.weight, "least_count": way.least_count}
    elif way.method == "steps":
        roles = {f"step_{number}": step.least for number, step in enumerate(way.steps, start=1)}
    yield from ((role, figure) for role, figure in roles.items() if figure is not None and _is_known(figure))


def limit_words(rules: RuleSet, limit: Limit, lang: str) -> str:
    """A limit as people read it: code, name, which figure, for whom."""
    named = {
        **{gate.code: (gate.text_zh, gate.text_en) for gate in rules.gates},
        **{row.code: (row.name_zh, row.name_en) for row in (*rules.indicators, *rules.bonus)},
        **{band.code: (band.name_zh, band.name_en) for band in rules.bands},
    }
    place = 0 if lang == "zh" else 1
    step = (f"第{limit.role[5:]}档", f"step {limit.role[5:]}") if limit.role.startswith("step_") else (limit.role,) * 2
    parts = [named.get(limit.rule, ("", ""))[place], _ROLE_WORDS.get(limit.role, step)[place]]
    parts += [limit.case] if limit.case else []
    for number, words in ((limit.variant, ("另有规定", "variant")), (limit.alternative, ("或者", "alternative")),
                          (limit.way, ("另一算法", "other way"))):  # fmt: skip
        parts += [f"{words[place]} {number + 1}"] if number is not None else []
    return f"{limit.rule} " + (" · ").join(parts)


def uncovered_limits(rules: RuleSet, cases: Iterable[Case]) -> tuple[Limit, ...]:
    """Limits that lack one of the three cases."""
    sides: dict[Limit, set[str]] = {}
    for case in cases:
        sides.setdefault(case.limit, set()).add(case.side)
    return tuple(limit for limit in limits_of(rules) if sides.get(limit, set()) != set(SIDES))


def stray_cases(rules: RuleSet, cases: Iterable[Case]) -> tuple[Case, ...]:
    """Cases of limits that the set does not have."""
    known = set(limits_of(rules))
    return tuple(case for case in cases if case.limit not in known)


# --- Running them -------------------------------------------------------------------------------------------------
def run_cases(rules: RuleSet, cases: Iterable[Case]) -> tuple[CaseResult, ...]:
    """Every case of a limit that the set has, with what came out; below and above must be one step of the field off."""
    known = set(limits_of(rules))
    held = _by_limit(case for case in cases if case.limit in known)
    return tuple(result for limit in held for result in _run_limit(rules, held[limit]))


def _run_limit(rules: RuleSet, cases: tuple[Case, ...]) -> Iterator[CaseResult]:
    given = {case.side: case.given for case in cases}
    for case in cases:
        result = _run(rules, case)
        step = _step_of(rules, case)
        off = step is not None and "at" in given and case.side != "at" and abs(case.given - given["at"]) != step
        if off and step is not None:
            told = shown_text(step)
            wrong = (f"应与界限相差一步（{told}）", f"must be one step ({told}) off the limit")
            result = CaseResult(case, result.got, (*result.faults, wrong))
        yield result


def _step_of(rules: RuleSet, case: Case) -> Fraction | None:
    if case.limit.role in BAND_ROLES:
        return Fraction(1, 10**rules.scoring.places) if rules.scoring else None
    spec = rules.fields.get(case.field)
    return None if spec is None else Fraction(1, 10**spec.places)


def _run(rules: RuleSet, case: Case) -> CaseResult:
    if case.limit.role in BAND_ROLES:
        band = band_of(rules, case.given, ())
        return _compared(case, {"band": band.code if band else None})
    if case.field not in rules.fields:
        return CaseResult(case, {}, ((f"没有数据项 {case.field}", f"no such field: {case.field}"),))
    wrong = _ill_suited(rules, case)
    if wrong:
        return CaseResult(case, {}, ((f"类型不符：{wrong}", f"of the wrong kind: {wrong}"),))
    gate = next((gate for gate in rules.gates if gate.code == case.limit.rule), None)
    return _run_gate(rules, gate, case) if gate else _run_indicator(rules, case)


def _ill_suited(rules: RuleSet, case: Case) -> str:
    """Fields to which the case gives values that no form lets through."""
    given = [*case.start.items(), (case.field, case.given), *(pair for year in case.earlier for pair in year.items())]
    return ", ".join(code for code, value in given if code in rules.fields and not suits(rules.fields[code], value))


def _run_gate(rules: RuleSet, gate: Gate, case: Case) -> CaseResult:
    whole = decide(rules, gate, _facts(rules, case, None), ON, NOTHING_KNOWN)
    number = case.limit.alternative
    part: GateOutcome = whole if number is None else whole.alternatives[number]
    got = {"outcome": whole.outcome.value, "value": part.value}
    is_one_of = gate.kind is GateKind.EITHER and number is None
    return _compared(case, got, None if is_one_of else _side(part.value, part.limit))


def _run_indicator(rules: RuleSet, case: Case) -> CaseResult:
    indicator = next(row for row in (*rules.indicators, *rules.bonus) if row.code == case.limit.rule)
    way = ways_of(indicator)[0 if case.limit.way is None else case.limit.way + 1]
    figure = dict(_deciding(way))[case.limit.role]
    assert rules.scoring is not None, "a set with indicators has a scoring section"
    trace = score(rules, rules.scoring, way, _facts(rules, case, figure), ON, NOTHING_KNOWN)
    limit = figure.cases[case.limit.case] if case.limit.case else figure.value
    got = {"points": trace.points, "value": trace.value, "segment": trace.segment.value}
    reached = _reached(trace, way) if case.limit.role == "weight" else trace.value
    return _compared(_with_segment(case, way), got, _side(reached, limit))


def _reached(trace: Trace, way: Indicator) -> Fraction | None:
    """Points before the cap."""
    each = way.points_each.value if way.points_each else None
    return None if trace.value is None or each is None else trace.value * each


def _with_segment(case: Case, way: Indicator) -> Case:
    """The segment that follows from the shape of the method, where the case does not name one."""
    method = "line" if way.method in _LINE else way.method
    follows = _SEGMENTS.get((method, case.limit.role))
    if follows is None or "segment" in case.expected:
        return case
    segment = follows[SIDES.index(case.side)].value
    return Case(case.limit, case.field, case.start, case.earlier, case.side, case.given,
                {**case.expected, "segment": segment})  # fmt: skip


def _side(value: Fraction | None, limit: Fraction | None) -> str | None:
    if value is None or limit is None:
        return None
    return SIDES[1 + (value > limit) - (value < limit)]


def _compared(case: Case, got: Mapping[str, Any], side: str | None = "") -> CaseResult:
    """The result; `side` is where the value lies, empty where that is not asked."""
    faults = [_unequal(key, wanted, got.get(key)) for key, wanted in case.expected.items() if got.get(key) != wanted]
    if side != "" and side != case.side:
        zh, en = _SIDE_WORDS[case.side]
        faults.append((f"不在界限“{zh}”的位置，界限可能已经更改", f"is not {en} the limit, which may have changed"))
    return CaseResult(case, got, tuple(faults))


def _unequal(key: str, wanted: Any, got: Any) -> tuple[str, str]:
    words = {"points": "得分", "value": "数值", "outcome": "结论", "segment": "区段", "band": "等次"}
    shown = [shown_text(one) if isinstance(one, Fraction) else str(one) for one in (wanted, got)]
    return f"{words.get(key, key)}应为 {shown[0]}，算得 {shown[1]}", f"{key} should be {shown[0]}, is {shown[1]}"


def _facts(rules: RuleSet, case: Case, figure: Figure | None) -> Facts:
    """The figures that the case brings, in the year it is about and the years before."""
    start = dict(case.start)
    if figure is not None and figure.by and case.limit.case:
        start[figure.by] = case.limit.case
    figures = [*_year(rules, start | {case.field: case.given}, YEAR)]
    for back, values in enumerate(case.earlier, start=1):
        figures += _year(rules, values, YEAR - back)
    return facts_of(YEAR, figures)


def _year(rules: RuleSet, values: Mapping[str, Scalar], year: int) -> Iterator[Fact]:
    for code, value in values.items():
        spec = rules.fields.get(code)
        if spec is not None and (spec.years or year == YEAR):
            yield Fact(code, year if spec.years else None, value, spec.unit)
