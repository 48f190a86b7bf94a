"""Adjustment notices as rows, and the last moment of an entry whose days run anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from accreditation.models import AdjustedEntry, Application, Notice, NoticeAdjustment, NoticeEntry, User
from accreditation.notice_words import AdjustmentKind
from accreditation.services.notice_ends import end_of_notice


def create_adjustment(
    notice: Notice,
    corrected: Mapping[NoticeEntry, str],
    taken_off: Iterable[NoticeEntry],
    *,
    body: str,
    ends_at: datetime | None,
    by: User,
    at: datetime,
) -> NoticeAdjustment:
    """Publish an adjustment notice; `ends_at`: last moment of the corrected entries, if their days run anew."""
    row = NoticeAdjustment.objects.create(
        number=f"{notice.number}-A{notice.adjustments.count() + 1}", notice=notice, batch=notice.batch, body=body,
        published_by=by, published_at=at,
    )  # fmt: skip
    lines = [
        AdjustedEntry(adjustment=row, entry=entry, kind=AdjustmentKind.CORRECTED, corrected_name=name, ends_at=ends_at)
        for entry, name in corrected.items()
    ]
    lines += [AdjustedEntry(adjustment=row, entry=entry, kind=AdjustmentKind.TAKEN_OFF) for entry in taken_off]
    AdjustedEntry.objects.bulk_create(lines)
    return row


def last_moment(application: Application) -> datetime | None:
    """Until when objections against the application are taken; None without a notice."""
    return end_of_notice(application) if application.notice is not None else None


def adjustments_of(notice: Notice) -> list[NoticeAdjustment]:
    """Adjustment notices to a notice, the oldest first, with their lines."""
    return list(notice.adjustments.prefetch_related("lines__entry").order_by("pk"))
