"""Every page of accounts: opens for its audience, refuses the others, and carries no inline style or script."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accreditation.models import Member, User

pytestmark = pytest.mark.django_db
PAGES = [
    ("", "/login/", 200),
    ("", "/login/closed/", 200),
    ("", "/logout/", 302),
    ("", "/register/", 200),
    ("", "/register/done/", 302),
    ("", "/password/reset/", 200),
    ("", "/password/reset/sent/", 200),
    ("", "/password/reset/done/", 200),
    ("", "/me/security/", 302),
    ("qiye", "/register/", 200),
    ("qiye", "/org/members/", 200),
    ("qiye", "/messages/", 200),
    ("qiye", "/me/security/", 200),
    ("qiye", "/password/change/", 200),
    ("qiye", "/members/", 403),
    ("qiye", "/grants/", 403),
    ("qiye", "/people/", 403),
    ("pudong", "/members/", 200),
    ("pudong", "/members/?state=active", 200),
    ("pudong", "/org/members/", 403),
    ("pudong", "/grants/", 403),
    ("banshi", "/members/", 200),
    ("anquan", "/grants/", 200),
    ("anquan", "/people/", 200),
    ("anquan", "/members/", 403),
    ("yunwei", "/people/", 200),
    ("yunwei", "/grants/", 403),
    ("shenji", "/grants/", 403),
    ("shenji", "/people/", 403),
    ("zhuanjia1", "/members/", 403),
    ("fabu", "/me/security/", 200),
]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("username", "path", "status"), PAGES)
def test_page_answers_its_audience(sign_in: Any, username: str, path: str, status: int, language: str) -> None:
    client = sign_in(username) if username else Client()
    client.cookies["django_language"] = language
    answer = client.get(path)
    assert answer.status_code == status
    if status == 200:
        html = answer.content.decode()
        assert not re.search(r"\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=", html)
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids))
        assert "Content-Security-Policy" in answer.headers


POSTS_ONLY = ["/grants/1/revoke/", "/people/new/", "/people/1/second-factor/clear/", "/messages/read/", "/drafts/"]


@pytest.mark.parametrize("path", POSTS_ONLY)
def test_acts_take_no_get(sign_in: Any, path: str) -> None:
    username = "yunwei" if path == "/people/new/" else "anquan"
    assert sign_in(username).get(path).status_code == 405


def test_acts_without_csrf_token_are_refused(people: dict[str, User]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["qiye"], backend="allauth.account.auth_backends.AuthenticationBackend")
    pk = Member.objects.get(user=people["qiye"]).pk
    assert client.post(f"/org/members/{pk}/end/", {"reason": "伪造"}).status_code == 403
    assert Member.objects.get(pk=pk).state == "active"
