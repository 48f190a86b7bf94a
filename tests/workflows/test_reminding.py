"""Reminders with a frozen clock: each step once, a missed night, a clock that stands still, a calendar that moves."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.audit import verify_all
from accreditation.models import (
    AuditEvent,
    Case,
    Deadline,
    Delegation,
    Effect,
    Member,
    Message,
    Reminder,
    RoleGrant,
    User,
)
from accreditation.roles import Power, Role
from accreditation.selectors.messages import render_message
from accreditation.services.delegations import delegate_powers
from accreditation.services.rule_sets import rules_of
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, grant, make_cast, person
from tests.factories.steps import recommend, seat_panel
from workflows import door, reminding
from workflows.calendar_import import import_days
from workflows.in_charge import people_of_key
from workflows.reminding import Reminded, remind
from workflows.tick import tick
from workflows.workdays import SHANGHAI
from workflows.worklists import inbox_keys

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def at(day: str, time: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=SHANGHAI)


def told(kind: str = "") -> list[tuple[str, str]]:
    """Kind and account of every reminder so far, the oldest first."""
    rows = Message.objects.filter(kind__in=["remind_ahead", "remind_last_day", "remind_overdue", "escalate_overdue"])
    return [(row.kind, row.recipient.username) for row in rows.order_by("pk") if kind in row.kind]


def states() -> list[tuple[str, str]]:
    return list(Reminder.objects.order_by("pk").values_list("step", "state"))


def accepted(cast: Cast) -> Case:
    """A case whose first review runs, and nothing else."""
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    return case


def test_silence_is_reminded_of_twice_and_told_to_nobody_above(cast: Cast) -> None:
    case = filed_case(cast)  # five working days to accept it: Monday 9 March
    Deadline.objects.filter(case=case, kind="first_review").update(state="met", settled_at=cast.at)
    for day in range(2, 16):
        remind(at(f"2026-03-{day:02d}"))
    assert told() == [("remind_ahead", "pudong"), ("remind_last_day", "pudong")]
    rows = [
        (row.at.astimezone(SHANGHAI).date().isoformat(), row.deadline.kind) for row in Reminder.objects.order_by("pk")
    ]
    assert rows == [("2026-03-05", "acceptance"), ("2026-03-09", "acceptance")]


def test_ladder_of_a_first_review_is_climbed_day_by_day(cast: Cast) -> None:
    accepted(cast)  # Monday 2 March, ten working days: due on Monday 16 March
    for day in range(2, 32):
        for hour in ("07:00", "10:00", "18:00"):
            remind(at(f"2026-03-{day:02d}", hour))
    assert told() == [
        ("remind_ahead", "pudong"), ("remind_ahead", "pudong"), ("remind_last_day", "pudong"),
        ("remind_overdue", "pudong"), ("escalate_overdue", "office"), ("escalate_overdue", "publisher"),
    ]  # fmt: skip
    days = [row.at.astimezone(SHANGHAI) for row in Reminder.objects.order_by("pk")]
    assert [day.date().isoformat() for day in days] == [
        "2026-03-09", "2026-03-12", "2026-03-16", "2026-03-17", "2026-03-18", "2026-03-23",
    ]  # fmt: skip
    assert {day.hour for day in days} == {10}
    assert {state for _step, state in states()} == {"sent"}
    assert Effect.objects.filter(kind="mail", key__contains=":remind_").count() == 4
    assert AuditEvent.objects.filter(verb="remind", acting_as="clock").count() == 6
    assert verify_all()[1] == []


def test_same_instant_twice_sends_nothing_twice(cast: Cast) -> None:
    accepted(cast)
    assert remind(at("2026-03-09")) == Reminded(cases=1, people=1)
    assert remind(at("2026-03-09")) == Reminded()
    row = Reminder.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(
            deadline=row.deadline, step=row.step, audience=row.audience, state="sent", at=row.at, due_at=row.due_at,
            people=1, ends_ladder=False,
        )  # fmt: skip


def test_missed_nights_send_the_highest_step_of_each_audience_and_record_the_others(cast: Cast) -> None:
    accepted(cast)
    assert remind(at("2026-03-18")) == Reminded(cases=1, people=2, skipped=3)
    assert told() == [("escalate_overdue", "office"), ("remind_overdue", "pudong")]
    assert sorted(states()) == [
        ("ahead_2", "skipped"), ("ahead_5", "skipped"), ("last_day", "skipped"), ("overdue_1", "sent"),
        ("overdue_2", "sent"),
    ]  # fmt: skip
    assert remind(at("2026-03-19")) == Reminded()


def test_whole_missed_month_is_no_flood(cast: Cast) -> None:
    for n in range(3):
        filed_case(cast, n)
    assert remind(at("2026-04-20")).cases == 3
    assert len(told()) == 9  # holder, superior and head of three cases
    assert remind(at("2026-04-21")) == Reminded()
    assert not reminding.watched(at("2026-04-21")).exists()


def test_words_follow_the_days_that_are_left_when_it_is_sent(cast: Cast) -> None:
    accepted(cast)
    remind(at("2026-03-13"))  # the step of two days ahead, a day late
    shown = render_message(Message.objects.get(kind="remind_ahead"))
    assert "区级初审时限将于" in shown.text
    assert "还剩 1 个工作日" in shown.text
    Deadline.objects.update(due_at=at("2026-03-20", "23:59"))
    remind(at("2026-03-21", "09:00"))  # Saturday: the last day was missed, the next step is due on Monday
    assert [row[0] for row in told()] == ["remind_ahead", "remind_overdue"]


def test_paused_clock_reminds_nobody_and_goes_on_where_it_stood(cast: Cast) -> None:
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=at("2026-03-03"))
    remind(at("2026-03-09"))
    form = {"ground": "testing", "remark": "委托检测机构复核样机。"}
    door.perform(case, "pause_clock", by=cast.pudong, at=at("2026-03-10"), form=form)
    for day in range(11, 31):
        assert remind(at(f"2026-03-{day}")) == Reminded()
    door.perform(case, "resume_clock", by=cast.pudong, at=at("2026-03-31"))
    due = Deadline.objects.get(case=case, kind="first_review").due_at.astimezone(SHANGHAI)
    assert due.date() > date(2026, 3, 31)
    for n in range(3 + (due.date() - date(2026, 3, 31)).days):
        remind(at("2026-03-31") + timedelta(days=n))
    assert [step for step, _state in states()][:3] == ["ahead_5", "ahead_2", "last_day"]
    assert len(told("ahead")) == 2  # the one of five days ahead was sent before the pause and is not repeated


def test_new_calendar_moves_the_steps_that_were_not_sent(cast: Cast) -> None:
    case = accepted(cast)
    Deadline.objects.filter(case=case, kind="first_review").update(
        started_at=at("2026-12-22"), due_at=at("2027-01-06", "23:59"), working_days=10, is_provisional=True
    )
    remind(at("2026-12-30"))  # five days ahead, by the calendar as it was thought to be
    assert states() == [("ahead_5", "sent")]
    days = [(date(2027, 1, 1), False, "元旦"), (date(2027, 1, 4), False, "元旦"), (date(2027, 1, 9), True, "调休")]
    import_days(2027, days, source="测试", by=cast.operator, at=at("2026-12-31"))
    due = Deadline.objects.get(case=case, kind="first_review").due_at.astimezone(SHANGHAI).date()
    assert due == date(2027, 1, 7)
    assert remind(at("2027-01-04")) == Reminded()  # was two days ahead before
    remind(at("2027-01-05"))
    assert states() == [("ahead_5", "sent"), ("ahead_2", "sent")]
    assert Reminder.objects.get(step="ahead_2").due_at.astimezone(SHANGHAI).date() == due


def test_clock_that_is_shorter_than_a_step_leaves_it_out(cast: Cast) -> None:
    accepted(cast)
    Deadline.objects.update(due_at=at("2026-03-04", "23:59"))
    assert remind(at("2026-03-02", "18:00")) == Reminded()
    assert remind(at("2026-03-04")).people == 1
    assert states() == [("last_day", "sent")]


def test_person_who_has_it_in_hand_is_reminded_alone(cast: Cast) -> None:
    second = person("pudong2", "浦东二示例")
    grant(second, Role.DISTRICT_OFFICER, "310115", at=cast.at)
    case, other = filed_case(cast, 0), filed_case(cast, 2)
    door.perform(case, "accept", by=second, at=cast.at)
    remind(at("2026-03-09"))
    assert sorted(told()) == [
        ("remind_ahead", "pudong2"), ("remind_last_day", "pudong"), ("remind_last_day", "pudong2"),
    ]  # fmt: skip  # the other is still to be accepted on that day
    rows = Message.objects.filter(case_number=other.number, kind="remind_last_day")
    assert {row.recipient.username for row in rows} == {"pudong", "pudong2"}


def test_applicant_is_reminded_of_its_correction_and_the_clock_ends_it(cast: Cast) -> None:
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    point = {"target": "evidence", "code": "audit_report", "remark": "缺附注页"}
    door.perform(case, "return_for_correction", by=cast.pudong, at=cast.at, form={"points": [point]})
    due = Deadline.objects.get(case=case, kind="correction").due_at
    for n in range(30):
        when = cast.at + timedelta(days=n, hours=1)
        tick(when)
        remind(when)
    assert set(told()) == {("remind_ahead", "member0"), ("remind_last_day", "member0")}
    assert Case.objects.get(pk=case.pk).state == "lapsed"
    assert due < cast.at + timedelta(days=30)


def test_experts_are_reminded_each_of_the_own_review(cast: Cast) -> None:
    case = filed_case(cast)
    recommend(cast, case, cast.at)
    seat_panel(cast, case, cast.at)
    door.perform(case, "declare_no_tie", by=cast.experts[0], at=cast.at)
    due = Deadline.objects.get(case=case, kind="expert_review")
    remind(due.due_at.astimezone(SHANGHAI).replace(hour=10))
    assert {name for _kind, name in told()} == {expert.username for expert in cast.experts[:5]}
    assert len(rules_of(cast.batch).gates) > 0


def test_nobody_in_charge_is_put_on_record(cast: Cast) -> None:
    filed_case(cast)
    RoleGrant.objects.filter(user=cast.pudong).update(revoked_at=cast.at)
    assert remind(at("2026-03-09")) == Reminded(cases=1, skipped=2, unaddressed=1)
    assert states() == [("ahead_5", "skipped"), ("ahead_2", "skipped"), ("last_day", "unaddressed")]


def test_official_who_acted_for_the_enterprise_is_told_nothing(cast: Cast) -> None:
    filed_case(cast)
    Member.objects.create(
        enterprise=cast.enterprises[0], user=cast.pudong, state="ended", requested_at=cast.at, settled_at=cast.at
    )
    assert remind(at("2026-03-09")).unaddressed == 1


def test_people_of_a_key_are_those_in_whose_inbox_it_is(cast: Cast) -> None:
    keys = {key for user in User.objects.filter(is_active=True) for key in inbox_keys(user)}
    assert len(keys) > 20
    for key in keys:
        expected = {user.pk for user in User.objects.filter(is_active=True) if key in inbox_keys(user)}
        assert {user.pk for user in people_of_key(key, cast.at)} == expected, key
    for nothing in ("", "applicant:", "applicant:x", "unknown:*", "check_completeness:"):
        assert not people_of_key(nothing, cast.at).exists()


def test_failure_in_the_middle_leaves_neither_message_nor_row(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    filed_case(cast)
    before = Message.objects.count()

    def broken(*_: object) -> list[Reminder]:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(Reminder.objects.__class__, "bulk_create", broken)
        with pytest.raises(RuntimeError):
            remind(at("2026-03-09"))
    assert (Reminder.objects.count(), Message.objects.count()) == (0, before)
    assert remind(at("2026-03-09")).people == 1


# --- superiors and those who stand in -------------------------------------------------------------------------------
def lent(cast: Cast, to: User, power: Power) -> None:
    row, ends_at = RoleGrant.objects.get(user=cast.pudong), cast.at + timedelta(days=30)
    delegate_powers(row, [power], to, starts_at=None, ends_at=ends_at, reason="年休假", by=cast.pudong, at=cast.at)


def test_supervisor_of_the_own_authority_is_told_first_and_those_above_as_the_head(cast: Cast) -> None:
    chief = person("chief", "浦东负责人示例")
    grant(chief, Role.DISTRICT_SUPERVISOR, "310115", at=cast.at)
    elsewhere = person("chief2", "嘉定负责人示例")
    grant(elsewhere, Role.DISTRICT_SUPERVISOR, "310114", at=cast.at)
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    for day in ("2026-03-17", "2026-03-18", "2026-03-23"):
        remind(at(day))
    assert told("overdue") == [
        ("remind_overdue", "pudong"), ("escalate_overdue", "chief"), ("escalate_overdue", "office"),
        ("escalate_overdue", "publisher"),
    ]  # fmt: skip


def test_supervisor_who_has_the_case_is_not_the_own_superior(cast: Cast) -> None:
    chief = person("chief", "浦东负责人示例")
    grant(chief, Role.DISTRICT_SUPERVISOR, "310115", at=cast.at)
    case = filed_case(cast)
    door.perform(case, "accept", by=chief, at=cast.at)
    remind(at("2026-03-18"))
    assert told() == [("escalate_overdue", "office"), ("remind_overdue", "chief")]


def test_stand_in_gets_the_messages_and_reminders_of_the_power_that_is_lent(cast: Cast) -> None:
    deputy, other = person("deputy", "浦东代办示例"), person("deputy2", "嘉定代办示例")
    grant(deputy, Role.LOCAL_PUBLISHER, "310115", at=cast.at)
    grant(other, Role.LOCAL_PUBLISHER, "310114", at=cast.at)
    lent(cast, deputy, Power.REVIEW_FIRST)
    case = filed_case(cast)
    assert Message.objects.filter(recipient=deputy, kind="submit", case_number=case.number).count() == 1
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    remind(at("2026-03-09"))
    assert sorted(told()) == [("remind_ahead", "deputy"), ("remind_ahead", "pudong")]
    assert not Message.objects.filter(recipient=other).exists()
    Delegation.objects.update(revoked_at=at("2026-03-10"), revoked_by=cast.pudong)
    remind(at("2026-03-16"))
    assert told("last_day") == [("remind_last_day", "pudong")]
    filed = filed_case(cast, 2)
    assert not Message.objects.filter(recipient=deputy, case_number=filed.number).exists()
