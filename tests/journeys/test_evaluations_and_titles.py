"""A title between its evaluation and what follows: it stands until that is decided, and with whoever answered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.enums import ProceedingState, TitleState
from accreditation.errors import Refusal
from accreditation.evaluation_words import CallReason
from accreditation.models import Batch, Case, EvaluationCall, Letter, Title
from accreditation.reconsideration_words import Outcome
from accreditation.selectors.run_out import titles_run_out
from accreditation.services import evaluation_rounds
from accreditation.services.evaluation import standing_of
from accreditation.services.rule_sets import rules_of
from certificates.models import Certificate
from certificates.standing import Standing
from tests.clock import Clock
from tests.factories import changes as made
from tests.factories import evaluating as steps
from tests.factories.cast import Cast, make_cast
from tests.factories.reconsidering import challenged, decided, reconsiderers
from tests.journeys.test_evaluation_services import announced, evaluated, title_of
from tests.workflows.test_title_change import merging
from workflows import door
from workflows.consistency import check_all
from workflows.opening import open_application
from workflows.selectors.public_register import is_in_force
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LAST_DAY = date(2026, 3, 20)


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    steps.add_enterprise(found, 0)
    reconsiderers(found)
    return found


def failed(cast: Cast, clock: Clock) -> tuple[Case, Title, Batch]:
    """An evaluation announced as failed after the last day of its title."""
    batch = steps.make_round(cast)
    title = steps.hold(cast, 0, valid_until=LAST_DAY)
    steps.frozen_and_called(cast, batch)
    (case,) = evaluated(cast, batch, clock, steps.WEAK)
    announced(cast, batch, [case], clock)
    assert clock.on > LAST_DAY
    return case, title, batch


def test_title_that_failed_stands_until_its_proceeding_is_decided(cast: Cast, clock: Clock) -> None:
    _case, title, _batch = failed(cast, clock)
    tick(clock.at + timedelta(days=1))
    assert title_of(cast, 0).state == TitleState.IN_FORCE
    proposal = EvaluationCall.objects.get(title=title).proposal
    assert proposal is not None
    assert is_in_force(title_of(cast, 0), on=clock.on)
    revoked(cast, clock, proposal)
    assert [list(check_all()), verify_all()[1]] == [[], []]


def test_title_runs_out_when_its_proceeding_is_dropped(cast: Cast, clock: Clock) -> None:
    _case, title, _batch = failed(cast, clock)
    proposal = EvaluationCall.objects.get(title=title).proposal
    assert proposal is not None
    door.perform(proposal, "drop_proceeding", by=cast.office, at=clock.at, form={"reason": "单位已停止使用称号"})
    assert Case.objects.get(pk=proposal.pk).proceeding.state == ProceedingState.DROPPED
    assert list(titles_run_out(clock.on)) == [title]


def test_title_whose_result_was_set_aside_runs_until_it_is_evaluated_again(cast: Cast, clock: Clock) -> None:
    case, title, _batch = failed(cast, clock)
    letter = Letter.objects.get(case=case, kind="evaluation_result")
    proposal = EvaluationCall.objects.get(title=title).proposal
    assert proposal is not None
    gone, pages = "该结果已由复议决定、裁判或者自行纠正撤销或者变更", [
        reverse("centre", args=[title.number]), reverse("announcement", args=["示例〔2026〕9号"]),
    ]  # fmt: skip
    assert not any(gone in Client().get(page).content.decode() for page in pages)
    decided(cast, challenged(cast, letter, clock.at), Outcome.ANNULLED, clock.at + timedelta(days=1))
    assert all(gone in Client().get(page).content.decode() for page in pages)
    door.perform(proposal, "drop_proceeding", by=cast.office, at=clock.at, form={"reason": "作为依据的结果已被撤销"})
    tick(clock.at + timedelta(days=2))
    assert title_of(cast, 0).state == TitleState.IN_FORCE
    again = steps.make_round(cast, year=clock.on.year + 1)
    assert [one.reason for one in evaluation_rounds.population(again)] == [CallReason.DUE]
    assert [list(check_all()), verify_all()[1]] == [[], []]


def test_certificate_that_ran_out_before_a_late_result_is_followed_by_the_next(cast: Cast, clock: Clock) -> None:
    batch = steps.make_round(cast)
    steps.hold(cast, 0)
    steps.frozen_and_called(cast, batch)
    (case,) = evaluated(cast, batch, clock, {})
    announced(cast, batch, [case], clock)
    first = made.sign(Certificate.objects.get(), clock.at)
    assert first.valid_until == title_of(cast, 0).valid_until
    after = first.valid_until + timedelta(days=1)
    Certificate.objects.filter(pk=first.pk).update(state=Standing.EXPIRED)
    title = title_of(cast, 0)
    assert (is_in_force(title, on=after), titles_run_out(after).filter(pk=title.pk).exists()) == (True, False)
    again = steps.make_round(cast, year=clock.on.year + 2)
    steps.frozen_and_called(cast, again)
    (second,) = evaluated(cast, again, clock, {})
    announced(cast, again, [second], clock, number="示例〔2028〕9号")
    followed = Certificate.objects.get(state=Standing.REQUESTED)
    assert (followed.number, followed.version, followed.valid_until > after) == (first.number, 2, True)


def test_warning_that_was_set_aside_is_not_the_one_before_the_next(cast: Cast, clock: Clock) -> None:
    batch = steps.make_round(cast)
    steps.hold(cast, 0)
    steps.frozen_and_called(cast, batch)
    (case,) = evaluated(cast, batch, clock, steps.MARGINAL)
    announced(cast, batch, [case], clock)
    again = steps.make_round(cast, year=clock.on.year + 2)
    steps.frozen_and_called(cast, again)
    draft = open_application(cast.enterprises[0], again, by=cast.member0, at=cast.at).application
    assert standing_of(draft, rules_of(again)).records["warned_at_last_evaluation"] == (clock.on,)
    letter = Letter.objects.get(case=case, kind="evaluation_result")
    decided(cast, challenged(cast, letter, clock.at), Outcome.ANNULLED, clock.at + timedelta(days=1))
    assert standing_of(draft, rules_of(again)).records["warned_at_last_evaluation"] == ()


def revoked(cast: Cast, clock: Clock, proposal: Case) -> Letter:
    """The order by which the title was lost, as its letter told."""
    door.perform(proposal, "notify_holder", by=cast.office, at=clock.at)
    door.perform(proposal, "defend", by=cast.member0, at=clock.at, form={"statement": "对结果没有异议。"})
    door.perform(proposal, "waive_rest_of_defence", by=cast.member0, at=clock.at, form={"gives_up_rest": True})
    form = {
        "order_number": "示例处〔2026〕1号", "ordered_on": clock.on, "effective_from": clock.on, "until": None,
        "reasons": "评价不合格，事实清楚。",
    }  # fmt: skip
    door.perform(proposal, "make_order", by=cast.publisher, at=clock.at, form=form)
    assert title_of(cast, 0).state == TitleState.REVOKED
    return Letter.objects.get(case=proposal, kind="order")


def test_title_runs_on_when_the_order_is_set_aside_and_while_it_is_stayed(cast: Cast, clock: Clock) -> None:
    _case, title, _batch = failed(cast, clock)
    proposal = EvaluationCall.objects.get(title=title).proposal
    assert proposal is not None
    challenge = challenged(cast, revoked(cast, clock, proposal), clock.at)
    examiner, later = cast.people["reconsiderer1"], clock.at + timedelta(days=1)
    door.perform(challenge, "accept_reconsideration", by=examiner, at=later)
    door.perform(challenge, "stay_execution", by=examiner, at=later, form={"reason": "执行后难以挽回"})
    tick(later)
    assert title_of(cast, 0).state == TitleState.IN_FORCE
    form = {
        "outcome": Outcome.ANNULLED, "reason": "经审理，理由充分。", "answer": "原决定事实清楚，程序合法。",
        "decision_number": "示例复决〔2026〕1号", "decided_on": later.date(), "reasons": "违反法定程序，予以撤销。",
    }  # fmt: skip
    door.perform(challenge, "answer_challenge", by=cast.office, at=later, form=form)
    door.perform(challenge, "propose_decision", by=examiner, at=later, form=form)
    door.perform(challenge, "decide_reconsideration", by=cast.people["reconsiderer2"], at=later, form=form)
    tick(later + timedelta(days=1))
    assert title_of(cast, 0).state == TitleState.IN_FORCE
    assert is_in_force(title_of(cast, 0), on=clock.on)
    assert [list(check_all()), verify_all()[1]] == [[], []]


def test_title_does_not_pass_while_it_is_being_evaluated(cast: Cast, clock: Clock) -> None:
    batch = steps.make_round(cast)
    title = steps.hold(cast, 0)
    steps.frozen_and_called(cast, batch)
    steps.filed(cast, batch, 0)
    change = merging(cast, title)
    with pytest.raises(Refusal) as refused:
        door.perform(change, "confirm_succession", by=cast.publisher, at=cast.at, form=made.confirmation(cast.at))
    assert {reason.code for reason in refused.value.reasons} == {"evaluation_open"}


def test_draft_of_who_has_passed_its_title_on_is_not_handed_in(cast: Cast, clock: Clock) -> None:
    batch = steps.make_round(cast)
    title = steps.hold(cast, 0)
    steps.frozen_and_called(cast, batch)
    draft = open_application(cast.enterprises[0], batch, by=cast.member0, at=cast.at)
    steps.with_material(draft, cast.member0, cast.at)
    change = merging(cast, title)
    door.perform(change, "confirm_succession", by=cast.publisher, at=cast.at, form=made.confirmation(cast.at))
    with pytest.raises(Refusal) as refused:
        door.perform(draft, "submit", by=cast.member0, at=cast.at, form={"declaration": True})
    assert {reason.code for reason in refused.value.reasons} == {"title_not_held"}
    open_application(cast.enterprises[1], batch, by=cast.people["member1"], at=cast.at)
