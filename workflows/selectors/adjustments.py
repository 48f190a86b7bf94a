"""A running notice as the publisher adjusts it, and what was adjusted as everybody reads it."""

from __future__ import annotations

from accreditation.enums import ApplicationState
from accreditation.errors import NotFound
from accreditation.models import Notice, NoticeAdjustment, NoticeEntry, NoticeWaiver
from accreditation.permissions import Person, batches_under
from accreditation.roles import Power
from accreditation.services.adjustments import adjustments_of
from workflows.adjustment_acts import CORRECT
from workflows.procedures import procedure_of
from workflows.selectors import public_register


def notice_to_adjust(user: Person, number: str) -> Notice:
    """A notice of a batch whose lists the person publishes; NotFound otherwise."""
    rows = Notice.objects.filter(batches_under(user, Power.PUBLISH, "batch__"), number=number)
    row = rows.select_related("batch__programme").first()
    if row is None:
        raise NotFound(number)
    return row


def adjustable(row: Notice) -> list[NoticeEntry]:
    """Entries whose cases are under notice and whose procedure knows adjustments."""
    return [
        entry
        for entry in public_register.entries(row)
        if entry.application.state == ApplicationState.UNDER_NOTICE
        and CORRECT in procedure_of(entry.application.case).verbs
    ]


def waived(row: Notice) -> set[int]:
    """Primary keys of the applications whose applicants asked to be taken off this notice."""
    return set(NoticeWaiver.objects.filter(notice=row).values_list("application", flat=True))


def published_adjustments(row: Notice) -> list[NoticeAdjustment]:
    """Adjustment notices to a notice, the oldest first."""
    return adjustments_of(row)
