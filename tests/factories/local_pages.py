"""The steps of a recognition by a district, zone or group, each on the page of whoever takes it."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.models import Application, Case, Meeting, User
from accreditation.services.rule_sets import rules_of
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.local import LocalCast
from tests.factories.steps import marks
from tests.workflows.test_intake import PDF
from workflows.demo.material import workbook_for
from workflows.draw_check import checked_draws


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
    assert local.town.name_zh in opened(local.applicant, "my_check", number)
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
    assert "待实地核查" in opened(people[0], "expert_tasks")
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
        local.officer, "meeting_new", batch=local.batch.code, cases=[number],
        held_on=f"{timezone.localdate()}", held_time="14:00", place="区机关会议室",
        members=members, chair=members[0], request_key="call",
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
