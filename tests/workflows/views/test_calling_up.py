"""The pages of a free place: who is next and why not, put forward, confirmed, declined, taken back."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.enums import MemberState
from accreditation.models import CallingUp, Member
from accreditation.recommendation_words import ResultState
from tests.clock import Clock
from tests.factories import recommending as steps
from tests.factories.browser import log_in
from tests.factories.calling_up import after, decided, give_up, state
from tests.factories.cast import Cast, make_cast
from tests.factories.recommending_pages import words
from workflows.calling_up import propose_calling_up

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def test_next_in_order_is_shown_put_forward_and_confirmed(cast: Cast, clock: Clock) -> None:
    batch, cases = decided(cast)
    clock.at = after(batch)
    office, second = log_in(Client(), cast.office), log_in(Client(), steps.colleague(cast))
    address, desk = (reverse(name, args=[batch.code]) for name in ("office_calling_up", "office_recommendation"))
    assert "空余名额 0 个" in words(office.get(desk))
    assert "名额已满" in words(office.post(address, {"document": ""}))
    give_up(cast, cases[0], clock.at)
    for page in (address, desk):
        shown = words(office.get(page))
        for said in ("空余名额 1 个", "顺位下一家", cases[1].number, "示例通知", "现在可以提请递补"):
            assert said in shown
    sent = office.post(address, {"document": "", "dated": "", "request_key": "one"})
    row = CallingUp.objects.get()
    entry = reverse("calling_up", args=[row.pk])
    assert (sent.status_code, sent["Location"]) == (302, entry)
    assert office.post(address, {"document": "", "dated": "", "request_key": "one"})["Location"] == entry
    assert "已提请递补，待另一人确认" in words(office.get(address))
    assert "待您确认的递补提请" in words(second.get(reverse("office_inbox")))
    assert "待您确认的递补提请" not in words(office.get(reverse("office_inbox")))
    assert office.post(entry, {"is_confirmed": "yes", "reason": ""}).status_code == 403
    assert second.post(entry, {"is_confirmed": "no", "reason": ""}).status_code == 422
    assert state(cases[1]) == "not_in_quota"
    assert second.post(entry, {"is_confirmed": "yes", "reason": ""}).status_code == 302
    assert state(cases[1]) == "to_be_recommended"
    assert cases[0].number in words(second.get(entry))  # whose place it is
    mine = words(log_in(Client(), cast.member1).get(reverse("my_progress", args=[cases[1].number])))
    assert "递补告知书" in mine


def test_proposal_is_taken_back_and_hidden_from_whoever_is_tied(cast: Cast, clock: Clock) -> None:
    batch, cases = decided(cast)
    clock.at = after(batch)
    give_up(cast, cases[0], clock.at)
    row = propose_calling_up(batch, by=cast.office, at=clock.at)
    address, entry = reverse("office_calling_up", args=[batch.code]), reverse("calling_up", args=[row.pk])
    tied = steps.colleague(cast)
    Member.objects.create(
        enterprise=cast.enterprises[1], user=tied, state=MemberState.ENDED, requested_at=cast.at, settled_at=cast.at
    )
    reader = log_in(Client(), tied)
    assert cases[1].number not in words(reader.get(address))
    assert (reader.get(entry).status_code, reader.post(address, {"document": ""}).status_code) == (404, 403)
    office = log_in(Client(), cast.office)
    assert office.post(entry, {"withdraw": "1"}).status_code == 302
    assert CallingUp.objects.get().state == ResultState.WITHDRAWN
