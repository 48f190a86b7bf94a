"""Running cases go over to another edition of their procedure: proposed by one person, confirmed by another.

Each case is one act in one transaction: edition, legal state where the mapping names another, clocks, open tasks,
audit entry. Clocks of a state that stays are kept with start and pauses, and are due as the calendar says now; where
the state changes its clocks are called off and those that the mapping names start on that day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.audit import chain_key
from accreditation.enums import MemberState
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.models import Application, AuditEvent, Case, Deadline, EditionChange, User
from accreditation.roles import Power
from accreditation.selectors.people import acting_role
from accreditation.services.figure_checks import open_check
from accreditation.services.numbers import next_number
from workflows import deadlines
from workflows.calendar import current_calendar
from workflows.consistency import check_case, rebuild_flow
from workflows.edition_mapping import EditionMapping, Goal, read_mapping
from workflows.procedures import PROCEDURES, procedure_of

LEDGER = "editions"
VERB = "change_edition"
SETTLES_FIGURES = "decide_figure"


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """What became of one case: state before and after, or the reasons why it stays where it is."""

    case: str
    before: str
    after: str = ""
    reasons: list[str] = field(default_factory=list)


def running_cases(edition: str) -> Iterator[Case]:
    """Cases under an edition that are not closed, the oldest first."""
    rows = Case.objects.filter(procedure=edition, closed_at__isnull=True).select_related("batch")
    yield from rows.order_by("pk")


def propose_change(mapping: EditionMapping, *, by: User, at: datetime) -> EditionChange:
    """Put a mapping before a second person; Denied without the power over batches."""
    role = acting_role(by, Power.RUN_BATCHES)
    if role is None:
        raise Denied([Reason("not_yours", _("您没有办理此项的职权。"))])
    with act(LEDGER, "propose_edition_change", by=by, at=at, acting_as=role) as doing:
        row = EditionChange.objects.create(
            number=next_number("EDITION", at.year), edition_before=mapping.before, edition_after=mapping.after,
            mapping=mapping.text, mapping_sha256=mapping.sha256, reason=mapping.reason, proposed_by=by, proposed_at=at,
        )  # fmt: skip
        doing.note(change=row.number, before=mapping.before, after=mapping.after, mapping=mapping.sha256)
        doing.reply(number=row.number)
    return row


def confirm_change(number: str, *, by: User, at: datetime) -> EditionChange:
    """A second person confirms, and every running case goes over or is refused with its reasons.

    A run that was cut off is taken up again by the same call. AlreadyDone for one that is finished, or that another
    run finishes meanwhile; each case goes over once whichever run comes to it first.
    """
    row = _confirmed(number, by=by, at=at)
    mapping = read_mapping(row.mapping, row.edition_before, row.edition_after)
    report = [asdict(found) for found in carry_out(mapping, row.number, by=by, at=at)]
    with act(LEDGER, "finish_edition_change", by=by, at=at, acting_as=_role(by)) as doing:
        row = _unfinished(number)
        row.finished_at, row.report = at, report
        row.save(update_fields=["finished_at", "report"])
        refused = sum(1 for found in report if found["reasons"])
        doing.note(change=row.number, changed=len(report) - refused, refused=refused)
    return row


def _role(by: User) -> str:
    role = acting_role(by, Power.PUBLISH_RULES)
    if role is None:
        raise Denied([Reason("not_yours", _("您没有办理此项的职权。"))])
    return role


def _confirmed(number: str, *, by: User, at: datetime) -> EditionChange:
    with act(LEDGER, "confirm_edition_change", by=by, at=at, acting_as=_role(by)) as doing:
        row = _unfinished(number)
        if row.proposed_by_id == by.pk:
            raise Refusal([Reason("four_eyes", _("提出人不能确认自己的更换。"))])
        if row.confirmed_at is None:
            row.confirmed_by, row.confirmed_at = by, at
            row.save(update_fields=["confirmed_by", "confirmed_at"])
        doing.note(change=row.number, mapping=row.mapping_sha256)
    return row


def _unfinished(number: str) -> EditionChange:
    row = EditionChange.objects.select_for_update().get(number=number)
    if row.finished_at is not None:
        raise _is_over(row.finished_at)
    return row


def _is_over(done_at: datetime) -> AlreadyDone:
    return AlreadyDone(Reason("finished", _("该更换已经完成。")), done_by="", done_at=done_at)


def carry_out(mapping: EditionMapping, number: str, *, by: User, at: datetime) -> Iterator[CaseOutcome]:
    """Every running case, each in its own transaction."""
    for case in list(running_cases(mapping.before)):
        yield _outcome(case, mapping, number, by=by, at=at)


def rehearse(mapping: EditionMapping, *, by: User, at: datetime) -> list[CaseOutcome]:
    """What a confirmation would do now; every case is tried and taken back."""
    found = []
    for case in list(running_cases(mapping.before)):
        with transaction.atomic():
            found.append(_outcome(case, mapping, "", by=by, at=at))
            transaction.set_rollback(True)
    return found


def _outcome(case: Case, mapping: EditionMapping, number: str, *, by: User, at: datetime) -> CaseOutcome:
    try:
        after = change_case(case, mapping, number, by=by, at=at)
    except AlreadyDone:
        return CaseOutcome(case.number, case.state, Case.objects.get(pk=case.pk).state)
    except Refusal as refusal:
        return CaseOutcome(case.number, case.state, reasons=[str(reason) for reason in refusal.reasons])
    except (IntegrityError, ObjectDoesNotExist) as fault:
        return CaseOutcome(case.number, case.state, reasons=[f"{type(fault).__name__}: {fault}"])
    return CaseOutcome(case.number, case.state, after)


def change_case(case: Case, mapping: EditionMapping, number: str, *, by: User, at: datetime) -> str:
    """One case goes over, whole or not at all; its state after. Refusal with every reason."""
    with act(case, VERB, by=by, at=at, acting_as=_role(by)) as doing:
        row = doing.chain
        assert isinstance(row, Case)
        if AuditEvent.objects.filter(chain=chain_key(row), verb=VERB, content__change=number).exists():
            raise _is_over(at)  # another run of the same change was faster
        if reasons := list(_faults(row, mapping)):
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
        rebuild_flow(row)
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


def _faults(case: Case, mapping: EditionMapping) -> Iterator[Reason]:
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
    goal = mapping.states.get(state)
    if goal is None:
        yield Reason("state_missing", _("没有写明“%(state)s”的去向。") % {"state": state})
    elif goal.state == state:
        yield from _faults_of_clocks(case, mapping)
    if goal is None or goal.state != state or SETTLES_FIGURES not in after.verbs:
        yield from _open_figure_check(case)


def _open_figure_check(case: Case) -> Iterator[Reason]:
    """A verification under way goes on only where the case stays and the new table knows how it is settled."""
    subject = procedure_of(case).subject.of(case)
    if isinstance(subject, Application) and (check := open_check(subject)) is not None:
        words = {"body": check.body, "state": check.get_state_display()}
        yield Reason("figure_check_open", _("第三方数据核查尚未办结（%(body)s：%(state)s）。") % words)


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
        return [_told(deadlines.recompute(clock, calendar=calendar), "kept") for clock in clocks]
    deadlines.call_off(clocks, at=at)
    told = [_told(clock, "called_off") for clock in clocks]
    for clock in goal.starts:
        assert case.batch is not None
        days = int(getattr(case.batch, str(clock.days)))
        told.append(_told(deadlines.begin(case, clock, days, calendar=calendar, at=at), "started"))
    return told


def _told(clock: Deadline, what: str) -> dict[str, str]:
    return {"kind": clock.kind, "what": what, "due_at": clock.due_at.isoformat()}
