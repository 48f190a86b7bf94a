"""Inboxes of our own over the engine's tasks: who has to do what, by when; bounded queries whatever the size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Count, DateTimeField, Exists, Min, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import Coalesce
from viewflow.workflow.models import Task

from accreditation.clocks import BESIDE, DeadlineKind, DeadlineState, second_of
from accreditation.enums import ApplicationState, MemberState
from accreditation.models import Case, Deadline, Member, User
from accreditation.permissions import holdings_of
from accreditation.roles import Power
from accreditation.selectors.holders import once_called
from accreditation.visibility import own_matters
from workflows.flow_tasks import OPEN
from workflows.workdays import END_OF_DAY, SHANGHAI, WorkCalendar

NEVER = datetime(9999, 12, 31, tzinfo=SHANGHAI)  # stands for the clock of a task that has none, so that it sorts last


class Urgency(StrEnum):
    """What of an inbox is asked for first."""

    OVERDUE = "overdue"
    TODAY = "today"
    PAST_GOAL = "past_goal"
    UNCLAIMED = "unclaimed"


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One row of an inbox: task, case, what to do, clock, working days left (None without a clock that runs)."""

    task: Task
    case: Case
    node: str
    title: str
    deadline: Deadline | None
    days_left: int | None
    is_mine: bool
    is_paused: bool = False  # its clock stands still

    @property
    def is_goal(self) -> bool:
        """Whether the clock is the office's own goal, and no limit."""
        return self.deadline is not None and self.deadline.kind == DeadlineKind.GOAL

    @property
    def is_overdue(self) -> bool:
        """Whether the last day of a limit is over."""
        return not self.is_goal and self.days_left is not None and self.days_left < 0

    @property
    def is_past_goal(self) -> bool:
        """Whether the day of the office's own goal is over."""
        return self.is_goal and self.days_left is not None and self.days_left < 0

    @property
    def is_due_today(self) -> bool:
        """Whether today is the last day."""
        return self.days_left == 0


def inbox_keys(user: User, powers: Iterable[Power] = Power) -> list[str]:
    """Keys under which tasks wait for this person: powers by district or for the whole office, enterprises."""
    asked = set(powers)
    keys = [
        f"{power}:{'*' if held.place is None else held.place}"
        for held in holdings_of(user)
        for power in held.powers & asked
    ]
    acting = Member.objects.filter(user=user, state=MemberState.ACTIVE)
    return keys + [f"applicant:{enterprise}" for enterprise in acting.values_list("enterprise_id", flat=True)]


def waiting_tasks(user: User) -> QuerySet[Task]:
    """Open tasks for this person: their own, and those of their offices that anybody there may take up."""
    return _open(Q(owner=user) | Q(owner_permission__in=inbox_keys(user)))


def _open(whose: Q) -> QuerySet[Task]:
    tasks: QuerySet[Task] = Task.objects.filter(whose, status__in=OPEN, flow_task_type="HUMAN")
    return tasks


def inbox(
    user: User,
    *,
    calendar: WorkCalendar,
    at: datetime,
    start: int = 0,
    size: int = 20,
    district: str = "",
    node: str = "",
    powers: Iterable[Power] = (),
    urgency: str = "",
    words: str = "",
) -> tuple[list[WorkItem], int]:
    """A page of the inbox, the most urgent first, and how many there are in all.

    `powers` limits it to the tasks of one desk; `words` are looked for in number, name and earlier names of
    the enterprise.
    """
    tasks = desk_tasks(user, powers)
    if district:
        tasks = tasks.filter(process__caseflow__case__district=district)
    if node:
        tasks = tasks.filter(flow_task__endswith=f".{node}")
    if words:
        found = Q(process__caseflow__case__number__icontains=words)
        found |= Q(process__caseflow__case__enterprise__name__icontains=words)
        tasks = tasks.filter(found | Q(process__caseflow__case__enterprise__in=once_called(words)))
    timed = tasks.annotate(due=_due_column())
    if urgency:
        timed = timed.annotate(is_goal=_has_goal()).filter(_urgent(at)[Urgency(urgency)])
    keys, total = _page(timed, start, size)
    rows = _shown(keys)
    clocks = _clocks(row.process.caseflow.case_id for row in rows)
    today = at.astimezone(SHANGHAI).date()
    return [_row(task, clocks, calendar, today, user) for task in rows], total


def _page(timed: QuerySet[Task], start: int, size: int) -> tuple[list[int], int]:
    """Keys of one page, the most urgent first, and how many there are in all; the database sorts no wide rows."""
    rows = timed.annotate(total=Window(Count("pk"))).order_by("due", "pk").values_list("pk", "total")
    found = list(rows[start : start + size])
    total = found[0][1] if found else timed.count() if start else 0
    return [key for key, _total in found], total


