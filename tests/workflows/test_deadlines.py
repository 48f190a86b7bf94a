"""Clocks over holidays, make-up days, pauses and unpublished years: computed from events, never counted."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.conf import LazySettings

from accreditation.clocks import ClockEventKind, DeadlineState
from accreditation.errors import Refusal
from accreditation.models import Case, Deadline, Letter
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import recommend
from workflows import door
from workflows.calendar import current_calendar, seed_calendar
from workflows.calendar_import import import_days
from workflows.consistency import check_all
from workflows.deadlines import due_of, paused_clock
from workflows.presentation.cases import paused_words
from workflows.tick import tick
from workflows.workdays import SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time().replace(hour=hour), SHANGHAI)


def review_clock(case: Case) -> Deadline:
    return Deadline.objects.filter(case=case, kind="first_review").latest("pk")


def pause(cast: Cast, case: Case, when: datetime) -> None:
    form = {"ground": "testing", "remark": "委托检测机构复核样机，预计十日。"}
    door.perform(case, "pause_clock", by=cast.pudong, at=when, form=form)


def codes(refused: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def test_days_of_a_pause_are_not_counted(cast: Cast) -> None:
    case = filed_case(cast)  # Monday 2 March 2026; ten working days: Monday 16 March
    clock = review_clock(case)
    assert (clock.working_days, clock.due_at.astimezone(SHANGHAI).date()) == (10, date(2026, 3, 16))
    door.perform(case, "accept", by=cast.pudong, at=at("2026-03-03"))
    pause(cast, case, at("2026-03-05"))  # Tuesday and Wednesday are used, eight are left
    assert review_clock(case).state == DeadlineState.PAUSED
    assert tick(at("2026-04-01")).fired == 0
    door.perform(case, "resume_clock", by=cast.pudong, at=at("2026-03-23"))
    clock = review_clock(case)
    assert (clock.state, clock.due_at.astimezone(SHANGHAI).date()) == (DeadlineState.RUNNING, date(2026, 4, 2))
    assert [event.kind for event in clock.events.order_by("pk")] == [
        ClockEventKind.STARTED, ClockEventKind.PAUSED, ClockEventKind.RESUMED,
    ]  # fmt: skip
    assert due_of(clock, current_calendar()).at == clock.due_at
    assert "检测" in Letter.objects.get(case=case, kind="clock_paused").body
    assert list(check_all()) == []


def test_page_says_that_the_clock_stands_and_why(cast: Cast) -> None:
    case = filed_case(cast)
    assert paused_words(case) == []
    pause(cast, case, at("2026-03-05"))
    assert paused_clock(case) is not None
    assert "检验、检测" in paused_words(case)[0]


def test_only_a_running_clock_is_paused_and_only_on_a_legal_ground(cast: Cast) -> None:
    case = filed_case(cast)
    form = {"ground": "too_busy", "remark": "人手不足"}
    with pytest.raises(Refusal) as refused:
        door.perform(case, "pause_clock", by=cast.pudong, at=at("2026-03-05"), form=form)
    assert codes(refused) == {"ground"}
    with pytest.raises(Refusal) as refused:
        door.perform(case, "resume_clock", by=cast.pudong, at=at("2026-03-05"))
    assert codes(refused) == {"no_clock"}
    with pytest.raises(Refusal) as refused:
        pause(cast, case, at("2026-03-17"))
    assert codes(refused) == {"overdue"}
    pause(cast, case, at("2026-03-05"))
    with pytest.raises(Refusal) as refused:
        pause(cast, case, at("2026-03-06"))
    assert codes(refused) == {"no_clock"}


def test_clock_that_stands_is_settled_when_the_case_moves_on(cast: Cast) -> None:
    case = filed_case(cast)
    pause(cast, case, at("2026-03-05"))
    recommend(cast, case, at("2026-03-06"))
    clock = review_clock(case)
    assert clock.state == DeadlineState.MET
    assert clock.events.latest("pk").kind == ClockEventKind.SETTLED
    assert list(check_all()) == []


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-02-11", 5, "2026-02-25"),  # Spring Festival 15 to 23 February; Saturday 14 and 28 are worked
        ("2026-02-12", 3, "2026-02-24"),  # Friday, the worked Saturday, then the Tuesday after the holiday
        ("2026-09-18", 5, "2026-09-24"),  # Sunday 20 September is worked for National Day
        ("2026-09-28", 5, "2026-10-10"),  # 1 to 7 October free; Saturday 10 October is worked
    ],
)
def test_holidays_and_make_up_days(db: None, start: str, days: int, due: str) -> None:
    seed_calendar([2026], at=at("2026-01-01"))
    found = current_calendar().due(at(start), days)
    assert (found.at.date(), found.is_provisional) == (date.fromisoformat(due), False)


def test_pause_across_a_holiday_uses_only_working_days(db: None) -> None:
    seed_calendar([2026], at=at("2026-01-01"))
    pauses = [(at("2026-02-24"), at("2026-03-02"))]  # used: 12, 13 and the worked 14 February
    assert current_calendar().due_with_pauses(at("2026-02-11"), 5, pauses).at.date() == date(2026, 3, 4)


def test_resumed_clock_in_an_unpublished_year_is_provisional_until_the_plan_is_imported(cast: Cast) -> None:
    case = filed_case(cast)
    pause(cast, case, at("2026-03-05"))
    door.perform(case, "resume_clock", by=cast.pudong, at=at("2026-12-30"))
    clock = review_clock(case)
    assert (clock.is_provisional, clock.due_at.astimezone(SHANGHAI).date()) == (True, date(2027, 1, 11))
    plan = [(date(2027, 1, 1), False, "元旦"), (date(2027, 1, 9), True, "调休上班")]
    import_days(2027, plan, source="示例通知", by=cast.operator, at=at("2026-12-31"))
    clock = review_clock(case)
    assert (clock.is_provisional, clock.due_at.astimezone(SHANGHAI).date()) == (False, date(2027, 1, 11))


def test_missed_night_of_the_scheduler_loses_nothing(cast: Cast) -> None:
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=at("2026-03-03"))
    points = [{"target": "figure", "code": "rd_staff", "year": 2025, "remark": "请核对"}]
    door.perform(case, "return_for_correction", by=cast.pudong, at=at("2026-03-04"), form={"points": points})
    due = Deadline.objects.get(case=case, state="running").due_at
    late = datetime(due.year, due.month, due.day + 3, 3, tzinfo=SHANGHAI)
    assert tick(late).fired == 1
    assert tick(late).fired == 0
    assert Case.objects.get(pk=case.pk).state == "lapsed"
