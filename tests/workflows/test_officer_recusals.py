"""Officers who step aside, by own declaration or by order: sight, acts, tasks in hand, second persons, who lifts it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accreditation.audit import chain_key, verify_all
from accreditation.change_words import ChangeKind, ChangeState
from accreditation.delivery_words import DeliveryWay
from accreditation.enums import MemberState, ProceedingKind
from accreditation.errors import AlreadyDone, Denied, NotFound, Refusal
from accreditation.grounds import grounds_for
from accreditation.models import (
    Announcement,
    Application,
    AuditEvent,
    Case,
    Member,
    Message,
    OfficerRecusal,
    RoleGrant,
    User,
)
from accreditation.permissions import is_connected
from accreditation.roles import Power, Role
from accreditation.services.delegations import delegate_powers
from accreditation.services.ties import ties_between
from accreditation.services.titles import concerned
from accreditation.visibility import case_for, sees_objectors, view_of, visible_cases
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, grant, make_cast, person
from tests.factories.changes import issued_certificate, led_to, opened
from tests.factories.recommending_pages import words
from tests.factories.reconsidering import challenged, reconsiderers, revoked
from tests.factories.remedies import judgment
from tests.factories.titles import FACTS, municipal_title
from workflows import assignments, door
from workflows.announcement_corrections import propose_correction, publish_correction
from workflows.consistency import check_all
from workflows.deliveries import Recorded, power_to_deliver, record_delivery
from workflows.further_returns import superiors
from workflows.holding import holder_by_trail
from workflows.officer_recusals import Subject, declare, lift, order, who_remain
from workflows.opening_proceedings import open_proceeding
from workflows.opening_remedies import may_prepare, open_remedy
from workflows.parties import ties_to, untied
from workflows.reissuing import allow_reissue, ask_for_reissue, propose_reissue, refuse_reissue
from workflows.selectors.deliveries import unserved_letters
from workflows.selectors.recipients import futures
from workflows.selectors.recusals import reader, recusals
from workflows.selectors.reissues import reissues_of_authority, title_to_correct
from workflows.superiors import hierarchy

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MINUTE = timedelta(minutes=1)
REASON = "配偶在该单位任财务总监"


@pytest.fixture
def cast(settings: LazySettings, var_dir: object, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at, panel=3, committee=3)
    for name, role, place in (
        ("chief", Role.DISTRICT_SUPERVISOR, "310115"), ("head", Role.MUNICIPAL_SUPERVISOR, ""),
        ("pudong2", Role.DISTRICT_OFFICER, "310115"), ("office2", Role.MUNICIPAL_OFFICER, ""),
    ):  # fmt: skip
        found.people[name] = person(name, f"{name}示例")
        grant(found.people[name], role, at=found.at, district=place)
    return found


def of_case(case: Case) -> Subject:
    return Subject(case.enterprise, case)


def whole(case: Case) -> Subject:
    return Subject(case.enterprise)


def told(user: User) -> list[str]:
    return list(Message.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True))


def owner(case: Case) -> User | None:
    found = assignments.desk_task(case)
    assert found is not None
    return found.holder


def sees_nothing(user: User, case: Case) -> None:
    for look in (lambda: case_for(user, case.number), lambda: view_of(user, case)):
        with pytest.raises(NotFound):
            look()
    assert not visible_cases(user).filter(pk=case.pk).exists()
    assert (user.pk, case.pk) in ties_to([case])


# --- what it does ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("subject", [of_case, whole])
def test_declaration_takes_sight_acts_and_the_task_at_once(cast: Cast, subject: Any) -> None:
    case, other = filed_case(cast), filed_case(cast, 2)
    assignments.take(case, by=cast.pudong, at=cast.at)
    declare(subject(case), reason=REASON, by=cast.pudong, at=cast.at)
    sees_nothing(cast.pudong, case)
    with pytest.raises(Denied):
        door.perform(case, "accept", by=cast.pudong, at=cast.at)
    with pytest.raises(Denied):
        assignments.take(case, by=cast.pudong, at=cast.at)
    assert (owner(case), holder_by_trail(case)) == (None, None)
    assert told(cast.people["chief"])[-2:] == ["officer_recused", "recused_holder"]
    assert told(cast.people["pudong2"])[-1] == "recused_holder"
    door.perform(case, "accept", by=cast.people["pudong2"], at=cast.at)
    assert case_for(cast.pudong, other.number) == other
    assert verify_all()[1] == []
    assert list(check_all()) == []


def test_only_a_recusal_of_the_enterprise_reaches_its_later_cases_and_its_titles(cast: Cast) -> None:
    case = filed_case(cast)
    declare(of_case(case), reason=REASON, by=cast.office, at=cast.at)
    assert not is_connected(cast.office, case.enterprise_id)
    declare(whole(case), reason=REASON, by=cast.office, at=cast.at)
    assert is_connected(cast.office, case.enterprise_id)
    application = Application.objects.get(case=case)
    assert not sees_objectors(cast.office, application)
    assert [tie.kind for tie in ties_between(cast.office, application, on=cast.at.date())] == ["aside"]
    with pytest.raises(AlreadyDone):
        declare(of_case(case), reason=REASON, by=cast.office, at=cast.at)


def test_who_stepped_aside_is_told_neither_of_acts_nor_of_new_cases_but_as_one_of_the_enterprise(cast: Cast) -> None:
    case = filed_case(cast)
    declare(whole(case), reason=REASON, by=cast.pudong, at=cast.at)
    Member.objects.create(
        user=cast.people["pudong2"], enterprise=case.enterprise, state=MemberState.ACTIVE, requested_at=cast.at,
        settled_at=cast.at,
    )  # fmt: skip
    before = {name: len(told(cast.people[name])) for name in ("pudong", "pudong2", "member0")}

    def since(name: str) -> list[str]:
        return told(cast.people[name])[before[name] :]

    door.perform(case, "withdraw", by=cast.member0, at=cast.at, form={"reason": "批次有误"})
    again = filed_case(cast)
    assert [since("pudong"), since("pudong2")] == [[], ["withdraw", "submit"]] == [[], since("member0")]
    declined, *_others = [one for one in futures(again, by=cast.office, at=cast.at, language="zh-hans") if one.told]
    people = {row.person for told_of in declined.told for row in told_of.people}
    assert cast.member0 in people
    assert cast.pudong not in people


def test_officials_are_the_query_narrowed_or_asked_once_and_nobody_costs_nothing(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    case, both = filed_case(cast), [cast.pudong, cast.people["pudong2"]]
    declare(of_case(case), reason=REASON, by=cast.pudong, at=cast.at)
    free = [cast.people["pudong2"]]
    with django_assert_num_queries(1):
        assert list(untied(User.objects.filter(pk__in=[one.pk for one in both]), case)) == free
    with django_assert_num_queries(1):
        assert list(untied(both, case)) == free
    with django_assert_num_queries(0):
        assert list(untied([], case)) == []
    title = municipal_title(cast)
    assert cast.pudong in concerned(title)
    declare(Subject(title.holder), reason=REASON, by=cast.pudong, at=cast.at)
    assert cast.pudong not in concerned(title)


def test_colleague_does_not_act_in_the_place_of_who_stepped_aside(cast: Cast) -> None:
    case, deputy, later = filed_case(cast), person("deputy", "代办示例"), cast.at + timedelta(hours=1)
    grant(deputy, Role.LOCAL_PUBLISHER, at=cast.at, district="310115")
    lent = RoleGrant.objects.get(user=cast.pudong)
    said = {"starts_at": None, "ends_at": cast.at + timedelta(days=7), "reason": "年休假"}
    delegate_powers(lent, [Power.REVIEW_FIRST], deputy, **said, by=cast.pudong, at=cast.at)
    assert "accept" in {line.code for line in door.possible_verbs(case, by=deputy, at=later)}
    declare(of_case(case), reason=REASON, by=cast.pudong, at=cast.at)
    assert "accept" not in {line.code for line in door.possible_verbs(case, by=deputy, at=later)}


def test_second_person_who_stepped_aside_does_not_answer(cast: Cast) -> None:
    """Neither a superior's consent to a further return, nor the assignment to a colleague."""
    case, chief = filed_case(cast), cast.people["chief"]
    found = assignments.desk_task(case)
    assert found is not None
    assert chief in superiors(found, case)
    declare(of_case(case), reason=REASON, by=chief, at=cast.at)
    assert chief not in superiors(found, case)
    with pytest.raises(Denied):
        assignments.hand_over(case, cast.pudong, reason="分工调整", seen=None, by=chief, at=cast.at)


