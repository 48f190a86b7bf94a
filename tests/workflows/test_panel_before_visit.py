"""A panel that loses experts before its visit: they step down or are told to, are replaced by draw, and then visit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from viewflow.workflow.models import Process, Task

from accreditation.audit import chain_key, verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import SeatState, TieKind
from accreditation.errors import Denied, Refusal
from accreditation.models import Application, AuditEvent, Case, ExpertProfile, Message, RoleGrant, Seat, Tie, User
from accreditation.roles import Role
from accreditation.services import draws
from accreditation.services.expert_pool import pool_of
from accreditation.visibility import visible_cases
from tests.clock import Clock
from tests.factories import local as steps
from tests.factories.cast import grant, make_expert, person
from tests.factories.local import LocalCast, make_local_cast
from workflows import door, flow_tasks
from workflows.assignments import take
from workflows.consistency import check_all, rebuild_flow
from workflows.draw_check import checked_draws
from workflows.workdays import SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TIE = "配偶在该单位任职"


@pytest.fixture
def local(settings: LazySettings, clock: Clock) -> LocalCast:
    settings.ACCREDITATION_DEMO = True
    local = make_local_cast(clock.at)
    local.cast.experts.extend(make_expert(n, clock.at) for n in range(8, 12))
    return local


@pytest.fixture
def case(local: LocalCast) -> Case:
    """Its panel is appointed as drawn and has not visited yet."""
    case = steps.filed(local)
    steps.checked(local, case)
    act(local, case, "draw_panel")
    act(local, case, "appoint_panel", experts=draws.due_panel(of(case), pool(local, case)))
    return case


def of(case: Case) -> Application:
    return Application.objects.get(case=case)


def pool(local: LocalCast, case: Case) -> list[Any]:
    return pool_of(of(case), on=local.cast.at.astimezone(SHANGHAI).date())


def act(local: LocalCast, case: Case, verb: str, by: User | None = None, **form: Any) -> None:
    door.perform(case, verb, by=by or local.officer, at=local.cast.at, form=form)


def seats(case: Case) -> list[Seat]:
    rows = Seat.objects.filter(panel__application__case=case).exclude(state=SeatState.RECUSED)
    return list(rows.select_related("expert").order_by("place"))


def experts(case: Case) -> list[User]:
    return [seat.expert for seat in seats(case)]


def reasons(local: LocalCast, case: Case, verb: str, **form: Any) -> dict[str, str]:
    with pytest.raises(Refusal) as refused:
        act(local, case, verb, **form)
    return {reason.code: str(reason) for reason in refused.value.reasons}


def replace_next(local: LocalCast, case: Case, vacant: Seat) -> User:
    """The next of the drawn order takes the seat."""
    due = draws.due_successor(of(case).panel, pool(local, case))
    assert due is not None
    act(local, case, "replace_expert", vacant=vacant, expert=due)
    return due


def told(case: Case, kind: str) -> set[str]:
    rows = Message.objects.filter(kind=kind, case_number=case.number)
    return set(rows.values_list("recipient__username", flat=True))


def tasks(case: Case) -> list[tuple[str, Any, str, str]]:
    found = flow_tasks.open_tasks(case)
    rows = [
        (flow_tasks.node_name(task), task.data.get("seat") or 0, str(task.owner), task.owner_permission or "")
        for task in found
    ]
    return sorted(rows)


def rebuilt_alike(case: Case, local: LocalCast) -> bool:
    before = tasks(case)
    Task.objects.all().delete()
    Process.objects.all().delete()
    rebuild_flow(Case.objects.get(pk=case.pk), local.cast.at)
    return tasks(case) == before and list(check_all()) == []


def test_expert_steps_down_before_the_visit_and_loses_sight(local: LocalCast, case: Case) -> None:
    take(case, by=local.officer, at=local.cast.at)
    gone = seats(case)[1]
    act(local, case, "recuse", by=gone.expert, tie=TIE)
    gone = Seat.objects.get(pk=gone.pk)
    assert (gone.state, gone.tie, of(case).state) == (SeatState.RECUSED, TIE, S.UNDER_SITE_VISIT)
    assert not visible_cases(gone.expert).filter(pk=case.pk).exists()
    assert told(case, "recuse") == {"sj_officer"}
    event = AuditEvent.objects.get(chain=chain_key(case), verb="recuse")
    assert (event.content["seat"], event.content["tie"]) == (gone.place, TIE)
    assert [(name, owner) for name, _seat, owner, _key in tasks(case)] == [("site_visit", str(local.officer))]
    assert rebuilt_alike(case, local)
    with pytest.raises(Denied):
        act(local, case, "recuse", by=gone.expert, tie=TIE)


def test_only_who_sits_steps_down_and_names_the_tie(local: LocalCast, case: Case) -> None:
    stranger = next(one for one in local.cast.experts if one not in experts(case))
    for by in (stranger, local.officer, local.checker, local.applicant):
        with pytest.raises(Denied):
            act(local, case, "recuse", by=by, tie=TIE)
    with pytest.raises(Refusal) as refused:
        act(local, case, "recuse", by=experts(case)[0], tie=" ")
    assert [reason.code for reason in refused.value.reasons] == ["text_needed"]
    for verb in ("declare_no_tie", "propose_value", "submit_review"):
        with pytest.raises(Denied):
            act(local, case, verb, by=experts(case)[0])


def test_office_orders_a_recusal_and_the_next_of_the_draw_follows(local: LocalCast, case: Case) -> None:
    seat = seats(case)[0]
    assert set(reasons(local, case, "order_recusal", seat=seat, tie="")) == {"text_needed"}
    for by in (local.other_officer, local.checker, local.cast.office):
        with pytest.raises(Denied):
            act(local, case, "order_recusal", by=by, seat=seat, tie=TIE)
    act(local, case, "order_recusal", seat=seat, tie=TIE)
    assert told(case, "recusal_ordered") == {seat.expert.username}
    assert not visible_cases(seat.expert).filter(pk=case.pk).exists()
    assert seat.expert.name in reasons(local, case, "order_recusal", seat=seat, tie=TIE)["seat_state"]
    assert rebuilt_alike(case, local)
    due = draws.due_successor(of(case).panel, pool(local, case))
    other = next(one for one in local.cast.experts if one not in [*experts(case), seat.expert, due])
    assert due is not None
    assert due.name in reasons(local, case, "replace_expert", vacant=seat, expert=other)["not_next"]
    assert seat.expert.name in reasons(local, case, "replace_expert", vacant=seat, expert=seat.expert)["sat_before"]
    act(local, case, "replace_expert", vacant=seat, expert=due)
    held = reasons(local, case, "replace_expert", vacant=seat, expert=other)["no_vacancy"]
    assert due.name in held
    assert visible_cases(due).filter(pk=case.pk).exists()
    assert due.username in told(case, "panel_appointed")
    assert AuditEvent.objects.get(chain=chain_key(case), verb="replace_expert").content["as_drawn"] is True
    assert [(draw.faults, draw.way) for draw in checked_draws()] == [((), "as drawn")]
    assert rebuilt_alike(case, local)
    assert verify_all()[1] == []


def test_visit_is_by_the_panel_of_today(local: LocalCast, case: Case) -> None:
    first, second, third, fourth, fifth = seats(case)
    act(local, case, "recuse", by=first.expert, tie=TIE)
    local.cast.at += timedelta(days=2)
    later = replace_next(local, case, first)
    RoleGrant.objects.filter(user=second.expert).update(revoked_at=local.cast.at)
    tied = Tie.objects.create(
        expert=third.expert, kind=TieKind.CONSULTANCY, uscc=local.enterprise.uscc, source="合同登记",
        recorded_by=local.cast.office, recorded_at=local.cast.at,
    )  # fmt: skip
    day = local.cast.at.date() - timedelta(days=1)
    people = [first.expert, later, second.expert, third.expert, fourth.expert]
    form = steps.visit_form(local, [], visited_on=day, visitors=people)
    said = reasons(local, case, "record_site_visit", **form)
    assert set(said) == {"not_on_panel", "seated_later", "not_available", "tie"}
    assert first.expert.name in said["not_on_panel"]
    assert later.name in said["seated_later"]
    assert second.expert.name in said["not_available"]
    assert third.expert.name in said["tie"]
    tied.delete()
    form |= {"visitors": [fourth.expert, fifth.expert]}
    act(local, case, "record_site_visit", **form)
    assert sorted(of(case).site_visit.visitors.values_list("pk", flat=True)) == sorted(
        [fourth.expert_id, fifth.expert_id]
    )


def test_visit_with_a_vacant_seat_opens_its_task_for_the_successor(local: LocalCast, case: Case) -> None:
    gone, rest = seats(case)[0], seats(case)[1:]
    act(local, case, "order_recusal", seat=gone, tie=TIE)
    form = steps.visit_form(local, [seat.expert for seat in rest])
    act(local, case, "record_site_visit", **form)
    owners = {seat: owner for name, seat, owner, _key in tasks(case) if name == "expert_review"}
    assert owners == {gone.pk: "None"} | {seat.pk: str(seat.expert) for seat in rest}
    assert rebuilt_alike(case, local)
    due = replace_next(local, case, gone)
    assert str(due) in {owner for _name, _seat, owner, _key in tasks(case)}
    assert rebuilt_alike(case, local)
    act(local, case, "declare_no_tie", by=due)


def test_all_leave_and_the_visit_waits_until_somebody_sits(local: LocalCast, case: Case) -> None:
    gone = seats(case)
    for seat in gone:
        act(local, case, "order_recusal", seat=seat, tie=TIE)
    form = steps.visit_form(local, [gone[0].expert])
    said = reasons(local, case, "record_site_visit", **form)
    assert set(said) == {"panel_vacant", "not_on_panel"}
    assert rebuilt_alike(case, local)
    for seat in gone:
        replace_next(local, case, seat)
    act(local, case, "record_site_visit", **steps.visit_form(local, experts(case)))
    assert not {seat.expert_id for seat in gone} & {one.pk for one in experts(case)}
    assert len(flow_tasks.open_tasks(case)) == local.batch.panel_size
    assert rebuilt_alike(case, local)


def _leave_the_pool(local: LocalCast, people: Iterable[User]) -> None:
    RoleGrant.objects.filter(user__in=list(people)).update(revoked_at=local.cast.at)


def test_pool_without_anybody_left_says_so_until_experts_are_added(local: LocalCast, case: Case) -> None:
    gone = seats(case)[0]
    act(local, case, "recuse", by=gone.expert, tie=TIE)
    rest = [one for one in local.cast.experts if one not in experts(case) and one != gone.expert]
    _leave_the_pool(local, rest)
    assert "增补专家库" in reasons(local, case, "replace_expert", vacant=gone, expert=None)["pool_used_up"]
    assert set(reasons(local, case, "replace_expert", vacant=gone, expert=rest[0])) == {"not_available", "no_reserve"}
    fresh = person("fresh_expert", "新增专家示例")
    grant(fresh, Role.EXPERT, at=local.cast.at)
    ExpertProfile.objects.create(user=fresh, employer="新增单位示例", field="机械")
    assert set(reasons(local, case, "replace_expert", vacant=gone, expert=None)) == {"expert_needed"}
    assert set(reasons(local, case, "replace_expert", vacant=gone, expert=fresh)) == {"no_reserve"}
    act(local, case, "replace_expert", vacant=gone, expert=fresh, reason="抽取的递补专家已用完，另行指定")
    said = AuditEvent.objects.get(chain=chain_key(case), verb="replace_expert").content
    assert (said["as_drawn"], said["reason"]) == (False, "抽取的递补专家已用完，另行指定")
    assert fresh in experts(case)
    assert list(check_all()) == []
