"""A confirmed change whose runner left office in mid-run is taken over by another one who could have confirmed it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.errors import Reason, Refusal
from accreditation.four_eyes import said_in_full
from accreditation.models import EditionChange, User
from workflows.edition_change import LEDGER, cases_left, confirmed, confirming_role, is_deserted
from workflows.edition_proposals import FOUR_EYES, LONGEST_REASON

WORDLESS = Reason("reason_needed", _("请写明接办的理由。"), "reason")


def take_over(change: EditionChange, *, reason: str, by: User, at: datetime) -> EditionChange:
    """From now on the cases that are left go over in this person's name; what was done stays as it was done.

    Denied for the proposer and whoever may not publish rules by an own office, AlreadyDone for a finished change,
    Refusal without a reason, for one that does not run, and while whoever runs it still holds the office.
    """
    with act(LEDGER, "take_over_edition_change", by=by, at=at, acting_as=confirming_role(by)) as doing:
        row = EditionChange.objects.select_for_update(of=("self",)).get(pk=confirmed(change.number).pk)
        FOUR_EYES.check_second(row, by, at)
        said = said_in_full(reason, WORDLESS, most=LONGEST_REASON)
        former = row.runner
        if not is_deserted(row):
            raise Refusal(
                [Reason("runner_in_office", _("%(person)s仍有此项职权，由其继续办理。") % {"person": former})]
            )
        row.taken_over_by, row.taken_over_at, row.take_over_reason = by, at, said
        row.save(update_fields=["taken_over_by", "taken_over_at", "take_over_reason"])
        doing.note(change=row.number, former=former.pk, reason=said, preview=row.preview_sha256)
        doing.note(done=len(row.report), left=len(cases_left(row)))
        doing.tell(row.proposed_by, "edition_change_taken_over", change=row.number, person=str(by), reason=said)
    return row


def may_take_over(row: EditionChange, by: User) -> bool:
    """Whether the change runs without anybody in office to carry it on, and the person could have confirmed it."""
    return FOUR_EYES.may_decide(row, by) and is_deserted(row)
