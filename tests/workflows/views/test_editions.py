"""Changes of edition on the office's pages: tried, put forward, confirmed by a second person, reported case by case."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accreditation.models import Case, EditionChange, RoleGrant, User
from accreditation.roles import Role
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, grant, make_cast, person
from tests.factories.editions import NEW, OLD
from tests.factories.steps import recommend
from tests.workflows.test_edition_change import mapping_text

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PLACE = f"{reverse('office_edition_change_new')}?pair={OLD}>{NEW}"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at)


def asked(user: User, address: str, form: dict[str, Any] | None = None, *, status: int = 200) -> str:
    """The page at an address, or where a form leads."""
    client = log_in(Client(), user)
    answer = client.get(address) if form is None else client.post(address, form)
    assert answer.status_code == status, (address, answer.status_code)
    return str(answer.headers.get("Location") or answer.content.decode())


def hidden(page: str) -> dict[str, str]:
    """Fields of the form that puts forward what was tried."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found if name in ("step", "seen", "cases", "text", "request_key")}


def proposed(cast: Cast, **form: str) -> str:
    page = asked(cast.office, PLACE, {"reason": "管理办法修订"} | form)
    return asked(cast.office, PLACE, hidden(page), status=302).rstrip("/").split("/")[-1]


def act(user: User, number: str, verb: str, form: dict[str, str] | None = None, *, status: int = 302) -> str:
    return asked(user, reverse("office_edition_change_act", args=[number, verb]), form or {}, status=status)


def page_of(user: User, number: str) -> str:
    return asked(user, reverse("office_edition_change", args=[number]))


def test_from_the_choice_of_editions_to_the_report(cast: Cast) -> None:
    case, other = filed_case(cast), filed_case(cast, 1)
    first = asked(cast.office, reverse("office_edition_change_new"))
    assert f'value="{OLD}&gt;{NEW}"' in first
    assert "（在办 2 件）" in first
    assert 'name="goal-submitted"' in asked(cast.office, PLACE)
    page = asked(cast.office, PLACE, {"reason": "管理办法修订"})
    for words in (case.number, other.number, "可更换 2 件，不更换 0 件", "提请另一位人员确认"):
        assert words in page, words
    assert (Case.objects.get(pk=case.pk).procedure, EditionChange.objects.count()) == (OLD, 0)
    number = asked(cast.office, PLACE, hidden(page), status=302).rstrip("/").split("/")[-1]
    assert "须由提请人以外" in page_of(cast.office, number)
    seen = {"seen": EditionChange.objects.get(number=number).preview_sha256}
    act(cast.office, number, "confirm", seen, status=403)
    assert number in asked(cast.publisher, reverse("publishing"))
    assert seen["seen"] in page_of(cast.publisher, number)
    recommend(cast, other, cast.at)
    act(cast.publisher, number, "confirm", seen)
    report = page_of(cast.publisher, number)
    assert "已更换 1 件，未更换 1 件" in report
    assert "预演后办件已由" in report
    assert [Case.objects.get(pk=row.pk).procedure for row in (case, other)] == [NEW, OLD]
    assert number in asked(cast.publisher, reverse("office_edition_changes"))
    act(cast.publisher, number, "confirm", seen)  # twice: told, nothing done again
    assert EditionChange.objects.get().state == "finished"


def test_cut_off_run_is_gone_on_with_by_who_confirmed_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [filed_case(cast), filed_case(cast, 1)]
    number = proposed(cast)
    monkeypatch.setattr("workflows.views.editions_desk.AT_ONCE", 1)
    act(cast.publisher, number, "confirm", {"seen": EditionChange.objects.get().preview_sha256})
    assert "尚有 1 件未办" in page_of(cast.publisher, number)
    assert "继续办理</button>" not in page_of(cast.office, number)
    act(cast.office, number, "carry_on", status=403)
    act(cast.publisher, number, "carry_on")
    assert {Case.objects.get(pk=case.pk).procedure for case in cases} == {NEW}
    assert EditionChange.objects.get().state == "finished"


