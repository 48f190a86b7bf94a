"""Both national programmes of the city: one batch answered, one before the letter, one open, one sent up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.models import Application, Batch, Case, OutsideList
from accreditation.recommendation_words import Department, TieRule
from accreditation.services.files import take_file
from accreditation.services.rule_sets import rules_of
from accreditation.services.titles import import_title
from workflows import door, outside_lists, recommendation_acts
from workflows.demo.city.called_up import call_up, put_forward
from workflows.demo.city.held_otherwise import end_as_held
from workflows.demo.city.people import COLLEAGUE, CityPeople
from workflows.demo.city.ranked_late import open_again, supplement
from workflows.demo.city.reopened import send_back
from workflows.demo.city.sessions import member_of
from workflows.demo.clock import DemoClock
from workflows.demo.material import Key, sample_pdf, workbook_for
from workflows.demo.national import CENTRE, DEMONSTRATION, FIGURES, open_national_batch
from workflows.demo.story import Story
from workflows.demo.telling import Teller
from workflows.demo.turns import Turns
from workflows.opening import open_application
from workflows.tick import tick

QUOTA, WINDOW_DAYS, OPEN_FOR_DAYS = 2, 2, 30
OFFICE, PUBLISHER = "banshi", "fabu"
ORDINALS: Mapping[str, tuple[int, int, int]] = {CENTRE: (28, 29, 32), DEMONSTRATION: (12, 13, 16)}
SENT: Mapping[str, int] = {DEMONSTRATION: 14}  # of centres the main job has one with the national authority
HELD: Mapping[str, int] = {CENTRE: 27, DEMONSTRATION: 11}  # while it was recommended the title came otherwise
NOT_LISTED = "未列入国家公布的名单。"
WHY_CORRECTED = "文件附表中两家单位名称相近，登记时看错一行，确认时也未发现。"
WHY_NOT = "文件附表第二页列有该单位，登记为未列入有误，请重新登记。"
LONG_AGO, LATELY = 60, 25  # working days since the batch opened
CALLING_BACK = 1  # since a calling up was put forward
WEAK: Mapping[str, int] = {  # enough for every condition, too little for the score that is asked
    "doctors": 1, "senior_experts": 2, "external_expert_months": 2, "rd_projects": 8, "rd_projects_basic_applied": 0,
    "platforms_national": 0, "platforms_provincial": 0, "certified_labs": 0, "invention_patents_valid": 4,
    "patents_applied_year": 6, "invention_patents_applied_year": 2, "standards_3y": 0, "national_awards": 0,
    "new_product_revenue": 60000, "new_product_profit": 4000,
}  # fmt: skip
BETTER: Mapping[str, int] = {"doctors": 30, "rd_expenditure": 99000, "invention_patents_valid": 60}  # as corrected
CHANGED: Mapping[S, Mapping[str, int]] = {S.NOT_RECOMMENDED: WEAK, S.INELIGIBLE: {"rd_staff": 100}}
# Which case of the open batch stops where, and how many working days ago it was begun.
STOPS: tuple[tuple[S, int], ...] = (
    (S.DRAFT, 2), (S.UNDER_COMPLETENESS_CHECK, 3), (S.RETURNED, 4), (S.LAPSED, 20), (S.WITHDRAWN, 6),
    (S.INELIGIBLE, 8), (S.UNDER_CONSULTATION, 5), (S.NOT_RECOMMENDED, 18), (S.AWAITING_RANKING, 15),
)  # fmt: skip
DECIDED = (Choice.RECOGNISE, Choice.POSTPONE, Choice.POSTPONE, Choice.REFUSE)
ONLY_OF_CENTRES = (S.UNDER_CONSULTATION, S.NOT_RECOMMENDED)  # no department is asked and no least score set elsewhere


class Recommendations:
    """Enterprises with a municipal title, and what became of their way to a national one."""

    def __init__(self, story: Story, people: CityPeople, programme: str, first: int) -> None:
        self.story, self.city, self.people = story, people, story.world.people
        self.programme, self.made = programme, first

    def build(self) -> int:
        """All its batches; the number after the last enterprise."""
        for ordinal, days_back, go_on in zip(
            ORDINALS[self.programme],
            (LONG_AGO, LATELY, LATELY),
            (self._returned, self._decided, self._open),
            strict=True,
        ):
            go_on(ordinal, self._clock(days_back))
        if self.programme in SENT:
            clock = self._clock(LATELY)
            batch = self._closed_batch(SENT[self.programme], clock, cases=1)
            self._waiting(batch, self._recommend(batch, clock), clock)
        self._held(HELD[self.programme], self._clock(LATELY))
        return self.made

    def _clock(self, days_back: int) -> DemoClock:
        return DemoClock(self.story.world.calendar, self.story.now, days_back)

    # --- the batches ------------------------------------------------------------------------------------------
    def _returned(self, ordinal: int, clock: DemoClock) -> None:
        """Two recommended: one is on the national list, one is not; a third was left out by the quota.

        Of the centres the list was confirmed wrongly; of the others the third is ranked and decided on late.
        """
        batch = self._closed_batch(ordinal, clock, cases=3)
        listed = self._recommend(batch, clock)
        at = clock.days(12)
        if self.programme == CENTRE:
            self._correct(self._confirmed(self._enter(batch, listed[1:], listed[:1], at), clock), clock)
            return
        self._confirmed(self._enter(batch, listed[:1], listed[1:], at), clock)
        self._rank_late(batch, clock)

    def _confirmed(self, entry: OutsideList, clock: DemoClock) -> OutsideList:
        outside_lists.record_result(entry, by=self.people[OFFICE], at=clock.minutes(30))
        return OutsideList.objects.get(pk=entry.pk)

    def _correct(self, wrong: OutsideList, clock: DemoClock) -> None:
        """Two lines had been taken for each other; both officers answer for the correction as well."""
        at, notice = clock.days(2), wrong.notice
        lines = list(wrong.lines.select_related("application__case").order_by("pk"))
        entry = outside_lists.propose_correction(
            wrong, [line.application for line in lines if not line.is_recognised],
            {line.application: NOT_LISTED for line in lines if line.is_recognised}, why=WHY_CORRECTED,
            number=notice.number, dated=notice.dated, authority=notice.authority, file=notice.file,
            file_name=notice.file_name, by=self.people[COLLEAGUE], at=at,
        )  # fmt: skip
        self._confirmed(entry, clock)

    def _rank_late(self, batch: Batch, clock: DemoClock) -> None:
        """The office takes its act back; the one left out is ranked anew and decided on, within a place allowed."""
        left_out = Application.objects.select_related("case").get(batch=batch, state=S.NOT_IN_QUOTA).case
        clock.days(1)
        way = Way(self, batch, clock, case=open_again(left_out, self.people, clock), **BETTER)
        way.file()
        way.score()
        supplement(batch, self.people, clock)
        clock.days(1)
        self._turns(clock).hold_meeting(Batch.objects.get(pk=batch.pk), {way.case.number: Choice.RECOGNISE})

    def _waiting(self, batch: Batch, listed: list[Application], clock: DemoClock) -> None:
        """A colleague read the list wrongly and was not confirmed; what was entered anew waits for the office."""
        wrong = self._enter(batch, [], listed, clock.days(3))
        outside_lists.decline_result(wrong, reason=WHY_NOT, by=self.people[OFFICE], at=clock.minutes(40))
        self._enter(batch, listed, [], clock.minutes(60))

    def _enter(
        self, batch: Batch, recognised: list[Application], passed_over: list[Application], at: datetime
    ) -> OutsideList:
        """By a colleague, so that the office can settle it."""
        name = f"国家名单{batch.ordinal}.pdf"
        file = take_file(sample_pdf(f"NATIONAL LIST {batch.ordinal}"), name, media_type="application/pdf", at=at)
        return outside_lists.propose_result(
            batch, recognised, dict.fromkeys(passed_over, NOT_LISTED),
            number=f"示例国〔{at.year}〕{batch.ordinal} 号", dated=at.date(), authority="示例国家主管部门",
            file=file, file_name=name, by=self.people[COLLEAGUE], at=at,
            without_public_notice="国家公示先于本系统启用，未登记。" if batch.notice_days else "",
        )  # fmt: skip

    def _held(self, ordinal: int, clock: DemoClock) -> None:
        """Whoever was recommended turns out to be on an older national list.

        Of demonstration enterprises that frees two places: one of them was given to the next in order, of the other a
        second officer has still to confirm it.
        """
        calls_up = self.programme == DEMONSTRATION
        batch = self._closed_batch(ordinal, clock, cases=2 * QUOTA if calls_up else 1)
        for row in self._recommend(batch, clock):
            office = self.people[OFFICE]
            end_as_held(row.case, entered_by=office, by=office, at=clock.days(2))
        if calls_up:
            clock.days(1)
            call_up(batch, self.people, clock)
            put_forward(batch, self.people, self._clock(CALLING_BACK))

    def _decided(self, ordinal: int, clock: DemoClock) -> None:
        """Before the letter: recommended, postponed, refused by the committee; one postponed is to be tabled again."""
        batch = self._closed_batch(ordinal, clock, cases=len(DECIDED))
        numbers = batch.applications.order_by("ranking_line__place").values_list("case__number", flat=True)
        choices = dict(zip(numbers, DECIDED, strict=True))
        self._turns(clock).hold_meeting(batch, choices)
        again = Application.objects.filter(batch=batch, state=S.POSTPONED).select_related("case").earliest("pk")
        said = {"reason": "企业已补充说明，申请再次审议。"}
        door.perform(again.case, "table_again", by=self.people[OFFICE], at=clock.days(2), form=said)
        if self.programme == DEMONSTRATION:  # another one waits for the letter there, ranked late
            approved = Application.objects.select_related("case").get(batch=batch, state=S.TO_BE_RECOMMENDED)
            send_back(approved.case, self.people, clock)

    def _open(self, ordinal: int, clock: DemoClock) -> None:
        """One case in each state before the ranking."""
        closes = self.story.now + timedelta(days=OPEN_FOR_DAYS)
        batch = open_national_batch(self.story, self.programme, ordinal, clock.at, closes, QUOTA)
        for state, days_back in STOPS:
            if self.programme == CENTRE or state not in ONLY_OF_CENTRES:
                Way(self, batch, self._clock(days_back)).to(state)

    # --- steps of a whole batch ---------------------------------------------------------------------------------------
    def _closed_batch(self, ordinal: int, clock: DemoClock, *, cases: int) -> Batch:
        """Filed, scored, the window over, the ranking frozen and before the committee."""
        closes = (clock.at + timedelta(days=WINDOW_DAYS)).replace(hour=17, minute=0)
        batch = open_national_batch(self.story, self.programme, ordinal, clock.at, closes, QUOTA)
        ways = [Way(self, batch, clock, doctors=22 - n) for n in range(cases)]
        for way in ways:
            way.file()
        clock.days(WINDOW_DAYS + 1)
        for way in ways:
            way.score()
        tick(clock.at)
        recommendation_acts.freeze_ranking(
            batch, tie_rule=TieRule.RD_EXPENDITURE, by=self.people[OFFICE], at=clock.days(1)
        )
        clock.days(2)
        return Batch.objects.get(pk=batch.pk)

    def _recommend(self, batch: Batch, clock: DemoClock) -> list[Application]:
        everybody = dict.fromkeys(batch.applications.values_list("case__number", flat=True), Choice.RECOGNISE)
        self._turns(clock).hold_meeting(batch, everybody)
        at = clock.days(1)
        listed = list(Application.objects.filter(batch=batch, state=S.TO_BE_RECOMMENDED).order_by("pk"))
        recommendation_acts.send_recommendation(
            batch, listed, number=f"示例推荐〔{at.year}〕{batch.ordinal} 号", dated=at.date(),
            addressed_to="示例国家主管部门", by=self.people[PUBLISHER], at=at,
        )  # fmt: skip
        return list(Application.objects.filter(batch=batch, state=S.RECOMMENDED_UPWARD).order_by("pk"))

    def _turns(self, clock: DemoClock) -> Turns:
        return Turns(Teller(lambda _text: None), self.story.world, clock)

    def holder(self) -> str:
        """One more enterprise that has held the municipal title for years; the user name of its member."""
        username, at = self.city.enterprise(self.made), self.city.at
        self.made += 1
        import_title(
            self.story.world.programme, self.story.world.enterprise_of(username), granted_on=date(at.year - 4, 6, 1),
            valid_until=date(at.year + 2, 5, 31), announcement_number=f"示例市〔{at.year - 4}〕3 号",
            provenance="演示环境导入的市级名录", by=self.people[OFFICE], at=at,
        )  # fmt: skip
        return username


class Way:
    """One enterprise on its way through a batch."""

    def __init__(
        self, city: Recommendations, batch: Batch, clock: DemoClock, case: Case | None = None, **changed: int
    ) -> None:
        """With a further enterprise, unless it goes on with a case that was opened."""
        self.city, self.batch, self.clock, self.changed = city, batch, clock, changed
        self.case, self.is_open = case or Case(), case is not None
        self.username = member_of(case).username if case else city.holder()
        self.seed = 100 + city.made
        self.turns = Turns(Teller(lambda _text: None), city.story.world, clock)

    def to(self, state: S) -> None:
        """Up to a state of the time before the ranking."""
        self.changed = dict(CHANGED.get(state, {}))
        self.draft()
        if state == S.DRAFT:
            return
        self.submit()
        if step := STEPS.get(state):
            step(self)

    def file(self) -> None:
        """With all material, before the office."""
        self.draft()
        self.submit()

    def draft(self) -> None:
        """Begun, with a workbook without faults."""
        person = self.city.people[self.username]
        enterprise = self.city.story.world.enterprise_of(self.username)
        if not self.is_open:
            self.case = open_application(enterprise, self.batch, by=person, at=self.clock.minutes(5))
        more = {"assets_total": 90000} if self.city.programme == DEMONSTRATION else {}
        figures: dict[Key, int] = {
            (code, self.batch.reporting_year): value for code, value in {**FIGURES, **more, **self.changed}.items()
        }
        book = workbook_for(enterprise, self.batch, seed=self.seed, profile="strong", changed=figures)
        self.turns.upload(self.case, self.username, book)

    def submit(self) -> None:
        """Evidence and declaration."""
        self.turns.upload_evidence(self.case, self.username)
        self.act("submit", by=self.username, declaration=True, insists=True)

    def act(self, verb: str, *, by: str = OFFICE, **form: Any) -> None:
        """One verb, a quarter of an hour later."""
        self.turns.tell.act(self.case, verb, self.city.people[by], self.clock.minutes(15), **form)

    def return_for_correction(self) -> None:
        """One file has to be sent again."""
        kind = next(kind.code for kind in rules_of(self.batch).evidence if kind.required)
        point = {"target": "evidence", "code": kind, "remark": "扫描不清，请重新上传", "clause": "申报材料要求"}
        self.act("return_for_correction", points=[point], remark="请一次补齐。")

    def withdraw(self) -> None:
        """By the enterprise."""
        self.act("withdraw", by=self.username)

    def find_ineligible(self) -> None:
        """Too few people for a centre; for a demonstration enterprise a condition that no figure decides is not met."""
        if self.city.programme == DEMONSTRATION:
            gate = next(gate for gate in rules_of(self.batch).gates if gate.is_answered and gate.is_binding)
            self.act("answer_gate", gate=gate.code, is_met=False, reason="经查询，近三年有应当列明的违法记录")
        self.act("find_ineligible", reasons="不符合申报条件，理由见条件核定。")

    def consult(self, answered: int) -> None:
        """Conditions answered, all departments asked, so many of them have written."""
        self.turns.answer_gates(self.case, self.city.people[OFFICE])
        asked = list(Department.values)
        self.act("ask_departments", departments=asked, opinion="材料真实，领域相符。")
        for number, department in enumerate(asked[:answered], start=1):
            at = self.clock.days(1)
            self.act(
                "record_answer", department=department, position="no_objection", text="经核查，无不同意见。",
                document_number=f"示例函〔{at.year}〕{number} 号", dated=at.date(),
            )  # fmt: skip

    def score(self) -> None:
        """The initial score is adopted, after the departments where they are asked."""
        opinion = "数据已核实，同意初评得分。"
        if self.city.programme == CENTRE:
            self.consult(len(Department.values))
            self.act("adopt_initial_score", opinion=opinion)
            return
        self.turns.answer_gates(self.case, self.city.people[OFFICE])
        self.act("score_at_check", opinion=opinion)

    def not_recommend(self) -> None:
        """The score is below what is asked."""
        self.consult(len(Department.values))
        self.act("not_recommend_below_limit", opinion="初评得分低于推荐要求，不予推荐。")


STEPS: Mapping[S, Callable[[Way], None]] = {
    S.RETURNED: Way.return_for_correction,
    S.LAPSED: Way.return_for_correction,
    S.WITHDRAWN: Way.withdraw,
    S.INELIGIBLE: Way.find_ineligible,
    S.UNDER_CONSULTATION: lambda way: way.consult(1),
    S.NOT_RECOMMENDED: Way.not_recommend,
    S.AWAITING_RANKING: Way.score,
}


def recommend_from(
    story: Story, people: CityPeople, first: int, programmes: Sequence[str] = (CENTRE, DEMONSTRATION)
) -> int:
    """Both national programmes in every state, with enterprises from the number `first`; the number after the last."""
    for programme in programmes:
        first = Recommendations(story, people, programme, first).build()
    return first
