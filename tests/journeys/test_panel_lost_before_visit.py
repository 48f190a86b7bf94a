"""Every drawn expert leaves a district's panel before its visit, and the case goes on to its title, page by page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import SeatState
from accreditation.models import Application, RoleGrant, Seat, SiteVisit, Title
from tests.clock import Clock
from tests.factories.cast import make_expert
from tests.factories.local import LocalCast, make_local_cast
from tests.factories.local_pages import (
    announce,
    check_material,
    client_of,
    draft,
    file,
    meet,
    opened,
    reasons_in,
    review,
    send,
    state,
)
from workflows.consistency import check_all
from workflows.draw_check import checked_draws
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FOUND = {
    "place": "示例路 1 号", "has_no_ties": "on", "findings": "场所、设备、人员与申报材料一致。", "is_confirmed": "yes",
}  # fmt: skip


@pytest.fixture
def local(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: Path) -> LocalCast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    local = make_local_cast(clock.at)
    local.cast.experts.append(make_expert(8, clock.at))  # nine: five are drawn, four stand in
    return local


def sitting(number: str) -> list[Seat]:
    rows = Seat.objects.filter(panel__application__case__number=number).exclude(state=SeatState.RECUSED)
    return list(rows.select_related("expert").order_by("place"))


def leaves_in_different_ways(local: LocalCast, number: str, clock: Clock) -> list[Seat]:
    """Two step down on their own page, one has left the office, two are told to step down."""
    seats = sitting(number)
    for seat in seats[:2]:
        assert "待实地核查" in opened(seat.expert, "expert_tasks")
        assert reverse("expert_declare", args=[number]) not in opened(seat.expert, "expert_case", number)
        send(seat.expert, "expert_recuse", number, tie="配偶在该单位任职")
        assert client_of(seat.expert).get(reverse("expert_case", args=[number])).status_code == 404
        assert number not in opened(seat.expert, "expert_tasks")
    RoleGrant.objects.filter(user=seats[2].expert).update(revoked_at=clock.at)
    form = {"visited_on": clock.on.isoformat(), "visitors": [str(seats[2].expert_id)], **FOUND}
    refused = client_of(local.officer).post(reverse("district_visit", args=[number]), form)
    assert refused.status_code == 422
    assert any(seats[2].expert.name in text for text in reasons_in(refused))
    page = opened(local.officer, "district_panel", number)
    assert (page.count("已离任"), page.count("责令回避<span")) == (1, 3)
    for seat in seats[2:]:
        assert reverse("district_panel", args=[number]) in opened(local.officer, "district_recuse", number, seat.pk)
        send(local.officer, "district_recuse", number, seat.pk, tie="已离任或者与申报单位有合作")
    return seats


def test_case_reaches_its_title_though_all_drawn_experts_leave_before_the_visit(local: LocalCast, clock: Clock) -> None:
    number = draft(local)
    file(local, number)
    check_material(local, number)
    send(local.officer, "district_panel", number, act="draw")
    send(local.officer, "district_panel", number, act="as_drawn")
    gone = leaves_in_different_ways(local, number, clock)
    assert (state(number), sitting(number)) == (S.UNDER_SITE_VISIT, [])
    assert "评审组" in opened(local.officer, "district_case", number)
    panel = reverse("district_panel", args=[number])
    boards = (
        (local.officer, "district_inbox"),
        (local.other_officer, "district_inbox"),
        (local.cast.office, "office_inbox"),
    )
    assert [opened(user, name).count(f'"{panel}"') for user, name in boards] == [5, 0, 0]
    assert "待递补的评审席位" not in opened(*boards[2])
    page = opened(local.officer, "district_visit", number)
    assert gone[0].expert.name in page
    assert reverse("district_panel", args=[number]) in page
    form = {"visited_on": clock.on.isoformat(), "visitors": [str(gone[0].expert_id)], **FOUND}
    refused = client_of(local.officer).post(reverse("district_visit", args=[number]), form)
    assert any(gone[0].expert.name in text for text in reasons_in(refused))
    _four_stand_in_and_a_fifth_is_added(local, number, gone, clock)
    assert list(check_all()) == []
    people = [seat.expert for seat in sitting(number)]
    assert not {person.pk for person in people} & {seat.expert_id for seat in gone}
    form |= {"visitors": [str(person.pk) for person in people[:2]]}
    send(local.officer, "district_visit", number, **form)
    assert set(SiteVisit.objects.get().visitors.all()) == set(people[:2])
    review(number, people)
    meet(local, number)
    _publish_and_announce(local, number, clock)
    assert (state(number), Title.objects.get().holder) == (S.RECOGNISED, local.enterprise)
    assert [draw.faults for draw in checked_draws()] == [()]
    assert list(check_all()) == []
    assert verify_all()[1] == []


def _four_stand_in_and_a_fifth_is_added(local: LocalCast, number: str, gone: list[Seat], clock: Clock) -> None:
    for seat in gone[:4]:
        assert "按抽取顺序，应由以下专家递补" in opened(local.officer, "district_replace", number, seat.pk)
        send(local.officer, "district_replace", number, seat.pk, act="next")
    assert "增补专家库" in opened(local.officer, "district_replace", number, gone[4].pk)
    fresh = make_expert(9, clock.at)
    assert fresh.name in opened(local.officer, "district_replace", number, gone[4].pk)
    send(local.officer, "district_replace", number, gone[4].pk, expert=str(fresh.pk), reason="抽取的专家已全部递补")


def _publish_and_announce(local: LocalCast, number: str, clock: Clock) -> None:
    form = {"cases": [number], "body": "现予公示。", "confirmed": "1", "request_key": "notice"}
    send(local.publisher, "batch_notice", local.batch.code, **form)
    notice = Application.objects.get(case__number=number).notice
    assert notice is not None
    clock.at = notice.ends_at + timedelta(seconds=1)
    tick(clock.at)
    clock.advance(days=1)
    announce(local, number, clock)
