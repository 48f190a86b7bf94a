"""Legal state, open tasks and clocks must agree; a lost flow is opened again from the legal state alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accreditation.clocks import OWN_GOALS, DeadlineKind, DeadlineState
from accreditation.enums import SeatState
from accreditation.models import Application, AuditEvent, Case, Deadline, Panel, Reconsideration
from accreditation.reconsideration_words import SETTLED, UNDOING, ReconsiderationState
from accreditation.services.outside_titles import BRING_BACK
from accreditation.services.reconsiderations import END_WRONG_ENTRY, LOST, losses
from workflows import flow_tasks
from workflows.calendar import current_calendar
from workflows.deadlines import begin_goal, due_of, open_clocks
from workflows.goals import goal_of, limits_stage
from workflows.holding import restore_holder
from workflows.models import CaseFlow
from workflows.procedures import PROCEDURES, procedure_of
from workflows.workdays import WorkCalendar


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A case whose rows contradict each other, and how."""

    case_number: str
    what: str


def check_all() -> Iterator[Disagreement]:
    """Every disagreement of every case."""
    for kind in {procedure.subject.model: procedure.subject for procedure in PROCEDURES.values()}.values():
        for row in kind.model._default_manager.exclude(case__state=F("state")).select_related("case"):
            text = f"case row says {row.case.state}, {kind.model._meta.model_name} says {row.state}"
            yield Disagreement(row.case.number, text)
    calendar = current_calendar()
    for case in Case.objects.order_by("pk").iterator():
        yield from check_case(case, calendar)
    yield from check_titles()


def _was_never_lost(event: AuditEvent) -> bool:
    """Whether only the correction of a list had ended the title that came back, and was the error."""
    ended = (
        AuditEvent.objects.filter(chain=event.chain, verb=END_WRONG_ENTRY, seq__lt=event.seq).order_by("-seq").first()
    )
    if event.verb != BRING_BACK or ended is None or ended.state_before in LOST:
        return False
    return not losses(event.chain).filter(seq__gt=ended.seq, seq__lt=event.seq).exists()


def check_titles() -> Iterator[Disagreement]:
    """A title that was revoked or cancelled came back only by what undid the act or stays it, or as never lost."""
    moved = AuditEvent.objects.filter(chain__startswith="title:", state_before__in=LOST).exclude(state_after__in=LOST)
    for event in moved.order_by("chain", "seq"):
        undone = Q(state__in=[*SETTLED, ReconsiderationState.REPLACED], outcome__in=UNDOING) | ~Q(stayed_effect="")
        decided = Reconsideration.objects.filter(undone, case__number=event.content.get("reconsideration", ""))
        rests = event.verb in ("restore", BRING_BACK) and decided.exists()
        if not rests and not _was_never_lost(event):
            yield Disagreement(event.chain, f"{event.state_before} to {event.state_after} by {event.verb}, no decision")


def check_case(case: Case, calendar: WorkCalendar | None = None) -> Iterator[Disagreement]:
    """Disagreements of one case: open tasks against state, seats against tasks, clocks against state and events."""
    kind = procedure_of(case).subject
    state = str(kind.of(case).state)
    wanted = expected_tasks(case)
    found = sorted(flow_tasks.node_name(task) for task in flow_tasks.open_tasks(case))
    if found != wanted:
        yield Disagreement(case.number, f"in {state} with open tasks {found}, expected {wanted}")
    yield from _check_goal(case, state)
    for clock in Deadline.objects.filter(case=case, state=DeadlineState.RUNNING):
        if clock.kind not in OWN_GOALS and state not in kind.clocks[clock.kind]:
            yield Disagreement(case.number, f"clock {clock.kind} runs in {state}")
        due = due_of(clock, calendar or current_calendar())
        if (due.at, due.is_provisional) != (clock.due_at, clock.is_provisional):
            text = f"clock {clock.kind} is due {clock.due_at.isoformat()}, by its events {due.at.isoformat()}"
            yield Disagreement(case.number, text)
    if kind.facts(state).ends_case and case.closed_at is None:
        yield Disagreement(case.number, f"{state} but not closed")


def _check_goal(case: Case, state: str) -> Iterator[Disagreement]:
    """A goal runs exactly where the state has one and no limit of the stage is open."""
    clocks = open_clocks(case)
    goals = [clock for clock in clocks if clock.kind == DeadlineKind.GOAL]
    is_limited = any(map(limits_stage, clocks))
    is_wanted = case.closed_at is None and not is_limited and bool(goal_of(case.procedure, state, case.batch))
    if is_wanted != bool(goals):
        yield Disagreement(case.number, f"in {state} " + ("without its goal" if is_wanted else "with a goal"))


def expected_tasks(case: Case) -> list[str]:
    """Names of the nodes whose tasks must be open, one per open seat of a panel, or the office's."""
    if case.closed_at is not None:
        return []
    procedure = procedure_of(case)
    subject = procedure.subject.of(case)
    node = procedure.node_of_state.get(str(subject.state))
    if node is None:
        return []
    if node != "expert_review":
        return [node]
    assert isinstance(subject, Application)
    panel = Panel.objects.get(application=subject)
    awaited = panel.size - panel.seats.filter(state=SeatState.SUBMITTED).count()
    return [node] * (awaited or 1)  # the office's, where only its answer about a sealed sheet is awaited


@transaction.atomic
def rebuild_flow(case: Case, at: datetime | None = None) -> CaseFlow | None:
    """Throw the flow rows of a case away and open what its legal state asks for, its goal too; None when it is closed.

    Whoever had it in hand at this desk has it again, if the person may still hold it at `at` (now, unless told).
    """
    locked = Case.objects.select_for_update().get(pk=case.pk)
    CaseFlow.objects.filter(case=locked).delete()
    if locked.closed_at is not None:
        return None
    flow = flow_tasks.begin(procedure_of(locked).flow, locked, start="rebuild")
    restore_holder(locked, at or timezone.now())
    begin_goal(locked, at=at or timezone.now())
    return flow