def test_recusal_of_the_case_covers_what_is_put_right_of_its_outcome_but_no_later_proceeding(cast: Cast) -> None:
    case, title = filed_case(cast), municipal_title(cast)
    issued_certificate(title, cast.at)
    announcement = Announcement.objects.create(
        number="示例〔2026〕7 号", batch=cast.batch, dated=cast.at.date(), body="公告", announced_by=cast.publisher,
        announced_at=cast.at,
    )  # fmt: skip
    Application.objects.filter(case=case).update(title=title, announcement=announcement, announced_name="误名")
    words = {"particular": "name", "printed": "误名", "right": "正名", "reason": "公告排版时误录"}
    second = cast.people["office2"]
    correction = propose_correction(announcement, title=title, **words, by=second, at=cast.at)
    request = ask_for_reissue(title, reason="lost", statement="证书原件遗失，查找未果", by=cast.member0, at=cast.at)
    for officer in (cast.office, cast.publisher):
        declare(of_case(case), reason=REASON, by=officer, at=cast.at)
    for attempt in (
        lambda: propose_correction(announcement, title=title, **words, by=cast.office, at=cast.at),
        lambda: publish_correction(correction, by=cast.publisher, at=cast.at),
        lambda: propose_reissue(title, reason="misprint", statement="证书有误应更正", by=cast.office, at=cast.at),
        lambda: allow_reissue(request, by=cast.office, at=cast.at),
    ):
        with pytest.raises(Denied):
            attempt()
    assert {each: list(reissues_of_authority(each)) for each in (cast.office, second)} == {
        cast.office: [], second: [request]
    }  # fmt: skip
    with pytest.raises(NotFound):
        title_to_correct(cast.office, title.number)
    assert allow_reissue(request, by=second, at=cast.at).settled_by == second
    kind, ground = ProceedingKind.WARNING, min(grounds_for(ProceedingKind.WARNING))
    opened = open_proceeding(title, kind=kind, ground=ground, found_facts=FACTS, by=cast.office, at=cast.at)
    assert case_for(cast.office, opened.number) == opened


