"""A case and a title of a zone or a group are nobody else's, the district of registration included."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.change_words import ChangeKind
from accreditation.enums import ApplicationState as S
from accreditation.enums import LetterKind, Level
from accreditation.errors import Denied, NotFound, Refusal
from accreditation.models import Application, Body, Case, Letter, Title, User
from accreditation.roles import Role
from accreditation.services.changes import Particulars
from accreditation.visibility import case_for
from certificates.services.keys import open_keys
from tests.clock import Clock
from tests.factories import local as steps
from tests.factories.browser import log_in
from tests.factories.cast import grant, person
from tests.factories.local import DISTRICT, GROUP, ZONE, LocalCast, Recogniser, make_local_cast
from tests.factories.reissues import asked, signed_certificate
from tests.factories.titles import FACTS
from workflows import door
from workflows.opening_changes import open_change
from workflows.opening_proceedings import open_proceeding
from workflows.opening_reconsiderations import open_reconsideration
from workflows.reissuing import refuse_reissue

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BODIES = {body.code: body for body in (DISTRICT, ZONE, GROUP)}
ROLES = (Role.DISTRICT_OFFICER, Role.LOCAL_OFFICER, Role.LOCAL_PUBLISHER, Role.LEADING_GROUP_MEMBER)


@pytest.fixture
def at(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Clock:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return clock


def status(user: User, name: str, *arguments: Any, form: dict[str, Any] | None = None) -> int:
    client, address = log_in(Client(), user), reverse(name, args=arguments)
    return int((client.get(address) if form is None else client.post(address, form)).status_code)


def officers_of_others(local: LocalCast, own: Recogniser) -> list[User]:
    """One with every office each: of the other kinds of bodies, of another zone, of the district of registration."""
    places = {body.district for body in BODIES.values() if body is not own} | {"Z00002", "310115"}
    users = [person(place, "别处经办示例") for place in sorted(places)]
    for user in users:
        for role in ROLES:
            grant(user, role, user.username, at=local.cast.at)
    return users


def granted(local: LocalCast, case: Case) -> Title:
    """The title that the case led to."""
    title = Title.objects.create(
        number="SHDTC-T-2026-00001", programme=local.batch.programme, holder=case.enterprise,
        granted_on=date(2026, 2, 2), valid_from=date(2026, 2, 2), valid_until=date(2029, 2, 1),
        announcement_number="示例〔2026〕1号",
    )  # fmt: skip
    Application.objects.filter(case=case).update(title=title)
    return title


@pytest.mark.parametrize("own", [DISTRICT, ZONE, GROUP], ids=lambda body: body.code)
def test_case_of_one_body_is_nowhere_at_the_desks_of_the_others(at: Clock, own: Recogniser) -> None:
    local = make_local_cast(at.at, body=own)
    case = steps.filed(local)
    steps.checked(local, case)
    for user in officers_of_others(local, own):
        with pytest.raises(NotFound):
            case_for(user, case.number)
        client = log_in(Client(), user)
        for name in ("district_case", "district_figures", "district_panel", "district_visit"):
            assert client.get(reverse(name, args=[case.number])).status_code == 404, (user, name)
        for name in ("district_inbox", "district_done", "meetings", "publishing"):
            assert case.number not in client.get(reverse(name)).content.decode(), (user, name)
        with pytest.raises(Denied):
            door.perform(case, "draw_panel", by=user, at=at.at)
    assert case.number in log_in(Client(), local.officer).get(reverse("district_inbox")).content.decode()
    assert case.district == own.district


@pytest.mark.parametrize("own", [ZONE, GROUP], ids=lambda body: body.code)
def test_title_stays_with_the_body_that_granted_it(at: Clock, own: Recogniser) -> None:
    local = make_local_cast(at.at, body=own)
    title = granted(local, steps.filed(local))
    registered = local.cast.pudong  # the holder is registered there
    found = {"kind": "warning", "ground": "dishonesty", "found_facts": FACTS}
    assert status(registered, "orders_new", title.number) == 404
    with pytest.raises(Denied):
        open_proceeding(title, **found, by=registered, at=at.at)
    assert status(local.checker, "orders_new", title.number) == 200
    case = open_proceeding(title, **found, by=local.checker, at=at.at)
    assert (case.district, status(registered, "matter", case.number)) == (own.district, 404)
    assert status(local.checker, "matter", case.number) == 200
    stated = Particulars(occurred_on=at.on, facts=FACTS, new_name="上海示例装备集团有限公司")
    change = open_change(local.enterprise, ChangeKind.RENAME, stated, by=local.applicant, at=at.at)
    assert change.district == own.district
    assert {status(user, "matter", change.number) for user in (registered, local.other_checker)} == {404}


@pytest.mark.parametrize(("own", "can_be_challenged"), [(DISTRICT, True), (ZONE, True), (GROUP, False)])
def test_only_an_authority_is_challenged_before_the_government(
    at: Clock, own: Recogniser, can_be_challenged: bool
) -> None:
    local = make_local_cast(at.at, body=own)
    case = steps.filed(local)
    door.perform(case, "decline", by=local.checker, at=at.at, form={"reasons": "材料明显不属于本项目的受理范围。"})
    letter = Letter.objects.get(case=case, kind=LetterKind.DECLINE)
    assert steps.application(case).state == S.DECLINED
    assert ("六十日内" in letter.remedy) == can_be_challenged
    assert ("不适用行政复议" in letter.remedy) == (not can_be_challenged)
    page = log_in(Client(), local.applicant).get(reverse("my_letter", args=[case.number, letter.number]))
    assert (reverse("my_reconsideration", args=[letter.number]) in page.content.decode()) == can_be_challenged
    said = {"known_on": at.on, "claim": "撤销不予受理决定，责令受理。", "reasons": "申报属于受理范围，附营业执照。"}
    if can_be_challenged:
        assert open_reconsideration(letter, **said, by=local.applicant, at=at.at).number
        return
    with pytest.raises(Refusal) as refused:
        open_reconsideration(letter, **said, by=local.applicant, at=at.at)
    assert [reason.code for reason in refused.value.reasons] == ["not_challengeable"]


def test_refused_certificate_of_a_zone_is_challenged_at_the_zone_and_not_where_the_holder_is_registered(
    at: Clock, var_dir: Path
) -> None:
    local = make_local_cast(at.at, body=ZONE)
    title = granted(local, steps.filed(local))
    signed_certificate(title, at.at, open_keys(at=at.at))
    request = asked(local.cast, title, at=at.at)
    refused = refuse_reissue(request, reason="未附遗失声明，请补充后再申请。", by=local.officer, at=at.at).letter
    said = {"known_on": at.on, "claim": "撤销该答复，责令重新办理。", "reasons": "遗失声明已随申请一并提交。"}
    case = open_reconsideration(refused, **said, by=local.applicant, at=at.at)
    assert (request.place, case.district, title.holder.district) == (ZONE.district, ZONE.district, "310115")
    assert case.reconsideration.respondent_code == case.district
    assert case_for(local.checker, case.number) == case
    for user in officers_of_others(local, ZONE):
        with pytest.raises(NotFound):
            case_for(user, case.number)


def test_role_and_lists_name_the_zone_and_not_its_code(at: Clock) -> None:
    local = make_local_cast(at.at, body=ZONE)
    case = steps.filed(local)
    office = log_in(Client(), local.cast.office)
    assert Body.objects.get(district=ZONE.district).level == Level.ZONE
    for address in (reverse("office_inbox"), f"{reverse('office_cases')}?district={ZONE.district}"):
        page = office.get(address).content.decode()
        assert (ZONE.name_zh in page, f">{ZONE.district}<" in page) == (True, False), address
    assert case.number in office.get(f"{reverse('office_cases')}?district={ZONE.district}").content.decode()
    assert case.number not in office.get(f"{reverse('office_cases')}?district=310115").content.decode()
