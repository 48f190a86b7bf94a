"""Rows are told now and then, never backwards, never above what is known."""

from __future__ import annotations

from criteria.workbook.pace import STEP, Pace


def test_rows_are_told_at_the_start_and_per_step() -> None:
    told: list[tuple[int, int]] = []
    pace = Pace(lambda done, known: told.append((done, known)))
    pace.expect(STEP)
    for _row in range(2 * STEP):
        pace.pass_row()
    assert told == [(0, STEP), (STEP // 2, STEP), (STEP, STEP)]


def test_more_passes_than_expected_stay_at_what_is_known() -> None:
    told: list[tuple[int, int]] = []
    pace = Pace(lambda done, known: told.append((done, known)))
    pace.expect(10)
    for _row in range(STEP):
        pace.pass_row()
    assert told[-1] == (10, 10)


def test_end_is_all_that_is_known() -> None:
    told: list[tuple[int, int]] = []
    pace = Pace(lambda done, known: told.append((done, known)))
    pace.expect(10)
    pace.pass_row()
    pace.finish()
    assert told == [(0, 10), (10, 10)]


def test_nobody_listening_costs_nothing_but_the_count() -> None:
    pace = Pace()
    pace.expect(5)
    pace.pass_row()
    assert (pace.known, pace.passed) == (5, 1)
