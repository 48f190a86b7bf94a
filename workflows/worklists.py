"""Inboxes of our own over the engine's tasks: who has to do what, by when; bounded queries whatever the size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, DateTimeField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from viewflow.workflow.models import Task

from accreditation.enums import ApplicationState, DeadlineState, MemberState
from accreditation.models import Case, Deadline, Member, User
from accreditation.permissions import standing_grants
from accreditation.roles import ROLES, Role
from workflows.flow_tasks import OPEN
from workflows.workdays import SHANGHAI, WorkCalendar


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One row of an inbox: task, case, what to do, clock, working days left (None without a clock)."""

    task: Task
    case: Case
    node: str
    title: str
    deadline: Deadline | None
    days_left: int | None
    is_mine: bool

    @property
    def is_overdue(self) -> bool:
        """Whether the due day is over."""
        return self.days_left is not None and self.days_left < 0

    @property
    def is_due_today(self) -> bool:
        """Whether today is the last day."""
        return self.days_left == 0


def inbox_keys(user: User) -> list[str]:
    """Keys under which tasks wait for this person: powers by district or for the whole office, enterprises."""
    keys = [
        f"{power}:{grant.district if ROLES[Role(grant.role)].by_district else '*'}"
        for grant in standing_grants(user)
        for power in ROLES[Role(grant.role)].powers
    ]
    acting = Member.objects.filter(user=user, state__in=[MemberState.ACTIVE, MemberState.REQUESTED])
    return keys + [f"applicant:{enterprise}" for enterprise in acting.values_list("enterprise_id", flat=True)]


def waiting_tasks(user: User) -> QuerySet[Task]:
    """Open tasks for this person: their own, and those of their offices that anybody there may take up."""
    return Task.objects.filter(
        Q(owner=user) | Q(owner_permission__in=inbox_keys(user)), status__in=OPEN, flow_task_type="HUMAN"
    )


def inbox(
    user: User,
    *,
    calendar: WorkCalendar,
    at: datetime,
    start: int = 0,
    size: int = 20,
    district: str = "",
    node: str = "",
) -> tuple[list[WorkItem], int]:
    """A page of the inbox, the most urgent first, and how many there are in all."""
    tasks = waiting_tasks(user).select_related("process__caseflow__case__enterprise", "process__caseflow__case__batch")
    if district:
        tasks = tasks.filter(process__caseflow__case__district=district)
    if node:
        tasks = tasks.filter(flow_task__endswith=f".{node}")
    tasks = tasks.annotate(due=_due_column()).order_by("due", "pk")
    rows = list(tasks[start : start + size])
    clocks = _clocks(row.process.caseflow.case_id for row in rows)
    today = at.astimezone(SHANGHAI).date()
    return [_row(task, clocks, calendar, today, user) for task in rows], tasks.count()


def _due_column() -> object:
    """The clock that is due first; cases without one come last on every database."""
    from_case = Deadline.objects.filter(case=OuterRef("process__caseflow__case"), state=DeadlineState.RUNNING)
    never = Value(datetime(9999, 12, 31, tzinfo=SHANGHAI), output_field=DateTimeField())
    return Coalesce(Subquery(from_case.order_by("due_at").values("due_at")[:1]), never)


def _clocks(case_ids: Iterable[int]) -> dict[int, Deadline]:
    running = Deadline.objects.filter(case_id__in=list(case_ids), state=DeadlineState.RUNNING).order_by("-due_at")
    return {clock.case_id: clock for clock in running}


def _row(task: Task, clocks: dict[int, Deadline], calendar: WorkCalendar, today: date, user: User) -> WorkItem:
    case = task.process.caseflow.case
    clock = clocks.get(case.pk)
    left = calendar.left(today, clock.due_at.astimezone(SHANGHAI).date()) if clock else None
    return WorkItem(
        task=task,
        case=case,
        node=str(task.flow_task.name),
        title=str(task.flow_task.task_title),
        deadline=clock,
        days_left=left,
        is_mine=task.owner_id == user.pk,
    )


def stage_counts(cases: QuerySet[Case]) -> dict[str, int]:
    """How many of these cases stand in each legal state, every state named."""
    counted = dict(cases.order_by().values_list("state").annotate(n=Count("pk")))
    return {state.value: counted.get(state.value, 0) for state in ApplicationState}
