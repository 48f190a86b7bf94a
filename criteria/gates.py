"""Eligibility gates: every gate is decided, unknown never passes, all outcomes are kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from operator import ge, gt, le, lt
from typing import Any

from criteria.exact import plain
from criteria.facts import Facts
from criteria.nodes import ZeroDenominator
from criteria.ruleset import Alternative, Confidence, Gate, GateKind, RuleSet
from criteria.scope import FactScope, Standing
from criteria.trace import Input, UsedFigure
from criteria.wording import formula_words, numbers_of

_OPERATORS: dict[str, Any] = {">=": ge, "<=": le, ">": gt, "<": lt}


class Outcome(StrEnum):
    """How a gate ended; undetermined is never passed."""

    PASSED = "passed"
    FAILED = "failed"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class GateOutcome:
    """One gate on one application. `value` and `limit` are exact in `unit`, None where the gate has no number."""

    code: str
    kind: GateKind
    outcome: Outcome
    is_binding: bool
    text_zh: str
    text_en: str
    value: Fraction | None
    operator: str
    limit: Fraction | None
    unit: str
    formula: str
    formula_zh: str
    formula_en: str
    formula_numbers: str
    inputs: tuple[Input, ...]
    figures: tuple[UsedFigure, ...]
    source: tuple[str, ...]
    confidence: Confidence
    note_zh: str = ""
    note_en: str = ""
    remedy_zh: str = ""
    remedy_en: str = ""
    alternatives: tuple[GateOutcome, ...] = ()


@dataclass(frozen=True, slots=True)
class _Finding:
    outcome: Outcome
    value: Fraction | None = None
    limit: Fraction | None = None
    note_zh: str = ""
    note_en: str = ""


def decide(rules: RuleSet, gate: Gate, facts: Facts, on: date, standing: Standing) -> GateOutcome:
    """Decide one gate; never raises for missing facts, they leave it undetermined."""
    if gate.kind is GateKind.EITHER:
        return _either(rules, gate, facts, on, standing)
    scope = FactScope(rules, facts, on, standing)
    scope.positive_denominators = gate.zero_denominator is not None and gate.zero_denominator.positive
    chosen = _variant(gate, scope)
    finding = _NO_VARIANT if chosen is None else _DECIDERS[gate.kind](chosen, scope)
    formula = (chosen or gate).formula
    return GateOutcome(
        code=gate.code,
        kind=gate.kind,
        outcome=finding.outcome,
        is_binding=gate.is_binding,
        text_zh=gate.text_zh,
        text_en=gate.text_en,
        value=None if finding.value is None else plain(finding.value),
        operator=gate.operator if gate.limit else "",
        limit=finding.limit,
        unit=gate.unit,
        formula=formula.text if formula else "",
        formula_zh=formula_words(rules, formula, "zh") if formula else "",
        formula_en=formula_words(rules, formula, "en") if formula else "",
        formula_numbers=numbers_of(formula, scope) if formula else "",
        inputs=tuple(scope.inputs.values()),
        figures=tuple(scope.used.values()),
        source=gate.source,
        confidence=gate.confidence,
        note_zh=finding.note_zh,
        note_en=finding.note_en,
        remedy_zh=gate.remedy_zh,
        remedy_en=gate.remedy_en,
    )


def _either(rules: RuleSet, gate: Gate, facts: Facts, on: date, standing: Standing) -> GateOutcome:
    """Passed by one alternative, failed by all; every alternative is decided and shown with its number and limit."""
    outcomes = tuple(
        decide(rules, _as_gate(gate, number, one), facts, on, standing)
        for number, one in enumerate(gate.alternatives, start=1)
    )
    found = {outcome.outcome for outcome in outcomes}
    best = next((kind for kind in (Outcome.PASSED, Outcome.UNDETERMINED) if kind in found), Outcome.FAILED)
    whole = decide(rules, replace(gate, kind=GateKind.QUALITATIVE, alternatives=()), facts, on, standing)
    notes = next(((one.note_zh, one.note_en) for one in outcomes if one.outcome is best), ("", ""))
    return replace(whole, kind=gate.kind, outcome=best, alternatives=outcomes, note_zh=notes[0], note_en=notes[1])


def _as_gate(gate: Gate, number: int, one: Alternative) -> Gate:
    return replace(
        gate, code=f"{gate.code}.{number}", kind=GateKind.NUMERIC, text_zh=one.text_zh, text_en=one.text_en,
        unit=one.unit, operator=one.operator, formula=one.formula, limit=one.limit, remedy_zh="", remedy_en="",
        zero_denominator=one.zero_denominator, alternatives=(), variants=one.variants,
    )  # fmt: skip


def _variant(gate: Gate, scope: FactScope) -> Gate | None:
    """The gate as it stands for this enterprise; None when it cannot be told which variant applies."""
    for variant in gate.variants:
        applies = variant.when.root.value(scope)
        if applies is None:
            return None
        if applies:
            return replace(gate, formula=variant.formula or gate.formula, limit=variant.limit or gate.limit)
    return gate


def _numeric(gate: Gate, scope: FactScope) -> _Finding:
    assert gate.formula is not None
    assert gate.limit is not None
    limit = scope.figure("limit", gate.limit)
    try:
        value = gate.formula.root.value(scope)
    except ZeroDenominator:
        return _by_policy(gate, scope, limit)
    note_zh, note_en = scope.notes(None)
    if value is None or limit is None or scope.is_assumed:
        return _Finding(Outcome.UNDETERMINED, value, limit, note_zh, note_en)
    return _Finding(_passed(_OPERATORS[gate.operator](value, limit)), value, limit)


def _by_policy(gate: Gate, scope: FactScope, limit: Fraction | None) -> _Finding:
    note_zh, note_en = scope.notes(gate.zero_denominator)
    is_failed = gate.zero_denominator is not None and gate.zero_denominator.outcome != "undetermined"
    return _Finding(Outcome.FAILED if is_failed else Outcome.UNDETERMINED, None, limit, note_zh, note_en)


def _condition(gate: Gate, scope: FactScope) -> _Finding:
    assert gate.formula is not None
    try:
        answer = gate.formula.root.value(scope)
    except ZeroDenominator:
        return _by_policy(gate, scope, None)
    if answer is None or scope.is_assumed:
        note_zh, note_en = scope.notes(None)
        return _Finding(Outcome.UNDETERMINED, None, None, note_zh or _ASK_ZH, note_en or _ASK_EN)
    return _Finding(_passed(answer))


def _negative_record(gate: Gate, scope: FactScope) -> _Finding:
    span = gate.window.span(scope.on, scope.standing.anchors) if gate.window else None
    if gate.window_years:
        scope.figure("lookback", gate.window_years)
    records = scope.standing.records.get(gate.record)
    if span is None or records is None:
        return _Finding(Outcome.UNDETERMINED, None, None, _ASK_ZH, _ASK_EN)
    within = [day for day in records if span.holds(day)]
    zh, en = f"追溯期 {span.first} 至 {span.last}", f"look-back from {span.first} to {span.last}"
    return _Finding(_passed(not within), None, None, zh, en)


def _record_exists(gate: Gate, scope: FactScope) -> _Finding:
    """A record that must be there, within the look-back where the gate has one."""
    if gate.window_years:
        scope.figure("lookback", gate.window_years)
    span = gate.window.span(scope.on, scope.standing.anchors) if gate.window else None
    records = scope.standing.records.get(gate.record)
    if records is None or (gate.window is not None and span is None):
        return _Finding(Outcome.UNDETERMINED, None, None, _ASK_ZH, _ASK_EN)
    return _Finding(_passed(any(span is None or span.holds(day) for day in records)))


def _exclusion_list(gate: Gate, scope: FactScope) -> _Finding:
    listed = scope.standing.lists.get(gate.record)
    if listed is None:
        return _Finding(Outcome.UNDETERMINED, None, None, _ASK_ZH, _ASK_EN)
    return _Finding(_passed(not listed))


def _answered(gate: Gate, scope: FactScope) -> _Finding:
    answer = scope.standing.answers.get(gate.code)
    if answer is None:
        return _Finding(Outcome.UNDETERMINED, None, None, _ASK_ZH, _ASK_EN)
    return _Finding(_passed(answer))


def _passed(answer: bool) -> Outcome:
    return Outcome.PASSED if answer else Outcome.FAILED


_ASK_ZH, _ASK_EN = "需由工作人员核实", "to be verified by an officer"
_NO_VARIANT = _Finding(
    Outcome.UNDETERMINED, None, None, "缺少判断适用条款所需的信息", "what decides the applicable variant is missing"
)
_DECIDERS = {
    GateKind.NUMERIC: _numeric,
    GateKind.CONDITION: _condition,
    GateKind.NEGATIVE_RECORD: _negative_record,
    GateKind.RECORD_EXISTS: _record_exists,
    GateKind.EXCLUSION_LIST: _exclusion_list,
    GateKind.QUALITATIVE: _answered,
    GateKind.PREFERENCE: _answered,
}
