"""What an order leaves beneath it: warnings and suspensions that go on, bars that end, drafts that are barred."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.enums import ProceedingKind as K
from accreditation.enums import TitleState as T
from accreditation.errors import Refusal
from accreditation.models import Case, Letter, Message, Title
from accreditation.reconsideration_words import Outcome
from accreditation.selectors.holders import holder_history
from tests.clock import SHANGHAI, Clock
from tests.factories.cast import Cast, make_cast, person
from tests.factories.cast import grant as give
from tests.factories.reconsidering import challenged, decided, reconsiderers
from tests.factories.titles import municipal_title, ordered
from workflows import door
from workflows.consistency import check_all
from workflows.opening import open_application
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    reconsiderers(found)
    return found


def state(title: Title) -> str:
    return str(Title.objects.get(pk=title.pk).state)


def annul(cast: Cast, order: Letter, clock: Clock, outcome: str = Outcome.ANNULLED) -> None:
    decided(cast, challenged(cast, order, clock.at), outcome, clock.at + timedelta(hours=1))


def order_of(number: str) -> Letter:
    return Letter.objects.get(kind="order", case__proceeding__order_number=number)


def test_warning_goes_on_after_a_suspension_and_after_an_annulled_revocation(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    ordered(cast, title, clock.at, K.WARNING, number="一号")
    ordered(cast, title, clock.at, K.SUSPENSION, number="二号", until=clock.at.date() + timedelta(days=20))
    ordered(cast, title, clock.at, K.REVOCATION, number="三号")
    annul(cast, order_of("三号"), clock)
    assert state(title) == T.SUSPENDED
    tick(clock.at + timedelta(days=21))
    assert state(title) == T.WARNED
    ordered(cast, title, clock.at, K.REINSTATEMENT, number="四号")
    assert state(title) == T.IN_FORCE
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_suspension_that_ends_while_the_title_is_lost_does_not_come_back(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    ordered(cast, title, clock.at, K.SUSPENSION, number="一号", until=clock.at.date() + timedelta(days=20))
    ordered(cast, title, clock.at, K.REVOCATION, number="二号")
    tick(clock.at + timedelta(days=21))
    annul(cast, order_of("二号"), clock)
    assert state(title) == T.IN_FORCE
    steps = [step.state for step in holder_history(cast.enterprises[0].uscc).steps if step.title == title]
    assert sorted(steps) == sorted([T.IN_FORCE, T.SUSPENDED, T.REVOKED, T.IN_FORCE])
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_annulled_warning_leaves_the_suspension_over_it(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    ordered(cast, title, clock.at, K.WARNING, number="一号")
    ordered(cast, title, clock.at, K.SUSPENSION, number="二号")
    annul(cast, order_of("一号"), clock)
    assert state(title) == T.SUSPENDED
    annul(cast, order_of("二号"), clock)
    assert state(title) == T.IN_FORCE


@pytest.mark.parametrize("over", [K.SUSPENSION, K.REVOCATION])
def test_annulled_warning_that_is_over_leaves_a_later_one_beneath_another_order(
    cast: Cast, clock: Clock, over: K
) -> None:
    title = municipal_title(cast)
    for number, kind in (("一号", K.WARNING), ("二号", K.REINSTATEMENT), ("三号", K.WARNING), ("四号", over)):
        ordered(cast, title, clock.at, kind, number=number)
    annul(cast, order_of("一号"), clock)
    assert Title.objects.get(pk=title.pk).warned_beneath
    annul(cast, order_of("四号"), clock)
    assert state(title) == T.WARNED
    annul(cast, order_of("三号"), clock)
    assert state(title) == T.IN_FORCE
    assert (list(check_all()), verify_all()[1]) == ([], [])


@pytest.mark.parametrize("kind", [K.SUSPENSION, K.WARNING])
def test_order_beneath_a_revocation_is_not_changed_to_a_warning(cast: Cast, clock: Clock, kind: K) -> None:
    title = municipal_title(cast)
    ordered(cast, title, clock.at, kind, number="一号")
    ordered(cast, title, clock.at, K.REVOCATION, number="二号")
    with pytest.raises(Refusal) as refused:
        annul(cast, order_of("一号"), clock, Outcome.MODIFIED)
    assert [reason.code for reason in refused.value.reasons] == ["not_modifiable"]


def test_revocation_over_a_suspension_is_changed_to_a_warning_beneath_it(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    ordered(cast, title, clock.at, K.SUSPENSION, number="一号")
    ordered(cast, title, clock.at, K.REVOCATION, number="二号")
    annul(cast, order_of("二号"), clock, Outcome.MODIFIED)
    assert state(title) == T.SUSPENDED
    annul(cast, order_of("一号"), clock)
    assert state(title) == T.WARNED
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_draft_of_a_holder_that_was_revoked_meanwhile_cannot_be_filed(cast: Cast, clock: Clock) -> None:
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=clock.at)
    title = municipal_title(cast)
    ordered(cast, title, clock.at, K.REVOCATION)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "submit", by=cast.member0, at=clock.at, form={"declaration": True})
    assert "barred" in [reason.code for reason in refused.value.reasons]


def test_order_for_a_later_day_is_challenged_waits_while_stayed_and_then_takes_effect(cast: Cast, clock: Clock) -> None:
    title, later = municipal_title(cast), clock.at.date() + timedelta(days=90)
    ordered(cast, title, clock.at, K.REVOCATION, number="一号", effective_from=later)
    case = challenged(cast, order_of("一号"), clock.at)
    stay(cast, case, clock)
    assert tick(clock.at + timedelta(days=91)).fired == 1  # the days for an answer, and nothing else
    assert tick(clock.at + timedelta(days=92)).held_back == 0
    assert state(title) == T.IN_FORCE
    settle(cast, case, clock, Outcome.UPHELD)
    assert tick(clock.at + timedelta(days=93)).fired == 1
    assert state(title) == T.REVOKED
    assert list(check_all()) == []


def test_order_for_a_later_day_that_was_annulled_never_takes_effect(cast: Cast, clock: Clock) -> None:
    title, later = municipal_title(cast), clock.at.date() + timedelta(days=90)
    waiting = ordered(cast, title, clock.at, K.REVOCATION, number="一号", effective_from=later)
    annul(cast, order_of("一号"), clock)
    assert tick(clock.at + timedelta(days=91)).held_back == 1
    assert state(title) == T.IN_FORCE
    second = person("publisher2", "发布人二示例")
    give(second, "publisher", at=clock.at)
    door.perform(waiting.case, "refuse_order", by=second, at=clock.at, form={"reason": "复议决定已撤销"})
    assert list(check_all()) == []


def stay(cast: Cast, case: Case, clock: Clock) -> None:
    first = cast.people["reconsiderer1"]
    door.perform(case, "accept_reconsideration", by=first, at=clock.at)
    door.perform(case, "stay_execution", by=first, at=clock.at, form={"reason": "执行后难以挽回"})


def settle(cast: Cast, case: Case, clock: Clock, outcome: str) -> None:
    first, second = cast.people["reconsiderer1"], cast.people["reconsiderer2"]
    at = clock.at + timedelta(days=92)
    form = {
        "outcome": outcome, "reason": "经审理，事实清楚。", "decision_number": "示例复决〔2026〕9号",
        "decided_on": at.date(), "reasons": "原决定认定事实清楚，适用依据正确。",
    }  # fmt: skip
    door.perform(case, "propose_decision", by=first, at=at, form=form)
    door.perform(case, "decide_reconsideration", by=second, at=at, form=form)


def test_title_that_runs_out_is_told_to_holder_and_district(cast: Cast, clock: Clock) -> None:
    title = Title.objects.get(holder=cast.enterprises[0], programme="district_centre")
    assert title.valid_until is not None
    tick(datetime.combine(title.valid_until + timedelta(days=1), time(9), SHANGHAI))
    assert state(title) == T.EXPIRED
    told = Message.objects.filter(kind="title_expired", params__title=title.number)
    assert {row.recipient for row in told} == {cast.member0, cast.pudong}


def test_order_that_never_took_effect_bars_nobody(cast: Cast, clock: Clock) -> None:
    title, later = municipal_title(cast), clock.at.date() + timedelta(days=10)
    waiting = ordered(cast, title, clock.at, K.REVOCATION, number="一号", effective_from=later)
    ordered(cast, title, clock.at, K.CANCELLATION, number="二号")
    second = person("publisher2", "发布人二示例")
    give(second, "publisher", at=clock.at)
    door.perform(waiting.case, "refuse_order", by=second, at=clock.at, form={"reason": "称号已被注销"})
    assert open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=clock.at).state == "draft"
