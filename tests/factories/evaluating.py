"""A round of evaluations: titles of the cast's enterprises, the batch, and the steps of an evaluation."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from accreditation.enums import MemberState
from accreditation.evaluation_words import LOSES_TITLE, CallReason
from accreditation.models import (
    Application,
    Batch,
    Case,
    Enterprise,
    EvaluationCall,
    EvaluationRound,
    Member,
    Title,
    User,
)
from accreditation.roles import Role
from accreditation.services import evaluation_rounds
from accreditation.services.batches import open_batch
from accreditation.services.rule_sets import store_edition
from tests.clock import SHANGHAI
from tests.factories.cast import Cast, grant, person, with_material
from tests.factories.snapshots import remembered
from tests.factories.steps import answer_gates
from workflows import door
from workflows.opening import open_application
from workflows.procedures import PROCEDURES

PROCEDURE = "municipal_evaluation/2025"
RULES = "shanghai_municipal_centre/2022-evaluation-demo"
USCCS = ["91310000MA1FL0066E", "91310000MA1FL0074U", "91310000MA1FL00820", "91310000MA1FL0090K"]
# Figures of the reporting year that bring each band of the demonstration edition.
EXCELLENT: dict[str, int] = {
    "rd_expenditure": 62000, "rd_expense_stat": 62000, "rd_staff": 188, "rd_staff_stat": 188,
    "equipment_original_value": 64000, "doctors": 20, "senior_experts": 40, "external_expert_months": 60,
    "rd_projects": 60, "rd_projects_basic_applied": 12, "platforms_provincial_up": 4, "certified_labs": 2,
    "invention_patents_valid": 60, "patents_transferred_or_licensed": 6, "ip_applications_year": 60,
    "ip_obtained_3y": 90, "standards_3y": 12, "new_product_revenue": 320000, "new_product_profit": 36000,
    "profit_total": 62000, "overseas_rd_units": 1, "joint_rd_units": 3, "national_special_projects_2y": 3,
    "awards_2y": 4,
}  # fmt: skip
# The reporting year that brings a marginal pass (63.98 points), and one that fails (48.85).
MARGINAL = {
    "doctors": 0, "senior_experts": 0, "standards_3y": 0, "awards_2y": 0, "new_product_profit": 1000,
    "external_expert_months": 0, "ip_obtained_3y": 6, "platforms_provincial_up": 0,
}  # fmt: skip
WEAK = MARGINAL | {"invention_patents_valid": 0, "new_product_revenue": 20000}


@remembered
def make_round(cast: Cast, *, year: int | None = None, closes_in: int = 30) -> Batch:
    """An open evaluation batch of the municipal programme."""
    at, year = cast.at, year or cast.at.year
    return open_batch(
        cast.programme, store_edition(RULES, at=at), ordinal=1000 + year, year=year,
        procedure=PROCEDURE, opens_at=at - timedelta(days=1), closes_at=at + timedelta(days=closes_in),
        base_date=at.date(), by=cast.office, at=at, needs=PROCEDURES[PROCEDURE].needs,
    )  # fmt: skip


@remembered
def add_enterprise(cast: Cast, n: int) -> Enterprise:
    """One more enterprise of the cast with its member; it holds a district centre as a condition asks."""
    place = len(cast.enterprises)
    enterprise = Enterprise.objects.create(
        uscc=USCCS[n], name=f"上海示例第{place}号有限公司", district="310115", registered_at=cast.at
    )
    member = person(f"member{place}", f"申报人{place}示例")
    Member.objects.create(
        enterprise=enterprise, user=member, is_administrator=True, state=MemberState.ACTIVE, requested_at=cast.at,
        settled_at=cast.at,
    )  # fmt: skip
    held = Title.objects.get(holder=cast.enterprises[0], programme="district_centre")
    held.pk, held.holder, held.number = None, enterprise, f"{held.number}-{place}"
    held.save()
    cast.enterprises.append(enterprise)
    cast.people[f"member{place}"] = member
    return enterprise


def hold(cast: Cast, n: int, granted_on: date = date(2024, 3, 1), **changes: Any) -> Title:
    """A title of enterprise n for three years, municipal unless the changes say otherwise."""
    values = {
        "number": f"SHETC-T-{granted_on.year}-{n:05d}", "programme": cast.programme, "holder": cast.enterprises[n],
        "granted_on": granted_on, "valid_from": granted_on, "valid_until": date(granted_on.year + 3, 2, 28),
        "announcement_number": f"示例〔{granted_on.year}〕1号", "provenance": "测试",
    }  # fmt: skip
    return Title.objects.create(**values | changes)


@remembered
def frozen_and_called(cast: Cast, batch: Batch, at: datetime | None = None) -> EvaluationRound:
    """The population frozen and everybody called."""
    evaluation_rounds.freeze_population(batch, by=cast.office, at=at or cast.at)
    return evaluation_rounds.call_holders(batch, by=cast.office, at=at or cast.at)


@remembered
def filed(cast: Cast, batch: Batch, n: int, **changed: int) -> Case:
    """The evaluation of enterprise n, sent in."""
    by = cast.people[f"member{n}"]
    case = open_application(cast.enterprises[n], batch, by=by, at=cast.at)
    with_material(case, by, cast.at, **changed)
    door.perform(case, "submit", by=by, at=cast.at, form={"declaration": True})
    return case


@remembered
def checked(cast: Cast, case: Case, at: datetime) -> None:
    """Through district and office to the committee."""
    officer = cast.pudong if case.district == "310115" else cast.jiading
    door.perform(case, "accept", by=officer, at=at)
    answer_gates(case, officer, at)
    door.perform(case, "recommend", by=officer, at=at, form={"opinion": "材料属实"})
    door.perform(case, "fix_result", by=cast.office, at=at, form={"opinion": "核查无误"})


def failed_before(title: Title, year: int) -> None:
    """Evaluated in that year with a result that prolongs nothing and that nobody acted on: its last day ends it."""
    clock, dated = User.objects.get(is_system=True), date(year, 12, 1)
    at = datetime.combine(dated, time(9), SHANGHAI)
    round_, _ = EvaluationRound.objects.get_or_create(
        programme=title.programme, year=year,
        defaults={"document_number": f"示例〔{year}〕8号", "frozen_at": at, "frozen_by": clock},
    )  # fmt: skip
    EvaluationCall.objects.create(
        round=round_, title=title, position=1, reason=CallReason.DUE, band="fail", consequence=LOSES_TITLE,
        published_on=dated,
    )  # fmt: skip


def second_office(cast: Cast, at: datetime) -> None:
    """One more officer and publisher, so that four eyes can look."""
    cast.people["office2"] = person("office2", "市经办二示例")
    grant(cast.people["office2"], Role.MUNICIPAL_OFFICER, at=at)


def application_of(case: Case) -> Application:
    """The row as it stands now."""
    return Application.objects.get(case=case)
