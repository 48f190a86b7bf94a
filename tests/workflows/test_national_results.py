"""What the nation decides over its titles: registered by a second person, told with the ministry's own remedy."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.enums import ProceedingKind, ProceedingState, TitleState
from accreditation.errors import Denied, Refusal
from accreditation.grounds import Ground
from accreditation.models import Case, Letter, Message, Proceeding, Title
from tests.clock import STARTED, Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast, stored_file
from tests.factories.recommending import make_national, parent_title
from tests.factories.recommending_pages import sent
from tests.factories.reconsidering import challenged, reconsiderers
from tests.factories.titles import FACTS
from workflows import door
from workflows.consistency import check_all
from workflows.demo.material import sample_pdf
from workflows.national_results import record_national_result
from workflows.opening_proceedings import open_proceeding

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MINISTRY, NUMBER, BRANCHES = "示例国家主管部门", "示例公告〔2026〕2号", "national_branch_centre"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    reconsiderers(found)
    make_national(found, branch=True)
    return found


def codes(refused: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def failed(cast: Cast, title: Title) -> Case:
    """The result entered by the office; the case that waits for a second person."""
    record_national_result(
        title, year=2025, band="fail", number=NUMBER, dated=date(2026, 2, 1), authority=MINISTRY,
        consequence="撤销资格", file=stored_file(b"scan", cast.at), file_name="公告.pdf", by=cast.office, at=cast.at,
    )  # fmt: skip
    return Proceeding.objects.get(title=title).case


def register(cast: Cast, case: Case) -> None:
    form = {"effective_from": cast.at.date(), "reasons": "照国家文件登记，别无异议。"}
    door.perform(case, "make_order", by=cast.publisher, at=cast.at, form=form)


def state(title: Title) -> str:
    return str(Title.objects.get(pk=title.pk).state)


def test_loss_by_a_national_result_is_registered_by_a_second_person_and_told(cast: Cast) -> None:
    lost, other = parent_title(cast, 0), parent_title(cast, 1)
    branch = Title.objects.get(pk=other.pk)
    branch.pk, branch.number, branch.programme_id, branch.parent = None, "NETCB-T-2019-00001", BRANCHES, lost
    branch.save()
    case = failed(cast, lost)
    assert (state(lost), Case.objects.get(pk=case.pk).state) == (TitleState.IN_FORCE, ProceedingState.AWAITING_ORDER)
    assert not Message.objects.filter(recipient=cast.member0).exists()
    with pytest.raises(Denied):
        door.perform(case, "make_order", by=cast.office, at=cast.at, form={"reasons": "照国家文件登记。"})
    register(cast, case)
    assert (state(lost), lost.evaluations.get().state_after) == (TitleState.REVOKED, TitleState.REVOKED)
    letter = Letter.objects.get(case=case)
    assert letter.issued_by == cast.programme.granted_by.name_zh
    assert all(MINISTRY in text for text in (letter.body, letter.remedy))
    assert NUMBER in letter.body
    assert "作出决定的国家主管部门申请行政复议" in letter.remedy
    assert Message.objects.filter(recipient=cast.member0, kind="make_order").exists()
    assert Message.objects.get(recipient=cast.office, kind="branches_left").params["title"] == lost.number
    with pytest.raises(Refusal) as refused:
        challenged(cast, letter, cast.at)
    assert codes(refused) == {"not_challengeable"}
    register(cast, failed(cast, other))  # one document over two titles
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_no_order_of_the_city_over_a_national_title(cast: Cast) -> None:
    title = parent_title(cast, 0)
    said: dict[str, Any] = {"kind": ProceedingKind.SUSPENSION, "ground": Ground.UNDER_INVESTIGATION}
    case = open_proceeding(title, **said, found_facts=FACTS, by=cast.office, at=cast.at)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "submit_for_order", by=cast.office, at=cast.at)
    assert codes(refused) == {"holder_not_heard"}
    door.perform(case, "notify_holder", by=cast.office, at=cast.at)
    told = Letter.objects.get(case=case)
    assert (told.issued_by, f"拟报请{title.programme.granted_by.name_zh}对" in told.body) == (
        cast.programme.granted_by.name_zh, True,
    )  # fmt: skip
    door.perform(case, "defend", by=cast.member0, at=cast.at, form={"statement": "差异来自统计口径。"})
    door.perform(case, "waive_rest_of_defence", by=cast.member0, at=cast.at, form={"gives_up_rest": True})
    form = {"order_number": "示例〔2026〕1号", "ordered_on": cast.at.date(), "effective_from": cast.at.date()}
    with pytest.raises(Refusal) as refused:
        door.perform(case, "make_order", by=cast.publisher, at=cast.at, form=form | {"reasons": "事实清楚，证据确凿。"})
    assert codes(refused) == {"notice_needed"}
    document = {
        "authority": MINISTRY, "number": NUMBER, "dated": date(2026, 2, 1), "name": "公告.pdf",
        "file": stored_file(b"scan", cast.at),
    }  # fmt: skip
    door.perform(case, "record_notice", by=cast.office, at=cast.at, form=document)
    register(cast, case)
    order = Proceeding.objects.get(case=case)
    assert (state(title), order.order_number, order.ordered_on) == (TitleState.SUSPENDED, NUMBER, date(2026, 2, 1))
    assert (list(check_all()), verify_all()[1]) == ([], [])


@pytest.mark.usefixtures("var_dir")
def test_office_enters_result_and_parent_on_the_page(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    here = make_cast(STARTED - timedelta(hours=1))
    make_national(here, branch=True)
    parent, branch = parent_title(here, 0), parent_title(here, 1)
    branch.pk, branch.number, branch.programme_id = None, "NETCB-T-2019-00001", BRANCHES
    branch.save()
    office, address = log_in(Client(), here.office), reverse("outside_title", args=[branch.number])
    assert "登记母公司" in office.get(address).content.decode()
    assert office.post(address, {"parent": "NETC-T-1999-00001"}).status_code == 422
    assert office.post(address, {"parent": parent.number}).status_code == 302
    assert Title.objects.get(pk=branch.pk).parent == parent
    assert 'name="parent"' not in office.get(address).content.decode()
    form = {
        "year": 2025, "band": "fail", "authority": MINISTRY, "number": NUMBER, "dated": "2026-02-01",
        "consequence": "撤销资格",
    }  # fmt: skip
    lost = reverse("outside_title", args=[parent.number])
    done = office.post(lost, form | {"file": sent("公告.pdf", sample_pdf("notice"))}, follow=True)
    assert "须由另一人" in done.content.decode()
    case = Proceeding.objects.get(title=parent).case
    assert state(parent) == TitleState.IN_FORCE
    order = {"effective_from": "2026-02-01", "reasons": "照国家文件登记，别无异议。", "confirmed": "1"}
    page = reverse("matter_act", args=[case.number, "make_order"])
    assert log_in(Client(), here.publisher).post(page, order).status_code == 302
    assert state(parent) == TitleState.REVOKED
    assert branch.number in office.get(lost).content.decode()
