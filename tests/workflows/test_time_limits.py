"""How limits and goals were kept: counted apart, each at its office, in days that pauses do not count in."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.clocks import DeadlineKind as K
from accreditation.clocks import PauseGround
from accreditation.enums import Level
from accreditation.models import AuditEvent, Body, Case, Deadline
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.recommending_pages import words
from tests.factories.steps import recommend
from workflows import door
from workflows.calendar import current_calendar
from workflows.deadlines import pause, resume
from workflows.ladders import LADDERS, OF_AN_AUTHORITY, SILENCE_ACTS
from workflows.presentation.time_limits import days_text
from workflows.selectors.time_limits import CITY, LIMITS, Kept, Line, _Clock, _Offices, time_limits
from workflows.tick import tick
from workflows.workdays import SHANGHAI

EDITION = "municipal_recognition/2022"
PUDONG, JIADING = "310115", "310114"
MARCH = date(2026, 3, 1), date(2026, 3, 31)
LATER = datetime(2026, 5, 6, 10, tzinfo=SHANGHAI)


def at(day: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, 10, tzinfo=SHANGHAI)


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def cases(cast: Cast) -> tuple[Case, Case]:
    """Filed on Monday 2 March: one recommended on Friday, checked on Tuesday, its panel late; one forgotten."""
    first, forgotten = filed_case(cast), filed_case(cast, 1)
    recommend(cast, first, at(6))
    door.perform(first, "pass_completeness_check", by=cast.office, at=at(10))
    form = {"experts": cast.experts[:5], "reason": "测试指定的专家"}
    door.perform(first, "appoint_panel", by=cast.office, at=at(31), form=form)
    return first, forgotten


def kept(places: set[str] | None = None) -> Kept:
    return time_limits(*MARCH, at=LATER, places=places)


def found_at(lines: tuple[Line, ...]) -> dict[tuple[str, str], tuple[int, int, int, int, int | None]]:
    """Ended, kept, exceeded, overdue, median by what is counted and where."""
    assert {line.procedure for line in lines} <= {EDITION}
    return {(one.what, one.place): (one.ended, one.kept, one.exceeded, one.overdue, one.within(50)) for one in lines}


@pytest.mark.django_db
@pytest.mark.slow
def test_limits_and_goals_are_counted_apart_each_at_its_office(cast: Cast, cases: tuple[Case, Case]) -> None:
    found = kept()
    limits = found_at(found.limits)
    assert limits[K.FIRST_REVIEW, PUDONG] == (1, 1, 0, 0, 4)
    assert limits[K.COMPLETENESS_CHECK, CITY] == (1, 1, 0, 0, 2)
    assert limits[K.FIRST_REVIEW, JIADING] == (0, 0, 0, 1, None)
    assert limits[K.EXPERT_REVIEW, CITY] == (0, 0, 0, 1, None)
    assert found_at(found.goals) == {("awaiting_panel", CITY): (1, 0, 1, 0, 15)}
    before = time_limits(date(2026, 3, 1), date(2026, 3, 30), at=at(31))
    assert found_at(before.goals) == {}
    assert {key[1] for key in found_at(before.limits) if found_at(before.limits)[key][3]} == {JIADING}


@pytest.mark.django_db
@pytest.mark.slow
def test_what_the_clock_did_is_late_and_what_ended_within_the_last_second_is_not(cast: Cast) -> None:
    first, other = filed_case(cast), filed_case(cast, 1)
    due = Deadline.objects.get(case=first, kind=K.ACCEPTANCE).due_at
    door.perform(first, "accept", by=cast.pudong, at=due + timedelta(microseconds=900000))
    tick(due + timedelta(seconds=1))
    assert Case.objects.get(pk=other.pk).state == "under_first_review"
    limits = found_at(kept().limits)
    assert [limits[K.ACCEPTANCE, place][:3] for place in (PUDONG, JIADING)] == [(1, 1, 0), (1, 0, 1)]


@pytest.mark.django_db
@pytest.mark.slow
def test_days_of_a_pause_are_not_counted_and_the_percentile_is_one_that_occurred(
    cast: Cast, cases: tuple[Case, Case]
) -> None:
    clock = Deadline.objects.get(case=cases[1], kind=K.FIRST_REVIEW)
    pause(clock, ground=PauseGround.TESTING, remark="检测", at=at(4))
    resume(clock, calendar=current_calendar(), at=at(20))
    recommend(cast, cases[1], at(24))
    times = {line.place: (line.within(50), line.within(90)) for line in kept().limits if line.what == K.FIRST_REVIEW}
    assert times == {PUDONG: (4, 4), JIADING: (3, 3)}  # on the 3rd, then the 23rd and the 24th


@pytest.mark.django_db
@pytest.mark.slow
def test_statements_do_not_grow_and_a_district_sees_its_own(cast: Cast, cases: tuple[Case, Case]) -> None:
    counted, sizes = [], []
    for go_on in (filed_case, None):
        with CaptureQueriesContext(connection) as asked:
            found = kept()
        counted.append(len(asked))
        sizes.append(sum(line.ended + line.overdue for line in found.limits))
        if go_on:
            go_on(cast, 2)
    assert counted == [7, 7]
    assert sizes[1] > sizes[0] > 0
    own = kept(places={JIADING})
    assert {line.place for line in (*own.limits, *own.goals)} == {JIADING}


def clock_of(kind: str, procedure: str, **said: object) -> _Clock:
    nothing = dict.fromkeys(("authority", "town", "above_town", "moving_to", "is_for_city", "level", "told_by"))
    day = {"pk": 1, "started_at": at(2), "settled_at": None, "due_at": at(3), "in_calendar_days": False}
    values: dict[str, Any] = {"kind": kind, "procedure": procedure, "here": JIADING, "state": ""} | day | nothing | said
    return _Clock(**values)


CHANGE, ORDER, ANSWER = "title_change/2026", "title_proceeding/2026", "reconsideration/2024"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "procedure", "said", "place"),
    [
        (K.FORWARDING, "district_recognition/2022", {"town": "T00001", "authority": PUDONG}, "T00001"),
        (K.EXPERT_REVIEW, "district_recognition/2022", {"town": "T00001", "authority": PUDONG}, PUDONG),
        (K.GOAL, "district_recognition/2022", {"state": "proposed", "authority": PUDONG}, PUDONG),
        (K.GOAL, EDITION, {"state": "proposed"}, CITY),
        (K.CHANGE_OPINION, CHANGE, {"is_for_city": True, "moving_to": PUDONG}, JIADING),
        (K.CHANGE_RECEIVING, CHANGE, {"is_for_city": True, "moving_to": PUDONG}, PUDONG),
        (K.GOAL, CHANGE, {"state": "under_receiving_opinion", "is_for_city": True, "moving_to": PUDONG}, PUDONG),
        (K.CHANGE_CONFIRMATION, CHANGE, {"is_for_city": True}, CITY),
        (K.CHANGE_CONFIRMATION, CHANGE, {"is_for_city": False}, JIADING),
        (K.ORDER, ORDER, {"level": Level.DISTRICT}, JIADING),
        (K.ORDER, ORDER, {"level": Level.MUNICIPAL}, CITY),
        (K.RECONSIDERATION_ANSWER, ANSWER, {"told_by": "示例浦东委"}, PUDONG),
        (K.RECONSIDERATION_ANSWER, ANSWER, {"told_by": "示例浦东旧名"}, PUDONG),
        (K.RECONSIDERATION_ANSWER, ANSWER, {"told_by": "示例市办"}, CITY),
        (K.GOAL, "remedy/2026", {"state": "remedy_prepared", "told_by": "示例浦东委"}, PUDONG),
    ],
)
def test_clock_is_the_affair_of_one_office(kind: str, procedure: str, said: dict[str, object], place: str) -> None:
    level = {"level": Level.DISTRICT, "name_en": "x", "district": PUDONG}
    body = Body.objects.create(code="pudong-x", name_zh="示例浦东委", **level)
    AuditEvent.objects.create(
        chain="ledger:bodies", seq=1, at=at(2), verb="correct_body", by_id=1, by_name="x", acting_as="x",
        content={"body": body.pk, "before": {"name_zh": "示例浦东旧名"}}, code_revision="x", previous_hash="x",
        hash="x",
    )  # fmt: skip
    clock = clock_of(kind, procedure, **said)
    assert _Offices(None).place(clock) == place
    assert not _Offices({"310101"}).asks_for(clock)
    assert _Offices({place}).asks_for(clock)


@pytest.mark.django_db
def test_town_counts_to_whom_it_passes_on() -> None:
    clock = clock_of(K.FORWARDING, "district_recognition/2022", town="T00001", above_town=PUDONG, authority=PUDONG)
    assert _Offices({PUDONG}).asks_for(clock)
    assert not _Offices({JIADING}).asks_for(clock)


def test_every_limit_of_an_authority_is_counted() -> None:
    others = {K.FIGURE_CHECK, K.RECONSIDERATION_EXAMINATION, K.RECONSIDERATION}  # as the report says
    of_authorities = {kind for kind, ladder in LADDERS.items() if ladder in (OF_AN_AUTHORITY, SILENCE_ACTS)}
    assert LIMITS.keys() == of_authorities - others | {K.RECONSIDERATION_ANSWER}


def test_days_on_end_say_so() -> None:
    assert [days_text(days, is_on_end=True) for days in (None, 10)] == ["—", "10（自然日）"]
    assert days_text(10, is_on_end=False) == "10"


@pytest.mark.django_db
@pytest.mark.slow
def test_pages_show_counts_alone_and_each_office_its_own(
    cast: Cast, cases: tuple[Case, Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: LATER)
    office, district = log_in(Client(), cast.office), log_in(Client(), cast.pudong)
    shown = words(office.get(reverse("office_time_limits")))
    assert "法律和规则规定的期限" in shown
    assert "内部办理目标（非法定期限）" in shown
    assert {"浦东新区", "嘉定区", "市认定办公室"} <= {name for name in NAMES if name in shown}
    own = words(district.get(reverse("district_time_limits")))
    assert "浦东新区" in own
    for hidden in ("嘉定区", "市认定办公室", *(case.number for case in cases)):
        assert hidden not in own
    for page in (shown, own):
        assert not any(case.number in page or case.enterprise.name in page for case in cases)
    said = {"since": "2026-03-01", "until": "2026-03-31", "office": "city", "procedure": EDITION}
    for part, lines in (("limits", 3), ("goals", 2)):
        file = office.get(reverse("office_time_limits_file", args=[part]), said).content.decode("utf-8-sig")
        assert len(file.splitlines()) == lines
        assert ('"待组成评审组"' in file) == (part == "goals")
    nothing = words(office.get(reverse("office_time_limits"), {"since": "2020-01-01", "until": "2020-01-31"}))
    assert "没有了结的目标，也没有超过未结的目标" in nothing
    assert office.get(reverse("office_time_limits"), {"since": "2026-03-02", "until": "2026-03-01"}).status_code == 422
    assert office.get(reverse("office_time_limits"), {"office": "310199"}).status_code == 422


NAMES = ("浦东新区", "嘉定区", "市认定办公室")
