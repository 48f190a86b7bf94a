"""A panel before its visit at the same moment: who fills a seat, who leaves it, and the visit recorded beside both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.enums import ApplicationState as S
from accreditation.enums import SeatState
from accreditation.errors import Refusal
from accreditation.models import Application, AuditEvent, Case, Seat, SiteVisit, User
from accreditation.roles import Role
from accreditation.services import draws
from accreditation.services.expert_pool import pool_of
from tests.clock import Clock
from tests.factories import local as steps
from tests.factories.local import SONGJIANG, LocalCast, make_local_cast
from tests.factories.snapshots import remembered
from tests.faults.racing import act, all_agrees, at_once, colleague, done_once, one_won, refused_or_done
from workflows import door, flow_tasks
from workflows.door import Outcome
from workflows.workdays import SHANGHAI

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TIE = "配偶在该单位任职"


@remembered
def waiting(at: datetime) -> tuple[LocalCast, Case, User]:
    """A panel as it was drawn that has not visited yet; a second officer."""
    local = make_local_cast(at)
    second = colleague(local.cast, Role.LOCAL_OFFICER, SONGJIANG)
    case = steps.filed(local)
    steps.checked(local, case)
    door.perform(case, "draw_panel", by=local.officer, at=at)
    application = Application.objects.get(case=case)
    people = draws.due_panel(application, pool_of(application, on=at.astimezone(SHANGHAI).date()))
    door.perform(case, "appoint_panel", by=local.officer, at=at, form={"experts": people})
    return local, case, second


@dataclass
class World:
    """Everybody, the case, and a second officer of the authority."""

    local: LocalCast
    case: Case
    second: User

    def job(self, verb: str, by: User, **form: Any) -> Callable[[], object]:
        """An act on the case."""
        return act(self.case, verb, by, self.local.cast, **form)

    def seats(self) -> list[Seat]:
        """Who sits, by place."""
        rows = Seat.objects.filter(panel__application__case=self.case).exclude(state=SeatState.RECUSED)
        return list(rows.select_related("expert").order_by("place"))

    def visit(self, *visitors: User) -> Callable[[], object]:
        """The visit of these experts is recorded by the second officer."""
        form = steps.visit_form(self.local, [], visitors=list(visitors))
        return self.job("record_site_visit", self.second, **form)

    def vacate(self) -> tuple[Seat, User]:
        """The first expert has stepped down; the seat, and who is next."""
        seat = self.seats()[0]
        self.job("recuse", seat.expert, tie=TIE)()
        application = Application.objects.get(case=self.case)
        pool = pool_of(application, on=self.local.cast.at.astimezone(SHANGHAI).date())
        due = draws.due_successor(application.panel, pool)
        assert due is not None
        return seat, due

    def holders(self) -> set[User]:
        """Who has a task of a seat."""
        return {task.owner for task in flow_tasks.open_tasks(self.case, ["expert_review"])}


@pytest.fixture
def world(settings: LazySettings, var_dir: object, clock: Clock) -> World:
    settings.ACCREDITATION_DEMO = True
    return World(*waiting(clock.at))


def test_seat_is_taken_once_by_two_officers(world: World) -> None:
    vacant, due = world.vacate()
    officers = (world.local.officer, world.second)
    results = at_once([world.job("replace_expert", by, vacant=vacant, expert=due) for by in officers])
    lost = results[1 - one_won(results)]
    assert isinstance(lost, Refusal)
    assert any(due.name in str(reason) for reason in lost.reasons)
    assert Seat.objects.filter(panel=vacant.panel, place=vacant.place).count() == 2
    done_once(world.case, "replace_expert")


def test_visit_recorded_while_a_seat_is_filled_leaves_its_task_to_the_successor(world: World) -> None:
    vacant, due = world.vacate()
    there = world.seats()[0].expert
    job = world.job("replace_expert", world.local.officer, vacant=vacant, expert=due)
    results = at_once([job, world.visit(there)])
    assert [type(result) for result in results] == [Outcome, Outcome], results
    assert Application.objects.get(case=world.case).state == S.UNDER_EXPERT_REVIEW
    assert world.holders() == {seat.expert for seat in world.seats()}
    assert due in world.holders()
    all_agrees()


def test_visit_beside_the_recusal_of_a_visitor_names_nobody_who_had_left(world: World) -> None:
    seat = world.seats()[0]
    order = world.job("order_recusal", world.local.officer, seat=seat, tie=TIE)
    ordered, visited = at_once([order, world.visit(seat.expert)])
    assert isinstance(ordered, Outcome)
    assert Seat.objects.get(pk=seat.pk).state == SeatState.RECUSED
    assert SiteVisit.objects.count() == refused_or_done(visited)
    if isinstance(visited, Refusal):
        assert [reason.code for reason in visited.reasons] == ["not_on_panel"]
    else:
        assert ordered.before == S.UNDER_EXPERT_REVIEW  # who was there has left only afterwards
        assert seat.expert not in world.holders()
    all_agrees()


def test_expert_steps_down_or_is_told_to(world: World) -> None:
    seat = world.seats()[0]
    order = world.job("order_recusal", world.local.officer, seat=seat, tie="经核实为近亲属")
    won = one_won(at_once([world.job("recuse", seat.expert, tie=TIE), order]))
    assert Seat.objects.get(pk=seat.pk).tie == (TIE, "经核实为近亲属")[won]
    assert AuditEvent.objects.filter(verb__in=["recuse", "order_recusal"]).count() == 1
    done_once(world.case, ("recuse", "order_recusal")[won])
