"""An act that a reconsideration sets aside is undone in its own case: warning, change, ended title, re-examination."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.change_words import ChangeState, TitleOutcome
from accreditation.clocks import DeadlineKind
from accreditation.enums import ApplicationState, TitleState
from accreditation.errors import Refusal
from accreditation.models import (
    Application,
    AuditEvent,
    Case,
    ChangeRequest,
    Letter,
    Message,
    Reconsideration,
    Reexamination,
    Title,
    User,
)
from accreditation.reconsideration_words import Outcome
from accreditation.reexamination_words import ReexaminationState
from accreditation.services.reconsiderations import took_part, undone_loss
from accreditation.visibility import case_for
from tests.attacks.change_states import ChangeStates
from tests.attacks.evaluation_states import EvaluationStates
from tests.attacks.local_evaluation_states import LocalEvaluationStates
from tests.attacks.reexamination_states import ReexaminationStates
from tests.clock import MONDAY
from tests.factories import changes
from tests.factories.reconsidering import challenged, decided
from workflows import door, flow_tasks
from workflows.consistency import check_all
from workflows.opening_proceedings import open_proceeding

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def letter_of(case: Case, kind: str) -> Letter:
    return Letter.objects.filter(case=case, kind=kind).latest("pk")


def reconsidered(
    world: Any, letter: Letter, at: datetime, outcome: str = Outcome.ANNULLED, respondent: User | None = None
) -> str:
    """Challenged and decided; the text of the decision."""
    case = challenged(world.cast, letter, at)
    decided(world.cast, case, outcome, at + timedelta(days=1), respondent=respondent)
    return Letter.objects.get(case=case, kind="reconsideration_decision").body


def nodes(case: Case) -> list[str]:
    return [flow_tasks.node_name(task) for task in flow_tasks.open_tasks(case)]


@pytest.mark.parametrize("state", [ApplicationState.UNDER_RECTIFICATION, ApplicationState.RECTIFICATION_REPORTED])
def test_warning_by_a_result_is_lifted_and_nothing_is_left_to_put_right(settings: LazySettings, state: str) -> None:
    settings.ACCREDITATION_DEMO = True
    world = EvaluationStates(MONDAY)
    case = world.case_in(state)
    title = Application.objects.get(case=case).evaluated_title
    assert title is not None
    assert Title.objects.get(pk=title.pk).state == TitleState.WARNED
    body = reconsidered(world, letter_of(case, "evaluation_result"), world.at)
    assert "警告自本决定之日起解除" in body
    assert Title.objects.get(pk=title.pk).state == TitleState.IN_FORCE
    assert Case.objects.get(pk=case.pk).state == ApplicationState.EVALUATED
    assert nodes(case) == []
    assert not case.deadlines.filter(kind=DeadlineKind.RECTIFICATION, state="running").exists()
    assert Message.objects.filter(kind="set_result_aside", recipient=world.people["applicant"]).count() == 1
    decider = world.cast.people["reconsiderer2"]
    assert not took_part(decider, Case.objects.get(pk=case.pk))  # carrying the decision out is no part in the act
    assert case_for(decider, Reconsideration.objects.get(challenged=case).case.number)
    assert list(check_all()) == []


def test_warning_by_the_result_of_a_district_is_lifted_in_its_own_edition(settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    world = LocalEvaluationStates(MONDAY)
    case = Case.objects.get(pk=world.case_in(ApplicationState.UNDER_RECTIFICATION).pk)
    title = Application.objects.get(case=case).evaluated_title
    assert title is not None
    assert (case.procedure, Title.objects.get(pk=title.pk).state) == ("district_evaluation/2026", TitleState.WARNED)
    reconsidered(world, letter_of(case, "evaluation_result"), world.at, respondent=world.people["local_officer"])
    assert Title.objects.get(pk=title.pk).state == TitleState.IN_FORCE
    assert Case.objects.get(pk=case.pk).state == ApplicationState.EVALUATED
    assert not case.deadlines.filter(kind=DeadlineKind.RECTIFICATION, state="running").exists()
    told = Message.objects.filter(kind="set_result_aside").values_list("recipient", flat=True)
    assert {world.people["applicant"].pk, world.people["local_officer"].pk} <= set(told)
    assert list(check_all()) == []


def test_rectification_that_failed_is_challenged_and_only_its_own_warning_lifted(settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    world = EvaluationStates(MONDAY)
    case = world.case_in(ApplicationState.RECTIFICATION_REPORTED)
    world.act(case, "find_unrectified", "office", remark="仍未到位")
    letter = letter_of(case, "rectification")
    assert "行政复议" in letter.remedy
    title = Application.objects.get(case=case).evaluated_title
    assert title is not None
    reconsidered(world, letter, world.at, Outcome.UPHELD)
    assert Title.objects.get(pk=title.pk).state == TitleState.WARNED
    reconsidered(world, letter_of(case, "evaluation_result"), world.at + timedelta(days=2))
    assert Title.objects.get(pk=title.pk).state == TitleState.IN_FORCE
    assert list(check_all()) == []


def test_refused_change_is_opened_again_where_it_stood(settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    world = ChangeStates(MONDAY)
    case = world.case_in(ChangeState.REFUSED)
    assert Case.objects.get(pk=case.pk).closed_at is not None
    body = reconsidered(world, letter_of(case, "change_refused"), world.at, Outcome.REDO)
    assert "恢复办理" in body
    fresh = Case.objects.get(pk=case.pk)
    assert (fresh.state, fresh.closed_at, nodes(fresh)) == (ChangeState.UNDER_CONFIRMATION, None, ["confirm"])
    door.perform(fresh, "refuse_change", by=world.cast.office, at=world.at + timedelta(days=3), form=world.form(
        fresh, "refuse_change", "confirmer"))  # fmt: skip
    assert letter_of(case, "change_refused").reconsiderations.count() == 0  # a new act, to be challenged anew
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_refused_change_waits_while_another_one_is_open(settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    world = ChangeStates(MONDAY)
    case = world.case_in(ChangeState.REFUSED)
    changes.opened(world.cast, "rename")
    challenge = challenged(world.cast, letter_of(case, "change_refused"), world.at)
    with pytest.raises(Refusal) as refused:
        decided(world.cast, challenge, Outcome.ANNULLED, world.at + timedelta(days=1))
    assert [reason.code for reason in refused.value.reasons] == ["change_open"]
    assert Case.objects.get(pk=challenge.pk).state == "decision_proposed"
    assert Case.objects.get(pk=case.pk).state == ChangeState.REFUSED


def test_title_that_a_change_ended_stands_again(settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    world = ChangeStates(MONDAY)
    case = world.case_in(ChangeState.CONFIRMED)
    ended = ChangeRequest.objects.get(case=case).titles.get(outcome=TitleOutcome.ENDS).title
    assert Title.objects.get(pk=ended.pk).state == TitleState.CANCELLED
    assert "恢复到注销前的状态" in reconsidered(world, letter_of(case, "change_confirmed"), world.at)
    assert Title.objects.get(pk=ended.pk).state == TitleState.IN_FORCE
    assert list(check_all()) == []


def test_title_that_a_change_ended_and_nobody_granted_stays_ended(settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    world = ChangeStates(MONDAY)
    case = world.case_in(ChangeState.CONFIRMED)
    ended = ChangeRequest.objects.get(case=case).titles.get(outcome=TitleOutcome.ENDS).title
    Title.objects.filter(pk=ended.pk).update(entered_wrongly=True)
    told = reconsidered(world, letter_of(case, "change_confirmed"), world.at)
    assert f"称号 {ended.number} 系国家结果登记有误所致，并未授予，不予恢复" in told
    event = AuditEvent.objects.get(verb="restore_ended_titles")
    assert (event.content["titles"], event.content["entered_wrongly"]) == ([], [ended.number])
    assert Title.objects.get(pk=ended.pk).state == TitleState.CANCELLED
    assert undone_loss(ended) is not None  # a list that grants it after all brings it back
    assert list(check_all()) == []


@pytest.mark.parametrize("state", [ReexaminationState.REFUSED, ReexaminationState.UNANSWERED])
def test_reexamination_is_asked_for_again_and_nothing_is_ordered_on_the_old_finding(
    settings: LazySettings, state: str
) -> None:
    settings.ACCREDITATION_DEMO = True
    world = ReexaminationStates(MONDAY)
    case = world.case_in(state)
    at = world.at + timedelta(days=50)
    order = open_proceeding(
        world.title, kind="revocation", ground="not_reexamined", found_facts="逾期未参加复核。" * 3,
        by=world.cast.office, at=at,
    )  # fmt: skip
    reconsidered(world, letter_of(case, "not_reexamined"), at)
    fresh = Case.objects.get(pk=case.pk)
    assert (fresh.state, fresh.closed_at, nodes(fresh)) == (ReexaminationState.CALLED, None, ["material"])
    assert case.deadlines.filter(kind=DeadlineKind.REEXAMINATION_MATERIAL, state="running").count() == 1
    later = at + timedelta(days=3)
    door.perform(order, "notify_holder", by=world.cast.office, at=later)
    door.perform(order, "defend", by=world.cast.member0, at=later, form={"statement": "复议决定已经撤销该认定。"})
    door.perform(order, "waive_rest_of_defence", by=world.cast.member0, at=later, form={"gives_up_rest": True})
    form = {
        "order_number": "示例撤〔2026〕9号", "ordered_on": later.date(), "effective_from": later.date(), "until": None,
        "reasons": "逾期未参加复核，事实清楚。",
    }  # fmt: skip
    assert "ground_set_aside" in [
        reason.code
        for reason in door.reasons_against(order, "make_order", by=world.cast.publisher, at=later, form=form)
    ]
    door.perform(fresh, "hand_in_reexamination", by=world.cast.member0, at=later, form=world.form(
        fresh, "hand_in_reexamination", "holder"))  # fmt: skip
    assert Reexamination.objects.get(case=case).state == ReexaminationState.UNDER_REVIEW
    assert list(check_all()) == []
