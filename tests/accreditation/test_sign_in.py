"""Log-in: names and addresses, limits that shut nobody else out, sessions that die, passwords, the demo's short way."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client
from django.utils import timezone

from accreditation import effects
from accreditation.models import Effect, User
from accreditation.permissions import SECOND_FACTOR_KEY
from accreditation.seeds.accounts import ACCOUNTS, DEMO_PASSWORD, seed_accounts

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "a-new-password-of-mine"


def log_in(client: Client, login: str, password: str = DEMO_PASSWORD, address: str = "10.0.0.1") -> Any:
    return client.post("/login/", {"login": login, "password": password}, REMOTE_ADDR=address)


@pytest.mark.parametrize("login", ["qiye", "qiye@example.invalid", "QIYE@example.invalid"])
def test_person_logs_in_by_user_name_or_address(client: Client, people: dict[str, User], login: str) -> None:
    assert log_in(client, login).headers["Location"] == "/"
    assert client.get("/org/members/").status_code == 200


def test_session_key_is_new_after_log_in(client: Client, people: dict[str, User]) -> None:
    session = client.session
    session["planted"] = "by an attacker"
    session.save()
    before = session.session_key
    log_in(client, "qiye")
    assert client.session.session_key != before


def test_log_out_by_post_kills_the_session_and_get_only_asks(client: Client, people: dict[str, User]) -> None:
    log_in(client, "qiye")
    stolen = client.cookies["sessionid"].value
    assert client.get("/logout/").status_code == 200
    assert client.get("/org/members/").status_code == 200
    client.post("/logout/")
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert thief.get("/org/members/").headers["Location"].startswith("/login/")


@pytest.mark.parametrize("ending", ["", "@example.invalid"])
def test_wrong_password_and_unknown_account_read_the_same(people: dict[str, User], ending: str) -> None:
    pages = []
    for login in (f"qiye{ending}", f"nobody{ending}"):
        page = log_in(Client(), login, "wrong-password").content.decode()
        pages.append(re.sub(r'value="[^"]*"', "", page))
    assert len(set(pages)) == 1


@pytest.mark.parametrize("login", ["qiye", "nobody", "qiye@example.invalid", "nobody@example.invalid"])
def test_one_password_is_hashed_whether_the_account_is_known_or_not(
    client: Client, people: dict[str, User], login: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth.hashers import MD5PasswordHasher

    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    log_in(client, login, "wrong-password")
    assert hashed == ["wrong-password"]


def test_failures_from_one_address_do_not_shut_out_the_owner_at_another(people: dict[str, User]) -> None:
    for _turn in range(6):
        log_in(Client(), "qiye", "wrong-password", address="10.0.0.66")
    assert log_in(Client(), "qiye", address="10.0.0.66").status_code == 200
    assert log_in(Client(), "qiye", address="10.0.0.1").status_code == 302


def test_forged_forwarding_header_does_not_reset_the_count(people: dict[str, User]) -> None:
    for turn in range(6):
        said = {"login": "qiye", "password": "wrong-password"}
        Client().post("/login/", said, REMOTE_ADDR="10.0.0.66", headers={"X-Forwarded-For": f"10.1.1.{turn}"})
    assert log_in(Client(), "qiye", address="10.0.0.66").status_code == 200


def test_closed_and_system_accounts_cannot_log_in(people: dict[str, User]) -> None:
    User.objects.filter(username="qiye").update(is_active=False)
    for login in ("qiye", "system"):
        client = Client()
        log_in(client, login)
        assert client.get("/messages/").headers["Location"].startswith("/login/")


def test_log_in_leads_to_no_other_site(client: Client, people: dict[str, User]) -> None:
    answer = client.post("/login/", {"login": "qiye", "password": DEMO_PASSWORD, "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


# --- Passwords --------------------------------------------------------------------------------------------------
def reset_link(address: str) -> str:
    effects.run_due(timezone.now())
    (sent,) = [message for message in mail.outbox if message.to == [address] and "/password/reset/key/" in message.body]
    (link,) = re.findall(r"https?://\S+", sent.body)
    return re.sub(r"^https?://[^/]+", "", link)


def set_password(client: Client, link: str) -> Any:
    form = client.get(link, follow=True)
    address = form.request["PATH_INFO"]
    return client.post(address, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})


def test_reset_by_mail_sets_the_password_once(client: Client, people: dict[str, User]) -> None:
    client.post("/password/reset/", {"email": "qiye@example.invalid"})
    link = reset_link("qiye@example.invalid")
    assert set_password(client, link).headers["Location"] == "/password/reset/done/"
    assert log_in(Client(), "qiye", NEW_PASSWORD).status_code == 302
    assert "链接已失效" in Client().get(link, follow=True).content.decode()


def test_reset_by_mail_does_not_bypass_the_second_factor(client: Client, people: dict[str, User]) -> None:
    client.post("/password/reset/", {"email": "pudong@example.invalid"})
    set_password(client, reset_link("pudong@example.invalid"))
    assert client.get("/members/").headers["Location"].startswith("/login/?")
    answer = log_in(client, "pudong", NEW_PASSWORD)
    assert answer.headers["Location"].startswith("/login/second-factor/")
    assert client.get("/members/").headers["Location"].startswith("/login/second-factor/")


def test_reset_of_an_unknown_address_answers_alike_and_sends_nothing(people: dict[str, User]) -> None:
    effects.run_due(timezone.now())
    before = Effect.objects.count()
    answers = [
        Client().post("/password/reset/", {"email": address}, follow=True)
        for address in ("nobody@example.invalid", "qiye@example.invalid")
    ]
    pages = [re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in answers]
    assert pages[0] == pages[1]
    assert Effect.objects.count() == before + 1
    assert "nobody@example.invalid" not in [address for message in mail.outbox for address in message.to]


def test_mail_with_the_link_is_not_sent_to_an_account_closed_meanwhile(client: Client, people: dict[str, User]) -> None:
    effects.run_due(timezone.now())
    mail.outbox.clear()
    client.post("/password/reset/", {"email": "qiye@example.invalid"})
    User.objects.filter(username="qiye").update(is_active=False)
    effects.run_due(timezone.now())
    assert mail.outbox == []


def test_change_of_password_ends_the_other_sessions(people: dict[str, User]) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        log_in(client, "qiye")
    said = {"oldpassword": DEMO_PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert here.post("/password/change/", said).status_code == 302
    assert here.get("/org/members/").status_code == 200
    assert elsewhere.get("/org/members/").headers["Location"].startswith("/login/")


@pytest.mark.parametrize("password", ["short", "megaparol12345", "password1234"])
def test_weak_password_is_refused(client: Client, people: dict[str, User], password: str) -> None:
    log_in(client, "qiye")
    said = {"oldpassword": DEMO_PASSWORD, "password1": password, "password2": password}
    assert client.post("/password/change/", said).status_code == 200
    assert log_in(Client(), "qiye").status_code == 302


# --- Demo -------------------------------------------------------------------------------------------------------
def test_demo_log_in_does_not_exist_outside_demo_mode(client: Client, people: dict[str, User]) -> None:
    assert client.post("/login/demo/", {"username": "anquan"}).status_code == 404
    assert "_auth_user_id" not in client.session
    assert "/login/demo/" not in client.get("/login/").content.decode()


def test_demo_log_in_refuses_outside_demo_mode_even_without_the_middleware(rf: Any, people: dict[str, User]) -> None:
    from django.http import Http404

    from config.demo_login import demo_login

    with pytest.raises(Http404):
        demo_login(rf.post("/login/demo/", {"username": "anquan"}))


def test_demo_page_offers_every_account_and_one_click_opens_a_staff_page(
    client: Client, whole_cast: dict[str, User], settings: LazySettings
) -> None:
    page = client.get("/login/").content.decode()
    assert all(f'value="{entry.username}"' in page for entry in ACCOUNTS)
    answer = client.post("/login/demo/", {"username": "anquan", "next": "/grants/"})
    assert answer.headers["Location"] == "/grants/"
    assert client.get("/grants/").status_code == 200
    assert client.session[SECOND_FACTOR_KEY]


@pytest.mark.parametrize("username", ["system", "stranger", ""])
def test_demo_log_in_opens_only_accounts_of_the_table(
    client: Client, people: dict[str, User], settings: LazySettings, username: str
) -> None:
    settings.ACCREDITATION_DEMO = True
    User.objects.create(username="stranger", name="路人示例")
    assert client.post("/login/demo/", {"username": username}).status_code == 404


def test_demo_log_in_takes_no_get(client: Client, people: dict[str, User], settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    assert client.get("/login/demo/", {"username": "anquan"}).status_code == 405


def test_demo_change_of_person_keeps_nothing_of_the_former_session(
    client: Client, people: dict[str, User], settings: LazySettings
) -> None:
    settings.ACCREDITATION_DEMO = True
    client.post("/login/demo/", {"username": "anquan"})
    session = client.session
    session["left"] = "behind"
    session.save()
    client.post("/login/demo/", {"username": "qiye"})
    assert "left" not in client.session
    assert client.get("/grants/").status_code == 403


def test_cast_is_seeded_in_demo_mode_only_and_twice_changes_nothing(
    whole_cast: dict[str, User], settings: LazySettings
) -> None:
    from accreditation.errors import Refusal
    from accreditation.models import AuditEvent

    settings.ACCREDITATION_DEMO = False
    with pytest.raises(Refusal):
        seed_accounts(timezone.now())
    settings.ACCREDITATION_DEMO = True
    before = AuditEvent.objects.count()
    assert set(seed_accounts(timezone.now())) == {entry.username for entry in ACCOUNTS}
    assert AuditEvent.objects.count() == before
    assert all("示例" in entry.name for entry in ACCOUNTS)
