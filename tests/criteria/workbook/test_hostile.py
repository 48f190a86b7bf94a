"""Every hostile or odd file is answered in time, by facts or by its own refusal, and never by an exception."""

from __future__ import annotations

import time

import pytest

from criteria.workbook import Template, examine
from tests.criteria.workbook.hostile import FILES, SLOW

CASES = [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in FILES]


@pytest.mark.parametrize("name", CASES)
def test_file_is_answered_by_its_own_code_within_time(name: str, good: bytes, template: Template) -> None:
    expected, make = FILES[name]
    content = make(good, template)
    start = time.process_time()
    reading = examine(content, template)
    spent = time.process_time() - start
    refusal = reading.faults.refusal
    assert (refusal.code if refusal else "read") == expected
    if expected == "read":
        assert reading.accepted
        assert reading.facts == examine(good, template).facts
    assert spent < 3, "seconds of processor time, three times the bar because machines differ"


def test_the_set_holds_at_least_a_hundred_files_and_every_refusal_that_a_file_can_cause() -> None:
    from criteria.workbook.refusal_messages import REFUSALS

    caused = {code for code, _ in FILES.values()}
    only_by_limits = {"too_much_memory", "too_slow", "unreadable", "too_much_text"}
    assert len(FILES) >= 100
    assert set(REFUSALS) - caused == only_by_limits
