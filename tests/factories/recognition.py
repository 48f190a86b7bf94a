"""A batch of the municipal recognition under its edition of 2026, and the steps that only this edition has."""

from __future__ import annotations

from datetime import datetime, timedelta

from accreditation.models import Batch, Case
from accreditation.recommendation_words import Department, TieRule
from accreditation.services.batches import open_batch
from accreditation.services.recognition_quota import set_proposal_quota
from accreditation.services.rule_sets import store_edition
from tests.factories import steps
from tests.factories.cast import Cast
from tests.factories.snapshots import remembered
from workflows import door
from workflows.procedures import PROCEDURES

PROCEDURE = "municipal_recognition/2026"
RULES = "shanghai_municipal_centre/2026-demo"


@remembered
def make_municipal_2026(cast: Cast, *, quota: int | None = None, rules: str = RULES) -> Batch:
    """An open batch with consultation, or without where the rules know none; with a quota where one is named."""
    procedure = PROCEDURES[PROCEDURE]
    batch = open_batch(
        cast.programme, store_edition(rules, at=cast.at), ordinal=35, year=cast.at.year, procedure=PROCEDURE,
        opens_at=cast.at - timedelta(days=1), closes_at=cast.at + timedelta(days=20), base_date=cast.at.date(),
        by=cast.office, at=cast.at, needs=procedure.needs, options=procedure.options,
    )  # fmt: skip
    if quota is None:
        return batch
    return set_proposal_quota(
        batch, quota=quota, ground="示例通知", tie_rule=TieRule.RD_STAFF, by=cast.office, at=cast.at
    )


@remembered
def ask(cast: Cast, case: Case, at: datetime, departments: list[str] | None = None) -> None:
    """The departments are asked."""
    form = {"departments": departments or list(Department.values)}
    door.perform(case, "ask_departments", by=cast.office, at=at, form=form)


@remembered
def answer(cast: Cast, case: Case, at: datetime, department: str, position: str = "no_objection") -> None:
    """One department has answered."""
    form = {
        "department": department, "position": position, "text": "无异常", "document_number": "示例函〔2026〕2号",
        "dated": at.date(),
    }  # fmt: skip
    door.perform(case, "record_answer", by=cast.office, at=at, form=form)


@remembered
def consult(cast: Cast, case: Case, at: datetime) -> None:
    """Asked, all have answered, concluded."""
    ask(cast, case, at)
    for department in Department.values:
        answer(cast, case, at, department)
    door.perform(case, "conclude_consultation", by=cast.office, at=at, form={"opinion": "材料齐全"})


@remembered
def to_committee(cast: Cast, case: Case, at: datetime) -> None:
    """From submitted to waiting for the committee."""
    steps.recommend(cast, case, at)
    consult(cast, case, at)
    form = {"experts": cast.experts[:5], "reason": "测试指定的专家"}
    door.perform(case, "appoint_panel", by=cast.office, at=at, form=form)
    steps.review_all(cast, case, at)
