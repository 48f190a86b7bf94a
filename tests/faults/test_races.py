"""Two people at the same moment: one effect each, the loser told, nothing lost; a naive control must fail."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings

from accreditation.audit import chain_key, verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import LetterKind
from accreditation.errors import AlreadyDone, NotFound, Refusal
from accreditation.models import (
    Application,
    AuditEvent,
    Batch,
    Binding,
    Case,
    Effect,
    Evidence,
    Letter,
    Message,
    Review,
    Seat,
)
from accreditation.roles import Role
from accreditation.services import draws
from accreditation.services.expert_pool import pool_of
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, grant, make_cast, person, with_material
from tests.factories.steps import marks, recommend, seat_panel
from tests.faults.racing import IN_TURN, at_once, kinds
from workflows import door, flow_tasks
from workflows.consistency import check_all
from workflows.door import Outcome
from workflows.draw_check import checked_draws
from workflows.intake import bind_evidence, remove_evidence
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROUNDS = 20


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def close(case: Case) -> None:
    """Make room for the next round's application of the same enterprise."""
    Application.objects.filter(case=case).update(state=S.DECLINED, ended_for="下一轮")


def test_two_clicks_on_one_task_act_once(cast: Cast, clock: Clock) -> None:
    second = person("pudong2", "浦东初审员二示例")
    grant(second, Role.DISTRICT_OFFICER, "310115", at=clock.at)
    for _round in range(ROUNDS):
        case = filed_case(cast)
        task = flow_tasks.open_tasks(case)[0].pk
        form = {"reasons": "材料不属本区"}

        def click(officer: Any, case: Case = case, task: int = task, form: dict[str, str] = form) -> object:
            return door.perform(case, "decline", by=officer, at=clock.at, form=form, task_id=task)

        results = at_once([lambda: click(cast.pudong), lambda: click(second)])
        assert kinds(results) == {"Outcome": 1, "AlreadyDone": 1}, results
        loser = next(result for result in results if isinstance(result, AlreadyDone))
        assert "初审员" in str(loser.reasons[0])
        events = AuditEvent.objects.filter(chain=chain_key(case), verb="decline")
        assert events.count() == 1
        assert Letter.objects.filter(case=case, kind=LetterKind.DECLINE).count() == 1
        assert Message.objects.filter(case_number=case.number, kind="decline", recipient=cast.member0).count() == 1
        mails = Effect.objects.filter(kind="mail", key__contains=f"{chain_key(case)}#{events.get().seq}:")
        assert mails.count() == Message.objects.filter(case_number=case.number, kind="decline").count()
    assert verify_all()[1] == []
    assert list(check_all()) == []


def test_five_experts_at_once_lose_no_review(cast: Cast, clock: Clock) -> None:
    for _round in range(ROUNDS):
        case = filed_case(cast)
        recommend(cast, case, clock.at)
        seat_panel(cast, case, clock.at)
        for expert in cast.experts[:5]:
            door.perform(case, "declare_no_tie", by=expert, at=clock.at)
        form = {"marks": marks(case), "opinion": "同意"}

        def hand_in(expert: Any, case: Case = case, form: dict[str, Any] = form) -> object:
            return door.perform(case, "submit_review", by=expert, at=clock.at, form=form)

        results = at_once([lambda expert=expert: hand_in(expert) for expert in cast.experts[:5]])
        assert kinds(results) == {"Outcome": 5}, results
        assert Review.objects.filter(seat__panel__application__case=case).count() == 5
        assert Application.objects.get(case=case).state == S.UNDER_OVERALL_REVIEW
        tasks = [flow_tasks.node_name(task) for task in flow_tasks.open_tasks(case)]
        assert tasks == ["overall_review"]
        moves = [result for result in results if getattr(result, "after", "") == S.UNDER_OVERALL_REVIEW]
        assert len(moves) == 1
        close(case)
    assert len(list(check_all())) >= ROUNDS  # rounds closed behind the door, which is seen


