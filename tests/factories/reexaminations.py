"""A round of re-examinations, what a holder hands in, and the ministry's notice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from accreditation.models import (
    Case,
    ExternalNotice,
    Reexamination,
    ReexaminationReport,
    ReexaminationRound,
    StoredFile,
)
from accreditation.reexamination_words import ReexaminationState
from accreditation.services.outside_titles import keep_notice
from criteria.fields import Kind
from tests.factories.cast import Cast, stored_file
from tests.factories.snapshots import remembered
from workflows.opening_reexaminations import open_round
from workflows.reexamination_acts import fields_asked

SUMMARY = "三年来研发投入持续增长，主导制定两项标准，建成中试基地，继续符合认定条件。"
OPINION = "经核对材料和历年年度报告，继续符合认定条件。"


@remembered
def round_called(cast: Cast, **changes: Any) -> ReexaminationRound:
    """The round of this year; demonstration titles of the cast must be there."""
    values = {
        "year": cast.at.year, "document": "示例工信〔2026〕11号", "due_on": cast.at.date() + timedelta(days=40),
        "return_days": 10, "review_days": 20,
    }  # fmt: skip
    return open_round(**values | changes, by=cast.office, at=cast.at)


def whole_figures(case: Case) -> dict[str, str]:
    """Every figure that is asked for, as a form sends it."""
    row = Reexamination.objects.select_related("round__rule_set").get(case=case)
    return {f"{spec.code}-{year}": "true" if spec.kind is Kind.BOOLEAN else "12" for spec, year in fields_asked(row)}


def notice_above(cast: Cast, dated: date, file: StoredFile | None = None) -> ExternalNotice:
    """A notice of the ministry, as received."""
    return keep_notice(
        None, number="示例工信科函〔2026〕7号", dated=dated, authority="示例工业主管部门",
        file=file or stored_file(b"notice", cast.at), file_name="结果.pdf", by=cast.office, at=cast.at,
    )  # fmt: skip


def passed(cast: Cast, row: Reexamination, file: StoredFile | None = None) -> ExternalNotice:
    """A case at the end of its way, as its rows stand then, without the way."""
    notice = notice_above(cast, cast.at.date(), file)
    report = ReexaminationReport.objects.create(
        round=row.round, number="示例上报〔2026〕3号", dated=cast.at.date(), addressed_to="示例工业主管部门",
        sent_by=cast.publisher, sent_at=cast.at,
    )  # fmt: skip
    Reexamination.objects.filter(pk=row.pk).update(
        state=ReexaminationState.PASSED, notice=notice, report=report, renewed_until=date(2029, 3, 2), summary=SUMMARY,
        handed_in_at=cast.at, position="keep", opinion=OPINION, reviewed_by=cast.office,
    )  # fmt: skip
    return notice
