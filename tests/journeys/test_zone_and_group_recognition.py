"""A development zone and a group recognise a centre, from opening the batch to the signed certificate and after it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.models import Application, Batch, Letter, Title, User
from accreditation.roles import Role
from certificates.models import Certificate
from certificates.selectors import certificate_file
from certificates.services.keys import open_keys
from certificates.services.signing import sign_pending
from certificates.verify import Trust, verify
from tests.clock import Clock
from tests.factories.batches import opened_by_two
from tests.factories.browser import log_in
from tests.factories.cast import grant, person
from tests.factories.local import GROUP, ZONE, LocalCast, Recogniser, make_local_cast
from tests.factories.local_pages import (
    announce,
    check_material,
    draft,
    file,
    meet,
    opened,
    review,
    send,
    state,
    visit,
)
from workflows.consistency import check_all
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OFFICE_NAME = "示例市经济和信息化主管部门"


@pytest.fixture(params=[ZONE, GROUP], ids=lambda body: body.code)
def local(
    request: pytest.FixtureRequest, settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: Path
) -> LocalCast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_local_cast(clock.at, body=request.param)


def body_of(local: LocalCast) -> Recogniser:
    return ZONE if local.authority.code == ZONE.code else GROUP


def anybody(name: str, *arguments: object) -> str:
    """The text of a public page."""
    answer = Client().get(reverse(name, args=arguments))
    assert answer.status_code == 200, name
    return str(answer.content.decode())


def status(user: User, name: str, *arguments: object) -> int:
    return int(log_in(Client(), user).get(reverse(name, args=arguments)).status_code)


def open_batch_on_page(local: LocalCast, clock: Clock) -> Batch:
    """The municipal office opens the batch for the body."""
    form = {
        "programme": "district_centre", "edition": str(local.batch.rule_set_id),
        "procedure": "district_recognition/2022", "authority": str(local.authority.pk), "ordinal": "2", "year": "2026",
        "reporting_year": "2025", "opens_at": f"{clock.on}T00:00", "closes_at": "2026-04-02T17:00",
        "base_date": clock.on.isoformat(),
    }  # fmt: skip
    send(local.cast.office, "office_batch_new", **form)
    return opened_by_two()


def test_body_recognises_from_opening_the_batch_to_the_signed_certificate(
    local: LocalCast, clock: Clock, var_dir: Path
) -> None:
    body = body_of(local)
    local.batch = open_batch_on_page(local, clock)
    assert local.batch.code == f"shdtc-{body.district.lower()}-2026-2"
    number = draft(local)
    file(local, number, through=str(local.town.pk))
    send(local.forwarder, "forward_act", number, "forward", opinion="材料齐全，情况属实，同意转报")
    registered, zone = local.cast.pudong, person("z2_officer", "别区经办示例")
    grant(zone, Role.LOCAL_OFFICER, "Z00002", at=clock.at)
    strangers = (registered, zone, local.other_officer)
    assert {status(user, "district_case", number) for user in strangers} == {404}
    check_material(local, number)
    people = visit(local, number, clock)
    assert body.district not in opened(people[0], "expert_case", number)
    review(number, people)
    assert body.name_zh in meet(local, number).minutes
    send(
        local.publisher, "batch_notice", local.batch.code, cases=[number], body="现予公示。", confirmed="1",
        request_key="notice",
    )  # fmt: skip
    notice = Application.objects.get(case__number=number).notice
    assert notice is not None
    shown = anybody("notice", notice.number)
    assert (f"{body.name_zh}核查并说明理由" in shown, OFFICE_NAME in shown, "浦东新区" in shown) == (True, False, True)
    assert f"{body.name_zh}企业技术中心" in anybody("notices")
    assert (body.district in shown, {status(user, "notice_adjust", notice.number) for user in strangers}) == (
        False,
        {403},
    )
    clock.at = notice.ends_at + timedelta(seconds=1)
    tick(clock.at)
    clock.advance(days=1)
    announce(local, number, clock)
    assert state(number) == S.RECOGNISED
    title = Title.objects.get()
    for page in (anybody("announcement", title.announcement_number), anybody("centre", title.number)):
        assert (body.name_zh in page, OFFICE_NAME in page) == (True, False)
    letters = Letter.objects.filter(case__number=number)
    assert {row.issued_by for row in letters} == {body.name_zh}
    assert f"被认定为{body.name_zh}企业技术中心" in letters.get(kind="recognition").body
    _is_signed_and_verified(local, number, clock, var_dir)
    assert list(check_all()) == []
    assert verify_all()[1] == []


def _is_signed_and_verified(local: LocalCast, number: str, clock: Clock, var_dir: Path) -> None:
    """The certificate speaks in the name of the body, and whoever holds it can check it."""
    body = body_of(local)
    assert sign_pending(limit=5, at=clock.at, keys=open_keys(at=clock.at)) == 1
    assert tick(clock.at).certificates_noted == 1
    certificate = Certificate.objects.get()
    said = certificate.snapshot
    assert (said["issuer_zh"], said["issuer_uscc"], said["layout"]) == (
        body.name_zh,
        body.uscc,
        f"{body.code}_centre-2",
    )
    assert said["programme_zh"] == f"{body.name_zh}企业技术中心"
    assert certificate.number.startswith("SHDTC")
    trust = Trust(((var_dir / "trust" / "root.pem").read_bytes(),), frozenset({certificate.signer}), clock.at)
    assert verify(certificate_file(certificate), trust).accepted
    assert body.name_zh in anybody("certificates:shown", certificate.code)
    assert status(local.applicant, "my_certificate", number) == 200
    assert status(local.cast.member1, "my_certificate", number) == 404
