"""How far a quota reaches, row by row: the first ranking, late ones, places allowed from above or given back."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from accreditation.services.quota_order import Place, Reach, free_places, reaches

W, O, F = Reach.WITHIN, Reach.OUTRANKED, Reach.FULL  # noqa: E741 - as the columns of the table are called


def placed(score: int, turn: int = 0, *, tie: int = 0) -> Place:
    """The application of that score; the later it is ranked, the later is its number."""
    return Place(turn * 1000 + score, turn, Fraction(score), Fraction(tie), f"NETC-2026-{turn}{100 - score:03d}")


def corrected(score: int, turn: int = 0) -> Place:
    """The same, placed by a score on figures that were corrected after the freezing."""
    return replace(placed(score, turn), is_revised=True)


ROWS: dict[str, tuple[int, dict[int, int], list[Place], list[Place], list[Place], list[Reach]]] = {
    # quota, allowed beyond it by turn, who holds a place, who was approved without one, approved now: what follows
    "first ranking, down the order": (2, {}, [], [], [placed(90), placed(80), placed(70)], [W, W, F]),
    "a postponed one finds the places taken": (1, {}, [placed(80)], [], [placed(90)], [F]),
    "a postponed one takes what is left": (2, {}, [placed(80)], [], [placed(60)], [W]),
    "late, above all, every place taken, nothing allowed": (1, {}, [placed(80)], [], [placed(90, 1)], [F]),
    "late, above all, one more place allowed": (1, {1: 1}, [placed(80)], [], [placed(90, 1)], [W]),
    "late, in the middle of the quota, one more allowed": (
        2, {1: 1}, [placed(90), placed(70)], [], [placed(80, 1)], [W],
    ),
    "late, beneath the quota, is outranked though one more is allowed": (
        2, {1: 1}, [placed(90), placed(80)], [], [placed(70, 1)], [O],
    ),
    "late, within the quota, a place is free": (2, {}, [placed(90)], [], [placed(80, 1)], [W]),
    "late, beneath one approved without a place that was given back": (
        2, {}, [placed(90)], [placed(80)], [placed(70, 1)], [O],
    ),
    "late, above the one without a place, gets the place that was given back": (
        2, {}, [placed(90)], [placed(70)], [placed(80, 1)], [W],
    ),
    "of two late ones the better takes the one place": (
        1, {1: 1}, [placed(70)], [], [placed(90, 1), placed(80, 1)], [W, O],
    ),
    "two late ones within, one place allowed": (
        2, {1: 1}, [placed(70), placed(60)], [], [placed(90, 1), placed(80, 1)], [W, F],
    ),
    "two late ones within, one allowed and one free": (
        2, {1: 1}, [placed(70)], [], [placed(90, 1), placed(80, 1)], [W, W],
    ),
    "a later supplementary ranking is outranked by a recommended late one": (
        1, {1: 1, 2: 1}, [placed(70), placed(90, 1)], [], [placed(80, 2)], [O],
    ),
    "what was allowed for one supplementary ranking is not used by the next": (
        2, {1: 1}, [placed(70), placed(60)], [], [placed(90, 2)], [F],
    ),
    "what was allowed is used first, so that a postponed one finds the free place": (
        2, {1: 1}, [placed(90), placed(80, 1)], [], [placed(60)], [W],
    ),
    "the first ranking goes before the late ones at one meeting": (
        2, {}, [placed(90)], [], [placed(80, 1), placed(60)], [F, W],
    ),
    "equal scores go by the figure of the tie rule": (
        1, {1: 1}, [placed(80, tie=5)], [], [placed(80, 1, tie=6)], [W],
    ),
    "corrected, falls beneath one that holds a place": (1, {}, [placed(80)], [], [corrected(70)], [O]),
    "corrected, falls beneath one approved without a place, though its own is free": (
        2, {}, [placed(90)], [placed(80)], [corrected(70)], [O],
    ),
    "corrected, stays above those without a place and takes its own again": (
        2, {}, [placed(90)], [placed(60)], [corrected(70)], [W],
    ),
    "corrected, rises above all, and its place is gone to a postponed one": (
        2, {}, [placed(80), placed(60)], [], [corrected(95)], [F],
    ),
    "corrected, goes after whoever stands by the frozen score": (
        1, {}, [], [], [corrected(95), placed(60)], [F, W],
    ),
    "corrected in a supplementary ranking, keeps the place allowed for that": (
        1, {1: 1}, [placed(80)], [], [corrected(90, 1)], [W],
    ),
    "equal in everything, the earlier number is first": (1, {1: 1}, [placed(80)], [], [placed(80, 1)], [O]),
}  # fmt: skip


@pytest.mark.parametrize("what", ROWS)
def test_quota_reaches_as_the_rule_says(what: str) -> None:
    quota, extra, holding, without, approved, expected = ROWS[what]
    for order in (approved, approved[::-1]):  # in whatever order the minutes have them
        found = reaches(quota, extra, holding=holding, without=without, approved=order)
        assert [found[place.application] for place in approved] == expected


def test_free_places_are_those_of_the_quota_that_nobody_holds() -> None:
    assert free_places(3, {1: 2}, {0: 1, 1: 2}) == 2
    assert free_places(3, {1: 2}, {0: 1, 1: 3}) == 1
    assert free_places(1, {}, {0: 1, 1: 1}) == -1
