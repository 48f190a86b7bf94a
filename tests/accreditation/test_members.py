"""Who may act for an enterprise: confirmed, rejected, invited, handed over, ended, and by whom not."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accreditation import effects
from accreditation.enums import MemberState
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import AuditEvent, Enterprise, Member, Message, User
from accreditation.permissions import acts_for, is_applicant
from accreditation.seeds.accounts import ENTERPRISES
from accreditation.selectors.people import administrators_of
from accreditation.services.enterprises import Newcomer, Particulars, Proof, register
from accreditation.services.members import (
    Reading,
    confirm_member,
    end_membership,
    hand_over,
    invite_member,
    reject_member,
)

pytestmark = pytest.mark.django_db
NEW_CODE, DOUBTED_CODE = "91350100M000100Y43", "91350211M0000XUF46"
READ = Reading(name="示例新企业", district="310114")


def request_for(uscc: str, proof: Proof, name: str = "李示例", district: str = "310114") -> Member:
    newcomer = Newcomer(name, f"{name}@example.invalid", "13800000000", "correct-horse-battery")
    stated = Particulars(uscc, "示例新企业", district, is_questioned=True)
    return register(stated, by=newcomer, proof=proof, at=timezone.now())


def test_requested_member_may_not_act_before_and_may_after_confirmation(people: dict[str, User], proof: Proof) -> None:
    member = request_for(NEW_CODE, proof)
    assert is_applicant(member.user)
    assert not acts_for(member.user, member.enterprise_id)
    confirmed = confirm_member(member, by=people["jiading"], at=timezone.now(), reading=READ)
    assert acts_for(member.user, member.enterprise_id)
    assert confirmed.is_administrator
    assert Message.objects.get(recipient=member.user).kind == "member_confirmed"


def test_first_confirmation_writes_what_the_officer_read_and_records_the_change(
    people: dict[str, User], proof: Proof
) -> None:
    member = request_for(NEW_CODE, proof)
    reading = Reading(name="示例新企业有限公司", district="310115")
    confirm_member(member, by=people["jiading"], at=timezone.now(), reading=reading)
    enterprise = Enterprise.objects.get(uscc=NEW_CODE)
    assert (enterprise.name, enterprise.district) == ("示例新企业有限公司", "310115")
    event = AuditEvent.objects.get(verb="confirm_member", chain=f"ledger:enterprise:{NEW_CODE}")
    assert event.content["changes"]["name"] == ["示例新企业", "示例新企业有限公司"]
    assert event.acting_as == "district_officer"


def test_later_confirmation_leaves_the_record_alone(people: dict[str, User], proof: Proof) -> None:
    member = request_for(ENTERPRISES["qiye"].uscc, proof, district="310115")
    reading = Reading(name="冒名示例公司", district="310114")
    row = confirm_member(member, by=people["pudong"], at=timezone.now(), reading=reading)
    assert row.enterprise.name == ENTERPRISES["qiye"].name
    assert not row.is_administrator


def test_officer_can_make_a_joiner_administrator_when_the_former_one_is_gone(
    people: dict[str, User], proof: Proof
) -> None:
    member = request_for(ENTERPRISES["qiye"].uscc, proof)
    confirm_member(member, by=people["pudong"], at=timezone.now(), reading=Reading(makes_administrator=True))
    assert {user.pk for user in administrators_of(member.enterprise)} == {people["qiye"].pk, member.user_id}


@pytest.mark.parametrize("username", ["pudong", "qiye", "anquan", "banshi2", "fabu", "shenji", "yunwei"])
def test_request_is_settled_by_nobody_without_the_power_in_that_district(
    people: dict[str, User], proof: Proof, username: str
) -> None:
    member = request_for(NEW_CODE, proof)
    by = people.get(username) or User.objects.create(username=username)
    for settle in (
        lambda: confirm_member(member, by=by, at=timezone.now(), reading=READ),
        lambda: reject_member(member, by=by, at=timezone.now(), reason="无"),
        lambda: end_membership(member, by=by, at=timezone.now(), reason="无"),
    ):
        with pytest.raises(Denied):
            settle()
    assert Member.objects.get(pk=member.pk).state == MemberState.REQUESTED


def test_municipal_officer_settles_in_every_district(people: dict[str, User], proof: Proof) -> None:
    row = confirm_member(request_for(NEW_CODE, proof), by=people["banshi"], at=timezone.now(), reading=READ)
    assert row.state == MemberState.ACTIVE


def test_officer_cannot_confirm_the_own_request(people: dict[str, User], proof: Proof) -> None:
    stated = Particulars(NEW_CODE, "示例新企业", "310114")
    member = register(stated, by=people["jiading"], proof=proof, at=timezone.now())
    with pytest.raises(Denied):
        confirm_member(member, by=people["jiading"], at=timezone.now(), reading=READ)


def test_code_with_failing_check_character_needs_the_officers_written_reason(
    people: dict[str, User], proof: Proof
) -> None:
    member = request_for(DOUBTED_CODE, proof)
    with pytest.raises(Refusal) as refusal:
        confirm_member(member, by=people["jiading"], at=timezone.now(), reading=READ)
    assert [reason.code for reason in refusal.value.reasons] == ["uscc_override_needed"]
    reading = Reading(name=READ.name, district=READ.district, uscc_override="执照原件已核，编号 1234")
    confirm_member(member, by=people["jiading"], at=timezone.now(), reading=reading)
    assert Enterprise.objects.get(uscc=DOUBTED_CODE).uscc_override == "执照原件已核，编号 1234"


def test_second_officer_is_told_who_was_faster(people: dict[str, User], proof: Proof) -> None:
    member = request_for(NEW_CODE, proof)
    confirm_member(member, by=people["jiading"], at=timezone.now(), reading=READ)
    with pytest.raises(AlreadyDone) as refusal:
        reject_member(member, by=people["banshi"], at=timezone.now(), reason="重复")
    assert refusal.value.done_by == people["jiading"].name


def test_rejection_needs_a_reason_and_tells_it_without_the_record(people: dict[str, User], proof: Proof) -> None:
    member = request_for(ENTERPRISES["qiye"].uscc, proof)
    with pytest.raises(Refusal):
        reject_member(member, by=people["pudong"], at=timezone.now(), reason=" ")
    reject_member(member, by=people["pudong"], at=timezone.now(), reason="授权书未盖章")
    told = Message.objects.get(recipient=member.user)
    assert told.params == {"uscc": ENTERPRISES["qiye"].uscc, "reason": "授权书未盖章"}
    assert not is_applicant(member.user)


def test_administrator_confirms_a_colleague_without_an_officer(
    sign_in: Any, people: dict[str, User], proof: Proof
) -> None:
    member = request_for(ENTERPRISES["qiye"].uscc, proof)
    client = sign_in("qiye")
    assert client.get(f"/org/members/{member.pk}/proof/").content == proof.content
    client.post(f"/org/members/{member.pk}/confirm/")
    assert Member.objects.get(pk=member.pk).state == MemberState.ACTIVE


@pytest.mark.parametrize("act", ["confirm", "reject", "hand-over", "end", "proof"])
def test_administrator_of_another_enterprise_finds_nothing(
    sign_in: Any, people: dict[str, User], proof: Proof, act: str
) -> None:
    member = request_for(ENTERPRISES["qiye"].uscc, proof)
    client = sign_in("qiye2")
    address = f"/org/members/{member.pk}/{act}/"
    answer = client.get(address) if act == "proof" else client.post(address, {"reason": "无"})
    assert answer.status_code == 404
    assert Member.objects.get(pk=member.pk).state == MemberState.REQUESTED


def test_plain_member_sees_colleagues_but_no_requests_and_settles_nothing(
    sign_in: Any, people: dict[str, User], proof: Proof
) -> None:
    plain = request_for(ENTERPRISES["qiye"].uscc, proof, name="平示例")
    confirm_member(plain, by=people["qiye"], at=timezone.now())
    waiting = request_for(ENTERPRISES["qiye"].uscc, proof, name="待示例")
    people["plain"] = plain.user
    client = sign_in("plain", with_second_factor=False)
    page = client.get("/org/members/").content.decode()
    assert people["qiye"].name in page
    assert "待示例" not in page
    assert client.post(f"/org/members/{waiting.pk}/confirm/").status_code == 404


@pytest.mark.parametrize(("username", "status"), [("pudong", 200), ("jiading", 404), ("banshi", 200), ("qiye", 403)])
def test_officers_read_proofs_of_their_district_only(
    sign_in: Any, people: dict[str, User], username: str, status: int
) -> None:
    member = Member.objects.get(user=people["qiye"])
    answer = sign_in(username).get(f"/members/{member.pk}/proof/")
    assert answer.status_code == status
    if status == 200:
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.content.startswith(b"%PDF-")


def test_officers_inbox_lists_the_own_district_and_confirms_from_the_page(
    sign_in: Any, people: dict[str, User], proof: Proof
) -> None:
    member = request_for(NEW_CODE, proof)
    assert "示例新企业" not in sign_in("pudong").get("/members/").content.decode()
    client = sign_in("jiading")
    assert "示例新企业" in client.get("/members/").content.decode()
    assert client.get(f"/members/{member.pk}/").status_code == 200
    assert client.post(f"/members/{member.pk}/confirm/", {"name": "", "district": "310114"}).status_code == 422
    answer = client.post(f"/members/{member.pk}/confirm/", {"name": "示例新企业", "district": "310114"})
    assert answer.headers["Location"] == "/members/"
    assert Member.objects.get(pk=member.pk).state == MemberState.ACTIVE


def test_inbox_asks_the_database_as_often_for_three_rows_as_for_one(
    sign_in: Any, people: dict[str, User], proof: Proof
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, counts = sign_in("jiading"), []
    for turn in range(3):
        request_for(NEW_CODE, proof, name=f"人{turn}示例")
        with CaptureQueriesContext(connection) as asked:
            client.get("/members/")
        counts.append(len(asked))
    assert counts[0] == counts[2]


def test_invited_colleague_gets_an_account_and_a_link_to_set_the_password(
    sign_in: Any, people: dict[str, User], mailoutbox: list[Any]
) -> None:
    enterprise = Member.objects.get(user=people["qiye"]).enterprise
    said = {"name": "赵示例", "email": "zhao@example.invalid", "phone": ""}
    assert sign_in("qiye").post(f"/org/{enterprise.pk}/invite/", said).status_code == 302
    colleague = User.objects.get(name="赵示例")
    assert acts_for(colleague, enterprise.pk)
    assert not colleague.has_usable_password()
    effects.run_due(timezone.now())
    (mail,) = [mail for mail in mailoutbox if mail.to == ["zhao@example.invalid"]]
    assert "/password/reset/key/" in mail.body
    assert colleague.username in mail.body


def test_stranger_cannot_invite_into_an_enterprise(sign_in: Any, people: dict[str, User]) -> None:
    enterprise = Member.objects.get(user=people["qiye"]).enterprise
    said = {"name": "赵示例", "email": "zhao@example.invalid"}
    assert sign_in("qiye2").post(f"/org/{enterprise.pk}/invite/", said).status_code == 404
    with pytest.raises(Denied):
        invite_member(enterprise, by=people["qiye2"], at=timezone.now(), **said)
    assert not User.objects.filter(name="赵示例").exists()


def test_hand_over_makes_the_other_administrator_and_takes_it_from_the_giver(
    people: dict[str, User], proof: Proof
) -> None:
    member = request_for(ENTERPRISES["qiye"].uscc, proof)
    with pytest.raises(Refusal):
        hand_over(member, by=people["qiye"], at=timezone.now())
    confirm_member(member, by=people["qiye"], at=timezone.now())
    hand_over(member, by=people["qiye"], at=timezone.now())
    assert administrators_of(member.enterprise) == [member.user]
    with pytest.raises(Denied):
        hand_over(member, by=people["qiye"], at=timezone.now())


def test_only_administrator_leaves_after_handing_over_only(people: dict[str, User], proof: Proof) -> None:
    own = Member.objects.get(user=people["qiye"])
    other = request_for(own.enterprise.uscc, proof)
    confirm_member(other, by=people["qiye"], at=timezone.now())
    with pytest.raises(Refusal) as refusal:
        end_membership(own, by=people["qiye"], at=timezone.now(), reason="离职")
    assert [reason.code for reason in refusal.value.reasons] == ["last_administrator"]
    hand_over(other, by=people["qiye"], at=timezone.now())
    end_membership(own, by=people["qiye"], at=timezone.now(), reason="离职")
    assert not acts_for(people["qiye"], own.enterprise_id)


def test_officer_ends_a_membership_and_the_next_request_reaches_the_officers(
    people: dict[str, User], proof: Proof
) -> None:
    own = Member.objects.get(user=people["qiye"])
    end_membership(own, by=people["pudong"], at=timezone.now(), reason="授权到期")
    with pytest.raises(AlreadyDone):
        end_membership(own, by=people["pudong"], at=timezone.now(), reason="授权到期")
    request_for(own.enterprise.uscc, proof)
    told = Message.objects.filter(kind="member_requested", params__person="李示例")
    assert [row.recipient.username for row in told] == ["pudong"]
