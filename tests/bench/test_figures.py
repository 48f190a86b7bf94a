"""Figures, their lines, JSON and table; counted statements; interleaved times."""

from __future__ import annotations

import json
from math import nan

import pytest

from accreditation.models import Counter
from bench.figures import Figure, as_json, put_table, shown
from bench.timing import counted, cpu_ms

GOOD = Figure("a.cpu", 12.345, "ms CPU", 20)
BAD = Figure("a.speed", 3.0, "x peer", 5, "peer: 1 ms", more_is_better=True)
MISSING = Figure("b", nan, "not measured", 0, "ValueError: no")


@pytest.mark.parametrize(("figure", "holds"), [(GOOD, True), (BAD, False), (MISSING, False)])
def test_target_is_a_most_or_a_least_and_what_was_not_measured_misses(figure: Figure, holds: bool) -> None:
    assert figure.holds is holds


def test_line_names_value_unit_target_verdict_and_remark() -> None:
    assert GOOD.line.split() == ["a.cpu", "12.3", "ms", "CPU", "≤", "20", "holds"]
    assert BAD.line.split() == ["a.speed", "3", "x", "peer", "≥", "5", "DOES", "NOT", "HOLD", "peer:", "1", "ms"]


@pytest.mark.parametrize(("value", "text"), [(948.0, "948"), (0.24681, "0.247"), (12345.6, "12346"), (nan, "nan")])
def test_values_are_shown_short(value: float, text: str) -> None:
    assert shown(value) == text


def test_json_holds_every_figure_and_no_nan() -> None:
    figures = json.loads(as_json([GOOD, BAD, MISSING]))["figures"]
    assert [(one["name"], one["value"], one["holds"]) for one in figures] == [
        ("a.cpu", 12.345, True), ("a.speed", 3.0, False), ("b", None, False),
    ]  # fmt: skip


def test_table_replaces_the_one_before_and_leaves_the_rest() -> None:
    document = "# Title\n<!-- figures -->\nstale\n<!-- end of figures -->\nend\n"
    new = put_table(document, [GOOD])
    assert new.startswith("# Title\n<!-- figures -->\n")
    assert new.endswith("<!-- end of figures -->\nend\n")
    assert "| a.cpu | 12.3 | ms CPU | ≤ 20 | holds |  |" in new
    assert "stale" not in new
    assert put_table(new, [GOOD]) == new


def test_document_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="no place"):
        put_table("# Title\n", [GOOD])


@pytest.mark.django_db
def test_statements_that_touch_rows_are_counted_by_table() -> None:
    with counted() as statements:
        Counter.objects.get_or_create(key="bench")  # opens a savepoint as well
    assert statements.by_table() == {"accreditation_counter": 2}
    assert statements.count == 2


def test_pieces_of_work_take_turns_after_an_unmeasured_round() -> None:
    order: list[str] = []
    times = cpu_ms({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2)
    assert order == ["a", "b"] * 3
    assert times.keys() == {"a", "b"}
    assert min(times.values()) >= 0


def test_busy_work_takes_cpu_time_and_sleep_does_not() -> None:
    times = cpu_ms({"busy": lambda: sum(range(200_000)), "idle": lambda: None}, 3)
    assert times["busy"] > times["idle"]
