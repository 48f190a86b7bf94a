"""Annexes compared line by line."""

from __future__ import annotations

import pytest

from criteria.facts import AnnexRow, Facts
from criteria.workbook import lines
from criteria.workbook.lines import LineChange, changed_lines


def annex(*titles: str) -> Facts:
    rows = tuple(AnnexRow(n, {"title": title, "year": "2025"}) for n, title in enumerate(titles, 1))
    return Facts(2025, {}, {"papers": rows})


def told(changes: list[LineChange]) -> list[tuple[str, str, str]]:
    return [
        (
            change.fate.value,
            str(change.before.values["title"]) if change.before else "",
            str(change.after.values["title"]) if change.after else "",
        )
        for change in changes
    ]


CASES = [
    ("甲乙丙", "甲乙丙", []),
    ("甲乙丙", "新甲乙丙", [("added", "", "新")]),
    ("甲乙丙", "甲丙", [("removed", "乙", "")]),
    ("甲乙丙", "甲丁丙", [("changed", "乙", "丁")]),
    ("甲乙丙", "", [("removed", "甲", ""), ("removed", "乙", ""), ("removed", "丙", "")]),
    ("甲乙丙丁", "乙丙戊丁", [("removed", "甲", ""), ("added", "", "戊")]),
    ("", "甲", [("added", "", "甲")]),
]


@pytest.mark.parametrize(("before", "after", "expected"), CASES)
def test_line_put_in_or_taken_out_leaves_the_others_unchanged(
    before: str, after: str, expected: list[tuple[str, str, str]]
) -> None:
    assert told(changed_lines(annex(*before), annex(*after))) == expected


def test_changed_line_names_its_columns_only() -> None:
    (change,) = changed_lines(annex("甲"), annex("乙"))
    assert change.columns() == ("title",)


def test_very_long_annexes_are_compared_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MOST_PAIRS", 3)
    assert told(changed_lines(annex(*"甲乙丙"), annex(*"丁乙戊己"))) == [
        ("changed", "甲", "丁"),
        ("changed", "丙", "戊"),
        ("added", "", "己"),
    ]
