"""A yearly report in every state, and for every verb a form that the rules accept wherever they can."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accreditation.models import Case, CaseDocument, Title, User
from accreditation.yearly_report_words import YearlyReportState as S
from tests.factories.cast import make_cast, stored_file
from tests.factories.recommending import make_demonstration
from tests.factories.returns import ANOTHER, returned
from tests.factories.returns import SUMMARY as SUMMARY_FIELD
from tests.factories.yearly_reports import SUMMARY, called, demonstration_title, whole_figures
from workflows import door


class YearlyReportStates:
    """One holder that was called; the title stands but for the state in which the report is dropped."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.cast = make_cast(at)
        make_demonstration(self.cast)
        self.title: Title = demonstration_title(self.cast)
        called(self.cast)
        self.people: dict[str, User] = {
            "keeper": self.cast.office,
            "holder": self.cast.member0,
            "clock": self.cast.people["clock"],
            "publisher": self.cast.publisher,
            "district": self.cast.pudong,
            "other_enterprise": self.cast.member1,
            "auditor": self.cast.auditor,
            "stranger": self.cast.stranger,
        }

    def case_in(self, state: str) -> Case:
        """The case, brought into this state."""
        case = Case.objects.get(yearlyreport__title=self.title)
        self._do(case, "fill_report", "holder")
        self._do(case, "add_report_document", "holder")
        handed_in = [("hand_in_report", "holder")]
        way = {
            S.AWAITED: [],
            S.OVERDUE: [("let_report_due_pass", "clock")],
            S.HANDED_IN: handed_in,
            S.SENT_BACK: [*handed_in, ("send_report_back", "keeper"), ("add_report_document", "holder")],
            S.NOTED: [*handed_in, ("note_report", "keeper")],
            S.DROPPED: [("drop_report", "keeper")],
        }[S(state)]
        if state == S.DROPPED:
            self.title.revoke()
            self.title.save()
        for verb, role in way:
            self._do(case, verb, role)
        return case

    def _do(self, case: Case, verb: str, role: str) -> None:
        at = self.at + timedelta(days=70) if role == "clock" else self.at
        door.perform(case, verb, by=self.people[role], at=at, form=self.form(case, verb, role))

    def form(self, case: Case, verb: str, role: str) -> dict[str, Any]:
        """Everything that any verb asks for."""
        return {
            "file": stored_file(b"yearly report", self.at),
            "name": "年度报告.pdf",
            "purpose": "年度报告",
            "document": CaseDocument.objects.filter(case=case).order_by("pk").last(),
            "summary": SUMMARY,
            "reason": "数据与审计报告不一致",
            **returned(SUMMARY_FIELD, ANOTHER),
            **whole_figures(case),
        }
