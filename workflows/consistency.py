"""Legal state, open tasks and clocks must agree; a lost flow is opened again from the legal state alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from accreditation.enums import APPLICATION_STATES, ApplicationState, DeadlineState, SeatState
from accreditation.models import Application, Case, Deadline, Panel
from workflows import flow_tasks
from workflows.deadlines import RUNS_IN
from workflows.models import CaseFlow
from workflows.procedures import procedure_of


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A case whose rows contradict each other, and how."""

    case_number: str
    what: str


def check_all() -> Iterator[Disagreement]:
    """Every disagreement of every case."""
    for application in Application.objects.exclude(case__state=F("state")).select_related("case"):
        text = f"case row says {application.case.state}, application says {application.state}"
        yield Disagreement(application.case.number, text)
    for case in Case.objects.select_related("application").order_by("pk").iterator():
        yield from check_case(case)


def check_case(case: Case) -> Iterator[Disagreement]:
    """Disagreements of one case: open tasks against state, seats against tasks, clocks against state."""
    state = ApplicationState(case.application.state)
    wanted = expected_tasks(case)
    found = sorted(flow_tasks.node_name(task) for task in flow_tasks.open_tasks(case))
    if found != wanted:
        yield Disagreement(case.number, f"in {state} with open tasks {found}, expected {wanted}")
    for clock in Deadline.objects.filter(case=case, state=DeadlineState.RUNNING):
        if state not in RUNS_IN[clock.kind]:  # type: ignore[index]  # a TextChoices value compares as text
            yield Disagreement(case.number, f"clock {clock.kind} runs in {state}")
    if APPLICATION_STATES[state].is_final and case.closed_at is None and state != ApplicationState.RECOGNISED:
        yield Disagreement(case.number, f"{state} but not closed")


def expected_tasks(case: Case) -> list[str]:
    """Names of the nodes whose tasks must be open, one per open seat of a panel."""
    if case.closed_at is not None:
        return []
    node = procedure_of(case).node_of_state.get(ApplicationState(case.application.state))
    if node is None:
        return []
    if node != "expert_review":
        return [node]
    panel = Panel.objects.get(application=case.application)
    return [node] * (panel.size - panel.seats.filter(state=SeatState.SUBMITTED).count())


@transaction.atomic
def rebuild_flow(case: Case) -> CaseFlow | None:
    """Throw the flow rows of a case away and open what its legal state asks for; None when it is closed."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    CaseFlow.objects.filter(case=locked).delete()
    if locked.closed_at is not None:
        return None
    return flow_tasks.begin(procedure_of(locked).flow, locked, start="rebuild")
