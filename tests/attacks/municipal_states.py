"""A municipal recognition in each of its states, and for each verb a form that the rules have nothing against."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from accreditation.enums import ApplicationState as S
from accreditation.enums import Level
from accreditation.models import Batch, Body, Case, User
from tests.attacks.district_states import DistrictStates, decided
from tests.factories import steps
from tests.factories.calling_up import form_of
from tests.factories.cast import Cast, make_cast
from tests.factories.figure_checks import OTHER_FIRM, commission, confirm_all, make_firm, make_plan, report_of
from tests.factories.local import LocalCast
from tests.factories.recognition import answer, ask, consult, make_municipal_2026
from tests.factories.recommending import colleague
from workflows import door


class MunicipalStates(DistrictStates):
    """The district reviews first, then the municipal office leads to the committee, the notice and the announcement."""

    reviewer, officer, group = "district", "office", "committee"
    gate, below = "MG7", {"rd_staff_stat": 30}

    def __init__(self, at: datetime) -> None:
        cast = make_cast(at)
        self.at = at
        self.local = self.led_by(cast, self.open_batch(cast))
        people = cast.people
        names = ("office", "publisher", "clock", "auditor", "stranger")
        self.people: dict[str, User] = {name: people[name] for name in names} | {
            "applicant": people["member0"], "other_applicant": people["member1"], "district": people["pudong"],
            "other_district": people["jiading"], "expert": cast.experts[0], "other_expert": cast.experts[6],
            "committee": cast.members[0],
        }  # fmt: skip

    def open_batch(self, cast: Cast) -> Batch:
        """The batch of the procedure."""
        return cast.batch

    @staticmethod
    def led_by(cast: Cast, batch: Batch) -> LocalCast:
        """The same steps as of a district, with the city's office and committee in its place."""
        office, town = Body.objects.get(code="office"), Body(level=Level.TOWN)
        return LocalCast(cast, batch, office, town, cast.people, cast.members, cast.enterprises[0])

    def ways(self) -> dict[str, tuple[Step, ...]]:
        """The steps from filed to each state."""
        return WAYS

    def recommend(self, case: Case) -> None:
        """Accepted, conditions answered, recommended by the district."""
        steps.recommend(self.local.cast, case, self.at)

    def check(self, case: Case) -> None:
        """Complete in form."""
        self.act(case, "pass_completeness_check", "office")

    def seat(self, case: Case) -> None:
        """Experts are asked; the first has declared to have no tie."""
        form = {"experts": self.local.cast.experts[:5], "reason": "测试指定的专家"}
        door.perform(case, "appoint_panel", by=self.people["office"], at=self.at, form=form)
        self.act(case, "declare_no_tie", "expert")

    def form(self, case: Case, verb: str, role: str) -> dict[str, Any]:
        """What is sent with a verb; nothing where neither an office of it nor its committee could send anything."""
        own = {"submit": {"declaration": True, "insists": True}}
        opinion = {"recommend": {"opinion": "材料齐全，同意推荐"}, "not_recommend": {"opinion": "创新能力不足"}}
        return (own | opinion).get(verb) or super().form(case, verb, role)


Step = Callable[[MunicipalStates, Case], None]


def _check(world: MunicipalStates, case: Case) -> None:
    """However the edition does it."""
    world.check(case)


def _end(verb: str, role: str, **form: Any) -> Step:
    return lambda world, case: world.act(case, verb, role, **form)


