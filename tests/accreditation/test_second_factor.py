"""The second factor: set up, asked of staff, good once, limited per person and address, bound to the session."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.db import connection
from django.test import Client
from django.utils import timezone

from accreditation.audit import verify_chain
from accreditation.errors import Denied, Refusal
from accreditation.models import GrantProposal, Ledger, User
from accreditation.permissions import SECOND_FACTOR_KEY
from accreditation.seeds.accounts import DEMO_PASSWORD
from accreditation.services import second_factor as factor
from tests.clock import Clock

pytestmark = pytest.mark.django_db


def code_at(secret: str, at: Any) -> str:
    return format_hotp_value(hotp_value(secret, int(at.timestamp()) // factor.PERIOD))


def equip(user: User, at: Any) -> str:
    """Give the person an authenticator; the code of `at` is used up by that."""
    secret = generate_totp_secret()
    assert factor.set_up(user, secret, code_at(secret, at), at=at)
    return secret


STAFF_PAGES = [("pudong", "/members/"), ("anquan", "/grants/"), ("yunwei", "/people/"), ("banshi", "/messages/")]


@pytest.mark.parametrize(("username", "page"), STAFF_PAGES)
def test_staff_page_with_password_only_leads_to_the_second_factor(sign_in: Any, username: str, page: str) -> None:
    answer = sign_in(username, with_second_factor=False).get(page)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/login/second-factor/?next={page}"


@pytest.mark.parametrize(("username", "page"), STAFF_PAGES)
def test_staff_page_with_password_only_answers_a_script_with_401(sign_in: Any, username: str, page: str) -> None:
    answer = sign_in(username, with_second_factor=False).get(page, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 401
    assert answer.json()["login"].startswith("/login/second-factor/")


@pytest.mark.parametrize("page", ["/grants/", "/grants/1/revoke/", "/people/1/second-factor/clear/", "/drafts/"])
def test_staff_post_with_password_only_changes_nothing(sign_in: Any, people: dict[str, User], page: str) -> None:
    answer = sign_in("anquan", with_second_factor=False).post(page, {"ground": "无", "reason": "无"})
    assert answer.headers["Location"].startswith("/login/second-factor/")


def test_applicant_without_authenticator_is_not_asked(sign_in: Any) -> None:
    assert sign_in("qiye", with_second_factor=False).get("/org/members/").status_code == 200


def test_applicant_who_set_one_up_is_asked(sign_in: Any, people: dict[str, User]) -> None:
    equip(people["qiye"], timezone.now())
    answer = sign_in("qiye", with_second_factor=False).get("/org/members/")
    assert answer.headers["Location"].startswith("/login/second-factor/")


def test_person_given_a_role_needs_the_second_factor_on_the_next_request(sign_in: Any, people: dict[str, User]) -> None:
    client = sign_in("qiye2", with_second_factor=False)
    assert client.get("/messages/").status_code == 200
    said = {"user": people["qiye2"].pk, "role": "publisher", "ground": "示例"}
    assert sign_in("anquan").post("/grants/", said).status_code == 302
    assert client.get("/messages/").status_code == 200
    proposal = GrantProposal.objects.get(user=people["qiye2"])
    assert sign_in("anquan2").post(f"/grants/proposals/{proposal.pk}/confirm/").status_code == 302
    assert client.get("/messages/").headers["Location"].startswith("/login/second-factor/")


def test_first_log_in_sets_up_shows_codes_once_and_opens_the_page_asked_for(people: dict[str, User]) -> None:
    client = Client()
    said = {"login": "pudong", "password": DEMO_PASSWORD, "next": "/members/#id_x"}
    answer = client.post("/login/", said)
    assert answer.headers["Location"] == "/login/second-factor/?next=%2Fmembers%2F%23id_x"
    page = client.get(answer.headers["Location"])
    assert 'src="data:image/svg+xml' in page.content.decode()
    secret = page.context["secret"].replace(" ", "")
    key_before = client.session.session_key
    asked = {"one_time_code": code_at(secret, timezone.now()), "next": "/members/#id_x"}
    answer = client.post("/login/second-factor/", asked)
    assert answer.headers["Location"] == "/me/recovery-codes/"
    assert client.session.session_key != key_before
    codes = client.get("/me/recovery-codes/").content.decode()
    assert all(code in codes for code in factor.unused_recovery_codes(people["pudong"]))
    assert 'href="/members/#id_x"' in codes
    assert client.get("/me/recovery-codes/").headers["Location"] == "/me/security/"
    assert client.get("/members/").status_code == 200


def test_secret_stays_the_same_until_set_up_and_lies_encrypted(people: dict[str, User]) -> None:
    client = Client()
    client.post("/login/", {"login": "pudong", "password": DEMO_PASSWORD})
    secret = client.get("/login/second-factor/").context["secret"]
    wrong = client.post("/login/second-factor/", {"one_time_code": "000000"})
    assert wrong.context["secret"] == secret
    equip(people["jiading"], timezone.now())
    row = Authenticator.objects.get(user=people["jiading"], type="totp")
    assert get_adapter().decrypt(row.data["secret"]) not in str(row.data)


def test_second_set_up_does_not_replace_the_first(people: dict[str, User], clock: Clock) -> None:
    equip(people["pudong"], clock.at)
    secret = generate_totp_secret()
    with pytest.raises(Refusal):
        factor.set_up(people["pudong"], secret, code_at(secret, clock.at), at=clock.at)


def test_time_code_works_once_and_an_earlier_one_never_after(people: dict[str, User], clock: Clock) -> None:
    user = people["pudong"]
    secret = equip(user, clock.at)
    assert not factor.accept_code(user, code_at(secret, clock.at), at=clock.at)
    earlier = code_at(secret, clock.advance(seconds=30))
    later = code_at(secret, clock.advance(seconds=30))
    assert factor.accept_code(user, later, at=clock.at)
    assert not factor.accept_code(user, later, at=clock.at)
    assert not factor.accept_code(user, earlier, at=clock.at)


@pytest.mark.parametrize(("late", "accepted"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_time_code_is_good_one_period_around(people: dict[str, User], clock: Clock, late: int, accepted: bool) -> None:
    user = people["pudong"]
    secret = equip(user, clock.at - timedelta(hours=1))
    code = code_at(secret, clock.at)
    assert factor.accept_code(user, code, at=clock.at + timedelta(seconds=late)) is accepted


def test_code_of_another_person_is_refused(people: dict[str, User], clock: Clock) -> None:
    theirs = equip(people["jiading"], clock.at)
    equip(people["pudong"], clock.at)
    clock.advance(seconds=30)
    assert not factor.accept_code(people["pudong"], code_at(theirs, clock.at), at=clock.at)


def test_recovery_code_works_once_with_blanks_and_is_void_after_renewal(people: dict[str, User], clock: Clock) -> None:
    user = people["pudong"]
    equip(user, clock.at)
    first, second = factor.unused_recovery_codes(user)[:2]
    assert factor.accept_code(user, f"{first[:4]} {first[4:]}", at=clock.at)
    assert not factor.accept_code(user, first, at=clock.at)
    factor.renew_recovery_codes(user)
    assert not factor.accept_code(user, second, at=clock.at)
    assert len(factor.unused_recovery_codes(user)) == 10


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_same_code_sent_twice_at_once_is_accepted_once(clock: Clock) -> None:
    user = User.objects.create(username="einer", name="一人示例")
    secret = equip(user, clock.at)
    clock.advance(seconds=30)
    code, answers, start = code_at(secret, clock.at), [], threading.Barrier(4)

    def send() -> None:
        start.wait()
        try:
            answers.append(factor.accept_code(user, code, at=clock.at))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False, False, False, True]


def test_tries_are_limited_per_person_and_address(sign_in: Any, people: dict[str, User]) -> None:
    secret = equip(people["pudong"], timezone.now() - timedelta(minutes=5))
    attacker = sign_in("pudong", with_second_factor=False)
    for _turn in range(5):
        attacker.post("/login/second-factor/", {"one_time_code": "000000"}, REMOTE_ADDR="10.0.0.9")
    right = {"one_time_code": code_at(secret, timezone.now()), "next": "/members/"}
    barred = attacker.post("/login/second-factor/", right, REMOTE_ADDR="10.0.0.9")
    assert "尝试次数过多" in barred.content.decode()
    assert SECOND_FACTOR_KEY not in attacker.session
    owner = sign_in("pudong", with_second_factor=False)
    answer = owner.post("/login/second-factor/", right, REMOTE_ADDR="10.0.0.7")
    assert answer.headers["Location"] == "/members/"


def test_second_factor_leads_to_no_other_site(sign_in: Any, people: dict[str, User]) -> None:
    client = sign_in("pudong")
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        assert client.get("/login/second-factor/", {"next": target}).headers["Location"] == "/"


def test_lost_authenticator_is_cleared_by_a_security_officer_but_not_the_own(
    sign_in: Any, people: dict[str, User], clock: Clock
) -> None:
    for name in ("pudong", "anquan"):
        equip(people[name], clock.at)
    client = sign_in("anquan")
    client.post(f"/people/{people['pudong'].pk}/second-factor/clear/", {"ground": "手机遗失"})
    client.post(f"/people/{people['anquan'].pk}/second-factor/clear/", {"ground": "手机遗失"})
    assert not factor.has_authenticator(people["pudong"])
    assert factor.has_authenticator(people["anquan"])
    assert verify_chain(Ledger.objects.get(key="grants")) == []
    with pytest.raises(Denied):
        factor.clear_second_factor(people["anquan"], by=people["yunwei"], ground="无", at=clock.at)
