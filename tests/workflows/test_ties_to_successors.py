"""Who has to do with a successor of a change neither reads it as an officer, nor is told of it, nor decides on it."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.change_words import ChangeKind, ChangeState
from accreditation.enums import MemberState
from accreditation.errors import Denied, NotFound
from accreditation.models import Case, Enterprise, Letter, Member, User
from accreditation.reminders import ReminderAudience
from accreditation.roles import Role
from accreditation.visibility import view_of, visible_cases
from tests.clock import Clock
from tests.factories import changes as made
from tests.factories.browser import log_in
from tests.factories.cast import Cast, grant, make_cast, person
from tests.factories.reconsidering import challenged, reconsiderers
from tests.factories.titles import municipal_title
from workflows import door
from workflows.in_charge import people_reached
from workflows.parties import ties_to

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
VERB = "accept_reconsideration"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(clock.at)
    municipal_title(cast)
    cast.people["second"] = person("second", "第二经办示例")
    grant(cast.people["second"], Role.DISTRICT_OFFICER, "310115", at=clock.at)
    return cast


def merging(cast: Cast) -> Case:
    case = made.led_to(made.opened(cast, ChangeKind.MERGER), ChangeState.UNDER_OPINION, cast)
    return Case.objects.get(pk=case.pk)


def successor_of(case: Case) -> Enterprise:
    return Enterprise.objects.get(pk=case.changerequest.successors.get().enterprise_id)


def tie(user: User, enterprise: Enterprise, cast: Cast, state: str = MemberState.ENDED) -> None:
    Member.objects.create(enterprise=enterprise, user=user, state=state, requested_at=cast.at, settled_at=cast.at)


def test_tied_officer_neither_finds_nor_opens_the_change_and_is_not_reminded(cast: Cast) -> None:
    case = merging(cast)
    officer, other = cast.pudong, cast.second
    assert case in visible_cases(officer)
    assert officer in people_reached(case, ReminderAudience.HOLDER, cast.at)
    tie(officer, successor_of(case), cast)
    assert case not in visible_cases(officer)
    assert case in visible_cases(other)
    with pytest.raises(NotFound):
        view_of(officer, case)
    seen = log_in(Client(), officer)
    assert seen.get(reverse("matter", args=[case.number])).status_code == 404
    reached = people_reached(case, ReminderAudience.HOLDER, cast.at)
    assert officer not in reached
    assert other in reached
    assert (officer.pk, case.pk) in ties_to([case])
    assert (other.pk, case.pk) not in ties_to([case])


def test_people_of_the_successor_keep_their_own_page_and_those_of_the_holder_the_case(cast: Cast) -> None:
    case = merging(cast)
    successor = log_in(Client(), cast.member1)
    assert successor.get(reverse("my_succession", args=[case.number])).status_code == 200
    assert successor.get(reverse("my_matter", args=[case.number])).status_code == 404
    tie(cast.member0, successor_of(case), cast, MemberState.ACTIVE)
    holder = log_in(Client(), cast.member0)
    assert holder.get(reverse("my_matter", args=[case.number])).status_code == 200


def test_challenge_of_the_change_is_nothing_for_who_is_tied_to_its_successor(cast: Cast) -> None:
    reconsiderers(cast)
    change = made.led_to(made.opened(cast, ChangeKind.MERGER), ChangeState.UNDER_CONFIRMATION, cast)
    refusal: dict[str, Any] = {"reasons": "承继单位不具备条件，不予确认变更。"}
    door.perform(change, "refuse_change", by=cast.office, at=cast.at, form=refusal)
    case = challenged(cast, Letter.objects.get(case=change, kind="change_refused"), cast.at)
    for one in (cast.people["reconsiderer1"], cast.people["reconsiderer2"]):
        assert case in visible_cases(one)
        assert VERB in {verb.code for verb in door.possible_verbs(case, by=one, at=cast.at)}
        tie(one, successor_of(change), cast)
        assert case not in visible_cases(one)
        assert door.possible_verbs(case, by=one, at=cast.at) == []
        with pytest.raises(NotFound):
            view_of(one, case)
        with pytest.raises(Denied):
            door.perform(case, VERB, by=one, at=cast.at)
