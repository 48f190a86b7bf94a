"""A district recognises a technology centre, every step on the pages of whoever takes it; and its other ends."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.models import Application, Case, Letter, Meeting, SiteVisit, Title, User
from accreditation.services.rule_sets import rules_of
from certificates.models import Certificate
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.local import LocalCast, make_local_cast
from tests.factories.steps import marks
from tests.workflows.test_intake import PDF
from workflows.consistency import check_all
from workflows.demo.material import workbook_for
from workflows.draw_check import checked_draws
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def local(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: Path) -> LocalCast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_local_cast(clock.at)


def client_of(user: User) -> Client:
    return log_in(Client(), user)


def state(number: str) -> str:
    return str(Application.objects.get(case__number=number).state)


def send(user: User, name: str, *arguments: Any, **form: Any) -> str:
    """Post a form that is taken; the address that the person is sent to."""
    answer = client_of(user).post(reverse(name, args=arguments), form)
    assert answer.status_code == 302, (name, reasons_in(answer))
    return str(answer.headers["Location"])


def reasons_in(answer: Any) -> list[str]:
    """What the page says is wrong."""
    form = answer.context["form"] if answer.context and "form" in answer.context else None
    return [str(text) for texts in (form.errors.values() if form else ()) for text in texts]


def opened(user: User, name: str, *arguments: Any) -> str:
    """The text of a page that this person may open."""
    answer = client_of(user).get(reverse(name, args=arguments))
    assert answer.status_code == 200, (user, name)
    return str(answer.content.decode())


def pdf(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def draft(local: LocalCast) -> str:
    """The applicant opens a case and hands in workbook and evidence."""
    me = local.applicant
    place = f"{local.batch.code}:{local.enterprise.pk}"
    number = send(me, "my_new", place=place, request_key="open").rstrip("/").split("/")[-1]
    case = Case.objects.get(number=number)
    year = local.batch.reporting_year
    changed = {("revenue_main", year): 400000, ("st_funds", year): 20000}
    book = workbook_for(local.enterprise, local.batch, seed=3, profile="strong", changed=changed)
    send(me, "my_workbook", number, file=SimpleUploadedFile("数据表.xlsx", book))
    for kind in rules_of(case.application.batch).evidence:
        if kind.required:
            send(me, "my_materials", number, kind=kind.code, file=pdf(f"{kind.code}.pdf"))
    return number


def file(local: LocalCast, number: str, *, through: str = "") -> None:
    assert "示例镇" in opened(local.applicant, "my_check", number)
    send(local.applicant, "my_check", number, verb="submit", declaration="on", insists="on", forwarder=through)


def check_material(local: LocalCast, number: str) -> None:
    send(local.checker, "district_act", number, "accept")
    rules = rules_of(local.batch)
    for gate in rules.gates:
        if gate.is_answered and gate.is_binding:
            send(local.checker, "district_gate", number, gate.code, is_met="yes", reason="经查符合")
    ticked = ["identity", "evidence", "figures", "annexes", "gates"]
    form = {"checked": ticked, "opinion": "同意", "decision": "pass_material_check"}
    send(local.checker, "district_review", number, **form)


def visit(local: LocalCast, number: str, clock: Clock) -> list[User]:
    send(local.officer, "district_panel", number, act="draw")
    record = client_of(local.officer).get(reverse("district_draw_file", args=[number]))
    assert record.headers["Content-Disposition"].startswith("attachment")
    send(local.officer, "district_panel", number, act="as_drawn")
    assert state(number) == S.UNDER_SITE_VISIT
    people = list(User.objects.filter(seats__panel__application__case__number=number).order_by("pk"))
    assert len(people) == local.batch.panel_size
    assert [(draw.number, draw.faults, draw.way) for draw in checked_draws()] == [(number, (), "as drawn")]
    assert number not in opened(people[0], "expert_tasks")
    send(
        local.officer, "district_visit", number, visited_on=clock.on.isoformat(), place="示例路 1 号", has_no_ties="on",
        visitors=[str(people[0].pk), str(people[1].pk)], findings="场所、设备、人员与申报材料一致。",
        is_confirmed="yes", documents=[pdf("核查记录.pdf"), pdf("现场照片.pdf")],
    )  # fmt: skip
    return people


def review(number: str, people: list[User]) -> None:
    case = Case.objects.get(number=number)
    for person in people:
        send(person, "expert_declare", number)
        form = {"opinion": "同意认定"}
        for code, mark in marks(case).items():
            form |= {f"points-{code}": mark["points"], f"reason-{code}": mark["reason"]}
        answer = client_of(person).post(reverse("expert_case", args=[number]), form)
        assert answer.status_code in (200, 302)
        send(person, "expert_confirm", number, **form)


def meet(local: LocalCast, number: str, choice: str = Choice.RECOGNISE, remark: str = "") -> Meeting:
    members = [str(person.pk) for person in local.group]
    where = send(
        local.officer, "meeting_new", batch=local.batch.code, cases=[number], held_on="2026-03-09", held_time="14:00",
        place="区机关会议室", members=members, chair=members[0], request_key="call",
    )  # fmt: skip
    meeting = where.rstrip("/").split("/")[-1]
    send(local.officer, "meeting_start", meeting, present=members)
    for person in local.group:
        assert "与申报材料一致" in opened(person, "meeting_item", meeting, 1)
        send(person, "meeting_vote", meeting, 1, choice=choice, remark=remark)
    send(local.officer, "meeting_minutes", meeting, **{"reasons-1": remark, "reason-1": remark})
    row = Meeting.objects.get(number=meeting)
    for signer in (local.officer, local.group[0]):
        send(signer, "meeting_sign", meeting, sha256=row.minutes_sha256)
    return Meeting.objects.get(number=meeting)


def announce(local: LocalCast, number: str, clock: Clock) -> None:
    form = {"cases": [number], "number": "示例区〔2026〕1号", "dated": clock.on.isoformat(), "body": "现予公布。"}
    send(local.publisher, "batch_announce", local.batch.code, **form, confirmed="1", request_key="announce")


def to_meeting(local: LocalCast, clock: Clock) -> str:
    number = draft(local)
    file(local, number)
    check_material(local, number)
    review(number, visit(local, number, clock))
    return number


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
