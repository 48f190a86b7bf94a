"""Running cases go over to another edition of their procedure, as one person proposed and another confirmed.

Each case is one act in one transaction: edition, legal state where the mapping names another, clocks, open tasks,
audit entry. Clocks of a state that stays are kept with start and pauses, and are due as the calendar says now; where
the state changes its clocks are called off and those that the mapping names start on that day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.audit import chain_key
from accreditation.clocks import DeadlineKind
from accreditation.enums import MemberState
from accreditation.errors import AlreadyDone, Denied, NotFound, Reason, Refusal
from accreditation.models import Application, AuditEvent, Case, Deadline, EditionChange, User
from accreditation.models.editions import EditionChangeState
from accreditation.roles import Power
from accreditation.selectors.people import acting_role
from accreditation.services.figure_checks import open_check
from accreditation.services.reopenings import waiting
from workflows import deadlines
from workflows.calendar import current_calendar
from workflows.consistency import check_case, rebuild_flow
from workflows.edition_mapping import EditionMapping, Goal, read_mapping
from workflows.procedures import PROCEDURES, Procedure, procedure_of
from workflows.subjects import Subject

LEDGER = "editions"
VERB = "change_edition"
REHEARSAL = "dry_run"  # office of an act that is taken back
SETTLES_FIGURES = "decide_figure"
RETURNS = "return_to_committee"
KEPT_AT_ONCE = 25  # cases after which the report is stored


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What became of one case: state before and after, or the reasons why it stays where it is."""

    case: str
    before: str
    after: str = ""
    reasons: list[str] = field(default_factory=list)


def running_cases(edition: str, numbers: Collection[str] = ()) -> Iterator[Case]:
    """Cases under an edition that are not closed, the oldest first; those of these numbers where any are named."""
    rows = Case.objects.filter(procedure=edition, closed_at__isnull=True).select_related("batch")
    if numbers:
        rows = rows.filter(number__in=numbers)
    yield from rows.order_by("pk")


# --- Dry run ----------------------------------------------------------------------------------------------------
def rehearse(mapping: EditionMapping, *, by: User, at: datetime, numbers: Collection[str] = ()) -> list[CaseOutcome]:
    """What the change would do now; every case is tried and taken back."""
    found = []
    for case in list(running_cases(mapping.before, numbers)):
        with transaction.atomic():
            found.append(_outcome(case, case.state, mapping, "", by=by, at=at, acting_as=REHEARSAL))
            transaction.set_rollback(True)
    return found


# --- Carrying out -----------------------------------------------------------------------------------------------
def carry_on(number: str, *, at: datetime, most: int | None = None) -> EditionChange:
    """Do what a confirmed change has not done yet, at most so many cases, in the name of who confirmed or took it over.

    A run that was cut off is taken up by the same call; each case goes over once, whichever run comes to it first.
    Denied as soon as that person holds no office for it any more; AlreadyDone for one that is finished, Refusal for
    one that nobody confirmed.
    """
    row = confirmed(number)
    mapping = read_mapping(row.mapping, row.edition_before, row.edition_after)
    lines = cases_left(row)[:most]
    for first in range(0, len(lines), KEPT_AT_ONCE):
        found: list[dict[str, Any]] = []
        try:
            for line in lines[first : first + KEPT_AT_ONCE]:
                by, role = _running_now(number)
                found.append(asdict(_carried(line, mapping, number, by=by, at=at, role=role)))
        finally:  # what went over before the office was lost is reported
            row = _keep(row, found)
    return row if cases_left(row) else _finish(row, by=row.runner, at=at, role=running_role(row))


def confirmed(number: str) -> EditionChange:
    """A change that runs; NotFound, AlreadyDone, Refusal for any other."""
    row = EditionChange.objects.select_related("decided_by", "taken_over_by").filter(number=number).first()
    if row is None:
        raise NotFound(number)
    if row.state == EditionChangeState.FINISHED:
        raise _is_over(row.finished_at)
    if row.state != EditionChangeState.RUNNING:
        state = EditionChangeState(row.state).label
        raise Refusal([Reason("not_confirmed", _("该更换现为“%(state)s”，不能办理。") % {"state": state})])
    return row


def confirming_role(by: User) -> str:
    """The office in which a person confirms; Denied without one of their own."""
    role = acting_role(by, Power.PUBLISH_RULES)
    if role is None or by.stands_in_for is not None:
        raise Denied([Reason("not_yours", _("您没有办理此项的职权。"))])
    return role


