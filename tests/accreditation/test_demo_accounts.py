"""The accounts on the log-in page of a demo: by who they are, and each led to the page where it works."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accreditation.models import User
from accreditation.roles import Role
from accreditation.seeds.accounts import ACCOUNTS, BY_USERNAME, ENTERPRISES, MOST_SHOWN, demo_groups
from accreditation.seeds.reference import DEMO_GROUP, DEMO_ZONE

pytestmark = pytest.mark.django_db
DESKS = {
    None: "my_cases",
    Role.FORWARDER: "forward_inbox",
    Role.DISTRICT_OFFICER: "district_inbox",
    Role.DISTRICT_SUPERVISOR: "district_inbox",
    Role.LOCAL_OFFICER: "district_inbox",
    Role.LEADING_GROUP_MEMBER: "meetings",
    Role.LOCAL_PUBLISHER: "publishing",
    Role.MUNICIPAL_OFFICER: "office_inbox",
    Role.MUNICIPAL_SUPERVISOR: "office_inbox",
    Role.PUBLISHER: "publishing",
    Role.EXPERT: "expert_tasks",
    Role.COMMITTEE_MEMBER: "meetings",
    Role.VERIFIER: "verifier_checks",
    Role.RECONSIDERATION_OFFICER: "orders",
    Role.OPERATOR: "operations",
    Role.SECURITY_OFFICER: "grants",
    Role.AUDITOR: "audit",
}
ONE_OF_EACH = {entry.role: entry.username for entry in ACCOUNTS}


def enter(username: str, **onward: str) -> tuple[Client, str]:
    """A browser signed in by the button, and where it was sent."""
    client = Client()
    answer = client.post("/login/demo/", {"username": username, **onward})
    assert answer.status_code == 302
    return client, answer.headers["Location"]


def test_every_role_and_the_applicants_belong_to_one_group(whole_cast: dict[str, User]) -> None:
    assert {entry.role for entry in ACCOUNTS} == {None, *Role}
    found = Counter(entry.username for group in demo_groups() for entry in group.people)
    assert found == Counter(entry.username for entry in ACCOUNTS)


def test_all_accounts_of_a_zone_or_group_stand_together(whole_cast: dict[str, User]) -> None:
    bodies = {DEMO_ZONE.district, DEMO_GROUP.district}
    (together,) = (group for group in demo_groups() if any(entry.district in bodies for entry in group.people))
    assert {entry.username for entry in together.people} == {
        entry.username for entry in ACCOUNTS if entry.district in bodies
    }
    assert Role.DISTRICT_OFFICER in {entry.role for entry in together.people}


def test_page_shows_every_account_in_its_group_and_folds_the_long_ones_up(whole_cast: dict[str, User]) -> None:
    page = Client().get("/login/").content.decode()
    shown = re.findall(r'<details class="demo-group"( open)?>.*?<strong>(.*?)</strong>(.*?)</details>', page, re.S)
    groups = demo_groups()
    assert [unescape(label) for _open, label, _rest in shown] == [str(group.label) for group in groups]
    for group, (is_open, _label, rest) in zip(groups, shown, strict=True):
        assert re.findall(r'value="(\w+)"', rest) == [entry.username for entry in group.people]
        assert bool(is_open) == (len(group.people) <= MOST_SHOWN)
    assert sorted(entry.username for group in groups for entry in group.people) == sorted(BY_USERNAME)
    assert {bool(is_open) for is_open, _label, _rest in shown} == {True, False}


def test_button_of_an_applicant_names_the_enterprise(whole_cast: dict[str, User]) -> None:
    page = Client().get("/login/").content.decode()
    buttons = dict(re.findall(r'<button [^>]*value="(\w+)">(.*?)</button>', page, re.S))
    for username, enterprise in ENTERPRISES.items():
        assert enterprise.name in buttons[username]
        assert BY_USERNAME[username].name in buttons[username]
    assert len({enterprise.name for enterprise in ENTERPRISES.values()}) == len(ENTERPRISES)
    assert str(BY_USERNAME["banshi"].label) in unescape(buttons["banshi"])


@pytest.mark.slow
def test_button_leads_to_the_desk_of_the_role(whole_cast: dict[str, User]) -> None:
    assert set(DESKS) == set(ONE_OF_EACH)
    for role, username in ONE_OF_EACH.items():
        client, address = enter(username)
        assert address == reverse(DESKS[role]), username
        assert client.get(address).status_code == 200, username


@pytest.mark.parametrize("username", ["qiye", "qiye4"])
def test_address_that_was_asked_for_wins(whole_cast: dict[str, User], username: str) -> None:
    client, address = enter(username, next=reverse("my_new"))
    assert address == reverse("my_new")
    assert client.get(address).status_code == 200
    assert enter(username, next="/verify/?code=1")[1] == "/verify/?code=1"
    assert enter(username, next="/no/such/page/")[1] == "/no/such/page/"
    assert enter(username, next="https://elsewhere.example/")[1] == reverse("my_cases")


@pytest.mark.parametrize("username", ["shenji", "jinshan"])
def test_page_that_is_not_open_to_the_person_gives_way_to_the_own_desk(
    whole_cast: dict[str, User], username: str
) -> None:
    asked = Client().get(reverse("my_new"))
    page = Client().get(asked.headers["Location"]).content.decode()
    assert f'name="next" value="{reverse("my_new")}"' in page
    client, address = enter(username, next=reverse("my_new"))
    assert address == reverse(DESKS[BY_USERNAME[username].role])
    answer = client.get(address)
    assert answer.status_code == 200
    assert "您要打开的页面不对这个身份开放" in answer.content.decode()


def test_log_in_page_names_no_next_page_of_its_own(whole_cast: dict[str, User]) -> None:
    """The hidden field would win over the desk."""
    page = Client().get("/login/").content.decode()
    form = page[page.index('action="/login/demo/"') :]
    assert 'name="next"' not in form
