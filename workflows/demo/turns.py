"""What single persons do in the demo, each through the same services that the pages call."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from accreditation.enums import Choice
from accreditation.errors import Refusal
from accreditation.models import Application, Batch, Case, Meeting, Panel, Seat, User
from accreditation.services import draws, meetings
from accreditation.services.bindings import needs
from accreditation.services.evaluation import draft_facts
from accreditation.services.expert_pool import pool_of
from accreditation.services.material import standing_evidence
from accreditation.services.panels import vacant_seats
from accreditation.services.rule_sets import rules_of, template_of
from criteria.facts import exact_text
from criteria.workbook.samples import faulty_workbook
from workflows import batch_acts, door
from workflows.demo.clock import DemoClock
from workflows.demo.material import sample_pdf, workbook_for
from workflows.demo.telling import Teller
from workflows.demo.world import World
from workflows.intake import bind_evidence, upload_evidence, upload_workbook
from workflows.tick import clock_person

SHOWN_FAULTS = 12
MEETING_HOURS = 2  # from the call to the minutes


@dataclass(frozen=True, slots=True)
class Board:
    """Who decides, by user name: members, the chair first; how many step out of one item."""

    members: tuple[str, ...]
    secretary: str
    publisher: str
    recusing: int = 1
    objections: tuple[str, str] = ("yiyi1", "yiyi2")  # officers who check nothing


MUNICIPAL_BOARD = Board(tuple(f"weiyuan{n}" for n in range(1, 8)), "banshi", "fabu")


class Turns:
    """One method per kind of turn."""

    def __init__(self, tell: Teller, world: World, clock: DemoClock) -> None:
        self.tell, self.world, self.clock = tell, world, clock

    def clock_person(self) -> User:
        """The account under which the clock acts."""
        return clock_person()

    def upload_faulty(self, case: Case, username: str, batch: Batch) -> None:
        """The workbook with planted faults; prints every fault."""
        person, at = self.world.people[username], self.clock.minutes(30)
        taken = upload_workbook(case, faulty_workbook(template_of(batch)), "数据表（有误）.xlsx", by=person, at=at)
        assert taken.facts is None
        faults, questions = taken.faults, taken.intake.questions
        self.tell.line(at, person, f"读取未通过，{len(faults)} 处问题、{len(questions)} 处疑问：")
        for fault in (*faults, *questions)[:SHOWN_FAULTS]:
            self.tell.write(f"      {fault.sheet} {fault.cell}：读到“{fault.read}”，{fault.message_zh}")

    def upload(self, case: Case, username: str, content: bytes) -> None:
        """A workbook without faults."""
        person, at = self.world.people[username], self.clock.minutes(25)
        taken = upload_workbook(case, content, "数据表.xlsx", by=person, at=at)
        if taken.facts is None:
            raise Refusal([])
        self.tell.line(at, person, f"{case.number} 数据表读取通过，{len(taken.facts.figures)} 项数据")

    def upload_evidence(self, case: Case, username: str) -> None:
        """Every required kind of evidence."""
        person = self.world.people[username]
        kinds = [kind for kind in rules_of(case.application.batch).evidence if kind.required]
        for kind in kinds:
            content = sample_pdf(f"{case.number} {kind.code}")
            upload_evidence(case, kind.code, content, f"{kind.name_zh[:30]}.pdf", by=person, at=self.clock.minutes(2))
        self.tell.line(self.clock.at, person, f"{case.number} 上传证明材料 {len(kinds)} 项")

    def bind(self, case: Case, username: str) -> None:
        """Figures of the newest year that a required file proves, each on a page of its own."""
        person, at = self.world.people[username], self.clock.minutes(10)
        application = Application.objects.select_related("batch__rule_set").get(case=case)
        files = {row.kind: row for row in standing_evidence(application)}
        count = 0
        for need in needs(rules_of(application.batch), draft_facts(application)):
            row = next((files[kind.code] for kind in need.kinds if kind.code in files), None)
            if row is not None and need.provable.year in (None, application.batch.reporting_year):
                bind_evidence(case, row.pk, need.provable.key, 1, by=person, at=at)
                count += 1
        self.tell.line(at, person, f"{case.number} 标注佐证 {count} 项")

    def return_and_correct(self, case: Case, username: str, officer: str, batch: Batch) -> None:
        """Returned for one figure; a second changed figure is refused by its address; corrected."""
        reviewer, person = self.world.people[officer], self.world.people[username]
        self.tell.act(case, "accept", reviewer, self.clock.minutes(5))
        point = {
            "target": "figure", "code": "awards_2y", "year": batch.reporting_year,
            "remark": "近两年奖项请按获奖证书核对后填报", "clause": "认定评价工作指南",
        }  # fmt: skip
        self.tell.act(case, "return_for_correction", reviewer, self.clock.minutes(40), points=[point], remark="")
        at = self.clock.days(1)
        key, year = ("awards_2y", batch.reporting_year), batch.reporting_year
        sneaky = workbook_for(case.enterprise, batch, seed=1, profile="strong", changed={key: 2, ("doctors", year): 9})
        taken = upload_workbook(case, sneaky, "数据表（改动了其他格）.xlsx", by=person, at=at)
        for fault in taken.faults:
            self.tell.line(at, person, f"补正被拒：{fault.sheet} {fault.cell} {fault.message_zh}")
        self.upload(case, username, workbook_for(case.enterprise, batch, seed=1, profile="strong", changed={key: 2}))
        self.tell.act(case, "correct", person, self.clock.minutes(5), declaration=True)
        self.clock.days(1)

    def answer_gates(self, case: Case, officer: User) -> None:
        """Conditions that no figure decides."""
        for gate in rules_of(case.application.batch).gates:
            if gate.is_answered and gate.is_binding:
                reason = "经查询当年度目录，不在限制类、淘汰类之列"
                form: dict[str, Any] = {"gate": gate.code, "is_met": True, "reason": reason}
                self.tell.act(case, "answer_gate", officer, self.clock.minutes(5), **form)

    def draw_and_appoint(self, case: Case, by: str = "banshi") -> None:
        """Draw the panel and appoint it as drawn; prints who could be drawn and who could not."""
        office = self.world.people[by]
        self.tell.act(case, "draw_panel", office, self.clock.minutes(10))
        application = Application.objects.get(case=case)
        record = draws.record_of(application)
        assert record is not None
        entries = pool_of(application, on=self.clock.at.date())
        barred = {one.key: one.reasons for one in record.barred}
        for one in entries:
            if one.key in barred:
                self.tell.write(f"      未参加抽取：{one.person}，{'；'.join(barred[one.key])}")
        panel = draws.due_panel(application, entries)
        said = f"{len(record.candidates)} 人中抽取：{'、'.join(map(str, panel))}；种子校验值 {record.commitment[:16]}…"
        self.tell.act(case, "appoint_panel", office, self.clock.minutes(10), said, experts=panel)

    def replace_by_draw(self, case: Case) -> None:
        """The next in the drawn order takes the vacant seat."""
        panel = Panel.objects.select_related("application").get(application__case=case)
        due = draws.due_successor(panel, pool_of(panel.application, on=self.clock.at.date()))
        form: dict[str, Any] = {"vacant": vacant_seats(panel)[0], "expert": due}
        self.tell.act(
            case, "replace_expert", self.world.people["banshi"], self.clock.minutes(30), f"依次递补 {due}", **form
        )

    def review_all(self, case: Case, share: Fraction, first: int | None = None) -> None:
        """Every sitting expert, or so many first, declares and hands in marks around a share of the most."""
        seats = Seat.objects.filter(panel__application__case=case).exclude(state="recused").select_related("expert")
        for seat in seats.order_by("place")[:first]:
            at = self.clock.minutes(20)
            self.tell.act(case, "declare_no_tie", seat.expert, at)
            form = {"marks": self._marks(case, share, seat.place), "opinion": "同意评审结论，详见各项理由。"}
            door.perform(case, "submit_review", by=seat.expert, at=self.clock.minutes(40), form=form)
            self.tell.line(self.clock.at, seat.expert, f"{case.number} 提交评审（密封）")

    def _marks(self, case: Case, share: Fraction, place: int) -> dict[str, dict[str, str]]:
        section = rules_of(case.application.batch).expert_review
        assert section is not None
        marks = {}
        for number, heading in enumerate(section.headings):
            step = heading.step.amount()
            wanted = heading.most.amount() * share + (place + number) % 3 - 1
            points = min(heading.most.amount(), round(wanted / step) * step)
            marks[heading.code] = {"points": exact_text(Fraction(points)), "reason": f"{heading.name_zh}与材料相符"}
        return marks

    def hold_meeting(self, batch: Batch, choices: dict[str, Choice], board: Board = MUNICIPAL_BOARD) -> None:
        """Call, start, recuse, vote, minutes, both signatures."""
        people, at = self.world.people, self.clock.room_for(MEETING_HOURS)
        members, office = [people[name] for name in board.members], people[board.secretary]
        cases = Application.objects.filter(case__number__in=choices).select_related("case").order_by("case_id")
        meeting = meetings.call_meeting(
            batch, cases, held_at=at, place="示例会议中心 301", chair=members[0], secretary=office,
            by=office, at=at,
        )  # fmt: skip
        self.tell.line(at, office, f"召集会议 {meeting.number}，议程 {len(cases)} 件，委员 {len(members)} 人")
        first = meeting.items.get(position=1)
        for member in members[len(members) - board.recusing :]:
            meetings.declare_recusal(first, tie="配偶在该单位任职", by=member, at=self.clock.minutes(10))
            self.tell.line(self.clock.at, member, f"就 {first.application.case.number} 回避")
        meeting = meetings.start_meeting(meeting, present=members, by=office, at=self.clock.minutes(20))
        reasons = self._vote(meeting, members, choices)
        meeting = meetings.draft_minutes(meeting, reasons=reasons, by=office, at=self.clock.minutes(15))
        for signer in (office, members[0]):
            batch_acts.sign_minutes(meeting, sha256=meeting.minutes_sha256, by=signer, at=self.clock.minutes(5))
            self.tell.line(self.clock.at, signer, f"签发纪要（SHA-256 {meeting.minutes_sha256[:16]}…）")

    def _vote(self, meeting: Meeting, members: list[User], choices: dict[str, Choice]) -> dict[int, str]:
        """All alike on each item; the reasons for the minutes by position."""
        reasons = {}
        for item in meeting.items.select_related("application__case").order_by("position"):
            choice = choices[item.application.case.number]
            remark = "" if choice == Choice.RECOGNISE else "研发投入强度和核心技术积累不足，创新平台薄弱。"
            reasons[item.position] = remark
            voters = [member for member in members if not item.recusals.filter(member=member).exists()]
            at = self.clock.minutes(2)
            for voter in voters:
                meetings.cast_vote(item, choice=choice, remark=remark, by=voter, at=at)
            self.tell.line(at, "表决", f"{item.application.case.number} {choice.label} {len(voters)} 票")
        return reasons
