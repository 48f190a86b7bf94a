"""The people behind an inbox key, and those above them: whom a reminder of a case reaches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import QuerySet
from viewflow.workflow.models import Task

from accreditation.clocks import DeadlineKind
from accreditation.enums import MemberState
from accreditation.holdings import stand_ins, who_hold
from accreditation.models import Case, User
from accreditation.reminders import ReminderAudience
from accreditation.roles import Power, Role
from accreditation.selectors.people import holders_of
from accreditation.services.figure_checks import last_check
from workflows import flow_tasks
from workflows.ladders import ABOVE, ABOVE_LOCAL_EXPERTS, Above
from workflows.parties import tied_people
from workflows.recusal_answerers import answerers, is_stuck
from workflows.superiors import hierarchy

APPLICANT = "applicant"
CITY = "*"
OF_REQUESTS = "recusal_answer"  # stands for whoever has a party's request for a recusal to answer


def key_beside(case: Case, kind: str) -> str:
    """Inbox key of whoever a clock runs for that belongs to no task of the flow; empty for all others."""
    if kind in (DeadlineKind.FIGURE_ANSWER, DeadlineKind.OBJECTION_STATEMENT):
        return f"{APPLICANT}:{case.enterprise_id}"
    if kind == DeadlineKind.FIGURE_CHECK and (check := last_check(case.application)) is not None:
        return f"{Power.VERIFY_FIGURES}:{check.body.district}"
    return OF_REQUESTS if kind == DeadlineKind.RECUSAL_ANSWER else ""


def people_reached(case: Case, audience: ReminderAudience, at: datetime, beside: str = "") -> list[User]:
    """Everybody of an audience, each once; nobody who has to do with the enterprise as an official (回避).

    `beside` is the inbox key of a clock that belongs to no task; without it the open tasks tell.
    """
    tasks = [task for task in flow_tasks.open_tasks(case) if task.flow_task_type == "HUMAN"]
    keys = [beside] if beside else [task.owner_permission or "" for task in tasks]
    if audience is not ReminderAudience.HOLDER:
        owners = set() if beside else {task.owner_id for task in tasks}
        found = [person for key in dict.fromkeys(keys) for person in _above(case, key, audience, owners, at)]
    elif beside == OF_REQUESTS:
        found = [*_who_answer(case)]
    elif beside:
        found = list(people_of_key(beside, at))
    else:
        found = [person for task in tasks for person in _holders(task, at)]
    own = _connected(case)
    is_applicants = any(key.startswith(f"{APPLICANT}:") for key in keys)
    reached = {person.pk: person for person in found if is_applicants or person.pk not in own}
    return list(reached.values())


def _who_answer(case: Case) -> Iterator[User]:
    """Also who can give the office a second head, where by now nobody can end a request any more."""
    line = hierarchy()
    for row in case.recusal_requests.filter(answer=""):
        found = answerers(row, line)
        yield from found
        if is_stuck(row, found, line):
            yield from holders_of([Role.SECURITY_OFFICER])


def _connected(case: Case) -> set[int]:
    """Who acts, acted or asked to act for the enterprise, or for one to which a change passes titles."""
    return set(tied_people(case).values_list("pk", flat=True))


def _holders(task: Task, at: datetime) -> Iterable[User]:
    """Who has the task in hand and who stands in for that person; where nobody has taken it up, everybody who may."""
    key = task.owner_permission or ""
    if task.owner_id is None:
        return people_of_key(key, at)
    found = list(User.objects.filter(pk=task.owner_id, is_active=True))
    word, _colon, place = key.partition(":")
    if found and word in set(Power):
        found += stand_ins(found[0], Power(word), None if place == CITY else place, at)
    return found


def people_of_key(key: str, at: datetime) -> QuerySet[User]:
    """Everybody in whose inbox tasks under this key appear: the reverse of `worklists.inbox_keys`."""
    word, _colon, place = key.partition(":")
    active = User.objects.filter(is_active=True).order_by("pk")
    if word == APPLICANT and place.isdecimal():
        return active.filter(memberships__enterprise_id=int(place), memberships__state=MemberState.ACTIVE).distinct()
    if word not in set(Power) or not place:
        return active.none()
    return who_hold(Power(word), None if place == CITY else place, at)


def _above(case: Case, key: str, audience: ReminderAudience, owners: set[int | None], at: datetime) -> Iterable[User]:
    """Those above whoever a key belongs to: the first level that has anybody, or as the head every level after it."""
    untold = owners | _connected(case)
    levels = [
        people
        for level in _levels_above(case, key)
        if (people := [person for person in people_of_key(level, at) if person.pk not in untold])
    ]
    if audience is ReminderAudience.SUPERIOR:
        return levels[0] if levels else []
    return [person for people in levels[1:] or levels for person in people]


def _levels_above(case: Case, key: str) -> list[str]:
    """Inbox keys above a key, nearest first; none above an applicant."""
    above, place = _line_above(case, key), key.partition(":")[2]
    if above is None:
        return []
    supervisors = [f"{Power.SUPERVISE}:{CITY if place == CITY else case.district}"] if above.has_supervisor else []
    return [
        *supervisors,
        f"{above.superior}:{case.district if above.superior_here else CITY}",
        f"{above.head}:{case.district if above.head_here else CITY}",
    ]


def _line_above(case: Case, key: str) -> Above | None:
    word, _colon, place = key.partition(":")
    is_local = case.batch is not None and case.batch.authority_id is not None
    if not word:  # a seat of a panel
        return ABOVE_LOCAL_EXPERTS if is_local else ABOVE[Power.REVIEW_AS_EXPERT]
    if word == Power.REVIEW_FIRST and is_local and place == case.district:
        return ABOVE[Power.RUN_LOCALLY]
    return ABOVE.get(Power(word)) if word in set(Power) else None
