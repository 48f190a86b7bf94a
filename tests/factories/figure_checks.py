"""A verifying body with its people, the plan of a batch, and the steps of a check through the door."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from accreditation.models import Application, Batch, Body, Case, FigureFinding, User
from accreditation.roles import Role
from accreditation.services import figure_plans
from accreditation.services.figure_checks import figures_to_check, open_check
from tests.factories.cast import Cast, grant, person, stored_file
from tests.factories.snapshots import remembered
from workflows import door

FIRM, OTHER_FIRM = "91310000MADEMH1K0A", "91310000MADEMH2K00"


@remembered
def make_firm(cast: Cast, name: str = "verifier", code: str = FIRM) -> tuple[Body, User]:
    """A verifying body and one person of it."""
    body = figure_plans.register_body(
        name_zh=f"示例会计师事务所{name}",
        name_en=f"Example Accountants {name}",
        uscc=code,
        contact="",
        by=cast.office,
        at=cast.at,
    )
    user = person(name, f"核查员{name}示例")
    grant(user, Role.VERIFIER, body.district, at=cast.at)
    return body, user


@remembered
def make_plan(cast: Cast, batch: Batch, scope: str = "all", **changed: Any) -> Any:
    """The plan of a batch: ten days to verify, three to answer."""
    values = {
        "scope": scope,
        "sample_size": None,
        "check_days": 10,
        "answer_days": 3,
        "ground": "示例委托书〔2026〕1号",
    }
    return figure_plans.set_plan(batch, **(values | changed), by=cast.office, at=cast.at)


def application_of(case: Case) -> Application:
    """As it stands now."""
    return Application.objects.select_related("case", "batch__rule_set", "current").get(case=case)


def commission(cast: Cast, case: Case, body: Body, at: datetime) -> None:
    """The office commissions the body."""
    door.perform(case, "commission_figure_check", by=cast.office, at=at, form={"body": body, "remark": "核对研发费用"})


@remembered
def confirm_all(case: Case, by: User, at: datetime, **differing: int) -> None:
    """Every figure is confirmed, but those named by field, which differ by so much in the newest year."""
    said = []
    for (code, year), reported in figures_to_check(application_of(case)).items():
        one: dict[str, Any] = {"code": code, "year": year, "result": "confirmed"}
        if code in differing and year == application_of(case).batch.reporting_year:
            one |= {
                "result": "differs", "value": reported + Fraction(differing[code]), "remark": "与审计报告附注不一致",
                "reference": "审计报告第 12 页",
            }  # fmt: skip
        said.append(one)
    door.perform(case, "record_figures", by=by, at=at, form={"findings": said})


def hand_in(case: Case, by: User, at: datetime) -> None:
    """The signed report is handed in."""
    door.perform(case, "hand_in_figure_check", by=by, at=at, form=report_of(at))


def report_of(at: datetime) -> dict[str, Any]:
    """A signed report."""
    return {
        "file": stored_file(b"%PDF-1.4 report", at), "name": "报告.pdf", "number": "专审8号", "dated": at.date(),
        "conclusion": "除所列差异外，填报数据与账证相符。",
    }  # fmt: skip


@remembered
def reported(cast: Cast, case: Case, body: Body, by: User, at: datetime, **differing: int) -> None:
    """From the commission to the report."""
    commission(cast, case, body, at)
    door.perform(case, "declare_no_figure_tie", by=by, at=at)
    confirm_all(case, by, at, **differing)
    hand_in(case, by, at)


def difference(case: Case) -> FigureFinding:
    """The first difference that waits."""
    check = open_check(application_of(case))
    assert check is not None
    return check.findings.filter(result="differs").order_by("pk")[0]
