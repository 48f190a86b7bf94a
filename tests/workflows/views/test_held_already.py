"""The pages on which a case is ended because its enterprise holds the title by now, and the ways that lead there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.enums import ApplicationState as S
from accreditation.models import Announcement, Application, Case
from tests.attacks.national_states import NationalStates
from tests.clock import STARTED, Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.held import REASON, hold_meanwhile
from tests.factories.steps import hold_meeting, publish, to_committee
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=30))


@pytest.fixture
def completed(cast: Cast) -> list[Case]:
    """Two cases of one list."""
    cases = [filed_case(cast, 0), filed_case(cast, 2)]
    for case in cases:
        to_committee(cast, case, cast.at)
    hold_meeting(cast, cases, cast.at)
    tick(publish(cast, cases, cast.at).ends_at + timedelta(seconds=1))
    return cases


def text(answer: Any) -> str:
    return str(answer.content.decode())


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def test_list_leads_to_the_end_of_a_case_whose_title_is_held(cast: Cast, completed: list[Case]) -> None:
    held, client = hold_meanwhile(completed[0]), log_in(Client(), cast.publisher)
    address = reverse("batch_announce", args=[cast.batch.code])
    page = text(client.get(address))
    end, other = (reverse("batch_end_held", args=[cast.batch.code, case.number]) for case in completed)
    assert (end in page, other in page, held.number in page) == (True, False, True)
    ticked = [f'id="case-{case.number}" checked' in page for case in completed]
    assert ticked == [False, True]
    form = {"cases": [case.number for case in completed], "number": "示例〔2026〕1号", "body": "现予公布。",
            "dated": timezone.localdate().isoformat(), "confirmed": "1"}  # fmt: skip
    refused = client.post(address, form)
    assert (refused.status_code, Announcement.objects.exists()) == (422, False)
    assert held.number in text(refused)
    assert end in text(refused)
    assert client.post(address, form | {"cases": [completed[1].number]}).status_code == 302
    assert [state(case) for case in completed] == [S.NOTICE_COMPLETED, S.RECOGNISED]


def test_case_is_ended_after_it_was_confirmed(cast: Cast, completed: list[Case]) -> None:
    case, client = completed[0], log_in(Client(), cast.publisher)
    held, address = hold_meanwhile(case), reverse("batch_end_held", args=[cast.batch.code, case.number])
    assert held.number in text(client.get(address))
    assert client.post(address, {"reason": "短"}).status_code == 422
    asked = client.post(address, {"reason": REASON})
    assert 'name="confirmed"' in text(asked)
    assert state(case) == S.NOTICE_COMPLETED
    sent = {"reason": REASON, "confirmed": "1", "request_key": "h" * 32}
    assert f"{case.number}：已终结办理。" in text(client.post(address, sent, follow=True))
    assert state(case) == S.HELD_OTHERWISE
    assert client.get(address).status_code == 404
    again = client.post(address, sent | {"request_key": "i" * 32}, follow=True)
    assert "不能再办理" in text(again)
    applicant = text(log_in(Client(), cast.member0).get(reverse("my_case", args=[case.number])))
    assert REASON in applicant
    assert "已持有资格，终结办理" in applicant


def test_publisher_is_led_to_it_before_the_notice_and_during_it(cast: Cast) -> None:
    cases, client = [filed_case(cast, 0), filed_case(cast, 2)], log_in(Client(), cast.publisher)
    for case in cases:
        to_committee(cast, case, cast.at)
    hold_meeting(cast, cases, cast.at)
    held = hold_meanwhile(cases[0])
    end, other = (reverse("batch_end_held", args=[cast.batch.code, case.number]) for case in cases)
    address = reverse("batch_notice", args=[cast.batch.code])
    page = text(client.get(address))
    assert (end in page, other in page, held.number in page) == (True, False, True)
    ticked = [f'id="case-{case.number}" checked' in page for case in cases]
    assert ticked == [False, True]
    assert f'href="{address}"' in text(client.get(end))
    form = {"cases": [case.number for case in cases], "body": "现予公示。", "confirmed": "1"}
    assert client.post(address, form).status_code == 422
    assert client.post(address, form | {"cases": [cases[1].number]}).status_code == 302
    assert [state(case) for case in cases] == [S.PROPOSED, S.UNDER_NOTICE]
    assert other not in text(client.get(reverse("publishing")))
    late = hold_meanwhile(cases[1])
    page = text(client.get(reverse("publishing")))
    assert (other in page, end in page, late.number in page) == (True, False, True)
    assert "公示调整通知" in text(client.get(other))
    sent = {"reason": REASON, "confirmed": "1", "request_key": "j" * 32}
    assert f"{cases[1].number}：已终结办理。" in text(client.post(other, sent, follow=True))
    assert [state(case) for case in cases] == [S.PROPOSED, S.HELD_OTHERWISE]


def test_case_whose_title_is_not_held_is_refused_on_its_page(cast: Cast, completed: list[Case]) -> None:
    case, client = completed[0], log_in(Client(), cast.publisher)
    address = reverse("batch_end_held", args=[cast.batch.code, case.number])
    assert "现在没有本项目的有效资格" in text(client.get(address))
    assert client.post(address, {"reason": REASON, "confirmed": "1"}).status_code == 422
    for person in (cast.office, cast.pudong, cast.member0):
        assert log_in(Client(), person).get(address).status_code == 403
    assert client.get(reverse("batch_end_held", args=[cast.batch.code, "none"])).status_code == 404


def test_office_is_led_from_the_national_result_to_the_end(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    world = NationalStates(clock.at)
    case = world.case_in(S.RECOMMENDED_UPWARD)
    clock.at = world.at
    office, end = log_in(Client(), world.people["office"]), reverse("office_act", args=[case.number, "end_as_held"])
    pages = [reverse("office_result", args=[world.batch.code]), reverse("office_case", args=[case.number])]
    assert not any(end in text(office.get(page)) for page in pages)
    held = hold_meanwhile(case)
    assert all(end in text(office.get(page)) for page in pages)
    assert held.number in text(office.get(end))
    office.post(end, {"reason": REASON, "confirmed": "1"})
    assert state(case) == S.HELD_OTHERWISE
