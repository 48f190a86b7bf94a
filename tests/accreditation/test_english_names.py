"""The English name that an enterprise gives itself: who may, what is refused, what is recorded."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accreditation.errors import Denied, Refusal
from accreditation.models import AuditEvent, Enterprise, User
from accreditation.seeds.accounts import ENTERPRISES
from accreditation.services.english_names import state_english_name

pytestmark = pytest.mark.django_db


@pytest.fixture
def enterprise(people: dict[str, User]) -> Enterprise:
    return Enterprise.objects.get(uscc=ENTERPRISES["qiye"].uscc)


def test_administrator_states_the_name_and_it_is_recorded(enterprise: Enterprise, people: dict[str, User]) -> None:
    before = enterprise.name_en
    state_english_name(enterprise, "  Example   Café & Co., Ltd. ", by=people["qiye"], at=timezone.now())
    enterprise.refresh_from_db()
    assert enterprise.name_en == "Example Café & Co., Ltd."
    event = AuditEvent.objects.get(verb="state_english_name")
    assert event.content["name_en"] == [before, "Example Café & Co., Ltd."]
    assert event.acting_as == "enterprise_administrator"


def test_empty_name_takes_it_back(enterprise: Enterprise, people: dict[str, User]) -> None:
    assert state_english_name(enterprise, " ", by=people["qiye"], at=timezone.now()).name_en == ""


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("示例 Ltd.", "name_en_letters"),
        ("Example\u202eLtd.", "name_en_letters"),
        ("Example\tLtd.", "name_en_letters"),
        ("123.", "name_en_letters"),
        ("A" * 121, "name_en_too_long"),
    ],
)
def test_name_that_no_certificate_could_carry_is_refused(
    enterprise: Enterprise, people: dict[str, User], name: str, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        state_english_name(enterprise, name, by=people["qiye"], at=timezone.now())
    assert [reason.code for reason in refused.value.reasons] == [code]


def test_nobody_else_may(enterprise: Enterprise, people: dict[str, User], sign_in: Any) -> None:
    with pytest.raises(Denied):
        state_english_name(enterprise, "Example Ltd.", by=people["qiye2"], at=timezone.now())
    address = reverse("org_english_name", args=[enterprise.pk])
    assert sign_in("qiye2").post(address, {"name_en": "Example Ltd."}).status_code == 404


def test_page_takes_the_name_and_shows_a_fault_beside_the_field(enterprise: Enterprise, sign_in: Any) -> None:
    address = reverse("org_english_name", args=[enterprise.pk])
    me = sign_in("qiye")
    assert me.post(address, {"name_en": "Example Ltd."}).status_code == 302
    assert "Example Ltd." in me.get(reverse("org_members")).content.decode()
    page = me.post(address, {"name_en": "示例"})
    assert page.status_code == 422
    assert "英文名称只能用拉丁字母" in page.content.decode()
