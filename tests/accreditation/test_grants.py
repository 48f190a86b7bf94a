"""Role grants: four eyes, exclusions, districts, revocation at once, and the attacks on them."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accreditation import effects
from accreditation.acts import Replayed
from accreditation.audit import verify_chain
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import AuditEvent, GrantProposal, Ledger, Message, RoleGrant, User
from accreditation.permissions import has_power
from accreditation.roles import ROLES, Power, Role
from accreditation.seeds.accounts import seed_accounts
from accreditation.selectors.people import system_account
from accreditation.services.accounts import close_account, create_account
from accreditation.services.grant_proposals import grant_role
from accreditation.services.grants import Expertise, appoint_security_officer, revoke_role

pytestmark = pytest.mark.django_db
EXPERTISE = Expertise("新材料", "示例大学")


@pytest.fixture
def newcomer(people: dict[str, User]) -> User:
    return create_account(
        username="xinren", name="新人示例", email="x@example.invalid", by=people["yunwei"], at=timezone.now()
    )


def give(user: User, role: Role, people: dict[str, User], **changes: Any) -> RoleGrant:
    particulars: dict[str, Any] = {
        "by": people["anquan"],
        "second": people["anquan2"],
        "at": timezone.now(),
        "ground": "示例任命文件",
        "district": "310101" if ROLES[role].by_district else "",
        "expertise": EXPERTISE if role == Role.EXPERT else None,
    }
    return grant_role(user, role, **particulars | changes)


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


@pytest.mark.parametrize("role", Role)
def test_every_role_can_be_granted_by_the_security_officer_and_is_recorded(
    people: dict[str, User], newcomer: User, role: Role
) -> None:
    row = give(newcomer, role, people)
    assert (row.granted_by, row.confirmed_by) == (people["anquan"], people["anquan2"])
    event = AuditEvent.objects.filter(chain="ledger:grants").latest("seq")
    assert (event.verb, event.content["user"], event.content["role"]) == ("grant_role", newcomer.pk, role)
    assert verify_chain(Ledger.objects.get(key="grants")) == []
    assert all(has_power(newcomer, power) for power in ROLES[role].powers)
    assert Message.objects.get(recipient=newcomer).kind == "role_granted"


@pytest.mark.parametrize("username", ["yunwei", "shenji", "banshi", "pudong", "fabu", "qiye", "zhuanjia1", "weiyuan1"])
def test_nobody_but_a_security_officer_grants_or_revokes(
    people: dict[str, User], newcomer: User, username: str
) -> None:
    with pytest.raises(Denied):
        give(newcomer, Role.PUBLISHER, people, by=people[username])
    standing = RoleGrant.objects.get(user=people["fabu"])
    with pytest.raises(Denied):
        revoke_role(standing, by=people[username], at=timezone.now(), ground="无")


def test_own_grant_is_refused_by_the_service_and_by_the_database(people: dict[str, User]) -> None:
    officer = people["anquan"]
    with pytest.raises(Refusal) as refusal:
        give(officer, Role.PUBLISHER, people)
    assert codes(refusal) == ["own_grant"]
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=officer, role=Role.PUBLISHER, granted_by=officer, granted_at=timezone.now())


def test_own_grant_through_the_page_is_no_choice(sign_in: Any, people: dict[str, User]) -> None:
    said = {"user": people["anquan"].pk, "role": Role.PUBLISHER, "ground": "自授"}
    answer = sign_in("anquan").post("/grants/", said)
    assert answer.status_code == 422
    assert "user" in answer.context["form"].errors
    assert RoleGrant.objects.filter(user=people["anquan"]).count() == 1


EXCLUDED = sorted((role, other) for role, entry in ROLES.items() for other in entry.excludes)


@pytest.mark.parametrize(("held", "wanted"), EXCLUDED)
def test_excluded_roles_do_not_meet_on_one_person(
    people: dict[str, User], newcomer: User, held: Role, wanted: Role
) -> None:
    give(newcomer, held, people)
    with pytest.raises(Refusal) as refusal:
        give(newcomer, wanted, people)
    assert codes(refusal) == ["role_excluded"]
    assert str(ROLES[held].label) in str(refusal.value.reasons[0])


def test_excluded_role_is_free_after_revocation(people: dict[str, User], newcomer: User) -> None:
    row = give(newcomer, Role.EXPERT, people)
    revoke_role(row, by=people["anquan"], at=timezone.now(), ground="调岗")
    assert give(newcomer, Role.COMMITTEE_MEMBER, people).pk


BAD_GRANTS = [
    ({"role": Role.DISTRICT_OFFICER, "district": ""}, ["district_needed"]),
    ({"role": Role.DISTRICT_OFFICER, "district": "110101"}, ["district_needed"]),
    ({"role": Role.PUBLISHER, "district": "310115"}, ["district_superfluous"]),
    ({"role": Role.PUBLISHER, "ground": "  "}, ["no_ground"]),
    ({"role": Role.EXPERT, "expertise": None}, ["no_expertise"]),
    ({"role": Role.DISTRICT_OFFICER, "district": "", "ground": ""}, ["district_needed", "no_ground"]),
]


@pytest.mark.parametrize(("changes", "expected"), BAD_GRANTS)
def test_bad_grant_is_refused_with_every_reason(
    people: dict[str, User], newcomer: User, changes: dict[str, Any], expected: list[str]
) -> None:
    changes = dict(changes)
    with pytest.raises(Refusal) as refusal:
        give(newcomer, changes.pop("role"), people, **changes)
    assert codes(refusal) == expected
    assert not RoleGrant.objects.filter(user=newcomer).exists()


def test_same_role_twice_is_refused_but_two_districts_are_not(people: dict[str, User], newcomer: User) -> None:
    give(newcomer, Role.DISTRICT_OFFICER, people)
    give(newcomer, Role.DISTRICT_OFFICER, people, district="310104")
    with pytest.raises(Refusal) as refusal:
        give(newcomer, Role.DISTRICT_OFFICER, people)
    assert codes(refusal) == ["already_granted"]


def test_repeated_request_grants_once(people: dict[str, User], newcomer: User) -> None:
    row = give(newcomer, Role.PUBLISHER, people, request_key="k1")
    with pytest.raises(Replayed) as replayed:
        give(newcomer, Role.PUBLISHER, people, request_key="k1")
    assert replayed.value.answer == {"proposal": row.proposal.pk}
    assert RoleGrant.objects.filter(user=newcomer).count() == 1


def test_closed_and_system_accounts_get_no_role(people: dict[str, User], newcomer: User) -> None:
    close_account(newcomer, by=people["yunwei"], at=timezone.now(), reason="离职")
    newcomer.refresh_from_db()
    for user in (newcomer, system_account()):
        with pytest.raises(Refusal) as refusal:
            give(user, Role.PUBLISHER, people)
        assert codes(refusal) == ["account_closed"]


def test_revocation_takes_effect_on_the_next_request_of_an_open_session(sign_in: Any, people: dict[str, User]) -> None:
    client = sign_in("pudong")
    assert client.get("/members/").status_code == 200
    row = RoleGrant.objects.get(user=people["pudong"])
    answer = sign_in("anquan").post(f"/grants/{row.pk}/revoke/", {"ground": "调岗"})
    assert answer.status_code == 302
    assert client.get("/members/").status_code == 403
    with pytest.raises(AlreadyDone):
        revoke_role(row, by=people["anquan"], at=timezone.now(), ground="调岗")


def test_own_role_is_not_revoked_by_oneself(sign_in: Any, people: dict[str, User]) -> None:
    row = RoleGrant.objects.get(user=people["anquan"])
    sign_in("anquan").post(f"/grants/{row.pk}/revoke/", {"ground": "离任"})
    assert RoleGrant.objects.get(pk=row.pk).revoked_at is None


def test_installation_appoints_no_third_officer(people: dict[str, User], newcomer: User) -> None:
    with pytest.raises(Refusal) as refusal:
        appoint_security_officer(newcomer, system=system_account(), at=timezone.now(), ground="再装")
    assert codes(refusal) == ["enough_officers"]


def test_page_lists_standing_and_past_grants_with_who_when_and_ground(sign_in: Any, people: dict[str, User]) -> None:
    row = RoleGrant.objects.get(user=people["fabu"])
    revoke_role(row, by=people["anquan"], at=timezone.now(), ground="届满")
    page = sign_in("anquan").get("/grants/").content.decode()
    listed = page[page.index("角色授予记录") :]
    assert listed.count("演示环境示例任命") == RoleGrant.objects.count()
    assert people["anquan"].name in page


def test_page_grants_and_keeps_the_text_of_a_refused_form(
    sign_in: Any, people: dict[str, User], newcomer: User
) -> None:
    client = sign_in("anquan")
    said = {"user": newcomer.pk, "role": Role.DISTRICT_OFFICER, "ground": "沪示例〔2026〕1号", "request_key": "a"}
    answer = client.post("/grants/", said)
    assert answer.status_code == 422
    assert "沪示例〔2026〕1号" in answer.content.decode()
    assert client.post("/grants/", said | {"district": "310101", "request_key": "b"}).status_code == 302
    assert GrantProposal.objects.get(user=newcomer).district == "310101"


def test_operator_opens_and_closes_accounts_and_grants_nothing(
    sign_in: Any, people: dict[str, User], mailoutbox: list[Any]
) -> None:
    client = sign_in("yunwei")
    said = {"username": "xinren", "name": "新人示例", "email": "x@example.invalid", "phone": ""}
    assert client.post("/people/new/", said).status_code == 302
    effects.run_due(timezone.now())
    assert [mail.to for mail in mailoutbox if "/password/reset/key/" in mail.body] == [["x@example.invalid"]]
    assert client.post("/people/new/", said).status_code == 422
    person = User.objects.get(username="xinren")
    client.post(f"/people/{person.pk}/close/", {"reason": "离职"})
    person.refresh_from_db()
    assert not person.is_active
    assert client.get("/grants/").status_code == 403
    assert not has_power(people["yunwei"], Power.GRANT_ROLES)


def test_security_officer_opens_no_accounts(sign_in: Any, people: dict[str, User]) -> None:
    said = {"username": "xinren", "name": "新人示例", "email": "x@example.invalid"}
    assert sign_in("anquan").post("/people/new/", said).status_code == 403
    with pytest.raises(Denied):
        create_account(by=people["anquan"], at=timezone.now(), **said)


def test_closed_account_is_shut_out_of_an_open_session(sign_in: Any, people: dict[str, User]) -> None:
    client = sign_in("pudong")
    close_account(people["pudong"], by=people["yunwei"], at=timezone.now(), reason="离职")
    assert client.get("/members/").headers["Location"].startswith("/login/")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_grants_that_exclude_each_other_made_at_once_leave_one(settings: Any, var_dir: Any) -> None:
    settings.ACCREDITATION_DEMO = True
    people = seed_accounts(timezone.now())
    target = create_account(
        username="xinren", name="新人示例", email="x@example.invalid", by=people["yunwei"], at=timezone.now()
    )
    refusals: list[str] = []
    start = threading.Barrier(2)

    def try_to_give(role: Role) -> None:
        try:
            start.wait()
            give(target, role, people)
        except Refusal as refusal:
            refusals.append(refusal.reasons[0].code)
        finally:
            connection.close()

    threads = [threading.Thread(target=try_to_give, args=[role]) for role in (Role.OPERATOR, Role.AUDITOR)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refusals == ["role_excluded"]
    assert RoleGrant.objects.filter(user=target).count() == 1
