"""递补: an officer puts the next in order forward for a place that came to be free, another confirms it.

Acts over the batch, whose lock lets two of them, a meeting that gives places and a supplementary ranking count one
after the other: cases first, then the batch, as everywhere. The case moves by the door when the second has confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, act, fingerprint
from accreditation.clocks import SHANGHAI
from accreditation.enums import MeetingState
from accreditation.errors import Reason, Refusal
from accreditation.four_eyes import FourEyes
from accreditation.models import Application, Batch, CallingUp, Case, Decision, User
from accreditation.permissions import demand_power
from accreditation.recommendation_words import ResultState
from accreditation.roles import ROLES, Power
from accreditation.selectors.people import holders_of
from workflows import door
from workflows.calling_places import FreePlaces, faults_of_batch, faults_of_next, free_places_of
from workflows.own_matters import demand_no_tie
from workflows.second_person import FOUR_EYES as OWN_WORK

OFFICE = "municipal_officer"
LEAST_WORDS = 5


def in_order(batch: Batch) -> list[Case]:
    """Everyone whom the committee has decided on, also if it was sent back since: on all of them the turn depends."""
    decided = Decision.objects.filter(application__batch=batch, item__meeting__state=MeetingState.ADOPTED)
    rows = Q(application__decision__isnull=False) | Q(application__in=decided.values("application"))
    return list(Case.objects.filter(rows, batch=batch))


def check_officer(row: CallingUp, by: User, at: datetime | None) -> None:
    """Denied without the office, and to whoever is tied to a case of the order."""
    demand_power(by, Power.CALL_MEETINGS, at=at)
    demand_no_tie(by, in_order(row.batch), [Power.CALL_MEETINGS], at=at or row.recorded_at)


FOUR_EYES = FourEyes(
    CallingUp,
    check_decider=check_officer,
    check_proposer=check_officer,
    own=Reason(OWN_WORK, _("递补须由提请人以外的另一人确认。")),
    left=Reason("recorder_left", _("提请人已不能办理本批次的递补，请不予确认，由他人重新提请。")),
    wordless=Reason("reason_needed", _("请写明不予确认的理由，不少于 %(n)d 个字。"), "reason"),
    proposed=("recorded_by", "recorded_for"),
    keeps_lender=True,
    least=LEAST_WORDS,
    related=("batch__programme", "application__case", "decision__item__meeting"),
)


@transaction.atomic
def propose_calling_up(
    batch: Batch, *, document: str = "", dated: date | None = None, by: User, at: datetime,
    request_key: str | None = None,
) -> CallingUp:  # fmt: skip
    """Put the next in order forward; nobody chooses who that is, and of several places each takes an act of its own.

    `document` with its day names what allows it, where the letter upward has gone out. Denied, Refusal with every
    reason; raises Replayed as `act` does.
    """
    said = fingerprint(batch.pk, document, dated)
    with act(
        batch, "propose_calling_up", by=by, at=at, acting_as=OFFICE, request_key=request_key, request=said
    ) as doing:
        row = doing.chain
        assert isinstance(row, Batch)
        demand_power(by, Power.CALL_MEETINGS, at=at)
        lender = by.stands_in_for
        demand_no_tie(by, in_order(row), [Power.CALL_MEETINGS], at=at)
        found, paper = free_places_of(row, at), document.strip()
        turn = whose_turn(row, found)
        reasons = [*faults_of_batch(row, found, at), *_faults_of_turn(row, found, turn)]
        if reasons := [*reasons, *_faults_of_ground(row, paper, dated, at)]:
            raise Refusal(reasons)
        assert turn is not None
        assert turn.decision is not None
        entry = CallingUp.objects.create(
            batch=row, application=turn, decision=turn.decision, document=paper, dated=dated, recorded_by=by,
            recorded_at=at, recorded_for_id=lender.person if lender else None,
        )  # fmt: skip
        _note(doing, entry)
        doing.reply(entry=entry.pk)
        doing.tell(_seconds(entry, at), "calling_up_to_confirm", **_words(entry))
    return entry


@transaction.atomic
def confirm_calling_up(entry: CallingUp, *, by: User, at: datetime, request_key: str | None = None) -> CallingUp:
    """The case stands where those within the quota stood after the same minutes; everything is asked again.

    Denied to whoever proposed it and to people of the enterprises, AlreadyDone, Refusal where the place is gone,
    another one is next by now or the proposer has left.
    """
    door.hold_cases([entry.application.case_id])
    with act(
        entry.batch, "confirm_calling_up", by=by, at=at, acting_as=OFFICE, request_key=request_key,
        request=fingerprint(entry.pk),
    ) as doing:  # fmt: skip
        row = FOUR_EYES.to_confirm(doing, entry)
        found = free_places_of(row.batch, at)
        if reasons := list(faults_of_confirming(row, found, at)):
            raise Refusal(reasons)
        door.perform(row.application.case, "call_up", by=by, at=at, form={"calling_up": row})
        left = found.former[0] if found.former else None
        FOUR_EYES.settle(row, CallingUp.confirm, by=by, at=at, vacated_decision=left.decision if left else None)
        _note(doing, row, recorded_by=str(row.recorded_by), place_of=left.application.case.number if left else "")
        doing.tell(row.recorded_by, "calling_up_confirmed", **_words(row))
    return row


def decline_calling_up(entry: CallingUp, *, reason: str, by: User, at: datetime) -> CallingUp:
    """Leave it without effect; the place stays free. Denied as for confirming, AlreadyDone, Refusal."""
    with act(entry.batch, "decline_calling_up", by=by, at=at, acting_as=OFFICE) as doing:
        row = FOUR_EYES.decline(doing, entry, CallingUp.decline, reason)
        _note(doing, row, recorded_by=str(row.recorded_by), reason=row.reason)
        doing.tell(row.recorded_by, "calling_up_declined", **_words(row))
    return row


def withdraw_calling_up(entry: CallingUp, *, by: User, at: datetime) -> CallingUp:
    """Take the own proposal back. Denied for everybody else, AlreadyDone."""
    with act(entry.batch, "withdraw_calling_up", by=by, at=at, acting_as=OFFICE) as doing:
        row = FOUR_EYES.withdraw(doing, entry, CallingUp.withdraw)
        _note(doing, row)
    return row


def whose_turn(batch: Batch, found: FreePlaces) -> Application | None:
    """The first in order for whom nobody has proposed it yet."""
    waiting = set(batch.callings_up.filter(state=ResultState.WAITING).values_list("application_id", flat=True))
    return next((one for one in found.queue if one.pk not in waiting), None)


def _faults_of_turn(batch: Batch, found: FreePlaces, turn: Application | None) -> Iterator[Reason]:
    if turn is not None:
        yield from faults_of_next(turn)
    elif found.queue:
        yield Reason("proposed_already", _("空余的名额都已提请递补，正待另一人确认。"))
    elif found.open:
        yield Reason("nobody_next", _("没有可以递补的申报。"))


def needs_document(batch: Batch) -> bool:
    """Whether the letter upward has gone out: what was sent is complete, unless a document allows more.

    Before that the number of places that the batch was given is the ground.
    """
    return batch.recommendations.exists()


def _faults_of_ground(batch: Batch, document: str, dated: date | None, at: datetime) -> Iterator[Reason]:
    if needs_document(batch) and len(document) < LEAST_WORDS:
        text = _("推荐文件已行文，请写明允许递补的文件或者规定的名称和文号。")
        yield Reason("document_needed", text, "document")
    if bool(document) != (dated is not None):
        yield Reason("day_needed", _("请一并填写文件名称和印发日期。"), "dated" if document else "document")
    if dated is not None and dated > at.astimezone(SHANGHAI).date():
        yield Reason("day_in_future", _("文件的印发日期不能晚于今天。"), "dated")


def faults_of_confirming(row: CallingUp, found: FreePlaces, at: datetime) -> Iterator[Reason]:
    """What speaks against it by now; the one put forward is still the first in order."""
    yield from faults_of_batch(row.batch, found, at)
    yield from faults_of_next(row.application)
    if needs_document(row.batch) and not row.document:
        text = _("提请以后推荐文件已行文，须由提请人写明允许递补的文件重新提请。")
        yield Reason("document_needed", text)
    if found.queue and found.queue[0].pk != row.application_id:
        text = _("顺位在先的是 %(no)s，须先办理其递补。")
        yield Reason("not_next", text % {"no": found.queue[0].case.number})
    elif found.open and not found.queue:
        yield Reason("nobody_next", _("没有可以递补的申报。"))


def _words(entry: CallingUp) -> dict[str, Any]:
    return {"batch": entry.batch.code.upper(), "number": entry.application.case.number, "entry": entry.pk}


def _note(doing: Act, entry: CallingUp, **more: str) -> None:
    doing.note(
        calling_up=entry.pk, case=entry.application.case.number, decision=entry.decision_id, document=entry.document,
        dated=entry.dated.isoformat() if entry.dated else "", **more,
    )  # fmt: skip


def _seconds(entry: CallingUp, at: datetime) -> list[User]:
    """Everybody of the office who may confirm it."""
    roles = [role for role, said in ROLES.items() if Power.CALL_MEETINGS in said.powers]
    return [one for one in holders_of(roles) if FOUR_EYES.may_decide(entry, one, at)]
