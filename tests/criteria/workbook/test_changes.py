"""What changed between two uploads, and whether it was allowed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction

import pytest

from criteria.facts import AnnexRow, Fact, Facts, Origin, facts_of
from criteria.workbook.changes import changed_cells, check_only_allowed_changes
from criteria.workbook.layout import Template
from criteria.workbook.samples import sample_facts


def facts(revenue: int = 100, staff: int | None = 5, titles: tuple[str, ...] = ("甲", "乙")) -> Facts:
    figures = [Fact("revenue", 2025, Fraction(revenue), "kCNY", Origin("表", "D7", str(revenue)))]
    if staff is not None:
        figures.append(Fact("staff", 2024, Fraction(staff), "person", Origin("表", "E8", str(staff))))
    rows = tuple(
        AnnexRow(n, {"title": title}, {"title": Origin("附表", f"B{n + 6}", title)})
        for n, title in enumerate(titles, 1)
    )
    return facts_of(2025, figures, {"papers": rows})


def test_same_answers_have_no_change_even_in_other_cells() -> None:
    moved = facts()
    moved.figures[("revenue", 2025)]
    elsewhere = replace(moved.figures[("revenue", 2025)], origin=Origin("数据", "F9", "100.0"))
    figures = {**moved.figures, ("revenue", 2025): elsewhere}
    assert changed_cells(facts(), replace(moved, figures=figures)) == []


def test_each_change_tells_both_values_and_the_new_cell() -> None:
    changes = changed_cells(facts(), facts(200, None, ("甲", "丙", "丁")))
    told = [(c.name, c.year, c.line, c.before, c.after, str(c.origin)) for c in changes]
    assert told == [
        ("revenue", 2025, 0, Fraction(100), Fraction(200), "表!D7"),
        ("staff", 2024, 0, Fraction(5), None, "表!E8"),
        ("papers.title", None, 2, "乙", "丙", "附表!B8"),
        ("papers.title", None, 3, None, "丁", "附表!B9"),
    ]


def test_line_taken_away_is_a_change() -> None:
    changes = changed_cells(facts(), facts(titles=("甲",)))
    assert [(c.line, c.before, c.after, str(c.origin)) for c in changes] == [(2, "乙", None, "附表!B8")]


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        (set(), ["表!D7", "表!E8", "附表!B8"]),
        ({("revenue", 2025)}, ["表!E8", "附表!B8"]),
        ({("revenue", None)}, ["表!E8", "附表!B8"]),
        ({("revenue", 2024)}, ["表!D7", "表!E8", "附表!B8"]),
        ({"papers", ("staff", 2024)}, ["表!D7"]),
        ({"revenue", ("papers", None)}, ["表!D7", "表!E8", "附表!B8"]),
        ({("revenue", 2025), ("staff", 2024), "papers"}, []),
    ],
)
def test_only_named_cells_may_change(allowed: Collection[tuple[str, int | None] | str], refused: list[str]) -> None:
    faults = check_only_allowed_changes(facts(), facts(200, 6, ("甲", "丙")), allowed)
    assert [fault.place for fault in faults] == refused
    assert all(fault.code == "change_not_allowed" for fault in faults)


def test_refused_change_says_what_stood_there() -> None:
    fault = check_only_allowed_changes(facts(), facts(200), set())[0]
    assert (fault.read, fault.expected_zh, fault.field, fault.year) == ("200", "100", "revenue", 2025)
    emptied = check_only_allowed_changes(facts(), facts(staff=None), set())[0]
    assert emptied.read == "（空）"


def test_refused_change_is_told_by_the_names_of_the_form(template: Template) -> None:
    before, year = sample_facts(template), template.reporting_year
    figure = replace(before.figures[("doctors", year)], value=Fraction(99))
    row = replace(before.annexes["standards"][1], values={**before.annexes["standards"][1].values, "name": "另一标准"})
    annexes = {**before.annexes, "standards": (before.annexes["standards"][0], row, *before.annexes["standards"][2:])}
    after = replace(before, figures={**before.figures, ("doctors", year): figure}, annexes=annexes)
    doctors, title = check_only_allowed_changes(before, after, set(), template.form)
    assert doctors.message_zh.startswith(f"{template.form.field('doctors').row} 技术中心博士人数（{year} 年）：")
    assert f"({year}): only what was returned" in doctors.message_en
    assert title.message_zh.startswith(f"{template.form.annex('standards').letter} ")
    assert "第 2 行" in title.message_zh
    assert "line 2" in title.message_en
