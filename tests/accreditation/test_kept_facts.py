"""Facts of long workbooks are parsed once, and no more of them are kept than fit."""

from __future__ import annotations

from fractions import Fraction

import pytest

from accreditation.services import kept_facts
from accreditation.services.kept_facts import KeptFacts
from criteria.facts import AnnexRow, Facts


def text(lines: int, name: str = "a") -> str:
    rows = tuple(AnnexRow(number, {"value": Fraction(number, 4), "name": name}) for number in range(1, lines + 1))
    return Facts(2025, {}, {"equipment": rows}).to_json()


@pytest.fixture(autouse=True)
def kept_from_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_facts, "KEPT_FROM", 1000)


def test_long_text_is_parsed_once_and_short_ones_each_time() -> None:
    kept = KeptFacts()
    assert kept.facts_of(text(100)) is kept.facts_of(text(100))
    assert kept.facts_of(text(1)) is not kept.facts_of(text(1))
    assert kept.facts_of(text(100)) == Facts.from_json(text(100))


def test_what_was_not_used_for_longest_goes_first() -> None:
    first, second, third = text(100, "a"), text(100, "b"), text(100, "c")
    kept = KeptFacts(most=2 * len(first) + 10)
    a, b = kept.facts_of(first), kept.facts_of(second)
    assert kept.facts_of(first) is a
    kept.facts_of(third)
    assert kept.facts_of(first) is a
    assert kept.facts_of(second) is not b


def test_text_above_the_bound_is_not_kept_at_all() -> None:
    kept = KeptFacts(most=1000)
    assert kept.facts_of(text(100)) is not kept.facts_of(text(100))


def test_digest_of_stored_facts_is_that_of_their_canonical_text() -> None:
    stored = Facts.from_stored(text(3))
    assert stored.stored_digest == Facts.from_json(text(3)).digest() == stored.digest()
    assert stored == Facts.from_json(text(3))
    changed = stored.with_verified({})
    assert changed.stored_digest == ""
    assert changed.digest() == stored.digest()
