"""A national recommendation in each of its states, and for each verb a form that the rules have nothing against."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.models import (
    Application,
    Batch,
    Case,
    MeetingItem,
    OutsideList,
    OutsideListLine,
    Ranking,
    User,
)
from accreditation.services import meetings, outside_titles
from accreditation.services.bindings import Provable
from accreditation.services.rule_sets import rules_of
from tests.factories import calling_up, reopenings
from tests.factories import recommending as steps
from tests.factories.cast import Cast, make_cast, stored_file, with_material
from tests.factories.figures import facts_for
from tests.factories.held import REASON as HELD_BY
from tests.factories.held import hold_meanwhile
from tests.factories.snapshots import remembered
from tests.factories.ways import lead
from workflows import door
from workflows.opening import open_application
from workflows.tick import tick

OTHERS = ("other_applicant", "district", "auditor", "stranger")


class NationalStates:
    """Who acts, when, and how a case comes into a state."""

    kind, proven, gate, below = "evaluation_form", "rd_expenditure", "NG8", {"rd_staff": 100}

    def __init__(self, at: datetime) -> None:
        self.cast: Cast = make_cast(at)
        self.batch: Batch = self.open_batch()
        self.at = at
        people = self.cast.people
        self.people: dict[str, User] = {
            "applicant": people["member0"], "office": people["office"], "publisher": people["publisher"],
            "clock": people["clock"], "committee": self.cast.members[0], "other_applicant": people["member1"],
            "district": people["pudong"], "auditor": people["auditor"], "stranger": people["stranger"],
        }  # fmt: skip

    def open_batch(self) -> Batch:
        """The batch of the procedure."""
        return steps.make_national(self.cast)

    def score(self, case: Case) -> None:
        """From filed to waiting for the ranking."""
        steps.score(self.cast, case, self.at)

    def case_in(self, state: str) -> Case:
        """A case in that state; `at` is moved on where the way there takes time."""
        case = self._drafted(self.below if state == S.INELIGIBLE else {})
        if state == S.WITHDRAWN:
            door.perform(case, "withdraw", by=self.people["applicant"], at=self.at)
        elif state != S.DRAFT:
            lead(self, case, (N.submit, *_WAYS[state]))
        return case

    @remembered
    def _drafted(self, changed: dict[str, int]) -> Case:
        by = self.people["applicant"]
        case = open_application(self.cast.enterprises[0], self.batch, by=by, at=self.at)
        with_material(case, by, self.at, **steps.STRONG | changed)
        self._bind(case)
        return case

    def _bind(self, case: Case) -> None:
        rows = Application.objects.get(case=case).evidence.filter(kind=self.kind, removed_at__isnull=True)
        row = rows.latest("pk")
        form = {"evidence": row, "provable": Provable("figure", self.proven, self.year), "page": 1}
        door.perform(case, "bind_evidence", by=self.people["applicant"], at=self.at, form=form)

    @property
    def year(self) -> int:
        """The newest year of the figures."""
        return self.batch.reporting_year

    def submit(self, case: Case) -> None:
        """Sent in."""
        form = {"declaration": True, "insists": True}
        door.perform(case, "submit", by=self.people["applicant"], at=self.at, form=form)

    def send_back(self, case: Case) -> None:
        """Returned for one figure and one kind of evidence, both handed in anew."""
        points = [
            {"target": "figure", "code": "rd_staff", "year": self.year, "remark": "请核对"},
            {"target": "evidence", "code": self.kind, "remark": "请重新上传"},
        ]
        form = {"points": points}
        door.perform(case, "return_for_correction", by=self.people["office"], at=self.at, form=form)
        self.at += timedelta(hours=1)
        with_material(case, self.people["applicant"], self.at, **steps.STRONG | {"rd_staff": 190})
        self._bind(case)

    def lapse(self, case: Case) -> None:
        """Nobody corrected."""
        self.at = case.deadlines.get(kind="correction", state="running").due_at + timedelta(seconds=1)
        tick(self.at)

    def consult(self, case: Case) -> None:
        """Asked, three of four departments have answered."""
        steps.consult(self.cast, case, self.at)
        for department in ("science", "finance", "customs"):
            door.perform(
                case, "record_answer", by=self.people["office"], at=self.at,
                form=self._answer() | {"department": department},
            )  # fmt: skip

    def find_ineligible(self, case: Case) -> None:
        """Below a floor of order 34."""
        door.perform(case, "find_ineligible", by=self.people["office"], at=self.at, form={})

    def rank(self, case: Case) -> None:
        """Before the committee as the only line of the ranking."""
        steps.rank(self.cast, self.batch)
        self.at = self.batch.closes_at + timedelta(minutes=2)

    def decide(self, case: Case, choice: Choice, quota: int) -> None:
        """Decided by the committee."""
        Ranking.objects.filter(batch=self.batch).update(quota=quota)
        steps.decide(self.cast, self.batch, {case.number: choice})
        self.at = self.batch.closes_at + timedelta(hours=2)

    def send(self, case: Case) -> None:
        """Recommended."""
        steps.send(self.cast, self.batch)

    def answer(self, case: Case, *, recognised: bool) -> None:
        """Answered by the national authority."""
        steps.result(self.cast, self.batch, [case] * recognised, {} if recognised else {case: "未列入"})
        self.at = self.batch.closes_at + timedelta(days=61)

    def end_as_held(self, case: Case) -> None:
        """The title has come otherwise."""
        hold_meanwhile(case)
        door.perform(case, "end_as_held", by=self.people["office"], at=self.at, form={"reason": HELD_BY})

    def _answer(self) -> dict[str, Any]:
        day = self.at.date()
        said = {"department": "tax", "position": "no_objection", "text": "无异常"}
        return said | {"document_number": "示例函1号", "dated": day}

    def form(self, case: Case, verb: str, role: str) -> dict[str, Any]:
        """What is sent with a verb; adopted minutes come with the committee alone."""
        if verb in _CHOICES:
            return {"decision": self._decision(case, _CHOICES[verb])} if role == "committee" else {}
        between = reopenings.forms(case, self.people["publisher"], self.at)
        return (self._forms(case) | between).get(verb, dict)()

    def _decision(self, case: Case, choice: Choice) -> Any:
        """Minutes adopted but not carried out; anything at all where the committee has nothing before it."""
        application = Application.objects.get(case=case)
        if application.state != S.UNDER_OVERALL_REVIEW:
            return object()
        members, office = self.cast.members, self.people["office"]
        meeting = meetings.call_meeting(
            self.batch, [application], held_at=self.at, place="示例", chair=members[0], secretary=office,
            by=office, at=self.at,
        )  # fmt: skip
        meeting = meetings.start_meeting(meeting, present=members, by=office, at=self.at)
        item = meeting.items.get()
        for member in members:
            meetings.cast_vote(item, choice=choice, remark="理由充分", by=member, at=self.at)
        meeting = meetings.draft_minutes(meeting, reasons={1: "理由充分"}, by=office, at=self.at)
        for signer in (office, members[0]):
            meetings.sign_minutes(meeting, sha256=meeting.minutes_sha256, by=signer, at=self.at)
        return meetings.decide(MeetingItem.objects.get(meeting_id=meeting.pk), at=self.at)

    def _forms(self, case: Case) -> dict[str, Callable[[], dict[str, Any]]]:
        reason, without = {"reason": "依据材料核定"}, {"without_public_notice": "国家公示未登记"}
        return {
            "upload_workbook": lambda: self._workbook(case),
            "send_workbook": lambda: {"name": "长表.xlsx", "sha256": "1" * 64, "spool_name": "示例"},
            "attach_evidence": lambda: {
                "kind": self.kind, "file": stored_file(b"new", self.at), "name": "评价表.pdf",
            },
            "drop_evidence": lambda: {"evidence": self._evidence(case)},
            "bind_evidence": lambda: {
                "evidence": self._evidence(case), "provable": Provable("figure", "rd_staff", self.year), "page": 2,
            },
            "unbind_evidence": lambda: {
                "evidence": self._evidence(case), "binding": self._evidence(case).bindings.get(),
            },
            "name_parent": lambda: {"parent": None},
            "submit": lambda: {"declaration": True, "insists": True},
            "correct": lambda: {"declaration": True},
            "answer_gate": lambda: {"gate": self.gate, "is_met": True} | reason,
            "verify_value": lambda: {"code": "rd_staff", "year": self.year, "value": Fraction(180)} | reason,
            "return_for_correction": lambda: {
                "points": [{"target": "figure", "code": "rd_staff", "year": self.year, "remark": "请核对"}]
            },
            "ask_departments": lambda: {"departments": ["science", "finance", "customs", "tax"]},
            "record_answer": self._answer,
            "adopt_initial_score": lambda: {"opinion": "同意"},
            "not_recommend_below_limit": lambda: {"opinion": "得分不足"},
            "score_at_check": lambda: {"opinion": "同意"},
            "table_again": lambda: reason,
            "recommend_upward": lambda: {"recommendation": self._letter()},
            "note_public_notice_above": lambda: {"notice": self._notice(), "ends_on": self.at.date()},
            "recognise_above": lambda: self._listed(case, is_recognised=True) | without,
            "pass_over_above": lambda: self._listed(case, is_recognised=False) | {"reasons": "未列入名单"} | without,
            "end_as_held": lambda: {"reason": HELD_BY},
            "call_up": lambda: calling_up.form_of(case, steps.colleague(self.cast), self.at),
            "correct_to_recognised": lambda: self._listed(case, is_recognised=True, is_correction=True),
            "correct_to_passed_over": lambda: self._listed(case, is_recognised=False, is_correction=True),
        }  # fmt: skip

    def _workbook(self, case: Case) -> dict[str, Any]:
        form = rules_of(self.batch).form
        assert form is not None
        facts = facts_for(form, self.year, **steps.STRONG | {"rd_staff": 190 if case.state == S.RETURNED else 188})
        return {"name": "数据表.xlsx", "sha256": "2" * 64, "facts": facts, "file": stored_file(b"book", self.at)}

    def _evidence(self, case: Case) -> Any:
        rows = Application.objects.get(case=case).evidence.filter(kind=self.kind, removed_at__isnull=True)
        return rows.order_by("-pk").filter(bindings__isnull=False).distinct()[0]

    def _letter(self) -> Any:
        ranking = Ranking.objects.filter(batch=self.batch).first()
        if ranking is None:
            return None
        return self.batch.recommendations.create(
            ranking=ranking, number="示例推荐〔2026〕7号", dated=self.at.date(), addressed_to="示例",
            sent_by=self.people["publisher"], sent_at=self.at,
        )  # fmt: skip

    def _listed(self, case: Case, *, is_recognised: bool, is_correction: bool = False) -> dict[str, Any]:
        """What a colleague has entered of the case, or corrects of what was confirmed, and its notice."""
        OutsideListLine.objects.filter(entry__batch=self.batch, entry__state="waiting").delete()
        OutsideList.objects.filter(batch=self.batch, state="waiting").delete()
        entry = OutsideList.objects.create(
            batch=self.batch, notice=self._notice(), recorded_by=steps.colleague(self.cast), recorded_at=self.at,
            without_public_notice="国家公示未登记",
            corrects=OutsideList.objects.get(batch=self.batch, state="confirmed") if is_correction else None,
            why="核对时看错了一行。" if is_correction else "",
        )  # fmt: skip
        application = Application.objects.get(case=case)
        OutsideListLine.objects.create(entry=entry, application=application, is_recognised=is_recognised)
        return {"entry": entry, "notice": entry.notice}

    def _notice(self) -> Any:
        return outside_titles.keep_notice(
            self.batch, number="示例公告〔2026〕7号", dated=self.at.date(), authority="示例国家主管部门",
            file=stored_file(b"scan", self.at), file_name="公告.pdf", by=self.people["office"], at=self.at,
        )  # fmt: skip


class DemonstrationStates(NationalStates):
    """The same for a demonstration enterprise, where no other department is asked."""

    kind, proven, gate, below = "audit_report", "revenue_main", "DG1", {"employees": 299}

    def open_batch(self) -> Batch:
        """The batch of the procedure."""
        return steps.make_demonstration(self.cast)

    def score(self, case: Case) -> None:
        """From filed to waiting for the ranking."""
        steps.score_at_check(self.cast, case, self.at)


_CHOICES = {"propose": Choice.RECOGNISE, "refuse": Choice.REFUSE, "postpone": Choice.POSTPONE}
N = NationalStates
Step = Callable[[NationalStates, Case], None]


def _score(world: NationalStates, case: Case) -> None:
    """However the programme does it."""
    world.score(case)


def _decided(choice: Choice, quota: int = 1) -> Step:
    return lambda world, case: world.decide(case, choice, quota)


def _answered(recognised: bool) -> Step:
    return lambda world, case: world.answer(case, recognised=recognised)


_RANKED: tuple[Step, ...] = (_score, N.rank)
_PROPOSED: tuple[Step, ...] = (*_RANKED, _decided(Choice.RECOGNISE))
_SENT: tuple[Step, ...] = (*_PROPOSED, N.send)
_WAYS: dict[str, tuple[Step, ...]] = {
    S.UNDER_COMPLETENESS_CHECK: (),
    S.RETURNED: (N.send_back,),
    S.LAPSED: (N.send_back, N.lapse),
    S.INELIGIBLE: (N.find_ineligible,),
    S.UNDER_CONSULTATION: (N.consult,),
    S.AWAITING_RANKING: (_score,),
    S.UNDER_OVERALL_REVIEW: _RANKED,
    S.POSTPONED: (*_RANKED, _decided(Choice.POSTPONE)),
    S.NOT_RECOMMENDED: (*_RANKED, _decided(Choice.REFUSE)),
    S.TO_BE_RECOMMENDED: _PROPOSED,
    S.NOT_IN_QUOTA: (*_RANKED, _decided(Choice.RECOGNISE, quota=0)),
    S.RECOMMENDED_UPWARD: _SENT,
    S.RECOGNISED_ABOVE: (*_SENT, _answered(recognised=True)),
    S.HELD_OTHERWISE: (*_SENT, N.end_as_held),
    S.NOT_RECOGNISED_ABOVE: (*_SENT, _answered(recognised=False)),
}