def test_recusal_of_the_case_covers_service_and_remedies_of_what_is_answered_about_its_certificate(
    cast: Cast,
) -> None:
    first, _other = reconsiderers(cast)
    case, title, second = filed_case(cast), municipal_title(cast), cast.people["office2"]
    issued_certificate(title, cast.at)
    Application.objects.filter(case=case).update(title=title)
    asked = ask_for_reissue(title, reason="lost", statement="证书原件遗失，查找未果", by=cast.member0, at=cast.at)
    letter = refuse_reissue(asked, reason="未附遗失声明", by=second, at=cast.at).letter
    remedy = open_remedy(letter, judgment(cast.at), by=second, at=cast.at)
    challenge = challenged(cast, letter, cast.at)
    door.perform(challenge, "accept_reconsideration", by=first, at=cast.at + MINUTE)
    assert all(visible_cases(cast.office).filter(pk=one.pk).exists() for one in (challenge, remedy))
    assignments.take(challenge, by=cast.office, at=cast.at + MINUTE)
    declare(of_case(case), reason=REASON, by=cast.office, at=cast.at + MINUTE)
    assert owner(challenge) is None
    posted = Recorded(DeliveryWay.POST, letter.dated, "EMS 1000 0001 示例")
    for attempt in (
        lambda: record_delivery(letter, posted, by=cast.office, at=cast.at + MINUTE),
        lambda: open_remedy(letter, judgment(cast.at), by=cast.office, at=cast.at + MINUTE),
        lambda: door.perform(challenge, "answer_challenge", by=cast.office, at=cast.at + MINUTE),
        lambda: door.perform(remedy, "carry_out_remedy", by=cast.office, at=cast.at + MINUTE),
    ):
        with pytest.raises(Denied):
            attempt()
    for of_letter in ("letter_delivery", "remedy_new"):
        address = reverse(of_letter, args=[letter.number])
        found = [log_in(Client(), one).get(address).status_code for one in (cast.office, second)]
        assert (of_letter, found) == (of_letter, [404, 200])
    for one in (challenge, remedy):
        assert not visible_cases(cast.office).filter(pk=one.pk).exists()
        with pytest.raises(NotFound):
            view_of(cast.office, one)
    later = (cast.at + timedelta(days=7)).date()
    listed = {one: [row.number for row in unserved_letters(one, later)] for one in (cast.office, second, cast.pudong)}
    assert listed == {cast.office: [], second: [letter.number], cast.pudong: []}
    seen = words(log_in(Client(), second).get(reverse("letters_unserved")))
    assert (letter.number in seen, asked.number in seen) == (True, True)
    record_delivery(letter, posted, by=second, at=cast.at + MINUTE)
    assert unserved_letters(second, later) == []
    # stepping aside from the challenge alone does it as well
    declare(of_case(challenge), reason=REASON, by=second, at=cast.at + MINUTE)
    assert (power_to_deliver(second, letter, cast.at), may_prepare(second, letter, cast.at)) == (None, False)


