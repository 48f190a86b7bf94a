"""Sample workbooks: without faults where they should be, with the seven faults where they should."""

from __future__ import annotations

from datetime import date

import pytest
from stdnum.cn import uscc

from criteria.checks import check_facts
from criteria.evaluate import evaluate
from criteria.facts import Facts
from criteria.gates import Outcome
from criteria.ruleset import RuleSet
from criteria.workbook import Template, examine, read
from criteria.workbook.cross_checks import with_checks
from criteria.workbook.samples import (
    PROFILES,
    correct_workbook,
    faulty_workbook,
    planted_faults,
    sample_credit_code,
    sample_facts,
)


@pytest.mark.parametrize("profile", PROFILES)
def test_sample_breaks_no_cross_check(profile: str, template: Template, municipal: RuleSet) -> None:
    for seed in range(1, 6):
        assert check_facts(municipal, sample_facts(template, seed, profile)) == []


def test_stronger_profile_scores_higher_and_the_weak_one_fails_a_gate(template: Template, municipal: RuleSet) -> None:
    results = {
        profile: evaluate(municipal, sample_facts(template, 1, profile), date(2026, 6, 1)) for profile in PROFILES
    }
    totals = [results[profile].total for profile in ("strong", "middling", "weak")]
    assert all(total is not None for total in totals)
    assert totals == sorted(totals, reverse=True)
    assert not [gate.code for gate in results["strong"].gates if gate.outcome is Outcome.FAILED]
    assert [gate.code for gate in results["weak"].gates if gate.outcome is Outcome.FAILED]


def test_same_seed_gives_the_same_answers_and_another_seed_others(template: Template) -> None:
    assert sample_facts(template, 3) == sample_facts(template, 3)
    assert sample_facts(template, 3) != sample_facts(template, 4)


def test_names_in_samples_are_marked_as_fictional(template: Template) -> None:
    facts = sample_facts(template)
    for code in ("enterprise_name", "address", "head_name", "centre_head_name", "contact_name"):
        assert "示例" in str(facts.value(code))


def test_sample_credit_code_passes_the_check_and_belongs_to_nobody() -> None:
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    for number in range(200):
        code = sample_credit_code(number)
        assert uscc.is_valid(code)
        organisation = code[8:17]
        total = sum(alphabet.index(s) * w for s, w in zip(organisation[:8], weights, strict=True))
        right = {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
        assert organisation[8] != right


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 4])
def test_faulty_workbook_shows_all_seven_faults_at_once_at_their_cells(
    seed: int, template: Template, municipal: RuleSet
) -> None:
    reading = examine(faulty_workbook(template, seed), template)
    reading = with_checks(reading, check_facts(municipal, reading.facts))
    found = {(fault.code, fault.sheet, fault.cell) for fault in reading.faults.faults}
    planted = {(one.code, one.sheet, one.cell) for one in planted_faults(template, seed)}
    assert len(planted) == 7
    assert found == planted
    assert not reading.accepted


@pytest.mark.slow
def test_correct_workbook_is_accepted_by_reader_and_checks(template: Template, municipal: RuleSet) -> None:
    facts = read(correct_workbook(template, 2, "middling"), template)
    assert isinstance(facts, Facts)
    assert check_facts(municipal, facts) == []
