"""A year of the calendar by two persons: what it would do, whom it may shorten, at the page and at the machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import translation

from accreditation.clocks import DeadlineKind
from accreditation.errors import Denied, Refusal
from accreditation.models import CalendarProposal, Deadline, Message, Notice, User
from accreditation.roles import Role
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, grant, make_cast, person
from tests.factories.steps import hold_meeting, publish, to_committee
from tests.workflows.test_calendar_changes import EXTENDED_2020, PLAN_2020, at, due, moved, returned, told
from workflows import calendar_proposals as proposals
from workflows.calendar import current_calendar
from workflows.calendar_import import KEPT, KEPT_KINDS, CalendarLine, import_days, parse_days
from workflows.consistency import check_all
from workflows.deadlines import extend
from workflows.models import CalendarYear

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PLAN_2027 = [(date(2027, 1, 1), False, "元旦"), (date(2027, 5, 3), False, "劳动节")]
OFFICES = {  # what the law or the rules set an office or those it asks, and a suspension, whose later end is a loss
    "forwarding", "acceptance", "first_review", "completeness_check", "expert_review", "hearing", "order", "suspension",
    "reconsideration_examination", "reconsideration_answer", "reconsideration", "consultation", "change_opinion",
    "change_receiving", "change_confirmation", "figure_check", "reexamination_review", "goal", "recusal_answer",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _demo(settings: LazySettings) -> Iterator[None]:
    settings.ACCREDITATION_DEMO = True
    with translation.override("zh-hans"):  # the language of the people here
        yield


def second(cast: Cast) -> User:
    officer = person("operator2", "运维二示例")
    grant(officer, Role.OPERATOR, at=cast.at)
    return officer


def codes(refused: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


def test_every_kind_of_clock_is_a_private_partys_or_an_offices() -> None:
    assert {kind.value for kind in KEPT_KINDS} | OFFICES == set(DeadlineKind.values)
    assert {kind.value for kind in KEPT_KINDS} & OFFICES == set()


def test_what_was_told_to_an_applicant_is_never_shortened_and_an_office_follows_the_calendar() -> None:
    cast = make_cast(at("2020-01-17", 9), panel=1, committee=1)
    import_days(2020, EXTENDED_2020, source="国办发明电〔2020〕1号", by=cast.operator, at=at("2020-01-17"))
    case, other = returned(cast, at("2020-01-20"), 5), filed_case(cast, 1)
    office = Deadline.objects.filter(case=other, kind=DeadlineKind.ACCEPTANCE)
    office.update(
        started_at=at("2020-01-20"), working_days=5, due_at=Deadline.objects.get(case=case, state="running").due_at
    )
    assert due(case) == "2020-02-04"
    row = proposals.propose(2020, PLAN_2020, source="更正", by=cast.operator, at=at("2020-01-21"))
    trial = proposals.trial_of(2020, proposals.lines_of(row))
    assert {clock.row.case for clock in trial.earlier} == {other}
    assert [clock.row.case for clock in trial.kept] == [case]
    assert {change.day for change in trial.changed} == {date(2020, 1, 31), date(2020, 2, 1)}
    assert (due(case), moved(case)) == ("2020-02-04", 0)  # nothing was written
    proposals.confirm(row, by=cast.office, at=at("2020-01-21"))
    assert (due(case), told(cast, "member0")) == ("2020-02-04", 0)
    kept = Deadline.objects.get(case=case, state="running").events.get(kind="extended")
    assert (kept.remark, kept.days) == (KEPT, 2)  # from 1 February over the 3rd to the 4th
    assert office.get().due_at == at("2020-02-01", 0) + timedelta(hours=24, seconds=-1)
    assert list(check_all()) == []
    clock = Deadline.objects.get(case=case, state="running")
    extend(clock, 1, remark="另有理由", calendar=current_calendar(), at=at("2020-01-22"))
    assert due(case) == "2020-02-05"  # what is added counts from the day that was kept


def test_term_kept_by_one_plan_is_not_lengthened_by_the_next() -> None:
    cast = make_cast(at("2020-01-17", 9), panel=1, committee=1)

    def taken(days: list[CalendarLine]) -> tuple[str, int]:
        import_days(2020, days, source="更正", by=cast.operator, at=at("2020-01-21"))
        assert list(check_all()) == []
        return due(case), told(cast, "member0")

    import_days(2020, EXTENDED_2020, source="国办发明电〔2020〕1号", by=cast.operator, at=at("2020-01-17"))
    case = returned(cast, at("2020-01-20"), 5)
    longer = [*EXTENDED_2020, (date(2020, 2, 3), False, "春节延长")]  # one more day off
    plans = [PLAN_2020, EXTENDED_2020, PLAN_2020, PLAN_2020, EXTENDED_2020]
    assert [taken(plan) for plan in plans] == [("2020-02-04", 0)] * len(plans)
    events = Deadline.objects.get(case=case, state="running").events.exclude(kind="started").order_by("pk")
    assert [(event.kind, event.days, event.remark) for event in events] == [
        ("extended", 2, KEPT), ("given_back", 2, KEPT), ("extended", 2, KEPT), ("given_back", 2, KEPT),
    ]  # fmt: skip
    taken(PLAN_2020)
    assert taken(longer) == ("2020-02-05", 1), "as that plan gives it, without the days that kept the 4th"
    with transaction.atomic(), pytest.raises(IntegrityError, match="only_an_extension_adds_days"):
        events[1].deadline.events.create(kind="given_back", at=at("2020-01-21"), days=0)


def test_provisional_day_becomes_certain_even_where_it_comes_earlier(clock: Clock) -> None:
    cast = make_cast(clock.at, panel=1, committee=1)
    row = Deadline.objects.filter(case=filed_case(cast), kind=DeadlineKind.ACCEPTANCE)
    key = row.get().pk
    row.update(kind=DeadlineKind.CORRECTION, due_at=clock.at + timedelta(days=90), is_provisional=True)
    import_days(2026, [], source="示例", by=cast.operator, at=clock.at)
    found = Deadline.objects.get(pk=key)
    assert (found.due_at < clock.at + timedelta(days=30), found.is_provisional) == (True, False)


def test_public_notice_never_ends_before_its_published_end(clock: Clock) -> None:
    cast = make_cast(clock.at)
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    publish(cast, [case], clock.at)
    ends, last = Notice.objects.get().ends_at, Deadline.objects.get(case=case, state="running").due_at
    saturday = clock.at.date() + timedelta(days=5 - clock.at.weekday())
    import_days(clock.at.year, [(saturday, True, "调休")], source="示例", by=cast.operator, at=clock.at)
    assert current_calendar().due(clock.at, cast.batch.notice_days).at < ends  # as it would be published now
    assert (Notice.objects.get().ends_at, Deadline.objects.get(case=case, state="running").due_at) == (ends, last)
    assert list(check_all()) == []


def test_clock_in_calendar_days_is_computed_again_as_well(clock: Clock) -> None:
    cast = make_cast(clock.at, panel=1, committee=1)
    row = Deadline.objects.filter(case=filed_case(cast), kind=DeadlineKind.ACCEPTANCE)
    row.update(in_calendar_days=True, due_at=clock.at)  # as one that the calendar before ended on another day
    import_days(2026, [], source="示例", by=cast.operator, at=clock.at)
    assert row.get().due_at > clock.at


def test_nobody_takes_the_own_year_into_use_and_the_refusal_names_who_can(clock: Clock) -> None:
    cast = make_cast(clock.at, panel=1, committee=1)
    with pytest.raises(Denied):
        proposals.propose(2027, PLAN_2027, source="示例", by=cast.office, at=clock.at)
    row = proposals.propose(2027, PLAN_2027, source="示例", by=cast.operator, at=clock.at)
    assert Message.objects.get(kind="calendar_proposed").recipient == cast.office
    with pytest.raises(Denied) as refused:
        proposals.confirm(row, by=cast.operator, at=clock.at)
    assert str(cast.office) in str(refused.value.reasons[0])
    for other in (cast.publisher, cast.auditor, cast.member0):
        with pytest.raises(Denied):
            proposals.confirm(row, by=other, at=clock.at)
    with pytest.raises(IntegrityError, match="calendar_is_confirmed_by_a_second_person"), transaction.atomic():
        CalendarProposal.objects.update(state="confirmed", settled_by=cast.operator, settled_at=clock.at)
    with pytest.raises(Refusal) as waits:
        proposals.propose(2027, PLAN_2027, source="再次", by=cast.operator, at=clock.at)
    assert codes(waits) == ["proposed_already"]
    proposals.decline(row, reason="与通知不符", by=second(cast), at=clock.at)
    assert Message.objects.get(kind="calendar_declined").recipient == cast.operator
    assert not CalendarYear.objects.filter(year=2027).exists()


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        (
            "2027-01-01,0,\n2027-13-01,0,甲",
            ["第 1 行第 3 列：放假的日子须写明节假日名称。", "第 2 行第 1 列：日期应写成"],
        ),
        (
            "2027-05-03,0,劳动节\n2027-05-03,0,劳动节\n2026-05-01,0,劳动节",
            ["第 2 行第 1 列：日期 2027-05-03 重复。", "第 3 行第 1 列"],
        ),
        (
            "2027-05-03,1,调休\n2027-05-04,放,乙",
            ["第 1 行第 2 列：2027-05-03 与周一至周五的常规相同", "第 2 行第 2 列"],
        ),
    ],
)
def test_every_fault_of_a_file_is_named_by_line_and_column_at_once(lines: str, faults: list[str]) -> None:
    with pytest.raises(Refusal) as refused:
        parse_days(lines, 2027)
    said = [str(reason) for reason in refused.value.reasons]
    assert len(said) == len(faults)
    assert all(text.startswith(fault) for text, fault in zip(said, faults, strict=True))


@pytest.mark.parametrize(
    ("year", "off", "worked"), [(2027, 0, 261), (2027, 1, None), (2027, 21, None), (2027, 22, 239)]
)
def test_a_year_has_240_to_260_working_days(year: int, off: int, worked: int | None) -> None:
    weekdays = [day for n in range(60) if (day := date(year, 6, 1) + timedelta(days=n)).weekday() < 5]
    said = [str(reason) for reason in proposals.implausible(year, [(day, False, "示例") for day in weekdays[:off]])]
    assert [f"共 365 天，按此日历工作日为 {worked} 天" in text for text in said] == ([True] if worked else [])


def test_at_the_machine_one_account_proposes_and_another_confirms(clock: Clock, tmp_path: Path) -> None:
    cast = make_cast(clock.at, panel=1, committee=1)
    file = tmp_path / "2027.csv"
    file.write_text("day,is_working,name\n2027-01-01,0,元旦\n2027-05-03,0,劳动节\n", encoding="utf-8")
    out = StringIO()
    with pytest.raises(CommandError, match="依据不超过 120 个字，现有 121 个字。"):
        call_command("import_calendar", "2027", str(file), source="文" * 121, by="operator")
    assert not CalendarProposal.objects.exists()
    call_command("import_calendar", "2027", str(file), source="示例通知", by="operator", stdout=out)
    row = CalendarProposal.objects.get()
    assert ("全年 365 天，工作日 259 天" in out.getvalue(), row.number in out.getvalue()) == (True, True)
    with pytest.raises(CommandError, match="提请人不能办理本人的提请"):
        call_command("import_calendar", confirm=row.number, by="operator")
    with pytest.raises(CommandError, match="--by 须写一个有效账号"):
        call_command("import_calendar", confirm=row.number, by="nobody")
    call_command("import_calendar", confirm=row.number, by=cast.office.username, stdout=out)
    assert CalendarYear.objects.get(year=2027).source == "示例通知"
