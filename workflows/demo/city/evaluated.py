"""Evaluations of the city: a round that is over, with what follows from its results, and cases of the open one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from accreditation.enums import ApplicationState as S
from accreditation.models import Batch, Case, EvaluationCall
from accreditation.services.titles import import_title
from workflows.demo.city.figures import FAILING, MARGINAL
from workflows.demo.city.people import CityPeople
from workflows.demo.city.sessions import Bound, Session
from workflows.demo.city.walks import Walk
from workflows.demo.clock import DemoClock
from workflows.demo.evaluations import open_round
from workflows.demo.story import Story
from workflows.demo.telling import Teller
from workflows.tick import tick

OFFICE = "banshi"
# Working days back from today: the round that is over was opened, filed to, its window closed, its results adopted.
OPENED_BACK, FILED_BACK, CLOSED_BACK, ADOPTED_BACK = 100, 98, 80, 55
RECTIFIED_BACK, TOLD_BACK, HEARING_BACK = 12, 4, 2
Result = tuple[S, str, Mapping[str, int]]
# What each holder of the round that is over came to; two further holders sent in nothing.
RESULTS: Sequence[Result] = (
    (S.EVALUATED, "strong", {}),
    (S.EVALUATED, "middling", {}),
    (S.EVALUATED, "strong", FAILING),
    (S.UNDER_RECTIFICATION, "strong", MARGINAL),
    (S.RECTIFICATION_REPORTED, "strong", MARGINAL),
)
LATE = 2
# Cases of the open round: where each stops, working days since it was begun, since the meeting (0: none).
STOPS: Sequence[tuple[S, int, int]] = (
    (S.NOTICE_COMPLETED, 25, 16),
    (S.LAPSED, 22, 0),
    (S.UNDER_NOTICE, 20, 5),
    (S.RESULT_ADOPTED, 15, 1),
    (S.UNDER_OVERALL_REVIEW, 12, 0),
    (S.UNDER_COMPLETENESS_CHECK, 9, 0),
    (S.RETURNED, 6, 0),
    (S.UNDER_FIRST_REVIEW, 4, 0),
    (S.WITHDRAWN, 3, 0),
    (S.DRAFT, 2, 0),
)


class EvaluationWalk(Walk):
    """The evaluation of a title, from the draft to where it stops."""

    def to(self, state: S, profile: str) -> Case:
        """As the case of an application; a draft is given up before anything is sent in."""
        if state != S.WITHDRAWN:
            return super().to(state, profile)
        self._draft(profile)
        self._withdraw()
        return self.case

    def steps(self) -> list[tuple[S, Callable[[], None]]]:
        """No panel: the office fixes score and band."""
        return [
            (S.SUBMITTED, self._accept),
            (S.UNDER_FIRST_REVIEW, self._report),
            (S.UNDER_COMPLETENESS_CHECK, self._fix),
        ]

    def _report(self) -> None:
        self.clock.days(1)
        self.turns.answer_gates(self.case, self.officer)
        self._act("recommend", opinion="材料齐全，数据与凭证一致，同意上报。")

    def _fix(self) -> None:
        self.clock.days(1)
        self._act("fix_result", self.world.people[OFFICE], opinion="数据已核实，得分和等次无误。")


class Evaluations:
    """Holders of the municipal title, numbered from `first`, and their evaluations in every state."""

    def __init__(self, story: Story, people: CityPeople, first: int) -> None:
        self.story, self.world, self.people, self.made = story, story.world, people, first
        self.tell = Teller(lambda _text: None)
        self.waiting: list[str] = []  # user names of the members of those who report to the open round

    def prepare(self) -> int:
        """The round that is over, then the holders whom the next one is to call; the number after the last."""
        self._finished_round()
        self.waiting = [self._holder(3) for _ in STOPS]
        return self.made

    def _clock(self, days_back: int) -> DemoClock:
        return DemoClock(self.world.calendar, self.story.now, days_back)

    def _holder(self, years: int) -> str:
        """A holder of the municipal title since so many years; the user name of its member."""
        username, at = self.people.enterprise(self.made), self.people.at
        self.made += 1
        self.people.with_district_title(username)
        import_title(
            self.world.programme, self.world.enterprise_of(username),
            granted_on=date(at.year - years, 6, 1), valid_until=date(at.year + 1, 12, 31),
            announcement_number=f"示例市〔{at.year - years}〕2 号", provenance="演示环境导入的市级名录",
            by=self.world.people[OFFICE], at=at,
        )  # fmt: skip
        return username

    # --- the round that is over ---------------------------------------------------------------------------------------
    def _finished_round(self) -> None:
        """Reported, listed who did not, adopted, announced; warned, to be rectified, to be heard before an order."""
        clock = self._clock(OPENED_BACK)
        usernames = [self._holder(4 + n % 2) for n in range(len(RESULTS) + LATE)]
        year, closes = self.story.now.year - 1, self._clock(CLOSED_BACK).at
        batch = open_round(self.story, clock, year=year, closes_at=closes)
        bound = [
            Bound(self._walk(batch, username, self._clock(FILED_BACK), S.UNDER_OVERALL_REVIEW, *result[1:]), result[0])
            for username, result in zip(usernames, RESULTS, strict=False)
        ]
        tick(self._clock(CLOSED_BACK).just_after(closes))
        Session(self.world, batch, self._clock(ADOPTED_BACK), ADOPTED_BACK).hold(bound)
        for one in bound:
            if one.state == S.RECTIFICATION_REPORTED:
                self._rectify(one.case)
        self._hear(batch)

    def _rectify(self, case: Case) -> None:
        holder, at = self._member(case), self._clock(RECTIFIED_BACK).minutes(20)
        report = "已补充研发人员、签订两项产学研合作协议，新产品销售恢复增长，有关材料随附。"
        self.tell.act(case, "report_rectification", self.world.people[holder], at, report=report)

    def _hear(self, batch: Batch) -> None:
        """Of the proposals to revoke one holder asks for a hearing, one may still answer, one is not told yet."""
        calls = EvaluationCall.objects.filter(round__batch=batch).select_related("proposal").order_by("late_at", "pk")
        asking, answering = [call.proposal for call in calls if call.proposal is not None][:2]
        clock = self._clock(TOLD_BACK)
        for case in (asking, answering):
            self.tell.act(case, "notify_holder", self.world.people[OFFICE], clock.minutes(30))
        holder = self.world.people[self._member(asking)]
        self.tell.act(asking, "ask_for_hearing", holder, self._clock(HEARING_BACK).minutes(20))

    def _member(self, case: Case) -> str:
        member = case.enterprise.members.select_related("user").get()
        return member.user.username

    # --- the open round -----------------------------------------------------------------------------------------------
    def report_to(self, batch: Batch) -> None:
        """One case in each state of the round that is under way."""
        sessions: dict[int, list[Bound]] = {}
        for username, (state, back, met) in zip(self.waiting, STOPS, strict=True):
            stop = S.UNDER_OVERALL_REVIEW if met else state
            case = self._walk(batch, username, self._clock(back), stop, "middling" if back % 2 else "strong", {})
            if met:
                sessions.setdefault(met, []).append(Bound(case, state))
        for days_back in sorted(sessions, reverse=True):
            number = OPENED_BACK + days_back  # of the document, beside those of the other meetings
            Session(self.world, batch, self._clock(days_back), number).hold(sessions[days_back])
        tick(self.story.now)

    def _walk(
        self, batch: Batch, username: str, clock: DemoClock, stop: S, profile: str, changed: Mapping[str, int]
    ) -> Case:
        officer = self.people.officer_of(self.world.enterprise_of(username))
        number = 300 + batch.applications.count()
        return EvaluationWalk(self.world, batch, clock, username, officer, number, **changed).to(stop, profile)
