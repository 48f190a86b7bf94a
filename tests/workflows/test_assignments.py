"""Who has a case in hand: taken once, given back with a reason, handed over by a superior, never past a conflict."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import Client

from accreditation.audit import chain_key, verify_all
from accreditation.enums import ApplicationState, MemberState
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import Application, AuditEvent, Case, Member, Message, User
from accreditation.roles import Role
from accreditation.visibility import View
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, grant, make_cast, person
from tests.factories.local import filed, make_local_cast
from tests.factories.steps import recommend
from workflows import door
from workflows.assignments import desk_task, hand_over, held_since, may_assign, possible_holders, release, take
from workflows.calendar import current_calendar
from workflows.consistency import check_all
from workflows.presentation.timeline import timeline
from workflows.worklists import inbox

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    """With a colleague and a superior at the bureau of Pudong, and a superior of the city's office."""
    settings.ACCREDITATION_DEMO = True
    made = make_cast(clock.at)
    for username, name, role, district in (
        ("pudong2", "浦东初审员二示例", Role.DISTRICT_OFFICER, "310115"),
        ("chief", "浦东负责人示例", Role.DISTRICT_SUPERVISOR, "310115"),
        ("city_chief", "市负责人示例", Role.MUNICIPAL_SUPERVISOR, ""),
    ):
        made.people[username] = person(username, name)
        grant(made.people[username], role, district, at=clock.at)
    return made


@pytest.fixture
def case(cast: Cast) -> Case:
    return filed_case(cast)


def holder(case: Case) -> User | None:
    found = desk_task(case)
    assert found is not None
    return found.holder


def last(case: Case) -> AuditEvent:
    return AuditEvent.objects.filter(chain=chain_key(case)).latest("seq")


def test_case_is_taken_given_back_and_handed_over_while_its_state_stays(cast: Cast, case: Case) -> None:
    take(case, by=cast.pudong, at=cast.at)
    assert holder(case) == cast.pudong
    assert last(case).verb == "take"
    with pytest.raises(AlreadyDone) as held:
        take(case, by=cast.pudong2, at=cast.at)
    assert cast.pudong.name in str(held.value.reasons[0])
    release(case, reason="手头办件过多", by=cast.pudong, at=cast.at)
    assert holder(case) is None
    hand_over(case, cast.pudong2, reason="轮到承办", seen=None, by=cast.chief, at=cast.at)
    assert holder(case) == cast.pudong2
    assert last(case).content["to"] == cast.pudong2.pk
    told = set(Message.objects.filter(kind="case_handed_over").values_list("recipient__username", flat=True))
    assert told == {"pudong2"}
    hand_over(case, cast.pudong, reason="病假", seen=cast.pudong2.pk, by=cast.chief, at=cast.at)
    told = set(Message.objects.filter(kind="case_handed_over").values_list("recipient__username", flat=True))
    assert told == {"pudong", "pudong2"}
    assert Application.objects.get(case=case).state == ApplicationState.SUBMITTED
    assert verify_all()[1] == []
    assert list(check_all()) == []


def test_colleague_still_acts_on_what_somebody_holds(cast: Cast, case: Case) -> None:
    take(case, by=cast.pudong, at=cast.at)
    door.perform(case, "accept", by=cast.pudong2, at=cast.at)
    assert holder(case) == cast.pudong2


@pytest.mark.parametrize("who", ["jiading", "office", "publisher", "auditor", "member0", "stranger", "city_chief"])
def test_others_neither_take_nor_hand_over(cast: Cast, case: Case, who: str) -> None:
    with pytest.raises(Denied):
        take(case, by=cast.people[who], at=cast.at)
    with pytest.raises(Denied):
        hand_over(case, cast.pudong2, reason="调整分工", seen=None, by=cast.people[who], at=cast.at)
    assert holder(case) is None


def test_officer_without_the_superiors_power_hands_nothing_over(cast: Cast, case: Case) -> None:
    take(case, by=cast.pudong, at=cast.at)
    with pytest.raises(Denied):
        hand_over(case, cast.pudong2, reason="请代办", seen=cast.pudong.pk, by=cast.pudong, at=cast.at)


def test_only_who_holds_a_case_gives_it_back_and_only_with_a_reason(cast: Cast, case: Case) -> None:
    with pytest.raises(AlreadyDone):
        release(case, reason="手头办件过多", by=cast.pudong, at=cast.at)
    take(case, by=cast.pudong, at=cast.at)
    with pytest.raises(AlreadyDone):
        release(case, reason="手头办件过多", by=cast.pudong2, at=cast.at)
    with pytest.raises(Refusal):
        release(case, reason=" ", by=cast.pudong, at=cast.at)
    assert holder(case) == cast.pudong


