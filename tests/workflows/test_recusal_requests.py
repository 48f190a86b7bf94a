"""A party asks that somebody step aside: who is held back, who answers, what follows, what is told to nobody."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.clocks import DeadlineKind, DeadlineState
from accreditation.enums import Choice, SeatState
from accreditation.errors import AlreadyDone, Denied, NotFound, Refusal
from accreditation.models import (
    Application,
    AuditEvent,
    Case,
    Message,
    OfficerRecusal,
    RecusalRequest,
    RoleGrant,
    Seat,
    User,
)
from accreditation.roles import Role
from accreditation.services import meetings
from accreditation.visibility import View, visible_cases
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, grant, make_cast, person
from tests.factories.reconsidering import challenged, reconsiderers, revoked
from tests.factories.steps import recommend, seat_panel, to_committee
from workflows import assignments, door, further_returns
from workflows import recusal_requests as acts
from workflows.consistency import check_all
from workflows.deadlines import running_clock
from workflows.exports.dossier_rows import anchors_of, tables
from workflows.officer_recusals import Subject, declare, lift, who_remain
from workflows.presentation.timeline import timeline
from workflows.recusal_answerers import answerers
from workflows.recusal_requests import ask, identify, may_ask
from workflows.reminding import remind
from workflows.selectors.applicant import own_cases
from workflows.selectors.expert_desk import seat_tasks
from workflows.selectors.recusal_requests import requests_waiting_for
from workflows.selectors.second_answers import second_answers
from workflows.superiors import hierarchy

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHY = "该初审员的配偶在竞争企业任财务总监"


@pytest.fixture
def cast(settings: LazySettings, var_dir: object, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    found = make_cast(clock.at, committee=4)
    for name, role, place in (
        ("chief", Role.DISTRICT_SUPERVISOR, "310115"), ("head", Role.MUNICIPAL_SUPERVISOR, ""),
        ("pudong2", Role.DISTRICT_OFFICER, "310115"),
    ):  # fmt: skip
        found.people[name] = person(name, f"{name}示例")
        grant(found.people[name], role, at=found.at, district=place)
    return found


@pytest.fixture
def case(cast: Cast) -> Case:
    """Filed and taken in hand by the bureau, so that the party has read an officer's name."""
    found = filed_case(cast)
    door.perform(found, "accept", by=cast.pudong, at=cast.at)
    return found


def asked(cast: Cast, case: Case, who: User | None = None, **changes: Any) -> RecusalRequest:
    values = {"person": who, "named": "" if who else "张三", "ground": "relative", "reason": WHY} | changes
    ask(case, by=cast.member0, at=cast.at, **values)
    return RecusalRequest.objects.latest("pk")


