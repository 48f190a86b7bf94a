"""The one door: pages, batch acts, commands and the clock move a case through `perform` and through nothing else.

In one transaction: request key, lock and reload, permission, guards with all reasons, record, legal transition, flow,
clocks, audit entry, messages and effects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed
from viewflow.workflow.models import Task

from accreditation.acts import Act, Replayed, act, fingerprint
from accreditation.audit import chain_key
from accreditation.enums import SeatState
from accreditation.errors import AlreadyDone, Denied, NotFound, Reason, Refusal
from accreditation.models import Application, AuditEvent, Case, Seat, User
from accreditation.models.cases import CaseSubject
from accreditation.permissions import in_own_name
from workflows import asked_aside, deadlines, flow_tasks, levels
from workflows.doing import Doing, Verb, Who
from workflows.procedures import procedure_of
from workflows.second_person import FOUR_EYES
from workflows.telling import people_of
from workflows.who import SEAT_HOLDER

BESIDE_THE_TABLE = {
    "end_reading": _("数据表未能读取"),
    "export_dossier": _("导出卷宗"),
    "change_edition": _("更换办理程序版本"),
    "remind": _("催办"),
    "begin_goal": _("起算内部办理目标"),
    "recompute_goal": _("按新日历重算内部办理目标"),
    "open_ordered_again": _("原决定撤销后重新申报"),
    "open_reconsideration": _("对本件申请行政复议"),
    "open_remedy": _("对本件提请执行裁判或自行纠正"),
    "agree_to_succession": _("承继单位同意承继"),
    "decline_succession": _("承继单位不同意承继"),
    "open_letter": _("收件单位首次打开文书"),
    "record_delivery": _("登记文书送达"),
    "propose_opening_correction": _("提请更正首次打开记录"),
    "confirm_opening_correction": _("确认首次打开不计为送达"),
    "decline_opening_correction": _("不予确认打开记录的更正"),
    "withdraw_opening_correction": _("撤回打开记录的更正"),
    "take": _("领办"),
    "release": _("交回"),
    "hand_over": _("转交承办"),
    "declare_own_tie": _("工作人员申请回避"),
    "order_officer_recusal": _("责令工作人员回避"),
    "order_member_recusal": _("决定专家或者委员回避"),
    "lift_officer_recusal": _("解除工作人员回避"),
    "ask_recusal": _("当事人申请回避"),
    "identify_recusal": _("确认申请回避所指的人员"),
    "grant_recusal": _("决定回避"),
    "refuse_recusal": _("不予回避"),
    "ask_further_return": _("提请再次退回补正"),
    "allow_further_return": _("同意再次退回补正"),
    "refuse_further_return": _("不同意再次退回补正"),
}  # what is written into a case's trail without moving it


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened: case number, verb, states before and after, place in the audit chain, what the record answered."""

    case_number: str
    verb: str
    before: str
    after: str
    seq: int
    answer: Mapping[str, Any]
    is_replay: bool = False


def perform(
    case: Case | str,
    verb: str,
    *,
    by: User,
    at: datetime,
    form: Mapping[str, Any] | None = None,
    task_id: int | None = None,
    request_key: str | None = None,
    request: str = "",
    noted: Mapping[str, Any] | None = None,
) -> Outcome:
    """Do `verb` to a case (row or number).

    `form` holds the plain values that the verb records; `task_id` is the task of the page, checked to be of this case;
    `noted` is what the audit entry says besides; a repeated `request_key` returns the first outcome.
    Raises NotFound, Denied, AlreadyDone, Refusal (all reasons).
    """
    row = _find(case)
    line = _verb(row, verb)
    print_ = fingerprint(row.number, verb, request)
    try:
        with act(
            row, verb, by=by, at=at, acting_as=line.who.code, request_key=request_key, request=print_
        ) as doing_act:
            doing = _enter(doing_act, line, by, at, form or {}, task_id)
            doing_act.note(**(noted or {}))
            return _carry_out(doing)
    except Replayed as replay:
        return Outcome(**{**replay.answer, "is_replay": True})


