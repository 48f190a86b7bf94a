"""Our nodes: a desk where people act, a wait for the clock or the machine, and the seats of a panel in parallel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from viewflow.workflow import Activation, flow
from viewflow.workflow.nodes.split import Split, SplitActivation

from accreditation.enums import SeatState
from accreditation.models import Panel, Seat, User
from accreditation.services.panels import vacant_seats


class Desk(flow.View):
    """A task for people. `inbox` names the key under which it appears in their lists."""

    def __init__(self, inbox: Callable[[Any], str]) -> None:
        super().__init__(None)
        self.Permission(lambda activation: inbox(activation.process.case))


class Wait(flow.Handle):
    """A task that the clock or another process finishes through the door."""


class SeatDesk(flow.View):
    """One expert's task; it stays with the seat when the person is replaced.

    Without a seat it waits for the office under the key of `inbox`: all sheets are in, and one may be set aside.
    """

    def __init__(self, inbox: Callable[[Any], str]) -> None:
        super().__init__(None)
        self.Assign(seat_holder)
        self.Permission(lambda activation: "" if activation.task.data else inbox(activation.process.case))


def seat_holder(activation: Activation) -> User | None:
    """The expert of the seat that the task belongs to; nobody while a recused one is not replaced."""
    if not activation.task.data:
        return None
    seat = Seat.objects.select_related("expert").get(pk=activation.task.data["seat"])
    return None if seat.state == SeatState.RECUSED else seat.expert


class SeatsActivation(SplitActivation):
    """Opens one task per seat that still has to be handed in, or the office's where only its answer is awaited."""

    @Activation.status.super()
    def activate(self) -> None:
        """The branches are the rows of the panel."""
        (node, _condition, _source) = self.flow_task._branches[0]
        panel = Panel.objects.get(application__case=self.process.case)
        sitting = panel.seats.exclude(state__in=[SeatState.SUBMITTED, SeatState.RECUSED])
        seats = sorted([*sitting, *vacant_seats(panel)], key=lambda seat: seat.place)
        self.next_tasks = [(node, {"seat": seat.pk}) for seat in seats] or [(node, {})]


class Seats(Split):
    """Parallel tasks, as many as the panel has open seats (the open engine has no dynamic split)."""

    activation_class = SeatsActivation
