"""A round of evaluations of a district that recognises by itself: its titles, the batch, the steps of a case."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from accreditation.enums import Level
from accreditation.models import Batch, Body, Case, EvaluationRound, Programme, Title
from accreditation.services import evaluation_rounds
from accreditation.services.batches import open_batch
from accreditation.services.rule_sets import store_edition
from tests.factories import evaluating
from tests.factories.cast import with_material
from tests.factories.local import AUTHORITY_USCC, LocalCast, Recogniser, make_local_cast
from tests.factories.snapshots import remembered
from tests.factories.steps import answer_gates
from workflows import door
from workflows.opening import open_application
from workflows.procedures import PROCEDURES

PROCEDURE = "district_evaluation/2026"
RULES = "district_centre/jinshan-2025-evaluation-demo"
JINSHAN = Recogniser(
    "jinshan", Level.DISTRICT, "310116", "金山示例主管部门", "Example Authority of Jinshan", AUTHORITY_USCC, "示例镇",
    "district_centre/jinshan-2025-demo",
)  # fmt: skip


@remembered
def make_jinshan(at: datetime) -> LocalCast:
    """The people of Jinshan with a title of the first enterprise; needs settings.ACCREDITATION_DEMO."""
    local = make_local_cast(at, body=JINSHAN)
    hold(local, 0)
    return local


def hold(local: LocalCast, n: int, granted_on: date = date(2024, 3, 1), **changes: Any) -> Title:
    """A title of a district centre of enterprise n for three years."""
    own = {
        "number": f"SHDTC-T-{granted_on.year}-{n:05d}", "programme": Programme.objects.get(code="district_centre"),
        "announcement_number": f"示例区〔{granted_on.year}〕1号",
    }  # fmt: skip
    return evaluating.hold(local.cast, n, granted_on, **own | changes)


@remembered
def make_round(
    local: LocalCast, *, authority: Body | None = None, rules: str = RULES, ordinal: int = 2000, closes_in: int = 30
) -> Batch:
    """An open evaluation batch of the district, or of another body."""
    at = local.cast.at
    return open_batch(
        Programme.objects.get(code="district_centre"), store_edition(rules, at=at), ordinal=ordinal, year=at.year,
        procedure=PROCEDURE, authority=authority or local.authority, opens_at=at - timedelta(days=1),
        closes_at=at + timedelta(days=closes_in), base_date=at.date(), by=local.cast.office, at=at,
        needs=PROCEDURES[PROCEDURE].needs,
    )  # fmt: skip


@remembered
def frozen_and_called(local: LocalCast, batch: Batch) -> EvaluationRound:
    """The population frozen and everybody called by the officer of the district."""
    evaluation_rounds.freeze_population(batch, by=local.officer, at=local.cast.at)
    return evaluation_rounds.call_holders(batch, by=local.officer, at=local.cast.at)


@remembered
def filed(local: LocalCast, batch: Batch, n: int = 0, **changed: int) -> Case:
    """The evaluation of enterprise n, sent in."""
    by, at = local.cast.people[f"member{n}"], local.cast.at
    case = open_application(local.cast.enterprises[n], batch, by=by, at=at)
    with_material(case, by, at, **changed)
    door.perform(case, "submit", by=by, at=at, form={"declaration": True})
    return case


@remembered
def checked(local: LocalCast, case: Case) -> None:
    """Score and band fixed; before the leading group."""
    at = local.cast.at
    door.perform(case, "accept", by=local.checker, at=at)
    answer_gates(case, local.checker, at)
    door.perform(case, "fix_result", by=local.checker, at=at, form={"opinion": "核查无误"})
