"""A lost flow loses no fact: dropped in every state, it is opened again from the legal state alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from viewflow.workflow.models import Process, Task

from accreditation.models import Application, Case, RoleGrant
from accreditation.roles import Role
from tests.attacks.district_states import DistrictStates
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, grant, make_cast, person
from tests.factories.steps import answer_gates, hold_meeting, marks, publish, recommend, review_all, seat_panel
from workflows import door, flow_tasks
from workflows.assignments import hand_over, release, take
from workflows.consistency import check_all, rebuild_flow
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def lose_and_rebuild(case: Case) -> None:
    """Drop every flow row; the check must see it, the rebuild must mend it."""
    Task.objects.all().delete()
    Process.objects.all().delete()
    assert [found.case_number for found in check_all()] == [case.number]
    rebuild_flow(Case.objects.get(pk=case.pk))
    assert list(check_all()) == []


def test_case_goes_on_after_losing_its_flow_at_every_step(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    steps: list[Callable[[], object]] = [
        lambda: recommend(cast, case, clock.at),
        lambda: door.perform(case, "pass_completeness_check", by=cast.office, at=clock.at),
        lambda: door.perform(
            case, "appoint_panel", by=cast.office, at=clock.at, form={"experts": cast.experts[:5], "reason": "测试指定"}
        ),
        lambda: review_all(cast, case, clock.at),
        lambda: hold_meeting(cast, [case], clock.at),
        lambda: publish(cast, [case], clock.at),
    ]
    for step in steps:
        lose_and_rebuild(case)
        step()
        assert list(check_all()) == []
    lose_and_rebuild(case)
    notice = Application.objects.select_related("notice").get(case=case).notice
    assert notice is not None
    assert tick(notice.ends_at + timedelta(seconds=1)).fired == 1
    assert Application.objects.get(case=case).state == "notice_completed"


def owner(case: Case) -> str:
    (task,) = flow_tasks.open_tasks(case)
    return task.owner.username if task.owner else ""


def test_whoever_had_the_case_in_hand_has_it_again(cast: Cast, clock: Clock) -> None:
    colleague, chief = person("pudong2", "浦东二示例"), person("chief", "浦东负责人示例")
    grant(colleague, Role.DISTRICT_OFFICER, "310115", at=clock.at)
    grant(chief, Role.DISTRICT_SUPERVISOR, "310115", at=clock.at)
    case = filed_case(cast)
    lose_and_rebuild(case)
    assert owner(case) == ""
    door.perform(case, "accept", by=cast.pudong, at=clock.at)
    lose_and_rebuild(case)
    assert owner(case) == "pudong"
    hand_over(case, colleague, reason="工作调整", seen=cast.pudong.pk, by=chief, at=clock.at)
    lose_and_rebuild(case)
    assert owner(case) == "pudong2"
    release(case, reason="出差", by=colleague, at=clock.at)
    lose_and_rebuild(case)
    assert owner(case) == ""
    take(case, by=colleague, at=clock.at)
    lose_and_rebuild(case)
    assert owner(case) == "pudong2"
    RoleGrant.objects.filter(user=colleague).update(revoked_at=clock.at)
    lose_and_rebuild(case)
    assert owner(case) == ""  # who may not hold it any more gets it back from no trail
    answer_gates(case, cast.pudong, clock.at)
    door.perform(case, "recommend", by=cast.pudong, at=clock.at, form={"opinion": "材料齐全，同意推荐"})
    lose_and_rebuild(case)
    assert owner(case) == ""  # the next desk has not taken it yet
    take(case, by=cast.office, at=clock.at)
    lose_and_rebuild(case)
    assert owner(case) == "office"


def test_half_finished_panel_is_rebuilt_with_its_open_seats_only(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    recommend(cast, case, clock.at)
    seat_panel(cast, case, clock.at)
    for expert in cast.experts[:2]:
        door.perform(case, "declare_no_tie", by=expert, at=clock.at)
        door.perform(case, "submit_review", by=expert, at=clock.at, form={"marks": marks(case), "opinion": "同意"})
    door.perform(case, "recuse", by=cast.experts[4], at=clock.at, form={"tie": "曾任顾问"})
    lose_and_rebuild(case)
    assert len(flow_tasks.open_tasks(case)) == 3


def test_state_moved_behind_the_door_is_seen(cast: Cast) -> None:
    case = filed_case(cast)
    Application.objects.filter(case=case).update(state="under_first_review")
    assert case.number in {found.case_number for found in check_all()}


@pytest.mark.parametrize(
    "state",
    ["under_forwarding", "returned", "under_site_visit", "under_expert_review", "awaiting_announcement", "recognised"],
)
def test_case_of_a_district_finds_its_task_again(settings: LazySettings, clock: Clock, state: str) -> None:
    settings.ACCREDITATION_DEMO = True
    case = DistrictStates(clock.at).case_in(state)
    before = {(task.flow_task.name, task.owner_permission) for task in flow_tasks.open_tasks(case)}
    lose_and_rebuild(case)
    assert {(task.flow_task.name, task.owner_permission) for task in flow_tasks.open_tasks(case)} == before
