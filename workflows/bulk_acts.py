"""One act on several cases: kept as one order, carried out case by case, each through its own door and transaction.

What was not reached stays waiting and is gone on with by the same person; the key of each case lets it happen once.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, Replayed, act, fingerprint
from accreditation.bulk_words import BulkState, LineOutcome
from accreditation.errors import AlreadyDone, Denied, NotFound, Reason, Refusal
from accreditation.models import BulkAct, BulkLine, Case, User
from accreditation.permissions import has_any_power, has_power, persons_behind
from accreditation.roles import Power
from accreditation.services.numbers import next_number
from accreditation.visibility import visible_cases
from workflows import assignments, door
from workflows.bulk_kinds import HAND_OVER, TAKE, BulkKind, kind_of, reasons_against

LEDGER = "bulk_acts"
MOST_CASES = 100
LEAST_WORDS = 2


def chosen_cases(numbers: Iterable[str], by: User) -> list[tuple[str, Case | None]]:
    """Each number once, as it was sent, with the case where this person may know of it."""
    asked = list(dict.fromkeys(number.strip()[:40] for number in numbers if number.strip()))[:MOST_CASES]
    cases = {case.number: case for case in visible_cases(by).filter(number__in=asked).select_related("enterprise")}
    return [(number, cases.get(number)) for number in asked]


def order(
    kind: BulkKind,
    numbers: Iterable[str],
    *,
    words: str,
    by: User,
    at: datetime,
    to: User | None = None,
    request_key: str | None = None,
) -> BulkAct:
    """Keep the order and carry it out; a decision is only proposed. A repeated key gives the same order again.

    Raises Denied without the power, Refusal when nothing is chosen or words or person are missing.
    """
    chosen = chosen_cases(numbers, by)
    if not _has(by, kind, at):
        raise Denied([Reason("not_yours", _("您没有此项职权。"))])
    if reasons := list(_faults(kind, chosen, words, to)):
        raise Refusal(reasons)
    verb = "propose_bulk_act" if kind.needs_second else "order_bulk_act"
    request = fingerprint(kind.desk, kind.code, [number for number, _case in chosen], words, to.pk if to else None)
    try:
        with act(LEDGER, verb, by=by, at=at, acting_as=kind.power, request_key=request_key, request=request) as doing:
            bulk = _keep(doing, kind, words.strip(), to)
            BulkLine.objects.bulk_create(_lines(bulk, kind, chosen, by, at))
            doing.note(bulk=bulk.number, kind=kind.code, cases=len(chosen))
            doing.reply(number=bulk.number)
    except Replayed as replay:
        return BulkAct.objects.get(number=replay.answer["number"])
    if not kind.needs_second:
        carry_on(bulk, by=by, at=at)
    return bulk


def _has(by: User, kind: BulkKind, at: datetime) -> bool:
    """The superior's power is asked first, so that whose power it is stays with the desk's own."""
    if kind.for_superior and not has_any_power(by, {Power.SUPERVISE}):
        return False
    return has_power(by, kind.power, at=at)


def _faults(kind: BulkKind, chosen: list[tuple[str, Case | None]], words: str, to: User | None) -> Iterable[Reason]:
    if not chosen:
        yield Reason("nothing_chosen", _("请至少勾选一件。"))
    if kind.words and len(words.strip()) < LEAST_WORDS and (kind.needs_second or not kind.is_verb):
        yield Reason("text_needed", _("请填写%(label)s。") % {"label": kind.words_label}, "words")
    if kind.code == HAND_OVER and to is None:
        yield Reason("person_needed", _("请选择转交给谁。"), "to")


def _keep(doing: Act, kind: BulkKind, words: str, to: User | None) -> BulkAct:
    lender = doing.by.stands_in_for
    return BulkAct.objects.create(
        number=next_number("BULK", doing.at.year),
        desk=kind.desk,
        kind=kind.code,
        power=kind.power,
        words=words,
        to=to,
        state=BulkState.PROPOSED if kind.needs_second else BulkState.RUNNING,
        needs_second=kind.needs_second,
        proposed_by=doing.by,
        proposed_for_id=lender.person if lender else None,
        proposed_at=doing.at,
    )


def _lines(
    bulk: BulkAct, kind: BulkKind, chosen: list[tuple[str, Case | None]], by: User, at: datetime
) -> Iterable[BulkLine]:
    """A decision is proposed only for cases that nothing speaks against; the others are refused at once."""
    for position, (number, case) in enumerate(chosen, 1):
        line = BulkLine(bulk=bulk, position=position, asked=number, case=case, outcome=LineOutcome.WAITING)
        if case is None:
            line.outcome, line.at = LineOutcome.NOT_FOUND, at
        else:
            found = assignments.desk_task(case)
            line.seen = found.holder if found is not None else None
            if kind.needs_second and (reasons := reasons_against(kind, case, by=by, at=at)):
                line.outcome, line.reasons, line.at = LineOutcome.REFUSED, _plain(reasons), at
        yield line


def _plain(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    return [{"code": reason.code, "text": str(reason)} for reason in reasons]


# --- the second person ------------------------------------------------------------------------------------------
def confirm(bulk: BulkAct, *, by: User, at: datetime, request_key: str | None = None) -> BulkAct:
    """A second person of the same power confirms the proposal, and so decides each case in their own name.

    Raises Denied for whoever proposed it or lacks the power, AlreadyDone when it was answered.
    """
    try:
        with _answering(bulk, "confirm_bulk_act", by, at, request_key, "") as doing:
            row = _proposed(bulk, by)
            row.state, row.second, row.second_at = BulkState.RUNNING, by, at
            row.save(update_fields=["state", "second", "second_at"])
            doing.note(bulk=row.number, proposed_by=str(row.proposed_by))
    except Replayed:
        return BulkAct.objects.get(pk=bulk.pk)
    carry_on(row, by=by, at=at)
    return row


def decline(bulk: BulkAct, *, reason: str, by: User, at: datetime, request_key: str | None = None) -> None:
    """A second person does not confirm it, with the reason; no case is touched. Raises as `confirm` does."""
    if len(reason.strip()) < LEAST_WORDS:
        raise Refusal([Reason("text_needed", _("请填写理由。"), "reason")])
    try:
        with _answering(bulk, "decline_bulk_act", by, at, request_key, reason) as doing:
            row = _proposed(bulk, by)
            row.state, row.second, row.second_at, row.second_reason = BulkState.DECLINED, by, at, reason.strip()
            row.save(update_fields=["state", "second", "second_at", "second_reason"])
            doing.note(bulk=row.number, proposed_by=str(row.proposed_by), reason=reason.strip())
    except Replayed:
        return


def _answering(
    bulk: BulkAct, verb: str, by: User, at: datetime, request_key: str | None, said: str
) -> AbstractContextManager[Act]:
    request = fingerprint(bulk.number, verb, said)
    return act(LEDGER, verb, by=by, at=at, acting_as=bulk.power, request_key=request_key, request=request)


def _proposed(bulk: BulkAct, by: User) -> BulkAct:
    """The fresh row under its lock, for a person who may answer it."""
    row = BulkAct.objects.select_for_update().get(pk=bulk.pk)
    may = has_any_power(by, {Power(row.power)}) and row.lines.filter(case__in=visible_cases(by)).exists()
    if not may or persons_behind(by) & {row.proposed_by_id, row.proposed_for_id}:
        raise Denied([Reason("same_person", _("须由提出人以外、有同样职权的人员确认。"))])
    if row.state != BulkState.PROPOSED:
        text = _("该批量办理已由%(who)s答复。") % {"who": row.second or row.proposed_by}
        raise AlreadyDone(Reason("already_done", text), done_by=str(row.second or ""), done_at=row.second_at)
    return row


# --- case by case -----------------------------------------------------------------------------------------------
def carry_on(bulk: BulkAct, *, by: User, at: datetime) -> None:
    """Do what still waits, each case by itself; only whoever ordered or confirmed it. Raises Denied for others."""
    if bulk.state == BulkState.PROPOSED or by.pk != (bulk.second_id if bulk.needs_second else bulk.proposed_by_id):
        raise Denied([Reason("not_yours", _("只有办理人可以继续办理。"))])
    kind = kind_of(bulk.desk, bulk.kind)
    for line in bulk.lines.filter(outcome=LineOutcome.WAITING).select_related("case__enterprise").order_by("position"):
        reasons = _do(bulk, kind, line, by, at)
        line.outcome, line.reasons, line.at = (
            LineOutcome.REFUSED if reasons else LineOutcome.DONE, _plain(reasons), at,
        )  # fmt: skip
        line.save(update_fields=["outcome", "reasons", "at"])
    _finish(bulk, kind, by, at)


def _do(bulk: BulkAct, kind: BulkKind, line: BulkLine, by: User, at: datetime) -> list[Reason]:
    """Carry it out for one case, once; every reason where it is refused."""
    case, key = line.case, f"bulk:{bulk.number}:{line.position}"
    assert case is not None
    try:
        if kind.code == TAKE:
            assignments.take(case, by=by, at=at, request_key=key)
        elif kind.code == HAND_OVER:
            assert bulk.to is not None
            assignments.hand_over(
                case, bulk.to, reason=bulk.words, seen=line.seen_id, by=by, at=at, request_key=key
            )  # fmt: skip
        else:
            form = {kind.words: bulk.words} if kind.words else {}
            noted = {"bulk": bulk.number, "proposed_by": str(bulk.proposed_by)}
            door.perform(case, kind.code, by=by, at=at, form=form, request_key=key, noted=noted)
    except Refusal as refusal:
        return refusal.reasons
    except NotFound:
        return [Reason("not_of_this_procedure", _("该办件的程序没有这一办理事项。"))]
    return []


def _finish(bulk: BulkAct, kind: BulkKind, by: User, at: datetime) -> None:
    """Close the order once, with how many were done and refused."""
    with act(LEDGER, "finish_bulk_act", by=by, at=at, acting_as=kind.power) as doing:
        row = BulkAct.objects.select_for_update().get(pk=bulk.pk)
        outcomes = list(row.lines.values_list("outcome", flat=True))
        if row.state == BulkState.RUNNING and LineOutcome.WAITING not in outcomes:
            row.state, row.finished_at = BulkState.FINISHED, at
            row.save(update_fields=["state", "finished_at"])
        done = outcomes.count(LineOutcome.DONE)
        doing.note(bulk=row.number, kind=kind.code, done=done, refused=len(outcomes) - done)
    bulk.refresh_from_db()
