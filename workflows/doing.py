"""What the door hands to guards and records, and the shape of one line of a verb table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from viewflow.workflow.models import Task

from accreditation.acts import Act
from accreditation.clocks import ENDS_ON_A_WORKING_DAY, DeadlineKind
from accreditation.enums import ApplicationState
from accreditation.errors import Reason
from accreditation.models import Application, Batch, Case, Seat, User
from accreditation.models.cases import CaseSubject
from accreditation.services.expert_pool import WORKING
from workflows.calendar import current_calendar
from workflows.subjects import Subject
from workflows.workdays import WorkCalendar


@dataclass
class Doing:
    """One attempt at one verb: locked and fresh rows, the acting person, the form, the open task if there is one."""

    verb: Verb
    by: User
    at: datetime
    form: Mapping[str, Any]
    act: Act
    case: Case
    kind: Subject
    subject: CaseSubject
    task: Task | None = None
    arguments: dict[str, Any] = field(default_factory=dict)  # for the transition
    sequels: list[tuple[Case, str, dict[str, Any]]] = field(default_factory=list)  # verbs of other cases, done with it

    @property
    def application(self) -> Application:
        """The subject of a procedure that runs over an application."""
        assert isinstance(self.subject, Application)
        return self.subject

    @property
    def state(self) -> str:
        """Legal state of the subject now."""
        return str(self.subject.state)

    @property
    def batch(self) -> Batch:
        """The batch whose editions and limits apply."""
        return self.application.batch

    @cached_property
    def calendar(self) -> WorkCalendar:
        """Working days as published now."""
        return current_calendar()

    @cached_property
    def seat(self) -> Seat | None:
        """The panel seat of the task, for experts; before the visit, when the seats have no tasks, the person's own."""
        if self.task is None:
            return None
        rows = Seat.objects.select_related("expert", "panel")
        if seat_id := self.task.data.get("seat"):
            return rows.get(pk=seat_id)
        if self.state != ApplicationState.UNDER_SITE_VISIT:
            return None
        return rows.filter(panel__application=self.application, expert=self.by, state__in=WORKING).first()

    @property
    def seat_held(self) -> Seat:
        """The seat, where a guard has made sure that there is one."""
        assert self.seat is not None
        return self.seat


Guard = Callable[[Doing], Iterable[Reason]]
Record = Callable[[Doing], None]
Audience = Callable[[Doing], Iterable[User]]


@dataclass(frozen=True, slots=True)
class Who:
    """Who may do something: label, the test, and the name under which the audit entry records the office."""

    code: str
    label: Promise
    test: Callable[[Doing], bool]


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that a verb starts: kind, days, verb that fires when it is due.

    `days` names a field of the batch, or is a number of days that the law sets, or asks the attempt itself. `since`
    tells from when on they run where that is not the instant of the act.
    """

    kind: DeadlineKind
    days: str | int | Callable[[Doing], int]
    fires: str = ""
    in_calendar_days: bool = False
    since: Callable[[Doing], datetime] | None = None

    def length(self, doing: Doing) -> int:
        """Number of days for this attempt."""
        if callable(self.days):
            return self.days(doing)
        return self.days if isinstance(self.days, int) else int(getattr(doing.batch, self.days))

    @property
    def counting(self) -> dict[str, bool]:
        """How its days are counted, as `WorkCalendar.due_after` takes it."""
        ends = self.kind in ENDS_ON_A_WORKING_DAY
        return {"in_calendar_days": self.in_calendar_days, "ends_on_working_day": ends}

    def begins(self, doing: Doing) -> datetime:
        """From when on the days of this attempt run."""
        return self.since(doing) if self.since else doing.at


@dataclass(frozen=True, slots=True)
class Starts:
    """The clock effect of a verb: kinds that it may start, and which clocks it starts this time."""

    kinds: frozenset[DeadlineKind]
    chosen: Callable[[Doing], Iterable[Clock]]
    clocks: tuple[Clock, ...] = ()  # those whose days and firing verb are known without an attempt
    is_by_case: bool = False

    def __call__(self, doing: Doing) -> list[Clock]:
        """The clocks of this attempt, each of a kind that was declared."""
        clocks = list(self.chosen(doing))
        undeclared = {clock.kind for clock in clocks} - self.kinds
        assert not undeclared, f"{doing.verb.code} starts {undeclared}"
        return clocks


def starting(*clocks: Clock | DeadlineKind, chosen: Callable[[Doing], Iterable[Clock]] | None = None) -> Starts:
    """Starts these clocks; where `chosen` picks among them, or makes those of a kind, only what it picks."""
    fixed = tuple(clock for clock in clocks if isinstance(clock, Clock))
    kinds = frozenset(clock.kind if isinstance(clock, Clock) else clock for clock in clocks)
    return Starts(kinds, chosen or (lambda _doing: fixed), fixed, is_by_case=chosen is not None)


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that can happen to a case.

    `transition` names the method of the state machine (None keeps the state), `nodes` the flow nodes at which the verb
    is possible, `completes` whether the node's task is done with it
    (or a test asked after the move). `ground` is the rule that gives the right.
    """

    code: str
    label: Promise
    who: Who
    nodes: tuple[str, ...]
    ground: str
    transition: str | None = None
    completes: bool | Callable[[Doing], bool] = False
    guards: tuple[Guard, ...] = ()
    record: Record | None = None
    starts: Starts | None = None
    tells: tuple[Audience, ...] = ()
    closes_case: bool | Callable[[Doing], bool] = False
    for_page: bool = True  # whether people start it from a page of the case
    after_end: bool = False  # whether it is done to a case that has ended, which may open it again
    told_as: str = ""  # kind of the message, where it is not the code: the same act has other words in this procedure

    @property
    def message(self) -> str:
        """Kind of the message that it sends."""
        return self.told_as or self.code
