"""What comes between an order and its day, or over the title that it suspends: a stay, a certificate, a later order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.enums import ProceedingKind as K
from accreditation.enums import ProceedingState, TitleState
from accreditation.errors import Refusal
from accreditation.grounds import Ground
from accreditation.models import Case, Letter, Proceeding, Title
from accreditation.reissue_words import ReissueReason
from accreditation.roles import Role
from certificates.models import Certificate
from certificates.standing import Standing
from tests.clock import Clock
from tests.factories import changes as made
from tests.factories.cast import Cast, grant, make_cast, person
from tests.factories.reconsidering import challenged, reconsiderers
from tests.factories.titles import FACTS, municipal_title, ordered, second_officer
from tests.workflows.test_title_change import merging
from workflows import door
from workflows.consistency import check_all
from workflows.opening_proceedings import open_proceeding
from workflows.reissuing import allow_reissue, ask_for_reissue
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
STAY = {"reason": "执行后难以挽回"}


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    reconsiderers(found)
    return found


def state(title: Title) -> str:
    return str(Title.objects.get(pk=title.pk).state)


def stayed(cast: Cast, order: Proceeding, clock: Clock) -> Case:
    """A challenge of the order, whose execution is stayed."""
    case = challenged(cast, Letter.objects.get(case=order.case, kind="order"), clock.at)
    door.perform(case, "accept_reconsideration", by=cast.people["reconsiderer1"], at=clock.at)
    door.perform(case, "stay_execution", by=cast.people["reconsiderer1"], at=clock.at, form=STAY)
    return case


def test_suspension_whose_time_ran_out_under_a_stay_does_not_begin(cast: Cast, clock: Clock) -> None:
    title, today = municipal_title(cast), clock.at.date()
    days = {"effective_from": today + timedelta(days=3), "until": today + timedelta(days=10)}
    order = ordered(cast, title, clock.at, K.SUSPENSION, **days)
    challenge = stayed(cast, order, clock)
    later = clock.at + timedelta(days=20)
    form = {"reason": "双方和解，撤回申请"}
    door.perform(challenge, "withdraw_reconsideration", by=cast.member0, at=later, form=form)
    tick(later)
    assert state(title) == TitleState.IN_FORCE
    second = person("publisher2", "市决定二示例")
    grant(second, Role.PUBLISHER, at=cast.at)
    assert Proceeding.objects.get(pk=order.pk).state == ProceedingState.ORDERED
    door.perform(order.case, "refuse_order", by=second, at=later, form={"reason": "暂停期限已满"})
    assert Proceeding.objects.get(pk=order.pk).state == ProceedingState.DROPPED
    assert [list(check_all()), verify_all()[1]] == [[], []]


def test_order_waits_for_the_certificate_that_is_being_made(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    made.issued_certificate(title, clock.at)
    second = second_officer(cast)
    day = clock.at.date() + timedelta(days=3)
    order = ordered(cast, title, clock.at, K.REVOCATION, effective_from=day)
    asked = ask_for_reissue(
        title, reason=ReissueReason.LOST, statement="原件遗失，请补发。", by=cast.member0, at=clock.at
    )
    allow_reissue(asked, by=second, at=clock.at)
    later = clock.at + timedelta(days=4)
    tick(later)
    made.sign(Certificate.objects.get(version=2), later)
    tick(later + timedelta(minutes=5))
    assert state(title) == TitleState.REVOKED
    assert Proceeding.objects.get(pk=order.pk).state == ProceedingState.CONCLUDED
    assert Certificate.objects.get(version=2).standing is Standing.REVOKED
    assert [list(check_all()), verify_all()[1]] == [[], []]


def refused(cast: Cast, case: Case) -> set[str]:
    with pytest.raises(Refusal) as found:
        door.perform(case, "confirm_succession", by=cast.publisher, at=cast.at, form=made.confirmation(cast.at))
    return {reason.code for reason in found.value.reasons}


def test_title_does_not_pass_while_a_warning_of_it_is_being_dealt_with(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    case = merging(cast, title)
    opened = open_proceeding(
        title, kind=K.WARNING, ground=Ground.MATERIAL_OVERDUE, found_facts=FACTS, by=cast.office, at=cast.at
    )
    assert refused(cast, case) == {"proceeding_open"}
    door.perform(opened, "drop_proceeding", by=cast.office, at=cast.at, form={"reason": "情节轻微"})
    door.perform(case, "confirm_succession", by=cast.publisher, at=cast.at, form=made.confirmation(cast.at))
    assert Title.objects.get(pk=title.pk).holder == cast.enterprises[1]


def test_title_does_not_pass_while_an_order_over_it_is_stayed(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    order = ordered(cast, title, clock.at, K.REVOCATION)
    challenge = stayed(cast, order, clock)
    case = merging(cast, title)
    assert refused(cast, case) == {"order_stayed"}
    form = {"reason": "双方和解，撤回申请"}
    door.perform(challenge, "withdraw_reconsideration", by=cast.member0, at=cast.at, form=form)
    assert state(title) == TitleState.REVOKED