M = MunicipalStates
ACCEPTED: tuple[Step, ...] = (M.accept,)
CHECKED: tuple[Step, ...] = (M.recommend, _check)
REVIEWED: tuple[Step, ...] = (*CHECKED, M.seat, M.review)
PROPOSED: tuple[Step, ...] = (*REVIEWED, decided("propose"))
NOTICED: tuple[Step, ...] = (*PROPOSED, M.publish)
WAYS: dict[str, tuple[Step, ...]] = {
    S.SUBMITTED: (),
    S.DECLINED: (_end("decline", "district", reasons="不属于本区受理范围"),),
    S.UNDER_FIRST_REVIEW: ACCEPTED,
    S.INELIGIBLE: (*ACCEPTED, _end("find_ineligible", "district")),
    S.NOT_RECOMMENDED: (*ACCEPTED, _end("not_recommend", "district", opinion="创新能力不足")),
    S.RETURNED: (*ACCEPTED, M.send_back),
    S.LAPSED: (*ACCEPTED, M.send_back, M.lapse),
    S.UNDER_COMPLETENESS_CHECK: (M.recommend,),
    S.AWAITING_PANEL: CHECKED,
    S.UNDER_EXPERT_REVIEW: (*CHECKED, M.seat),
    S.UNDER_OVERALL_REVIEW: REVIEWED,
    S.POSTPONED: (*REVIEWED, decided("postpone")),
    S.REFUSED: (*REVIEWED, decided("refuse")),
    S.PROPOSED: PROPOSED,
    S.UNDER_NOTICE: NOTICED,
    S.OBJECTION_UPHELD: (*NOTICED, M.uphold),
    S.NOTICE_COMPLETED: (*NOTICED, M.end_notice),
    S.HELD_OTHERWISE: (*NOTICED, M.end_notice, M.end_as_held),
    S.RECOGNISED: (*NOTICED, M.end_notice, M.announce),
}


class MunicipalStates2026(MunicipalStates):
    """Edition 2026: other departments are consulted, named cases are verified, one proposal is allowed."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at)
        self.firm, self.people["verifier"] = make_firm(self.local.cast)
        _other, self.people["other_verifier"] = make_firm(self.local.cast, "other_firm", OTHER_FIRM)
        make_plan(self.local.cast, self.local.batch, "named")

    def open_batch(self, cast: Cast) -> Batch:
        """A batch with consultation and quota."""
        return make_municipal_2026(cast, quota=1)

    def ways(self) -> dict[str, tuple[Step, ...]]:
        """The same steps, and the two states that only this edition has."""
        new = {
            S.UNDER_CONSULTATION: (M.recommend, _asked),
            S.NOT_IN_QUOTA: (*REVIEWED, _no_quota_left, decided("propose")),
        }
        return WAYS | new

    def check(self, case: Case) -> None:
        """Asked, heard and complete in form."""
        consult(self.local.cast, case, self.at)

    def form(self, case: Case, verb: str, role: str) -> dict[str, Any]:
        """The forms of the consultation, and those of 2022."""
        own = {
            "ask_departments": {"departments": ["science", "finance", "customs", "tax"]},
            "record_answer": {
                "department": "tax", "position": "no_objection", "text": "无异常", "document_number": "示例函1号",
                "dated": self.at.date(),
            },
            "conclude_consultation": {"opinion": "材料齐全"},
            "commission_figure_check": {"body": self.firm}, "call_off_figure_check": {"reason": "另行委托"},
            "refuse_figure_check": {"tie": "为其代理记账"},
            "record_figures": {"findings": [{"code": "rd_staff", "year": 2025, "result": "confirmed"}]},
            "hand_in_figure_check": report_of(self.at), "answer_figure": {"text": "无异议"},
            "decide_figure": {"is_adopted": True, "reason": "有依据"},
        }  # fmt: skip
        if verb == "call_up":
            return form_of(case, colleague(self.local.cast), self.at)
        return own.get(verb) or super().form(case, verb, role)


def _asked(world: MunicipalStates, case: Case) -> None:
    """Three of four departments have answered; the verifier has recorded every figure."""
    assert isinstance(world, MunicipalStates2026)
    commission(world.local.cast, case, world.firm, world.at)
    world.act(case, "declare_no_figure_tie", "verifier")
    confirm_all(case, world.people["verifier"], world.at, rd_staff=2)
    ask(world.local.cast, case, world.at)
    for department in ("science", "finance", "customs"):
        answer(world.local.cast, case, world.at, department)


def _no_quota_left(world: MunicipalStates, case: Case) -> None:
    Batch.objects.filter(pk=world.local.batch.pk).update(quota=0)
    world.local.batch.quota = 0