def running_role(row: EditionChange) -> str:
    """The office in which whoever runs a confirmed change does so; Denied when it is lost."""
    try:
        return confirming_role(row.runner)
    except Denied as denied:
        words = _("%(person)s已没有此项职权，须由提请人以外、有发布规则职权的另一位人员在办理页面接办。")
        raise Denied([Reason("runner_left", words % {"person": row.runner})]) from denied


def _running_now(number: str) -> tuple[User, str]:
    """Whoever runs the change at this moment and in which office: either may be another from one case to the next."""
    row = confirmed(number)
    return row.runner, running_role(row)


def is_deserted(row: EditionChange) -> bool:
    """Whether a confirmed change is under way and whoever runs it has lost the office."""
    if row.state != EditionChangeState.RUNNING:
        return False
    try:
        confirming_role(row.runner)
    except Denied:
        return True
    return False


def cases_left(row: EditionChange) -> list[dict[str, Any]]:
    """Lines of the preview that nothing is reported of yet."""
    reported = {line["case"] for line in row.report}
    return [line for line in row.preview if line["case"] not in reported]


def _carried(
    line: dict[str, Any], mapping: EditionMapping, number: str, *, by: User, at: datetime, role: str
) -> CaseOutcome:
    """What was shown as refused stays; all else is asked again under the lock of the case."""
    if line["reasons"]:
        return CaseOutcome(**line)
    case = Case.objects.get(number=line["case"])
    return _outcome(case, line["before"], mapping, number, by=by, at=at, acting_as=role)


def _keep(row: EditionChange, found: list[dict[str, Any]]) -> EditionChange:
    """Add to the report what another run has not added meanwhile."""
    with transaction.atomic():
        kept = EditionChange.objects.select_for_update().get(pk=row.pk)
        known = {line["case"] for line in kept.report}
        kept.report = [*kept.report, *(line for line in found if line["case"] not in known)]
        kept.save(update_fields=["report"])
    return kept


def _finish(row: EditionChange, *, by: User, at: datetime, role: str) -> EditionChange:
    with act(LEDGER, "finish_edition_change", by=by, at=at, acting_as=role) as doing:
        kept = EditionChange.objects.select_for_update().get(pk=row.pk)
        if kept.state != EditionChangeState.RUNNING:
            raise _is_over(kept.finished_at)
        kept.finish()
        kept.finished_at = at
        kept.save(update_fields=["state", "finished_at"])
        refused = sum(1 for line in kept.report if line["reasons"])
        doing.note(change=kept.number, changed=len(kept.report) - refused, refused=refused)
    return kept


def _is_over(done_at: datetime | None) -> AlreadyDone:
    return AlreadyDone(Reason("finished", _("该更换已经完成。")), done_by="", done_at=done_at)


def _outcome(
    case: Case, seen: str, mapping: EditionMapping, number: str, *, by: User, at: datetime, acting_as: str
) -> CaseOutcome:
    try:
        after = change_case(case, mapping, number, by=by, at=at, acting_as=acting_as, seen=seen)
    except AlreadyDone:
        return CaseOutcome(case.number, seen, mapping.states[seen].state)
    except Refusal as refusal:
        return CaseOutcome(case.number, seen, reasons=[str(reason) for reason in refusal.reasons])
    except (IntegrityError, ObjectDoesNotExist) as fault:
        return CaseOutcome(case.number, seen, reasons=[f"{type(fault).__name__}: {fault}"])
    return CaseOutcome(case.number, seen, after)


# --- One case ---------------------------------------------------------------------------------------------------
def change_case(
    case: Case, mapping: EditionMapping, number: str, *, by: User, at: datetime, acting_as: str, seen: str
) -> str:
    """One case goes over from the state in which it was seen, whole or not at all; its state after.

    Refusal with every reason.
    """
    with act(case, VERB, by=by, at=at, acting_as=acting_as) as doing:
        row = doing.chain
        assert isinstance(row, Case)
        if AuditEvent.objects.filter(chain=chain_key(row), verb=VERB, content__change=number).exists():
            raise _is_over(at)  # another run of the same change was faster
        if reasons := list(_faults(row, mapping, seen)):
            raise Refusal(reasons)
        kind = procedure_of(row).subject
        subject = kind.locked(row)
        before = str(subject.state)
        goal = mapping.states[before]
        if goal.state != before:
            rows: Any = kind.model._default_manager.filter(pk=subject.pk)
            rows.update(state=goal.state)
            row.moved_at = at
        row.procedure, row.state = mapping.after, goal.state
        row.save(update_fields=["procedure", "state", "moved_at"])
        clocks = _set_clocks(row, goal, is_moved=goal.state != before, at=at)
        rebuild_flow(row, at)
        if left := [Reason("inconsistent", found.what) for found in check_case(row)]:
            raise Refusal(left)
        doing.moved(before, goal.state)
        doing.note(change=number, procedure=mapping.after, procedure_before=mapping.before, reason=mapping.reason)
        doing.note(mapping=mapping.sha256, clocks=clocks)
        doing.tell(_applicants(row), VERB, case_number=row.number)
    return goal.state


