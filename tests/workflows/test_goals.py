"""The office's own goals: begun and ended with the state, reminding and seen at the desks, nobody's term."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from django.conf import LazySettings

from accreditation.clocks import DeadlineKind
from accreditation.models import Application, AuditEvent, Case, Deadline, Message, Reminder, RuleSetEdition
from accreditation.selectors.messages import render_message
from accreditation.visibility import View
from criteria.loading import thaw
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import hold_meeting, recommend, seat_panel, to_committee
from workflows import door
from workflows.calendar import current_calendar
from workflows.calendar_import import import_days
from workflows.consistency import check_all, check_case, rebuild_flow
from workflows.deadlines import running_clock
from workflows.goal_keeping import begin_missing
from workflows.goals import goal_of
from workflows.presentation.cases import clock_of
from workflows.presentation.whereabouts import whereabouts
from workflows.reminding import remind
from workflows.selectors.applicant import own_cases
from workflows.selectors.desks import board
from workflows.tick import tick
from workflows.workdays import SHANGHAI
from workflows.worklists import Urgency, inbox, inbox_counts

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TEN_DAYS_ON = "2026-03-16"  # from Monday 2 March
PAST = datetime(2026, 3, 17, 10, tzinfo=SHANGHAI)


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def awaited(cast: Cast) -> Case:
    """A case whose panel is to be formed, for which no rule sets a limit."""
    case = filed_case(cast)
    recommend(cast, case, cast.at)
    door.perform(case, "pass_completeness_check", by=cast.office, at=cast.at)
    return Case.objects.get(pk=case.pk)


def goals(case: Case) -> list[tuple[int, str, str]]:
    """Working days, state and last day of each goal, in the order in which they began."""
    rows = Deadline.objects.filter(case=case, kind=DeadlineKind.GOAL).order_by("pk")
    return [(row.working_days, row.state, row.due_at.astimezone(SHANGHAI).date().isoformat()) for row in rows]


def test_goal_begins_and_ends_with_the_state_without_a_limit(cast: Cast, awaited: Case) -> None:
    assert goals(awaited) == [(10, "running", TEN_DAYS_ON)]
    goal = Deadline.objects.get(case=awaited, kind=DeadlineKind.GOAL)
    assert list(goal.events.values_list("kind", flat=True)) == ["started"]
    form = {"experts": cast.experts[:5], "reason": "测试指定的专家"}
    door.perform(awaited, "appoint_panel", by=cast.office, at=cast.at, form=form)
    assert goals(awaited) == [(10, "met", TEN_DAYS_ON)]
    assert list(goal.events.order_by("pk").values_list("kind", flat=True)) == ["started", "settled"]
    limit = running_clock(awaited)  # beside which there is no goal
    assert limit is not None
    assert limit.kind == DeadlineKind.EXPERT_REVIEW
    assert list(check_all()) == []


def test_each_state_without_a_limit_has_its_own_goal(cast: Cast) -> None:
    case = filed_case(cast)
    to_committee(cast, case, cast.at)
    hold_meeting(cast, [case], cast.at)
    assert [(days, state) for days, state, _due in goals(case)] == [(10, "met"), (20, "met"), (10, "running")]
    assert Application.objects.get(case=case).state == "proposed"


def test_missed_goal_does_nothing_by_itself(awaited: Case) -> None:
    before = Case.objects.get(pk=awaited.pk).state
    assert tick(PAST).fired == 0
    assert Case.objects.get(pk=awaited.pk).state == before
    assert goals(awaited) == [(10, "running", TEN_DAYS_ON)]


def test_holder_and_superior_are_told_of_a_goal_and_nobody_of_a_limit(cast: Cast, awaited: Case) -> None:
    for day in range(9, 30):
        remind(datetime(2026, 3, day, 10, tzinfo=SHANGHAI))
    told = Message.objects.filter(kind__contains="goal").order_by("pk")
    assert [row.kind for row in told.filter(recipient=cast.office)] == [
        "remind_goal_ahead", "remind_goal_last_day", "remind_goal_missed",
    ]  # fmt: skip
    assert set(told.filter(kind="escalate_goal_missed").values_list("recipient__username", flat=True)) == {"publisher"}
    assert not Message.objects.filter(kind__in=["remind_ahead", "remind_overdue", "escalate_overdue"]).exists()
    assert not told.filter(recipient=cast.member0).exists()
    for row in told:
        text = render_message(row).text
        assert "不是法定期限" in text
        assert "超期" not in text
        assert "—" not in text
    assert list(Reminder.objects.order_by("pk").values_list("step", flat=True)) == [
        "ahead_2", "last_day", "overdue_1", "overdue_2",
    ]  # fmt: skip


def test_inbox_and_board_count_goals_apart_from_limits(cast: Cast, awaited: Case) -> None:
    rows, total = inbox(cast.office, calendar=current_calendar(), at=PAST)
    assert (total, rows[0].is_goal, rows[0].is_past_goal, rows[0].is_overdue) == (1, True, True, False)
    counts = inbox_counts(cast.office, at=PAST)
    assert counts == {"all": 1, "overdue": 0, "today": 0, "past_goal": 1, "unclaimed": 1}
    listed = {kind: inbox(cast.office, calendar=current_calendar(), at=PAST, urgency=kind)[1] for kind in Urgency}
    assert listed == {kind: counts[kind] for kind in Urgency}
    stages, _loads = board(cast.office, at=PAST)
    assert sum(stage.count for stage in stages) == 1
    assert sum(stage.overdue for stage in stages) == 0


def test_office_sees_the_goal_and_the_applicant_what_it_saw_before(cast: Cast, awaited: Case) -> None:
    subject = Application.objects.get(case=awaited)
    office = whereabouts(awaited, subject, view=View.OFFICE, at=PAST)
    assert (office["goal"]["left"], office["clock"]) == (-1, None)
    assert "没有时限" in office["no_limit"]
    applicant = whereabouts(awaited, subject, view=View.APPLICANT, at=PAST)
    assert (applicant["goal"], applicant["clock"]) == (None, None)
    assert clock_of(awaited, at=PAST) is None
    assert [row.clock for row in own_cases(cast.member0, at=PAST) if row.case == awaited] == [None]
    assert office["forecast"] == applicant["forecast"]  # rests on limits and finished cases alone


def test_new_calendar_moves_a_goal_and_tells_nobody(cast: Cast, awaited: Case) -> None:
    days = [(date(2026, 3, 16), False, "调休")]
    import_days(2026, days, source="测试", by=cast.operator, at=cast.at)
    assert goals(awaited)[0][2] == "2026-03-17"
    assert AuditEvent.objects.filter(verb="recompute_goal", chain=f"case:{awaited.number}").count() == 1
    assert not Message.objects.filter(kind="deadline_moved").exists()
    assert list(check_all()) == []


def test_goal_is_begun_where_the_case_stood_there_before_it_had_one(cast: Cast, awaited: Case) -> None:
    _forget(awaited)
    assert [found.what for found in check_case(awaited)] == ["in awaiting_panel without its goal"]
    assert begin_missing(PAST) == 1
    assert goals(awaited) == [(10, "running", "2026-03-31")]
    assert begin_missing(PAST) == 0
    event = AuditEvent.objects.get(verb="begin_goal")
    assert event.content["due_goal"].startswith("2026-03-31")
    assert list(check_all()) == []


def test_rebuilt_case_has_its_goal_again(awaited: Case) -> None:
    _forget(awaited)
    rebuild_flow(awaited, PAST)
    assert goals(awaited) == [(10, "running", "2026-03-31")]
    assert list(check_all()) == []


def test_goal_beside_a_limit_is_found(cast: Cast, awaited: Case) -> None:
    seated = filed_case(cast, 1)
    recommend(cast, seated, cast.at)
    seat_panel(cast, seated, cast.at)
    Deadline.objects.filter(case=awaited, kind=DeadlineKind.GOAL).update(case=seated)
    assert {found.what for found in check_case(seated)} == {"in under_expert_review with a goal"}


@pytest.mark.parametrize(("days", "expected"), [(3, [(3, "running", "2026-03-05")]), (0, [])])
def test_rules_of_a_batch_set_or_drop_a_goal(cast: Cast, days: int, expected: list[tuple[int, str, str]]) -> None:
    words = {"name_zh": "内部办理目标", "name_en": "goal", "unit": "working_day", "confidence": "demo"}
    old = cast.batch.rule_set
    text = json.loads(old.text)
    text["parameters"]["goal_awaiting_panel_working_days"] = {"value": days, **words}
    plain = json.dumps(text, ensure_ascii=False, sort_keys=True)
    edition = RuleSetEdition.objects.create(
        reference=old.reference, checksum=thaw(plain).checksum, text=plain, live_faults=1, stored_at=old.stored_at
    )
    type(cast.batch).objects.filter(pk=cast.batch.pk).update(rule_set=edition)
    case = filed_case(cast)
    recommend(cast, case, cast.at)
    door.perform(case, "pass_completeness_check", by=cast.office, at=cast.at)
    assert goals(case) == expected
    assert list(check_all()) == []


def test_state_of_an_edition_without_goals_has_none() -> None:
    assert goal_of("municipal_recognition/2022", "awaiting_panel", None) == 10
    assert goal_of("municipal_recognition/2022", "under_expert_review", None) == 0
    assert goal_of("later/2030", "awaiting_panel", None) == 0


def _forget(case: Case) -> None:
    """As a case from before there were goals."""
    for row in Deadline.objects.filter(case=case, kind=DeadlineKind.GOAL):
        row.events.all().delete()
        row.delete()
