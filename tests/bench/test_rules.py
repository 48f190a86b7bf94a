"""The figures of the rules engine in their small form: complete, exact, and broken ones do not pass for measured."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from bench import rules
from bench.plain_columns import in_chunks
from bench.scale import SMALL
from criteria.loading import load
from tests.criteria import oracle
from tests.criteria.generated import exact, facts_of_row, industry_of, rows

slow = pytest.mark.slow


@slow
def test_engine_gives_all_its_figures() -> None:
    figures = {figure.name: figure for figure in rules.rules(SMALL)}
    assert figures.keys() == {
        "rules.wrong", "rules.traced", "rules.traced.ratio", "rules.batch", "rules.batch.ratio", "rules.load",
    }  # fmt: skip
    assert figures["rules.wrong"].value == 0
    assert "2000 generated applications" in figures["rules.wrong"].remark
    assert all(figure.value > 0 for name, figure in figures.items() if name != "rules.wrong")


@slow
def test_wrong_totals_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle, "total", lambda f, industry: Fraction(-1))
    assert rules.wrong_totals(SMALL).value == SMALL.applications
    assert not rules.wrong_totals(SMALL).holds


def test_peer_of_the_traced_score_gives_the_total() -> None:
    rule_set = load(rules.REFERENCE)
    for row in rows(30, seed=5):
        wanted = oracle.total(exact(row), industry_of(row))
        assert rules.by_fractions(facts_of_row(rule_set, row)) == wanted


def test_peer_over_columns_gives_nearly_all_totals_of_sound_rows() -> None:
    chosen = [row for row in rows(400, seed=6, hostile=False) if min(v for v in row.values() if v is not None) > 0]
    floats, industry = rules.floats_of(chosen, 2)
    wanted = [oracle.total(exact(row), industry_of(row)) for row in chosen]
    near = np.isclose(in_chunks(floats, industry), [float(one or 0) for one in wanted] * 2, atol=0.011)
    assert len(chosen) > 100
    assert near.mean() > 0.99
