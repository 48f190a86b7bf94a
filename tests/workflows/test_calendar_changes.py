"""A calendar that changes while clocks run, and cases walked day by day through the long holidays."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from accreditation.clocks import DeadlineKind
from accreditation.models import Application, AuditEvent, CalendarProposal, Case, Deadline, Message, Notice
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import hold_meeting, publish, to_committee
from workflows import door
from workflows.calendar import current_calendar
from workflows.calendar_import import import_days
from workflows.consistency import check_all
from workflows.deadlines import extend
from workflows.tick import tick
from workflows.workdays import SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NEW_YEAR = [(date(2020, 1, 1), False, "元旦")]
SPRING = [
    (date(2020, 1, 19), True, "春节调休"),
    *((date(2020, 1, day), False, "春节") for day in (24, 27, 28, 29, 30)),
]
# 国办发明电〔2019〕16号: 24 to 30 January off, Sunday 19 January and Saturday 1 February worked
PLAN_2020 = [*NEW_YEAR, *SPRING, (date(2020, 2, 1), True, "春节调休")]
# 国办发明电〔2020〕1号 of 26 January: the holiday lasts to 2 February, work begins on Monday 3 February
EXTENDED_2020 = [*NEW_YEAR, *SPRING, (date(2020, 1, 31), False, "春节延长")]


@pytest.fixture(autouse=True)
def _demo(settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True


def at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), SHANGHAI)


def returned(cast: Cast, when: datetime, days: int) -> Case:
    """Sent back on that day, to be corrected within so many working days."""
    type(cast.batch).objects.filter(pk=cast.batch.pk).update(correction_days=days)
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=when)
    year = cast.batch.reporting_year
    points = [{"target": "figure", "code": "rd_staff", "year": year, "remark": "请核对"}]
    door.perform(case, "return_for_correction", by=cast.pudong, at=when, form={"points": points})
    return case


def due(case: Case) -> str:
    clock = Deadline.objects.get(case=case, kind=DeadlineKind.CORRECTION)
    return clock.due_at.astimezone(SHANGHAI).date().isoformat()


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def moved(case: Case) -> int:
    return AuditEvent.objects.filter(chain=f"case:{case.number}", verb="recompute_deadline").count()


def told(cast: Cast, who: str) -> int:
    return Message.objects.filter(recipient=cast.people[who], kind="deadline_moved").count()


def test_extended_spring_festival_of_2020_moves_the_day_on_which_a_case_lapses() -> None:
    cast = make_cast(at("2020-01-17", 9), panel=1, committee=1)
    import_days(2020, PLAN_2020, source="国办发明电〔2019〕16号", by=cast.operator, at=at("2020-01-17"))
    case = returned(cast, at("2020-01-20"), 5)  # 21, 22, 23, 31 January, the worked Saturday 1 February
    assert due(case) == "2020-02-01"
    done = import_days(2020, EXTENDED_2020, source="国办发明电〔2020〕1号", by=cast.operator, at=at("2020-01-27"))
    assert (done.recomputed, due(case), moved(case)) == (1, "2020-02-04", 1)  # 21, 22, 23 January, 3, 4 February
    assert (told(cast, "member0"), told(cast, "member1"), told(cast, "pudong")) == (1, 0, 0)
    assert tick(at("2020-02-02")).fired == 0
    assert tick(at("2020-02-04", 23)).fired == 0
    assert state(case) == "returned"
    again = import_days(2020, EXTENDED_2020, source="再次导入", by=cast.operator, at=at("2020-02-04"))
    assert (again.recomputed, moved(case), told(cast, "member0")) == (0, 1, 1)
    assert list(check_all()) == []
    assert tick(at("2020-02-05", 0)).fired == 1
    assert state(case) == "lapsed"


def test_reimport_counts_an_extension_and_moves_a_notice(clock: Clock) -> None:
    cast = make_cast(clock.at)
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    publish(cast, [case], clock.at)
    clocked = Deadline.objects.get(case=case, state="running")
    extend(clocked, 2, remark="另有异议", calendar=current_calendar(), at=clock.at)
    clocked.refresh_from_db()
    was, ends = clocked.due_at, Notice.objects.get().ends_at
    extra = clock.at.date() + timedelta(days=1)
    import_days(2026, [(extra, False, "临时放假")], source="示例", by=cast.operator, at=clock.at)
    clocked.refresh_from_db()
    assert clocked.due_at > was
    assert Notice.objects.get().ends_at > ends
    assert list(check_all()) == []


def test_year_that_comes_with_the_package_counts_for_running_clocks(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = make_cast(clock.at, panel=1, committee=1)
    case = filed_case(cast)
    row = Deadline.objects.filter(case=case, kind=DeadlineKind.ACCEPTANCE)
    begun, last = at("2027-12-31"), datetime(2028, 1, 7, 23, 59, 59, tzinfo=SHANGHAI)
    row.update(started_at=begun, working_days=5, due_at=last, is_provisional=True)
    monkeypatch.setattr("workflows.calendar._package_year", lambda year: [(date(year, 1, 3), False, "元旦")])
    call_command("calendar_seed", first=2027, last=2028)
    assert row.get().is_provisional  # a year by which deadlines run is taken by two persons
    call_command("import_calendar", 2028, package=True, by=cast.operator.username)
    call_command("import_calendar", confirm=CalendarProposal.objects.get().number, by=cast.office.username)
    assert (row.get().due_at.astimezone(SHANGHAI).date(), row.get().is_provisional) == (date(2028, 1, 10), False)
    assert list(check_all()) == []


def test_check_finds_a_clock_that_does_not_follow_from_its_events(clock: Clock) -> None:
    case = filed_case(make_cast(clock.at, panel=1, committee=1))
    assert list(check_all()) == []
    Deadline.objects.filter(case=case, kind=DeadlineKind.ACCEPTANCE).update(due_at=clock.at + timedelta(days=2))
    assert [(found.case_number, "by its events" in found.what) for found in check_all()] == [(case.number, True)]


@pytest.mark.parametrize(
    ("filed", "back", "lapses"),
    [
        ("2026-02-09", "2026-02-11", "2026-02-26"),  # 12, 13, the worked 14, 24 and 25 February; 15 to 23 are off
        ("2026-09-21", "2026-09-28", "2026-10-11"),  # 29, 30 September, 8, 9 October and the worked Saturday 10 October
    ],
)
def test_case_walks_through_a_holiday_day_by_day(filed: str, back: str, lapses: str) -> None:
    cast = make_cast(at(filed, 9), panel=1, committee=1)
    case = returned(cast, at(back), 5)
    day, last = date.fromisoformat(back), date.fromisoformat(lapses)
    while day < last:
        assert tick(datetime.combine(day, time(23, 59, 59), SHANGHAI)).fired == 0
        assert state(case) == "returned", day
        day += timedelta(days=1)
    assert tick(datetime.combine(last, time(0), SHANGHAI)).fired == 1
    assert state(case) == "lapsed"
