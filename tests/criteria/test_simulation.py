"""Policy simulation on hand-made applicants: who gains, who loses, who cannot be told, and that groups add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from criteria.evaluate import evaluate
from criteria.gates import Outcome
from criteria.loading import load
from criteria.ruleset import RuleSet
from criteria.scope import Standing
from criteria.simulation import Applicant, Move, Simulation, Verdict, simulate
from tests.criteria.builders import facts
from tests.criteria.generated import facts_of_row, rows

ON = date(2026, 3, 1)
DEMO = load("shanghai_municipal_centre/2022-demo")
KNOWN = Standing(titles={"district_centre": date(2024, 1, 1)}, lists={"shanghai_negative_list": False})


def with_limit(code: str, value: int) -> RuleSet:
    """The demonstration set with another limit of one gate."""
    gates = tuple(
        replace(gate, limit=replace(gate.limit, value=Fraction(value))) if gate.code == code and gate.limit else gate
        for gate in DEMO.gates
    )
    return replace(DEMO, gates=gates, checksum=f"{code}-{value}")


def with_pass_mark(least: int) -> RuleSet:
    """The demonstration set with two bands only, the upper one from `least`."""
    upper, lower = DEMO.band("excellent"), DEMO.band("fail")
    assert upper.least is not None
    mark = replace(upper.least, value=Fraction(least))
    return replace(DEMO, bands=(replace(upper, least=mark), replace(lower, below=mark)), checksum=f"from-{least}")


def applicant(number: int, *, district: str = "浦东新区", standing: Standing = KNOWN, **changed: Any) -> Applicant:
    return Applicant(
        f"C-{number}", f"示例{number}", district, "", "", facts(DEMO.fields, **changed), ON, standing, number % 2 == 0
    )


def moves(simulation: Simulation) -> list[Move]:
    return [row.move for row in simulation.rows]


def test_lower_limit_of_a_gate_lets_an_applicant_in() -> None:
    found = simulate(with_limit("MG4", 100), with_limit("MG4", 90), [applicant(1, rd_staff_stat=95)])
    assert moves(found) == [Move.GAINS]
    assert (found.rows[0].before.failed, found.rows[0].after.failed, found.rows[0].causes) == (("MG4",), (), ("MG4",))


def test_higher_band_shuts_an_applicant_out() -> None:
    total = evaluate(DEMO, facts(DEMO.fields), ON, KNOWN).total
    assert total is not None
    found = simulate(DEMO, with_pass_mark(int(total) + 1), [applicant(1)])
    assert moves(found) == [Move.LOSES]
    assert (found.rows[0].before.verdict, found.rows[0].after.band) == (Verdict.RECOGNISED, "fail")


def test_same_set_moves_nobody() -> None:
    people = [applicant(n, rd_staff_stat=50 + n) for n in range(1, 20)]
    found = simulate(DEMO, DEMO, people)
    assert set(moves(found)) == {Move.KEEPS, Move.STAYS_OUT}
    assert all(row.difference == 0 and row.causes == () for row in found.rows)


def test_missing_figure_is_told_and_hides_nobody_else() -> None:
    found = simulate(DEMO, DEMO, [applicant(1, rd_staff_stat=None, rd_staff=None), applicant(2)])
    assert moves(found) == [Move.CANNOT_TELL, Move.KEEPS]
    assert (found.rows[0].before.total, found.rows[0].before.undetermined) == (None, ("MG4",))
    assert found.rows[0].difference is None


def test_gate_that_nobody_answered_is_left_aside_and_told() -> None:
    found = simulate(DEMO, DEMO, [applicant(1, standing=replace(KNOWN, lists={}))])
    assert moves(found) == [Move.KEEPS]
    assert found.rows[0].before.left_aside == ("MG7",)


def test_gate_that_somebody_answered_counts() -> None:
    listed = replace(KNOWN, lists={"shanghai_negative_list": True})
    assert simulate(DEMO, DEMO, [applicant(1, standing=listed)]).rows[0].before.failed == ("MG7",)


def test_partial_set_is_judged_by_its_gates_and_says_so() -> None:
    partial = load("shanghai_municipal_centre/2022")
    found = simulate(partial, DEMO, [applicant(1)])
    assert (found.before.has_total, found.after.has_total) == (False, True)
    assert found.rows[0].before.total is None
    assert found.rows[0].before.undetermined == ("MG2",)  # its coefficients are unknown


def test_groups_and_bands_add_up_to_the_whole() -> None:
    people = [
        applicant(
            n,
            district=("浦东新区", "嘉定区")[n % 2],
            rd_staff_stat=60 + n,
            industry_class=("software", "other")[n % 3 % 2],
        )
        for n in range(40)
    ]
    found = simulate(DEMO, with_limit("MG4", 80), people)
    for group in ("district", "industry", "size"):
        held = found.by(group)
        assert sum(sum(counts.values()) for counts in held.values()) == 40
        assert {move: sum(counts[move] for counts in held.values()) for move in Move} == found.counts()
    assert sum(found.bands().values()) == 40
    assert sum(before for _low, before, _after in found.histogram()) == 40
    assert found.counts()[Move.LOSES] == 20 - sum(
        row.before.verdict is not Verdict.RECOGNISED for row in found.rows[:20]
    )
    assert found.plain()["holders_losing"] == sum(row.holds_title and row.move is Move.LOSES for row in found.rows)


def test_quartiles_are_exact_and_inclusive() -> None:
    people = [applicant(n, rd_projects=3 + n) for n in range(4)]
    found = simulate(DEMO, DEMO, people)
    totals = sorted(row.before.total for row in found.rows if row.before.total is not None)
    assert found.quartiles("before") == (
        totals[0] + (totals[1] - totals[0]) * Fraction(3, 4), (totals[1] + totals[2]) / 2,
        totals[2] + (totals[3] - totals[2]) / 4,
    )  # fmt: skip


def test_nobody_gives_an_empty_report() -> None:
    found = simulate(DEMO, DEMO, [])
    assert (found.rows, found.histogram(), found.quartiles("before")) == ((), [], None)
    assert found.plain()["counts"] == {move.value: 0 for move in Move}


def test_progress_is_told_for_every_applicant() -> None:
    told: list[int] = []
    simulate(DEMO, DEMO, [applicant(1), applicant(2)], progress=told.append)
    assert told == [1, 2]


@pytest.mark.slow
def test_simulated_results_are_those_of_the_evaluation() -> None:
    chosen = [facts_of_row(DEMO, row) for row in rows(150, seed=21)]
    people = [Applicant(str(n), str(n), "", "", "", one, ON, KNOWN, False) for n, one in enumerate(chosen)]
    for row, one in zip(simulate(DEMO, DEMO, people).rows, chosen, strict=True):
        evaluation = evaluate(DEMO, one, ON, KNOWN)
        assert row.before.total == evaluation.total
        assert row.before.failed == tuple(gate.code for gate in evaluation.failed_gates)
        assert row.before.band == (evaluation.band.code if evaluation.band else "")
        assert row.before.points == {t.code: t.points for t in (*evaluation.indicators, *evaluation.bonus)}
        is_open = any(g.outcome is Outcome.UNDETERMINED for g in evaluation.gates if g.is_binding and g.code != "MG7")
        assert (row.before.verdict is Verdict.UNDETERMINED) is (
            not row.before.failed and row.before.band != "fail" and (is_open or evaluation.total is None)
        )
