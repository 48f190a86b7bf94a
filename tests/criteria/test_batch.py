"""Columns: every total is that of plain fractions, whatever is missing, at a limit, a tie or too large."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np
import pytest

from criteria import batch, batch_vectors
from criteria.batch import BatchScorer, Columns
from criteria.evaluate import evaluate
from criteria.expressions import parse
from criteria.facts import Facts
from criteria.ruleset import RuleSet
from criteria.scope import NOTHING_KNOWN, Standing
from tests.criteria import oracle
from tests.criteria.builders import facts
from tests.criteria.generated import INDUSTRY, Row, exact, facts_of_row, industry_of, rows
from tests.criteria.test_fast import METHODS, POSITIVE, UNDECIDED, ZERO, single, years_of

ON = date(2026, 3, 1)


def gathered(scorer: BatchScorer, given: list[Facts], standing: Standing = NOTHING_KNOWN) -> Columns:
    return scorer.gathered((one, ON, standing) for one in given)


def arrays_of(scorer: BatchScorer, chosen: list[Row]) -> dict[tuple[str, int], Any]:
    """Columns as a caller with arrays has them; the industry by its place in the form."""
    (codes,) = scorer.choices.values()
    places = [codes.index(one) for one in oracle.CLASSES]
    return {
        (slot.code, 0): np.array(
            [places[row[INDUSTRY] or 0] if slot.code == INDUSTRY else row[slot.code] for row in chosen]
        )
        for slot in scorer.scorer.slots
    }


@pytest.mark.slow
def test_twenty_thousand_totals_over_columns_are_those_of_plain_fractions(demo: RuleSet) -> None:
    scorer, chosen = BatchScorer(demo), list(rows(20_000, seed=11))
    totals = scorer.score(gathered(scorer, [facts_of_row(demo, row) for row in chosen]))
    wrong = [
        row for number, row in enumerate(chosen) if totals.total(number) != oracle.total(exact(row), industry_of(row))
    ]
    assert wrong == []
    assert 0 < totals.one_by_one < 600
    assert 0 < np.count_nonzero(~totals.determined) < 2000


@pytest.mark.slow
def test_arrays_give_the_totals_of_facts(demo: RuleSet) -> None:
    scorer, chosen = BatchScorer(demo), list(rows(3000, seed=12, hostile=False))
    totals = scorer.score(scorer.columns(len(chosen), arrays_of(scorer, chosen)))
    other = scorer.score(gathered(scorer, [facts_of_row(demo, row) for row in chosen]))
    assert (totals.units == other.units).all()
    assert totals.one_by_one == 0


def test_array_with_unknown_rows_leaves_them_undetermined(demo: RuleSet) -> None:
    scorer, chosen = BatchScorer(demo), list(rows(20, seed=13, hostile=False))
    known = np.arange(20) % 2 == 0
    columns = scorer.columns(20, arrays_of(scorer, chosen), {("standards_3y", 0): known})
    assert (scorer.score(columns).determined == known).all()


def test_array_that_lacks_is_named(demo: RuleSet) -> None:
    with pytest.raises(KeyError, match="rd_expenditure"):
        BatchScorer(demo).columns(1, {})


def test_row_beyond_the_bound_is_scored_one_by_one_and_the_others_over_columns(demo: RuleSet) -> None:
    scorer, chosen = BatchScorer(demo), list(rows(50, seed=14, hostile=False))
    for number, steps in ((7, 2**61), (9, -(2**61)), (11, 2**70)):
        chosen[number]["revenue_main"] = steps
    totals = scorer.score(gathered(scorer, [facts_of_row(demo, row) for row in chosen]))
    assert totals.one_by_one == 3
    for number, row in enumerate(chosen):
        assert totals.total(number) == oracle.total(exact(row), industry_of(row))


def test_bound_that_is_passed_is_noticed_before_it_wraps() -> None:
    half = batch_vectors.Column(np.array([2**31]), 2**31, 2**31)
    assert half.by(2**30).most == 2**61
    for act in (lambda: half.times(half), lambda: half.by(2**31), lambda: half.by(2**80), lambda: half.by(-(2**31))):
        with pytest.raises(batch_vectors.TooLarge):
            act()


def test_chunks_that_end_anywhere_give_the_same(demo: RuleSet, monkeypatch: pytest.MonkeyPatch) -> None:
    scorer = BatchScorer(demo)
    columns = gathered(scorer, [facts_of_row(demo, row) for row in rows(100, seed=15)])
    whole = scorer.score(columns)
    monkeypatch.setattr(batch, "CHUNK", 7)
    parts = scorer.score(columns)
    assert (whole.units == parts.units).all()
    assert (whole.determined == parts.determined).all()


def test_no_rows_give_no_totals(demo: RuleSet) -> None:
    scorer = BatchScorer(demo)
    assert len(scorer.score(gathered(scorer, [])).units) == 0


def test_set_without_total_is_refused(partial: RuleSet) -> None:
    with pytest.raises(ValueError, match="no rounded total"):
        BatchScorer(partial)


FORMULAS = (
    "rd_staff - employees", "-rd_staff / 7 + 100", "rd_staff / (employees - 300)", "100 / (doctors - 3) - 2.5",
    "abs(profit_total) / 1000", "previous(rd_expenditure, 1) / 1000", "doctors / (rd_staff / employees)",
    "sum_years(rd_expenditure, 3) / revenue_main * 100", "count(rd_projects) + 1",
    "(rd_expenditure - previous(rd_expenditure, 1)) / previous(rd_expenditure, 1) * 100",
    "years_held(district_centre) * 3", "doctors / -employees * -100", "rd_staff / (doctors / 0.5 - 1 / employees)",
    "doctors * industry_coefficient / 3", "7 / 2",
)  # fmt: skip


def check_totals(rules: RuleSet, given: list[Facts], standing: Standing = NOTHING_KNOWN) -> BatchScorer:
    scorer = BatchScorer(rules)
    totals = scorer.score(gathered(scorer, given, standing))
    wanted = [evaluate(rules, one, ON, standing).total for one in given]
    assert [totals.total(number) for number in range(len(given))] == wanted
    return scorer


@pytest.mark.slow
@pytest.mark.parametrize("formula", FORMULAS)
def test_every_form_over_columns_gives_the_total_of_the_interpreter(municipal: RuleSet, formula: str) -> None:
    standing = Standing(titles={"district_centre": date(2021, 5, 1)})
    for number, policy in enumerate((ZERO, POSITIVE, UNDECIDED)):
        rules = single(municipal, formula=parse(formula), zero_denominator=policy)
        given = [
            facts(rules.fields, years_of(row), **exact(row) | {"industry_class": industry_of(row)})
            for row in islice(rows(40, seed=number), 40)
        ]
        assert check_totals(rules, given, standing).reasons == {}


@pytest.mark.parametrize("changes", METHODS)
@pytest.mark.parametrize("stage", ["indicator", "total"])
def test_every_method_over_columns_gives_the_total_of_the_interpreter(
    municipal: RuleSet, changes: dict[str, Any], stage: str
) -> None:
    assert municipal.scoring is not None
    rules = replace(single(municipal, **changes), scoring=replace(municipal.scoring, stage=stage))
    patents = (-3, 0, 1, 2, 3, 6, 7, 14, 15, 19, 20, 21, 100, Fraction(1, 3), None)
    scorer = check_totals(rules, [facts(rules.fields, invention_patents_valid=one) for one in patents])
    assert scorer.reasons == {}


@pytest.mark.slow
def test_set_that_rounds_only_the_total_redoes_what_is_near_a_boundary(municipal: RuleSet) -> None:
    assert municipal.scoring is not None
    rules = replace(municipal, scoring=replace(municipal.scoring, stage="total"), checksum="total")
    scorer, chosen = BatchScorer(rules), list(rows(1500, seed=16))
    for number in range(0, 1500, 3):  # ratios that end on eighths of a cent, so that totals end on half a cent
        chosen[number] |= {code: 1000 for code in chosen[number] if code != INDUSTRY}
        chosen[number]["external_expert_months"] = 1000 + 25 * (number % 160)
    given = [facts_of_row(rules, row) for row in chosen]
    totals = scorer.score(gathered(scorer, given))
    wanted = [scorer.scorer.score(one, ON).total for one in given]
    assert [totals.total(number) for number in range(len(given))] == wanted
    assert evaluate(rules, given[5], ON).total == wanted[5]
    assert scorer.reasons == {}
    ties = sum(one is not None and total is not None and 2 * abs(one - total) * 100 == 1 for one, total in zip(
        (scorer.scorer.score(one, ON).unrounded_total for one in given), wanted, strict=True))  # fmt: skip
    assert ties > 50
    assert ties <= totals.one_by_one < 900


def test_formula_without_form_over_columns_is_scored_one_by_one_with_its_reason(municipal: RuleSet) -> None:
    rules = single(municipal, formula=parse("doctors if industry_class == 'software' else rd_staff / 10"))
    given = [facts(rules.fields, industry_class=one, doctors=13) for one in ("software", "other", None)]
    assert check_totals(rules, given).reasons == {"X-06": "node Choose"}
