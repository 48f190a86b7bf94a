"""Geometry of the charts, and that their numbers stand in words beside them."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from django.template import Context, Template
from django.utils import translation

from accreditation.templatetags.charts import (
    bar,
    bullet,
    count_bar,
    deviation,
    funnel_rows,
    most,
    polygon,
    share,
    spokes,
)


@pytest.mark.parametrize(
    ("value", "top", "length"),
    [(50, 100, 100.0), (Fraction(1, 3), 1, 66.7), (150, 100, 200.0), (-5, 100, 0.0), (None, 100, 0.0), (5, 0, 0.0)],
)
def test_length_is_the_share_kept_inside_the_drawing(value: Fraction | None, top: int, length: float) -> None:
    assert share(value, top, 200) == length


@pytest.mark.parametrize(
    ("value", "threshold", "met", "reached"),
    [(3, 3, None, True), (Fraction(299, 100), 3, None, False), (None, 3, None, False), (1, None, None, True),
     (1, 3, True, True), (9, 3, False, False), ("", "", "", True)],
)  # fmt: skip
def test_bar_below_its_threshold_is_drawn_short(value: object, threshold: object, met: object, reached: bool) -> None:
    assert bar(value, threshold, 10, met)["reached"] is reached


def test_bar_without_full_mark_leaves_room_beyond_the_larger_figure() -> None:
    drawn = bar(8, 10)
    assert (drawn["length"], drawn["line"]) == (128.0, 160.0)


def test_bullet_keeps_value_and_target_in_proportion() -> None:
    drawn = bullet("计划", 60, 120)
    assert drawn["length"] * 2 == drawn["line"]


def test_funnel_tells_the_rate_to_the_stage_before_half_rounded_up() -> None:
    rows = funnel_rows([("申报", 200), ("初审", 145), ("无", 0), ("空", 0)])
    assert [row["rate"] for row in rows] == [None, 73, 0, None]
    assert rows[0]["length"] == 300.0


def test_polygon_starts_at_the_top_and_runs_clockwise() -> None:
    assert polygon([100, 50, 0, 100]) == "0.0,-100.0 50.0,-0.0 0.0,0.0 -100.0,0.0"


def test_label_stands_on_the_outer_side_of_its_axis() -> None:
    lines = spokes([{"label": str(n), "value": 10} for n in range(4)])
    assert [line.anchor for line in lines] == ["middle", "start", "middle", "end"]


def test_radar_tells_all_numbers_in_its_description() -> None:
    axes = [{"label": "投入", "value": 73, "mean": 62}, {"label": "人才", "value": 60, "mean": 50},
            {"label": "产出", "value": Fraction(81, 2), "mean": 48}]  # fmt: skip
    with translation.override("zh-hans"):
        page = Template('{% load charts %}{% radar "r" "得分率" axes %}').render(Context({"axes": axes}))
    described = re.search(r"<desc[^>]*>(.*?)</desc>", page, re.DOTALL)
    assert described is not None
    assert described[1] == "投入 73%（平均 62%）；人才 60%（平均 50%）；产出 41%（平均 48%）"


def test_score_row_below_its_threshold_says_so_in_words() -> None:
    row = {
        "label": "比重",
        "value": 1,
        "unit": "pct",
        "threshold": 3,
        "full": 8,
        "met": False,
        "points": 0,
        "weight": 12,
    }
    with translation.override("zh-hans"):
        page = Template('{% include "components/score_row.html" %}').render(Context({"row": row}))
    assert "未达标" in page
    assert "bar-short" in page


def test_counts_are_bars_of_one_scale_with_their_number_as_text() -> None:
    rows = [("新能源", 1), ("生物", 4), ("新材料", 0)]
    assert (most(rows), most([])) == (4, 0)
    assert [count_bar(count, most(rows))["length"] for _label, count in rows] == [75.0, 300.0, 0.0]
    assert count_bar(0, 0)["length"] == 0.0
    page = Template('{% include "workflows/parts/count_bars.html" %}').render(Context({"title": "领域", "rows": rows}))
    assert re.findall(r'funnel-count">(\d+)<', page) == ["1", "4", "0"]
    assert page.count('aria-hidden="true"') == len(rows)


def test_deviation_grows_from_the_middle_to_either_side() -> None:
    below, above = (
        deviation(Fraction(-10), Fraction(15), Fraction(20)),
        deviation(Fraction(20), Fraction(15), Fraction(20)),
    )
    assert (below["start"], below["length"], below["beyond"]) == (50, 50, False)
    assert (above["start"], above["length"], above["beyond"]) == (100, 100, True)
    assert below["lines"] == [25, 174]
    assert deviation(Fraction(0), Fraction(15), Fraction(20))["length"] == 0
