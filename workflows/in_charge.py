"""The people behind an inbox key, and those above them: whom a reminder of a case reaches."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from viewflow.workflow.models import Task

from accreditation.enums import MemberState
from accreditation.models import Case, Member, User
from accreditation.reminders import ReminderAudience
from accreditation.roles import ROLES, Power
from workflows import flow_tasks
from workflows.ladders import ABOVE, ABOVE_LOCAL_EXPERTS, Above

APPLICANT = "applicant"
CITY = "*"


def people_reached(case: Case, audience: ReminderAudience) -> list[User]:
    """Everybody of an audience, each once; nobody who has to do with the enterprise as an official (回避)."""
    tasks = [task for task in flow_tasks.open_tasks(case) if task.flow_task_type == "HUMAN"]
    if audience is ReminderAudience.HOLDER:
        found = [person for task in tasks for person in _holders(task)]
    else:
        keys = sorted({key for task in tasks if (key := _key_above(case, task, audience))})
        found = [person for key in keys for person in people_of_key(key)]
    own = set(Member.objects.filter(enterprise=case.enterprise_id).values_list("user_id", flat=True))
    is_applicants = any((task.owner_permission or "").startswith(f"{APPLICANT}:") for task in tasks)
    reached = {person.pk: person for person in found if is_applicants or person.pk not in own}
    return list(reached.values())


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
    standing = active.filter(grants__role__in=roles, grants__revoked_at__isnull=True)
    return (standing.filter(grants__district=place) if is_bound else standing).distinct()


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
