"""Edition 2026 of the municipal recognition on the pages of whoever acts: departments heard, a quota of one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.models import (
    Application,
    AuditEvent,
    Batch,
    Case,
    Deadline,
    Letter,
    Meeting,
    Notice,
    NoticeEntry,
    Title,
    User,
)
from accreditation.recommendation_words import Department
from accreditation.services.rule_sets import rules_of
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast, with_material
from tests.factories.recognition import make_municipal_2026, to_committee
from tests.journeys.test_district_recognition import client_of, opened, pdf, review, send, state
from workflows import door
from workflows.consistency import check_all
from workflows.demo.material import workbook_for
from workflows.opening import open_application
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at)


def filed(cast: Cast, batch: Batch) -> str:
    """Opened, filled and filed by the first enterprise on its pages."""
    me = cast.people["member0"]
    number = send(me, "my_new", place=f"{batch.code}:{cast.enterprises[0].pk}", request_key="open").split("/")[-2]
    book = workbook_for(cast.enterprises[0], batch, seed=3, profile="strong", changed={})
    send(me, "my_workbook", number, file=SimpleUploadedFile("数据表.xlsx", book))
    for kind in rules_of(batch).evidence:
        if kind.required:
            send(me, "my_materials", number, kind=kind.code, file=pdf(f"{kind.code}.pdf"))
    send(me, "my_check", number, verb="submit", declaration="on", insists="on")
    return number


def first_review(cast: Cast, batch: Batch, number: str) -> None:
    officer = cast.people["pudong"]
    send(officer, "district_act", number, "accept")
    for gate in rules_of(batch).gates:
        if gate.is_answered and gate.is_binding:
            send(officer, "district_gate", number, gate.code, is_met="yes", reason="经查符合")
    ticked = ["identity", "evidence", "figures", "annexes", "gates"]
    send(officer, "district_review", number, checked=ticked, opinion="同意", decision="recommend")


def consult(cast: Cast, number: str, clock: Clock) -> None:
    office, act = cast.people["office"], reverse("office_act", args=[number, "conclude_consultation"])
    ticked = {"checked": ["identity", "evidence", "figures", "annexes", "gates"], "opinion": "齐全"}
    early = client_of(office).post(
        reverse("office_review", args=[number]), ticked | {"decision": "pass_completeness_check"}
    )
    assert (early.status_code, "须先提请部门会商" in early.content.decode()) == (422, True)
    send(office, "office_act", number, "ask_departments", departments=Department.values)
    assert "等待答复" in opened(office, "office_case", number)
    answered = {"text": "无异常", "document_number": "示例函〔2026〕1号", "dated": clock.on.isoformat()}
    for department in ("science", "finance"):
        send(office, "office_act", number, "record_answer", department=department, position="no_objection", **answered)
    send(office, "office_act", number, "record_answer", department="tax", position="objects", **answered)
    refused = client_of(office).post(act, {"opinion": "齐全"})
    assert (refused.status_code, "会商期限未满" in refused.content.decode()) == (422, True)
    clock.advance(days=20)
    said = {"opinion": "齐全", "objections_answered": "已核实，异议事项不成立"}
    silent = client_of(office).post(act, said)
    assert (silent.status_code, "未规定逾期视为无意见" in silent.content.decode()) == (422, True)
    send(office, "office_act", number, "conclude_consultation", **said, without_answer_for="海关无进出口记录可核")
    assert state(number) == S.AWAITING_PANEL


def meet(cast: Cast, batch: Batch, numbers: list[str], clock: Clock) -> Meeting:
    office = cast.people["office"]
    members = [str(person.pk) for person in cast.members]
    where = send(
        office, "meeting_new", batch=batch.code, cases=numbers, held_on=clock.on.isoformat(), held_time="14:00",
        place="示例会议室", members=members, chair=members[0], request_key="call",
    )  # fmt: skip
    meeting = where.rstrip("/").split("/")[-1]
    send(office, "meeting_start", meeting, present=members)
    for person in cast.members:
        for position in range(1, len(numbers) + 1):
            send(person, "meeting_vote", meeting, position, choice="recognise", remark="")
    send(office, "meeting_minutes", meeting, sent="1")
    row = Meeting.objects.get(number=meeting)
    for signer in (office, cast.members[0]):
        send(signer, "meeting_sign", meeting, sha256=row.minutes_sha256, confirmed="1")
    return Meeting.objects.get(number=meeting)


def other_case(cast: Cast, batch: Batch, at: Clock) -> str:
    """A second applicant with fewer points, before the same committee."""
    by: User = cast.people["member2"]
    case = open_application(cast.enterprises[2], batch, by=by, at=at.at)
    with_material(case, by, at.at, doctors=0, standards_3y=0, invention_patents_valid=1)
    door.perform(case, "submit", by=by, at=at.at, form={"declaration": True, "insists": True})
    to_committee(cast, case, at.at)
    return case.number


def quota_on_the_page(cast: Cast, batch: Batch) -> None:
    office, address = cast.people["office"], reverse("office_proposal_quota", args=[batch.code])
    assert "认定名额" in opened(office, "office_batch", batch.code)
    assert client_of(office).post(address, {"quota": "1"}).status_code == 422
    send(office, "office_proposal_quota", batch.code, quota="1", ground="示例通知", tie_rule="rd_staff")
    assert "还可同意认定 1 个" in opened(office, "office_proposal_quota", batch.code)
    assert client_of(office).get(reverse("office_proposal_quota", args=[cast.batch.code])).status_code == 404


def test_centre_is_recognised_within_the_quota_after_the_departments_were_heard(cast: Cast, clock: Clock) -> None:
    batch = make_municipal_2026(cast)
    other = other_case(cast, batch, clock)
    number = filed(cast, batch)
    quota_on_the_page(cast, batch)
    first_review(cast, batch, number)
    consult(cast, number, clock)
    office = cast.people["office"]
    send(office, "office_panel", number, act="draw")
    send(office, "office_panel", number, act="as_drawn")
    review(number, list(User.objects.filter(seats__panel__application__case__number=number).order_by("pk")))
    assert state(number) == S.UNDER_OVERALL_REVIEW
    assert other in opened(office, "office_proposal_quota", batch.code)
    meeting = meet(cast, batch, [other, number], clock)
    assert ("认定名额 1 个" in meeting.minutes, "研究与试验发展人员多者在先" in meeting.minutes) == (True, True)
    assert (state(number), state(other)) == (S.PROPOSED, S.NOT_IN_QUOTA)
    letter = Letter.objects.get(case__number=other, kind="not_in_quota")
    assert ("第 2 位" in letter.body, "行政复议" in letter.remedy) == (True, True)
    assert letter.number in opened(cast.people["member2"], "my_case", other)
    late = client_of(office).post(
        reverse("office_proposal_quota", args=[batch.code]), {"quota": "2", "ground": "新", "tie_rule": "rd_staff"}
    )
    assert (late.status_code, "不能再改" in late.content.decode()) == (422, True)
    recognise(cast, batch, number, clock)


def adjust(cast: Cast, notice: Notice, number: str) -> None:
    """The printed name is corrected by a notice of its own; the first one stays as it was."""
    publisher, entry = cast.people["publisher"], notice.entries.get()
    assert notice.number in opened(publisher, "publishing")
    address = reverse("notice_adjust", args=[notice.number])
    nothing = client_of(publisher).post(address, {"body": "名称有误", "confirmed": "1"})
    assert (nothing.status_code, "至少更正或撤下一家" in nothing.content.decode()) == (422, True)
    assert client_of(cast.people["office"]).post(address, {}).status_code == 403
    right = {"body": "印刷有误，现予更正。", f"name-{entry.pk}": "上海示例更正有限公司", "confirmed": "1"}
    send(publisher, "notice_adjust", notice.number, **right, request_key="adjust")
    page = Client().get(reverse("notice", args=[notice.number])).content.decode()
    for words in (f"{notice.number}-A1", entry.enterprise_name, "上海示例更正有限公司", "重新计算", notice.body):
        assert words in page
    assert f"{notice.number}-A1" in Client().get(reverse("notices"), {"kind": "adjustment"}).content.decode()
    assert "更正后" not in NoticeEntry.objects.get(pk=entry.pk).enterprise_name
    running = Deadline.objects.filter(case__number=number, kind="notice", state="running")
    assert [row.due_at > notice.ends_at for row in running] == [True]


def recognise(cast: Cast, batch: Batch, number: str, clock: Clock) -> None:
    publisher = cast.people["publisher"]
    form = {"cases": [number], "body": "现予公示。", "confirmed": "1", "request_key": "notice"}
    send(publisher, "batch_notice", batch.code, **form)
    notice = Application.objects.select_related("notice").get(case__number=number).notice
    assert notice is not None
    clock.advance(days=3)
    adjust(cast, notice, number)
    clock.at = notice.ends_at + timedelta(seconds=1)
    tick(clock.at)
    assert state(number) == S.UNDER_NOTICE  # its days run anew
    assert "提出异议" in Client().get(reverse("notice", args=[notice.number])).content.decode()
    clock.advance(days=5)
    tick(clock.at)
    form = {"cases": [number], "number": "示例〔2026〕7号", "dated": clock.on.isoformat(), "body": "现予公布。"}
    send(publisher, "batch_announce", batch.code, **form, confirmed="1", request_key="announce")
    assert state(number) == S.RECOGNISED
    assert Title.objects.filter(programme=batch.programme, holder=cast.enterprises[0]).exists()
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_silence_counts_where_the_rules_say_so_and_says_so_in_the_trail(cast: Cast, clock: Clock) -> None:
    batch = make_municipal_2026(cast)
    alone = {"asks_science": False, "asks_finance": False, "asks_tax": False}
    Batch.objects.filter(pk=batch.pk).update(silence_counts=True, **alone)
    number = filed(cast, Batch.objects.get(pk=batch.pk))
    first_review(cast, batch, number)
    office = cast.people["office"]
    send(office, "office_act", number, "ask_departments", departments=["customs"])
    clock.advance(days=20)
    send(office, "office_act", number, "conclude_consultation", opinion="齐全")
    event = AuditEvent.objects.get(verb="conclude_consultation")
    assert (event.content["silent"], event.content["silence_counts"]) == (["customs"], True)


def test_batch_whose_rules_know_no_consultation_leaves_the_step_out(cast: Cast, clock: Clock) -> None:
    batch = make_municipal_2026(cast, rules="shanghai_municipal_centre/2022-demo")
    assert (batch.consultation_days, batch.quota) == (0, None)
    number = filed(cast, batch)
    first_review(cast, batch, number)
    office = cast.people["office"]
    asked = client_of(office).post(reverse("office_act", args=[number, "ask_departments"]), {"departments": ["tax"]})
    assert (asked.status_code, "没有部门会商环节" in asked.content.decode()) == (422, True)
    ticked = {"checked": ["identity", "evidence", "figures", "annexes", "gates"], "opinion": "齐全"}
    send(office, "office_review", number, **ticked, decision="pass_completeness_check")
    assert Case.objects.get(number=number).state == S.AWAITING_PANEL
