"""Where a case stands: since when, in whose hands, until when; and what finished cases of its procedure took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db.models import F
from viewflow.workflow.models import Task

from accreditation.acts import Act
from accreditation.audit import chain_key
from accreditation.clocks import NO_LIMITS, DeadlineKind, DeadlineState
from accreditation.models import AuditEvent, Case, ClockEvent, Deadline, User
from accreditation.models.cases import CaseSubject
from workflows import deadlines, flow_tasks
from workflows.doing import Doing
from workflows.forecasting import Day, Forecast, Limit, Stage, Visit, forecast, quartiles
from workflows.moves import Move, way_to_the_end
from workflows.procedures import Procedure, procedure_of
from workflows.workdays import SHANGHAI, WorkCalendar

MOST_FINISHED = 100  # the newest finished cases of a procedure that are looked at


@dataclass(frozen=True, slots=True)
class Stay:
    """A case at a node, from one instant to another; still there where `until` is None."""

    node: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Clocks:
    """What limits a stage now: the clock that runs, or the one that stands still with the event that stopped it, or
    the last one that ran out in this stage. `ends_stage` is the running one by which the stage is over, which the time
    to accept is not."""

    running: Deadline | None
    ends_stage: Deadline | None
    paused: tuple[Deadline, ClockEvent] | None
    run_out: Deadline | None
    goal: Deadline | None = None  # the office's own, where no limit runs


Change = tuple[datetime, str]  # instant, state after it


def stays(changes: Iterable[Change], procedure: Procedure, closed_at: datetime | None) -> list[Stay]:
    """Nodes in the order in which a case stood at them; states of one node are one stay."""
    nodes = ((at, procedure.node_of_state.get(state, "")) for at, state in changes)
    entered = [next(run) for _node, run in groupby(nodes, key=lambda pair: pair[1])]
    left: list[datetime | None] = [at for at, _node in entered[1:]]
    ends = [*left, closed_at] if entered else []
    return [Stay(node, at, until) for (at, node), until in zip(entered, ends, strict=True) if node]


def changes_of(chains: Sequence[str]) -> dict[str, list[Change]]:
    """Changes of the legal state from the audit trail, by chain, the oldest first."""
    rows = AuditEvent.objects.filter(chain__in=chains).exclude(state_after="").exclude(state_after=F("state_before"))
    found: dict[str, list[Change]] = {}
    for chain, at, state in rows.order_by("chain", "seq").values_list("chain", "at", "state_after"):
        found.setdefault(chain, []).append((at, state))
    return found


def since(case: Case) -> datetime:
    """When the case came to where it waits now; acts that leave it there do not count."""
    procedure, chain = procedure_of(case), chain_key(case)
    found = stays(changes_of([chain]).get(chain, []), procedure, case.closed_at)
    return found[-1].since if found and case.closed_at is None else case.closed_at or case.moved_at


def clocks_of(case: Case, entered: datetime) -> Clocks:
    """The clocks that matter for the stage that was entered then."""
    fired = Deadline.objects.filter(case=case, state=DeadlineState.FIRED, started_at__gte=entered)
    over = fired.exclude(kind__in=NO_LIMITS)
    rows, paused = deadlines.running_clocks(case), deadlines.paused_clock(case)
    ending = [clock for clock in rows if clock.kind != DeadlineKind.ACCEPTANCE]
    is_open = bool(rows) or paused is not None
    run_out = None if is_open else over.order_by("-due_at").first()
    goal = None if is_open else deadlines.running_of(case, DeadlineKind.GOAL)
    return Clocks(next(iter(rows), None), next(iter(ending), None), paused, run_out, goal)


def people_in_charge(case: Case) -> list[tuple[str, User]]:
    """Node and person of each open task that somebody has in hand, no person twice."""
    open_tasks: list[Task] = [task for task in flow_tasks.open_tasks(case) if task.owner_id is not None]
    people = User.objects.in_bulk([task.owner_id for task in open_tasks])
    found = {(flow_tasks.node_name(task), task.owner_id) for task in open_tasks}
    return [(node, people[owner]) for node, owner in sorted(found)]


# --- the forecast -------------------------------------------------------------------------------------------------
def finished_visits(case: Case, calendar: WorkCalendar) -> list[Visit]:
    """The last stay at each node of the newest cases of the same procedure that went their way to a good end."""
    procedure = procedure_of(case)
    good = [state for state, facts in procedure.subject.states.items() if facts.is_final and facts.tone == "ok"]
    rows = Case.objects.filter(procedure=case.procedure, state__in=good, closed_at__isnull=False).exclude(pk=case.pk)
    newest = rows.only("number", "closed_at").order_by("-closed_at", "-pk")[:MOST_FINISHED]
    ended = {chain_key(row): row.closed_at for row in newest if row.closed_at is not None}
    return [
        Visit(stay.node, _days(stay.since, stay.until or end, calendar), _days(stay.since, end, calendar))
        for chain, changes in changes_of(list(ended)).items()
        for end in [ended[chain]]
        for stay in {stay.node: stay for stay in stays(changes, procedure, end)}.values()
    ]


def _days(start: datetime, end: datetime, calendar: WorkCalendar) -> int:
    return max(calendar.left(_day(start), _day(end)), 0)


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def forecast_of(
    case: Case, subject: CaseSubject, *, entered: datetime, clocks: Clocks, calendar: WorkCalendar, at: datetime
) -> Forecast | None:
    """The finish of a running case; None before it is filed, after its end, and where no way leads to a good one."""
    procedure = procedure_of(case)
    state = str(subject.state)
    if case.closed_at is not None or state == procedure.first:
        return None
    way = way_to_the_end(procedure, subject, state)
    if not way:
        return None
    visits = finished_visits(case, calendar)
    running = clocks.ends_stage
    due = Day(_day(running.due_at), running.is_provisional) if running else None
    return forecast(
        _stages(case, subject, procedure, way, visits, at),
        visits,
        on=_day(at),
        entered=_day(entered),
        due=due,
        is_paused=clocks.paused is not None,
        calendar=calendar,
    )


def _stages(
    case: Case, subject: CaseSubject, procedure: Procedure, way: Sequence[Move], visits: Iterable[Visit], at: datetime
) -> list[Stage]:
    """The stage in which the case is, and those on its way, each node once."""
    stays_at: dict[str, list[int]] = {}
    for visit in visits:
        stays_at.setdefault(visit.node, []).append(visit.stay)
    limits: dict[str, Limit | None] = {procedure.node_of_state[str(subject.state)]: None}
    for move in way:
        node = procedure.node_of_state.get(move.target)
        if node is not None and node not in limits:
            limits[node] = _limit(case, subject, procedure, move, at)
    return [Stage(node, limit, quartiles(stays_at.get(node, []))) for node, limit in limits.items()]


def _limit(case: Case, subject: CaseSubject, procedure: Procedure, move: Move, at: datetime) -> Limit | None:
    """The clock that the verb starts for its new state, where its length is known before the act itself."""
    line, kind = move.verb, procedure.subject
    if line.starts is None:
        return None
    nobody = User(is_system=True)
    doing = Doing(line, nobody, at, {}, Act(case, line.code, nobody, at, line.who.code), case, kind, subject)
    fitting = [clock for clock in line.starts(doing) if move.target in kind.clocks[clock.kind]]
    known = [clock for clock in fitting if not callable(clock.days)]
    return Limit(known[0].length(doing), **known[0].counting) if known else None
