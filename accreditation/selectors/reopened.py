"""What came to light after minutes and sent an application back: the committee that decides anew has it before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet

from accreditation.models import MeetingItem, Reopening
from accreditation.models.reopenings import ReopeningAnswer


def sent_back_before(item: MeetingItem) -> QuerySet[Reopening]:
    """Those that put the application of an item before the committee again, the earliest first.

    A decision of this item or of a later one is not among what they set aside: who sat here did not decide on them.
    """
    rows = Reopening.objects.filter(
        application=item.application_id, answer=ReopeningAnswer.RETURNED, decision__item__lt=item.pk
    )
    related = ("clock", "file", "proposed_by", "answered_by", "decision__item__meeting", "revised_score")
    return rows.select_related(*related).order_by("answered_at", "pk")


def sent_back_before_each(items: Iterable[MeetingItem]) -> dict[int, list[Reopening]]:
    """The same by the key of the item, for all of one agenda; one statement."""
    listed = list(items)
    rows = Reopening.objects.filter(
        application__in=[item.application_id for item in listed], answer=ReopeningAnswer.RETURNED
    )
    found: dict[int, list[Reopening]] = defaultdict(list)
    related = ("decision__item__meeting", "revised_score", "application__batch__rule_set")
    for row in rows.select_related(*related).order_by("answered_at", "pk"):
        for item in listed:
            if row.application_id == item.application_id and row.decision.item_id < item.pk:
                found[item.pk].append(row)
    return found
