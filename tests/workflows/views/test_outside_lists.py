"""The page on which a second officer compares a national result with its scan."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.enums import MemberState
from accreditation.models import Application, Batch, Case, Member, OutsideList, User
from accreditation.recommendation_words import ResultState
from tests.clock import Clock
from tests.factories import recommending as steps
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.recommending_pages import words
from workflows.selectors.outside_lists import is_withheld

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHY = "附表第二页列有该单位，登记有误。"


@pytest.fixture
def cast(settings: LazySettings, var_dir: object, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def batch(cast: Cast, clock: Clock) -> Batch:
    found = steps.make_national(cast)
    case = steps.filed(cast, found)
    steps.score(cast, case, cast.at)
    steps.rank(cast, found)
    steps.decide(cast, found)
    steps.send(cast, found)
    clock.at = steps.answered_at(found)
    return found


def test_page_offers_each_of_the_two_what_is_theirs(cast: Cast, batch: Batch) -> None:
    case = Case.objects.get(batch=batch)
    row = steps.entered(cast, batch, [], {case: "未列入国家名单。"})
    first, second = log_in(Client(), cast.office), log_in(Client(), steps.colleague(cast))
    address, desk = reverse("outside_list", args=[row.pk]), reverse("office_recommendation", args=[batch.code])
    own, other = first.get(address).content.decode(), second.get(address).content.decode()
    assert ('name="is_confirmed"' in own, 'name="withdraw"' in own) == (False, True)
    assert ('name="is_confirmed"' in other, 'name="withdraw"' in other) == (True, False)
    for text in ("示例公告〔2026〕9号", case.number, "未列入国家名单。", str(cast.office)):
        assert text in other
    assert "待第二人核对" in words(first.get(desk))
    assert reverse("office_result", args=[batch.code]) not in first.get(desk).content.decode()
    assert first.post(address, {"is_confirmed": "yes"}).status_code == 403
    short = second.post(address, {"is_confirmed": "no", "reason": "错"})
    assert (short.status_code, "请写明不予确认的理由" in words(short)) == (422, True)
    assert second.post(address, {"is_confirmed": "no", "reason": WHY}).status_code == 302
    assert WHY in words(first.get(address))
    assert "您登记的批次" in words(first.get(reverse("messages_list")))
    assert reverse("office_result", args=[batch.code]) in first.get(desk).content.decode()


def test_taken_back_on_the_page_it_can_be_confirmed_no_more(cast: Cast, batch: Batch) -> None:
    case = Case.objects.get(batch=batch)
    row = steps.entered(cast, batch, [case])
    first, second = log_in(Client(), cast.office), log_in(Client(), steps.colleague(cast))
    address = reverse("outside_list", args=[row.pk])
    assert first.post(address, {"withdraw": "1"}).status_code == 302
    late = second.post(address, {"is_confirmed": "yes"}, follow=True)
    assert "已撤回" in words(late)
    assert OutsideList.objects.get().state == ResultState.WITHDRAWN
    assert Application.objects.get(case=case).state == "recommended_upward"
    assert second.get(reverse("outside_list", args=[9999])).status_code == 404


def test_who_is_tied_to_a_listed_enterprise_reads_neither_its_line_nor_the_scan(cast: Cast, batch: Batch) -> None:
    case = Case.objects.get(batch=batch)
    row = steps.entered(cast, batch, [], {case: "未列入国家名单。"})
    second = steps.colleague(cast)
    reader, scan = log_in(Client(), second), reverse("office_notice_file", args=[batch.code, row.notice_id])
    address = reverse("outside_list", args=[row.pk])
    assert not is_withheld(row.notice, second)
    left = {"state": MemberState.ENDED, "requested_at": cast.at, "settled_at": cast.at, "settled_by": cast.office}
    Member.objects.create(user=second, enterprise=case.enterprise, **left)
    page = reader.get(address)
    assert (page.status_code, case.number in words(page), scan in page.content.decode()) == (200, False, False)
    assert "因回避，另有 1 件不向您显示" in words(page)
    assert is_withheld(row.notice, User.objects.get(pk=second.pk))
    assert reader.get(scan).status_code == 404
