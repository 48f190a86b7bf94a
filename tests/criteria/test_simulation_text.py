"""A simulation for the terminal: every count is there, columns stand below each other."""

from __future__ import annotations

from criteria.loading import load
from criteria.simulation import Move, Simulation, simulate
from criteria.simulation_text import MOVES, aligned, simulation_lines
from tests.criteria.test_simulation import DEMO, applicant, with_pass_mark


def simulation() -> Simulation:
    people = [applicant(n, district="闵行区" if n % 3 else "浦东新区", rd_staff_stat=50 + 4 * n) for n in range(12)]
    return simulate(DEMO, with_pass_mark(90), people)


def test_report_tells_counts_groups_bands_totals_and_who_moves() -> None:
    found = simulation()
    lines = list(simulation_lines(found, "en"))
    counts = {move: count for move, count in found.counts().items() if count}
    assert Move.LOSES in counts
    for move, count in counts.items():
        assert any(line.split() == [*MOVES[move][1].split(), str(count)] for line in lines)
    losers = [row.reference for row in found.rows if row.move is Move.LOSES]
    assert [line.split()[0] for line in lines[lines.index("Who gains and who loses") + 1 :]] == losers
    assert {"By district", "By industry", "By size", "From band to band"} <= set(lines)
    bars = [line.rsplit(" ", 1) for line in lines if "█" in line and line.startswith("  ") and "quartiles" not in line]
    assert sum(int(count) for _, count in bars) == sum(row.after.total is not None for row in found.rows)


def test_report_speaks_chinese() -> None:
    lines = list(simulation_lines(simulation(), "zh"))
    assert "分区" in lines
    assert any(line.startswith("  浦东新区") for line in lines)
    assert any(line.startswith("  制造业") for line in lines)


def test_nobody_gives_a_report_without_tables() -> None:
    lines = list(simulation_lines(simulate(DEMO, DEMO, []), "en"))
    assert lines[1] == "applications: 0"
    assert "By district" not in lines


def test_columns_stand_below_each_other_with_chinese_counting_double() -> None:
    assert aligned([["区", "a", "7"], ["abcd", "b", "12"]]) == ["  区    a   7", "  abcd  b  12"]


def test_many_causes_are_counted_not_listed() -> None:
    lines = list(simulation_lines(simulate(DEMO, load("national_centre/2016-demo"), [applicant(1)]), "en"))
    causes = lines[-1].split("loses the title")[1]
    assert causes.count(",") == 5
    assert " … +" in causes
