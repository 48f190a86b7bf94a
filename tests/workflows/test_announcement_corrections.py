"""The correction of an announcement: two persons, both texts in public, announcement and register untouched."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accreditation.audit import chain_key, verify_all
from accreditation.correction_words import AnnouncementCorrectionState as S
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import (
    Announcement,
    AnnouncementCorrection,
    Application,
    AuditEvent,
    Enterprise,
    Message,
    RoleGrant,
    Title,
)
from accreditation.roles import Power, Role
from accreditation.services.delegations import delegate_powers
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, grant, make_cast, person
from tests.factories.titles import municipal_title
from workflows import announcement_corrections as acts
from workflows.consistency import check_all
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WRONG, REASON = "上海示例智能装备（集团）有限公司", "公告排版时误录单位名称，以营业执照为准。"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def announcement(cast: Cast) -> Announcement:
    """One title of the city on the list of the batch, another one not on it."""
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    title, _other = municipal_title(cast), municipal_title(cast, 1)
    row = Announcement.objects.create(
        number="示例〔2026〕7 号", batch=cast.batch, dated=cast.at.date(), body=f"认定{WRONG}等企业技术中心。",
        announced_by=cast.publisher, announced_at=cast.at,
    )  # fmt: skip
    Application.objects.filter(case=case).update(title=title, announcement=row, announced_name=case.enterprise.name)
    return row


def said(cast: Cast, **changed: Any) -> dict[str, Any]:
    right = cast.enterprises[0].name
    return {"particular": "name", "printed": WRONG, "right": right, "reason": REASON, **changed}


def proposed(cast: Cast, row: Announcement, **changed: Any) -> AnnouncementCorrection:
    values = {"title": Title.objects.get(number="SHETC-T-2025-00000"), "by": cast.office, "at": cast.at}
    return acts.propose_correction(row, **values | said(cast) | changed)


def untouched(cast: Cast) -> list[object]:
    """The announcement as it was published, and the register."""
    published = Announcement.objects.values("number", "body", "dated", "announced_at").get()
    return [published, Enterprise.objects.values().get(pk=cast.enterprises[0].pk), list(Title.objects.values("state"))]


def codes(refused: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def text(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_correction_is_public_only_when_a_second_person_published_it(cast: Cast, announcement: Announcement) -> None:
    row = proposed(cast, announcement)
    page = reverse("announcement", args=[announcement.number])
    assert "公告更正" not in text(Client().get(page))
    with pytest.raises(Denied):
        acts.publish_correction(row, by=cast.office, at=cast.at)
    before = untouched(cast)
    row = acts.publish_correction(row, by=cast.publisher, at=cast.at + timedelta(hours=1))
    assert untouched(cast) == before
    shown = text(Client().get(page))
    assert shown.index("公告更正") < shown.index(announcement.body)
    assert f"公告上的内容 {WRONG} 正确的内容 {cast.enterprises[0].name}" in shown
    assert REASON in shown
    listed = Client().get(reverse("notices"), {"kind": "correction"}).content.decode()
    assert f'href="{page}#G1"' in listed
    events = AuditEvent.objects.filter(chain=chain_key(announcement)).order_by("seq")
    assert [event.verb for event in events] == ["propose_correction", "publish_correction"]
    told = dict(Message.objects.values_list("recipient__username", "kind"))
    assert (told["member0"], told["office"]) == ("correction_published", "correction_settled")
    assert verify_all()[1] == []
    assert list(check_all()) == []


def test_every_fault_of_a_proposal_is_told(cast: Cast, announcement: Announcement) -> None:
    other = Title.objects.get(number="SHETC-T-2025-00001")
    with pytest.raises(Refusal) as refused:
        proposed(cast, announcement, title=other, particular="band", printed=" ", right="", reason="错")
    assert codes(refused) == {"not_listed", "unknown_particular", "text_needed", "same_text", "reason_needed"}
    with pytest.raises(Refusal) as refused:
        proposed(cast, announcement, particular="uscc", right="91310000MA1FL0007D")
    assert codes(refused) == {"bad_uscc"}
    row = proposed(cast, announcement, request_key="once")
    assert proposed(cast, announcement, request_key="once").pk == row.pk
    with pytest.raises(Refusal) as refused:
        proposed(cast, announcement)
    assert codes(refused) == {"proposed_already"}
    assert proposed(cast, announcement, particular="uscc", right=cast.enterprises[0].uscc).number.endswith("-G2")


def test_proposer_never_publishes_and_one_answer_counts(cast: Cast, announcement: Announcement) -> None:
    second = person("publisher2", "发布人二示例")
    grant(second, Role.PUBLISHER, at=cast.at)
    row = proposed(cast, announcement, by=cast.publisher)
    for answer, more in ((acts.publish_correction, {}), (acts.decline_correction, {"reason": REASON})):
        with pytest.raises(Refusal) as refused:
            answer(row, by=cast.publisher, at=cast.at, **more)
        assert codes(refused) == {"same_person"}
    rows = AnnouncementCorrection.objects.filter(pk=row.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state=S.PUBLISHED, settled_by=cast.publisher, settled_at=cast.at)
    with pytest.raises(Refusal) as refused:
        acts.decline_correction(row, reason="否", by=second, at=cast.at)
    assert codes(refused) == {"text_needed"}
    acts.decline_correction(row, reason="公告原文无误。", by=second, at=cast.at)
    with pytest.raises(AlreadyDone) as done:
        acts.publish_correction(row, by=second, at=cast.at)
    assert done.value.done_by == str(second)
    assert "公告更正" not in text(Client().get(reverse("announcement", args=[announcement.number])))
    for stranger in (cast.member0, cast.pudong, cast.operator, cast.auditor):
        with pytest.raises(Denied):
            proposed(cast, announcement, by=stranger)


def test_correction_whose_proposer_left_office_is_declined_alone(cast: Cast, announcement: Announcement) -> None:
    row = proposed(cast, announcement)
    cast.office.grants.update(revoked_at=cast.at)
    with pytest.raises(Refusal) as refused:
        acts.publish_correction(row, by=cast.publisher, at=cast.at)
    assert codes(refused) == {"proposer_left"}
    assert acts.decline_correction(row, reason="提出人已离任。", by=cast.publisher, at=cast.at).state == S.DECLINED


def test_power_on_loan_is_no_second_person_nor_offered_the_form(cast: Cast, announcement: Announcement) -> None:
    helper, later = cast.office, cast.at + timedelta(hours=1)
    own, until = RoleGrant.objects.get(user=cast.publisher), cast.at + timedelta(days=2)
    delegate_powers(
        own, [Power.PUBLISH], helper, starts_at=cast.at, ends_at=until, reason="出差", by=cast.publisher, at=cast.at
    )
    row = proposed(cast, announcement, by=helper, at=later)
    assert row.proposed_for == cast.publisher
    for one in (cast.publisher, helper):
        assert not acts.FOUR_EYES.may_decide(row, one, later)
        with pytest.raises(Refusal) as refused:
            acts.publish_correction(row, by=one, at=later)
        assert codes(refused) == {"same_person"}


def test_pages_lead_from_the_list_to_the_published_correction(cast: Cast, announcement: Announcement) -> None:
    office, publisher = (log_in(Client(), cast.people[name]) for name in ("office", "publisher"))
    address = reverse("announcement_corrections", args=[announcement.pk])
    assert address in publisher.get(reverse("publishing")).content.decode()
    assert log_in(Client(), cast.pudong).get(address).status_code == 403
    form = said(cast, title="SHETC-T-2025-00000")
    assert office.post(address, form | {"right": WRONG}).status_code == 422
    assert "由提出人以外的发布人审核" in text(office.post(address, form, follow=True))
    row = AnnouncementCorrection.objects.get()
    one = reverse("announcement_correction", args=[row.pk])
    assert office.post(one, {"is_published": "yes"}).status_code == 403
    assert publisher.post(one, {"is_published": "no"}).status_code == 422
    assert "更正已发布" in text(publisher.post(one, {"is_published": "yes"}, follow=True))
    assert "该项现为“已发布”" in text(publisher.post(one, {"is_published": "yes"}, follow=True))
    assert WRONG in text(Client().get(reverse("announcement", args=[announcement.number])))
