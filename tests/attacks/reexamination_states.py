"""A re-examination in every state, and for every verb a form that the rules accept wherever they can."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accreditation.models import Case, CaseDocument, Reexamination, ReexaminationReport, User
from accreditation.reexamination_words import ReexaminationState as S
from tests.factories.cast import make_cast, stored_file
from tests.factories.recommending import make_demonstration
from tests.factories.reconsidering import reconsiderers, set_aside
from tests.factories.reexaminations import OPINION, SUMMARY, notice_above, round_called, whole_figures
from tests.factories.returns import ANOTHER, returned
from tests.factories.returns import SUMMARY as SUMMARY_FIELD
from tests.factories.second_results import reexamination_entered
from tests.factories.titles import second_officer
from tests.factories.yearly_reports import demonstration_title
from workflows import door

IN = [("hand_in_reexamination", "holder")]
REVIEWED = [*IN, ("give_reexamination_opinion", "keeper")]
FORWARDED = [*REVIEWED, ("forward_reexamination", "publisher")]
LATE = [("list_reexamination_late", "clock")]
WAYS: dict[str, list[tuple[str, str]]] = {
    S.CALLED: [],
    S.SENT_BACK: [*IN, ("send_reexamination_back", "keeper"), ("add_reexamination_document", "holder")],
    S.LATE: LATE,
    S.UNDER_REVIEW: IN,
    S.REVIEWED: REVIEWED,
    S.FORWARDED: FORWARDED,
    S.PASSED: [*FORWARDED, ("pass_reexamination", "keeper")],
    S.FAILED: [*FORWARDED, ("fail_reexamination", "keeper")],
    S.REFUSED: [("refuse_reexamination", "holder")],
    S.UNANSWERED: [*LATE, ("close_unanswered", "keeper")],
    S.DROPPED: [("drop_reexamination", "keeper")],
}


class ReexaminationStates:
    """One holder that was called; the title stands but for the state in which nothing is asked any more."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.cast = make_cast(at)
        make_demonstration(self.cast)
        self.title = demonstration_title(self.cast)
        self.round = round_called(self.cast)
        self.report = ReexaminationReport.objects.create(
            round=self.round, number="示例上报〔2026〕3号", dated=at.date(), addressed_to="示例工业主管部门",
            sent_by=self.cast.publisher, sent_at=at,
        )  # fmt: skip
        self.people: dict[str, User] = {
            "keeper": self.cast.office,
            "holder": self.cast.member0,
            "clock": self.cast.people["clock"],
            "publisher": self.cast.publisher,
            "district": self.cast.pudong,
            "other_enterprise": self.cast.member1,
            "auditor": self.cast.auditor,
            "stranger": self.cast.stranger,
            "decider": reconsiderers(self.cast)[1],
        }

    def case_in(self, state: str) -> Case:
        """The case, brought into this state."""
        case = Reexamination.objects.get(title=self.title).case
        self._do(case, "fill_reexamination", "holder")
        self._do(case, "add_reexamination_document", "holder")
        if state == S.DROPPED:
            self.title.revoke()
            self.title.save()
        for verb, role in WAYS[state]:
            self._do(case, verb, role)
        return case

    def _do(self, case: Case, verb: str, role: str) -> None:
        at = self.at + timedelta(days=60) if role == "clock" else self.at
        door.perform(case, verb, by=self.people[role], at=at, form=self.form(case, verb, role))

    def _entered(self, case: Case, verb: str) -> dict[str, Any]:
        """What a colleague has read in the ministry's notice."""
        notice, is_passed = notice_above(self.cast, self.at.date()), verb == "pass_reexamination"
        by = User.objects.filter(username="office2").first() or second_officer(self.cast)
        return {"entry": reexamination_entered(self.cast, case, notice, by=by, is_passed=is_passed), "notice": notice}

    def form(self, case: Case, verb: str, role: str) -> dict[str, Any]:
        """Everything that any verb asks for."""
        return {
            "file": stored_file(b"re-examination", self.at),
            "name": "复核材料.pdf",
            "purpose": "复核材料",
            "document": CaseDocument.objects.filter(case=case).order_by("pk").last(),
            "summary": SUMMARY,
            "reason": "数据与审计报告不一致",
            **returned(SUMMARY_FIELD, ANOTHER),
            "position": "keep",
            "opinion": OPINION,
            "report": self.report,
            **(self._entered(case, verb) if verb in ("pass_reexamination", "fail_reexamination") else {}),
            "reasons": "主营业务收入低于认定条件",
            **whole_figures(case),
            **({"reconsideration": set_aside(case, "not_reexamined")} if role == "decider" else {}),
        }