def possible_verbs(case: Case, *, by: User, at: datetime) -> list[Verb]:
    """Verbs of the pages that this person may do to the case as it stands; guards are asked only when it is done."""
    procedure = procedure_of(case)
    subject, waiting = procedure.subject.of(case), flow_tasks.open_tasks(case)
    answers: dict[tuple[Who, Any], bool] = {}  # many verbs are one office's, which looks at the seat of a task alone

    def may(line: Verb, task: Task) -> bool:
        key = line.who, task.data.get("seat")
        if key not in answers:
            doing = Doing(line, by, at, {}, _no_act(case, line, by, at), case, procedure.subject, subject, task)
            answers[key] = line.who.test(doing)
        return answers[key]

    lines = [line for line in procedure.verbs.values() if line.for_page and _fits_state(subject, line)]
    return [line for line in lines if any(may(line, task) for task in flow_tasks.at_nodes(line.nodes, waiting))]


def reasons_against(
    case: Case, verb: str, *, by: User, at: datetime, form: Mapping[str, Any] | None = None
) -> list[Reason]:
    """Everything that speaks against the verb as the case stands now, without doing it. Raises NotFound."""
    line, subject = _verb(case, verb), procedure_of(case).subject
    doing = Doing(line, by, at, form or {}, _no_act(case, line, by, at), case, subject, subject.of(case))
    doing.task = _task(doing, None)
    try:
        _check(doing)
    except Refusal as refusal:
        return refusal.reasons
    return []


def reasons_but_for_a_second(
    acts: Iterable[tuple[Case, str, Mapping[str, Any]]], *, by: User, at: datetime
) -> Iterator[Reason]:
    """What would be said of these verbs (case, verb, form) at a confirmation, but that it takes another; each once."""
    told = set()
    for case, verb, form in acts:
        for reason in reasons_against(case, verb, by=by, at=at, form=form):
            if reason.code != FOUR_EYES and str(reason) not in told:
                told.add(str(reason))
                yield reason


def hold_cases(cases: Iterable[int]) -> None:
    """Lock cases, by their keys, before the batch or notice they stand in, so that no two acts wait for each other."""
    list(Case.objects.select_for_update().filter(pk__in=list(cases)).order_by("pk").values_list("pk"))


def verb_label(case: Case, code: str) -> str:
    """What a verb of the case's procedure is called; its code when the procedure has none of that code."""
    line = procedure_of(case).verbs.get(code)
    return str(line.label if line else BESIDE_THE_TABLE.get(code, code))


def _no_act(case: Case, line: Verb, by: User, at: datetime) -> Act:
    return Act(case, line.code, by, at, line.who.code)


def _find(case: Case | str) -> Case:
    if isinstance(case, Case):
        return case
    row = Case.objects.filter(number=case).first()
    if row is None:
        raise NotFound(case)
    return row


def _verb(case: Case, code: str) -> Verb:
    line = procedure_of(case).verbs.get(code)
    if line is None:
        raise NotFound(code)
    return line


def _enter(doing_act: Act, line: Verb, by: User, at: datetime, form: Mapping[str, Any], task_id: int | None) -> Doing:
    """Fresh rows, the task, then the questions in order: is it still to be done, may this person, may it happen."""
    case = doing_act.chain
    assert isinstance(case, Case)
    kind = procedure_of(case).subject
    doing = Doing(line, by, at, form, doing_act, case, kind, kind.locked(case))
    doing.task = _task(doing, task_id)
    _check(doing)
    return doing


def _check(doing: Doing) -> None:
    """Raises Denied, AlreadyDone or Refusal with everything that speaks against it."""
    in_own_name(doing.by)
    if not doing.verb.who.test(doing):
        _refuse_person(doing)
    doing.act.rests_on(doing.by.stands_in_for)
    check_still_open(doing)
    guards = (levels.not_on_another_level, asked_aside.not_asked_aside, *doing.verb.guards)
    reasons = [reason for guard in guards for reason in guard(doing)]
    if reasons:
        raise Refusal(reasons)


def _task(doing: Doing, task_id: int | None) -> Task | None:
    """The open task that the verb is done at: the page's, the acting person's own, or the only one."""
    if task_id is not None:
        task = Task.objects.filter(pk=task_id, process__caseflow__case=doing.case).first()
        if task is None or flow_tasks.node_name(task) not in doing.verb.nodes:
            raise NotFound(task_id)
        return task
    tasks = list(flow_tasks.open_tasks(doing.case, doing.verb.nodes))
    own = [task for task in tasks if task.owner_id == doing.by.pk]
    if not own and doing.verb.who is SEAT_HOLDER:
        found = flow_tasks.finished_task(doing.case, doing.verb.nodes, doing.by)
        return found or flow_tasks.before_the_seats(tasks)
    return next(iter(own or tasks), None)


