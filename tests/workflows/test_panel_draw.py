"""The draw through the door: seed fixed with the check, drawn once, followed or left for a reason, tied nowhere."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.conf import LazySettings
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from accreditation.audit import chain_key, verify_all
from accreditation.enums import TieKind
from accreditation.errors import Denied, Refusal
from accreditation.models import Application, AuditEvent, Case, Message, PanelDraw, RoleGrant, Seat, Tie, User
from accreditation.services import draws
from accreditation.services.expert_pool import pool_of
from accreditation.visibility import visible_cases
from criteria.commands_draw import record_from
from criteria.draw import commitment_of, faults_of
from tests.clock import SHANGHAI, Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import recommend
from workflows import door
from workflows.consistency import check_all

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(clock.at, panel=9, committee=0)
    for expert in cast.experts[:5]:
        expert.expert.fields = ["34"]  # the applicant's industry code is 3491
        expert.expert.save()
    return cast


@pytest.fixture
def case(cast: Cast) -> Case:
    """Waits for a panel."""
    case = filed_case(cast)
    recommend(cast, case, cast.at)
    door.perform(case, "pass_completeness_check", by=cast.office, at=cast.at)
    return case


def of(case: Case) -> Application:
    return Application.objects.get(case=case)


def events(case: Case, verb: str) -> list[dict[str, Any]]:
    rows = AuditEvent.objects.filter(chain=chain_key(case), verb=verb).order_by("seq")
    return [row.content for row in rows]


def due(case: Case) -> list[User]:
    application = of(case)
    return draws.due_panel(application, pool_of(application, on=case.moved_at.astimezone(SHANGHAI).date()))


def drawn(cast: Cast, case: Case) -> list[User]:
    door.perform(case, "draw_panel", by=cast.office, at=cast.at)
    return due(case)


def refusal(case: Case, verb: str, cast: Cast, **form: Any) -> list[str]:
    with pytest.raises(Refusal) as refused:
        door.perform(case, verb, by=cast.office, at=cast.at, form=form)
    return [reason.code for reason in refused.value.reasons]


def tie(cast: Cast, expert: User) -> None:
    Tie.objects.create(
        expert=expert, kind=TieKind.CONSULTANCY, uscc=cast.enterprises[0].uscc, source="合同登记",
        recorded_by=cast.office, recorded_at=cast.at,
    )  # fmt: skip


def test_seed_is_fixed_with_the_check_by_its_hash_alone(cast: Cast, case: Case) -> None:
    row = PanelDraw.objects.get(application__case=case)
    content = events(case, "pass_completeness_check")[0]
    assert content["draw_commitment"] == row.commitment == commitment_of(row.seed)
    assert row.seed not in str(list(AuditEvent.objects.values_list("content", flat=True)))
    assert refusal(case, "fix_seed", cast) == ["seed_fixed"]


def test_case_that_waits_without_a_seed_gets_one(cast: Cast, case: Case) -> None:
    PanelDraw.objects.all().delete()
    assert refusal(case, "draw_panel", cast) == ["no_seed"]
    door.perform(case, "fix_seed", by=cast.office, at=cast.at)
    assert events(case, "fix_seed")[0]["draw_commitment"] == PanelDraw.objects.get().commitment
    door.perform(case, "draw_panel", by=cast.office, at=cast.at)


def test_draw_is_recorded_whole_and_comes_out_again(cast: Cast, case: Case) -> None:
    tie(cast, cast.experts[0])
    cast.experts[8].expert.is_available = False
    cast.experts[8].expert.save()
    panel = drawn(cast, case)
    record = record_from(events(case, "draw_panel")[0])
    assert faults_of(record) == []
    assert record.commitment == events(case, "pass_completeness_check")[0]["draw_commitment"]
    assert list(record.seats) == [str(person.pk) for person in panel]
    assert {one.key: one.reasons for one in record.barred} == {
        str(cast.experts[0].pk): ("顾问或有偿服务（来源：合同登记）",), str(cast.experts[8].pk): ("暂停参加评审",)
    }  # fmt: skip
    assert (record.size, record.matched_least, record.matched_seats >= 3) == (5, 3, True)
    assert {one.key for one in record.candidates if one.is_matched} == {str(one.pk) for one in cast.experts[1:5]}
    assert verify_all()[1] == []


def test_nothing_is_drawn_twice(cast: Cast, case: Case) -> None:
    before = drawn(cast, case)
    assert refusal(case, "draw_panel", cast) == ["drawn_before"]
    assert due(case) == before


def test_only_the_office_draws(cast: Cast, case: Case) -> None:
    for person in (cast.pudong, cast.publisher, cast.experts[0], cast.member0, cast.auditor, cast.operator):
        with pytest.raises(Denied):
            door.perform(case, "draw_panel", by=person, at=cast.at)


def test_pool_of_too_few_employers_is_told_and_the_draw_kept_for_later(cast: Cast, case: Case) -> None:
    for expert in cast.experts[4:]:
        expert.expert.employer = cast.experts[0].expert.employer
        expert.expert.save()
    assert refusal(case, "draw_panel", cast) == ["pool_too_small"]
    cast.experts[4].expert.employer = "示例新单位"
    cast.experts[4].expert.save()
    assert len(drawn(cast, case)) == 5


def test_panel_follows_the_draw_or_gives_a_reason(cast: Cast, case: Case) -> None:
    assert refusal(case, "appoint_panel", cast, experts=cast.experts[:5]) == ["draw_needed"]
    panel = drawn(cast, case)
    spare = next(person for person in cast.experts if person not in panel)
    other = [*panel[:4], spare]
    assert refusal(case, "appoint_panel", cast, experts=other) == ["other_than_drawn"]
    assert refusal(case, "appoint_panel", cast, experts=other, reason="  ") == ["other_than_drawn"]
    door.perform(case, "appoint_panel", by=cast.office, at=cast.at, form={"experts": other, "reason": "需要财务专家"})
    said = events(case, "appoint_panel")[0]
    assert (said["as_drawn"], said["reason"], said["passed_over"]) == (False, "需要财务专家", {})


def test_drawn_panel_is_seated_in_the_drawn_order(cast: Cast, case: Case) -> None:
    panel = drawn(cast, case)
    door.perform(case, "appoint_panel", by=cast.office, at=cast.at, form={"experts": panel})
    seats = Seat.objects.filter(panel__application__case=case).order_by("place")
    assert [seat.expert for seat in seats] == panel
    assert events(case, "appoint_panel")[0]["as_drawn"] is True


def test_who_is_tied_since_the_draw_is_passed_over_with_the_reason(cast: Cast, case: Case) -> None:
    panel = drawn(cast, case)
    tie(cast, panel[0])
    refused = refusal(case, "appoint_panel", cast, experts=panel)
    assert refused == ["tie", "other_than_drawn"]
    now_due = due(case)
    assert (panel[0] in now_due, len(now_due)) == (False, 5)
    door.perform(case, "appoint_panel", by=cast.office, at=cast.at, form={"experts": now_due})
    said = events(case, "appoint_panel")[0]
    assert said["as_drawn"] is True
    assert said["passed_over"] == {str(panel[0].pk): ["顾问或有偿服务（来源：合同登记）"]}


def test_who_left_the_office_of_expert_is_passed_over(cast: Cast, case: Case) -> None:
    panel = drawn(cast, case)
    RoleGrant.objects.filter(user=panel[1]).update(revoked_at=cast.at)
    assert panel[1] not in due(case)
    assert len(due(case)) == 5


def test_every_reason_against_every_expert_is_told_at_once(cast: Cast, case: Case) -> None:
    first, second, third = (cast.experts[n] for n in range(3))
    tie(cast, first)
    first.expert.employer = cast.enterprises[0].name
    first.expert.save()
    second.expert.term_until = (cast.at - timedelta(days=1)).date()
    second.expert.save()
    third.expert.employer = cast.experts[3].expert.employer
    third.expert.save()
    codes = refusal(case, "appoint_panel", cast, experts=cast.experts[:5], reason="另行指定")
    assert sorted(codes) == ["not_available", "same_employer", "tie", "tie"]


def seated(cast: Cast, case: Case) -> list[User]:
    panel = drawn(cast, case)
    door.perform(case, "appoint_panel", by=cast.office, at=cast.at, form={"experts": panel})
    return panel


def test_vacant_seat_goes_to_the_next_in_the_drawn_order(cast: Cast, case: Case) -> None:
    panel = seated(cast, case)
    record = draws.record_of(of(case))
    assert record is not None
    door.perform(case, "recuse", by=panel[4], at=cast.at, form={"tie": "曾任顾问"})
    vacant = Seat.objects.get(state="recused")
    application = of(case)
    entries = pool_of(application, on=cast.at.date())
    next_one = draws.due_successor(application.panel, entries)
    assert next_one is not None
    others = [person for person in cast.experts if person not in (*panel, next_one)]
    assert str(next_one.pk) in record.reserve
    assert refusal(case, "replace_expert", cast, vacant=vacant, expert=others[0]) == ["not_next"]
    door.perform(case, "replace_expert", by=cast.office, at=cast.at, form={"vacant": vacant, "expert": next_one})
    assert events(case, "replace_expert")[0]["as_drawn"] is True


def test_successor_out_of_order_needs_a_reason_that_is_kept(cast: Cast, case: Case) -> None:
    panel = seated(cast, case)
    door.perform(case, "recuse", by=panel[0], at=cast.at, form={"tie": "曾任顾问"})
    vacant, application = Seat.objects.get(state="recused"), of(case)
    next_one = draws.due_successor(application.panel, pool_of(application, on=cast.at.date()))
    other = next(person for person in cast.experts if person not in (*panel, next_one))
    form = {"vacant": vacant, "expert": other, "reason": "专业更相符"}
    door.perform(case, "replace_expert", by=cast.office, at=cast.at, form=form)
    said = events(case, "replace_expert")[0]
    assert (said["as_drawn"], said["reason"]) == (False, "专业更相符")


def test_known_tie_stops_declaration_and_marks(cast: Cast, case: Case) -> None:
    panel = seated(cast, case)
    door.perform(case, "declare_no_tie", by=panel[0], at=cast.at)
    for person in panel[:2]:
        tie(cast, person)
    for person, verb in ((panel[1], "declare_no_tie"), (panel[0], "submit_review")):
        with pytest.raises(Refusal) as refused:
            door.perform(case, verb, by=person, at=cast.at, form={"opinion": "同意"})
        assert "known_tie" in [reason.code for reason in refused.value.reasons]
    door.perform(case, "recuse", by=panel[0], at=cast.at, form={"tie": "顾问"})


def test_office_tells_an_expert_to_step_down_who_then_sees_nothing(cast: Cast, case: Case) -> None:
    panel = seated(cast, case)
    door.perform(case, "declare_no_tie", by=panel[0], at=cast.at)
    seat = Seat.objects.get(expert=panel[0])
    assert refusal(case, "order_recusal", cast, seat=seat, tie="") == ["text_needed"]
    for person in (panel[0], cast.pudong, cast.publisher):
        with pytest.raises(Denied):
            door.perform(case, "order_recusal", by=person, at=cast.at, form={"seat": seat, "tie": "合同登记"})
    door.perform(case, "order_recusal", by=cast.office, at=cast.at, form={"seat": seat, "tie": "合同登记"})
    assert not visible_cases(panel[0]).filter(pk=case.pk).exists()
    with pytest.raises(Denied):
        door.perform(case, "submit_review", by=panel[0], at=cast.at, form={"opinion": "同意"})
    assert Message.objects.filter(recipient=panel[0], kind="recusal_ordered").exists()
    assert refusal(case, "order_recusal", cast, seat=Seat.objects.get(pk=seat.pk), tie="再次") == ["seat_state"]
    application = of(case)
    due_one = draws.due_successor(application.panel, pool_of(application, on=cast.at.date()))
    form = {"vacant": Seat.objects.get(pk=seat.pk), "expert": due_one}
    door.perform(case, "replace_expert", by=cast.office, at=cast.at, form=form)
    assert list(check_all()) == []


def test_seat_of_another_panel_is_not_vacated(cast: Cast, case: Case) -> None:
    seated(cast, case)
    other = filed_case(cast, 1)
    recommend(cast, other, cast.at)
    for verb in ("pass_completeness_check", "draw_panel"):
        door.perform(other, verb, by=cast.office, at=cast.at)
    door.perform(other, "appoint_panel", by=cast.office, at=cast.at, form={"experts": due(other)})
    theirs = Seat.objects.filter(panel__application__case=other).first()
    assert refusal(case, "order_recusal", cast, seat=theirs, tie="合同登记") == ["seat_state"]


NUMBERS = count()


@how(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(tied=st.sets(st.integers(0, 8), max_size=4), paused=st.sets(st.integers(0, 8), max_size=3))
def test_nobody_tied_or_paused_is_ever_drawn(case: Case, cast: Cast, tied: set[int], paused: set[int]) -> None:
    Tie.objects.all().delete()
    for n, expert in enumerate(cast.experts):
        expert.expert.is_available = n not in paused
        expert.expert.save()
        if n in tied:
            tie(cast, expert)
    PanelDraw.objects.update(drawn_at=None, drawn_by=None, record="", seed=f"{next(NUMBERS):064x}")
    PanelDraw.objects.update(commitment=commitment_of(PanelDraw.objects.get().seed))
    free = {str(expert.pk) for n, expert in enumerate(cast.experts) if n not in tied | paused}
    if len(free) < 5:
        assert refusal(case, "draw_panel", cast) == ["pool_too_small"]
        return
    door.perform(case, "draw_panel", by=cast.office, at=cast.at)
    record = draws.record_of(of(case))
    assert record is not None
    assert set(record.order) == free
    assert set(record.seats) <= free
    assert faults_of(record) == []
