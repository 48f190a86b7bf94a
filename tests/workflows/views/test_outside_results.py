"""The page of a result that would move a national title: entered by one, checked against the scan by another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.enums import MemberState, TitleState
from accreditation.models import Member, Message, ResultProposal, RoleGrant, Title, User
from accreditation.recommendation_words import ResultState
from accreditation.roles import Power
from accreditation.selectors.messages import render_message
from accreditation.services.delegations import delegate_powers
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.recommending import make_national, parent_title
from tests.factories.recommending_pages import sent
from tests.factories.titles import second_officer
from workflows.demo.material import sample_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHY = "文件所列的是另一家单位，请重新登记。"


@pytest.fixture
def cast(settings: LazySettings, var_dir: object) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(STARTED - timedelta(hours=1))
    make_national(found)
    return found


@pytest.fixture
def title(cast: Cast) -> Title:
    return parent_title(cast, 0)


@pytest.fixture
def office(cast: Cast) -> Client:
    return log_in(Client(), cast.office)


@pytest.fixture
def second(cast: Cast) -> Client:
    return log_in(Client(), second_officer(cast))


def enter(office: Client, title: Title) -> ResultProposal:
    form = {
        "year": 2025, "band": "marginal_pass", "authority": "示例国家主管部门", "number": "示例评价〔2026〕2号",
        "dated": "2026-02-01", "consequence": "警告并限期整改", "file": sent("公告.pdf", sample_pdf("result")),
    }  # fmt: skip
    done = office.post(reverse("outside_title", args=[title.number]), form, follow=True)
    assert "待另一人对照文件核对后生效" in done.content.decode()
    return ResultProposal.objects.get(state=ResultState.WAITING)


def read(person: Client, name: str, *args: object) -> str:
    answer = person.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def state(title: Title) -> str:
    return str(Title.objects.get(pk=title.pk).state)


def test_second_officer_finds_reads_and_confirms_it(title: Title, second: Client, office: Client) -> None:
    everybody = Client()
    before = read(everybody, "centre", title.number)
    row = enter(office, title)
    address = reverse("outside_result", args=[row.pk])
    for name in ("office_inbox", "outside_titles"):
        assert address in read(second, name)
    assert address not in read(office, "office_inbox")
    assert address in read(office, "outside_titles")
    assert "is_confirmed" not in read(office, "outside_result", row.pk)
    shown, scan = read(second, "outside_result", row.pk), reverse("outside_result_file", args=[row.pk])
    assert scan in shown
    assert "撤回登记" not in shown
    assert second.get(scan).headers["Content-Type"] == "application/pdf"
    assert second.post(address, {"reason": ""}).status_code == 422
    assert office.post(address, {"is_confirmed": "yes"}).status_code == 403
    assert "警告" not in before + read(everybody, "centre", title.number)
    assert second.post(address, {"is_confirmed": "yes"}).status_code == 302
    assert state(title) == TitleState.WARNED
    assert "警告" in read(everybody, "centre", title.number)
    assert "is_confirmed" not in read(second, "outside_result", row.pk)
    assert address not in read(second, "office_inbox")


def test_page_says_in_whose_place_it_was_settled(cast: Cast, title: Title, office: Client) -> None:
    row, lender = enter(office, title), second_officer(cast)
    delegate_powers(
        RoleGrant.objects.get(user=lender), [Power.CHECK_COMPLETENESS], cast.publisher, starts_at=None,
        ends_at=STARTED + timedelta(days=7), reason="年休假", by=lender, at=STARTED,
    )  # fmt: skip
    assert str(lender) not in read(office, "outside_result", row.pk)
    deputy = log_in(Client(), cast.publisher)
    assert deputy.post(reverse("outside_result", args=[row.pk]), {"is_confirmed": "yes"}).status_code == 302
    shown = read(office, "outside_result", row.pk)
    assert "被代办人" in shown
    assert str(lender) in shown


def test_it_is_declined_with_a_reason_and_who_entered_it_reads_why(
    cast: Cast, title: Title, second: Client, office: Client
) -> None:
    row = enter(office, title)
    address = reverse("outside_result", args=[row.pk])
    assert second.post(address, {"is_confirmed": "no", "reason": " "}).status_code == 422
    assert second.post(address, {"is_confirmed": "no", "reason": WHY}).status_code == 302
    assert state(title) == TitleState.IN_FORCE
    for page in (read(office, "outside_result", row.pk), read(office, "outside_title", title.number)):
        assert WHY in page
    said = render_message(Message.objects.get(recipient=cast.office, kind="result_declined"))
    assert (said.href, title.number in said.text) == (address, True)
    late = second.post(address, {"is_confirmed": "yes"}, follow=True)
    assert "不能再办理" in late.content.decode()
    assert enter(office, title).pk != row.pk


def test_who_entered_it_takes_it_back(title: Title, second: Client, office: Client) -> None:
    row = enter(office, title)
    address = reverse("outside_result", args=[row.pk])
    assert second.post(address, {"withdraw": "1"}).status_code == 403
    assert office.post(address, {"withdraw": "1"}).status_code == 302
    assert ResultProposal.objects.get(pk=row.pk).state == ResultState.WITHDRAWN
    assert "已撤回" in read(office, "outside_result", row.pk)
    again = office.post(address, {"withdraw": "1"}, follow=True)
    assert "不能再办理" in again.content.decode()


def test_one_that_is_not_there_is_not_found(second: Client) -> None:
    assert second.get(reverse("outside_result", args=[9999])).status_code == 404
    assert second.get(reverse("outside_result_file", args=[9999])).status_code == 404


def test_result_that_is_not_confirmed_is_not_there_for_whoever_was_of_the_holder(
    cast: Cast, title: Title, office: Client, second: Client
) -> None:
    row = enter(office, title)
    link = reverse("outside_result", args=[row.pk])
    assert link in read(second, "outside_title", title.number)
    former = User.objects.get(pk=int(second.session["_auth_user_id"]))
    Member.objects.create(
        enterprise=title.holder, user=former, state=MemberState.ENDED, requested_at=cast.at, settled_at=cast.at
    )
    assert link not in read(second, "outside_title", title.number)
    assert second.get(link).status_code == 404
    assert second.get(reverse("outside_result_file", args=[row.pk])).status_code == 404
    assert office.get(link).status_code == 200
