"""Days, instants and deadlines in both languages."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.template import Context, Template
from django.utils import translation

from accreditation.templatetags.dates import day, exact_moment, moment, short_day

AT = dt.datetime(2026, 6, 18, 9, 0, 5, tzinfo=dt.UTC)  # 17:00:05 in Shanghai
LATE = dt.datetime(2026, 6, 18, 16, 30, tzinfo=dt.UTC)  # the day after in Shanghai


@pytest.mark.parametrize(
    ("shown", "language", "words"),
    [
        (day, "zh-hans", "2026年6月18日"),
        (day, "en", "18 June 2026"),
        (moment, "zh-hans", "2026年6月18日 17:00"),
        (moment, "en", "18 June 2026, 17:00"),
        (exact_moment, "zh-hans", "2026-06-18 17:00:05"),
        (short_day, "en", "2026-06-18"),
    ],
)
def test_instant_is_told_in_the_time_of_the_site(shown: object, language: str, words: str) -> None:
    assert callable(shown)
    with translation.override(language):
        assert f">{words}</time>" in shown(AT)


def test_instant_late_in_the_day_belongs_to_the_next_local_day() -> None:
    with translation.override("zh-hans"):
        assert "6月19日" in day(LATE)


@pytest.mark.parametrize("shown", [day, moment, exact_moment, short_day])
def test_missing_date_shows_nothing(shown: object) -> None:
    assert callable(shown)
    assert shown(None) == ""


@pytest.mark.parametrize(
    ("left", "words"),
    [(3, "还剩 3 个工作日"), (0, "今日到期"), (-2, "已超期 2 个工作日"), (None, "2026年6月18日 截止")],
)
def test_deadline_tells_the_working_days_left(left: int | None, words: str) -> None:
    with translation.override("zh-hans"):
        page = Template("{% load dates %}{% deadline due left %}").render(
            Context({"due": dt.date(2026, 6, 18), "left": left})
        )
    told = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert told.endswith(words)


def test_deadline_on_an_unpublished_calendar_is_marked_provisional() -> None:
    with translation.override("zh-hans"):
        page = Template("{% load dates %}{% deadline due 5 True %}").render(Context({"due": dt.date(2027, 3, 1)}))
    assert "暂定" in page
