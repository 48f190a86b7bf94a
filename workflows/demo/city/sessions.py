"""What happens to many cases of the city at once: meetings, public notices, objections, announcements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.models import Application, Batch, Case, Objection
from workflows import batch_acts
from workflows.demo.clock import DemoClock
from workflows.demo.telling import Teller
from workflows.demo.turns import MUNICIPAL_BOARD, Board, Turns
from workflows.demo.world import World
from workflows.tick import tick

MOST_ITEMS = 25  # of one meeting
NOTICED = (S.RECOGNISED, S.OBJECTION_UPHELD, S.NOTICE_COMPLETED, S.UNDER_NOTICE)
CHOICES = {S.REFUSED: Choice.REFUSE, S.POSTPONED: Choice.POSTPONE}
LOCAL_BOARD = Board(("lingdao1", "lingdao2", "lingdao3"), "songjiang", "songfabu", recusing=0)
DOCUMENTS = {True: "示例松经〔{year}〕{n} 号", False: "示例经技〔{year}〕{n} 号"}


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
        self.board = LOCAL_BOARD if batch.authority_id else MUNICIPAL_BOARD

    def hold(self, bound: Sequence[Bound]) -> None:
        """Meet in parts of an agenda's length; then notice, objections and announcement as far as the cases go."""
        for start in range(0, len(bound), MOST_ITEMS):
            part = bound[start : start + MOST_ITEMS]
            choices = {one.case.number: CHOICES.get(one.state, Choice.RECOGNISE) for one in part}
            self.turns.hold_meeting(self.batch, choices, self.board)
        self._publish([one for one in bound if one.state in NOTICED])
        self._announce([one for one in bound if one.state == S.RECOGNISED])

    def _publish(self, bound: Sequence[Bound]) -> None:
        if not bound:
            return
        publisher = self.world.people[self.board.publisher]
        notice = batch_acts.publish_notice(
            self.batch, _applications(bound), body="现将拟认定名单予以公示。", by=publisher, at=self.clock.days(2)
        )
        for one in bound:
            if one.state == S.OBJECTION_UPHELD:
                self._uphold(one.case)
        if notice.ends_at < self.clock.now:
            tick(self.clock.just_after(notice.ends_at))

    def _uphold(self, case: Case) -> None:
        act, office = self.turns.tell.act, self.world.people[self.board.secretary]
        act(
            case, "raise_objection", self.turns.clock_person(), self.clock.days(1), objector="吴示例",
            contact="021-00000000", text="该单位申报的发明专利中有三项已转让，请核查。",
        )  # fmt: skip
        objection = Objection.objects.get(application__case=case)
        reasons = "经核查，所列三项发明专利已于申报前转让，扣除后不符合申报条件。"
        act(case, "uphold_objection", office, self.clock.days(1), objection=objection, reasons=reasons)

    def _announce(self, bound: Sequence[Bound]) -> None:
        if not bound:
            return
        at = self.clock.days(2)
        pattern = DOCUMENTS[self.batch.authority_id is not None]
        batch_acts.announce(
            self.batch, _applications(bound), number=pattern.format(year=at.year, n=self.days_back + 20),
            dated=at.date(), body="现予公布，自公布之日起生效。", by=self.world.people[self.board.publisher], at=at,
        )  # fmt: skip


def _applications(bound: Sequence[Bound]) -> list[Application]:
    return list(Application.objects.filter(case__in=[one.case for one in bound]).select_related("case"))
