"""A district recognises a technology centre, every step on the pages of whoever takes it; and its other ends."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.models import Application, Case, Letter, SiteVisit, Title
from certificates.models import Certificate
from tests.clock import Clock
from tests.factories.local import LocalCast, make_local_cast
from tests.factories.local_pages import (
    announce,
    check_material,
    client_of,
    draft,
    file,
    meet,
    opened,
    pdf,
    review,
    send,
    state,
    to_meeting,
    visit,
)
from tests.factories.steps import marks
from workflows.consistency import check_all
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def local(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: Path) -> LocalCast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_local_cast(clock.at)


def test_centre_is_recognised_by_its_district_from_draft_to_title(local: LocalCast, clock: Clock) -> None:
    number = draft(local)
    file(local, number, through=str(local.town.pk))
    assert state(number) == S.UNDER_FORWARDING
    assert number in opened(local.forwarder, "forward_inbox")
    assert number not in opened(local.checker, "district_inbox")
    send(local.forwarder, "forward_act", number, "forward", opinion="材料齐全，情况属实，同意转报")
    assert state(number) == S.SUBMITTED
    assert number in opened(local.forwarder, "forward_done")
    assert "/letters/" not in opened(local.forwarder, "forward_case", number)
    assert number in opened(local.checker, "district_inbox")
    assert "情况属实" in opened(local.checker, "district_case", number)
    check_material(local, number)
    waiting = opened(local.officer, "district_inbox")
    assert (number in waiting, "组成评审组" in waiting, reverse("members") in waiting) == (True, True, False)
    people = visit(local, number, clock)
    found = SiteVisit.objects.get()
    assert (found.documents.count(), found.is_confirmed, list(found.visitors.order_by("pk"))) == (2, True, people[:2])
    assert "核查记录.pdf" in opened(local.officer, "district_visit", number)
    record = reverse("visit_file", args=[number, found.documents.order_by("pk")[0].pk])
    readers = {"officer": 200, "checker": 200, "other_officer": 404, "forwarder": 403, "applicant": 403}
    assert {name: client_of(local.people[name]).get(record).status_code for name in readers} == readers
    assert client_of(people[0]).get(record).status_code == 404  # before the declaration
    send(people[0], "expert_declare", number)
    assert client_of(people[0]).get(record).status_code == 200
    assert "与申报材料一致" in opened(people[0], "expert_case", number)
    form = {"opinion": "同意认定"}
    for code, mark in marks(Case.objects.get(number=number)).items():
        form |= {f"points-{code}": mark["points"], f"reason-{code}": mark["reason"]}
    send(people[0], "expert_confirm", number, **form)
    review(number, people[1:])
    assert state(number) == S.UNDER_OVERALL_REVIEW
    assert "专家评分" in opened(local.officer, "district_panel", number)
    meeting = meet(local, number)
    assert "认定领导小组会议纪要" in meeting.minutes
    assert state(number) == S.PROPOSED
    form = {"cases": [number], "body": "现予公示。", "confirmed": "1", "request_key": "notice"}
    send(local.publisher, "batch_notice", local.batch.code, **form)
    notice = Application.objects.get(case__number=number).notice
    assert notice is not None
    clock.at = notice.ends_at + timedelta(seconds=1)
    tick(clock.at)
    assert state(number) == S.NOTICE_COMPLETED
    clock.advance(days=1)
    announce(local, number, clock)
    title = Title.objects.get()
    assert (state(number), title.holder, title.programme_id) == (S.RECOGNISED, local.enterprise, "district_centre")
    certificate = Certificate.objects.get()
    assert (certificate.snapshot["issuer_zh"], certificate.snapshot["ground_zh"]) == (
        "松江示例主管部门",
        "松江区企业技术中心认定及管理办法",
    )
    assert {row.issued_by for row in Letter.objects.filter(case__number=number)} == {"松江示例主管部门"}
    assert "认定领导小组审议并向社会公示" in Letter.objects.get(case__number=number, kind="recognition").body
    assert "松江示例主管部门" in opened(local.applicant, "my_case", number)
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_authority_without_notice_announces_right_after_the_meeting(local: LocalCast, clock: Clock) -> None:
    type(local.batch).objects.filter(pk=local.batch.pk).update(notice_days=0)
    number = to_meeting(local, clock)
    meeting = meet(local, number)
    assert "自公布之日起生效" in meeting.minutes
    assert state(number) == S.AWAITING_ANNOUNCEMENT
    announce(local, number, clock)
    application = Application.objects.get(case__number=number)
    assert (application.state, application.notice, application.has_no_notice) == (S.RECOGNISED, None, True)
    assert "公示" not in Letter.objects.get(case__number=number, kind="recognition").body
    assert list(check_all()) == []


def test_refused_by_the_leading_group_with_reasons_and_remedy(local: LocalCast, clock: Clock) -> None:
    number = to_meeting(local, clock)
    meet(local, number, Choice.REFUSE, "研发机构未实际运行")
    letter = Letter.objects.get(case__number=number, kind="refusal")
    assert state(number) == S.REFUSED
    assert "认定领导小组" in letter.body
    assert "行政复议" in letter.remedy
    assert letter.issued_by == "松江示例主管部门"
    assert list(check_all()) == []


def test_town_sends_back_and_gets_the_corrected_application_again(local: LocalCast, clock: Clock) -> None:
    number = draft(local)
    file(local, number, through=str(local.town.pk))
    key = "evidence.licence"
    form = {"target": [key], f"remark-{key}": "执照不清晰", "general": ""}
    send(local.forwarder, "forward_return", number, **form)
    assert state(number) == S.RETURNED
    assert "执照不清晰" in opened(local.applicant, "my_return", number)
    clock.advance(hours=1)
    send(local.applicant, "my_materials", number, kind="licence", file=pdf("清晰的执照.pdf"))
    send(local.applicant, "my_check", number, verb="correct", declaration="on")
    assert state(number) == S.UNDER_FORWARDING
    assert number in opened(local.forwarder, "forward_inbox")
    assert list(check_all()) == []
