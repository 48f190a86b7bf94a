"""The municipal recognition under its edition of 2026 in the city: one case in each state, within a quota."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from accreditation.enums import ApplicationState as S
from accreditation.models import Batch, Case, Objection, User
from accreditation.recommendation_words import Department
from workflows import door
from workflows.demo.city.cohorts import LATELY, LONG_AGO, THIS_WEEK, YESTERDAY
from workflows.demo.city.figures import MARGINAL
from workflows.demo.city.people import CityPeople
from workflows.demo.city.sessions import Bound, Session, member_of
from workflows.demo.city.walks import Walk
from workflows.demo.clock import DemoClock
from workflows.demo.renewed import open_renewed_batch
from workflows.demo.story import Story
from workflows.demo.turns import MUNICIPAL_BOARD
from workflows.tick import tick

OPENED_BACK, OPEN_FOR_DAYS, ORDINAL = 50, 30, 38
DOCUMENTS_FROM = 150  # numbers of the documents, beside those of other meetings of these days
FIRST_SEED = 500
# Where each case stops, working days since it was filed, working days since the meeting that decided (0: none).
STOPS: Sequence[tuple[S, int, int]] = (
    (S.RECOGNISED, 45, LONG_AGO),
    (S.REFUSED, 45, LONG_AGO),
    (S.OBJECTION_UPHELD, 45, LONG_AGO),
    (S.HELD_OTHERWISE, 45, LONG_AGO),
    (S.POSTPONED, 30, LATELY),
    (S.NOTICE_COMPLETED, 30, LATELY),
    (S.UNDER_NOTICE, 25, THIS_WEEK),
    (S.PROPOSED, 22, YESTERDAY),
    (S.NOT_IN_QUOTA, 22, YESTERDAY),
    (S.UNDER_OVERALL_REVIEW, 20, 0),
    (S.UNDER_EXPERT_REVIEW, 15, 0),
    (S.AWAITING_PANEL, 13, 0),
    (S.UNDER_CONSULTATION, 9, 0),
    (S.UNDER_COMPLETENESS_CHECK, 7, 0),
    (S.RETURNED, 6, 0),
    (S.UNDER_FIRST_REVIEW, 4, 0),
    (S.SUBMITTED, 2, 0),
    (S.DRAFT, 1, 0),
    (S.WITHDRAWN, 8, 0),
    (S.LAPSED, 16, 0),
    (S.DECLINED, 14, 0),
    (S.INELIGIBLE, 15, 0),
    (S.NOT_RECOMMENDED, 16, 0),
)
PROFILES: Mapping[S, str] = {S.REFUSED: "middling", S.POSTPONED: "middling"} | dict.fromkeys(
    (S.DECLINED, S.INELIGIBLE, S.NOT_RECOMMENDED), "weak"
)
CHANGED: Mapping[S, Mapping[str, int]] = {S.NOT_IN_QUOTA: MARGINAL}  # the weaker one of its meeting
STATED_BACK = 1
STATED = "三项发明专利至今登记在本单位名下，从未转让，登记簿副本已随申报材料提交，请核对。"
THIN = "所称转让的三项专利在登记簿上已变更权利人，申报不实。"
TOO_THIN = "登记簿副本显示变更在申报之后，请先核对转让合同的生效时间。"
FOUND = "转让合同载明，三项专利在申报前三个月已转让，登记在后；扣除后不符合申报条件。"
STANDING = (S.RECOGNISED, S.NOTICE_COMPLETED, S.UNDER_NOTICE, S.PROPOSED)  # take up the whole quota


class RenewedWalk(Walk):
    """As of 2022; at the city's office other departments are asked before the panel is seated."""

    def steps(self) -> list[tuple[S, Callable[[], None]]]:
        """The step beside a state is taken by a case that goes beyond it."""
        return [
            (S.SUBMITTED, self._accept),
            (S.UNDER_FIRST_REVIEW, self._recommend),
            (S.UNDER_COMPLETENESS_CHECK, self._ask),
            (S.UNDER_CONSULTATION, self._conclude),
            (S.AWAITING_PANEL, self._seat),
            (S.UNDER_EXPERT_REVIEW, self._review),
        ]

    def _ask(self) -> None:
        """All departments; the first has written."""
        self.clock.days(1)
        asked = list(Department.values)
        self._act("ask_departments", self._office, departments=asked, opinion="材料齐全，数据已核。")
        self._answer(asked[0], 1)

    def _conclude(self) -> None:
        """The others have written as well."""
        self.clock.days(1)
        for number, department in enumerate(Department.values[1:], start=2):
            self._answer(department, number)
        self._act("conclude_consultation", self._office, opinion="各部门均无不同意见，材料齐全。")

    @property
    def _office(self) -> object:
        return self.world.people["banshi"]

    def _answer(self, department: str, number: int) -> None:
        day, number = self.clock.at.date(), self.n * 10 + number
        self._act(
            "record_answer", self._office, 5, department=department, position="no_objection",
            text="经核查，无不同意见。", document_number=f"示例函〔{day.year}〕{number} 号", dated=day,
        )  # fmt: skip


class RenewedCity:
    """Enterprises numbered from `first`."""

    def __init__(self, story: Story, people: CityPeople, first: int) -> None:
        self.story, self.world, self.people, self.made = story, story.world, people, first

    def build(self) -> int:
        """One case in each state; the number after the last enterprise."""
        until = self.story.now + timedelta(days=OPEN_FOR_DAYS)
        batch = open_renewed_batch(
            self.story, self._clock(OPENED_BACK), ordinal=ORDINAL, quota=len(STANDING), closes_at=until
        )
        sessions: dict[int, list[Bound]] = defaultdict(list)
        for state, filed, met in STOPS:
            case = self._walk(batch, state, self._clock(filed), S.UNDER_OVERALL_REVIEW if met else state)
            if met:
                sessions[met].append(Bound(case, state))
        for days_back in sorted(sessions, reverse=True):
            number = DOCUMENTS_FROM + days_back
            Session(self.world, batch, self._clock(days_back), number).hold(sessions[days_back])
        self._state(next(one.case for one in sessions[THIS_WEEK]))
        tick(self.story.now)
        return self.made

    def _state(self, case: Case) -> None:
        """The applicant has answered what was raised against it; a second officer has still to decide.

        What was proposed first has been declined; a better ground waits.
        """
        clock, objection = self._clock(STATED_BACK), Objection.objects.get(application__case=case)
        first, second = (self.world.people[name] for name in MUNICIPAL_BOARD.objections)
        steps: tuple[tuple[str, User, dict[str, Any]], ...] = (
            ("state_on_objection", member_of(case), {"text": STATED, "gives_up_rest": True}),
            ("propose_upholding", first, {"reasons": THIN}),
            ("decline_upholding", second, {"reason": TOO_THIN}),
            ("propose_upholding", first, {"reasons": FOUND}),
        )
        for verb, by, said in steps:
            door.perform(case, verb, by=by, at=clock.minutes(30), form={"objection": objection, **said})

    def _walk(self, batch: Batch, state: S, clock: DemoClock, stop: S) -> Case:
        username = self.people.enterprise(self.made)
        self.made += 1
        self.people.with_district_title(username)
        officer = self.people.officer_of(self.world.enterprise_of(username))
        seed, profile = FIRST_SEED + batch.applications.count(), PROFILES.get(state, "strong")
        walk = RenewedWalk(self.world, batch, clock, username, officer, seed, **CHANGED.get(state, {}))
        return walk.to(stop, profile)

    def _clock(self, days_back: int) -> DemoClock:
        return DemoClock(self.world.calendar, self.story.now, days_back)
