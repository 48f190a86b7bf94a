"""The desk of a recognising body: its own batches, their calibration and the pool, and nobody else's."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.models import Batch, Body, User
from accreditation.roles import Role
from tests.clock import Clock
from tests.factories import local as steps
from tests.factories.browser import log_in
from tests.factories.cast import grant, person
from tests.factories.local import ZONE, LocalCast, make_local_cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def local(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> LocalCast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_local_cast(clock.at, body=ZONE)


def as_(user: User) -> Client:
    return log_in(Client(), user)


def test_zone_sees_the_marks_of_its_own_panels_and_no_other_body_does(local: LocalCast) -> None:
    case = steps.filed(local)
    steps.checked(local, case)
    steps.reviewed(local, case)
    qingpu, rules = Body.objects.get(code="qingpu"), "district_centre/qingpu-2019-demo"
    qingpu.uscc = ZONE.uscc  # whoever recognises has one
    qingpu.save(update_fields=["uscc"])
    other = steps.open_local_batch(local.cast, qingpu, local.cast.at, rules=rules)
    zone = person("z2_officer", "别区经办示例")
    grant(zone, Role.LOCAL_OFFICER, "Z00002", at=local.cast.at)
    own, address = as_(local.officer), reverse("district_calibration", args=[local.batch.code])
    page = own.get(address)
    assert (page.status_code, page.context["opened"], len(page.context["rows"])) == (200, 1, local.batch.panel_size)
    assert page.context["rows"][0]["name"] in page.content.decode()
    lines = own.get(reverse("district_calibration_file", args=[local.batch.code]))
    assert lines.headers["Content-Disposition"].startswith("attachment")
    assert case.number in lines.content.decode()
    listed = own.get(reverse("district_batches")).content.decode()
    assert (local.batch.code.upper() in listed, other.code.upper() in listed) == (True, False)
    assert ZONE.name_zh in listed
    for name in ("district_calibration", "district_calibration_file"):
        for batch in (other, local.cast.batch):
            assert own.get(reverse(name, args=[batch.code])).status_code == 404
        for user, wanted in ((local.other_officer, 404), (zone, 404), (local.cast.pudong, 403), (local.checker, 403)):
            assert as_(user).get(reverse(name, args=[local.batch.code])).status_code == wanted, (user, name)


def test_pool_is_read_by_whoever_draws_from_it_and_changed_by_the_office_alone(local: LocalCast) -> None:
    expert, own = local.cast.experts[0], as_(local.officer)
    page = own.get(reverse("district_experts"), {"words": expert.name})
    assert [row["profile"].user for row in page.context["rows"]] == [expert]
    assert reverse("office_expert", args=[expert.pk]) not in page.content.decode()
    assert own.get(reverse("office_expert", args=[expert.pk])).status_code == 403
    assert own.post(reverse("district_experts"), {"act": "pause"}).status_code == 405
    assert as_(local.checker).get(reverse("district_experts")).status_code == 403
    menu = own.get(reverse("district_inbox")).content.decode()
    assert [reverse(name) in menu for name in ("district_batches", "district_experts", "meetings")] == [True] * 3
    assert reverse("district_experts") not in as_(local.checker).get(reverse("district_inbox")).content.decode()


def test_batch_without_experts_has_no_calibration(local: LocalCast) -> None:
    Batch.objects.filter(pk=local.batch.pk).update(panel_size=0)
    own = as_(local.officer)
    assert own.get(reverse("district_calibration", args=[local.batch.code])).status_code == 404
    assert (
        reverse("district_calibration", args=[local.batch.code])
        not in own.get(reverse("district_batches")).content.decode()
    )


def test_publisher_of_a_body_is_offered_no_page_that_refuses_it(local: LocalCast) -> None:
    own, office = as_(local.publisher), as_(local.cast.publisher)
    standings = reverse("office_standings")
    assert own.get(standings).status_code == 403
    assert standings not in own.get(reverse("publishing")).content.decode()
    assert office.get(standings).status_code == 200
    assert standings in office.get(reverse("publishing")).content.decode()
