"""A batch of national recommendations with its applicants, and the steps of a case from one state to the next."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from accreditation.enums import Choice, Level
from accreditation.models import (
    Application,
    Batch,
    Body,
    Case,
    Enterprise,
    OutsideList,
    Programme,
    Ranking,
    Title,
    User,
)
from accreditation.recommendation_words import Department, TieRule
from accreditation.services.batches import open_batch
from accreditation.services.rankings import set_quota
from accreditation.services.rule_sets import store_edition
from tests.clock import SHANGHAI
from tests.factories.cast import Cast, stored_file, with_material
from tests.factories.snapshots import remembered
from tests.factories.steps import answer_gates, hold_meeting
from tests.factories.titles import second_officer
from workflows import door, recommendation_acts
from workflows.opening import open_application
from workflows.outside_lists import propose_correction, propose_result, record_result
from workflows.procedures import PROCEDURES

PROCEDURE, DEMONSTRATION = "national_recommendation/2016", "demonstration_recommendation/2010"
STRONG = {
    "rd_expenditure": 62000, "rd_staff": 188, "employees": 900, "equipment_original_value": 64000, "doctors": 20,
    "external_expert_months": 60, "rd_projects": 60, "rd_projects_basic_applied": 6, "platforms_national": 2,
    "certified_labs": 2, "invention_patents_valid": 40, "standards_3y": 9, "new_product_revenue": 260000,
    "new_product_profit": 22000, "profit_total": 60000, "assets_total": 60000,
}  # fmt: skip
WEAK = STRONG | {
    "invention_patents_valid": 2, "new_product_revenue": 20000, "new_product_profit": 1000, "standards_3y": 0,
    "doctors": 0, "external_expert_months": 0, "platforms_national": 0, "patents_applied_year": 1,
    "invention_patents_applied_year": 0,
}  # fmt: skip


@remembered
def make_national(cast: Cast, *, branch: bool = False, quota: int | None = 1) -> Batch:
    """An open batch of the national programme (or its branch centres); all enterprises hold the municipal title."""
    authority, _new = Body.objects.get_or_create(
        code="ndrc", defaults={"level": Level.NATIONAL, "name_zh": "示例国家主管部门", "name_en": "Example Ministry"}
    )
    national = _programme("national_centre", "国家企业技术中心", "NETC", authority)
    programme = national
    if branch:
        programme = _programme("national_branch_centre", "国家企业技术中心分中心", "NETCB", authority, national)
    for n, enterprise in enumerate(cast.enterprises):
        _hold_municipal(cast, enterprise, n)
    batch = open_batch(
        programme, store_edition(f"{programme.code}/2016-demo", at=cast.at), ordinal=30, year=cast.at.year,
        procedure=PROCEDURE, opens_at=cast.at - timedelta(days=1), closes_at=cast.at + timedelta(days=20),
        base_date=cast.at.date(), by=cast.office, at=cast.at, needs=PROCEDURES[PROCEDURE].needs,
    )  # fmt: skip
    return set_quota(batch, quota=quota, ground="示例通知", by=cast.office, at=cast.at) if quota else batch


@remembered
def make_demonstration(cast: Cast, quota: int = 1) -> Batch:
    """An open batch of the national demonstration enterprises."""
    authority, _new = Body.objects.get_or_create(
        code="miit", defaults={"level": Level.NATIONAL, "name_zh": "示例工业主管部门", "name_en": "Example Ministry"}
    )
    programme = _programme("demonstration_national", "国家技术创新示范企业", "NTIDE", authority)
    for n, enterprise in enumerate(cast.enterprises):
        _hold_municipal(cast, enterprise, n)
    batch = open_batch(
        programme, store_edition("demonstration_national/2010-demo", at=cast.at), ordinal=15, year=cast.at.year,
        procedure=DEMONSTRATION, opens_at=cast.at - timedelta(days=1), closes_at=cast.at + timedelta(days=20),
        base_date=cast.at.date(), by=cast.office, at=cast.at, needs=PROCEDURES[DEMONSTRATION].needs,
    )  # fmt: skip
    return set_quota(batch, quota=quota, ground="示例通知", by=cast.office, at=cast.at)


def _programme(code: str, name: str, prefix: str, body: Body, branch_of: Programme | None = None) -> Programme:
    values = {"level": Level.NATIONAL, "name_zh": name, "name_en": code, "granted_by": body, "number_prefix": prefix}
    return Programme.objects.get_or_create(code=code, defaults=values | {"branch_of": branch_of})[0]


def _hold_municipal(cast: Cast, enterprise: Enterprise, n: int) -> None:
    Title.objects.get_or_create(
        programme=cast.programme, holder=enterprise,
        defaults={
            "number": f"SHETC-T-2020-{n:05d}", "granted_on": date(2020, 6, 1), "valid_from": date(2020, 6, 1),
            "valid_until": date(2029, 5, 31), "announcement_number": "示例〔2020〕1号", "provenance": "测试",
        },
    )  # fmt: skip


def parent_title(cast: Cast, n: int = 1) -> Title:
    """The standing national title of enterprise n, from before this system."""
    return Title.objects.create(
        number=f"NETC-T-2019-{n:05d}", programme=Programme.objects.get(code="national_centre"),
        holder=cast.enterprises[n], granted_on=date(2019, 6, 1), valid_from=date(2019, 6, 1),
        valid_until=date(2029, 6, 1), announcement_number="示例〔2019〕1号", provenance="测试",
    )  # fmt: skip


@remembered
def filed(cast: Cast, batch: Batch, n: int = 0, *, figures: dict[str, int] | None = None, **changed: int) -> Case:
    """The application of enterprise n, filed with the office."""
    by: User = cast.people[f"member{n}"]
    case = open_application(cast.enterprises[n], batch, by=by, at=cast.at)
    with_material(case, by, cast.at, **(figures or STRONG) | changed)
    door.perform(case, "submit", by=by, at=cast.at, form={"declaration": True, "insists": True})
    return case


@remembered
def consult(cast: Cast, case: Case, at: datetime) -> None:
    """Conditions answered, the four departments asked."""
    answer_gates(case, cast.office, at)
    door.perform(case, "ask_departments", by=cast.office, at=at, form={"departments": list(Department.values)})


@remembered
def answer(cast: Cast, case: Case, at: datetime, position: str = "no_objection") -> None:
    """All departments have answered alike."""
    for department in Department.values:
        form: dict[str, Any] = {
            "department": department, "position": position, "text": "经查无异常",
            "document_number": "示例函〔2026〕1号", "dated": at.date(),
        }  # fmt: skip
        door.perform(case, "record_answer", by=cast.office, at=at, form=form)


@remembered
def score(cast: Cast, case: Case, at: datetime) -> None:
    """From filed to waiting for the ranking."""
    consult(cast, case, at)
    answer(cast, case, at)
    door.perform(case, "adopt_initial_score", by=cast.office, at=at, form={"opinion": "数据核实，同意"})


@remembered
def score_at_check(cast: Cast, case: Case, at: datetime) -> None:
    """The same where no department is asked."""
    answer_gates(case, cast.office, at)
    door.perform(case, "score_at_check", by=cast.office, at=at, form={"opinion": "数据核实，同意"})


@remembered
def rank(cast: Cast, batch: Batch, tie_rule: str = TieRule.RD_EXPENDITURE) -> Ranking:
    """The ranking of the batch, frozen a minute after its window."""
    at = batch.closes_at + timedelta(minutes=1)
    return recommendation_acts.freeze_ranking(batch, tie_rule=tie_rule, by=cast.office, at=at)


@remembered
def decide(cast: Cast, batch: Batch, choices: dict[str, Choice] | None = None) -> None:
    """The committee decides on the whole ranking, in favour unless said otherwise."""
    waiting = Case.objects.filter(batch=batch, state="under_overall_review").order_by("pk")
    here = Cast(cast.at, batch.programme, batch, cast.people, cast.enterprises, cast.experts, cast.members)
    hold_meeting(here, list(waiting), batch.closes_at + timedelta(hours=1), choices)


@remembered
def send(cast: Cast, batch: Batch, number: str = "示例推荐〔2026〕1号") -> None:
    """Recommended to the national authority."""
    at = batch.closes_at.astimezone(SHANGHAI) + timedelta(hours=2)
    listed = Application.objects.filter(batch=batch, state="to_be_recommended")
    recommendation_acts.send_recommendation(
        batch, listed, number=number, dated=at.date(), addressed_to="示例国家主管部门", by=cast.publisher, at=at
    )


@remembered
def result(cast: Cast, batch: Batch, recognised: list[Case], passed_over: dict[Case, str] | None = None) -> None:
    """The national authority's notice is entered."""
    record_result(entered(cast, batch, recognised, passed_over), by=colleague(cast), at=answered_at(batch))


