"""Who answers for a body whose decision is challenged: its own officers, and nobody of another body or office."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.errors import Denied
from accreditation.models import Case, Letter, Reconsideration, RoleGrant
from accreditation.roles import Role
from tests.clock import Clock
from tests.factories import local as steps
from tests.factories.browser import log_in
from tests.factories.cast import grant, person
from tests.factories.local import DISTRICT, ZONE, LocalCast, Recogniser, make_local_cast
from tests.factories.reconsidering import challenged, reconsiderers
from workflows import door
from workflows.opening_proceedings import open_proceeding
from workflows.worklists import inbox_keys

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ANSWER = {"answer": "材料明显不属于受理范围，原决定程序合法。"}


def asked(local: LocalCast, clock: Clock) -> Case:
    """A refusal to accept that is challenged, with the answer of the body awaited."""
    case = steps.filed(local)
    door.perform(case, "decline", by=local.checker, at=clock.at, form={"reasons": "材料明显不属于本项目的受理范围。"})
    challenge = challenged(local.cast, Letter.objects.get(case=case, kind="decline"), clock.at)
    door.perform(challenge, "accept_reconsideration", by=local.cast.people["reconsiderer1"], at=clock.at)
    return challenge


@pytest.mark.parametrize("own", [DISTRICT, ZONE], ids=lambda body: body.code)
def test_officer_of_the_body_answers_though_the_body_has_no_bureau(
    clock: Clock, settings: LazySettings, own: Recogniser
) -> None:
    settings.ACCREDITATION_DEMO = True
    local = make_local_cast(clock.at, body=own)
    reconsiderers(local.cast)
    challenge = asked(local, clock)
    RoleGrant.objects.filter(user=local.checker).update(revoked_at=clock.at)  # nobody is left but its own officer
    stranger_here = [local.publisher, local.group[0]]
    for user in (*stranger_here, local.other_officer, local.other_checker, local.cast.office, local.cast.pudong):
        with pytest.raises(Denied):
            door.perform(challenge, "answer_challenge", by=user, at=clock.at, form=ANSWER)
    assert f"answer_challenges:{own.district}" in inbox_keys(local.officer)
    officer, other = log_in(Client(), local.officer), log_in(Client(), local.other_officer)
    assert challenge.number in officer.get(reverse("orders")).content.decode()
    assert challenge.number not in other.get(reverse("orders")).content.decode()
    page = reverse("matter_act", args=[challenge.number, "answer_challenge"])
    assert (officer.get(page).status_code, other.get(page).status_code) == (200, 404)
    door.perform(challenge, "answer_challenge", by=local.officer, at=clock.at + timedelta(hours=1), form=ANSWER)
    assert Reconsideration.objects.get(case=challenge).answer == ANSWER["answer"]


def test_who_only_answers_opens_no_other_matter_of_the_district(clock: Clock, settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    local = make_local_cast(clock.at)
    reconsiderers(local.cast)
    title = steps.hold_title(local.batch.programme, local.enterprise)
    found = {"kind": "warning", "ground": "dishonesty", "found_facts": "经查，所报数据与事实严重不符，影响恶劣。"}
    proceeding = open_proceeding(title, **found, by=local.checker, at=clock.at)
    officer = log_in(Client(), local.officer)
    assert officer.get(reverse("matter", args=[proceeding.number])).status_code == 404
    assert proceeding.number not in officer.get(reverse("orders")).content.decode()
    assert officer.get(reverse("orders_titles")).status_code == 403


def test_who_acts_for_the_enterprise_answers_for_nobody(clock: Clock, settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    local = make_local_cast(clock.at)
    reconsiderers(local.cast)
    challenge = asked(local, clock)
    grant(local.applicant, Role.LOCAL_OFFICER, DISTRICT.district, at=clock.at)
    with pytest.raises(Denied):
        door.perform(challenge, "answer_challenge", by=local.applicant, at=clock.at, form=ANSWER)


def test_city_is_answered_for_by_its_office_and_by_no_district(clock: Clock, settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    local = make_local_cast(clock.at)
    reconsiderers(local.cast)
    challenge = asked(local, clock)
    Reconsideration.objects.filter(case=challenge).update(respondent_code="")
    newcomer = person("newcomer", "新任经办示例")
    grant(newcomer, Role.LOCAL_OFFICER, "310101", at=clock.at)
    for user in (local.officer, local.checker, newcomer):
        with pytest.raises(Denied):
            door.perform(challenge, "answer_challenge", by=user, at=clock.at, form=ANSWER)
    door.perform(challenge, "answer_challenge", by=local.cast.office, at=clock.at, form=ANSWER)
