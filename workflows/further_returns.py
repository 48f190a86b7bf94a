"""A return beyond the first of a level: an officer asks, a superior answers in writing, and only then it is made.

Neither act moves the case: the return itself is the verb of the table, which finds the superior's consent unspent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, Replayed, act, fingerprint
from accreditation.errors import AlreadyDone, Denied, NotFound, Reason, Refusal
from accreditation.models import Application, Case, RoleGrant, User
from accreditation.permissions import persons_behind
from accreditation.recusals import people_asked_aside
from accreditation.roles import ROLES, Power
from accreditation.services import further_returns as kept
from accreditation.services.further_returns import RETURNS_OF_MATTERS, Returned
from workflows import door
from workflows.assignments import DeskTask, desk_task, may_assign, may_hold
from workflows.guards import faults_of_points
from workflows.matter_returns import faults_of_fields, owner_at
from workflows.parties import tied_people
from workflows.procedures import procedure_of

RETURN = "return_for_correction"
LEAST_WORDS = 5


def ask(
    case: Case,
    *,
    points: Iterable[Mapping[str, Any]],
    remark: str,
    reason: str,
    by: User,
    at: datetime,
    request_key: str | None = None,
) -> None:
    """Ask a superior for one more return with these points. Raises Denied, AlreadyDone, Refusal with all reasons."""
    named = list(points)
    power = _power_at(case)
    request = fingerprint(case.number, "ask", named, remark, reason)
    try:
        with act(
            case, "ask_further_return", by=by, at=at, acting_as=power, request_key=request_key, request=request
        ) as doing:
            found, of = _waiting_at(case)
            returns = {line.code for line in door.possible_verbs(case, by=by, at=at)}
            if found is None or return_verb(case) not in returns or not may_hold(found, by, case, at):
                raise Denied([Reason("not_yours", _("该办件当前不能由您退回补正。"))])
            if reasons := [*_faults(of, named, reason)]:
                raise Refusal(reasons)
            _keep(doing, _others(superiors(found, case), by), of, named, remark, reason.strip())
    except Replayed:
        return


def return_verb(case: Case) -> str:
    """The verb by which a case of this procedure is returned for correction; empty where there is none."""
    return next((code for code in (RETURN, *RETURNS_OF_MATTERS) if code in procedure_of(case).verbs), "")


def _faults(of: Returned, points: list[Mapping[str, Any]], reason: str) -> Iterable[Reason]:
    owner = owner_at(of)
    if kept.returns_left(of, owner):
        yield Reason("returns_left", _("本级尚可直接退回补正，无须提请负责人同意。"))
    if kept.waiting(of, owner) or kept.allowed(of, owner):
        yield Reason("asked_already", _("本件已提请再次退回，请按负责人的答复办理。"))
    if isinstance(of, Application):
        yield from faults_of_points(points)
    else:
        yield from faults_of_fields(of, procedure_of(of).subject.of(of), points)
    yield from _wordless(reason)


def _wordless(reason: str) -> Iterable[Reason]:
    if len(reason.strip()) < LEAST_WORDS:
        yield Reason("text_needed", _("请写明理由，不少于 %(n)d 个字。") % {"n": LEAST_WORDS}, "reason")


def _others(people: Iterable[User], by: User) -> list[User]:
    """Superiors but for the asker and whoever's power the asker has on loan. Raises Refusal where there is nobody."""
    behind = persons_behind(by)
    others = [person for person in people if person.pk not in behind]
    if not others:
        text = _("本机构没有可以答复的其他负责人，请先由安全管理员授予负责人角色。")
        raise Refusal([Reason("no_superior", text)])
    return others


def _keep(
    doing: Act, told: list[User], of: Returned, points: list[Mapping[str, Any]], remark: str, reason: str
) -> None:
    lender = doing.by.stands_in_for
    row = kept.ask(
        of,
        owner=owner_at(of),
        points=points,
        remark=remark,
        reason=reason,
        by=doing.by,
        lent_by=lender.person if lender else None,
        at=doing.at,
    )
    doing.note(reason=reason, points=len(points), further_return=row.pk)
    doing.tell(told, "further_return_asked", case_number=row.case.number, person=str(doing.by))


def answer(
    case: Case,
    pk: int,
    *,
    is_allowed: bool,
    reason: str,
    by: User,
    at: datetime,
    request_key: str | None = None,
) -> None:
    """A superior allows or refuses the request of that number, in writing.

    Raises Denied for whoever is no superior there, AlreadyDone when it was answered or has lapsed, Refusal with reasons
    (the asker does not answer the own request).
    """
    verb = "allow_further_return" if is_allowed else "refuse_further_return"
    request = fingerprint(case.number, verb, pk, reason)
    try:
        with act(
            case, verb, by=by, at=at, acting_as=Power.SUPERVISE, request_key=request_key, request=request
        ) as doing:
            found, of = _waiting_at(case)
            if found is None or not may_assign(found, by, case, at):
                raise Denied([Reason("not_yours", _("只有本机构负责人可以答复再次退回的提请。"))])
            row = kept.waiting(of, owner_at(of))
            if row is None or row.pk != pk:
                raise _answered(of, pk)
            reasons = [*_wordless(reason)]
            if persons_behind(by) & {row.asked_by_id, row.asked_for_id}:
                reasons.append(Reason("same_person", _("再次退回须由提请人以外的负责人答复。")))
            if reasons:
                raise Refusal(reasons)
            kept.answer(row, is_allowed=is_allowed, reason=reason.strip(), by=by, at=at)
            doing.note(reason=reason.strip(), asked_by=str(row.asked_by), further_return=row.pk)
            told = "further_return_allowed" if is_allowed else "further_return_refused"
            doing.tell(row.asked_by, told, case_number=case.number, person=str(by), reason=reason.strip())
    except Replayed:
        return


def _answered(of: Returned, pk: int) -> AlreadyDone:
    """Who answered it and when; nobody where it has lapsed."""
    reason = Reason("already_done", _("该提请已经答复，或者办件已进入其他环节。"))
    row = of.further_returns.select_related("answered_by").filter(pk=pk).first()
    if row is None or row.answered_by is None:
        return AlreadyDone(reason, done_by="", done_at=None)
    return AlreadyDone(reason, done_by=str(row.answered_by), done_at=row.answered_at)


def superiors(found: DeskTask, case: Case) -> list[User]:
    """Everybody who may answer, without a tie to an enterprise of the case and not asked to step aside."""
    roles = [role for role, entry in ROLES.items() if Power.SUPERVISE in entry.powers]
    rows = RoleGrant.objects.filter(role__in=roles, revoked_at__isnull=True, user__is_active=True)
    rows = rows.filter(district=found.superior_place() or "").select_related("user")
    free = rows.exclude(user__in=tied_people(case).values("pk")).exclude(user__in=people_asked_aside(case))
    return sorted({row.user for row in free}, key=lambda one: one.pk)


def _waiting_at(case: Case) -> tuple[DeskTask | None, Returned]:
    """The task of an office that waits in the case, and the fresh row to return; under the lock of the case."""
    if not return_verb(case):
        raise NotFound(case.number)
    application = Application.objects.select_related("batch", "case").filter(case=case).first()
    return desk_task(case), application or Case.objects.get(pk=case.pk)


def _power_at(case: Case) -> str:
    found = desk_task(case)
    return found.power if found is not None else ""
