"""The office enters a zone and a town, corrects a body, and opens no batch for one without a credit code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.enums import Level
from accreditation.errors import Denied, Refusal
from accreditation.models import AuditEvent, Body
from accreditation.services.bodies import correct_body, register_local_body
from accreditation.services.reconsiderations import is_challengeable, respondent_of
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.local import make_local_bodies, open_local_batch
from tests.factories.reconsidering import declined

pytestmark = pytest.mark.django_db
USCC = "91310115MADEMQ3K05"
ZONE = {"level": "zone", "name_zh": "示例新片区管理委员会", "name_en": "Example New Area", "uscc": USCC}


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def sent(cast: Cast, name: str, *args: str, **form: Any) -> Any:
    return log_in(Client(), cast.people["office"]).post(reverse(name, args=args), form)


def test_zone_and_the_park_that_forwards_to_it_are_entered_under_codes_of_their_own(cast: Cast) -> None:
    Body.objects.create(code="zone-1", level=Level.ZONE, district="Z00001", name_zh="先前的新区", name_en="Earlier")
    assert sent(cast, "office_bodies", **ZONE).status_code == 302
    zone = Body.objects.get(name_zh=ZONE["name_zh"])
    assert (zone.level, zone.district, zone.uscc) == (Level.ZONE, "Z00002", USCC)
    park = {"level": "town", "name_zh": "示例产业园", "name_en": "Example Park", "forwards_to": str(zone.pk)}
    assert sent(cast, "office_bodies", **park).status_code == 302
    assert Body.objects.get(name_zh="示例产业园").forwards_to == zone
    page = log_in(Client(), cast.people["office"]).get(reverse("office_bodies")).content.decode()
    assert all(words in page for words in ("示例产业园", "Z00002", "T00001", "示例新片区管理委员会"))
    officers = log_in(Client(), cast.people["security"]).get(reverse("grants")).content.decode()
    assert "Z00002" in officers  # a role can be given under its code


def test_letters_under_a_former_name_are_still_answered_by_the_body_that_wrote_them(cast: Cast, clock: Clock) -> None:
    letter, body = declined(cast, clock.at), Body.objects.get(district="310115")
    assert (letter.issued_by, respondent_of(letter)) == (body.name_zh, "310115")
    renamed(cast, body, "示例更名后的主管部门", clock)
    assert (respondent_of(letter), is_challengeable(letter)) == ("310115", True)
    Body.objects.filter(pk=body.pk).update(level=Level.GROUP)
    assert not is_challengeable(letter)  # a group is no authority under any of its names
    with pytest.raises(Refusal):
        register_local_body(
            level="zone", name_zh=letter.issued_by, name_en="", uscc=USCC, contact="", forwards_to=None,
            by=cast.office, at=clock.at,
        )  # fmt: skip


def renamed(cast: Cast, body: Body, name: str, clock: Clock) -> None:
    correct_body(
        body, name_zh=name, name_en=body.name_en, uscc=body.uscc, contact="", forwards_to=None, reason="机构更名",
        by=cast.office, at=clock.at,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("form", "words"),
    [
        (ZONE | {"uscc": ""}, "请填写"),
        (ZONE | {"uscc": USCC[:-1] + "7"}, "第 18 位校验码"),
        (ZONE | {"level": "district"}, "district"),
        (ZONE | {"level": "town", "forwards_to": ""}, "向哪个机关转报"),
        (ZONE | {"name_zh": "示例310115"}, "已经登记"),
    ],
)
def test_what_is_wrong_with_a_body_is_said_and_nothing_is_entered(cast: Cast, form: dict[str, str], words: str) -> None:
    before = Body.objects.count()
    answer = sent(cast, "office_bodies", **form)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert Body.objects.count() == before


def test_a_correction_says_what_was_before_and_why(cast: Cast) -> None:
    body = Body.objects.get(district="310115")
    said = {"name_zh": "示例浦东主管部门", "name_en": "Example Pudong", "uscc": USCC, "contact": "示例 021-0"}
    assert sent(cast, "office_body", body.code, **said).status_code == 422  # no reason
    assert sent(cast, "office_body", body.code, **said, reason="机构更名").status_code == 302
    body.refresh_from_db()
    assert (body.name_zh, body.uscc, body.contact) == ("示例浦东主管部门", USCC, "示例 021-0")
    event = AuditEvent.objects.get(verb="correct_body")
    assert event.content["before"]["name_zh"] == "示例310115"
    assert event.content["reason"] == "机构更名"
    assert sent(cast, "office_body", "nowhere", **said, reason="机构更名").status_code == 404


def test_only_the_office_enters_bodies(cast: Cast, clock: Clock) -> None:
    with pytest.raises(Denied):
        register_local_body(**ZONE, contact="", forwards_to=None, by=cast.people["pudong"], at=clock.at)


def test_no_batch_is_opened_for_a_body_without_a_credit_code(cast: Cast, clock: Clock) -> None:
    authority, _town = make_local_bodies()
    Body.objects.filter(pk=authority.pk).update(uscc="")
    authority.refresh_from_db()
    with pytest.raises(Refusal) as refused:
        open_local_batch(cast, authority, clock.at)
    assert [reason.code for reason in refused.value.reasons] == ["no_uscc"]
