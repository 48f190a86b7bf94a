"""A case whose enterprise has come to hold the title is ended, by whoever would have granted it, and by nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.audit import chain_key, verify_all
from accreditation.clocks import DeadlineKind, DeadlineState
from accreditation.enums import ApplicationState as S
from accreditation.enums import LetterKind, TitleState
from accreditation.errors import Denied, Refusal
from accreditation.models import (
    Application,
    AuditEvent,
    Batch,
    Case,
    Deadline,
    Letter,
    Message,
    Notice,
    NoticeAdjustment,
    Objection,
    Title,
)
from accreditation.notice_words import AdjustmentKind
from tests.attacks.generic_states import GenericStates
from tests.attacks.national_states import NationalStates
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.hearings import dismiss
from tests.factories.held import REASON, hold_meanwhile, past_its_notice
from tests.factories.reconsidering import challenged, reconsiderers
from tests.factories.steps import hold_meeting, publish, to_committee
from workflows import door, flow_tasks
from workflows.consistency import check_all
from workflows.moves import possible_moves, way_to_the_end
from workflows.opening import open_application
from workflows.presentation.whereabouts import next_groups
from workflows.procedures import procedure_of
from workflows.tables.generic_recognition_2026 import COUNTED
from workflows.tick import tick

ENDS = {"end_as_held", "give_up"}  # by the publisher, or by the applicant, as long as nothing is granted
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FORM = {"reason": REASON}


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def case(cast: Cast, clock: Clock) -> Case:
    """Its notice is over; the publisher has to announce it."""
    row, clock.at = past_its_notice(cast, clock.at)
    return row


def codes(case: Case, cast: Cast, clock: Clock, **form: str) -> list[str]:
    with pytest.raises(Refusal) as refused:
        door.perform(case, "end_as_held", by=cast.publisher, at=clock.at, form=form)
    return [reason.code for reason in refused.value.reasons]


def test_case_is_ended_with_a_letter_that_names_the_title_and_the_remedy(cast: Cast, case: Case, clock: Clock) -> None:
    held = hold_meanwhile(case)
    told = Message.objects.filter(kind="end_as_held")
    door.perform(case, "end_as_held", by=cast.publisher, at=clock.at, form=FORM)
    application = Application.objects.get(case=case)
    row = Case.objects.get(pk=case.pk)
    assert (application.state, application.ended_for, application.title) == (S.HELD_OTHERWISE, REASON, None)
    assert (row.closed_at, list(flow_tasks.open_tasks(row))) == (clock.at, [])
    letter = Letter.objects.get(case=case, kind=LetterKind.ENDED_AS_HELD)
    assert held.number in letter.body
    assert REASON in letter.body
    assert "六十日" in letter.remedy
    event = AuditEvent.objects.get(chain=chain_key(case), verb="end_as_held")
    assert (event.content["title"], event.content["letter"]) == (held.number, letter.number)
    assert {message.recipient for message in told} >= {cast.member0, cast.pudong}
    assert Title.objects.get(pk=held.pk).state == TitleState.IN_FORCE
    assert [list(check_all()), verify_all()[1]] == [[], []]


@pytest.mark.parametrize("state", [TitleState.WARNED, TitleState.SUSPENDED])
def test_title_under_an_order_is_held_as_well(cast: Cast, case: Case, clock: Clock, state: TitleState) -> None:
    Title.objects.filter(pk=hold_meanwhile(case).pk).update(state=state)
    door.perform(case, "end_as_held", by=cast.publisher, at=clock.at, form=FORM)
    assert Application.objects.get(case=case).state == S.HELD_OTHERWISE


def test_without_a_title_that_stands_or_a_reason_nothing_ends(cast: Cast, case: Case, clock: Clock) -> None:
    assert codes(case, cast, clock, **FORM) == ["not_held"]
    held = hold_meanwhile(case)
    assert codes(case, cast, clock, reason="短") == ["text_needed"]
    Title.objects.filter(pk=held.pk).update(state=TitleState.REVOKED)
    assert codes(case, cast, clock) == ["not_held", "text_needed"]
    assert Application.objects.get(case=case).state == S.NOTICE_COMPLETED


@pytest.fixture
def proposed(cast: Cast, clock: Clock) -> Case:
    """The committee has agreed; nothing is published yet."""
    row = filed_case(cast)
    to_committee(cast, row, clock.at)
    hold_meeting(cast, [row], clock.at)
    return row


def test_what_is_held_is_not_put_under_notice_and_ends_at_once(cast: Cast, proposed: Case, clock: Clock) -> None:
    assert codes(proposed, cast, clock, **FORM) == ["not_held"]
    hold_meanwhile(proposed)
    with pytest.raises(Refusal) as refused:
        publish(cast, [proposed], clock.at)
    assert [reason.code for reason in refused.value.reasons] == ["already_held"]
    procedure, application = procedure_of(proposed), Application.objects.get(case=proposed)
    assert {move.verb.code for move in possible_moves(procedure, application, S.PROPOSED)} == ENDS
    door.perform(proposed, "end_as_held", by=cast.publisher, at=clock.at, form=FORM)
    row = Case.objects.get(pk=proposed.pk)
    assert (row.state, row.closed_at, list(flow_tasks.open_tasks(row))) == (S.HELD_OTHERWISE, clock.at, [])
    assert (Notice.objects.count(), NoticeAdjustment.objects.count()) == (0, 0)
    assert [list(check_all()), verify_all()[1]] == [[], []]


def test_name_under_notice_is_taken_off_by_a_notice_that_says_why(cast: Cast, proposed: Case, clock: Clock) -> None:
    notice = publish(cast, [proposed], clock.at)
    assert codes(proposed, cast, clock, **FORM) == ["not_held"]
    held, clock.at = hold_meanwhile(proposed), clock.at + timedelta(days=1)
    door.perform(proposed, "end_as_held", by=cast.publisher, at=clock.at, form=FORM)
    row = Case.objects.get(pk=proposed.pk)
    assert (row.state, list(flow_tasks.open_tasks(row))) == (S.HELD_OTHERWISE, [])
    adjustment = NoticeAdjustment.objects.get(notice=notice)
    line = adjustment.lines.get()
    assert (line.entry.application.case, line.kind, line.ends_at) == (row, AdjustmentKind.TAKEN_OFF, None)
    assert (held.number in adjustment.body, REASON in adjustment.body) == (True, False)
    assert (adjustment.published_by, adjustment.published_at) == (cast.publisher, clock.at)
    clocks = set(Deadline.objects.filter(case=row).values_list("kind", "state"))
    assert (DeadlineKind.NOTICE, DeadlineState.CANCELLED) in clocks
    assert not Deadline.objects.filter(case=row, state__in=(DeadlineState.RUNNING, DeadlineState.PAUSED)).exists()
    event = AuditEvent.objects.get(chain=chain_key(row), verb="end_as_held")
    assert event.content["adjustment"] == adjustment.number
    assert AuditEvent.objects.get(chain=chain_key(notice), verb="adjust_notice").content["cases"] == [row.number]
    assert set(Message.objects.filter(kind="end_as_held").values_list("recipient", flat=True)) >= {cast.member0.pk}
    page = Client().get(reverse("notice", args=[notice.number])).content.decode()
    assert held.number in page
    assert "撤下名单" in page
    tick(notice.ends_at + timedelta(days=1))
    assert [list(check_all()), verify_all()[1]] == [[], []]
    assert Case.objects.get(pk=row.pk).state == S.HELD_OTHERWISE


def test_objections_are_answered_before_the_name_is_taken_off(cast: Cast, proposed: Case, clock: Clock) -> None:
    publish(cast, [proposed], clock.at)
    hold_meanwhile(proposed)
    raised = {"objector": "示例人", "contact": "13800000000", "text": "该单位的研发费用与年报不符，请核查。"}
    door.perform(proposed, "raise_objection", by=cast.clock, at=clock.at, form=raised)
    assert codes(proposed, cast, clock, **FORM) == ["objection_open"]
    assert NoticeAdjustment.objects.count() == 0
    dismiss(proposed, Objection.objects.get(), at=clock.at)
    door.perform(proposed, "end_as_held", by=cast.publisher, at=clock.at, form=FORM)
    assert Case.objects.get(pk=proposed.pk).state == S.HELD_OTHERWISE


def test_nobody_but_the_publisher_ends_it(cast: Cast, case: Case, clock: Clock) -> None:
    hold_meanwhile(case)
    for person in (cast.office, cast.pudong, cast.member0, cast.clock):
        with pytest.raises(Denied):
            door.perform(case, "end_as_held", by=person, at=clock.at, form=FORM)


def test_what_comes_next_is_the_end_where_the_title_is_held_and_the_grant_where_it_is_not(case: Case) -> None:
    procedure, application = procedure_of(case), Application.objects.get(case=case)

    def next_verbs() -> set[str]:
        return {move.verb.code for move in possible_moves(procedure, application, S.NOTICE_COMPLETED)}

    assert next_verbs() == {"announce", "give_up"}
    assert way_to_the_end(procedure, application, S.NOTICE_COMPLETED)
    hold_meanwhile(case)
    assert next_verbs() == ENDS
    assert way_to_the_end(procedure, application, S.NOTICE_COMPLETED) == []
    assert [group["label"] for group in next_groups(procedure, application)] == ["程序终止"]


def test_end_can_be_challenged_and_the_title_lost_again_be_applied_for(cast: Cast, case: Case, clock: Clock) -> None:
    held = hold_meanwhile(case)
    reconsiderers(cast)
    door.perform(case, "end_as_held", by=cast.publisher, at=clock.at, form=FORM)
    letter = Letter.objects.get(case=case, kind=LetterKind.ENDED_AS_HELD)
    assert challenged(cast, letter, clock.at).reconsideration.challenged == case
    Title.objects.filter(pk=held.pk).update(state=TitleState.REVOKED)
    Batch.objects.filter(pk=cast.batch.pk).update(state="open", closes_at=clock.at + timedelta(days=1))
    again = open_application(
        cast.enterprises[0], Batch.objects.get(pk=cast.batch.pk), by=cast.member0, at=clock.at
    )  # the same batch, since nothing was refused
    assert again.pk != case.pk


def test_place_of_a_designation_is_free_again(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    world = GenericStates(clock.at)
    taken = world.batch.applications.filter(state__in=COUNTED)
    case = world.case_in(S.NOTICE_COMPLETED)
    assert taken.count() == 1
    world.end_as_held(case)
    assert taken.count() == 0
    assert list(check_all()) == []


def test_recommended_case_is_ended_by_the_office(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    world = NationalStates(clock.at)
    case = world.case_in(S.RECOMMENDED_UPWARD)
    held = hold_meanwhile(case)
    form = world.form(case, "recognise_above", "office")
    with pytest.raises(Refusal) as refused:
        door.perform(case, "recognise_above", by=world.people["office"], at=world.at, form=form)
    assert [reason.code for reason in refused.value.reasons] == ["already_held"]
    assert held.number in str(refused.value.reasons[0].text)
    door.perform(case, "end_as_held", by=world.people["office"], at=world.at, form=FORM)
    assert Application.objects.get(case=case).state == S.HELD_OTHERWISE
    assert "六十日" in Letter.objects.get(case=case, kind=LetterKind.ENDED_AS_HELD).remedy
    assert [list(check_all()), verify_all()[1]] == [[], []]
