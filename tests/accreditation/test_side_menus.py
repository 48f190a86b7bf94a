"""A menu names what its reader may open and nothing else: no honest click becomes a refusal in the audit trail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import reverse

from accreditation.models import User
from config.access import ACCESS
from tests.accreditation.conftest import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TEMPLATES = Path(__file__).parents[2] / "workflows/templates/workflows"
DESKS = [
    ("banshi", "office_inbox"),
    ("shichang", "office_cases"),
    ("songjiang", "office_objections"),
    ("fabu", "orders"),
    ("pudong", "orders"),
]


def menu(page: str) -> list[str]:
    """Addresses of the side menu."""
    (found,) = re.findall(r'<nav class="side-menu".*?</nav>', page, re.S)
    return re.findall(r'href="([^"]+)"', found)


def named(part: str) -> set[str]:
    """URL names of a menu as its template has them."""
    return set(re.findall(r"\{% url '(\w+)' %\}", (TEMPLATES / part / "menu.html").read_text(encoding="utf-8")))


@pytest.mark.parametrize(("username", "desk"), DESKS)
def test_every_entry_opens(sign_in: SignIn, username: str, desk: str) -> None:
    client = sign_in(username)
    page = client.get(reverse(desk))
    assert page.status_code == 200
    addresses = menu(page.content.decode())
    assert addresses
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)


def test_officer_of_the_city_sees_the_whole_menu(sign_in: SignIn, people: dict[str, User]) -> None:
    shown = menu(sign_in("banshi").get(reverse("office_inbox")).content.decode())
    assert set(shown) == {reverse(name) for name in named("office")}


@pytest.mark.parametrize("part", ["office", "matters"])
def test_every_entry_is_asked_for_by_its_own_name(part: str) -> None:
    text = (TEMPLATES / part / "menu.html").read_text(encoding="utf-8")
    asked = re.findall(r"\{% if may\.(\w+) %\}<li><a href=\"\{% url '(\w+)' %\}", text)
    assert {name for name, _address in asked} == named(part)
    assert all(name == address and name in ACCESS for name, address in asked)