def test_two_draws_at_once_leave_one_record(cast: Cast, clock: Clock) -> None:
    second = person("office2", "市经办二示例")
    grant(second, Role.MUNICIPAL_OFFICER, at=clock.at)
    for _round in range(ROUNDS // 4):
        case = filed_case(cast)
        recommend(cast, case, clock.at)
        door.perform(case, "pass_completeness_check", by=cast.office, at=clock.at)

        def draw(officer: Any, case: Case = case) -> object:
            return door.perform(case, "draw_panel", by=officer, at=clock.at)

        results = at_once([lambda: draw(cast.office), lambda: draw(second)])
        assert kinds(results) == {"Outcome": 1, "Refusal": 1}, results
        loser = next(result for result in results if isinstance(result, Refusal))
        assert [reason.code for reason in loser.reasons] == ["drawn_before"]
        assert AuditEvent.objects.filter(chain=chain_key(case), verb="draw_panel").count() == 1
        assert next(iter(checked_draws(case.number))).faults == ()
        close(case)
    assert verify_all()[1] == []


def test_two_appointments_at_once_seat_one_panel(cast: Cast, clock: Clock) -> None:
    for _round in range(ROUNDS // 4):
        case = filed_case(cast)
        recommend(cast, case, clock.at)
        for verb in ("pass_completeness_check", "draw_panel"):
            door.perform(case, verb, by=cast.office, at=clock.at)
        application = Application.objects.get(case=case)
        form = {"experts": draws.due_panel(application, pool_of(application, on=clock.at.date()))}

        def appoint(case: Case = case, form: dict[str, Any] = form) -> object:
            return door.perform(case, "appoint_panel", by=cast.office, at=clock.at, form=form)

        results = at_once([appoint, appoint])
        assert kinds(results) == {"Outcome": 1, "AlreadyDone": 1}, results
        assert Seat.objects.filter(panel__application__case=case).count() == 5
        close(case)
    assert verify_all()[1] == []


def test_same_form_sent_twice_at_once_opens_one_case(cast: Cast, clock: Clock) -> None:
    def apply_() -> object:
        batch = Batch.objects.get(pk=cast.batch.pk)
        return open_application(cast.enterprises[0], batch, by=cast.member0, at=clock.at, request_key="same")

    results = at_once([apply_, apply_])
    assert kinds(results) == {"Case": 2}, results
    assert len({result.number for result in results if isinstance(result, Case)}) == 1
    assert Case.objects.count() == 1


def test_two_enterprises_at_once_get_numbers_without_gap(cast: Cast, clock: Clock) -> None:
    def apply_(n: int) -> object:
        batch = Batch.objects.get(pk=cast.batch.pk)
        return open_application(cast.enterprises[n], batch, by=cast.people[f"member{n}"], at=clock.at)

    results = at_once([lambda n=n: apply_(n) for n in range(3)])
    assert kinds(results) == {"Case": 3}, results
    numbers = sorted(result.number for result in results if isinstance(result, Case))
    assert numbers == [f"SHETC-{cast.batch.year}-{n:04d}" for n in (1, 2, 3)]


def naive_decline(case: Case, at: Clock, looked: threading.Barrier) -> str:
    """What the door would be without its lock: look, then act; each waits for the other to have looked."""
    if Application.objects.get(case=case).state != S.SUBMITTED:
        return "already done"
    looked.wait(timeout=10)  # broken where the harness lets one go after the other
    number = f"NAIVE-{uuid4().hex}"
    Letter.objects.create(
        case=case, kind=LetterKind.DECLINE, number=number, dated=at.at.date(), issued_by="", addressed_to="", body="",
        sha256="", created_at=at.at,
    )  # fmt: skip
    Application.objects.filter(case=case).update(state=S.DECLINED, ended_for="x")
    return "done"


@pytest.mark.skipif(bool(IN_TURN), reason="in turn nobody races")
def test_naive_control_acts_twice(cast: Cast, clock: Clock) -> None:
    case, looked = filed_case(cast), threading.Barrier(2)
    at_once([lambda: naive_decline(case, clock, looked)] * 2)
    doubled = Letter.objects.filter(case=case, kind=LetterKind.DECLINE).count() == 2
    assert doubled, "the harness does not provoke a race; the tests above prove nothing"


def test_same_binding_made_twice_at_once_stands_once(cast: Cast, clock: Clock) -> None:
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=clock.at)
    with_material(case, cast.member0, clock.at)
    report = Evidence.objects.get(application__case=case, kind="audit_report")
    for page in range(1, ROUNDS + 1):

        def bind(page: int = page) -> object:
            target = f"figure.revenue_main.{cast.batch.reporting_year}"
            return bind_evidence(Case.objects.get(pk=case.pk), report.pk, target, page, by=cast.member0, at=clock.at)

        results = at_once([bind, bind])
        assert kinds(results) == {"Outcome": 1, "Refusal": 1}, results
        loser = next(result for result in results if isinstance(result, Refusal))
        assert [reason.code for reason in loser.reasons] == ["bound_already"]
    assert Binding.objects.filter(evidence=report, removed_at__isnull=True).count() == ROUNDS
    assert AuditEvent.objects.filter(chain=chain_key(case), verb="bind_evidence").count() == ROUNDS
    assert verify_all()[1] == []


def test_file_taken_out_while_it_is_bound_leaves_no_standing_binding(cast: Cast, clock: Clock) -> None:
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=clock.at)
    with_material(case, cast.member0, clock.at)
    for row in Evidence.objects.filter(application__case=case).order_by("pk"):

        def bind(row: Evidence = row) -> object:
            return bind_evidence(Case.objects.get(pk=case.pk), row.pk, "figure.uscc", 1, by=cast.member0, at=clock.at)

        def remove(row: Evidence = row) -> object:
            return remove_evidence(Case.objects.get(pk=case.pk), row.pk, by=cast.member0, at=clock.at)

        results = at_once([bind, remove])
        assert isinstance(results[1], Outcome), results
        assert isinstance(results[0], Outcome | Refusal | NotFound), results
    assert not Binding.objects.filter(removed_at__isnull=True).exists()
