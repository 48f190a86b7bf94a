"""Registration: what is stored, what is refused, and that a stranger learns nothing of what was known before."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accreditation.audit import verify_all
from accreditation.enums import MemberState
from accreditation.errors import Refusal
from accreditation.models import AuditEvent, Draft, Enterprise, Member, Message, User
from accreditation.seeds.accounts import ENTERPRISES
from accreditation.services.enterprises import PROOF_MAX_BYTES, Newcomer, Particulars, Proof, register

pytestmark = pytest.mark.django_db
NEW_CODE = "91350100M000100Y43"


def form(**changes: Any) -> dict[str, Any]:
    return {
        "uscc": NEW_CODE,
        "name": "示例新企业",
        "district": "310114",
        "proof": SimpleUploadedFile("授权书.pdf", b"%PDF-1.4\n", "application/pdf"),
        "person": "王示例",
        "email": "Wang@Example.invalid",
        "phone": "138 0000 0000",
        "password1": "correct-horse-battery",
        "password2": "correct-horse-battery",
    } | changes


def test_new_enterprise_is_stored_with_request_proof_and_audit_entry(client: Client, people: dict[str, User]) -> None:
    answer = client.post("/register/", form())
    assert answer.headers["Location"] == "/register/done/"
    member = Member.objects.get(enterprise__uscc=NEW_CODE)
    assert (member.state, member.is_administrator, member.enterprise.name) == ("requested", False, "示例新企业")
    assert (member.user.email, member.user.name) == ("wang@example.invalid", "王示例")
    assert member.proof is not None
    assert member.proof_name == "授权书.pdf"
    event = AuditEvent.objects.get(chain=f"ledger:enterprise:{NEW_CODE}")
    assert (event.verb, event.by_id, event.content["proof"]) == (
        "request_membership",
        member.user_id,
        member.proof.sha256,
    )
    assert verify_all()[1] == []


def test_officers_of_the_district_are_told_of_a_first_request(client: Client, people: dict[str, User]) -> None:
    client.post("/register/", form())
    told = Message.objects.filter(kind="member_requested", params__enterprise="示例新企业")
    assert [row.recipient.username for row in told] == ["jiading"]


def test_stranger_reads_the_same_answer_for_a_known_and_an_unknown_code(people: dict[str, User]) -> None:
    pages = []
    for code in (ENTERPRISES["qiye"].uscc, NEW_CODE):
        client = Client()
        client.post("/register/", form(uscc=code, name="另一示例名称"))
        page = client.get("/register/done/").content.decode()
        pages.append(re.sub(r"q\d{8}|value=\"\w{64}\"", "", page.replace(code, "")))
    assert pages[0] == pages[1]
    assert ENTERPRISES["qiye"].name not in pages[0]


def test_known_code_becomes_a_request_to_join_and_the_record_keeps_its_name(
    client: Client, people: dict[str, User]
) -> None:
    known = ENTERPRISES["qiye"]
    client.post("/register/", form(uscc=known.uscc, name="冒名示例公司"))
    enterprise = Enterprise.objects.get(uscc=known.uscc)
    request = enterprise.members.get(state=MemberState.REQUESTED)
    assert enterprise.name == known.name
    assert request.remark == "冒名示例公司/嘉定区"
    told = Message.objects.filter(kind="member_requested", params__person="王示例")
    assert [row.recipient.username for row in told] == ["qiye"]


def test_requester_of_a_known_code_is_not_shown_the_record_before_being_confirmed(people: dict[str, User]) -> None:
    client = Client()
    known = ENTERPRISES["qiye"]
    client.post("/register/", form(uscc=known.uscc))
    client.force_login(User.objects.get(name="王示例"), backend="allauth.account.auth_backends.AuthenticationBackend")
    for path in ("/org/members/", "/me/security/", "/messages/"):
        page = client.get(path).content.decode()
        assert known.name not in page
        assert people["qiye"].name not in page


def test_taken_address_is_not_told_and_both_accounts_can_log_in(people: dict[str, User]) -> None:
    taken = people["banshi"].email
    client = Client()
    assert client.post("/register/", form(email=taken)).status_code == 302
    client.post("/login/", {"login": taken, "password": "correct-horse-battery"})
    assert client.get("/org/members/").status_code == 200


BAD_FORMS = [
    ({"uscc": "91350100M0001O0Y43"}, "uscc", "第 14 位"),
    ({"uscc": "91350211M0000XUF46"}, "uscc", "校验码"),
    ({"name": " "}, "name", ""),
    ({"district": "110101"}, "district", ""),
    ({"email": "wang"}, "email", ""),
    ({"phone": "电话"}, "phone", "数字"),
    ({"password1": "短", "password2": "短"}, "password1", ""),
    ({"password2": "another-horse-battery"}, "password2", "不一致"),
    ({"proof": SimpleUploadedFile("a.exe", b"MZ")}, "proof", "类型"),
    ({"proof": SimpleUploadedFile("a.pdf", b"MZ not a pdf")}, "proof", "不符"),
    ({"proof": SimpleUploadedFile("a.pdf", b"%PDF-" + b"0" * PROOF_MAX_BYTES)}, "proof", "10 MB"),
]


@pytest.mark.parametrize(("changes", "field", "words"), BAD_FORMS, ids=lambda value: str(value)[:30])
def test_bad_particulars_are_refused_beside_their_field_and_nothing_is_stored(
    client: Client, people: dict[str, User], changes: dict[str, Any], field: str, words: str
) -> None:
    before = (User.objects.count(), Member.objects.count(), Enterprise.objects.count())
    if "proof" in changes:
        changes["proof"].seek(0)
    answer = client.post("/register/", form(**changes))
    assert answer.status_code == 200
    assert words in str(answer.context["form"].errors[field])
    assert (User.objects.count(), Member.objects.count(), Enterprise.objects.count()) == before


def test_all_faults_are_shown_at_once(client: Client, people: dict[str, User]) -> None:
    answer = client.post("/register/", {"uscc": "1", "email": "x"})
    assert set(answer.context["form"].errors) >= {"uscc", "name", "district", "proof", "person", "email", "phone"}


def test_failing_check_character_can_be_questioned_and_waits_for_an_officer(
    client: Client, people: dict[str, User]
) -> None:
    page = client.post("/register/", form(uscc="91350211M0000XUF46")).content.decode()
    assert 'name="is_questioned"' in page
    answer = client.post("/register/", form(uscc="91350211M0000XUF46", is_questioned="on"))
    assert answer.status_code == 302
    enterprise = Enterprise.objects.get(uscc="91350211M0000XUF46")
    assert enterprise.uscc_override == ""


def test_member_who_asks_again_for_the_same_enterprise_is_refused(people: dict[str, User], proof: Proof) -> None:
    known = ENTERPRISES["qiye"]
    with pytest.raises(Refusal) as refusal:
        register(Particulars(known.uscc, known.name, known.district), by=people["qiye"], proof=proof, at=timezone.now())
    assert [reason.code for reason in refusal.value.reasons] == ["already_member"]


def test_refused_newcomer_leaves_no_account(people: dict[str, User]) -> None:
    before = User.objects.count()
    newcomer = Newcomer("王示例", "w@example.invalid", "138", "correct-horse-battery")
    with pytest.raises(Refusal):
        register(Particulars(NEW_CODE, "名", "310114"), by=newcomer, proof=Proof(b"", "a.pdf"), at=timezone.now())
    assert User.objects.count() == before
    assert not Draft.objects.exists()


def test_signed_in_person_asks_for_a_second_enterprise_without_a_second_account(
    sign_in: Any, people: dict[str, User]
) -> None:
    before = User.objects.count()
    said = {key: value for key, value in form().items() if key in {"uscc", "name", "district", "proof"}}
    assert sign_in("qiye").post("/register/", said).status_code == 302
    assert User.objects.count() == before
    assert Member.objects.get(enterprise__uscc=NEW_CODE).user == people["qiye"]


def test_registrations_from_one_address_are_limited(client: Client, people: dict[str, User]) -> None:
    answers = [client.post("/register/", {}).status_code for _turn in range(21)]
    assert answers == [200] * 20 + [429]
