"""Eligibility gates as table rows: value, limit, outcome, source and confidence of each."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from criteria.banding import gates_deciding
from criteria.evaluate import Evaluation
from criteria.gates import GateOutcome, Outcome
from criteria.ruleset import RuleSet
from workflows.presentation.explanations import gate_explanation
from workflows.presentation.words import Words, amount, cited, confidence_mark, either, short_amount

SIGNS = {">=": "≥", "<=": "≤"}
TONES = {Outcome.PASSED: "green", Outcome.FAILED: "red", Outcome.UNDETERMINED: "amber"}


def gates_table(evaluation: Evaluation, rules: RuleSet, *, of_holder: bool = False) -> list[Words]:
    """One row per gate for `workflows/parts/gates.html`, binding gates first, in the order of the rules.

    `of_holder`: a title that is held is evaluated by its score; a condition of its recognition decides nothing, unless
    the rules say that it decides the band.
    """
    gates = evaluation.gates
    if of_holder:
        deciding = gates_deciding(rules)
        gates = tuple(replace(gate, is_binding=gate.is_binding and gate.code in deciding) for gate in gates)
    return [gate_row(gate, rules) for gate in sorted(gates, key=lambda gate: not gate.is_binding)]


def gate_row(gate: GateOutcome, rules: RuleSet) -> Words:
    """A gate: `code`, `key`, `text`, `value`, `limit`, `outcome`, `tone`, `confidence`, `sources`, `note`, `remedy`,
    `is_binding`, `is_failed`, `is_open`, `explanation` (parameters of `explanation.html`)."""
    is_failed = gate.outcome is Outcome.FAILED
    return {
        "code": gate.code,
        "key": f"gate-{gate.code}",
        "text": either(gate, "text"),
        "value": short_amount(gate.value, gate.unit) if gate.limit is not None else "",
        "limit": f"{SIGNS.get(gate.operator, gate.operator)} {amount(gate.limit, gate.unit)}" if gate.limit else "",
        "outcome": outcome_name(gate.outcome, is_binding=gate.is_binding),
        "tone": TONES[gate.outcome] if gate.is_binding else "grey",
        "confidence": confidence_mark(gate.confidence),
        "sources": cited(gate.source, rules),
        "note": either(gate, "note") if gate.note_zh else "",
        "remedy": either(gate, "remedy") if gate.remedy_zh and is_failed else "",
        "is_binding": gate.is_binding,
        "is_failed": is_failed and gate.is_binding,
        "is_open": gate.outcome is Outcome.UNDETERMINED and gate.is_binding,
        "explanation": gate_explanation(gate, rules),
    }


def outcome_name(outcome: Outcome, *, is_binding: bool = True) -> str:
    """How a gate ended, in words; what decides nothing is only told."""
    if not is_binding:
        return _("仅供参考")
    return {
        Outcome.PASSED: _("符合"),
        Outcome.FAILED: _("不符合"),
        Outcome.UNDETERMINED: _("待核实"),
    }[outcome]