@pytest.mark.parametrize("is_whole", [True, False])
def test_challenge_of_the_case_leaves_the_hands_as_well(cast: Cast, is_whole: bool) -> None:
    reconsiderers(cast)
    letter, second = revoked(cast, cast.at), cast.people["office2"]
    challenge = challenged(cast, letter, cast.at)
    door.perform(challenge, "accept_reconsideration", by=cast.people["reconsiderer1"], at=cast.at)
    assignments.take(challenge, by=cast.office, at=cast.at)
    declare((whole if is_whole else of_case)(letter.case), reason=REASON, by=cast.office, at=cast.at)
    assert (owner(challenge), told(second)[-1]) == (None, "recused_holder")
    assignments.take(challenge, by=second, at=cast.at)
    assert owner(challenge) == second
    assert list(check_all()) == []


def test_change_that_passes_titles_to_the_enterprise_leaves_the_hands_as_well(cast: Cast) -> None:
    change = led_to(opened(cast, ChangeKind.MERGER), ChangeState.UNDER_OPINION, cast)
    assignments.take(change, by=cast.pudong, at=cast.at)
    declare(Subject(cast.enterprises[1]), reason=REASON, by=cast.pudong, at=cast.at)
    assert owner(change) is None
    sees_nothing(cast.pudong, change)


# --- who orders and lifts --------------------------------------------------------------------------------------------
def test_superior_orders_and_another_than_the_officer_lifts(cast: Cast) -> None:
    case, chief, head = filed_case(cast), cast.people["chief"], cast.people["head"]
    for other in (cast.people["pudong2"], cast.pudong, head, cast.auditor, cast.member0):
        with pytest.raises(Denied):
            order(of_case(case), cast.pudong, reason=REASON, by=other, at=cast.at)
    order(of_case(case), cast.pudong, reason=REASON, by=chief, at=cast.at, request_key="k")
    order(of_case(case), cast.pudong, reason=REASON, by=chief, at=cast.at, request_key="k")
    row = OfficerRecusal.objects.get()
    assert (row.is_declared, told(cast.pudong)[-1]) == (False, "officer_recusal_ordered")
    with pytest.raises(Refusal):
        lift(row, reason=" ", by=chief, at=cast.at)
    for other in (cast.pudong, head):
        with pytest.raises(Denied):
            lift(row, reason="已核实无关系", by=other, at=cast.at)
    lift(row, reason="已核实无关系", by=chief, at=cast.at)
    with pytest.raises(AlreadyDone):
        lift(row, reason="已核实无关系", by=chief, at=cast.at)
    assert case_for(cast.pudong, case.number) == case
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    verbs = AuditEvent.objects.filter(chain=chain_key(case)).order_by("seq").values_list("verb", flat=True)
    assert list(verbs)[-3:] == ["order_officer_recusal", "lift_officer_recusal", "accept"]
    assert verify_all()[1] == []


