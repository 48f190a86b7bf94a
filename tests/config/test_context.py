"""The shell shows each person the links, the badge and the menu that are theirs."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils import translation

from accreditation.models import Message, RoleGrant, User
from accreditation.roles import Role
from config.context import Site, address_of
from config.navigation import TOP

AT = dt.datetime(2026, 6, 18, 9, 0, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _chinese() -> object:
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def person() -> User:
    return User.objects.create(username="shouquan", name="授权示例")


def site_for(user: User | AnonymousUser, path: str = "/") -> Site:
    request = RequestFactory().get(path)
    request.user = user
    return Site(request)


def grant(user: User, role: Role, revoked_at: dt.datetime | None = None) -> None:
    RoleGrant.objects.create(user=user, role=role, granted_at=AT, ground="任命", revoked_at=revoked_at)


def addresses(site: Site) -> list[str]:
    return [link.href for link in site.navigation]


def test_visitor_sees_public_links_and_the_way_in() -> None:
    site = site_for(AnonymousUser())
    assert {"/", address_of("certificates:verify")} <= set(addresses(site))
    others = {address_of(entry.url_name) for entry in TOP if entry.powers or entry.applicants_only}
    assert not others & set(addresses(site))
    assert site.login_href
    assert (site.person, site.messages_href, site.unread) == ("", "", 0)


def test_holder_of_a_role_sees_its_links_and_nobody_else_does(person: User) -> None:
    assert address_of("grants") not in addresses(site_for(person))
    grant(person, Role.SECURITY_OFFICER)
    site = site_for(person)
    assert address_of("grants") in addresses(site)
    assert site.role_names == "安全管理员"


def test_revoked_role_takes_its_links_away(person: User) -> None:
    grant(person, Role.SECURITY_OFFICER, revoked_at=AT)
    assert address_of("grants") not in addresses(site_for(person))


def test_current_link_is_the_page_or_the_part_that_holds_it(person: User) -> None:
    grant(person, Role.SECURITY_OFFICER)
    here = address_of("grants")
    marks = {(link.href, link.is_current, link.is_exact) for link in site_for(person, here + "1/").navigation}
    assert (here, True, False) in marks
    assert ("/", False, False) in marks


def test_badge_counts_own_unread_messages_only(person: User) -> None:
    other = User.objects.create(username="other", name="他人")
    for number, (recipient, read_at) in enumerate([(person, None), (person, AT), (other, None)]):
        Message.objects.create(recipient=recipient, kind="returned", created_at=AT, read_at=read_at, key=str(number))
    site = site_for(person)
    assert (site.unread, site.unread_words) == (1, "1 条未读消息")


def test_style_page_is_linked_in_demo_mode_only(settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    assert "/styleguide/" in [link.href for link in site_for(AnonymousUser()).foot_links]
    settings.ACCREDITATION_DEMO = False
    assert "/styleguide/" not in [link.href for link in site_for(AnonymousUser()).foot_links]


def test_foot_states_the_filled_particulars_of_the_operator(settings: LazySettings) -> None:
    settings.SITE_OPERATOR = {"host": "示例机构", "icp": "", "phone": "021-0000 0000"}
    lines = [(fact.label, fact.value) for fact in site_for(AnonymousUser()).operator_lines]
    assert lines == [("主办单位", "示例机构"), ("联系电话", "021-0000 0000")]


def test_name_without_an_address_gives_no_link() -> None:
    assert address_of("no_such_name") == ""
