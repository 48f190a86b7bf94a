"""The clock of a review stopped and started on the pages of both desks, and an entry taken off a notice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.clocks import DeadlineState
from accreditation.enums import ApplicationState as S
from accreditation.models import (
    Application,
    AuditEvent,
    Case,
    Deadline,
    Letter,
    Message,
    NoticeAdjustment,
    NoticeEntry,
    NoticeWaiver,
    User,
)
from tests.attacks.municipal_states import MunicipalStates2026
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import recommend
from workflows.consistency import check_all

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PAUSE = {"ground": "testing", "remark": "委托检测机构复核样机，预计十日。"}


@pytest.fixture(autouse=True)
def _frozen(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)


@pytest.fixture
def cast(clock: Clock) -> Cast:
    return make_cast(clock.at, panel=1, committee=1)


def act(user: User, desk: str, case: Case, verb: str, **form: Any) -> Any:
    return log_in(Client(), user).post(reverse(f"{desk}_act", args=[case.number, verb]), form)


def review(case: Case, kind: str) -> Deadline:
    return Deadline.objects.get(case=case, kind=kind)


@pytest.mark.parametrize(("desk", "who", "kind"), [
    ("district", "pudong", "first_review"), ("office", "office", "completeness_check"),
])  # fmt: skip
def test_clock_is_stopped_and_started_on_the_pages(cast: Cast, clock: Clock, desk: str, who: str, kind: str) -> None:
    case, user = filed_case(cast), cast.people[who]
    if desk == "office":
        recommend(cast, case, clock.at)
    due = review(case, kind).due_at
    none = act(user, desk, case, "resume_clock", confirmed="1")
    assert (none.status_code, "办理时限没有中止" in none.content.decode()) == (422, True)
    bad = act(user, desk, case, "pause_clock", ground="too_busy", remark="人手不足", confirmed="1")
    assert bad.status_code == 422
    for other in ("member0", "jiading", "publisher"):
        assert act(cast.people[other], desk, case, "pause_clock", **PAUSE, confirmed="1").status_code in (403, 404)
    assert review(case, kind).state == DeadlineState.RUNNING
    assert act(user, desk, case, "pause_clock", **PAUSE, confirmed="1").status_code == 302
    assert review(case, kind).state == DeadlineState.PAUSED
    assert Letter.objects.filter(case=case, kind="clock_paused").count() == 1
    assert Message.objects.filter(recipient=cast.member0, kind="pause_clock").count() == 1
    page = log_in(Client(), user).get(reverse(f"{desk}_case", args=[case.number])).content.decode()
    assert "检验、检测" in page
    clock.advance(days=7)
    assert act(user, desk, case, "resume_clock", confirmed="1").status_code == 302
    assert (review(case, kind).state, review(case, kind).due_at > due) == (DeadlineState.RUNNING, True)
    assert list(check_all()) == []


def test_entry_is_taken_off_a_notice_on_the_publishers_page(clock: Clock) -> None:
    world = MunicipalStates2026(clock.at)
    case = world.case_in(S.UNDER_NOTICE)
    clock.at = world.at + timedelta(hours=1)
    entry = NoticeEntry.objects.get(application__case=case)
    address = reverse("notice_adjust", args=[entry.notice.number])
    form = {"body": "企业书面申请撤回。", f"off-{entry.pk}": "on"}
    client = log_in(Client(), world.people["publisher"])
    page = client.get(address).content.decode()
    assert f"off-{entry.pk}" not in page  # nothing is taken off without the applicant's own declaration
    assert "现在没有这样的申请" in page
    assert client.post(address, form | {"confirmed": "1"}).status_code == 422
    own = log_in(Client(), world.people["applicant"])
    declared = {"reason": "经营计划调整，自愿退出。", "understood": "on"}
    unticked = own.post(reverse("my_waiver", args=[case.number]), {"reason": "退出"})
    assert (unticked.status_code, "本次申报终止：请先勾选此项声明。" in unticked.content.decode()) == (422, True)
    assert own.post(reverse("my_waiver", args=[case.number]), declared).status_code == 302
    assert NoticeWaiver.objects.get().sha256 in own.get(reverse("my_waiver", args=[case.number])).content.decode()
    asked = client.post(address, form | {f"name-{entry.pk}": "更正的名称"}).content.decode()
    for line in ("撤下名单的单位，本次申报程序终止", f"“{entry.enterprise_name}”撤下名单", "更正为“更正的名称”"):
        assert line in asked, line
    assert Application.objects.get(case=case).state == S.UNDER_NOTICE  # asked first
    assert log_in(Client(), world.people["office"]).post(address, form | {"confirmed": "1"}).status_code == 403
    key: dict[str, Any] = form | {"confirmed": "1", "request_key": "off-1"}
    assert client.post(address, key).status_code == 302
    assert client.post(address, key).status_code == 422  # nothing is left on the list to take off
    assert NoticeAdjustment.objects.count() == 1
    assert Application.objects.get(case=case).state == S.WITHDRAWN
    event = AuditEvent.objects.get(verb="take_off_notice")
    assert event.content["waiver_sha256"] == NoticeWaiver.objects.get().sha256
    assert Message.objects.filter(kind="take_off_notice", case_number=case.number).exists()
    assert list(check_all()) == []
