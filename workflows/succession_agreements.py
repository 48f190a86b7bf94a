"""A successor of a merger or split declares on its page that it takes on what passes to it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.change_words import ChangeState
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.models import ChangeRequest, ChangeSuccessor, User
from accreditation.permissions import acts_for, in_own_name
from accreditation.selectors.people import active_people_of

S = ChangeState
ASKED = (S.UNDER_OPINION, S.UNDER_RECEIVING_OPINION, S.RETURNED, S.UNDER_CONFIRMATION, S.AWAITING_SECOND)


def agree_to_succession(successor: ChangeSuccessor, *, by: User, at: datetime) -> ChangeSuccessor:
    """Denied for others than its people, AlreadyDone when it has agreed, Refusal once the change has ended."""
    if not acts_for(by, successor.enterprise_id):
        raise Denied([Reason("not_member", _("您不是该单位的申报人员。"))])
    in_own_name(by)
    with act(successor.change.case, "agree_to_succession", by=by, at=at, acting_as="successor") as doing:
        row = ChangeSuccessor.objects.select_for_update(of=("self",)).filter(pk=successor.pk).first()
        change = ChangeRequest.objects.select_related("holder").get(pk=successor.change_id)
        if row is None or change.state not in ASKED:
            raise Refusal([Reason("not_asked", _("该变更现在不征求承继单位的意见。"))])
        if row.agreed_at is not None:
            raise AlreadyDone(
                Reason("already_done", _("本单位已经同意承继。")), done_by=str(row.agreed_by), done_at=row.agreed_at
            )
        row.agreed_at, row.agreed_by = at, by
        row.save(update_fields=["agreed_at", "agreed_by"])
        doing.note(successor=successor.enterprise.uscc, name=successor.enterprise.name)
        told = active_people_of(change.holder)
        doing.tell(
            told, "succession_agreed", case_number=successor.change.case.number, enterprise=successor.enterprise.name
        )
    return row
