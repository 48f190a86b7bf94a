"""Real cases taken down at successive states, row by row as the database holds them: the moulds of a season."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from viewflow.workflow.models import Process, Task

from accreditation.audit import chain_key
from accreditation.models import (
    Application,
    AuditEvent,
    Case,
    ClockEvent,
    CorrectionPoint,
    CorrectionRequest,
    Deadline,
    Evidence,
    FiledIdentifier,
    FirstReview,
    FurtherReturn,
    GateAnswer,
    Letter,
    Message,
    Panel,
    PanelDraw,
    Reminder,
    Review,
    Seat,
    Submission,
    User,
    WorkbookUpload,
)
from bench.tables import Raw, Table
from tests.factories.cast import Cast, filed_case
from tests.factories.steps import answer_gates, review_all
from workflows import door
from workflows.models import CaseFlow

# Which rows belong to a case, and by which path; parents stand before their children.
ROWS: dict[type[Model], str] = {
    Case: "pk",
    Application: "case",
    WorkbookUpload: "application__case",
    Submission: "application__case",
    GateAnswer: "application__case",
    FurtherReturn: "application__case",
    CorrectionRequest: "application__case",
    CorrectionPoint: "request__application__case",
    FirstReview: "application__case",
    PanelDraw: "application__case",
    Panel: "application__case",
    Seat: "panel__application__case",
    Review: "seat__panel__application__case",
    Deadline: "case",
    ClockEvent: "deadline__case",
    Reminder: "deadline__case",
    Letter: "case",
    Process: "caseflow__case",
    CaseFlow: "case",
    Task: "process__caseflow__case",
    Task.previous.through: "from_task__process__caseflow__case",
}
LEFT_OUT: frozenset[type[Model]] = frozenset({Evidence, FiledIdentifier})  # files and their index: no list reads them
# The long texts of a copy: no list reads them either, and they are nine tenths of the bytes of a case.
LONG = {(WorkbookUpload, "facts"), (Submission, "evaluation"), (FirstReview, "evaluation")}


class Incomplete(RuntimeError):
    """A case has rows that would not be copied, so its copies would not be cases."""


COPIED: tuple[type[Model], ...] = (*ROWS, AuditEvent, Message)
TABLES: dict[type[Model], Table] = {model: Table(model) for model in COPIED}


@dataclass(frozen=True)
class Moment:
    """All rows of one case as they stood in one legal state."""

    case: Case
    applicant: User
    officer: User  # of the district, whose place in a copy the officer of the copy's district takes
    rows: dict[type[Model], list[Raw]]
    events: list[tuple[AuditEvent, Raw]]
    messages: list[Raw]


def taken(case: Case, applicant: User, officer: User) -> Moment:
    """Take a case down as it stands; Incomplete when a table points at it that is not copied."""
    row = Case.objects.get(pk=case.pk)
    keys = {
        model: list(model._default_manager.filter(**{path: case.pk}).order_by("pk").values_list("pk", flat=True))
        for model, path in ROWS.items()
    }
    check_complete(keys)
    rows = {model: [_shortened(model, one) for one in TABLES[model].read(keys[model])] for model in ROWS}
    events = list(AuditEvent.objects.filter(chain=chain_key(row)).order_by("pk"))
    raw = TABLES[AuditEvent].read([event.pk for event in events])
    messages = list(Message.objects.filter(case_number=row.number).values_list("pk", flat=True))
    return Moment(row, applicant, officer, rows, list(zip(events, raw, strict=True)), TABLES[Message].read(messages))


def _shortened(model: type[Model], row: Raw) -> Raw:
    return TABLES[model].changed(row, {name: "{}" for other, name in LONG if other is model})


def check_complete(keys: dict[type[Model], list[Any]]) -> None:
    """Raise Incomplete where rows of a table that is neither copied nor left out on purpose point at the rows."""
    for model, found in keys.items():
        for relation in model._meta.related_objects:
            other: Any = relation.related_model
            if other in ROWS or other in LEFT_OUT or not found:
                continue
            if other._default_manager.filter(**{f"{relation.field.name}__in": found}).exists():
                raise Incomplete(f"{other._meta.label} points at {model._meta.label}")


def moments(cast: Cast, at: datetime) -> Iterator[Moment]:
    """One case taken down in each of eight states, every state reached through the door."""
    yield from _of_a_good_case(cast, at)
    yield _returned(cast, at)
    yield _declined(cast, at)


def _of_a_good_case(cast: Cast, at: datetime) -> Iterator[Moment]:
    case = filed_case(cast)

    def now() -> Moment:
        return taken(case, cast.member0, cast.pudong)

    yield now()
    door.perform(case, "accept", by=cast.pudong, at=at)
    yield now()
    answer_gates(case, cast.pudong, at)
    door.perform(case, "recommend", by=cast.pudong, at=at, form={"opinion": "材料齐全，同意推荐"})
    yield now()
    door.perform(case, "pass_completeness_check", by=cast.office, at=at)
    yield now()
    door.perform(case, "appoint_panel", by=cast.office, at=at, form={"experts": cast.experts[:5], "reason": "测试指定"})
    yield now()
    review_all(cast, case, at)
    yield now()


def _returned(cast: Cast, at: datetime) -> Moment:
    case = filed_case(cast, 1)
    door.perform(case, "accept", by=cast.jiading, at=at)
    point = {"target": "figure", "code": "rd_staff", "year": cast.batch.reporting_year, "remark": "请核对"}
    door.perform(case, "return_for_correction", by=cast.jiading, at=at, form={"points": [point]})
    return taken(case, cast.member1, cast.jiading)


def _declined(cast: Cast, at: datetime) -> Moment:
    case = filed_case(cast, 2)
    door.perform(case, "decline", by=cast.pudong, at=at, form={"reasons": "不属于本区受理范围"})
    return taken(case, cast.member2, cast.pudong)
