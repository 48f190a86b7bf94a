"""Four eyes over roles: proposed by one security officer, given or declined by another, by nobody alone."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accreditation.audit import verify_chain
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import ExpertProfile, GrantProposal, Ledger, Message, RoleGrant, User
from accreditation.permissions import has_power
from accreditation.roles import Power, Role
from accreditation.selectors.people import unfulfilled_proposals
from accreditation.services.accounts import create_account
from accreditation.services.grant_proposals import confirm_grant, decline_grant, propose_grant
from accreditation.services.grants import Expertise, revoke_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def newcomer(people: dict[str, User]) -> User:
    return create_account(
        username="xinren", name="新人示例", email="x@example.invalid", by=people["yunwei"], at=timezone.now()
    )


def proposed(people: dict[str, User], user: User, role: Role = Role.PUBLISHER, **more: Any) -> GrantProposal:
    return propose_grant(user, role, by=people["anquan"], at=timezone.now(), ground="任命文件", **more)


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def test_proposed_role_opens_nothing_until_a_second_officer_gives_it(people: dict[str, User], newcomer: User) -> None:
    row = proposed(people, newcomer)
    assert not has_power(newcomer, Power.PUBLISH)
    assert [told.kind for told in Message.objects.filter(recipient=people["anquan2"])] == ["grant_proposed"]
    with pytest.raises(Refusal) as refusal:
        confirm_grant(row, by=people["anquan"], at=timezone.now())
    assert codes(refusal) == ["same_person"]
    grant = confirm_grant(row, by=people["anquan2"], at=timezone.now())
    assert has_power(User.objects.get(pk=newcomer.pk), Power.PUBLISH)
    assert (grant.granted_by, grant.confirmed_by) == (people["anquan"], people["anquan2"])
    with pytest.raises(AlreadyDone):
        confirm_grant(row, by=people["anquan2"], at=timezone.now())
    assert verify_chain(Ledger.objects.get(key="grants")) == []


def test_nobody_confirms_the_own_role_nor_without_the_power(people: dict[str, User]) -> None:
    row = proposed(people, people["anquan2"])
    for person, error in (("anquan2", Refusal), ("yunwei", Denied), ("banshi", Denied)):
        with pytest.raises(error):
            confirm_grant(row, by=people[person], at=timezone.now())
    assert not RoleGrant.objects.filter(user=people["anquan2"], role=Role.PUBLISHER).exists()


def test_what_changed_since_the_proposal_is_asked_again(people: dict[str, User], newcomer: User) -> None:
    expertise = Expertise("新材料", "示例大学", term_until=timezone.localdate(), fields=("35",))
    expert = proposed(people, newcomer, Role.EXPERT, expertise=expertise)
    member = proposed(people, newcomer, Role.COMMITTEE_MEMBER)
    confirm_grant(expert, by=people["anquan2"], at=timezone.now())
    profile = ExpertProfile.objects.get(user=newcomer)
    assert (profile.fields, profile.term_until) == (["35"], timezone.localdate())
    with pytest.raises(Refusal) as refusal:
        confirm_grant(member, by=people["anquan2"], at=timezone.now())
    assert codes(refusal) == ["role_excluded"]


def test_same_role_is_proposed_once_and_again_after_it_was_declined(people: dict[str, User], newcomer: User) -> None:
    row = proposed(people, newcomer)
    with pytest.raises(Refusal) as refusal:
        proposed(people, newcomer)
    assert codes(refusal) == ["proposed_already"]
    with pytest.raises(Refusal) as refusal:
        decline_grant(row, by=people["anquan2"], at=timezone.now(), reason=" ")
    assert codes(refusal) == ["reason_needed"]
    decline_grant(row, by=people["anquan2"], at=timezone.now(), reason="未见任命文件")
    assert "未见任命文件" in str(Message.objects.get(recipient=people["anquan"], kind="grant_declined").params)
    assert proposed(people, newcomer).pk != row.pk
    assert not RoleGrant.objects.filter(user=newcomer).exists()


def test_database_takes_no_grant_of_one_person(people: dict[str, User], newcomer: User) -> None:
    officer, now = people["anquan"], timezone.now()
    for second in (None, officer, newcomer):
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleGrant.objects.create(
                user=newcomer, role=Role.PUBLISHER, granted_by=officer, confirmed_by=second, granted_at=now
            )
    row = proposed(people, newcomer)
    with pytest.raises(IntegrityError), transaction.atomic():
        GrantProposal.objects.filter(pk=row.pk).update(settled_by=officer, settled_at=now, state="declined", reason="x")


def test_pages_lead_from_proposal_to_role(sign_in: Any, people: dict[str, User], newcomer: User) -> None:
    said = {"user": newcomer.pk, "role": Role.PUBLISHER, "ground": "任命文件"}
    assert sign_in("anquan").post("/grants/", said).status_code == 302
    row = GrantProposal.objects.get(user=newcomer)
    own, other = sign_in("anquan").get("/grants/"), sign_in("anquan2").get("/grants/")
    address = f"/grants/proposals/{row.pk}/confirm/"
    assert address not in own.content.decode()
    assert address in other.content.decode()
    sign_in("anquan").post(address)
    assert not RoleGrant.objects.filter(user=newcomer).exists()
    sign_in("anquan2").post(address)
    assert RoleGrant.objects.get(user=newcomer).role == Role.PUBLISHER


def test_command_appoints_a_second_officer_where_one_is_left(people: dict[str, User], newcomer: User) -> None:
    with pytest.raises(CommandError, match="两位"):
        call_command("appoint_security_officer", "xinren", ground="任命文件")
    revoke_role(RoleGrant.objects.get(user=people["anquan2"]), by=people["anquan"], at=timezone.now(), ground="离任")
    with pytest.raises(CommandError, match="没有"):
        call_command("appoint_security_officer", "nobody", ground="任命文件")
    call_command("appoint_security_officer", "xinren", ground="任命文件", stdout=StringIO())
    assert has_power(newcomer, Power.GRANT_ROLES)


def test_command_makes_the_account_of_a_second_officer(people: dict[str, User]) -> None:
    revoke_role(RoleGrant.objects.get(user=people["anquan2"]), by=people["anquan"], at=timezone.now(), ground="离任")
    said = StringIO()
    particulars = {"name": "第三位", "email": "third@example.invalid", "ground": "任命文件"}
    call_command("appoint_security_officer", "anquan3", **particulars, stdout=said)
    assert "/password/reset/key/" in said.getvalue()
    assert has_power(User.objects.get(username="anquan3"), Power.GRANT_ROLES)


def test_role_is_not_given_after_its_proposer_left_nor_by_one_who_left(people: dict[str, User], newcomer: User) -> None:
    row = proposed(people, newcomer)
    revoke_role(RoleGrant.objects.get(user=people["anquan"]), by=people["anquan2"], at=timezone.now(), ground="离任")
    with pytest.raises(Refusal) as refusal:
        confirm_grant(row, by=people["anquan2"], at=timezone.now())
    assert codes(refusal) == ["proposer_left"]
    with pytest.raises(Denied):
        revoke_role(
            RoleGrant.objects.get(user=people["anquan2"]), by=people["anquan"], at=timezone.now(), ground="离任"
        )


def test_waiting_proposals_stand_above_declined_ones(people: dict[str, User], newcomer: User) -> None:
    first = proposed(people, newcomer)
    decline_grant(first, by=people["anquan2"], at=timezone.now(), reason="未见任命文件")
    second = proposed(people, newcomer)
    assert [row.pk for row in unfulfilled_proposals()] == [second.pk, first.pk]