def test_hand_over_that_saw_another_holder_is_refused(cast: Cast, case: Case) -> None:
    take(case, by=cast.pudong, at=cast.at)
    with pytest.raises(AlreadyDone):
        hand_over(case, cast.pudong2, reason="轮到承办", seen=None, by=cast.chief, at=cast.at)
    assert holder(case) == cast.pudong


@pytest.mark.parametrize("to", ["jiading", "office", "stranger", "member0", "pudong"])
def test_case_goes_to_an_officer_of_that_desk_alone(cast: Cast, case: Case, to: str) -> None:
    take(case, by=cast.pudong, at=cast.at)
    with pytest.raises(Refusal):
        hand_over(case, cast.people[to], reason="轮到承办", seen=cast.pudong.pk, by=cast.chief, at=cast.at)


def test_tie_to_the_enterprise_keeps_from_taking_from_being_given_and_from_giving(cast: Cast, case: Case) -> None:
    for user in (cast.pudong2, cast.chief):
        Member.objects.create(
            enterprise=case.enterprise, user=user, state=MemberState.ENDED, requested_at=cast.at, settled_at=cast.at
        )
    with pytest.raises(Denied):
        take(case, by=cast.pudong2, at=cast.at)
    with pytest.raises(Denied):
        hand_over(case, cast.pudong, reason="轮到承办", seen=None, by=cast.chief, at=cast.at)
    found = desk_task(case)
    assert found is not None
    assert cast.pudong2 not in possible_holders(found, case)


def test_at_the_city_its_own_superior_hands_over(cast: Cast, case: Case) -> None:
    recommend(cast, case, cast.at)
    take(case, by=cast.office, at=cast.at)
    with pytest.raises(Denied):
        hand_over(case, cast.city_chief, reason="轮到承办", seen=cast.office.pk, by=cast.chief, at=cast.at)
    hand_over(case, cast.city_chief, reason="由我承办", seen=cast.office.pk, by=cast.city_chief, at=cast.at)
    assert holder(case) == cast.city_chief


def test_superior_of_the_authority_is_the_towns_as_well(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    local = make_local_cast(clock.at)
    chief = person("song_chief", "松江负责人示例")
    grant(chief, Role.DISTRICT_SUPERVISOR, "310117", at=clock.at)
    case = filed(local, through_town=True)
    found = desk_task(case)
    assert found is not None
    assert found.power == "forward"
    assert may_assign(found, chief, case, clock.at)


def test_case_with_the_applicant_is_in_no_officers_hands(cast: Cast, case: Case) -> None:
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    point = {"target": "evidence", "code": "audit_report", "remark": "缺页"}
    door.perform(case, "return_for_correction", by=cast.pudong, at=cast.at, form={"points": [point]})
    assert desk_task(case) is None
    with pytest.raises(Denied):
        take(case, by=cast.pudong, at=cast.at)


def test_repeated_request_is_carried_out_once(cast: Cast, case: Case) -> None:
    take(case, by=cast.pudong, at=cast.at, request_key="k")
    take(case, by=cast.pudong, at=cast.at, request_key="k")
    assert AuditEvent.objects.filter(chain=chain_key(case), verb="take").count() == 1


def test_who_holds_it_is_shown_to_the_offices_and_not_to_the_applicant(cast: Cast, case: Case) -> None:
    take(case, by=cast.pudong, at=cast.at)
    assert [entry["verb"] for entry in timeline(case, View.DISTRICT)][:1] == ["take"]
    assert "take" not in [entry["verb"] for entry in timeline(case, View.APPLICANT)]
    rows, _count = inbox(cast.pudong2, calendar=current_calendar(), at=cast.at)
    assert [(row.task.owner, row.is_mine) for row in rows] == [(cast.pudong, False)]


def test_pages_take_give_back_and_hand_over(cast: Cast, case: Case) -> None:
    officer, chief = (log_in(Client(), cast.people[name]) for name in ("pudong", "chief"))
    address, page = f"/cases/{case.number}/", f"/district/cases/{case.number}/"
    assert "现在无人承办" in officer.get(page).content.decode()
    assert officer.post(f"{address}take/", {"request_key": "a"}).status_code == 302
    shown = chief.get(page).content.decode()
    assert cast.pudong.name in shown
    assert "转交承办" in shown
    assert held_since(case) is not None
    assert "转交承办" not in officer.get(page).content.decode()
    said = {"to": cast.pudong2.pk, "reason": "轮到承办", "seen": cast.pudong.pk, "request_key": "b"}
    assert officer.post(f"{address}hand-over/", said).status_code == 403
    assert chief.post(f"{address}hand-over/", said).status_code == 302
    assert holder(case) == cast.pudong2
    officer.post(f"{address}release/", {"reason": "不是我的", "request_key": "c"})
    assert holder(case) == cast.pudong2
    assert cast.pudong2.name in officer.get("/district/").content.decode()
