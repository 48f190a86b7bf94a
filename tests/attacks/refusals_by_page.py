"""Where a page is refused: each verb that has one, in every state in which the table does not let its office do it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection

from tests.attacks import (
    pages_between,
    pages_of_designations,
    pages_of_matters,
    pages_of_recommendations,
    pages_of_verbs,
)
from tests.attacks.pages_of_verbs import DESKS, Page
from tests.attacks.test_transitions import TABLE

SETS = (pages_of_verbs, pages_of_designations, pages_of_recommendations, pages_of_matters)
PAGES: Mapping[str, Mapping[str, Page]] = {
    edition: {**pages, **pages_between.PAGES.get(edition, {})} for one in SETS for edition, pages in one.PAGES.items()
}
NO_PAGE = {verb: reason for one in (*SETS, pages_between) for verb, reason in one.NO_PAGE.items()}
IN_EVERY_EDITION = bool(os.environ.get("ACCREDITATION_REFUSALS"))  # else editions that share a page take turns


@dataclass(frozen=True, slots=True)
class Try:
    """A verb by an office in a state: what becomes of it, or nothing where it is to be refused."""

    verb: str
    role: str
    state: str
    to: str = ""


def answer_in(edition: str, state: str, verb: str) -> tuple[str, str]:
    """The office that the table asks in the state, and its answer: the state that follows, `=`, or a reason."""
    said = TABLE[edition]
    answer = said["states"][state].get(verb, said.get("elsewhere", {}).get(verb, "already_done"))
    if isinstance(answer, dict):
        ((office, answer),) = answer.items()
        return office, answer
    return next(office for office, verbs in said["offices"].items() if verb in verbs), answer


def is_refused(edition: str, answer: str) -> bool:
    """Whether the answer is a reason."""
    return answer != "=" and answer not in TABLE[edition]["states"]


def name_of(page: Page, role: str) -> str:
    """The URL name of the page for an office."""
    return page.address.format(desk=DESKS.get(role, role), side="my_" if role == "holder" else "")


def refused_tries(edition: str) -> list[Try]:
    """What is posted in vain: every verb of the edition somewhere, and wherever it is the edition's turn.

    On PostgreSQL only the first: which state allows what no database knows, and the door is asked everywhere on both.
    """
    known: set[str] = set()
    found = []
    for one in _refused(edition):
        is_turn = connection.vendor == "sqlite" and (IN_EVERY_EDITION or _turns()[_shared(edition, one)] == edition)
        if is_turn or one.verb not in known or one.state == PAGES[edition][one.verb].refused:
            known.add(one.verb)
            found.append(one)
    return found


def _refused(edition: str) -> Iterator[Try]:
    for state in TABLE[edition]["states"]:
        for verb in PAGES[edition]:
            role, answer = answer_in(edition, state, verb)
            if is_refused(edition, answer):
                yield Try(verb, role, state)


def _shared(edition: str, one: Try) -> tuple[str, str, str]:
    """Equal where two editions have the same verb on the same page in the same state."""
    return name_of(PAGES[edition][one.verb], one.role), one.verb, one.state


@lru_cache(maxsize=1)
def _turns() -> Mapping[tuple[str, str, str], str]:
    """Which edition posts what several share: whichever has the least to do by then."""
    editions: dict[tuple[str, str, str], list[str]] = {}
    for edition in PAGES:
        for one in _refused(edition):
            editions.setdefault(_shared(edition, one), []).append(edition)
    load: Counter[str] = Counter()
    turns = {}
    for key, able in sorted(editions.items(), key=lambda row: (len(row[1]), row[0])):
        turns[key] = min(able, key=lambda edition: load[edition])
        load[turns[key]] += 1
    return turns


def others(edition: str, people: Mapping[str, Any], one: Try) -> list[str]:
    """Everybody who does not hold the office that may do it there.

    On PostgreSQL nobody: which office may what no database knows, and the door is asked there by one of them of each
    verb in each state (`test_transitions`).
    """
    if connection.vendor != "sqlite":
        return []
    holders = {"clock", one.role, *TABLE[edition].get("also", {}).get(one.role, ())}
    return [name for name in people if name not in holders]
