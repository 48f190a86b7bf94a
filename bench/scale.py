"""How large a run is: the full one of the command, the small one of the tests."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Rounds of quick pieces of work, few and many cases of a season, whole cases, acts in one round,
    generated applications, hostile files, damaged files, certificates of one announcement, kills of their signer."""

    rounds: int
    few: int
    many: int
    journeys: int
    acts: int
    applications: int
    files: int
    damages: int
    certificates: int
    kills: int


FULL = Scale(
    rounds=15,
    few=100,
    many=10_000,
    journeys=5,
    acts=20,
    applications=1_000_000,
    files=1000,
    damages=5000,
    certificates=1000,
    kills=12,
)
SMALL = Scale(
    rounds=1, few=80, many=160, journeys=1, acts=2, applications=2000, files=30, damages=12, certificates=6, kills=1
)
