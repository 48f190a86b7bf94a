"""Boundary cases as data: every limit of every shipped set has one case at it, one just below, one just above."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from criteria.evaluate import evaluate
from criteria.loading import PROGRAMMES, load
from criteria.rulefile import read_text
from criteria.ruleset import Figure, Indicator, RuleSet, Variant
from tests.criteria.builders import facts

CASES = PROGRAMMES.parent / "cases"
REFS = sorted(f"{path.parent.name}/{path.stem}" for path in PROGRAMMES.glob("*/*.yaml"))
SIDES = ("below", "at", "above")
SEGMENTS = {
    ("basic", "below"): "below_basic",
    ("basic", "at"): "between",
    ("basic", "above"): "between",
    ("full", "below"): "between",
    ("full", "at"): "full",
    ("full", "above"): "full",
    ("weight", "below"): "counted",
    ("weight", "at"): "counted",
    ("weight", "above"): "capped",
}


@dataclass(frozen=True)
class Limit:
    """One limit of a rule set: of which rule, in which role, for which class, variant or alternative."""

    rule: str
    role: str
    industry_class: str | None = None
    variant: int | None = None
    alternative: int | None = None


@dataclass(frozen=True)
class Boundary:
    """The cases of one limit."""

    limit: Limit
    field: str
    start: dict[str, Any]
    cases: dict[str, dict[str, Any]]
    years: dict[int, dict[str, Any]]


def parents(ref: str) -> list[str]:
    """Sets that a set is built on; their cases hold for it as well, unless it has its own."""
    content = read_text((PROGRAMMES / f"{ref}.yaml").read_text(encoding="utf-8"), ref).content
    taken = [row["from"] for row in content.get("takes", []) if "/" in row["from"]]
    return [*filter(None, [content.get("extends")]), *taken]


def boundaries(ref: str) -> dict[Limit, Boundary]:
    """All cases of a set by limit; its own replace inherited ones."""
    found: dict[Limit, Boundary] = {}
    for parent in parents(ref):
        found |= boundaries(parent)
    for path in sorted((CASES / ref).glob("*.yaml")):
        content = read_text(path.read_text(encoding="utf-8"), str(path)).content
        for row in content["limits"]:
            rule = content.get("indicator") or content["gate"]
            # A gate's class chooses its variant; an indicator's class chooses its figure.
            chosen = row.get("industry_class") if "indicator" in content else None
            variant, alternative = (int(row[key]) if key in row else None for key in ("variant", "alternative"))
            limit = Limit(rule, row["role"], chosen, variant, alternative)
            start = row.get("start", {}) | (
                {"industry_class": row["industry_class"]} if "industry_class" in row else {}
            )
            cases = {case["side"]: case for case in row["cases"]}
            years = {int(year): figures for year, figures in row.get("years", {}).items()}
            found[limit] = Boundary(limit, content["field"], start, cases, years)
    return found


def limits_of(rule_set: RuleSet) -> Iterator[Limit]:
    """Every limit that decides something in a set."""
    for gate in rule_set.gates:
        yield from _limits_of_gate(gate.code, gate.limit, gate.variants, None)
        for number, one in enumerate(gate.alternatives):
            yield from _limits_of_gate(gate.code, one.limit, one.variants, number)
    for indicator in (*rule_set.indicators, *rule_set.bonus):
        if indicator.method == "unknown" or indicator.weight.value is None:
            continue  # gives no points, so that no limit decides
        for role, figure in _figures(indicator):
            yield from (Limit(indicator.code, role, case) for case in (figure.cases or [None]))


def _limits_of_gate(
    code: str, limit: Figure | None, variants: tuple[Variant, ...], alternative: int | None
) -> Iterator[Limit]:
    """The limits of a gate or of one of its alternatives; a limit that is not known decides nothing."""
    if limit is None or limit.value is None:
        return
    for number in (None, *range(len(variants))):
        yield Limit(code, "limit", None, number, alternative)


def _figures(indicator: Indicator) -> list[tuple[str, Figure]]:
    if indicator.method == "per_unit":
        return [("weight", indicator.weight)]
    return [(role, figure) for role in ("basic", "full") if (figure := getattr(indicator, role))]


ALL = [
    pytest.param(ref, boundary, side, id=f"{ref}-{boundary.limit.rule}-{boundary.limit.role}-{number}-{side}")
    for ref in REFS
    for number, boundary in enumerate(boundaries(ref).values())
    for side in boundary.cases
]
LOADED = {ref: load(ref) for ref in REFS}


@pytest.mark.parametrize(("ref", "boundary", "side"), ALL)
def test_a_value_at_a_limit_or_one_step_off_gets_what_the_case_says(ref: str, boundary: Boundary, side: str) -> None:
    rule_set, case = LOADED[ref], boundary.cases[side]
    given = facts(rule_set.fields, boundary.years, **boundary.start, **{boundary.field: case["given"]})
    evaluation = evaluate(rule_set, given, date(2026, 3, 1))
    if "outcome" in case:
        whole = evaluation.gate(boundary.limit.rule)
        assert whole.outcome == case["outcome"]
        gate = whole if boundary.limit.alternative is None else whole.alternatives[boundary.limit.alternative]
        assert (gate.outcome, gate.value) == (case["outcome"], case["value"])
        assert _side(gate.value, gate.limit) == side
    else:
        trace = evaluation.trace(boundary.limit.rule)
        assert (trace.points, trace.value) == (case["points"], case["value"])
        assert trace.segment == case.get("segment", SEGMENTS[(boundary.limit.role, side)])


def _side(value: Fraction | None, limit: Fraction | None) -> str:
    assert value is not None
    assert limit is not None
    return SIDES[1 + (value > limit) - (value < limit)]


@pytest.mark.parametrize("ref", REFS)
def test_every_limit_has_a_case_below_at_and_above(ref: str) -> None:
    found = boundaries(ref)
    missing = [limit for limit in limits_of(LOADED[ref]) if set(getattr(found.get(limit), "cases", ())) != set(SIDES)]
    assert missing == []


@pytest.mark.parametrize("ref", REFS)
def test_every_case_belongs_to_a_limit_that_exists(ref: str) -> None:
    assert set(boundaries(ref)) <= set(limits_of(LOADED[ref]))


@pytest.mark.parametrize("ref", REFS)
def test_just_below_and_just_above_are_one_step_of_the_field_away(ref: str) -> None:
    for boundary in boundaries(ref).values():
        step = Fraction(1, 10 ** LOADED[ref].fields[boundary.field].places)
        given = [boundary.cases[side]["given"] for side in SIDES]
        assert [given[1] - given[0], given[2] - given[1]] == [step, step], boundary.limit


def test_a_set_with_a_limit_that_has_no_case_is_noticed() -> None:
    found = boundaries("demo/2026")
    del found[Limit("X-01", "basic")]
    assert [limit for limit in limits_of(LOADED["demo/2026"]) if limit not in found] == [Limit("X-01", "basic")]
