"""Four eyes over batches: one officer prepares an opening, a longer window or a calling off, another confirms it.

A batch takes effect on everybody who may apply. What is put forward holds every parameter as it will be; the second
officer confirms that and nothing else, declines it with a reason, or its proposer takes it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.acts import Replayed, act, fingerprint
from accreditation.batch_words import BatchAct, ProposalState
from accreditation.errors import Denied, Reason, Refusal
from accreditation.four_eyes import FourEyes
from accreditation.holdings import who_hold
from accreditation.models import Batch, BatchProposal, Body, Case, Programme, RuleSetEdition, User
from accreditation.permissions import has_power, persons_behind
from accreditation.roles import Power
from accreditation.services import batch_changes
from accreditation.services.batches import Opening, open_batch, pinned_by, prepared_batch
from accreditation.services.numbers import next_number_at
from workflows import door
from workflows.own_matters import demand_no_tie
from workflows.parties import ties_to
from workflows.procedures import PROCEDURES

LEDGER = "batch_acts"
OFFICE = "municipal_officer"
LONGEST_REASON = 300
LEAST_REASON = 5
OWN = Reason("four_eyes", _("提请人不能确认或者不予确认本人的提请。"))


def check_officer(by: User, at: datetime | None) -> None:
    """Denied unless the person runs batches."""
    if not has_power(by, Power.RUN_BATCHES, at=at):
        raise Denied([Reason("no_power", _("只有市认定办公室经办人可以提请和确认批次事项。"))])


def _check_decider(row: BatchProposal, by: User, at: datetime | None) -> None:
    """Denied also for the proposer, to whom it says who can, and for whoever is tied to a case of the batch."""
    check_officer(by, at)
    if row.proposed_by_id in persons_behind(by):
        others = "、".join(map(str, confirmers(row.batch, row.proposed_by, at)))
        text = _("提请人不能办理本人的提请；可由%(who)s办理。") if others else _(
            "提请人不能办理本人的提请；现无其他人可以办理，请先由安全管理员为他人授予职权。"
        )  # fmt: skip
        raise Denied([Reason(OWN.code, text % {"who": others})])
    if row.batch is not None and at is not None:
        demand_no_tie(by, list(row.batch.cases.all()), [Power.RUN_BATCHES], at=at)


FOUR_EYES = FourEyes(
    BatchProposal,
    check_decider=_check_decider,
    check_proposer=lambda _row, by, at: check_officer(by, at),
    own=OWN,
    left=Reason("proposer_left", _("提请人已不是市认定办公室经办人，请不予确认，由他人重新提请。")),
    wordless=Reason("reason_needed", _("请写明不予确认的理由。"), "reason"),
    reason="decline_reason",
    related=("batch",),
)


def confirmers(batch: Batch | None, by: User, at: datetime | None = None) -> list[User]:
    """Who could confirm what this person puts forward: the others of the office, without those tied to its cases."""
    cases: Iterable[Case] = batch.cases.all() if batch is not None else ()
    barred = {person for person, _case in ties_to(list(cases))} | {by.pk}
    return [person for person in who_hold(Power.RUN_BATCHES, None, at) if person.pk not in barred]


# --- What is put forward --------------------------------------------------------------------------------------------
def propose_opening(said: dict[str, Any], *, by: User, at: datetime, request_key: str | None = None) -> BatchProposal:
    """Put a batch before a second officer; `said` are fields of `Opening` but for what its procedure needs.

    Denied, Refusal with every reason against the batch, or where one of that code waits already.
    """
    opening = {name: _plain(value) for name, value in said.items()}

    def made(number: str) -> BatchProposal:
        batch = prepared_batch(opening_of(opening), at=at)
        return BatchProposal(number=number, kind=BatchAct.OPEN, programme=batch.programme, subject=batch.code,
                             opening=opening | pinned_by(batch))  # fmt: skip

    return _propose(made, fingerprint("open", opening), by=by, at=at, request_key=request_key)


def propose_longer_window(
    batch: Batch, closes_at: datetime, *, reason: str, document: str, by: User, at: datetime,
    request_key: str | None = None,
) -> BatchProposal:  # fmt: skip
    """Put a later end of the window before a second officer, with its reason and the document that says so."""
    said, paper = reason.strip(), document.strip()

    def made(number: str) -> BatchProposal:
        row = Batch.objects.select_related("programme").get(pk=batch.pk)
        reasons = list(batch_changes.faults_of_prolonging(row, closes_at, at))
        reasons += _short_of(said, "reason", _("请写明延长的理由。"))
        reasons += _short_of(paper, "document", _("请写明文件名称和文号。"))
        if reasons:
            raise Refusal(reasons)
        return BatchProposal(
            number=number, kind=BatchAct.PROLONG, programme=row.programme, subject=row.code, batch=row,
            closes_before=row.closes_at, closes_at=closes_at, reason=said, document=paper,
        )  # fmt: skip

    request = fingerprint("prolong", batch.pk, closes_at, said, paper)
    return _propose(made, request, by=by, at=at, request_key=request_key, batch=batch)


def propose_calling_off(
    batch: Batch, *, reason: str, by: User, at: datetime, request_key: str | None = None
) -> BatchProposal:
    """Put the end of a batch that was opened wrongly before a second officer."""
    said = reason.strip()

    def made(number: str) -> BatchProposal:
        row = Batch.objects.select_related("programme").get(pk=batch.pk)
        reasons = list(batch_changes.faults_of_calling_off(row))
        if reasons := [*reasons, *_short_of(said, "reason", _("请写明取消的理由。"))]:
            raise Refusal(reasons)
        return BatchProposal(
            number=number, kind=BatchAct.CALL_OFF, programme=row.programme, subject=row.code, batch=row, reason=said
        )

    request = fingerprint("call_off", batch.pk, said)
    return _propose(made, request, by=by, at=at, request_key=request_key, batch=batch)


def _propose(
    made: Callable[[str], BatchProposal], request: str, *, by: User, at: datetime, request_key: str | None,
    batch: Batch | None = None,
) -> BatchProposal:  # fmt: skip
    try:
        with act(
            LEDGER, "propose_batch_act", by=by, at=at, acting_as=OFFICE, request_key=request_key, request=request
        ) as doing:
            check_officer(by, at)
            if batch is not None:
                demand_no_tie(by, list(batch.cases.all()), [Power.RUN_BATCHES], at=at)
            row = made(next_number_at("BATCH", at))
            if BatchProposal.objects.filter(subject=row.subject, state=ProposalState.WAITING).exists():
                text = _("批次 %(code)s 已有一项提请在等候确认，可先撤回再提请。")
                raise Refusal([Reason("proposed_already", text % {"code": row.subject.upper()})])
            row.proposed_by, row.proposed_at = by, at
            row.save()
            doing.note(proposal=row.number, kind=row.kind, batch=row.subject, **_content(row))
            doing.tell(confirmers(row.batch, by, at), "batch_act_proposed", proposal=row.number, batch=row.subject)
            doing.reply(proposal=row.number)
    except Replayed as replayed:
        return BatchProposal.objects.get(number=replayed.answer["proposal"])
    return row


def _content(row: BatchProposal) -> dict[str, Any]:
    """What is put forward, for the trail."""
    if row.kind == BatchAct.OPEN:
        return {"opening": row.opening}
    until = {"closes_at": row.closes_at.isoformat(), "document": row.document} if row.closes_at else {}
    return {"reason": row.reason, **until}


def _short_of(said: str, place: str, text: str | Promise) -> list[Reason]:
    return [] if len(said) >= LEAST_REASON else [Reason("reason_needed", text, place)]


# --- An opening as it is kept ---------------------------------------------------------------------------------------
def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value.pk if isinstance(value, Programme | RuleSetEdition | Body) else value


def opening_of(kept: dict[str, Any]) -> Opening:
    """What an opening says, with what its procedure needs as installed now."""
    procedure, authority = PROCEDURES[kept["procedure"]], kept.get("authority")
    return Opening(
        programme=Programme.objects.select_related("granted_by").get(pk=kept["programme"]),
        edition=RuleSetEdition.objects.get(pk=kept["edition"]),
        ordinal=kept["ordinal"],
        year=kept["year"],
        procedure=kept["procedure"],
        opens_at=datetime.fromisoformat(kept["opens_at"]),
        closes_at=datetime.fromisoformat(kept["closes_at"]),
        base_date=date.fromisoformat(kept["base_date"]),
        reporting_year=kept.get("reporting_year"),
        authority=Body.objects.get(pk=authority) if authority else None,
        needs=procedure.needs,
        options=procedure.options,
    )


def faults_of_opening(kept: dict[str, Any], at: datetime) -> list[Reason]:
    """Why a batch that was put forward cannot be opened now; also where it would pin other figures than were shown."""
    try:
        batch = prepared_batch(opening_of(kept), at=at)
    except Refusal as refusal:
        return refusal.reasons
    now = pinned_by(batch)
    if all(kept[name] == now[name] for name in now if name in kept):  # earlier proposals hold the checksum alone
        return []
    return [Reason("changed_since", _("提请以后，规则集、申报表或者所定的参数有变化，请不予确认，由提请人重新提请。"))]


# --- What the second officer makes of it ----------------------------------------------------------------------------
@transaction.atomic
def confirm(proposal: BatchProposal, *, by: User, at: datetime) -> BatchProposal:
    """Carry out what another officer put forward; everything is checked again, as the batch goes on meanwhile.

    Denied for the proposer, who is told who may, and whoever is tied to a case; AlreadyDone, Refusal.
    """
    if proposal.kind == BatchAct.CALL_OFF and proposal.batch is not None:  # so that no draft is filed meanwhile
        door.hold_cases(proposal.batch.cases.values_list("pk", flat=True))
    with act(LEDGER, "confirm_batch_act", by=by, at=at, acting_as=OFFICE) as doing:
        row = FOUR_EYES.to_confirm(doing, proposal)
        batch = _carry_out(row, by, at)
        FOUR_EYES.settle(row, BatchProposal.confirm, by=by, at=at, batch=batch)
        doing.note(proposal=row.number, kind=row.kind, batch=batch.code, proposed_by=row.proposed_by_id)
        doing.tell(row.proposed_by, "batch_act_confirmed", proposal=row.number, batch=batch.code)
    return row


def _carry_out(row: BatchProposal, by: User, at: datetime) -> Batch:
    if row.kind == BatchAct.OPEN:
        if found := faults_of_opening(row.opening, at):
            raise Refusal(found)
        said = opening_of(row.opening)
        fields = {name: getattr(said, name) for name in Opening.__slots__ if name not in ("programme", "edition")}
        return open_batch(said.programme, said.edition, by=by, at=at, **fields)
    assert row.batch is not None
    if row.kind == BatchAct.PROLONG:
        return batch_changes.prolong_window(row.batch, row, by=by, at=at)
    return batch_changes.call_batch_off(row.batch, row, by=by, at=at)


def decline(proposal: BatchProposal, *, reason: str, by: User, at: datetime) -> BatchProposal:
    """Leave it without effect; its proposer is told the reason. Denied as for confirming, AlreadyDone, Refusal."""
    with act(LEDGER, "decline_batch_act", by=by, at=at, acting_as=OFFICE) as doing:
        row = FOUR_EYES.decline(doing, proposal, BatchProposal.decline, reason)
        doing.note(proposal=row.number, batch=row.subject, reason=row.decline_reason)
        doing.tell(
            row.proposed_by, "batch_act_declined", proposal=row.number, batch=row.subject, reason=row.decline_reason
        )
    return row


def withdraw(proposal: BatchProposal, *, by: User, at: datetime) -> BatchProposal:
    """Take the own proposal back. Denied for everybody else, AlreadyDone when it is decided."""
    with act(LEDGER, "withdraw_batch_act", by=by, at=at, acting_as=OFFICE) as doing:
        row = FOUR_EYES.withdraw(doing, proposal, BatchProposal.withdraw)
        doing.note(proposal=row.number, batch=row.subject)
    return row