def test_run_of_who_left_office_is_taken_over_on_the_page(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [filed_case(cast), filed_case(cast, 1)]
    number, other = proposed(cast), person("second_publisher", "第二发布人")
    grant(other, Role.PUBLISHER, at=cast.at)
    monkeypatch.setattr("workflows.views.editions_desk.AT_ONCE", 1)
    act(cast.publisher, number, "confirm", {"seen": EditionChange.objects.get().preview_sha256})
    said = {"reason": "原确认人已调离"}
    assert "接办并继续更换</button>" not in page_of(other, number)
    act(other, number, "take_over", said)
    assert EditionChange.objects.get().runner == cast.publisher
    RoleGrant.objects.filter(user=cast.publisher).update(revoked_at=cast.at)
    page = page_of(cast.office, number)
    assert "已没有此项职权" in page
    assert "接办并继续更换</button>" not in page
    act(cast.office, number, "take_over", said, status=403)
    page = page_of(other, number)
    assert "接办并继续更换</button>" in page
    assert "尚未办理的办件（预演结果）" in page
    assert all(case.number in page for case in cases)
    act(other, number, "take_over", {"reason": " "})
    assert EditionChange.objects.get().state == "running"
    act(other, number, "take_over", said)
    assert "原确认人已调离" in page_of(cast.office, number)
    assert {Case.objects.get(pk=case.pk).procedure for case in cases} == {NEW}
    assert EditionChange.objects.get().state == "finished"


def test_declined_with_a_reason_and_withdrawn_by_the_proposer(cast: Cast) -> None:
    filed_case(cast)
    number = proposed(cast)
    act(cast.publisher, number, "decline")
    assert EditionChange.objects.get().state == "waiting"
    act(cast.publisher, number, "decline", {"reason": "下一批起适用"})
    assert "下一批起适用" in page_of(cast.office, number)
    number = proposed(cast)
    act(cast.publisher, number, "withdraw", status=403)
    act(cast.office, number, "withdraw")
    assert EditionChange.objects.get(number=number).state == "withdrawn"
    act(cast.office, number, "steal", status=404)
    assert "已撤回" in page_of(cast.office, number)


def test_faults_of_a_mapping_and_of_the_named_cases_are_told_on_the_page(cast: Cast) -> None:
    case = filed_case(cast)
    upload = SimpleUploadedFile("m.yaml", mapping_text(OLD, {"draft": "nowhere"}).encode())
    assert "nowhere" in asked(cast.office, PLACE, {"file": upload}, status=422)
    assert "请写明更换办理程序版本的理由" in asked(cast.office, PLACE, {"reason": " "}, status=422)
    page = asked(cast.office, PLACE, {"reason": "修订", "cases": "SHETC-1"}, status=422)
    assert "SHETC-1 不是原办理程序的在办件" in page
    page = asked(cast.office, PLACE, {"reason": "修订", "cases": f" {case.number}\n"})
    assert hidden(page)["cases"] == case.number
    recommend(cast, case, cast.at)
    assert "预演后情况有变" in asked(cast.office, PLACE, hidden(page))
    assert not EditionChange.objects.exists()
    asked(cast.office, reverse("office_edition_change_new") + "?pair=a>b", status=422)
    asked(cast.publisher, PLACE, status=403)


def test_mapping_is_kept_as_it_came(cast: Cast) -> None:
    filed_case(cast)
    text = mapping_text(OLD)
    page = asked(cast.office, PLACE, {"file": SimpleUploadedFile("m.yaml", text.encode())})
    number = asked(cast.office, PLACE, hidden(page), status=302).rstrip("/").split("/")[-1]
    assert asked(cast.publisher, reverse("office_edition_change_file", args=[number])) == text