def _applicants(case: Case) -> list[User]:
    acting = {"memberships__enterprise_id": case.enterprise_id, "memberships__state": MemberState.ACTIVE}
    return list(User.objects.filter(is_active=True, **acting))


def _faults(case: Case, mapping: EditionMapping, seen: str) -> Iterator[Reason]:
    """Every reason against changing this case, which is locked."""
    if case.procedure != mapping.before or case.closed_at is not None:
        yield Reason("not_running", _("该件已办结或不再按原办理程序办理。"))
        return
    before, after = PROCEDURES[mapping.before], PROCEDURES[mapping.after]
    for found in check_case(case):
        yield Reason("inconsistent", found.what)
    for name in sorted(after.needs - before.needs):
        if case.batch is not None and not getattr(case.batch, name):
            yield Reason("batch_lacks", _("所在批次没有新办理程序所需的参数 %(name)s。") % {"name": name})
    state = str(before.subject.of(case).state)
    yield from _moved_since(before.subject, seen, state)
    goal = mapping.states.get(state)
    if goal is None:
        yield Reason("state_missing", _("没有写明“%(state)s”的去向。") % {"state": state})
    elif goal.state == state:
        yield from _faults_of_clocks(case, mapping)
    yield from _begun_beside(case, after, stays=goal is not None and goal.state == state)


def _moved_since(kind: Subject, seen: str, state: str) -> Iterator[Reason]:
    if state != seen:
        words = {"seen": kind.label(seen), "state": kind.label(state)}
        yield Reason("moved_since", _("预演后办件已由“%(seen)s”到“%(state)s”，请另行提出。") % words)


def _begun_beside(case: Case, after: Procedure, *, stays: bool) -> Iterator[Reason]:
    """What runs beside the case goes on only where it stays and the new table knows how that is settled."""
    application = procedure_of(case).subject.of(case)
    if not isinstance(application, Application):
        return
    check = None if stays and SETTLES_FIGURES in after.verbs else open_check(application)
    if check is not None:
        words = {"body": check.body, "state": check.get_state_display()}
        yield Reason("figure_check_open", _("第三方数据核查尚未办结（%(body)s：%(state)s）。") % words)
    if not (stays and RETURNS in after.verbs) and waiting(application) is not None:
        yield Reason("reopening_waits", _("已提请重新审议，须先作出答复。"))


def _faults_of_clocks(case: Case, mapping: EditionMapping) -> Iterator[Reason]:
    """A clock that is kept fires a verb that the new table has."""
    for clock in deadlines.open_clocks(case):
        if clock.fires and clock.fires not in PROCEDURES[mapping.after].verbs:
            words = {"clock": clock.get_kind_display(), "verb": clock.fires}
            yield Reason("clock_verb", _("%(clock)s到期应办理的“%(verb)s”在新办理程序中没有。") % words)


def _set_clocks(case: Case, goal: Goal, *, is_moved: bool, at: datetime) -> list[dict[str, str]]:
    """Kept or called off, and started; what is told of each."""
    calendar, clocks = current_calendar(), deadlines.open_clocks(case)
    if not is_moved:
        dropped = [clock for clock in clocks if deadlines.is_idle_goal(clock, case)]
        deadlines.call_off(dropped, at=at)
        return [
            *(_told(deadlines.recompute(clock, calendar=calendar), "kept") for clock in clocks if clock not in dropped),
            *(_told(clock, "called_off") for clock in dropped),
            *_goal_begun(case, at),
        ]
    # What a party has asked for waits wherever the case is.
    of_state = [clock for clock in clocks if clock.kind != DeadlineKind.RECUSAL_ANSWER]
    deadlines.call_off(of_state, at=at)
    told = [_told(clock, "called_off") for clock in of_state]
    for clock in goal.starts:
        assert case.batch is not None
        days = int(getattr(case.batch, str(clock.days)))
        told.append(_told(deadlines.begin(case, clock, days, calendar=calendar, at=at), "started"))
    return [*told, *_goal_begun(case, at)]


def _goal_begun(case: Case, at: datetime) -> list[dict[str, str]]:
    """The goal of the new edition, where the state has one and none runs."""
    begun = deadlines.begin_goal(case, at=at)
    return [_told(begun, "started")] if begun else []


def _told(clock: Deadline, what: str) -> dict[str, str]:
    return {"kind": clock.kind, "what": what, "due_at": clock.due_at.isoformat()}
