"""The pages of a recommendation as the cast uses them, one method per turn; every form goes through the HTTP client."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.enums import ApplicationState as S
from accreditation.models import Batch, Case, Meeting, OutsideList
from accreditation.recommendation_words import Department, ResultState
from accreditation.services.rule_sets import rules_of
from tests.factories.browser import log_in
from tests.factories.cast import Cast
from tests.factories.recommending import STRONG, colleague
from workflows.demo.material import sample_pdf, workbook_for


class Pages:
    """The clients of the cast and the steps that they take on the pages."""

    def __init__(self, cast: Cast, batch: Batch) -> None:
        self.cast, self.batch = cast, batch
        self.clients: dict[str, Client] = {}

    def as_(self, who: str) -> Client:
        return self.clients.setdefault(who, log_in(Client(), self.cast.people[who]))

    def committee(self, n: int) -> Client:
        return log_in(Client(), self.cast.members[n])

    def apply(self, n: int, **changed: int) -> Case:
        """Opened on the page, workbook and evidence handed in."""
        enterprise = self.cast.enterprises[n]
        form = {"place": f"{self.batch.code}:{enterprise.pk}", "request_key": f"new-{n}"}
        self.as_(f"member{n}").post(reverse("my_new"), form)
        case = Case.objects.get(batch=self.batch, enterprise=enterprise)
        self.hand_in(case, n, **changed)
        return case

    def hand_in(self, case: Case, n: int, **changed: int) -> None:
        """Workbook and evidence."""
        client, enterprise = self.as_(f"member{n}"), self.cast.enterprises[n]
        year = self.batch.reporting_year
        form = rules_of(self.batch).form
        assert form is not None
        asked = {spec.code for spec in form.table}
        figures = {(code, year): value for code, value in {**STRONG, **changed}.items() if code in asked}
        book = workbook_for(enterprise, self.batch, seed=1, profile="strong", changed=figures)
        self.done(client.post(reverse("my_workbook", args=[case.number]), {"file": sent("数据表.xlsx", book)}))
        for kind in [kind.code for kind in rules_of(self.batch).evidence if kind.required]:
            form = {"kind": kind, "file": sent(f"{kind}.pdf", sample_pdf(kind))}
            self.done(client.post(reverse("my_materials", args=[case.number]), form))

    def submit(self, case: Case, n: int) -> None:
        form = {"declaration": "on", "insists": "on"}
        self.done(self.as_(f"member{n}").post(reverse("my_check", args=[case.number]), form))

    def act(self, case: Case, verb: str, **form: Any) -> Any:
        answer = self.as_("office").post(reverse("office_act", args=[case.number, verb]), form | {"confirmed": "1"})
        return self.done(answer)

    def check(self, case: Case) -> None:
        """Conditions answered on their pages, departments asked and heard, score adopted."""
        office = self.as_("office")
        page = office.get(reverse("office_case", args=[case.number]))
        for gate in [row["code"] for row in page.context["answers"]]:
            form = {"is_met": "yes", "reason": "经查符合"}
            self.done(office.post(reverse("office_gate", args=[case.number, gate]), form))
        asks = self.batch.consultation_days > 0
        if asks:
            self.consult(case)
        self.act(case, "adopt_initial_score" if asks else "score_at_check", opinion="数据核实无误")

    def consult(self, case: Case) -> None:
        """The departments asked, each answer entered."""
        self.act(case, "ask_departments", departments=Department.values, opinion="材料真实")
        for department in Department.values:
            self.act(
                case, "record_answer", department=department, position="no_objection", text="无不同意见",
                document_number="示例函〔2026〕1号", dated=timezone.localdate().isoformat(),
            )  # fmt: skip

    def rank(self, quota: int) -> None:
        """Quota entered; the window passes; the ranking is looked at and frozen."""
        office, code = self.as_("office"), self.batch.code
        self.done(office.post(reverse("office_quota", args=[code]), {"quota": quota, "ground": "示例通知"}))
        Batch.objects.filter(pk=self.batch.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
        form = {"tie_rule": "rd_expenditure"}
        asked = office.post(reverse("office_ranking", args=[code]), form)
        assert 'name="confirmed"' in asked.content.decode()
        self.done(office.post(reverse("office_ranking", args=[code]), form | {"confirmed": "1"}))

    def meet(self) -> None:
        """Called, begun, voted, minuted and signed on the pages."""
        office, people = self.as_("office"), self.cast.members
        waiting = Case.objects.filter(batch=self.batch, state=S.UNDER_OVERALL_REVIEW)
        now = timezone.localtime()
        form = {
            "batch": self.batch.code, "cases": [case.number for case in waiting], "held_on": f"{now:%Y-%m-%d}",
            "held_time": f"{now:%H:%M}",
            "place": "示例", "chair": people[0].pk,
        }  # fmt: skip
        self.done(office.post(reverse("meeting_new"), form))
        meeting = Meeting.objects.filter(batch=self.batch).latest("pk")
        self.done(
            office.post(reverse("meeting_start", args=[meeting.number]), {"present": [person.pk for person in people]})
        )
        for n in range(len(people)):
            member = self.committee(n)
            for item in meeting.items.all():
                page = member.get(reverse("meeting_item", args=[meeting.number, item.position]))
                assert "同意推荐" in page.content.decode()
                address = reverse("meeting_vote", args=[meeting.number, item.position])
                self.done(member.post(address, {"choice": "recognise", "remark": ""}))
        self.done(office.post(reverse("meeting_minutes", args=[meeting.number]), {"sent": "1"}))
        meeting.refresh_from_db(fields=["minutes_sha256"])
        for client in (office, self.committee(0)):
            form = {"sha256": meeting.minutes_sha256, "confirmed": "1"}
            self.done(client.post(reverse("meeting_sign", args=[meeting.number]), form))

    def confirm_result(self) -> None:
        """Another officer finds it in the inbox, compares it with the scan and confirms it."""
        self.cast.people["office2"] = colleague(self.cast)
        second, entry = self.as_("office2"), OutsideList.objects.get(batch=self.batch, state=ResultState.WAITING)
        address = reverse("outside_list", args=[entry.pk])
        assert address in second.get(reverse("office_inbox")).content.decode()
        scan = reverse("office_notice_file", args=[self.batch.code, entry.notice_id])
        assert scan in second.get(address).content.decode()
        assert second.get(scan).status_code == 200
        self.done(second.post(address, {"is_confirmed": "yes"}))

    @staticmethod
    def done(answer: Any) -> Any:
        assert answer.status_code == 302, words(answer)[-3000:]
        return answer


def sent(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def words(answer: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))