def test_head_of_a_district_answers_to_the_city_and_the_only_head_of_the_city_to_nobody(cast: Cast) -> None:
    case, chief, head = filed_case(cast), cast.people["chief"], cast.people["head"]
    declare(whole(case), reason=REASON, by=chief, at=cast.at)
    row = OfficerRecusal.objects.get()
    with pytest.raises(Denied):
        lift(row, reason="自行解除", by=chief, at=cast.at)
    with pytest.raises(Denied):  # a head with a tie of their own orders and lifts nothing there
        order(whole(case), cast.pudong, reason=REASON, by=chief, at=cast.at)
    Member.objects.create(user=head, enterprise=cast.enterprises[2], requested_at=cast.at)  # which has no case yet
    with pytest.raises(Denied):
        order(Subject(cast.enterprises[2]), chief, reason=REASON, by=head, at=cast.at)
    assert hierarchy().superiors(chief) == [head]
    lift(row, reason="已核实", by=head, at=cast.at)
    assert hierarchy().superiors(head) == []


def test_recusal_of_who_left_office_is_lifted_by_a_head_of_the_city(cast: Cast) -> None:
    case, chief, head = filed_case(cast), cast.people["chief"], cast.people["head"]
    order(whole(case), cast.pudong, reason=REASON, by=chief, at=cast.at)
    RoleGrant.objects.filter(user=cast.pudong).update(revoked_at=cast.at, revoked_by=cast.office)
    row, readers = OfficerRecusal.objects.get(), {each: reader(each) for each in (head, chief)}
    assert {each: list(recusals(who)) for each, who in readers.items()} == {head: [row], chief: []}
    assert [readers[head].may_lift(row), readers[chief].may_lift(row)] == [True, False]
    for other in (chief, cast.pudong, cast.office):
        with pytest.raises(Denied):
            lift(row, reason="已核实", by=other, at=cast.at)
    with pytest.raises(Denied):  # who has no office is not ordered about
        order(of_case(filed_case(cast, 2)), cast.pudong, reason=REASON, by=head, at=cast.at)
    lift(row, reason="已核实", by=head, at=cast.at)
    assert not is_connected(cast.pudong, case.enterprise_id)


def test_who_examines_a_challenge_chooses_no_other_to_decide_it(cast: Cast) -> None:
    first, second = reconsiderers(cast)
    third = person("reconsiderer3", "复议第三人示例")
    grant(third, Role.RECONSIDERATION_OFFICER, at=cast.at)
    letter = revoked(cast, cast.at)
    challenge = challenged(cast, letter, cast.at)
    order(of_case(letter.case), second, reason=REASON, by=first, at=cast.at)  # who has no part in it yet
    door.perform(challenge, "accept_reconsideration", by=first, at=cast.at)
    row = OfficerRecusal.objects.get()
    for attempt in (
        lambda: order(of_case(challenge), third, reason=REASON, by=first, at=cast.at),
        lambda: order(whole(challenge), third, reason=REASON, by=first, at=cast.at),
        lambda: lift(row, reason="已核实", by=first, at=cast.at),
    ):
        with pytest.raises(Refusal) as refused:
            attempt()
        assert [reason.code for reason in refused.value.reasons] == ["examining"]
    lift(row, reason="已核实", by=third, at=cast.at)
    order(of_case(challenge), second, reason=REASON, by=third, at=cast.at)


