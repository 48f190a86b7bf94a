"""A recognition by a district in each of its states, and for each verb a form that the rules have nothing against."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from accreditation.clocks import PauseGround
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.models import Application, Case, MeetingItem, Objection, Seat, User
from accreditation.services import bindings, meetings, notices, reviews
from accreditation.services.bindings import Provable
from accreditation.services.rule_sets import rules_of
from tests.factories import local as steps
from tests.factories import reopenings
from tests.factories.cast import stored_file
from tests.factories.figures import facts_for
from tests.factories.hearings import FACTS, STATEMENT, hear, uphold
from tests.factories.held import REASON as HELD_BY
from tests.factories.held import hold_meanwhile
from tests.factories.local import LocalCast, make_local_cast
from tests.factories.snapshots import remembered
from tests.factories.steps import marks
from tests.factories.ways import lead
from workflows import batch_acts, door
from workflows.tick import tick

CHOICES = {"propose": Choice.RECOGNISE, "refuse": Choice.REFUSE, "postpone": Choice.POSTPONE}
OBJECTION = {"objector": "周示例", "contact": "021-00000000", "text": "申报的研发人员与事实不符，请核查。"}
NEEDS_NO_NOTICE = (S.AWAITING_ANNOUNCEMENT,)


class DistrictStates:
    """Who acts, when, and how a case comes into a state."""

    reviewer, officer, group = "checker", "local_officer", "leading_group"  # offices by their names in `people`
    gate, below = "SJ7", {"rd_staff": 15}  # a condition that a person answers; a figure under its limit

    def __init__(self, at: datetime) -> None:
        self.local: LocalCast = make_local_cast(at)
        self.at = at
        people, cast = self.local.people, self.local.cast
        names = ("applicant", "forwarder", "checker", "publisher", "clock", "other_forwarder")
        self.people: dict[str, User] = {name: people[name] for name in names} | {
            "local_officer": people["officer"], "expert": cast.experts[0], "leading_group": self.local.group[0],
            "other_applicant": cast.people["member1"], "other_officer": people["other_officer"],
            "other_publisher": people["other_publisher"], "office": cast.people["office"],
            "municipal_publisher": cast.people["publisher"],
        }  # fmt: skip

    def case_in(self, state: str) -> Case:
        """A case in that state; `at` is moved on where the way there takes time."""
        if state in NEEDS_NO_NOTICE:
            self.local.batch.notice_days = 0
            self.local.batch.save(update_fields=["notice_days"])
        case = self._drafted(self.below if state == S.INELIGIBLE else {})
        if state == S.WITHDRAWN:
            door.perform(case, "withdraw", by=self.people["applicant"], at=self.at)
        elif state != S.DRAFT:
            sent = D.submit_through_town if state == S.UNDER_FORWARDING else D.submit
            lead(self, case, (sent, *self.ways()[state]))
        return case

    @remembered
    def _drafted(self, changed: dict[str, int]) -> Case:
        case = steps.drafted(self.local, **changed)
        self._bind(case)
        return case

    def ways(self) -> dict[str, tuple[Step, ...]]:
        """The steps from filed to each state."""
        return WAYS

    def act(self, case: Case, verb: str, role: str, **form: Any) -> None:
        """One verb by one of the people."""
        door.perform(case, verb, by=self.people[role], at=self.at, form=form)

    # --- steps ------------------------------------------------------------------------------------------------------
    def submit(self, case: Case) -> None:
        """Sent in."""
        self.act(case, "submit", "applicant", declaration=True, insists=True, forwarder=None)

    def submit_through_town(self, case: Case) -> None:
        """Sent in, to be forwarded by the town."""
        self.act(case, "submit", "applicant", declaration=True, insists=True, forwarder=self.local.town)

    def accept(self, case: Case) -> None:
        """Accepted by the district."""
        self.act(case, "accept", self.reviewer)

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

    def check(self, case: Case) -> None:
        """The material is in order."""
        steps.checked(self.local, case)

    def seat(self, case: Case) -> None:
        """Experts are asked."""
        steps.seated(self.local, case)

    def visit(self, case: Case) -> None:
        """Visited; the first expert has declared to have no tie."""
        people = self.local.cast.experts[:5]
        self.act(case, "record_site_visit", "local_officer", **steps.visit_form(self.local, people))
        self.act(case, "declare_no_tie", "expert")

    def review(self, case: Case) -> None:
        """All marks are in."""
        for place, expert in enumerate(self.local.cast.experts[:5]):
            if place:
                door.perform(case, "declare_no_tie", by=expert, at=self.at)
            door.perform(case, "submit_review", by=expert, at=self.at, form={"marks": marks(case), "opinion": "同意"})

    def decide(self, verb: str) -> Callable[[Case], None]:
        """Carried out with adopted minutes."""
        return lambda case: self.act(case, verb, self.group, decision=self._decision(case, CHOICES[verb]))

    def publish(self, case: Case) -> None:
        """Under public notice."""
        listed = [Application.objects.get(case=case)]
        batch_acts.publish_notice(self.local.batch, listed, body="公示", by=self.people["publisher"], at=self.at)

    def uphold(self, case: Case) -> None:
        """An objection is found true."""
        self.act(case, "raise_objection", "clock", **OBJECTION)
        objection = Objection.objects.get(application__case=case)
        hear(case, objection, office=self.people[self.officer], applicant=self.people["applicant"], at=self.at)
        uphold(case, objection, at=self.at)

    def end_notice(self, case: Case) -> None:
        """Its days are over."""
        notice = Application.objects.get(case=case).notice
        assert notice is not None
        self.at = notice.ends_at + timedelta(days=1)
        tick(self.at)

    def announce(self, case: Case) -> None:
        """Recognised; the certificate is signed but not yet noted."""
        listed = [Application.objects.get(case=case)]
        batch_acts.announce(
            self.local.batch, listed, number="示例区〔2026〕1号", dated=self.at.date(), body="公布",
            by=self.people["publisher"], at=self.at,
        )  # fmt: skip

    def end_as_held(self, case: Case) -> None:
        """The title has come otherwise."""
        hold_meanwhile(case)
        self.act(case, "end_as_held", "publisher", reason=HELD_BY)

    # --- forms ------------------------------------------------------------------------------------------------------
    @property
    def year(self) -> int:
        """The newest year of the figures."""
        return self.local.batch.reporting_year

    def form(self, case: Case, verb: str, role: str) -> dict[str, Any]:
        """What is sent with a verb; adopted minutes come with the leading group alone."""
        if verb in CHOICES:
            return {"decision": self._decision(case, CHOICES[verb])} if role == self.group else {}
        between = reopenings.forms(case, self.people["publisher"], self.at)
        return (self._forms(case) | between).get(verb, dict)()

    def _forms(self, case: Case) -> dict[str, Callable[[], dict[str, Any]]]:
        reason = {"reason": "依据材料核定"}
        figure = {"code": "rd_staff", "year": self.year, "value": Fraction(80)} | reason
        points = [{"target": "figure", "code": "rd_staff", "year": self.year, "remark": "请核对"}]
        experts = self.local.cast.experts[:5]
        bound = Provable("figure", "rd_staff", self.year)
        return {
            "upload_workbook": lambda: self._workbook(91, b"book"),
            "send_workbook": lambda: {"name": "长表.xlsx", "sha256": "1" * 64, "spool_name": "示例"},
            "attach_evidence": lambda: {
                "kind": "licence", "file": stored_file(b"new", self.at), "name": "执照.pdf",
            },
            "drop_evidence": lambda: {"evidence": self._evidence(case)},
            "bind_evidence": lambda: {"evidence": self._evidence(case), "provable": bound, "page": 2},
            "unbind_evidence": lambda: {
                "evidence": self._evidence(case), "binding": self._evidence(case).bindings.get(),
            },
            "submit": lambda: {"declaration": True, "insists": True, "forwarder": self.local.town},
            "correct": lambda: {"declaration": True},
            "forward": lambda: {"opinion": "情况属实，同意转报"},
            "call_in": lambda: {"reason": "街镇机构撤并，无人办理转报"},
            "decline": lambda: {"reasons": "不属于本区受理范围"},
            "answer_gate": lambda: {"gate": self.gate, "is_met": True} | reason,
            "verify_value": lambda: figure,
            "return_for_correction": lambda: {"points": points},
            "pass_material_check": lambda: {"opinion": "同意"},
            "pause_clock": lambda: {"ground": PauseGround.EXPERT_OPINION, "remark": "委托专家评审"},
            "pause_experts": lambda: {"ground": PauseGround.SEAT_VACANT, "remark": "等待递补专家"},
            "appoint_panel": lambda: {"experts": experts, "reason": "测试指定的专家"},
            "order_recusal": lambda: {"seat": self._seat(case), "tie": "曾任该单位顾问"},
            "record_site_visit": lambda: steps.visit_form(self.local, experts, visited_on=self.at.date()),
            "recuse": lambda: {"tie": "曾任该单位顾问"},
            "propose_value": lambda: figure,
            "submit_review": lambda: {"marks": marks(case), "opinion": "同意"},
            "adopt_value": lambda: {"proposal": self._proposal(case)},
            "table_again": lambda: reason,
            "publish_notice": lambda: {"notice": self._notice(case)},
            "raise_objection": lambda: OBJECTION,
            "extend_notice": lambda: {"objection": None, "days": 3, "reason": "须实地核查人员"},
            "dismiss_objection": lambda: {"objection": None, "reasons": "与事实相符。"},
            "ask_for_statement": lambda: {"objection": None, "facts": FACTS},
            "state_on_objection": lambda: {"objection": None, "text": STATEMENT},
            "propose_upholding": lambda: {"objection": None, "reasons": "经核查属实。"},
            "uphold_objection": lambda: {"objection": None},
            "decline_upholding": lambda: {"objection": None, "reason": "证据尚不充分。"},
            "withdraw_upholding": lambda: {"objection": None, "reason": "须补充核查。"},
            "announce": lambda: {"announcement": self._announcement()},
            "end_as_held": lambda: {"reason": HELD_BY},
            "certify": lambda: {"certificate": "示例", "sha256": "3" * 64, "identifier": "示例"},
        }  # fmt: skip

    def _bind(self, case: Case) -> None:
        provable = Provable("figure", "rd_staff", self.year)
        bindings.bind(self._evidence(case), provable, page=1, by=self.people["applicant"], at=self.at)

    def _workbook(self, staff: int, content: bytes) -> dict[str, Any]:
        form = rules_of(self.local.batch).form
        assert form is not None
        facts = facts_for(form, self.year, rd_staff=staff)
        return {"name": "数据表.xlsx", "sha256": "2" * 64, "facts": facts, "file": stored_file(content, self.at)}

    def _evidence(self, case: Case) -> Any:
        rows = Application.objects.get(case=case).evidence.filter(kind="licence", removed_at__isnull=True)
        return rows.order_by("pk")[0]

    def _proposal(self, case: Case) -> Any:
        return reviews.propose_value(
            Application.objects.get(case=case), code="rd_staff", year=self.year, value=Fraction(80),
            reason="与名册不符", by=self.people["expert"], at=self.at,
        )  # fmt: skip

    def _seat(self, case: Case) -> Any:
        return Seat.objects.filter(panel__application__case=case).order_by("place").first()

    def _decision(self, case: Case, choice: Choice) -> Any:
        """Minutes adopted but not carried out; anything at all where the group has nothing before it."""
        application = Application.objects.get(case=case)
        if application.state != S.UNDER_OVERALL_REVIEW:
            return object()
        group, officer = self.local.group, self.people[self.officer]
        meeting = meetings.call_meeting(
            self.local.batch, [application], held_at=self.at, place="示例", chair=group[0], secretary=officer,
            by=officer, at=self.at,
        )  # fmt: skip
        meeting = meetings.start_meeting(meeting, present=group, by=officer, at=self.at)
        for member in group:
            meetings.cast_vote(meeting.items.get(), choice=choice, remark="理由充分", by=member, at=self.at)
        meeting = meetings.draft_minutes(meeting, reasons={1: "理由充分"}, by=officer, at=self.at)
        for signer in (officer, group[0]):
            meetings.sign_minutes(meeting, sha256=meeting.minutes_sha256, by=signer, at=self.at)
        return meetings.decide(MeetingItem.objects.get(meeting_id=meeting.pk), at=self.at)

    def _notice(self, case: Case) -> Any:
        listed = [Application.objects.get(case=case)]
        return notices.create_notice(
            self.local.batch, listed, body="公示", ends_at=self.at + timedelta(days=7), is_provisional=False,
            by=self.people["publisher"], at=self.at,
        )  # fmt: skip

    def _announcement(self) -> Any:
        return notices.create_announcement(
            self.local.batch, number="示例区〔2026〕9号", dated=self.at.date(), body="公布",
            by=self.people["publisher"], at=self.at,
        )  # fmt: skip


Step = Callable[[DistrictStates, Case], None]


def decided(verb: str) -> Step:
    """The step that carries out what adopted minutes say."""
    return lambda world, case: world.decide(verb)(case)


def _refuse_material(world: DistrictStates, case: Case) -> None:
    world.act(case, "find_ineligible", world.reviewer)


def _decline(world: DistrictStates, case: Case) -> None:
    world.act(case, "decline", world.reviewer, reasons="不属于本区受理范围")


D = DistrictStates
_CHECKED: tuple[Step, ...] = (D.check,)
_VISITED: tuple[Step, ...] = (*_CHECKED, D.seat, D.visit)
_REVIEWED: tuple[Step, ...] = (*_VISITED, D.review)
_PROPOSED: tuple[Step, ...] = (*_REVIEWED, decided("propose"))
_NOTICED: tuple[Step, ...] = (*_PROPOSED, D.publish)
WAYS: dict[str, tuple[Step, ...]] = {
    S.UNDER_FORWARDING: (),
    S.SUBMITTED: (),
    S.DECLINED: (_decline,),
    S.UNDER_FIRST_REVIEW: (D.accept,),
    S.INELIGIBLE: (D.accept, _refuse_material),
    S.RETURNED: (D.accept, D.send_back),
    S.LAPSED: (D.accept, D.send_back, D.lapse),
    S.AWAITING_PANEL: _CHECKED,
    S.UNDER_SITE_VISIT: (*_CHECKED, D.seat),
    S.UNDER_EXPERT_REVIEW: _VISITED,
    S.UNDER_OVERALL_REVIEW: _REVIEWED,
    S.POSTPONED: (*_REVIEWED, decided("postpone")),
    S.REFUSED: (*_REVIEWED, decided("refuse")),
    S.PROPOSED: _PROPOSED,
    S.AWAITING_ANNOUNCEMENT: _PROPOSED,
    S.UNDER_NOTICE: _NOTICED,
    S.OBJECTION_UPHELD: (*_NOTICED, D.uphold),
    S.NOTICE_COMPLETED: (*_NOTICED, D.end_notice),
    S.HELD_OTHERWISE: (*_NOTICED, D.end_notice, D.end_as_held),
    S.RECOGNISED: (*_NOTICED, D.end_notice, D.announce),
}
