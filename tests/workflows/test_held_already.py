"""A case whose enterprise has come to hold the title is ended, by whoever would have granted it, and by nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings

from accreditation.audit import chain_key, verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import LetterKind, TitleState
from accreditation.errors import Denied, Refusal
from accreditation.models import Application, AuditEvent, Batch, Case, Letter, Message, Title
from tests.attacks.generic_states import GenericStates
from tests.attacks.national_states import NationalStates
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.held import REASON, hold_meanwhile, past_its_notice
from tests.factories.reconsidering import challenged, reconsiderers
from workflows import door, flow_tasks
from workflows.consistency import check_all
from workflows.moves import possible_moves, way_to_the_end
from workflows.opening import open_application
from workflows.presentation.whereabouts import next_groups
from workflows.procedures import procedure_of
from workflows.tables.generic_recognition_2026 import COUNTED

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


def test_nobody_but_the_publisher_ends_it(cast: Cast, case: Case, clock: Clock) -> None:
    hold_meanwhile(case)
    for person in (cast.office, cast.pudong, cast.member0, cast.clock):
        with pytest.raises(Denied):
            door.perform(case, "end_as_held", by=person, at=clock.at, form=FORM)


def test_what_comes_next_is_the_end_where_the_title_is_held_and_the_grant_where_it_is_not(case: Case) -> None:
    procedure, application = procedure_of(case), Application.objects.get(case=case)

    def next_verbs() -> set[str]:
        return {move.verb.code for move in possible_moves(procedure, application, S.NOTICE_COMPLETED)}

    assert next_verbs() == {"announce"}
    assert way_to_the_end(procedure, application, S.NOTICE_COMPLETED)
    hold_meanwhile(case)
    assert next_verbs() == {"end_as_held"}
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