def test_last_person_who_could_act_steps_aside_all_the_same(cast: Cast) -> None:
    case = filed_case(cast)
    for name in ("pudong2", "chief"):
        declare(of_case(case), reason=REASON, by=cast.people[name], at=cast.at)
    assert who_remain(case) == [cast.pudong]
    declare(of_case(case), reason=REASON, by=cast.pudong, at=cast.at)
    assert who_remain(case) == []
    assert "nobody_left_to_act" in told(cast.people["head"])
    last = AuditEvent.objects.filter(chain=chain_key(case), verb="declare_own_tie").latest("seq")
    assert last.content["nobody_left"] == [case.number]


def test_whoever_holds_no_office_declares_nothing_here(cast: Cast) -> None:
    case = filed_case(cast)
    for other in (cast.member0, cast.auditor, cast.experts[0]):
        with pytest.raises(Denied):
            declare(whole(case), reason=REASON, by=other, at=cast.at)
    with pytest.raises(Refusal):
        declare(whole(case), reason=" ", by=cast.pudong, at=cast.at)
    assert not OfficerRecusal.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"reason": ""},
        {"lifted_at": "at", "lifted_by": "officer", "lifted_for": "无关系"},
        {"lifted_at": "at", "lifted_by": "chief"},
        {"lifted_for": "无关系"},
    ],
)
def test_database_keeps_a_recusal_whole(cast: Cast, values: dict[str, str]) -> None:
    case = filed_case(cast)
    named = {"at": cast.at, "officer": cast.pudong, "chief": cast.people["chief"]}
    said: dict[str, Any] = {"reason": REASON} | {name: named.get(value, value) for name, value in values.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficerRecusal.objects.create(
            officer=cast.pudong, enterprise=case.enterprise, recorded_by=cast.pudong, recorded_at=cast.at, **said
        )


# --- pages -----------------------------------------------------------------------------------------------------------
def test_pages_declare_order_list_and_lift(cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    case, chief = filed_case(cast), log_in(Client(), cast.people["chief"])
    page = reverse("case_recusals", args=[case.number])
    officer = log_in(Client(), cast.pudong)
    assert page in officer.get(reverse("district_case", args=[case.number])).content.decode()
    assert officer.post(page, {"act": "declare", "scope": "case"}).status_code == 422
    said = {"act": "declare", "scope": "case", "reason": REASON}
    assert officer.post(page, said).status_code == 302
    assert officer.get(page).status_code == 404
    mine = words(officer.get(reverse("recusals")))
    assert "您现有 1 项回避" in mine
    assert case.number not in mine
    ordered = {"act": "order", "officer": cast.people["pudong2"].pk, "scope": "enterprise", "reason": REASON}
    assert officer.post(page, ordered).status_code == 404
    assert chief.post(page, ordered).status_code == 302
    shown = words(chief.get(page))
    assert "现在可以办理本件的人员 chief示例" in shown
    assert "责令回避" in shown
    listed = words(chief.get(reverse("recusals")))
    assert case.number in listed
    assert case.number in words(log_in(Client(), cast.auditor).get(reverse("recusals")))
    other = log_in(Client(), cast.office)
    row = OfficerRecusal.objects.get(officer=cast.pudong)
    assert other.post(reverse("recusal_lift", args=[row.pk]), {"reason": "已核实"}).status_code == 404
    assert chief.post(reverse("recusal_lift", args=[row.pk]), {"reason": "已核实"}).status_code == 302
    assert officer.get(page).status_code == 200
    assert officer.post(reverse("recusals"), {"uscc": "91310000MA1FL0007D", "reason": REASON}).status_code == 422
    assert officer.post(reverse("recusals"), {"uscc": case.enterprise.uscc, "reason": REASON}).status_code == 302
    assert officer.get(page).status_code == 404