def _refuse_person(doing: Doing) -> None:
    """An expert whose marks are already in is told so; anybody else has no office here."""
    if doing.verb.who is SEAT_HOLDER and _has_handed_in(doing):
        raise _already_done(doing)
    text = _("只有%(who)s可以办理“%(verb)s”。") % {"who": doing.verb.who.label, "verb": doing.verb.label}
    raise Denied([Reason("not_yours", text)])


def _has_handed_in(doing: Doing) -> bool:
    """Whether the person's sheet is in and counts."""
    sheets = Seat.objects.filter(panel__application__case=doing.case, state=SeatState.SUBMITTED)
    return sheets.filter(expert=doing.by).exists()


def check_still_open(doing: Doing) -> None:
    """Raises AlreadyDone where the task is finished or the case has moved on."""
    is_open = doing.task is not None and not doing.task.finished
    is_ended = doing.verb.after_end and doing.case.closed_at is not None
    if not (is_open or is_ended) or not _fits_state(doing.subject, doing.verb):
        raise _already_done(doing)


def _fits_state(subject: CaseSubject, line: Verb) -> bool:
    if line.transition is None:
        return True
    return bool(can_proceed(getattr(subject, line.transition), check_conditions=False))


def _already_done(doing: Doing) -> AlreadyDone:
    last = AuditEvent.objects.filter(chain=chain_key(doing.case)).order_by("-seq").first()
    who, when = (last.by_name, last.at) if last else ("", None)
    text = _("本件已由%(who)s办理（%(verb)s），当前为“%(state)s”，不能再办理“%(this)s”。") % {
        "who": who,
        "verb": verb_label(doing.case, last.verb) if last else "",
        "state": doing.kind.label(doing.state),
        "this": doing.verb.label,
    }
    return AlreadyDone(Reason("already_done", text), done_by=who, done_at=when)


def _carry_out(doing: Doing) -> Outcome:
    before = doing.state
    if doing.verb.record is not None:
        doing.verb.record(doing)
    _move(doing)
    if _holds(doing.verb.completes, doing) and doing.task is not None:
        flow_tasks.finish(doing.task, by=doing.by)
    deadlines.settle(doing, before)
    for case, verb, form in doing.sequels:
        perform(case, verb, by=doing.by, at=doing.at, form=form)
    told = {person.pk: person for audience in doing.verb.tells for person in people_of(audience, doing)}
    doing.act.tell(told.values(), doing.verb.message, case_number=doing.case.number)
    after = doing.state
    doing.act.moved(before, after)
    _note_rules(doing)
    doing.act.note(procedure=doing.case.procedure)
    outcome = Outcome(
        doing.case.number, doing.verb.code, before, after, doing.case.audit_count + 1, dict(doing.act.answer)
    )
    doing.act.answer = asdict(outcome)
    return outcome


def _note_rules(doing: Doing) -> None:
    """The rule set in force for the case; an application has its batch at hand, so that nothing is read twice."""
    batch = doing.batch if isinstance(doing.subject, Application) else doing.case.batch
    if batch is not None:
        doing.act.note(rule_set=batch.rule_set.checksum)


def _holds(rule: bool | Callable[[Doing], bool], doing: Doing) -> bool:
    return rule(doing) if callable(rule) else rule


def _move(doing: Doing) -> None:
    """The legal transition, and its mirror on the case for lists."""
    subject, case = doing.subject, doing.case
    if doing.verb.transition is not None:
        getattr(subject, doing.verb.transition)(**doing.arguments)
    subject.save()
    case.state, case.moved_at = subject.state, doing.at
    if _holds(doing.verb.closes_case, doing) or doing.kind.facts(case.state).ends_case:
        case.closed_at = case.closed_at or doing.at  # what follows after the end leaves the day of the end
    is_reopened = doing.verb.after_end and not doing.kind.facts(case.state).ends_case and case.closed_at is not None
    if is_reopened:
        case.closed_at = None
    case.save(update_fields=["state", "moved_at", "closed_at"])
    if is_reopened:
        flow_tasks.begin_again(procedure_of(case).flow, case)
