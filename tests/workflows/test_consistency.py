"""A lost flow loses no fact: dropped in every state, it is opened again from the legal state alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from viewflow.workflow.models import Process, Task

from accreditation.models import Application, Case
from tests.attacks.district_states import DistrictStates
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import hold_meeting, marks, publish, recommend, review_all, seat_panel
from workflows import door, flow_tasks
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
