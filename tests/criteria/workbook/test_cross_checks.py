"""Broken cross checks as faults with their cells."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from criteria.checks import CellRef, CheckOutcome, CheckResult, check_facts
from criteria.facts import Fact, Facts, Origin, facts_of
from criteria.ruleset import RuleSet
from criteria.ruleset import Severity as RuleSeverity
from criteria.workbook import Severity, Template, examine
from criteria.workbook.cross_checks import faults_from_checks, with_checks
from criteria.workbook.planting import plant


def outcome(*cells: CellRef, severity: RuleSeverity = RuleSeverity.ERROR) -> CheckOutcome:
    return CheckOutcome("CC99", CheckResult.FAILED, severity, "甲大于乙", "a exceeds b", cells, "demo", ())


FACTS = facts_of(
    2025,
    [
        Fact("a", 2025, Fraction(7), "person", Origin("表", "D7", "７")),
        Fact("b", 2025, Fraction(5), "person", Origin("表", "D8", "5")),
    ],
)


def test_outcome_becomes_a_fault_at_its_first_cell_with_all_cells_told() -> None:
    faults = faults_from_checks([outcome(CellRef("a", 2025), CellRef("b", 2025))], FACTS)
    fault = faults.faults[0]
    assert (fault.code, fault.severity, fault.place, fault.field, fault.year) == (
        "CC99",
        Severity.ERROR,
        "表!D7",
        "a",
        2025,
    )
    assert (fault.message_zh, fault.message_en) == ("甲大于乙", "a exceeds b")
    assert fault.read == "D7 ７；D8 5"
    assert "表!D7；表!D8" in fault.fix_zh
    assert [(entry.key, entry.raw) for entry in faults.entries] == [(("a", 2025), "７"), (("b", 2025), "5")]


def test_outcome_without_a_known_cell_is_still_told() -> None:
    fault = faults_from_checks([outcome(CellRef("c", 2025), severity=RuleSeverity.WARNING)], FACTS).faults[0]
    assert (fault.severity, fault.place) == (Severity.WARNING, "")


def test_failed_cell_does_not_hide_the_cross_check_of_other_cells(
    good: bytes, template: Template, municipal: RuleSet
) -> None:
    broken = plant("text_in_number", template, ("awards_2y", 2025), good)
    broken = plant("missing", template, ("standards.name", 7), broken.workbook)
    content = plant_number(template, broken.workbook, ("rd_staff", 2025), 10_000)
    reading = examine(content, template)
    reading = with_checks(reading, check_facts(municipal, reading.facts))
    assert {"CC01", "text_for_number", "required"} <= {fault.code for fault in reading.faults.faults}


def plant_number(template: Template, content: bytes, key: tuple[str, int | None], number: int) -> bytes:
    from criteria.workbook.planting import edit_sheet, replace_cell, spot_of

    spot = spot_of(template, key)
    return edit_sheet(content, template, spot.sheet, replace_cell(spot.cell, f"|<v>{number}</v>"))


def test_refused_file_is_not_checked_further(template: Template) -> None:
    reading = examine(b"", template)
    assert with_checks(reading, [outcome()]) is reading


def test_every_broken_check_of_a_spoiled_sample_has_a_place(
    good: bytes, template: Template, municipal: RuleSet
) -> None:
    facts = examine(good, template).facts
    spoiled: Facts = facts
    for key in (("rd_staff", 2025), ("rd_projects", 2025), ("new_product_revenue", 2025), ("senior_experts", 2025)):
        fact = spoiled.figures[key]
        assert isinstance(fact.value, Fraction)
        spoiled = replace(spoiled, figures={**spoiled.figures, key: replace(fact, value=fact.value * 50)})
    faults = faults_from_checks(check_facts(municipal, spoiled), spoiled)
    assert len(faults.faults) >= 4
    assert all(fault.place for fault in faults.faults)
