"""Who has nothing to do with a district's recognition finds nothing of it; a zone recognises like a district."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.enums import ApplicationState as S
from accreditation.errors import Denied, NotFound, Refusal
from accreditation.models import Body, Case, Meeting, User
from accreditation.permissions import districts_of, has_power_over
from accreditation.roles import Power, Role
from accreditation.services import meetings
from accreditation.visibility import case_for, letter_for
from tests.clock import Clock
from tests.factories import local as steps
from tests.factories.batches import opened_by_two
from tests.factories.browser import log_in
from tests.factories.cast import grant
from tests.factories.local import LocalCast, make_local_cast
from workflows import batch_acts, door

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
STRANGERS = ("other_checker", "other_officer", "other_publisher", "other_forwarder", "other_member")


@pytest.fixture
def local(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> LocalCast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_local_cast(clock.at)


def status(user: User, name: str, *arguments: Any, form: dict[str, Any] | None = None) -> int:
    client, address = log_in(Client(), user), reverse(name, args=arguments)
    answer = client.get(address) if form is None else client.post(address, form)
    return int(answer.status_code)


def called(local: LocalCast, case: Case) -> Meeting:
    return meetings.call_meeting(
        local.batch, [steps.application(case)], held_at=local.cast.at, place="示例", chair=local.group[0],
        secretary=local.officer, by=local.officer, at=local.cast.at,
    )  # fmt: skip


def test_officers_of_another_district_find_no_case_and_no_page(local: LocalCast) -> None:
    case = steps.filed(local, through_town=True)
    door.perform(case, "forward", by=local.forwarder, at=local.cast.at, form={"opinion": "同意转报"})
    steps.checked(local, case)
    for name in STRANGERS:
        with pytest.raises(NotFound):
            case_for(local.people[name], case.number)
    district = ("district_case", "district_figures", "district_review", "district_return", "district_changes")
    found = {name: status(local.other_officer, name, case.number) for name in (*district, "district_panel")}
    assert set(found.values()) == {404}
    assert status(local.other_officer, "district_visit", case.number) == 404
    town = ("forward_case", "forward_figures", "forward_return", "forward_changes")
    assert {status(local.other_forwarder, name, case.number) for name in town} == {404}
    assert status(local.other_checker, "district_case", case.number) == 404
    assert status(local.other_checker, "district_panel", case.number) == 403


def test_meeting_and_lists_of_a_district_are_closed_to_others(local: LocalCast) -> None:
    case = steps.filed(local)
    steps.checked(local, case)
    steps.reviewed(local, case)
    meeting = called(local, case)
    for user in (local.other_officer, local.other_member, local.cast.office, local.cast.members[0]):
        assert status(user, "meeting", meeting.number) == 404
        assert status(user, "meeting_item", meeting.number, 1) == 404
    assert status(local.other_officer, "meeting_start", meeting.number, form={"present": []}) == 404
    assert status(local.group[1], "meeting", meeting.number) == 200
    assert status(local.group[1], "meeting_start", meeting.number, form={"present": []}) == 403
    for user in (local.other_publisher, local.cast.publisher):
        assert status(user, "batch_notice", local.batch.code) == 404
        with pytest.raises(Refusal):
            batch_acts.publish_notice(local.batch, [steps.application(case)], body="公示", by=user, at=local.cast.at)


def test_member_who_is_an_officer_elsewhere_cannot_begin_the_meeting(local: LocalCast) -> None:
    case = steps.filed(local)
    steps.checked(local, case)
    steps.reviewed(local, case)
    meeting = called(local, case)
    grant(local.group[2], Role.LOCAL_OFFICER, steps.OTHER, at=local.cast.at)
    present = [str(member.pk) for member in local.group]
    assert status(local.group[2], "meeting_start", meeting.number, form={"present": present}) == 403
    assert Meeting.objects.get().state == "called"


def test_grants_for_different_codes_do_not_mix(local: LocalCast) -> None:
    grant(local.other_checker, Role.LEADING_GROUP_MEMBER, steps.SONGJIANG, at=local.cast.at)
    case = steps.filed(local)
    with pytest.raises(NotFound):
        case_for(local.other_checker, case.number)
    assert districts_of(local.other_checker, Power.REVIEW_FIRST) == {steps.OTHER}
    with pytest.raises(Denied):
        door.perform(case, "accept", by=local.other_checker, at=local.cast.at)


def test_municipal_offices_run_nothing_of_a_district(local: LocalCast) -> None:
    for power in (Power.APPOINT_PANELS, Power.CALL_MEETINGS, Power.ANSWER_OBJECTIONS):
        assert not has_power_over(local.cast.office, power, local.batch)
        assert has_power_over(local.officer, power, local.batch)
        assert not has_power_over(local.officer, power, local.cast.batch)
    case = steps.filed(local)
    assert case_for(local.cast.office, case.number) == case


def test_town_reads_no_letters_and_does_not_see_cases_that_did_not_name_it(local: LocalCast) -> None:
    case, straight = steps.filed(local, through_town=True), steps.filed(local, 2)
    letter = case.letters.get(kind="receipt")
    assert "示例镇审核转报" in letter.body
    with pytest.raises(NotFound):
        letter_for(local.forwarder, letter.number)
    with pytest.raises(NotFound):
        case_for(local.forwarder, straight.number)
    assert letter_for(local.checker, letter.number) == letter


def test_town_of_another_authority_cannot_be_named(local: LocalCast) -> None:
    case = steps.drafted(local)
    form = {"declaration": True, "insists": True, "forwarder": Body.objects.get(code="town-2")}
    with pytest.raises(Refusal) as refused:
        door.perform(case, "submit", by=local.applicant, at=local.cast.at, form=form)
    assert [reason.code for reason in refused.value.reasons] == ["other_forwarder"]


def test_holder_of_a_standing_title_cannot_file_again(local: LocalCast) -> None:
    case = steps.drafted(local)
    steps.hold_title(local.batch.programme, local.enterprise)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "submit", by=local.applicant, at=local.cast.at, form={"declaration": True, "insists": True})
    assert [reason.code for reason in refused.value.reasons] == ["already_held"]


def test_enterprise_of_another_district_cannot_enter_whatever_it_sends(local: LocalCast) -> None:
    place = f"{local.batch.code}:{local.cast.enterprises[1].pk}"
    assert status(local.cast.member1, "my_new", form={"place": place, "request_key": "open"}) == 422
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"visitors": []}, "visitors_needed"),
        ({"visitors": None}, "not_on_panel"),
        ({"has_no_ties": False}, "ties_undeclared"),
        ({"is_confirmed": None}, "answer_needed"),
        ({"visited_on": None}, "visit_day"),
        ({"findings": "无"}, "text_needed"),
    ],
)
def test_unsound_visit_is_refused_with_its_reason(local: LocalCast, changed: dict[str, Any], code: str) -> None:
    case = steps.filed(local)
    steps.checked(local, case)
    people = steps.seated(local, case)
    form = steps.visit_form(local, people, **changed)
    if "visited_on" in changed:
        form["visited_on"] = local.cast.at.date() + timedelta(days=1)
    if form["visitors"] is None:
        form["visitors"] = [local.cast.experts[7]]  # no member of the panel
    with pytest.raises(Refusal) as refused:
        door.perform(case, "record_site_visit", by=local.officer, at=local.cast.at, form=form)
    assert [reason.code for reason in refused.value.reasons] == [code]


@pytest.mark.parametrize(
    ("procedure", "names_it", "wanted"),
    [
        ("district_recognition/2022", True, 302),
        ("district_recognition/2022", False, 422),
        ("municipal_recognition/2022", True, 422),
    ],
)
def test_batch_names_an_authority_where_its_procedure_is_local(
    local: LocalCast, clock: Clock, procedure: str, names_it: bool, wanted: int
) -> None:
    form = {
        "programme": "district_centre", "edition": str(local.batch.rule_set_id), "procedure": procedure,
        "authority": str(local.authority.pk) if names_it else "", "ordinal": "2", "year": "2026",
        "reporting_year": "2025", "opens_at": "2026-03-02T09:00", "closes_at": "2026-04-02T17:00",
        "base_date": "2026-03-02",
    }  # fmt: skip
    assert status(local.cast.office, "office_batch_new", form=form) == wanted
    assert not type(local.batch).objects.filter(ordinal=2).exists()
    made = [opened_by_two()] if wanted == 302 else []
    assert [row.authority for row in made] == ([local.authority] if wanted == 302 else [])
    assert [row.code for row in made] == (["shdtc-310117-2026-2"] if wanted == 302 else [])


def test_patent_application_that_an_officer_does_not_find_ends_the_case(local: LocalCast) -> None:
    case, at = steps.filed(local), local.cast.at
    door.perform(case, "accept", by=local.checker, at=at)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "find_ineligible", by=local.checker, at=at)
    assert [reason.code for reason in refused.value.reasons] == ["no_failed_gate"]
    for gate, is_met in (("SJ6", False), ("SJ7", True)):
        form = {"gate": gate, "is_met": is_met, "reason": "经查询专利登记簿"}
        door.perform(case, "answer_gate", by=local.checker, at=at, form=form)
    form = {"gate": "SJ1", "is_met": True, "reason": "由数据判定"}
    with pytest.raises(Refusal):
        door.perform(case, "answer_gate", by=local.checker, at=at, form=form)
    door.perform(case, "find_ineligible", by=local.checker, at=at)
    letter = case.letters.get(kind="ineligible")
    assert steps.application(case).state == S.INELIGIBLE
    assert "必须有专利申请" in letter.body
    assert letter.issued_by == "松江示例主管部门"
