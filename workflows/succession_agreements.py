"""A successor of a merger or split declares on its page that it takes on what passes to it, or that it does not.

A decline may be turned into an agreement while the change is open; nobody confirms the change before that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, act
from accreditation.change_words import ChangeState
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.holdings import who_hold
from accreditation.models import Case, ChangeRequest, ChangeSuccessor, User
from accreditation.permissions import acts_for, in_own_name
from accreditation.roles import Power
from accreditation.selectors.people import active_people_of
from accreditation.services import successions
from workflows.change_who import authority_over
from workflows.parties import tied_people

S = ChangeState
ASKED = (S.UNDER_OPINION, S.UNDER_RECEIVING_OPINION, S.RETURNED, S.UNDER_CONFIRMATION, S.AWAITING_SECOND)
LEAST_WORDS = 5


def agree_to_succession(successor: ChangeSuccessor, *, by: User, at: datetime) -> ChangeSuccessor:
    """Denied for others than its people, AlreadyDone when it has agreed, Refusal once the change has ended."""
    with _declaring(successor, "agree_to_succession", by, at) as (doing, row, change):
        if row.agreed_at is not None:
            raise AlreadyDone(
                Reason("already_done", _("本单位已经同意承继。")), done_by=str(row.agreed_by), done_at=row.agreed_at
            )
        had_declined = row.declined_at is not None
        successions.agree(row, by=by, at=at)
        told = active_people_of(change.holder)
        told += officers_of(change, successor.change.case, at) if had_declined else []  # who knew of the decline
        _tell(doing, told, "succession_agreed", enterprise=successor.enterprise.name)
    return row


def decline_succession(successor: ChangeSuccessor, *, reason: str, by: User, at: datetime) -> ChangeSuccessor:
    """The same errors; AlreadyDone also when it has declined. Refusal without a reason."""
    with _declaring(successor, "decline_succession", by, at) as (doing, row, change):
        _not_said_before(row)
        why = reason.strip()
        if len(why) < LEAST_WORDS:
            text = _("请写明不同意的理由，不少于 %(n)d 个字。") % {"n": LEAST_WORDS}
            raise Refusal([Reason("text_needed", text, "reason")])
        successions.decline(row, reason=why, by=by, at=at)
        doing.note(reason=why)
        told = [*active_people_of(change.holder), *officers_of(change, successor.change.case, at)]
        _tell(doing, told, "succession_declined", enterprise=successor.enterprise.name, reason=why)
    return row


@contextmanager
def _declaring(
    successor: ChangeSuccessor, verb: str, by: User, at: datetime
) -> Iterator[tuple[Act, ChangeSuccessor, ChangeRequest]]:
    """The act in the case of the change, with the fresh rows, while its successors are asked."""
    if not acts_for(by, successor.enterprise_id):
        raise Denied([Reason("not_member", _("您不是该单位的申报人员。"))])
    in_own_name(by)
    with act(successor.change.case, verb, by=by, at=at, acting_as="successor") as doing:
        row = ChangeSuccessor.objects.select_for_update(of=("self",)).filter(pk=successor.pk).first()
        change = ChangeRequest.objects.select_related("holder").get(pk=successor.change_id)
        if row is None or change.state not in ASKED:
            raise Refusal([Reason("not_asked", _("该变更现在不征求承继单位的意见。"))])
        doing.note(successor=successor.enterprise.uscc, name=successor.enterprise.name)
        yield doing, row, change


def _not_said_before(row: ChangeSuccessor) -> None:
    """Raises AlreadyDone: an agreement is not taken back here, and one decline is enough."""
    said = [
        (row.agreed_at, row.agreed_by, _("本单位已经同意承继。")),
        (row.declined_at, row.declined_by, _("本单位已经表示不同意承继。")),
    ]
    for when, who, text in said:
        if when is not None:
            raise AlreadyDone(Reason("already_done", text), done_by=str(who), done_at=when)


def officers_of(change: ChangeRequest, case: Case, at: datetime) -> list[User]:
    """Whoever deals with the change: its district, the granting body, its second person; nobody tied to a party."""
    place = authority_over(change, case.district)
    found = [
        *who_hold(Power.PREPARE_ORDERS, case.district, at),
        *who_hold(Power.PREPARE_ORDERS, place, at),
        *(who_hold(Power.MAKE_ORDERS, place, at) if change.state == S.AWAITING_SECOND else ()),
    ]
    tied = set(tied_people(case).values_list("pk", flat=True))
    return list({person.pk: person for person in found if person.pk not in tied}.values())


def _tell(doing: Act, people: Iterable[User], kind: str, **said: str) -> None:
    case = doing.chain
    assert isinstance(case, Case)
    doing.tell(people, kind, case_number=case.number, **said)