def answered_at(batch: Batch) -> datetime:
    """When the nation has answered, by the city's own day."""
    return batch.closes_at.astimezone(SHANGHAI) + timedelta(days=60)


def colleague(cast: Cast) -> User:
    """Another officer, who confirms."""
    known = User.objects.filter(username="office2").first()
    return known or second_officer(cast)


def entered(
    cast: Cast, batch: Batch, recognised: list[Case], passed_over: dict[Case, str] | None = None, **changed: Any
) -> OutsideList:
    """The notice as one officer read it."""
    at = answered_at(batch)
    values: dict[str, Any] = {
        "number": "示例公告〔2026〕9号", "dated": at.date(), "authority": "示例国家主管部门",
        "file": stored_file(b"notice", at), "file_name": "公告.pdf", "by": cast.office, "at": at,
        "without_public_notice": "国家公示未在本系统登记",
    }  # fmt: skip
    return propose_result(
        batch, [Application.objects.get(case=case) for case in recognised],
        {Application.objects.get(case=case): said for case, said in (passed_over or {}).items()}, **values | changed,
    )  # fmt: skip


def corrected(
    cast: Cast, batch: Batch, recognised: list[Case], passed_over: list[Case], **changed: Any
) -> OutsideList:  # fmt: skip
    """What one officer reads otherwise in the list that was confirmed."""
    at = answered_at(batch)
    values: dict[str, Any] = {
        "number": "示例公告〔2026〕9号", "dated": at.date(), "authority": "示例国家主管部门",
        "file": stored_file(b"notice again", at), "file_name": "公告.pdf", "by": cast.office, "at": at,
        "why": "附表第二页看错了一行，企业名称相近。",
    }  # fmt: skip
    return propose_correction(
        OutsideList.objects.get(batch=batch, corrects=None, state="confirmed"),
        [Application.objects.get(case=case) for case in recognised],
        {Application.objects.get(case=case): "" for case in passed_over}, **values | changed,
    )  # fmt: skip
