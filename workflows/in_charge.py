"""The people behind an inbox key, and those above them: whom a reminder of a case reaches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from viewflow.workflow.models import Task

from accreditation.clocks import DeadlineKind
from accreditation.enums import MemberState
from accreditation.models import Case, Member, User
from accreditation.reminders import ReminderAudience
from accreditation.roles import ROLES, Power
from accreditation.services.figure_checks import last_check
from workflows import flow_tasks
from workflows.ladders import ABOVE, ABOVE_LOCAL_EXPERTS, Above

APPLICANT = "applicant"
CITY = "*"


def key_beside(case: Case, kind: str) -> str:
    """Inbox key of whoever a clock runs for that belongs to no task of the flow; empty for all others."""
    if kind == DeadlineKind.FIGURE_ANSWER:
        return f"{APPLICANT}:{case.enterprise_id}"
    if kind == DeadlineKind.FIGURE_CHECK and (check := last_check(case.application)) is not None:
        return f"{Power.VERIFY_FIGURES}:{check.body.district}"
    return ""


def people_reached(case: Case, audience: ReminderAudience, beside: str = "") -> list[User]:
    """Everybody of an audience, each once; nobody who has to do with the enterprise as an official (回避).

    `beside` is the inbox key of a clock that belongs to no task; without it the open tasks tell.
    """
    if beside:
        return _reached_beside(case, audience, beside)
    tasks = [task for task in flow_tasks.open_tasks(case) if task.flow_task_type == "HUMAN"]
    if audience is ReminderAudience.HOLDER:
        found = [person for task in tasks for person in _holders(task)]
    else:
        keys = sorted({key for task in tasks if (key := _key_above(case, task, audience))})
        found = [person for key in keys for person in people_of_key(key)]
    own = _connected(case)
    is_applicants = any((task.owner_permission or "").startswith(f"{APPLICANT}:") for task in tasks)
    reached = {person.pk: person for person in found if is_applicants or person.pk not in own}
    return list(reached.values())


def _connected(case: Case) -> set[int]:
    """Who acts, acted or asked to act for the enterprise."""
    return set(Member.objects.filter(enterprise=case.enterprise_id).values_list("user_id", flat=True))


def _reached_beside(case: Case, audience: ReminderAudience, key: str) -> list[User]:
    """The holders of the key, or those above its power in the municipal office."""
    word = key.partition(":")[0]
    if audience is ReminderAudience.HOLDER:
        people = people_of_key(key)
        return list(people if word == APPLICANT else people.exclude(pk__in=_connected(case)))
    above = ABOVE.get(Power(word)) if word in set(Power) else None
    if above is None:
        return []
    power = above.superior if audience is ReminderAudience.SUPERIOR else above.head
    return list(people_of_key(f"{power}:{CITY}").exclude(pk__in=_connected(case)))


def _holders(task: Task) -> Iterable[User]:
    """Who has the task in hand; where nobody has taken it up, everybody who may."""
    if task.owner_id is not None:
        return User.objects.filter(pk=task.owner_id, is_active=True)
    return people_of_key(task.owner_permission or "")


def people_of_key(key: str) -> QuerySet[User]:
    """Everybody in whose inbox tasks under this key appear: the reverse of `worklists.inbox_keys`."""
    word, _colon, place = key.partition(":")
    active = User.objects.filter(is_active=True).order_by("pk")
    if word == APPLICANT and place.isdecimal():
        return active.filter(memberships__enterprise_id=int(place), memberships__state=MemberState.ACTIVE).distinct()
    if word not in set(Power) or not place:
        return active.none()
    is_bound = place != CITY
    roles = [role for role, entry in ROLES.items() if Power(word) in entry.powers and entry.by_district == is_bound]
    asked: dict[str, Any] = {"grants__role__in": roles, "grants__revoked_at__isnull": True}
    if is_bound:
        asked["grants__district"] = place
    return active.filter(**asked).distinct()  # in one call: all of the same grant


def _key_above(case: Case, task: Task, audience: ReminderAudience) -> str:
    """Inbox key of those above whoever has the task; empty where nobody stands above, as above an applicant."""
    above = _above(case, task)
    if above is None:
        return ""
    is_superior = audience is ReminderAudience.SUPERIOR
    power, is_here = (above.superior, above.superior_here) if is_superior else (above.head, above.head_here)
    return f"{power}:{case.district if is_here else CITY}"


def _above(case: Case, task: Task) -> Above | None:
    word, _colon, place = (task.owner_permission or "").partition(":")
    is_local = case.batch is not None and case.batch.authority_id is not None
    if not word:  # a seat of a panel
        return ABOVE_LOCAL_EXPERTS if is_local else ABOVE[Power.REVIEW_AS_EXPERT]
    if word == Power.REVIEW_FIRST and is_local and place == case.district:
        return ABOVE[Power.RUN_LOCALLY]
    return ABOVE.get(Power(word)) if word in set(Power) else None