def _shown(keys: list[int]) -> list[Task]:
    """These tasks in this order, with all that a row shows."""
    rows = Task.objects.select_related(
        "process__caseflow__case__enterprise",
        "process__caseflow__case__batch",
        "process__caseflow__case__application",
        "owner",
    ).in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def desk_tasks(user: User, powers: Iterable[Power] = ()) -> QuerySet[Task]:
    """Tasks that wait for this person by one of these powers, none of them an own matter (回避); or by any right."""
    asked = set(powers)
    if not asked:
        return waiting_tasks(user)
    own = Case.objects.filter(own_matters(user)).values("pk")
    return _open(Q(owner_permission__in=inbox_keys(user, asked))).exclude(process__caseflow__case__in=own)


def inbox_counts(user: User, *, at: datetime, powers: Iterable[Power] = ()) -> dict[str, int]:
    """How many tasks wait at a desk in all, and how many of each urgency."""
    now, midnight, counted = second_of(at), _midnight(at), {"all": 0} | dict.fromkeys(map(str, Urgency), 0)
    tasks = desk_tasks(user, powers).annotate(due=_due_column(), is_free=Q(owner__isnull=True), is_goal=_has_goal())
    rows = tasks.order_by().values_list("due", "is_free", "is_goal").annotate(n=Count("pk"))
    for due, is_free, is_goal, n in rows:
        counted["all"] += n
        counted[Urgency.OVERDUE] += n * (due < now and not is_goal)
        counted[Urgency.PAST_GOAL] += n * (due < now and is_goal)
        counted[Urgency.TODAY] += n * (now <= due <= midnight)
        counted[Urgency.UNCLAIMED] += n * is_free
    return counted


def _urgent(at: datetime) -> dict[Urgency, Q]:
    """Overdue once the last second of a limit has passed, past its goal where it is a goal's; due today until then;
    unclaimed while nobody has taken it up."""
    return {
        Urgency.OVERDUE: Q(due__lt=second_of(at), is_goal=False),
        Urgency.PAST_GOAL: Q(due__lt=second_of(at), is_goal=True),
        Urgency.TODAY: Q(due__gte=second_of(at), due__lte=_midnight(at)),
        Urgency.UNCLAIMED: Q(owner__isnull=True),
    }


def _midnight(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(SHANGHAI).date(), END_OF_DAY, SHANGHAI)


def _due_column() -> object:
    """The clock that is due first; cases without one come last on every database."""
    running = Deadline.objects.filter(case=OuterRef("process__caseflow__case"), state=DeadlineState.RUNNING)
    first = running.exclude(kind__in=BESIDE).order_by().values("case").annotate(first=Min("due_at")).values("first")
    return Coalesce(Subquery(first), Value(NEVER, output_field=DateTimeField()))


def _has_goal() -> Exists:
    """Whether what is due is the office's own goal: one begins only where no limit runs."""
    goals = Deadline.objects.filter(state=DeadlineState.RUNNING, kind=DeadlineKind.GOAL)
    return Exists(goals.filter(case=OuterRef("process__caseflow__case")))


def _clocks(case_ids: Iterable[int]) -> dict[int, Deadline]:
    """The clock of each case that is due first, or else one that stands still."""
    states = (DeadlineState.RUNNING, DeadlineState.PAUSED)
    rows = Deadline.objects.filter(case_id__in=list(case_ids), state__in=states).exclude(kind__in=BESIDE)
    found = sorted(rows.order_by("-due_at"), key=lambda clock: clock.state == DeadlineState.RUNNING)
    return {clock.case_id: clock for clock in found}


def _row(task: Task, clocks: dict[int, Deadline], calendar: WorkCalendar, today: date, user: User) -> WorkItem:
    case = task.process.caseflow.case
    found = clocks.get(case.pk)
    is_paused = found is not None and found.state == DeadlineState.PAUSED
    clock = None if is_paused else found
    return WorkItem(
        task=task,
        case=case,
        node=str(task.flow_task.name),
        title=str(task.flow_task.task_title),
        deadline=clock,
        days_left=days_left(clock, calendar, today) if clock else None,
        is_mine=task.owner_id == user.pk,
        is_paused=is_paused,
    )


def days_left(clock: Deadline, calendar: WorkCalendar, today: date) -> int:
    """Working days left of a clock: 0 on its last day, negative when it is past."""
    return calendar.left(today, clock.due_at.astimezone(SHANGHAI).date())


def stage_counts(cases: QuerySet[Case]) -> dict[str, int]:
    """How many of these cases stand in each legal state, every state named."""
    counted = dict(cases.order_by().values_list("state").annotate(n=Count("pk")))
    return {state.value: counted.get(state.value, 0) for state in ApplicationState}
