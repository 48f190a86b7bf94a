"""Who of an office has a case in hand: taken, given back, handed to another by a superior. The legal state stays.

Colleagues may still act on what somebody holds: holding a case says who answers for it, not who may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Task

from accreditation.acts import Act, Replayed, act, fingerprint
from accreditation.audit import chain_key
from accreditation.enums import Owner
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.models import AuditEvent, Body, Case, RoleGrant, User
from accreditation.permissions import has_power_at, persons_behind
from accreditation.recusals import people_asked_aside
from accreditation.roles import ROLES, Power
from workflows import flow_tasks
from workflows.levels import level_of_act, people_of_other_levels, reasons_of_other_levels
from workflows.parties import tied_people

EVERYWHERE = "*"  # place in the inbox key of the city's office


@dataclass(frozen=True, slots=True)
class DeskTask:
    """A task that waits at a desk: by which power, at which authority (None for the city's office)."""

    task: Task
    power: Power
    place: str | None

    @property
    def holder(self) -> User | None:
        """Who has it in hand."""
        person: User | None = self.task.owner
        return person

    @property
    def level(self) -> Owner | None:
        """The level that has the case now."""
        return level_of_act(self.power, "")

    def superior_place(self) -> str | None:
        """The authority whose superior decides: of a town the one to which it passes on."""
        if self.power is not Power.FORWARD:
            return self.place
        town = Body.objects.select_related("forwards_to").filter(district=self.place or "-").first()
        return town.forwards_to.district if town is not None and town.forwards_to is not None else self.place


def desk_task(case: Case) -> DeskTask | None:
    """The task of an office that waits in the case; None while it waits for others, or for several at once."""
    known = set(Power)
    for task in flow_tasks.open_tasks(case):
        power, _colon, place = (task.owner_permission or "").partition(":")
        if power in known:
            return DeskTask(task, Power(power), None if place == EVERYWHERE else place)
    return None


def may_hold(found: DeskTask, person: User, case: Case, at: datetime) -> bool:
    """Whether the task is for this person: the power at that authority, no tie, no act on another level.

    Nor has a party asked that the person step aside, as long as it waits for the answer.
    """
    return _holds_power(found, person, at) and not (persons_behind(person) & _barred(found, case))


def _may_give_back(found: DeskTask, person: User, case: Case, at: datetime) -> bool:
    """The same; but whom a party asks to step aside may leave the case to others."""
    return _holds_power(found, person, at) and not (persons_behind(person) & {*_barred_for_good(found, case)})


def _holds_power(found: DeskTask, person: User, at: datetime) -> bool:
    return has_power_at(person, found.power, found.place, at)


def may_assign(found: DeskTask, person: User, case: Case, at: datetime) -> bool:
    """Whether the person is the superior of those who hold it, without a tie and without an act on another level."""
    if not has_power_at(person, Power.SUPERVISE, found.superior_place(), at):
        return False
    return person.pk not in _barred(found, case)


def _barred(found: DeskTask, case: Case) -> set[int]:
    """Who has a tie to an enterprise of the case (回避), is asked to step aside, or acted in it on another level."""
    aside = tied_people(case).values_list("pk", flat=True).union(people_asked_aside(case))
    return {*aside, *people_of_other_levels(case, found.level)}


def _barred_for_good(found: DeskTask, case: Case) -> Iterable[int]:
    yield from tied_people(case).values_list("pk", flat=True)
    yield from people_of_other_levels(case, found.level)


def possible_holders(found: DeskTask, case: Case) -> list[User]:
    """Officers with a grant of that power at that authority who may hold it, but for the holder."""
    roles = [role for role, entry in ROLES.items() if found.power in entry.powers]
    rows = RoleGrant.objects.filter(role__in=roles, revoked_at__isnull=True, user__is_active=True)
    rows = rows.filter(district=found.place or "").exclude(user=found.task.owner_id)
    free = rows.exclude(user__in=_barred(found, case)).select_related("user")
    return sorted({row.user for row in free}, key=lambda one: one.pk)


def take(case: Case, *, by: User, at: datetime, request_key: str | None = None) -> None:
    """Take a case in hand that nobody holds. Raises Denied for others, AlreadyDone when somebody was faster."""

    def record(found: DeskTask, doing: Act) -> None:
        if found.holder is not None:
            raise _held(found.holder, case)
        flow_tasks.claim(found.task, by=by)

    _assign(case, "take", record, by, at, request_key, may_hold, "")


def release(case: Case, *, reason: str, by: User, at: datetime, request_key: str | None = None) -> None:
    """Give a case back to the office, with the reason. Raises Denied, AlreadyDone when it is not in one's hands."""
    _check_reason(reason)

    def record(found: DeskTask, doing: Act) -> None:
        if found.task.owner_id != by.pk:
            raise _held(found.holder, case)
        flow_tasks.vacate(found.task)
        doing.note(reason=reason.strip())

    _assign(case, "release", record, by, at, request_key, _may_give_back, reason)


def hand_over(
    case: Case, to: User, *, reason: str, seen: int | None, by: User, at: datetime, request_key: str | None = None
) -> None:
    """A superior hands a case to an officer; `seen` is who held it when the page was opened (None: nobody).

    Raises Denied for whoever is no superior there, AlreadyDone when another holds it by now, Refusal with reasons.
    """
    _check_reason(reason)

    def record(found: DeskTask, doing: Act) -> None:
        if found.task.owner_id != seen:
            raise _held(found.holder, case)
        if to not in possible_holders(found, case):
            raise Refusal([Reason("not_an_officer", _("只能转交给本机构有此职权且无须回避的人员。"), "to")])
        told = [person for person in (to, found.holder) if person is not None and person.pk != by.pk]
        flow_tasks.claim(found.task, by=to)
        doing.note(reason=reason.strip(), before=seen, to=to.pk, to_name=str(to))
        doing.tell(told, "case_handed_over", case_number=case.number, person=str(by), to=str(to))

    _assign(case, "hand_over", record, by, at, request_key, may_assign, f"{to.pk}|{seen}|{reason}")


def _assign(
    case: Case, verb: str, record: Callable[[DeskTask, Act], None], by: User, at: datetime, request_key: str | None,
    may: Callable[[DeskTask, User, Case, datetime], bool], said: str,
) -> None:  # fmt: skip
    found = desk_task(case)
    acting_as = found.power if found is not None and verb != "hand_over" else Power.SUPERVISE
    request = fingerprint(case.number, verb, said)
    try:
        with act(case, verb, by=by, at=at, acting_as=acting_as, request_key=request_key, request=request) as doing:
            found = desk_task(case)  # under the lock of the case
            if found is not None and verb == "take":
                _check_level(found, by, case)
            if found is None or not may(found, by, case, at):
                raise Denied([Reason("not_yours", _("该办件当前不由您的机构办理，或者您没有此项职权。"))])
            record(found, doing)
            doing.note(task=found.task.pk)
    except Replayed:
        return


def _check_level(found: DeskTask, by: User, case: Case) -> None:
    if found.level is not None and (reasons := [*reasons_of_other_levels(case, {by.pk}, found.level)]):
        raise Denied(reasons)


def held_since(case: Case) -> datetime | None:
    """When the case came into the hands that it is in; the engine's own rows do not keep it."""
    last = AuditEvent.objects.filter(chain=chain_key(case), verb__in=("take", "hand_over", "accept")).order_by("-seq")
    return last.values_list("at", flat=True).first()


def held_by(holder: User | None) -> Reason:
    """In whose hands a case is, where that is another's than was thought."""
    text = _("该办件现由%(who)s承办。") % {"who": holder} if holder else _("该办件现在无人承办。")
    return Reason("already_done", text)


def _held(holder: User | None, case: Case) -> AlreadyDone:
    since = held_since(case) if holder else None
    return AlreadyDone(held_by(holder), done_by=str(holder or ""), done_at=since)


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < 2:
        raise Refusal([Reason("no_reason", _("请填写理由。"), "reason")])
