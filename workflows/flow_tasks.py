"""The flow side of the door: open, finish and hand on the tasks of a case. No legal fact is read from here."""

from __future__ import annotations

from collections.abc import Iterable

from viewflow.workflow import STATUS, Activation
from viewflow.workflow.models import Task
from viewflow.workflow.nodes import Handle

from accreditation.models import Case, Seat, User
from workflows.flows.foundation import CaseProcedure
from workflows.models import CaseFlow

OPEN = (STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED)
SEAT_NODE = "expert_review"  # where each seat has a task of its own; at desks before it the panel has none


def begin(flow_class: type[CaseProcedure], case: Case, start: str = "start") -> CaseFlow:
    """Start the flow of a case at its start node, or at `rebuild` to open what the legal state asks for."""
    activation = flow_class.instance.node(start).activation_class.create(flow_class.instance.node(start), None, None)
    activation.process.case = case
    activation.execute()
    opened: CaseFlow = CaseFlow.objects.get(case=case)
    return opened


def begin_again(flow_class: type[CaseProcedure], case: Case) -> CaseFlow:
    """Open what the legal state asks for in a case whose flow had come to its end."""
    CaseFlow.objects.filter(case=case).delete()
    return begin(flow_class, case, start="rebuild")


def open_tasks(case: Case, nodes: Iterable[str] = ()) -> list[Task]:
    """Tasks of people, clocks and machines that wait, at the named nodes or anywhere; oldest first."""
    tasks = Task.objects.filter(process__caseflow__case=case, status__in=OPEN, flow_task_type__in=["HUMAN", "FUNCTION"])
    return at_nodes(nodes, tasks.order_by("pk"))


def finished_task(case: Case, nodes: Iterable[str], person: User) -> Task | None:
    """The last task at these nodes that this person has already done."""
    done = Task.objects.filter(process__caseflow__case=case, owner=person, status=STATUS.DONE)
    return next(iter(at_nodes(nodes, done.order_by("-pk"))), None)


def at_nodes(nodes: Iterable[str], tasks: Iterable[Task]) -> list[Task]:
    """Those at the named nodes, or all; a case has few, and to name the nodes in SQL its flow would have to be read."""
    wanted = frozenset(nodes)
    return [task for task in tasks if not wanted or node_name(task) in wanted]


def node_name(task: Task) -> str:
    """Name of the node that the task belongs to."""
    return str(task.flow_task.name)


def finish(task: Task, *, by: User) -> None:
    """Complete a task under the flow's lock; the flow opens whatever comes next."""
    with task.activation() as activation:
        if isinstance(activation.flow_task, Handle):
            activation.run(None)
        else:
            _take(activation, by)
            activation.start(None)
        activation.execute()


def _take(activation: Activation, by: User) -> None:
    if activation.task.owner_id is None:
        activation.assign(by)
    elif activation.task.owner_id != by.pk:
        activation.reassign(by)


def claim(task: Task, *, by: User) -> None:
    """Mark the task as in the hands of a person; colleagues may still act on it."""
    with task.activation() as activation:
        _take(activation, by)


def vacate(task: Task) -> None:
    """The task goes on in nobody's hands."""
    with task.activation() as activation:
        activation.unassign()


def vacate_seat(case: Case, seat: Seat) -> None:
    """A recused expert's task waits for the successor and is in nobody's inbox; before the seats open there is none."""
    task = task_of_seat(case, seat)
    if task is not None:
        vacate(task)


def hand_to_office(task: Task) -> None:
    """The last seat's task goes on as the office's, whose answer about a sealed sheet is awaited."""
    task.data = {}
    with task.activation() as activation:
        activation.task.data = {}
        activation.unassign()
        activation.task.owner_permission = activation.flow_task.calc_owner_permission(activation)
        activation.task.save()


def hand_over_seat(case: Case, vacant: Seat, seat: Seat) -> None:
    """The task of a place goes on with the new seat and its expert; before the seats open there is none."""
    task = task_of_seat(case, vacant)
    if task is not None:
        with task.activation() as activation:
            activation.task.data = {"seat": seat.pk}
            activation.assign(seat.expert)


def task_of_seat(case: Case, seat: Seat) -> Task | None:
    """The open task of a seat; None before the seats open."""
    return next((task for task in open_tasks(case, [SEAT_NODE]) if task.data.get("seat") == seat.pk), None)


def before_the_seats(tasks: Iterable[Task]) -> Task | None:
    """Of these the desk at which the panel has no tasks of its own yet; its experts act there by their seats."""
    return next((task for task in tasks if node_name(task) != SEAT_NODE), None)
