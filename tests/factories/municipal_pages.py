"""The pages of a municipal recognition as the cast uses them; each step is remembered with the move that it made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accreditation.clocks import PauseGround
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, SeatState
from accreditation.models import (
    Application,
    AuditEvent,
    Case,
    Evidence,
    Meeting,
    Objection,
    Seat,
    User,
    VerifiedValue,
    WorkbookReading,
)
from accreditation.services.rule_sets import rules_of
from criteria.workbook.bulk import LONG_FROM
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast
from tests.factories.hearings import FACTS, officers
from tests.factories.local_pages import pdf, reasons_in, state
from tests.factories.steps import marks
from tests.factories.titles import second_officer
from workflows import door
from workflows.demo.material import workbook_for
from workflows.moves import moves
from workflows.procedures import Procedure
from workflows.tick import tick

Taken = tuple[str, str, str]  # verb, state before, state after; the states are empty for a verb that keeps the state
TICKED = {"checked": ["identity", "evidence", "figures", "annexes", "gates"], "opinion": "材料齐全"}
FIGURE, KIND = "rd_staff", "audit_report"


def known_steps(procedure: Procedure) -> set[Taken]:
    """Every way in which a verb of the table moves a case, and each verb that keeps the state."""
    moving = {(verb, *pair) for verb, pairs in moves(procedure).items() for pair in pairs}
    return moving | {(line.code, "", "") for line in procedure.verbs.values() if line.transition is None}


class MunicipalPages:
    """Who does what on which page; `taken` holds what the trails of the cases say of each step."""

    def __init__(self, cast: Cast, clock: Clock) -> None:
        self.cast, self.clock, self.batch = cast, clock, cast.batch
        self.taken: set[Taken] = set()
        self.clients: dict[int, Client] = {}

    # --- the hand that sends, the eye that reads, the clock that moves ----------------------------------------------
    def send(self, user: User | None, name: str, *arguments: Any, **form: Any) -> str:
        """Post a form that is taken; the address that the person is sent to."""
        client = self.client_of(user) if user else Client()
        with self.noting():
            answer = client.post(reverse(name, args=arguments), form)
        assert answer.status_code == 302, (name, answer.status_code, reasons_in(answer))
        return str(answer.headers["Location"])

    def refused(self, user: User, name: str, *arguments: Any, **form: Any) -> str:
        """Post a form that is not taken; what the page says."""
        answer = self.client_of(user).post(reverse(name, args=arguments), form)
        assert answer.status_code in (409, 422), (name, answer.status_code)
        return str(answer.content.decode())

    def client_of(self, user: User) -> Client:
        """The browser of a person, logged in once."""
        if user.pk not in self.clients:
            self.clients[user.pk] = log_in(Client(), user)
        return self.clients[user.pk]

    def wait_until(self, at: datetime) -> None:
        """Time goes on and the clock does what is due."""
        self.clock.at = at
        with self.noting():
            tick(at)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Remember what is written into the trails of cases meanwhile."""
        since = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        yield
        for event in AuditEvent.objects.filter(pk__gt=since, chain__startswith="case:"):
            self.taken |= {(event.verb, event.state_before, event.state_after), (event.verb, "", "")}

    # --- the applicant ----------------------------------------------------------------------------------------------
    def member(self, n: int) -> User:
        """Who acts for enterprise n."""
        return self.cast.people[f"member{n}"]

    def open(self, n: int) -> str:
        """A draft of enterprise n."""
        place = f"{self.batch.code}:{self.cast.enterprises[n].pk}"
        return self.send(self.member(n), "my_new", place=place).rstrip("/").split("/")[-1]

    def hand_in(self, number: str) -> None:
        """Workbook and evidence; a long workbook is called back, evidence dropped, a binding taken back."""
        me, own = self.member(0), Evidence.objects.filter(application__case__number=number)
        self.send(me, "my_workbook", number, file=SimpleUploadedFile("长表.xlsx", _long_book()))
        self.send(me, "my_reading_cancel", number, WorkbookReading.objects.get().number)
        self.upload(number)
        wrong = rules_of(self.batch).evidence[0].code
        self.attach(number, wrong)
        self.send(me, "my_evidence_remove", number, own.get().pk)
        for kind in rules_of(self.batch).evidence:
            if kind.required:
                self.attach(number, kind.code)
        for _again in range(2):  # bound, taken back, bound
            row = own.get(kind=KIND)
            if bound := row.bindings.first():
                self.send(me, "my_binding_remove", number, bound.pk)
            target = f"figure.{FIGURE}.{self.batch.reporting_year}"
            self.send(me, "my_bindings", number, evidence=row.pk, page="2", target=target)

    def upload(self, number: str, seed: int = 3) -> None:
        """The short workbook, read at once."""
        book = workbook_for(self.cast.enterprises[0], self.batch, seed=seed, profile="strong", changed={})
        self.send(self.member(0), "my_workbook", number, file=SimpleUploadedFile("数据表.xlsx", book))

    def attach(self, number: str, kind: str) -> None:
        """One file of evidence."""
        self.send(self.member(0), "my_materials", number, kind=kind, file=pdf(f"{kind}.pdf"))

    def file(self, number: str, verb: str = "submit") -> None:
        """Filed, or filed again after a return."""
        self.send(self.member(0), "my_check", number, verb=verb, declaration="on", insists="on")

    def correct(self, number: str) -> None:
        """An hour later the evidence is there in full, and the case is filed again."""
        self.clock.advance(hours=1)
        self.attach(number, KIND)
        self.file(number, "correct")

    # --- district and office ----------------------------------------------------------------------------------------
    def give_back(self, user: User, desk: str, number: str, kind: str = KIND) -> None:
        """Returned for one kind of evidence."""
        key = f"evidence.{kind}"
        self.send(user, f"{desk}_return", number, target=key, general="", **{f"remark-{key}": "缺附注页"})

    def answer_gates(self, user: User, desk: str, number: str) -> None:
        """Every condition that no figure decides."""
        for gate in rules_of(self.batch).gates:
            if gate.is_answered and gate.is_binding:
                self.send(user, f"{desk}_gate", number, gate.code, is_met="yes", reason="经查符合")

    def fail_a_gate(self, user: User, desk: str, number: str) -> None:
        """A condition is found not to be met, and the case ends with it."""
        code = next(gate.code for gate in rules_of(self.batch).gates if gate.is_answered and gate.is_binding)
        self.send(user, f"{desk}_gate", number, code, is_met="no", reason="经查不符合")
        self.send(user, f"{desk}_act", number, "find_ineligible", reasons="", confirmed="1")

    # --- experts ----------------------------------------------------------------------------------------------------
    def seat(self, number: str) -> None:
        """Drawn, appointed as drawn; one is told to step down, one steps down, the next in order follow."""
        office = self.cast.office
        self.send(office, "office_panel", number, act="draw")
        self.send(office, "office_panel", number, act="as_drawn")
        first, second = sitting(number)[:2]
        self.send(office, "office_recuse", number, first.pk, tie="曾任该单位顾问")
        self.send(second.expert, "expert_recuse", number, tie="配偶在该单位任职")
        for row in Seat.objects.filter(panel__application__case__number=number, state=SeatState.RECUSED):
            self.send(office, "office_replace", number, row.pk, act="next")

    def review(self, number: str, seats: Sequence[Seat]) -> None:
        """These declare to have no tie and hand in their sealed marks; the one on the first place proposes a value."""
        case = Application.objects.get(case__number=number).case
        for seat in seats:
            self.send(seat.expert, "expert_declare", number)
            if seat.place == 1:
                value = {"value": "80", "reason": "与花名册不符"}
                self.send(seat.expert, "expert_value", number, FIGURE, self.batch.reporting_year, **value)
            form = {"opinion": "同意认定本件"}
            for code, mark in marks(case).items():
                form |= {f"points-{code}": mark["points"], f"reason-{code}": mark["reason"]}
            self.send(seat.expert, "expert_confirm", number, **form)

    def stop_the_experts(self, number: str) -> None:
        """Their time stands still while a device is tested, and runs on."""
        said = {"ground": PauseGround.TESTING.value, "remark": "等待设备检测"}
        self.send(self.cast.office, "office_act", number, "pause_experts", **said)
        self.send(self.cast.office, "office_act", number, "resume_experts")

    @cached_property
    def second(self) -> User:
        """A colleague of the municipal office."""
        return second_officer(self.cast)

    def wait_for_the_answer(self, case: Case, verb: str, by: User) -> None:
        """All sheets come in while one may be set aside; they stay sealed until it is answered that it is not."""
        number, (first, *others) = case.number, sitting(case.number)
        sheet = {"marks": marks(case), "opinion": "同意"}
        for seat in (first, *others):
            door.perform(case, "declare_no_tie", by=seat.expert, at=self.clock.at)
        door.perform(case, "submit_review", by=first.expert, at=self.clock.at, form=sheet)
        place = {"place": str(first.place)}
        self.send(self.cast.office, "office_act", number, "ask_sheet_aside", **place, reason="据告专家因病退出")
        for seat in others:
            door.perform(case, "submit_review", by=seat.expert, at=self.clock.at, form=sheet)
        assert state(number) == S.UNDER_EXPERT_REVIEW
        self.send(by, "office_act", number, verb, **place, reason="专家本人愿意继续参加评审")
        assert state(number) == S.UNDER_OVERALL_REVIEW

    def set_aside(self, number: str, seat: Seat) -> None:
        """A sealed sheet is set aside with a colleague's consent, and the next in order takes the place.

        Before that one request is taken back, and one is declined.
        """
        office, second, place = self.cast.office, self.second, {"place": str(seat.place)}
        ask = partial(self.send, office, "office_act", number, "ask_sheet_aside", **place)
        ask(reason="据告专家因病退出")
        self.send(office, "office_act", number, "withdraw_sheet_request", **place, reason="须先核实病情")
        ask(reason="据告专家不能继续评审")
        self.send(second, "office_act", number, "decline_sheet_aside", **place, reason="没有专家本人的说明")
        ask(reason="因病不能参加后续评审")
        self.send(second, "office_act", number, "set_sheet_aside", **place, confirmed="1")
        self.send(office, "office_replace", number, seat.pk, act="next")

    def adopt(self, number: str) -> None:
        """The value that an expert proposed counts."""
        row = VerifiedValue.objects.get(application__case__number=number, is_current=False, adopted_by=None)
        self.send(self.cast.office, "office_adopt", number, row.pk)

    # --- the committee ----------------------------------------------------------------------------------------------
    def meet(self, agenda: Sequence[tuple[str, Choice]], key: str) -> Meeting:
        """Called over the agenda, presence entered, voted, minuted, signed by secretary and chair."""
        office, people = self.cast.office, self.cast.members
        where = self.send(
            office, "meeting_new", batch=self.batch.code, cases=[number for number, _choice in agenda],
            held_on=self.clock.on.isoformat(), held_time="14:00", place="示例会议室", request_key=key,
            members=[str(person.pk) for person in people], chair=str(people[0].pk),
        )  # fmt: skip
        name = where.rstrip("/").split("/")[-1]
        self.send(office, "meeting_start", name, present=[str(person.pk) for person in people])
        wanted = dict(agenda)
        items = Meeting.objects.get(number=name).items.order_by("position")
        said = {item.position: wanted[item.application.case.number] for item in items}
        for person in people:
            for position, choice in said.items():
                remark = "" if choice == Choice.RECOGNISE else "创新能力不足"
                self.send(person, "meeting_vote", name, position, choice=choice.value, remark=remark)
        reasons = {f"reasons-{place}": "创新能力不足" for place, choice in said.items() if choice != Choice.RECOGNISE}
        self.send(office, "meeting_minutes", name, sent="1", **reasons)
        minutes = Meeting.objects.get(number=name)
        for signer in (office, people[0]):
            self.send(signer, "meeting_sign", name, sha256=minutes.minutes_sha256, confirmed="1")
        return Meeting.objects.get(number=name)

    # --- notice and announcement ------------------------------------------------------------------------------------
    def object_to(self, number: str) -> Objection:
        """Somebody objects on the public page."""
        notice = Application.objects.select_related("notice").get(case__number=number).notice
        assert notice is not None
        said = {"objector": "周示例", "contact": "021-00000000", "text": "申报的研发人员与事实不符，请核查。"}
        self.send(None, "objection_new", notice.number, number, **said)
        found = Objection.objects.filter(application__case__number=number).order_by("-pk").first()
        assert found is not None
        return found

    def ask(self, objection: Objection) -> None:
        """The office asks the applicant about an objection."""
        self.send(self.cast.office, "office_objection_hearing", objection.number, facts=FACTS)

    def propose(self, objection: Objection, reasons: str) -> None:
        """An officer proposes that an objection be upheld."""
        first, _second = officers(objection.application.case, self.clock.at)
        said = {"reasons": reasons, "decision": "propose_upholding"}
        self.send(first, "office_objection", objection.number, **said)

    def settle(self, objection: Objection, verb: str) -> None:
        """An officer who did not check the case answers an objection; the one who confirms is another."""
        first, second = officers(objection.application.case, self.clock.at)
        by = second if verb in ("uphold_objection", "decline_upholding") else first
        said = {"reasons": "经核查处理。", "reason": "尚须补充核查。", "decision": verb, "confirmed": "1"}
        self.send(by, "office_objection", objection.number, **said)


def sitting(number: str) -> list[Seat]:
    """Seats that are not vacant, in their order."""
    rows = Seat.objects.filter(panel__application__case__number=number).exclude(state=SeatState.RECUSED)
    return list(rows.select_related("expert").order_by("place"))


def _long_book() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", b"x" * LONG_FROM)
    return target.getvalue()
