"""A recognition under a designation set up from a file, in each of its states, with a form for each verb."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from accreditation.clocks import PauseGround
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.models import Application, Batch, Case, MeetingItem, Objection, Seat, User
from accreditation.services import bindings, meetings, notices, reviews
from accreditation.services.bindings import Provable
from accreditation.services.rule_sets import rules_of
from tests.factories import reopenings
from tests.factories.cast import Cast, make_cast, stored_file, with_material
from tests.factories.designations import open_designated
from tests.factories.figures import facts_for
from tests.factories.hearings import FACTS, STATEMENT, hear, uphold
from tests.factories.held import BARRED_BY, bar_meanwhile, hold_meanwhile
from tests.factories.held import REASON as HELD_BY
from tests.factories.snapshots import remembered
from tests.factories.steps import answer_gates, marks
from tests.factories.ways import lead
from workflows import batch_acts, door
from workflows.opening import open_application
from workflows.tick import tick

CHOICES = {"propose": Choice.RECOGNISE, "refuse": Choice.REFUSE, "postpone": Choice.POSTPONE}
OBJECTION = {"objector": "周示例", "contact": "021-00000000", "text": "该单位的专利与事实不符，请核查。"}
WITHOUT_NOTICE = (S.AWAITING_ANNOUNCEMENT,)


class GenericStates:
    """Who acts, when, and how a case comes into a state; the batch has every stage unless a state needs one off."""

    def __init__(self, at: datetime) -> None:
        self.cast: Cast = make_cast(at)
        self.batch: Batch = open_designated(self.cast, at=at)
        self.at = at
        people, cast = self.cast.people, self.cast
        self.people: dict[str, User] = {
            "applicant": people["member0"], "district": people["pudong"], "office": people["office"],
            "expert": cast.experts[0], "committee": cast.members[0], "publisher": people["publisher"],
            "clock": people["clock"], "other_applicant": people["member1"], "other_district": people["jiading"],
            "auditor": people["auditor"], "stranger": people["stranger"],
        }  # fmt: skip

    def case_in(self, state: str) -> Case:
        """A case in that state; `at` is moved on where the way there takes time."""
        if state in WITHOUT_NOTICE:
            Batch.objects.filter(pk=self.batch.pk).update(notice_days=0)
            self.batch.refresh_from_db(fields=["notice_days"])
        case = self._drafted(is_below=state == S.INELIGIBLE)
        if state == S.WITHDRAWN:
            self.act(case, "withdraw", "applicant")
        elif state != S.DRAFT:
            lead(self, case, (G.submit, *WAYS[state]))
        return case

    @remembered
    def _drafted(self, *, is_below: bool) -> Case:
        by = self.people["applicant"]
        case = open_application(self.cast.enterprises[0], self.batch, by=by, at=self.at)
        with_material(case, by, self.at, **({"invention_patents_valid": 0} if is_below else {}))
        self._bind(case)
        return case

    def act(self, case: Case, verb: str, role: str, **form: Any) -> None:
        """One verb by one of the people."""
        door.perform(case, verb, by=self.people[role], at=self.at, form=form)

    # --- steps ------------------------------------------------------------------------------------------------------
    def submit(self, case: Case) -> None:
        """Sent in."""
        self.act(case, "submit", "applicant", declaration=True, insists=True)

    def accept(self, case: Case) -> None:
        """Accepted by the district."""
        self.act(case, "accept", "district")

    def send_back(self, case: Case) -> None:
        """Returned by the district for one figure and one kind of evidence, both handed in anew."""
        points = [
            {"target": "figure", "code": "employees", "year": self.year, "remark": "请核对"},
            {"target": "evidence", "code": "licence", "remark": "请重新上传"},
        ]
        self.act(case, "return_for_correction", "district", points=points)
        self.at += timedelta(hours=1)
        self.act(case, "upload_workbook", "applicant", **self._workbook(90, b"again"))
        file = stored_file(b"clear", self.at)
        self.act(case, "attach_evidence", "applicant", kind="licence", file=file, name="执照.pdf")

    def lapse(self, case: Case) -> None:
        """Nobody corrected."""
        self.at = case.deadlines.get(kind="correction", state="running").due_at + timedelta(seconds=1)
        tick(self.at)

    def recommend(self, case: Case) -> None:
        """Conditions answered, passed on by the district."""
        answer_gates(case, self.people["district"], self.at)
        self.act(case, "recommend", "district", opinion="同意推荐")

    def check(self, case: Case) -> None:
        """In order in the eyes of the office."""
        self.act(case, "pass_completeness_check", "office")

    def seat(self, case: Case) -> None:
        """Five experts; the first has declared."""
        self.act(case, "appoint_panel", "office", experts=self.cast.experts[:5], reason="测试指定的专家")
        self.act(case, "declare_no_tie", "expert")

    def review(self, case: Case) -> None:
        """All marks are in."""
        for place, expert in enumerate(self.cast.experts[:5]):
            if place:
                door.perform(case, "declare_no_tie", by=expert, at=self.at)
            door.perform(case, "submit_review", by=expert, at=self.at, form={"marks": marks(case), "opinion": "同意"})

    def publish(self, case: Case) -> None:
        """Under public notice."""
        listed = [Application.objects.get(case=case)]
        batch_acts.publish_notice(self.batch, listed, body="公示", by=self.people["publisher"], at=self.at)

    def uphold(self, case: Case) -> None:
        """An objection is found true."""
        self.act(case, "raise_objection", "clock", **OBJECTION)
        objection = Objection.objects.get(application__case=case)
        hear(case, objection, office=self.people["office"], applicant=self.people["applicant"], at=self.at)
        uphold(case, objection, at=self.at)

    def end_notice(self, case: Case) -> None:
        """Its days are over."""
        notice = Application.objects.get(case=case).notice
        assert notice is not None
        self.at = notice.ends_at + timedelta(days=1)
        tick(self.at)

    def announce(self, case: Case) -> None:
        """Recognised; the certificate is asked for."""
        listed = [Application.objects.get(case=case)]
        batch_acts.announce(
            self.batch, listed, number="示例〔2026〕1号", dated=self.at.date(), body="公布",
            by=self.people["publisher"], at=self.at,
        )  # fmt: skip

    def end_as_held(self, case: Case) -> None:
        """The title has come otherwise."""
        hold_meanwhile(case)
        self.act(case, "end_as_held", "publisher", reason=HELD_BY)

    def end_as_barred(self, case: Case) -> None:
        """A revocation has barred the enterprise."""
        bar_meanwhile(case, self.cast, self.at)
        self.act(case, "end_as_barred", "publisher", reason=BARRED_BY)

    # --- forms ------------------------------------------------------------------------------------------------------
    @property
    def year(self) -> int:
        """The newest year of the figures."""
        return self.batch.reporting_year

    def form(self, case: Case, verb: str, role: str) -> dict[str, Any]:
        """What is sent with a verb; adopted minutes come with the committee alone."""
        if verb in CHOICES:
            return {"decision": self._decision(case, CHOICES[verb])} if role == "committee" else {}
        between = reopenings.forms(case, self.people["publisher"], self.at)
        return (self._forms(case) | between).get(verb, dict)()

    def _forms(self, case: Case) -> dict[str, Callable[[], dict[str, Any]]]:
        reason = {"reason": "依据材料核定"}
        figure = {"code": "employees", "year": self.year, "value": Fraction(80)} | reason
        points = [{"target": "figure", "code": "employees", "year": self.year, "remark": "请核对"}]
        bound = Provable("figure", "employees", self.year)
        return {
            "upload_workbook": lambda: self._workbook(91, b"book"),
            "send_workbook": lambda: {"name": "长表.xlsx", "sha256": "1" * 64, "spool_name": "示例"},
            "attach_evidence": lambda: {"kind": "licence", "file": stored_file(b"new", self.at), "name": "执照.pdf"},
            "drop_evidence": lambda: {"evidence": self._evidence(case)},
            "bind_evidence": lambda: {"evidence": self._evidence(case), "provable": bound, "page": 2},
            "unbind_evidence": lambda: {
                "evidence": self._evidence(case), "binding": self._evidence(case).bindings.get(),
            },
            "submit": lambda: {"declaration": True, "insists": True},
            "correct": lambda: {"declaration": True},
            "decline": lambda: {"reasons": "不属于受理范围"},
            "answer_gate": lambda: {"gate": "IP1", "is_met": True} | reason,
            "verify_value": lambda: figure,
            "return_for_correction": lambda: {"points": points},
            "recommend": lambda: {"opinion": "同意推荐"},
            "not_recommend": lambda: {"opinion": "不予推荐的理由"},
            "pause_clock": lambda: {"ground": PauseGround.EXPERT_OPINION, "remark": "委托专家评审"},
            "pause_experts": lambda: {"ground": PauseGround.SEAT_VACANT, "remark": "等待递补专家"},
            "appoint_panel": lambda: {"experts": self.cast.experts[:5], "reason": "测试指定的专家"},
            "order_recusal": lambda: {"seat": self._seat(case), "tie": "曾任该单位顾问"},
            "recuse": lambda: {"tie": "曾任该单位顾问"},
            "propose_value": lambda: figure,
            "submit_review": lambda: {"marks": marks(case), "opinion": "同意"},
            "adopt_value": lambda: {"proposal": self._proposal(case)},
            "table_again": lambda: reason,
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
            "end_as_held": lambda: {"reason": HELD_BY},
            "end_as_barred": lambda: {"reason": BARRED_BY},
            "certify": lambda: {"certificate": "示例", "sha256": "3" * 64, "identifier": "示例"},
        }  # fmt: skip

    def _bind(self, case: Case) -> None:
        row = Application.objects.get(case=case).evidence.get(kind="licence", removed_at__isnull=True)
        provable = Provable("figure", "employees", self.year)
        bindings.bind(row, provable, page=1, by=self.people["applicant"], at=self.at)

    def _workbook(self, employees: int, content: bytes) -> dict[str, Any]:
        form = rules_of(self.batch).form
        assert form is not None
        facts = facts_for(form, self.year, employees=employees)
        return {"name": "数据表.xlsx", "sha256": "2" * 64, "facts": facts, "file": stored_file(content, self.at)}

    def _evidence(self, case: Case) -> Any:
        rows = Application.objects.get(case=case).evidence.filter(kind="licence", removed_at__isnull=True)
        return rows.order_by("pk")[0]

    def _proposal(self, case: Case) -> Any:
        return reviews.propose_value(
            Application.objects.get(case=case), code="employees", year=self.year, value=Fraction(80),
            reason="与名册不符", by=self.people["expert"], at=self.at,
        )  # fmt: skip

    def _seat(self, case: Case) -> Any:
        return Seat.objects.filter(panel__application__case=case).order_by("place").first()

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
        for member in members:
            meetings.cast_vote(meeting.items.get(), choice=choice, remark="理由充分", by=member, at=self.at)
        meeting = meetings.draft_minutes(meeting, reasons={1: "理由充分"}, by=office, at=self.at)
        for signer in (office, members[0]):
            meetings.sign_minutes(meeting, sha256=meeting.minutes_sha256, by=signer, at=self.at)
        return meetings.decide(MeetingItem.objects.get(meeting_id=meeting.pk), at=self.at)

    def _notice(self, case: Case) -> Any:
        return notices.create_notice(
            self.batch, [Application.objects.get(case=case)], body="公示", ends_at=self.at + timedelta(days=7),
            is_provisional=False, by=self.people["publisher"], at=self.at,
        )  # fmt: skip

    def _announcement(self) -> Any:
        return notices.create_announcement(
            self.batch, number="示例〔2026〕9号", dated=self.at.date(), body="公布", by=self.people["publisher"],
            at=self.at,
        )  # fmt: skip


Step = Callable[[GenericStates, Case], None]
G = GenericStates


def _decided(verb: str) -> Step:
    return lambda world, case: world.act(case, verb, "committee", decision=world._decision(case, CHOICES[verb]))


def _one(verb: str, role: str, **form: Any) -> Step:
    return lambda world, case: world.act(case, verb, role, **form)


_CHECKING: tuple[Step, ...] = (G.accept, G.recommend)
_REVIEWED: tuple[Step, ...] = (*_CHECKING, G.check, G.seat, G.review)
_PROPOSED: tuple[Step, ...] = (*_REVIEWED, _decided("propose"))
_NOTICED: tuple[Step, ...] = (*_PROPOSED, G.publish)
WAYS: dict[str, tuple[Step, ...]] = {
    S.SUBMITTED: (),
    S.DECLINED: (_one("decline", "district", reasons="不属于受理范围"),),
    S.UNDER_FIRST_REVIEW: (G.accept,),
    S.INELIGIBLE: (G.accept, _one("find_ineligible", "district")),
    S.NOT_RECOMMENDED: (G.accept, _one("not_recommend", "district", opinion="材料不实")),
    S.RETURNED: (G.accept, G.send_back),
    S.LAPSED: (G.accept, G.send_back, G.lapse),
    S.UNDER_COMPLETENESS_CHECK: _CHECKING,
    S.AWAITING_PANEL: (*_CHECKING, G.check),
    S.UNDER_EXPERT_REVIEW: (*_CHECKING, G.check, G.seat),
    S.UNDER_OVERALL_REVIEW: _REVIEWED,
    S.POSTPONED: (*_REVIEWED, _decided("postpone")),
    S.REFUSED: (*_REVIEWED, _decided("refuse")),
    S.PROPOSED: _PROPOSED,
    S.AWAITING_ANNOUNCEMENT: _PROPOSED,
    S.UNDER_NOTICE: _NOTICED,
    S.OBJECTION_UPHELD: (*_NOTICED, G.uphold),
    S.NOTICE_COMPLETED: (*_NOTICED, G.end_notice),
    S.HELD_OTHERWISE: (*_NOTICED, G.end_notice, G.end_as_held),
    S.BARRED: (*_NOTICED, G.end_notice, G.end_as_barred),
    S.RECOGNISED: (*_NOTICED, G.end_notice, G.announce),
}
