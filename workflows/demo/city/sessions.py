"""What happens to many cases of the city at once: meetings, public notices, objections, announcements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.models import Application, Batch, Case, Objection, User
from accreditation.seeds.reference import DEMO_DISTRICT, EVALUATING_DISTRICT
from workflows import batch_acts
from workflows.demo.city.held_otherwise import end_as_barred, end_as_held
from workflows.demo.city.reopened import put_forward, withdraw
from workflows.demo.clock import DemoClock
from workflows.demo.telling import Teller
from workflows.demo.turns import MUNICIPAL_BOARD, Board, Turns
from workflows.demo.world import World
from workflows.tick import tick

MOST_ITEMS = 25  # of one meeting
ANNOUNCED = (S.RECOGNISED, S.EVALUATED, S.UNDER_RECTIFICATION, S.RECTIFICATION_REPORTED)
NOTICED = (*ANNOUNCED, S.HELD_OTHERWISE, S.BARRED, S.OBJECTION_UPHELD, S.NOTICE_COMPLETED, S.UNDER_NOTICE)
CHOICES = {S.REFUSED: Choice.REFUSE, S.POSTPONED: Choice.POSTPONE}
BODIES = {True: "现将评价结果予以公示。", False: "现将拟认定名单予以公示。"}  # whether titles are evaluated
FACTS = "收到反映：申报的三项发明专利已于申报前转让。请说明专利权属和转让时间，并提供登记簿副本。"
STATED = "三项发明专利确已转让，转让合同在申报之后才备案，请酌情考虑。"
LOCAL_BOARDS = {
    DEMO_DISTRICT: Board(
        ("lingdao1", "lingdao2", "lingdao3"), "songjiang", "songfabu", recusing=0, objections=("songyi1", "songyi2")
    ),
    EVALUATING_DISTRICT: Board(
        ("jinling1", "jinling2", "jinling3"), "jinshan", "jinfabu", recusing=0, objections=("jinyi", "jinshan")
    ),
}
DOCUMENTS = {DEMO_DISTRICT: "示例松经〔{year}〕{n} 号", EVALUATING_DISTRICT: "示例金经〔{year}〕{n} 号"}
CITY_DOCUMENTS = "示例经技〔{year}〕{n} 号"


@dataclass(frozen=True, slots=True)
class Bound:
    """A case that a meeting decides on, and the state it is to come to."""

    case: Case
    state: S


class Session:
    """One meeting day over the cases of a batch, and what follows from it until today."""

    def __init__(self, world: World, batch: Batch, clock: DemoClock, days_back: int) -> None:
        self.world, self.batch, self.clock, self.days_back = world, batch, clock, days_back
        self.turns = Turns(Teller(lambda _text: None), world, clock)
        district = batch.authority.district if batch.authority else ""
        self.board = LOCAL_BOARDS.get(district, MUNICIPAL_BOARD)
        self.documents = DOCUMENTS.get(district, CITY_DOCUMENTS)

    def hold(self, bound: Sequence[Bound]) -> None:
        """Meet in parts of an agenda's length; then notice, objections and announcement as far as the cases go."""
        for start in range(0, len(bound), MOST_ITEMS):
            part = bound[start : start + MOST_ITEMS]
            choices = {one.case.number: CHOICES.get(one.state, Choice.RECOGNISE) for one in part}
            self.turns.hold_meeting(self.batch, choices, self.board)
        self._publish([one for one in bound if one.state in NOTICED])
        self._end_as_held([one.case for one in bound if one.state == S.HELD_OTHERWISE])
        self._end_as_barred([one.case for one in bound if one.state == S.BARRED])
        self._announce([one for one in bound if one.state in ANNOUNCED])
        for state, reopen in ((S.NOTICE_COMPLETED, self._reopen), (S.PROPOSED, self._take_reopening_back)):
            if cases := [one.case for one in bound if one.state == state]:
                reopen(cases[-1])

    def _publish(self, bound: Sequence[Bound]) -> None:
        if not bound:
            return
        publisher = self.world.people[self.board.publisher]
        notice = batch_acts.publish_notice(
            self.batch, _applications(bound), body=BODIES[self.batch.is_evaluation], by=publisher,
            at=self.clock.days(2),
        )  # fmt: skip
        if not self.batch.is_evaluation:
            self._ask_one([one.case for one in bound if one.state == S.UNDER_NOTICE])
        self._uphold([one.case for one in bound if one.state == S.OBJECTION_UPHELD])
        if notice.ends_at < self.clock.now:
            tick(self.clock.just_after(notice.ends_at))

    def _uphold(self, cases: Sequence[Case]) -> None:
        """All raised on one day and settled on the next, while the notice runs."""
        act, at = self.turns.tell.act, self.clock.days(1)
        office, second = (self.world.people[name] for name in self.board.objections)
        for case in cases:
            act(
                case, "raise_objection", self.turns.clock_person(), at, objector="吴示例", contact="021-00000000",
                text="该单位申报的发明专利中有三项已转让，请核查。",
            )  # fmt: skip
        objections = Objection.objects.filter(application__case__in=cases).select_related("application__case")
        for objection in objections:
            case, told = objection.application.case, self.clock.minutes(10)
            act(case, "ask_for_statement", office, told, objection=objection, facts=FACTS)
            act(
                case, "state_on_objection", member_of(case), self.clock.minutes(20), objection=objection, text=STATED,
                gives_up_rest=True,
            )  # fmt: skip
        reasons, at = "经核查，所列三项发明专利已于申报前转让，扣除后不符合申报条件。", self.clock.days(1)
        for objection in objections:
            case, later = objection.application.case, at + timedelta(hours=1)
            act(case, "propose_upholding", office, at, objection=objection, reasons=reasons)
            act(case, "uphold_objection", second, later, objection=objection)

    def _ask_one(self, cases: Sequence[Case]) -> None:
        """Of the last case that is still in the notice the applicant is asked for a statement, and has not answered."""
        if not cases:
            return
        act, case, at = self.turns.tell.act, cases[-1], self.clock.minutes(30)
        act(
            case, "raise_objection", self.turns.clock_person(), at, objector="郑示例", contact="021-00000000",
            text="该单位申报的三项发明专利，据我所知在申报以前就已转让给其他公司，请核查。",
        )  # fmt: skip
        objection = Objection.objects.get(application__case=case)
        act(
            case, "ask_for_statement", self.world.people[self.board.secretary], self.clock.minutes(30),
            objection=objection, facts=FACTS,
        )  # fmt: skip

    def _end_as_held(self, cases: Sequence[Case]) -> None:
        people = self.world.people
        for case in cases:
            publisher, at = people[self.board.publisher], self.clock.days(1)
            end_as_held(case, entered_by=people[MUNICIPAL_BOARD.secretary], by=publisher, at=at)

    def _end_as_barred(self, cases: Sequence[Case]) -> None:
        people = self.world.people
        for case in cases:
            publisher, at = people[self.board.publisher], self.clock.days(1)
            end_as_barred(case, office=people[MUNICIPAL_BOARD.secretary], holder=member_of(case), by=publisher, at=at)

    def _reopen(self, case: Case) -> None:
        """Of the city's, the last one whose notice is over."""
        if officer := self._reopener():
            put_forward(case, by=officer, at=self.clock.minutes(30))

    def _take_reopening_back(self, case: Case) -> None:
        """Of the city's, the last one that waits for its notice."""
        if officer := self._reopener():
            withdraw(case, by=officer, clock=self.clock)

    def _reopener(self) -> User | None:
        if self.board is not MUNICIPAL_BOARD or self.batch.is_evaluation:
            return None
        return self.world.people[self.board.objections[0]]

    def _announce(self, bound: Sequence[Bound]) -> None:
        if not bound:
            return
        at = self.clock.days(2)
        batch_acts.announce(
            self.batch, _applications(bound), number=self.documents.format(year=at.year, n=self.days_back + 20),
            dated=at.date(), body="现予公布，自公布之日起生效。", by=self.world.people[self.board.publisher], at=at,
        )  # fmt: skip


def member_of(case: Case) -> User:
    """Who acts for the applicant."""
    return case.enterprise.members.select_related("user").order_by("pk")[0].user


def _applications(bound: Sequence[Bound]) -> list[Application]:
    return list(Application.objects.filter(case__in=[one.case for one in bound]).select_related("case"))
