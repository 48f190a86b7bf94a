"""Who has a case in hand by its trail alone: what the engine's rows forget when they are opened again."""

from __future__ import annotations

from datetime import datetime

from accreditation.audit import chain_key
from accreditation.models import AuditEvent, Case, User
from accreditation.permissions import has_power_at, in_own_name
from accreditation.roles import Power
from workflows import flow_tasks
from workflows.parties import tied_people
from workflows.procedures import procedure_of

TAKEN = ("accept", "take")
EVERYWHERE = "*"


def holder_by_trail(case: Case) -> User | None:
    """Who accepted, took or was handed the case at the desk where it is now; None where it was given back since."""
    nodes = procedure_of(case).node_of_state
    here = nodes.get(case.state)
    for event in AuditEvent.objects.filter(chain=chain_key(case)).order_by("-seq").iterator():
        if event.state_after and nodes.get(event.state_after) != here:
            return None
        if event.verb in TAKEN:
            return User.objects.filter(pk=event.by_id).first()
        if event.verb == "hand_over":
            return User.objects.filter(pk=event.content["to"]).first()
        if event.verb == "release" or (event.state_before and nodes.get(event.state_before) != here):
            return None
    return None


def restore_holder(case: Case, at: datetime) -> None:
    """Put the case back into those hands, where the person may still hold it."""
    tasks = [task for task in flow_tasks.open_tasks(case) if task.owner_id is None and task.owner_permission]
    person = holder_by_trail(case)
    if person is None or len(tasks) != 1:
        return
    power, _colon, place = str(tasks[0].owner_permission).partition(":")
    if power not in set(Power) or tied_people(case).filter(pk=person.pk).exists():
        return
    if has_power_at(person, Power(power), None if place == EVERYWHERE else place, at):
        flow_tasks.claim(tasks[0], by=person)
    in_own_name(person)
