"""How far the quota of a batch reaches: the rule over places, without the database.

The first ranking: the quota is counted down its order over those whom the committee approves; whoever is postponed and
approved later takes a place that is left. A supplementary ranking, of cases that come to be ranked after that:

- whoever holds a recommendation keeps it (信赖保护), wherever the late case would have stood;
- a late case is recommended if, by the order of the first ranking, fewer approved ones than the quota stand before it,
  and there is a place: one that the authority above allowed for this supplementary ranking, or one of the quota that
  nobody holds. The allowed ones are used first and by nobody else;
- else it is not within the quota: because of the order (OUTRANKED), or for want of a place (FULL).

An application whose figures were corrected after the freezing (重新审议) is placed by its corrected score like a late
one: it has given its place back, and is within the quota as a late case would be. The frozen order itself stays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

FIRST = 0


class Reach(StrEnum):
    """What the quota does with an approved application."""

    WITHIN = "within"
    OUTRANKED = "outranked"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Place:
    """One application in the order of its batch; `turn` is 0 in the first ranking, then 1, 2, … as they were frozen.

    `score` in points and `tie_value` in the unit of the tie rule's figure are exact; the earlier case number is first.
    """

    application: int
    turn: int
    score: Fraction
    tie_value: Fraction
    number: str
    is_revised: bool = False  # placed by a score that was corrected after the freezing

    @property
    def is_late(self) -> bool:
        """Placed against a frozen order, not in it."""
        return self.turn != FIRST or self.is_revised

    @property
    def order(self) -> tuple[Fraction, Fraction, str]:
        """Sorts the better one first."""
        return -self.score, -self.tie_value, self.number


def reaches(
    quota: int, extra: Mapping[int, int], *, holding: Iterable[Place], without: Iterable[Place],
    approved: Iterable[Place],
) -> dict[int, Reach]:  # fmt: skip
    """For each application that one meeting approves, by its key, whether the quota reaches it.

    `extra` holds the places allowed for the turns of supplementary rankings. Of the others in the batch, `holding` have
    a recommendation, `without` were approved and are not within the quota. The earlier ranking goes first, and in it
    whoever stands by the frozen score.
    """
    held = list(holding)
    taken = Counter(place.turn for place in held)
    before = [place.order for place in (*held, *without)]
    found: dict[int, Reach] = {}
    for place in sorted(approved, key=lambda place: (place.turn, place.is_revised, place.order)):
        is_outranked = place.is_late and sum(order < place.order for order in before) >= quota
        has_place = taken[place.turn] < extra.get(place.turn, 0) or free_places(quota, extra, taken) > 0
        found[place.application] = Reach.OUTRANKED if is_outranked else Reach.WITHIN if has_place else Reach.FULL
        before.append(place.order)
        taken[place.turn] += found[place.application] is Reach.WITHIN
    return found


def free_places(quota: int, extra: Mapping[int, int], taken: Mapping[int, int]) -> int:
    """Places of the quota that nobody holds; what a supplementary ranking holds beyond its own places counts."""
    return quota - sum(max(0, count - extra.get(turn, 0)) for turn, count in taken.items())


def next_in_order(
    quota: int, extra: Mapping[int, int], *, holding: Iterable[Place], without: Iterable[Place]
) -> Place | None:  # fmt: skip
    """Who of those `without` a place is called up first; None where nobody has one now.

    A place of the quota is for the best of them. One allowed for a supplementary ranking is for the best of its turn
    before whom fewer than the quota stand; whoever holds an allowed place took none of the quota and is not counted.
    """
    held, order = list(holding), sorted(without, key=lambda place: place.order)
    taken = Counter(place.turn for place in held)
    if free_places(quota, extra, taken) > 0:
        return order[0] if order else None
    for n, place in enumerate(order):
        before = Counter(one.turn for one in held if one.order < place.order)
        ahead = n + sum(max(0, count - extra.get(turn, 0)) for turn, count in before.items())
        if taken[place.turn] < extra.get(place.turn, 0) and (ahead < quota or not place.is_late):
            return place
    return None
