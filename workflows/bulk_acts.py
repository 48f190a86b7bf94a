"""One act on several cases: kept as one order, carried out case by case, each through its own door and transaction.

What was not reached stays waiting and is gone on with by the same person; the key of each case lets it happen once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, Replayed, act, fingerprint
from accreditation.audit import chain_key
from accreditation.bulk_words import BulkState, LineOutcome
from accreditation.errors import AlreadyDone, Denied, NotFound, Reason, Refusal
from accreditation.models import AuditEvent, BulkAct, BulkLine, Case, Lender, User
from accreditation.permissions import has_any_power, has_power
from accreditation.roles import Power
from accreditation.services.numbers import next_number_at
from accreditation.visibility import visible_cases
from workflows import assignments, door
from workflows.bulk_kinds import (
    HAND_OVER,
    TAKE,
    BulkKind,
    at_own_desk,
    cases_at_desk,
    holder_of,
    kind_of,
    officers_at,
    reasons_against,
    resting,
)

LEDGER = "bulk_acts"
MOST_CASES = 100
LEAST_WORDS = 2


class _NotYet(Exception):
    """There is nothing to close: a case still waits, or it is closed."""


def plain_number(number: str) -> str:
    """A number as it was sent, without what no database text can hold."""
    return number.replace("\0", "").strip()[:40].strip()


def asked_numbers(numbers: Iterable[str]) -> list[str]:
    """Each number once."""
    return list(dict.fromkeys(plain for number in numbers if (plain := plain_number(number))))


def too_many(asked: Collection[str]) -> Reason | None:
    """Why so many cannot be done at once, if they are."""
    if len(asked) <= MOST_CASES:
        return None
    text = _("一次最多办理 %(most)s 件，您选了 %(count)s 件，请分批办理。")
    return Reason("too_many", text % {"most": MOST_CASES, "count": len(asked)})


def chosen_cases(numbers: Iterable[str], by: User) -> list[tuple[str, Case | None]]:
    """Each number once, up to the most, with the case where this person may know of it."""
    asked = asked_numbers(numbers)[:MOST_CASES]
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
    seen: Mapping[str, str] | None = None,
    request_key: str | None = None,
) -> BulkAct:
    """Keep the order and carry it out; a decision is only proposed. A repeated key gives the same order again.

    `seen` is who held each case when the page was opened: by number the account's number, empty for nobody.
    Raises Denied without the power, Refusal when nothing is chosen, words or person are missing or nothing is possible.
    """
    asked = asked_numbers(numbers)
    if not _has(by, kind, at):
        raise Denied([Reason("not_yours", _("您没有此项职权。"))])
    lender = by.stands_in_for
    if reasons := list(_faults(kind, asked, words, to)):
        raise Refusal(reasons)
    lines, lenders = _lines(kind, chosen_cases(asked, by), seen, by, at)
    lender = lenders[0] if lenders else lender
    told = _to_tell(kind, lines, {by.pk} | _person(lender))
    verb = "propose_bulk_act" if kind.needs_second else "order_bulk_act"
    held = seen and [seen.get(number, "") for number in asked]
    request = fingerprint(kind.desk, kind.code, asked, words, to.pk if to else None, held)
    try:
        with act(LEDGER, verb, by=by, at=at, acting_as=kind.power, request_key=request_key, request=request) as doing:
            doing.rests_on(lender)
            bulk = _keep(doing, kind, words.strip(), to, lender, lines)
            doing.note(bulk=bulk.number, kind=kind.code, cases=len(lines))
            doing.tell(told, "bulk_proposed", number=bulk.number, person=str(by), cases=len(lines))
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


def _faults(kind: BulkKind, asked: Collection[str], words: str, to: User | None) -> Iterable[Reason]:
    if not asked:
        yield Reason("nothing_chosen", _("请至少勾选一件。"))
    if (reason := too_many(asked)) is not None:
        yield reason
    if kind.words and len(words.strip()) < LEAST_WORDS and (kind.needs_second or not kind.is_verb):
        yield Reason("text_needed", _("请填写%(label)s。") % {"label": kind.words_label}, "words")
    if kind.code == HAND_OVER and to is None:
        yield Reason("person_needed", _("请选择转交给谁。"), "to")


def _keep(
    doing: Act, kind: BulkKind, words: str, to: User | None, lender: Lender | None, lines: list[BulkLine]
) -> BulkAct:
    """The order with its lines. A decision that is possible for no case is not proposed: nobody could answer it."""
    if kind.needs_second and all(line.outcome != LineOutcome.WAITING for line in lines):
        raise Refusal([Reason("nothing_possible", _("所选各件目前都不能办理，原因见逐件预览。"))])
    bulk = BulkAct.objects.create(
        number=next_number_at("BULK", doing.at),
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
    for line in lines:
        line.bulk = bulk
    BulkLine.objects.bulk_create(lines)
    return bulk


def _lines(
    kind: BulkKind, chosen: list[tuple[str, Case | None]], seen: Mapping[str, str] | None, by: User, at: datetime
) -> tuple[list[BulkLine], list[Lender | None]]:
    """A line for each number, and whose power those rest on that wait; asked before anything is locked."""
    rests = resting(kind, [case for _number, case in chosen if case is not None], by=by, at=at)
    lines: list[BulkLine] = []
    lenders: list[Lender | None] = []
    for position, (number, case) in enumerate(chosen, 1):
        line = BulkLine(position=position, asked=number, case=case, outcome=LineOutcome.WAITING)
        lines.append(line)
        if case is None:
            line.outcome, line.at = LineOutcome.NOT_FOUND, at
            continue
        line.seen = holder_of(case)
        reasons = _at_once(kind, line, seen, by, at)
        if not reasons and case.pk in rests:
            lenders.append(rests[case.pk].lender)
            if kind.needs_second and _person(lenders[-1]) != _person(lenders[0]):
                reasons = [Reason("other_lender", _("该件须以另一人的职权提出，请单独提出。"))]
        if reasons:
            line.outcome, line.reasons, line.at = LineOutcome.REFUSED, _plain(reasons), at
    return lines, lenders


def _at_once(kind: BulkKind, line: BulkLine, seen: Mapping[str, str] | None, by: User, at: datetime) -> list[Reason]:
    """Why a line is refused as it is ordered: a decision speaks against it, or another holds the case by now."""
    assert line.case is not None
    if kind.needs_second:
        return reasons_against(kind, line.case, by=by, at=at)
    if kind.code == HAND_OVER and seen is not None and seen.get(line.asked, "") != str(line.seen_id or ""):
        return [assignments.held_by(line.seen)]
    return []


def _to_tell(kind: BulkKind, lines: list[BulkLine], but: set[int]) -> list[User]:
    """Who may confirm a decision that is proposed."""
    cases = [line.case for line in lines if line.case is not None and line.outcome == LineOutcome.WAITING]
    return officers_at(kind, cases, but=but) if kind.needs_second else []


def _person(lender: Lender | None) -> set[int]:
    return {lender.person} if lender is not None else set()


def _plain(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    return [{"code": reason.code, "text": str(reason)} for reason in reasons]


# --- the second person ------------------------------------------------------------------------------------------
def confirm(bulk: BulkAct, *, by: User, at: datetime, request_key: str | None = None) -> BulkAct:
    """A second person of the same power confirms the proposal, and so decides each case in their own name.

    Raises Denied for whoever proposed it or lacks the power, AlreadyDone when it was answered.
    """
    try:
        with _answering(bulk, "confirm_bulk_act", by, at, request_key, "") as doing:
            row = _proposed(doing, bulk)
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
            row = _proposed(doing, bulk)
            row.state, row.second, row.second_at, row.second_reason = BulkState.DECLINED, by, at, reason.strip()
            row.save(update_fields=["state", "second", "second_at", "second_reason"])
            doing.note(bulk=row.number, proposed_by=str(row.proposed_by), reason=reason.strip())
            doing.tell(row.proposed_by, "bulk_declined", number=row.number, person=str(by), reason=reason.strip())
    except Replayed:
        return


def _answering(
    bulk: BulkAct, verb: str, by: User, at: datetime, request_key: str | None, said: str
) -> AbstractContextManager[Act]:
    request = fingerprint(bulk.number, verb, said)
    return act(LEDGER, verb, by=by, at=at, acting_as=bulk.power, request_key=request_key, request=request)


def _proposed(doing: Act, bulk: BulkAct) -> BulkAct:
    """The fresh row under its lock, for a person who may answer it: at whose own desk a case of it waits."""
    by, row = doing.by, BulkAct.objects.select_for_update().get(pk=bulk.pk)
    denied = Denied([Reason("same_person", _("须由提出人以外、有同样职权的人员确认。"))])
    if by.pk in _proposers(row) or not BulkAct.objects.filter(at_own_desk(by), pk=row.pk).exists():
        raise denied
    if row.state != BulkState.PROPOSED:
        raise _answered(row)
    waiting = Case.objects.filter(pk__in=row.lines.filter(outcome=LineOutcome.WAITING).values("case"))
    cases = waiting.filter(pk__in=cases_at_desk(by, row.desk).values("pk")).order_by("pk")
    lenders = _lenders(row, cases, by, doing.at)
    if not lenders:
        raise denied
    doing.rests_on(lenders[0])
    return row


def _proposers(bulk: BulkAct) -> set[int]:
    """Who proposed it and whose power was lent for that: numbers of the accounts, none of which may confirm it."""
    return {pk for pk in (bulk.proposed_by_id, bulk.proposed_for_id) if pk is not None}


def _lenders(bulk: BulkAct, cases: Iterable[Case], by: User, at: datetime) -> list[Lender | None]:
    """Whose power it rests on for each of the cases for which the person holds it, but for that of the proposers."""
    but = _proposers(bulk) if bulk.needs_second else set()
    rests = resting(kind_of(bulk.desk, bulk.kind), cases, by=by, at=at)
    return [one.lender for one in rests.values() if not _person(one.lender) & but]


def _answered(bulk: BulkAct) -> AlreadyDone:
    text = _("该批量办理已由%(who)s答复。") % {"who": bulk.second or bulk.proposed_by}
    return AlreadyDone(Reason("already_done", text), done_by=str(bulk.second or ""), done_at=bulk.second_at)


# --- case by case -----------------------------------------------------------------------------------------------
def carry_on(bulk: BulkAct, *, by: User, at: datetime) -> None:
    """Do what still waits, each case by itself; only whoever ordered or confirmed it.

    Raises Denied for others, AlreadyDone when it was declined or is finished.
    """
    bulk.refresh_from_db()
    if by.pk != (bulk.second_id if bulk.needs_second else bulk.proposed_by_id):
        raise Denied([Reason("not_yours", _("只有办理人可以继续办理。"))])
    if bulk.state == BulkState.DECLINED:
        raise _answered(bulk)
    if bulk.state != BulkState.RUNNING:
        text = _("该批量办理已经办完。")
        raise AlreadyDone(Reason("already_done", text), done_by=str(by), done_at=bulk.finished_at)
    kind = kind_of(bulk.desk, bulk.kind)
    for line in bulk.lines.filter(outcome=LineOutcome.WAITING).select_related("case__enterprise").order_by("position"):
        reasons = _do(bulk, kind, line, by, at)
        rows = BulkLine.objects.filter(pk=line.pk)
        if reasons:  # another run may have done it meanwhile
            rows = rows.exclude(outcome=LineOutcome.DONE)
        rows.update(outcome=LineOutcome.REFUSED if reasons else LineOutcome.DONE, reasons=_plain(reasons), at=at)
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
            _perform(bulk, kind, case, by, at, key)
    except Refusal as refusal:
        return refusal.reasons
    except NotFound:
        return [Reason("not_of_this_procedure", _("该办件的程序没有这一办理事项。"))]
    return []


def _perform(bulk: BulkAct, kind: BulkKind, case: Case, by: User, at: datetime, key: str) -> None:
    """Through the door; a decision is undone where its entry says that it rests on the power of who proposed it."""
    form = {kind.words: bulk.words} if kind.words else {}
    noted = {"bulk": bulk.number, "proposed_by": str(bulk.proposed_by)}
    with transaction.atomic() if bulk.needs_second else nullcontext():
        done = door.perform(case, kind.code, by=by, at=at, form=form, request_key=key, noted=noted)
        if not bulk.needs_second:
            return
        entry = AuditEvent.objects.get(chain=chain_key(case), seq=done.seq)
        if entry.content.get("on_behalf_of", {}).get("id") in _proposers(bulk):
            raise Refusal([Reason("same_person", _("须由提出人以外、有同样职权的人员确认。"))])


def _finish(bulk: BulkAct, kind: BulkKind, by: User, at: datetime) -> None:
    """Close the order once, with how many were done and refused."""
    cases = [line.case for line in bulk.lines.select_related("case").order_by("position") if line.case is not None]
    lenders = _lenders(bulk, cases, by, at)
    with suppress(_NotYet), act(LEDGER, "finish_bulk_act", by=by, at=at, acting_as=kind.power) as doing:
        row = BulkAct.objects.select_for_update().get(pk=bulk.pk)
        outcomes = list(row.lines.values_list("outcome", flat=True))
        if row.state != BulkState.RUNNING or LineOutcome.WAITING in outcomes:
            raise _NotYet
        row.state, row.finished_at = BulkState.FINISHED, at
        row.save(update_fields=["state", "finished_at"])
        doing.rests_on(lenders[0] if lenders else None)
        done = outcomes.count(LineOutcome.DONE)
        refused = len(outcomes) - done
        doing.note(bulk=row.number, kind=kind.code, done=done, refused=refused)
        if row.needs_second:
            doing.tell(row.proposed_by, "bulk_done", number=row.number, done=done, refused=refused)
    bulk.refresh_from_db()