def answer(row: RecusalRequest, **said: Any) -> None:
    """From a page that was opened just now, with the declaration not to be the one meant."""
    seen = RecusalRequest.objects.get(pk=row.pk).person_id
    acts.answer(row, **{"seen": seen, "is_not_oneself": True} | said)


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def told(user: User) -> list[str]:
    return list(Message.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def against(case: Case, by: User, cast: Cast) -> set[str]:
    fresh = Case.objects.get(pk=case.pk)
    return {reason.code for reason in door.reasons_against(fresh, "recommend", by=by, at=cast.at)}


def agrees() -> None:
    """Chains, flows and the count by which the door knows whether to ask."""
    assert verify_all()[1] == []
    assert list(check_all()) == []
    for case in Case.objects.all():
        waiting = RecusalRequest.objects.filter(case=case, answer="", holds_back=True).count()
        assert case.recusals_asked == waiting, case


# --- who is held back, and for how long -----------------------------------------------------------------------------
def test_person_asked_aside_does_nothing_in_the_case_until_a_refusal_and_is_held_back_once(
    cast: Cast, case: Case
) -> None:
    other = filed_case(cast, 2)
    row = asked(cast, case, cast.pudong)
    assert (row.named, row.holds_back, row.clock.kind) == (str(cast.pudong), True, DeadlineKind.RECUSAL_ANSWER)
    with pytest.raises(Refusal) as refusal:
        door.perform(case, "recommend", by=cast.pudong, at=cast.at, form={"opinion": "同意推荐"})
    assert "recusal_asked" in codes(refusal)
    assert "recusal_asked" not in against(case, cast.pudong2, cast)
    door.perform(other, "accept", by=cast.pudong, at=cast.at)
    assert told(cast.chief)[-1] == "recusal_asked"
    assert told(cast.pudong)[-1] == "recusal_asked_of_you"
    with pytest.raises(Refusal) as again:
        asked(cast, case, cast.pudong, reason=" ".join(WHY))
    assert codes(again) == ["asked_already"]
    agrees()

    answer(row, is_granted=False, reason="经核实没有亲属关系", by=cast.chief, at=cast.at)
    assert told(cast.pudong)[-1] == "recusal_of_you_refused"
    with pytest.raises(Refusal) as third:
        asked(cast, case, cast.pudong)
    assert codes(third) == ["asked_already"]
    further = asked(cast, case, cast.pudong, reason="另查明其本人持有竞争企业的股权")
    assert not further.holds_back
    assert "recusal_asked" not in against(case, cast.pudong, cast)
    agrees()


def test_granted_request_is_the_order_of_a_recusal_and_a_letter(cast: Cast, case: Case) -> None:
    assert assignments.desk_task(case).holder == cast.pudong
    row = asked(cast, case, cast.pudong)
    answer(row, is_granted=True, reason="其配偶确在竞争企业任职", by=cast.chief, at=cast.at, request_key="k")
    answer(row, is_granted=True, reason="其配偶确在竞争企业任职", by=cast.chief, at=cast.at, request_key="k")
    recusal = OfficerRecusal.objects.get()
    assert (recusal.officer, recusal.case, recusal.recorded_by) == (cast.pudong, case, cast.chief)
    assert not visible_cases(cast.pudong).filter(pk=case.pk).exists()
    assert assignments.desk_task(case).holder is None
    row.refresh_from_db()
    assert row.clock.state == DeadlineState.MET
    assert row.letter.issued_by == "示例310115"
    for words in (str(cast.pudong), "其配偶确在竞争企业任职", "参照《中华人民共和国公务员法》第七十六条、第七十七条"):
        assert words in row.letter.body
    assert row.letter.remedy == ""
    assert told(cast.member0)[-1] == "recusal_answered"
    assert {"officer_recusal_ordered"} <= set(told(cast.pudong))
    with pytest.raises(AlreadyDone):
        answer(row, is_granted=False, reason="经核实没有亲属关系", by=cast.chief, at=cast.at)
    agrees()


@pytest.mark.parametrize("reason", ["先答复再说", ""])
def test_nobody_else_answers_and_none_without_a_reason(cast: Cast, case: Case, reason: str) -> None:
    row = asked(cast, case, cast.pudong)
    others = [
        cast.pudong,
        cast.pudong2,
        cast.jiading,
        cast.office,
        cast.head,
        cast.auditor,
        cast.member0,
        cast.stranger,
    ]
    for by in others if reason else [cast.chief]:
        with pytest.raises(Denied if reason else Refusal):
            answer(row, is_granted=True, reason=reason, by=by, at=cast.at)
    assert RecusalRequest.objects.get().answer == ""
    assert not OfficerRecusal.objects.exists()


# --- who answers ----------------------------------------------------------------------------------------------------
def test_superior_answers_the_city_stands_in_and_the_only_head_needs_a_second_one(cast: Cast, case: Case) -> None:
    row, line = asked(cast, case, cast.pudong), hierarchy()

    def of(person: User | None) -> list[User]:
        row.person = person
        return answerers(row, line)

    assert of(cast.pudong) == [cast.chief]
    assert of(cast.chief) == of(cast.office) == of(cast.members[0]) == of(cast.experts[0]) == [cast.head]
    assert of(cast.head) == []
    assert of(None) == [cast.chief, cast.head]
    row.named = f"{cast.head}或者他的部下"
    assert of(None) == [cast.chief]
    declare(Subject(case.enterprise, case), reason="同学关系", by=cast.chief, at=cast.at)
    assert (of(cast.pudong), of(None)) == ([cast.head], [])


def test_where_nobody_can_answer_or_lift_the_security_officer_is_told_and_a_second_head_does(cast: Cast) -> None:
    case = filed_case(cast)
    recommend(cast, case, cast.at)
    assignments.take(case, by=cast.head, at=cast.at)
    row = asked(cast, case, cast.head)
    assert told(cast.security) == ["recusal_unanswerable"]
    deputy = person("deputy", "分管示例")
    grant(deputy, Role.MUNICIPAL_SUPERVISOR, at=cast.at)
    assert requests_waiting_for(deputy) == [row]
    answer(row, is_granted=False, reason="经核实没有利害关系", by=deputy, at=cast.at)
    row.refresh_from_db()
    assert row.letter.issued_by == "示例市经济和信息化主管部门"
    RoleGrant.objects.filter(user=deputy).update(revoked_at=cast.at)
    declare(Subject(case.enterprise), reason="亲属任职", by=cast.head, at=cast.at)
    assert told(cast.security)[-1] == "recusal_without_superior"
    nobody, address = "请安全管理员为本机关其他负责人", reverse("recusals")
    assert nobody in client_of(cast.head).get(address).content.decode()
    assert nobody in client_of(cast.auditor).get(address).content.decode()
    RoleGrant.objects.filter(user=deputy).update(revoked_at=None)
    assert nobody not in client_of(cast.head).get(address).content.decode()
    lift(OfficerRecusal.objects.get(), reason="关系已不存在", by=deputy, at=cast.at)
    agrees()


def client_of(user: User) -> Client:
    client = Client()
    log_in(client, user)
    return client


# --- whom the party names by itself ---------------------------------------------------------------------------------
def test_member_of_the_committee_is_found_out_held_back_and_then_takes_no_part(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    to_committee(cast, case, cast.at)
    application = Application.objects.get(case=case)
    item = meetings.start_meeting(
        meetings.call_meeting(
            application.batch, [application], held_at=cast.at, place="示例会议室", chair=cast.members[0],
            secretary=cast.office, by=cast.office, at=cast.at,
        ),
        present=cast.members, by=cast.office, at=cast.at,
    ).items.get()  # fmt: skip
    one, two = cast.members[1], cast.members[2]
    row, refused = asked(cast, case, named=str(one)), asked(cast, case, named=str(two))
    assert (row.person, row.holds_back, Case.objects.get(pk=case.pk).recusals_asked) == (None, False, 0)
    with pytest.raises(Refusal):
        identify(row, one, seen=None, is_not_oneself=True, by=cast.chief, at=cast.at)  # not of the district
    for each, who in ((row, one), (refused, two)):
        identify(each, who, seen=None, is_not_oneself=True, by=cast.head, at=cast.at)
        with pytest.raises(Refusal) as held:
            meetings.cast_vote(item, choice=Choice.RECOGNISE, remark="", by=who, at=cast.at)
        assert codes(held) == ["recusal_asked"]
    answer(row, is_granted=True, reason="经核实应当回避", by=cast.head, at=cast.at)
    answer(refused, is_granted=False, reason="经核实不存在所述关系", by=cast.head, at=cast.at)
    meetings.cast_vote(item, choice=Choice.RECOGNISE, remark="", by=two, at=cast.at)
    with pytest.raises(Refusal) as recused:
        meetings.cast_vote(item, choice=Choice.RECOGNISE, remark="", by=one, at=cast.at)
    assert codes(recused) == ["recused"]
    row.refresh_from_db()
    assert not re.search("委员|专家", row.letter.body.replace(str(one), ""))
    agrees()


def test_expert_loses_the_seat_and_neither_letter_nor_way_tells_the_party_who_sat(cast: Cast) -> None:
    case = filed_case(cast)
    recommend(cast, case, cast.at)
    seat_panel(cast, case, cast.at)
    expert = cast.experts[0]
    row = asked(cast, case, named="姓李的那位专家")
    seats = Seat.objects.filter(expert=expert).select_related("panel__application__case")
    clocks = [seat_tasks(seats, at=cast.at)[0].deadline, running_clock(case)]
    assert [clock.kind for clock in clocks if clock] == [DeadlineKind.EXPERT_REVIEW] * 2
    with pytest.raises(Refusal) as unknown:
        answer(row, is_granted=True, reason="经核实应当回避", by=cast.head, at=cast.at)
    assert codes(unknown) == ["person_needed"]
    answer(row, is_granted=True, reason="经核实应当回避", person=expert, by=cast.head, at=cast.at)
    assert Seat.objects.get(expert=expert).state == SeatState.RECUSED
    assert not visible_cases(expert).filter(pk=case.pk).exists()
    assert told(cast.office)[-1] == "recuse"
    assert told(expert)[-1] == "recusal_ordered_of_member"
    row.refresh_from_db()
    for view in (View.APPLICANT, View.DISTRICT):
        assert str(expert) not in str(timeline(case, view))
    assert str(expert) not in row.letter.body
    assert str(expert) in str(timeline(case, View.OFFICE))
    agrees()


def test_party_of_a_challenge_is_answered_by_one_who_does_not_examine_it(cast: Cast) -> None:
    first, second = reconsiderers(cast)
    challenge = challenged(cast, revoked(cast, cast.at), cast.at)
    at = cast.at + timedelta(minutes=2)
    door.perform(challenge, "accept_reconsideration", by=first, at=at)
    page = client_of(cast.member0).get(reverse("my_matter", args=[challenge.number])).content.decode()
    assert reverse("my_recusals", args=[challenge.number]) in page
    known, unknown = asked(cast, challenge, first), asked(cast, challenge, named="复议机关的人")
    assert (answerers(known, hierarchy()), answerers(unknown, hierarchy())) == ([second], [second])
    with pytest.raises(Denied):
        answer(unknown, is_granted=False, reason="没有利害关系", by=first, at=at)
    for row in (known, unknown):
        answer(row, is_granted=row == known, reason="经核实，依法答复", by=second, at=at)
    with pytest.raises(Denied):
        answer(known, is_granted=False, reason="没有利害关系", by=cast.head, at=at)
    assert OfficerRecusal.objects.get().officer == first
    agrees()


@pytest.mark.parametrize("is_picked", [True, False])
def test_where_every_examiner_left_has_a_part_in_the_challenge_a_third_is_asked_for(
    cast: Cast, is_picked: bool
) -> None:
    first, second = reconsiderers(cast)
    challenge = challenged(cast, revoked(cast, cast.at), cast.at)
    at = cast.at + timedelta(minutes=2)
    door.perform(challenge, "accept_reconsideration", by=first, at=at)
    row = asked(cast, challenge, named=f"复议人员 {second}")
    if is_picked:
        RecusalRequest.objects.filter(pk=row.pk).update(person=second)
        row.refresh_from_db()
    assert answerers(row, hierarchy()) == []
    assert told(cast.security) == ["recusal_unanswerable"]
    with pytest.raises(Denied):
        identify(row, second, seen=row.person_id, is_not_oneself=True, by=first, at=at)
    third = person("third", "第三位示例")
    grant(third, Role.RECONSIDERATION_OFFICER, at=cast.at)
    assert answerers(row, hierarchy()) == [third]
    answer(row, is_granted=False, person=None if is_picked else second, reason="经核实，不予回避", by=third, at=at)
    agrees()


def test_where_nobody_can_answer_any_more_the_reminder_asks_for_another(cast: Cast, clock: Clock) -> None:
    first, second = reconsiderers(cast)
    challenge = challenged(cast, revoked(cast, cast.at), cast.at)
    row = asked(cast, challenge, named="复议机关的人")
    assert answerers(row, hierarchy()) == [first, second]
    at = cast.at + timedelta(minutes=2)
    door.perform(challenge, "accept_reconsideration", by=second, at=at)
    assert answerers(row, hierarchy()) == [first]
    RoleGrant.objects.filter(user=first).update(revoked_at=at)
    assert (answerers(row, hierarchy()), told(cast.security)) == ([], [])
    clock.at = row.clock.due_at + timedelta(days=1)
    remind(clock.at.replace(hour=4))
    assert told(cast.security) == ["recusal_unanswerable"]
    assert "remind_recusal_answer" not in [*told(first), *told(second)]


# --- whoever is found to be meant -----------------------------------------------------------------------------------
def test_nobody_is_judged_whom_the_page_did_not_show_and_a_wrong_finding_is_put_right(cast: Cast, case: Case) -> None:
    deputy = person("deputy", "分管示例")
    grant(deputy, Role.DISTRICT_SUPERVISOR, at=cast.at, district="310115")
    row = asked(cast, case, named="初审的那位")
    there, old = reverse("recusal_request", args=[row.pk]), client_of(cast.chief)
    page = old.get(there).content.decode()
    assert re.search('name="seen"(?! value)', page)
    meant = {"seen": "", "person": str(cast.pudong2.pk), "is_not_oneself": "on"}
    said = {"answer": "granted", "reason": "经核实应当回避"}
    assert old.post(there, meant | said | {"is_not_oneself": ""}).status_code == 422
    sent = client_of(deputy).post(there, meant | {"answer": "identify", "person": str(cast.pudong.pk)})
    assert sent.status_code == 302
    page = old.post(there, meant | said, follow=True).content.decode()
    assert "已经确认为其他人员" in page
    row.refresh_from_db()
    assert (row.answer, row.person, row.identified_by) == ("", cast.pudong, deputy)
    assert not OfficerRecusal.objects.exists()

    right = meant | {"seen": str(cast.pudong.pk), "answer": "identify"}
    assert old.post(there, right).status_code == 302
    row.refresh_from_db()
    assert (row.person, row.identified_by, row.holds_back) == (cast.pudong2, cast.chief, True)
    assert told(cast.pudong)[-1] == "recusal_not_of_you"
    assert told(cast.pudong2)[-1] == "recusal_asked_of_you"
    assert "recusal_asked" not in against(case, cast.pudong, cast)
    agrees()
    assert old.post(there, said | {"seen": str(cast.pudong2.pk)}).status_code == 302
    assert OfficerRecusal.objects.get().officer == cast.pudong2
    picked = asked(cast, case, cast.pudong)
    with pytest.raises(Refusal) as own:
        identify(picked, cast.pudong2, seen=cast.pudong.pk, is_not_oneself=True, by=cast.chief, at=cast.at)
    assert codes(own) == ["identified"]


def test_head_meant_by_name_or_title_is_not_the_judge_and_a_head_who_cannot_end_it_is_not_left_alone(
    cast: Cast, case: Case
) -> None:
    by_name = asked(cast, case, named=" ".join(f"市里的{cast.head}"))
    assert answerers(by_name, hierarchy()) == [cast.chief]
    assert (told(cast.chief)[-1:], told(cast.security)) == (["recusal_asked"], ["recusal_unanswerable"])
    by_title = asked(cast, case, named="市认定办负责人")
    assert told(cast.security) == ["recusal_unanswerable"]
    for person_, is_granted in ((None, False), (cast.office, True)):
        with pytest.raises(Refusal) as undeclared:
            answer(
                by_title, is_granted=is_granted, person=person_, reason="经核实无此关系", is_not_oneself=False,
                by=cast.head, at=cast.at,
            )  # fmt: skip
        assert codes(undeclared) == ["not_oneself"]
    with pytest.raises(Refusal) as undeclared:
        identify(by_title, cast.office, seen=None, is_not_oneself=False, by=cast.head, at=cast.at)
    assert codes(undeclared) == ["not_oneself"]
    answer(by_title, is_granted=False, reason="经核实无此关系", by=cast.head, at=cast.at)
    assert AuditEvent.objects.get(verb="refuse_recusal").content["declared_not_oneself"] is True
    agrees()


# --- what is held back beside the door ------------------------------------------------------------------------------
def test_whom_a_party_asks_aside_holds_assigns_and_signs_nothing_but_gives_back(cast: Cast, case: Case) -> None:
    found = assignments.desk_task(case)
    assert found is not None
    assert further_returns.superiors(found, case) == [cast.chief]
    assert assignments.may_assign(found, cast.chief, case, cast.at)
    asked(cast, case, named="浦东的负责人")
    row = RecusalRequest.objects.get()
    identify(row, cast.chief, seen=None, is_not_oneself=True, by=cast.head, at=cast.at)
    assert further_returns.superiors(found, case) == []
    assert not assignments.may_assign(found, cast.chief, case, cast.at)
    answer(row, is_granted=True, reason="经核实应当回避", by=cast.head, at=cast.at)

    RoleGrant.objects.filter(user=cast.pudong2).update(revoked_at=cast.at)
    assert who_remain(case) == [cast.pudong]
    asked(cast, case, cast.pudong)
    assert who_remain(case) == []
    assert told(cast.head)[-2:] == ["nobody_left_to_act", "recusal_asked"]
    with pytest.raises(Denied):
        further_returns.ask(case, points=[], remark="", reason="还须补正一次", by=cast.pudong, at=cast.at)
    assignments.release(case, reason="当事人申请回避", by=cast.pudong, at=cast.at)
    with pytest.raises(Denied):
        assignments.take(case, by=cast.pudong, at=cast.at)


def test_reason_names_the_case_of_a_list_and_the_copy_of_a_case_leaves_out_why(cast: Cast, case: Case) -> None:
    row = asked(cast, case, cast.pudong)
    fresh = Case.objects.get(pk=case.pk)
    reasons = door.reasons_against(fresh, "recommend", by=cast.pudong, at=cast.at)
    assert any(reason.code == "recusal_asked" and case.number in str(reason) for reason in reasons)
    answer(row, is_granted=False, reason="经核实没有亲属关系", by=cast.chief, at=cast.at)
    parts = tables(anchors_of(case), [])
    kept = "".join(part.content.decode() for part in parts if part.path.startswith("recusals/requests"))
    assert "经核实没有亲属关系" in kept
    assert WHY not in kept


# --- when, and by whom ----------------------------------------------------------------------------------------------
def test_only_the_party_asks_from_the_filing_to_the_decision(cast: Cast, case: Case) -> None:
    for by in (cast.member2, cast.pudong, cast.stranger):
        with pytest.raises((Denied, NotFound)):
            ask(case, person=None, named="张三", ground="other", reason=WHY, by=by, at=cast.at)
    with pytest.raises(Refusal) as wrong:
        asked(cast, case, cast.jiading, ground="none")  # whose name the case never showed
    assert set(codes(wrong)) == {"ground", "named"}
    other = filed_case(cast, 2)
    assert may_ask(Case.objects.get(pk=other.pk))
    door.perform(other, "withdraw", by=cast.member2, at=cast.at)
    assert not may_ask(Case.objects.get(pk=other.pk))
    with pytest.raises(Refusal) as late:
        ask(other, person=None, named="张三", ground="other", reason=WHY, by=cast.member2, at=cast.at)
    assert codes(late) == ["not_now"]


def test_answer_is_reminded_of_and_waits_in_the_inbox(cast: Cast, case: Case, clock: Clock) -> None:
    row = asked(cast, case, cast.pudong)
    assert requests_waiting_for(cast.chief) == [row]
    assert [requests_waiting_for(one) for one in (cast.pudong, cast.pudong2, cast.head, cast.auditor)] == [[]] * 4
    assert second_answers(cast.head)["waiting_recusals"] == []
    assert own_cases(cast.member0, at=cast.at)[0].clock["label"] == DeadlineKind.FIRST_REVIEW.label
    clock.at = row.clock.due_at + timedelta(days=1)
    assert remind(clock.at.replace(hour=4)).people >= 1
    assert told(cast.chief).count("remind_recusal_answer") == 1
    assert "remind_recusal_answer" not in told(cast.pudong)


# --- pages ----------------------------------------------------------------------------------------------------------
def test_pages_of_party_superior_and_whom_it_concerns(cast: Cast, case: Case) -> None:
    own, mine = client_of(cast.member0), reverse("my_recusals", args=[case.number])
    assert mine in own.get(reverse("my_case", args=[case.number])).content.decode()
    page = own.get(mine).content.decode()
    assert str(cast.pudong) in page
    assert not any(str(one) in page for one in (cast.pudong2, cast.office, *cast.experts, *cast.members))
    file = SimpleUploadedFile("证明.pdf", b"%PDF-1.7 " + b"x" * 40, content_type="application/pdf")
    sent = {"whom": "other", "named": str(cast.pudong), "ground": "relative", "reason": WHY, "request_key": "a"}
    assert own.post(mine, sent | {"named": ""}).status_code == 422
    assert own.post(mine, sent | {"file": file}).status_code == 302
    row = RecusalRequest.objects.get()
    assert (row.person, row.holds_back, row.file_name) == (cast.pudong, True, "证明.pdf")
    assert own.get(reverse("my_recusal_file", args=[case.number, row.pk])).status_code == 200
    there, its_file = reverse("recusal_request", args=[row.pk]), reverse("recusal_request_file", args=[row.pk])
    for user in (cast.pudong, cast.pudong2, cast.office, cast.head):
        client = client_of(user)
        assert [client.get(each).status_code for each in (there, its_file)] == [404, 404]
        assert WHY not in client.get(reverse("case", args=[case.number]), follow=True).content.decode()
    assert client_of(cast.auditor).post(there, {"answer": "granted", "reason": WHY}).status_code == 403
    chief = client_of(cast.chief)
    assert there in chief.get(reverse("district_inbox")).content.decode()
    assert there in chief.get(reverse("recusals")).content.decode()
    assert WHY in chief.get(there).content.decode()
    assert chief.get(its_file).status_code == 200
    assert chief.post(there, {"answer": "granted", "reason": ""}).status_code == 422
    said = {"seen": str(cast.pudong.pk), "answer": "granted", "reason": "经核实应当回避"}
    assert chief.post(there, said).status_code == 302
    page = own.get(mine).content.decode()
    assert "决定回避" in page
    assert "经核实应当回避" in page
    row.refresh_from_db()
    assert own.get(reverse("my_letter", args=[case.number, row.letter.number])).status_code == 200


def test_rows_are_bound_by_the_database(cast: Cast, case: Case) -> None:
    row = asked(cast, case, cast.pudong)
    rows = RecusalRequest.objects.filter(pk=row.pk)
    at = {"answered_at": cast.at, "answer": "refused", "answer_reason": "没有关系"}
    for wrong in (
        {"reason": ""}, {"named": ""}, {"person": None}, {"answer": "granted"}, {**at, "answered_by": cast.chief},
        {"identified_by": cast.pudong},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    answer(row, is_granted=False, reason="经核实没有关系", by=cast.chief, at=cast.at)
    for wrong in ({"answered_by": cast.pudong}, {"answered_by": cast.member0}, {"letter": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
