"""An evaluation of a title in each of its states, and for each verb a form that the rules have nothing against."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from accreditation.clocks import PauseGround
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.models import Application, Case, MeetingItem, User
from accreditation.services import bindings, meetings, notices
from accreditation.services.bindings import Provable
from accreditation.services.rule_sets import rules_of
from tests.factories import evaluating as steps
from tests.factories.cast import make_cast, stored_file, with_material
from tests.factories.figures import facts_for
from tests.factories.hearings import FACTS, STATEMENT
from tests.factories.reconsidering import reconsiderers, set_aside
from tests.factories.snapshots import remembered
from tests.factories.steps import answer_gates
from tests.factories.ways import lead
from workflows import batch_acts, door
from workflows.opening import open_application
from workflows.tick import tick

CHOICES = {"propose": Choice.RECOGNISE, "refuse": Choice.REFUSE, "postpone": Choice.POSTPONE}
OBJECTION = {"objector": "周示例", "contact": "021-00000000", "text": "报送的研发人员与事实不符，请核查。"}
WARNED = (S.UNDER_RECTIFICATION, S.RECTIFICATION_REPORTED)


class EvaluationStates:
    """Who acts, when, and how an evaluation comes into a state."""

    reviewer, fixer, officer, group = "district", "office", "office", "committee"  # by their names in `people`
    marginal = steps.MARGINAL

    def __init__(self, at: datetime) -> None:
        self.cast, self.at = make_cast(at), at
        steps.hold(self.cast, 0)
        self.batch = steps.make_round(self.cast)
        steps.frozen_and_called(self.cast, self.batch)
        people, cast = self.cast.people, self.cast
        self.people: dict[str, User] = {
            "applicant": people["member0"], "district": people["pudong"], "office": people["office"],
            "committee": cast.members[0], "publisher": people["publisher"], "clock": people["clock"],
            "other_applicant": people["member1"], "other_district": people["jiading"], "expert": cast.experts[0],
            "auditor": people["auditor"], "decider": reconsiderers(self.cast)[1],
        }  # fmt: skip

    def case_in(self, state: str) -> Case:
        """A case in that state; `at` is moved on where the way there takes time."""
        case = self._drafted(self.marginal if state in WARNED else {})
        lead(self, case, self.ways()[state])
        return case

    @remembered
    def _drafted(self, changed: dict[str, Any]) -> Case:
        by = self.people["applicant"]
        case = open_application(self.cast.enterprises[0], self.batch, by=by, at=self.at)
        with_material(case, by, self.at, **changed)
        proven = Provable("figure", "rd_staff", self.year)
        bindings.bind(self._evidence(case), proven, page=1, by=by, at=self.at)
        return case

    def ways(self) -> dict[str, tuple[Step, ...]]:
        """The steps from a draft to each state."""
        return WAYS

    def act(self, case: Case, verb: str, role: str, **form: Any) -> None:
        """One verb by one of the people."""
        door.perform(case, verb, by=self.people[role], at=self.at, form=form)

    # --- steps ------------------------------------------------------------------------------------------------------
    def give_up(self, case: Case) -> None:
        """The draft is given up."""
        self.act(case, "withdraw", "applicant")

    def submit(self, case: Case) -> None:
        """Sent in."""
        self.act(case, "submit", "applicant", declaration=True)

    def accept(self, case: Case) -> None:
        """Accepted by the district, which answers what no figure decides."""
        self.act(case, "accept", self.reviewer)
        answer_gates(case, self.people[self.reviewer], self.at)

    def send_back(self, case: Case) -> None:
        """Returned for one figure and one kind of evidence, both handed in anew."""
        points = [
            {"target": "figure", "code": "rd_staff", "year": self.year, "remark": "请核对"},
            {"target": "evidence", "code": "licence", "remark": "请重新上传"},
        ]
        self.act(case, "return_for_correction", self.reviewer, points=points)
        self.at += timedelta(hours=1)
        self.act(case, "upload_workbook", "applicant", **self._workbook(90, b"again"))
        file = stored_file(b"clear", self.at)
        self.act(case, "attach_evidence", "applicant", kind="licence", file=file, name="执照.pdf")

    def lapse(self, case: Case) -> None:
        """Nobody corrected."""
        self.at = case.deadlines.get(kind="correction", state="running").due_at + timedelta(seconds=1)
        tick(self.at)

    def report(self, case: Case) -> None:
        """Passed on by the district."""
        self.act(case, "recommend", "district", opinion="材料属实")

    def fix(self, case: Case) -> None:
        """Score and band fixed."""
        self.act(case, "fix_result", self.fixer, opinion="核查无误")

    def adopt(self, case: Case) -> None:
        """Adopted by the committee."""
        self.act(case, "propose", self.group, decision=self._decision(case, Choice.RECOGNISE))

    def publish(self, case: Case) -> None:
        """Under public notice."""
        listed = [Application.objects.get(case=case)]
        batch_acts.publish_notice(self.batch, listed, body="公示", by=self.people["publisher"], at=self.at)

    def end_notice(self, case: Case) -> None:
        """Its days are over."""
        notice = Application.objects.get(case=case).notice
        assert notice is not None
        self.at = notice.ends_at + timedelta(days=1)
        tick(self.at)

    def announce(self, case: Case) -> None:
        """The result is announced."""
        listed = [Application.objects.get(case=case)]
        batch_acts.announce(
            self.batch, listed, number="示例〔2026〕1号", dated=self.at.date(), body="公布",
            by=self.people["publisher"], at=self.at,
        )  # fmt: skip

    def rectify(self, case: Case) -> None:
        """What was wrong is reported as put right."""
        self.act(case, "report_rectification", "applicant", report="已补充研发人员和研发投入。")

    # --- forms ------------------------------------------------------------------------------------------------------
    @property
    def year(self) -> int:
        """The newest year of the figures."""
        return self.batch.reporting_year

    def form(self, case: Case, verb: str, role: str) -> dict[str, Any]:
        """What is sent with a verb; adopted minutes come with the committee alone."""
        if verb in CHOICES:
            return {"decision": self._decision(case, CHOICES[verb])} if role == self.group else {}
        if verb == "set_result_aside":
            return {"reconsideration": set_aside(case, "evaluation_result")} if role == "decider" else {}
        return self._forms(case).get(verb, dict)()

    def _forms(self, case: Case) -> dict[str, Callable[[], dict[str, Any]]]:
        reason = {"reason": "依据材料核定"}
        bound = Provable("figure", "rd_staff", self.year)
        points = [{"target": "figure", "code": "rd_staff", "year": self.year, "remark": "请核对"}]
        return {
            "upload_workbook": lambda: self._workbook(91, b"book"),
            "send_workbook": lambda: {"name": "长表.xlsx", "sha256": "1" * 64, "spool_name": "示例"},
            "attach_evidence": lambda: {"kind": "licence", "file": stored_file(b"new", self.at), "name": "执照.pdf"},
            "drop_evidence": lambda: {"evidence": self._evidence(case)},
            "bind_evidence": lambda: {"evidence": self._evidence(case), "provable": bound, "page": 2},
            "unbind_evidence": lambda: {
                "evidence": self._evidence(case), "binding": self._evidence(case).bindings.get(),
            },
            "submit": lambda: {"declaration": True},
            "correct": lambda: {"declaration": True},
            "answer_gate": lambda: {"gate": self.gate, "is_met": True} | reason,
            "verify_value": lambda: {"code": "rd_staff", "year": self.year, "value": Fraction(80)} | reason,
            "return_for_correction": lambda: {"points": points},
            "recommend": lambda: {"opinion": "材料属实"},
            "pause_clock": lambda: {"ground": PauseGround.EXPERT_OPINION, "remark": "委托鉴定设备"},
            "fix_result": lambda: {"opinion": "核查无误"},
            "publish_notice": lambda: {"notice": self._notice(case)},
            "raise_objection": lambda: OBJECTION,
            "dismiss_objection": lambda: {"objection": None, "reasons": "与事实相符。"},
            "ask_for_statement": lambda: {"objection": None, "facts": FACTS},
            "state_on_objection": lambda: {"objection": None, "text": STATEMENT},
            "propose_upholding": lambda: {"objection": None, "reasons": "经核查属实。"},
            "uphold_objection": lambda: {"objection": None},
            "decline_upholding": lambda: {"objection": None, "reason": "证据尚不充分。"},
            "withdraw_upholding": lambda: {"objection": None, "reason": "须补充核查。"},
            "announce": lambda: {"announcement": self._announcement()},
            "report_rectification": lambda: {"report": "已补充研发人员和研发投入。"},
            "accept_rectification": lambda: {"remark": "整改到位"},
            "find_unrectified": lambda: {"remark": "仍未到位"},
        }  # fmt: skip

    @property
    def gate(self) -> str:
        """A condition that an officer answers."""
        return next(gate.code for gate in rules_of(self.batch).gates if gate.is_answered)

    def _workbook(self, staff: int, content: bytes) -> dict[str, Any]:
        form = rules_of(self.batch).form
        assert form is not None
        facts = facts_for(form, self.year, rd_staff=staff)
        return {"name": "数据表.xlsx", "sha256": "2" * 64, "facts": facts, "file": stored_file(content, self.at)}

    def _evidence(self, case: Case) -> Any:
        rows = Application.objects.get(case=case).evidence.filter(kind="licence", removed_at__isnull=True)
        return rows.order_by("pk")[0]

    def _decision(self, case: Case, choice: Choice) -> Any:
        """Minutes adopted but not carried out; anything at all where the committee has nothing before it."""
        application = Application.objects.get(case=case)
        if application.state != S.UNDER_OVERALL_REVIEW:
            return object()
        members, office = self.voters(), self.people[self.officer]
        meeting = meetings.call_meeting(
            self.batch, [application], held_at=self.at, place="示例", chair=members[0], secretary=office,
            by=office, at=self.at,
        )  # fmt: skip
        meeting = meetings.start_meeting(meeting, present=members, by=office, at=self.at)
        for member in members:
            meetings.cast_vote(meeting.items.get(), choice=choice, remark="理由充分", by=member, at=self.at)
        meeting = meetings.draft_minutes(meeting, reasons={1: "理由充分"}, by=office, at=self.at)
        for signer in (office, members[0]):
            meetings.sign_minutes(meeting, sha256=meeting.minutes_sha256, by=signer, at=self.at)
        return meetings.decide(MeetingItem.objects.get(meeting_id=meeting.pk), at=self.at)

    def voters(self) -> list[User]:
        """Who decides on the results."""
        return self.cast.members

    def _notice(self, case: Case) -> Any:
        listed = [Application.objects.get(case=case)]
        return notices.create_notice(
            self.batch, listed, body="公示", ends_at=self.at + timedelta(days=7), is_provisional=False,
            by=self.people["publisher"], at=self.at,
        )  # fmt: skip

    def _announcement(self) -> Any:
        return notices.create_announcement(
            self.batch, number="示例〔2026〕9号", dated=self.at.date(), body="公布", by=self.people["publisher"],
            at=self.at,
        )  # fmt: skip


E = EvaluationStates
Step = Callable[[EvaluationStates, Case], None]
_SENT: tuple[Step, ...] = (E.submit,)
_ACCEPTED: tuple[Step, ...] = (*_SENT, E.accept)
_REPORTED: tuple[Step, ...] = (*_ACCEPTED, E.report)
_FIXED: tuple[Step, ...] = (*_REPORTED, E.fix)
_ADOPTED: tuple[Step, ...] = (*_FIXED, E.adopt)
_NOTICED: tuple[Step, ...] = (*_ADOPTED, E.publish)
_OVER: tuple[Step, ...] = (*_NOTICED, E.end_notice)
_ANNOUNCED: tuple[Step, ...] = (*_OVER, E.announce)
WAYS: dict[str, tuple[Step, ...]] = {
    S.DRAFT: (),
    S.WITHDRAWN: (E.give_up,),
    S.SUBMITTED: _SENT,
    S.UNDER_FIRST_REVIEW: _ACCEPTED,
    S.RETURNED: (*_ACCEPTED, E.send_back),
    S.LAPSED: (*_ACCEPTED, E.send_back, E.lapse),
    S.UNDER_COMPLETENESS_CHECK: _REPORTED,
    S.UNDER_OVERALL_REVIEW: _FIXED,
    S.RESULT_ADOPTED: _ADOPTED,
    S.UNDER_NOTICE: _NOTICED,
    S.NOTICE_COMPLETED: _OVER,
    S.EVALUATED: _ANNOUNCED,
    S.UNDER_RECTIFICATION: _ANNOUNCED,
    S.RECTIFICATION_REPORTED: (*_ANNOUNCED, E.rectify),
}
