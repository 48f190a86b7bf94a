"""A district that evaluates the titles it granted: a round that is over and one under way, a case in each state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from accreditation.enums import ApplicationState as S
from accreditation.models import Batch, Body, Case, Programme
from accreditation.seeds.reference import EVALUATING_DISTRICT
from accreditation.services.batches import open_batch
from accreditation.services.evaluation_rounds import call_holders, freeze_population
from accreditation.services.rule_sets import store_edition
from accreditation.services.titles import import_title
from workflows import door
from workflows.demo.city.evaluated import EvaluationWalk
from workflows.demo.city.figures import MARGINAL
from workflows.demo.city.people import CityPeople
from workflows.demo.city.sessions import Bound, Session, member_of
from workflows.demo.clock import DemoClock
from workflows.demo.story import Story
from workflows.procedures import PROCEDURES
from workflows.tick import tick

RULES = "district_centre/jinshan-2025-evaluation-demo"
PROCEDURE = "district_evaluation/2026"
OFFICE, OFFICER = "banshi", "jinshan"
FIRST_SEED, DOCUMENTS_FROM, OPEN_FOR_DAYS = 800, 200, 30
# Working days back from today: the round that is over was opened, filed to, its window closed, its results adopted.
OPENED_BACK, FILED_BACK, CLOSED_BACK, ADOPTED_BACK, RECTIFIED_BACK = 100, 98, 80, 55, 12
REOPENED_BACK = 28  # and the one under way was opened
# What the holders of the round that is over came to; one more sent in nothing.
RESULTS: Sequence[tuple[S, Mapping[str, int]]] = (
    (S.EVALUATED, {}),
    (S.UNDER_RECTIFICATION, MARGINAL),
    (S.RECTIFICATION_REPORTED, MARGINAL),
)
# Cases of the round under way: where each stops, working days since it was begun, since the meeting (0: none).
STOPS: Sequence[tuple[S, int, int]] = (
    (S.NOTICE_COMPLETED, 25, 16),
    (S.LAPSED, 22, 0),
    (S.UNDER_NOTICE, 20, 5),
    (S.RESULT_ADOPTED, 15, 1),
    (S.UNDER_OVERALL_REVIEW, 12, 0),
    (S.RETURNED, 6, 0),
    (S.UNDER_FIRST_REVIEW, 4, 0),
    (S.WITHDRAWN, 3, 0),
    (S.DRAFT, 2, 0),
    (S.SUBMITTED, 1, 0),
)
REPORT = "已补充研发平台和产学研合作项目，新产品销售恢复增长，有关材料随附。"


class DistrictEvaluationWalk(EvaluationWalk):
    """The evaluation of a district's title: the district itself stands by score and band."""

    def steps(self) -> list[tuple[S, Callable[[], None]]]:
        """Nothing goes to the office of the city."""
        return [(S.SUBMITTED, self._accept), (S.UNDER_FIRST_REVIEW, self._fix)]

    def _fix(self) -> None:
        self.clock.days(1)
        self.turns.answer_gates(self.case, self.officer)
        self._act("fix_result", opinion="材料齐全，数据与凭证一致，得分和等次无误。")


class DistrictRounds:
    """Holders of the title of one district, numbered from `first`, and their evaluations."""

    def __init__(self, story: Story, people: CityPeople, first: int) -> None:
        self.story, self.world, self.people, self.made = story, story.world, people, first

    def build(self) -> int:
        """Both rounds; the number after the last enterprise."""
        self._finished_round()
        self._round_under_way()
        tick(self.story.now)
        return self.made

    def _finished_round(self) -> None:
        """Adopted, announced, warned, rectified; of the holder who sent in nothing a revocation is proposed."""
        usernames = [self._holder(3) for _ in (*RESULTS, None)]
        closes = self._clock(CLOSED_BACK).at
        batch = self._open(self._clock(OPENED_BACK), self.story.now.year - 1, closes)
        bound = [
            Bound(self._walk(batch, username, FILED_BACK, S.UNDER_OVERALL_REVIEW, changed), state)
            for username, (state, changed) in zip(usernames, RESULTS, strict=False)
        ]
        tick(self._clock(CLOSED_BACK).just_after(closes))
        Session(self.world, batch, self._clock(ADOPTED_BACK), DOCUMENTS_FROM + ADOPTED_BACK).hold(bound)
        reported = next(one.case for one in bound if one.state == S.RECTIFICATION_REPORTED)
        at = self._clock(RECTIFIED_BACK).minutes(20)
        door.perform(reported, "report_rectification", by=member_of(reported), at=at, form={"report": REPORT})

    def _round_under_way(self) -> None:
        """One case in each state before the results are announced."""
        usernames = [self._holder(2) for _ in STOPS]
        until = self.story.now + timedelta(days=OPEN_FOR_DAYS)
        batch = self._open(self._clock(REOPENED_BACK), self.story.now.year, until)
        sessions: dict[int, list[Bound]] = {}
        for username, (state, back, met) in zip(usernames, STOPS, strict=True):
            case = self._walk(batch, username, back, S.UNDER_OVERALL_REVIEW if met else state, {})
            if met:
                sessions.setdefault(met, []).append(Bound(case, state))
        for days_back in sorted(sessions, reverse=True):
            number = DOCUMENTS_FROM + days_back
            Session(self.world, batch, self._clock(days_back), number).hold(sessions[days_back])

    def _open(self, clock: DemoClock, year: int, closes_at: datetime) -> Batch:
        """The batch of a year's evaluations; the district's officer freezes the population and calls the holders."""
        batch = open_batch(
            Programme.objects.get(code="district_centre"), store_edition(RULES, at=clock.at), ordinal=year, year=year,
            procedure=PROCEDURE, authority=Body.objects.get(district=EVALUATING_DISTRICT),
            opens_at=clock.at - timedelta(minutes=1), closes_at=closes_at, base_date=clock.at.date(),
            by=self.world.people[OFFICE], at=clock.at, needs=PROCEDURES[PROCEDURE].needs,
        )  # fmt: skip
        officer, at = self.world.people[OFFICER], clock.minutes(10)
        freeze_population(batch, by=officer, at=at)
        call_holders(batch, by=officer, at=at)
        return batch

    def _holder(self, years: int) -> str:
        """A holder of the district's title granted so many years ago; the user name of its member."""
        username, granted = self.people.enterprise(self.made, district=EVALUATING_DISTRICT), self.story.now.year - years
        self.made += 1
        import_title(
            self.people.district_programme, self.world.enterprise_of(username), granted_on=date(granted, 3, 1),
            valid_until=date(granted + 4, 2, 28), announcement_number=f"示例金经〔{granted}〕1 号",
            provenance="演示环境导入的区级名录", by=self.world.people[OFFICE], at=self.people.at,
        )  # fmt: skip
        return username

    def _walk(self, batch: Batch, username: str, back: int, stop: S, changed: Mapping[str, int]) -> Case:
        officer = self.people.officer_of(self.world.enterprise_of(username))
        seed = FIRST_SEED + batch.applications.count()
        profile = "strong" if changed or back % 2 else "middling"
        walk = DistrictEvaluationWalk(self.world, batch, self._clock(back), username, officer, seed, **changed)
        return walk.to(stop, profile)

    def _clock(self, days_back: int) -> DemoClock:
        return DemoClock(self.world.calendar, self.story.now, days_back)
