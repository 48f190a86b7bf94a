"""The table of shipped rule sets is that of the files, and counts what it says it counts."""

from __future__ import annotations

from criteria.loading import PROGRAMMES
from scripts.programmes import TARGET, programmes_text

TEXT = programmes_text()


def test_written_table_is_that_of_the_rule_files() -> None:
    assert TARGET.read_text(encoding="utf-8") == TEXT, "run python -m scripts.programmes --write"


def test_every_set_has_one_row_in_each_table_and_one_line_of_holes() -> None:
    refs = [f"{path.parent.name}/{path.stem}" for path in PROGRAMMES.glob("*/*.yaml")]
    assert len(refs) > 15
    assert {TEXT.count(f"`{ref}`") for ref in refs} == {3}


def test_row_counts_the_figures_of_a_small_set_by_hand() -> None:
    # Songjiang, earlier: six limits of bands and the yearly evaluation, all found; no gates, scoring, indicators, form
    lines = [line for line in TEXT.splitlines() if "`district_centre/songjiang-earlier`" in line]
    assert "| partial | day not known | 0 | 0 | 4 | no | 4 | 4 |" in lines[0]
    assert [cell.strip() for cell in lines[1].split("|") if cell.strip()][1:] == ["7"]
    assert lines[2].endswith(": no gates, no scoring, no indicators, no form")
