"""Challenges that waited for an answer before the power to answer was a power of its own."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from viewflow.workflow.models import Task

from accreditation.models import Case, Letter
from accreditation.roles import Power
from tests.clock import Clock
from tests.factories import local as steps
from tests.factories.browser import log_in
from tests.factories.local import LocalCast, make_local_cast
from tests.factories.reconsidering import challenged, reconsiderers
from workflows import door, flow_tasks
from workflows.consistency import check_all
from workflows.worklists import desk_tasks

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REASON = "材料明显不属于本项目的受理范围。"


@pytest.fixture
def local(clock: Clock, settings: LazySettings) -> LocalCast:
    settings.ACCREDITATION_DEMO = True
    local = make_local_cast(clock.at)
    reconsiderers(local.cast)
    return local


def declined(local: LocalCast, clock: Clock) -> Case:
    """A refusal to accept, challenged."""
    case = steps.filed(local)
    door.perform(case, "decline", by=local.checker, at=clock.at, form={"reasons": REASON})
    return challenged(local.cast, Letter.objects.get(case=case, kind="decline"), clock.at)


def asked_as_formerly(local: LocalCast, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Case:
    """The task goes to whoever prepares orders, as the flow had it."""
    case = declined(local, clock)
    formerly = SimpleNamespace(ANSWER_CHALLENGES=Power.PREPARE_ORDERS)
    with monkeypatch.context() as patch:
        patch.setattr("workflows.flows.reconsideration_2024.Power", formerly)
        door.perform(case, "accept_reconsideration", by=local.cast.people["reconsiderer1"], at=clock.at)
    return case


def carry_over() -> None:
    """What the migration does to the rows."""
    import_module("workflows.migrations.0002_answer_tasks").put_before_the_respondent(apps, None)


def test_task_opened_formerly_comes_before_the_local_officer(
    local: LocalCast, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = asked_as_formerly(local, clock, monkeypatch)
    officer = log_in(Client(), local.officer)
    (task,) = flow_tasks.open_tasks(case)
    assert task.owner_permission == f"prepare_orders:{local.authority.district}"
    assert not desk_tasks(local.officer, (Power.ANSWER_CHALLENGES,)).exists()
    carry_over()
    (task,) = flow_tasks.open_tasks(case)
    assert task.owner_permission == f"answer_challenges:{local.authority.district}"
    assert list(desk_tasks(local.officer, (Power.ANSWER_CHALLENGES,))) == [task]
    assert case.number in officer.get(reverse("orders")).content.decode()
    assert list(check_all()) == []


def test_who_has_it_in_hand_keeps_it(local: LocalCast, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    case = asked_as_formerly(local, clock, monkeypatch)
    flow_tasks.claim(flow_tasks.open_tasks(case)[0], by=local.checker)
    carry_over()
    (task,) = flow_tasks.open_tasks(case)
    assert (task.owner_permission, task.owner) == (f"answer_challenges:{local.authority.district}", local.checker)


def test_nothing_else_is_touched_and_a_second_time_changes_nothing(
    local: LocalCast, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither finished tasks, nor those of the reconsidering office, nor those of other procedures."""
    asked_as_formerly(local, clock, monkeypatch)
    carry_over()
    rows = list(Task.objects.order_by("pk").values_list("pk", "owner_permission", "status"))
    carry_over()
    assert list(Task.objects.order_by("pk").values_list("pk", "owner_permission", "status")) == rows
    keys = {key for _pk, key, _status in rows if key}
    assert "review_reconsiderations:*" in keys
    assert not any(key.startswith("prepare_orders:") for key in keys)
