"""When the public notice of one case ends: with its list, or later where its entry or an objection says so."""

from __future__ import annotations

from datetime import datetime

from accreditation.clocks import DeadlineKind
from accreditation.models import AdjustedEntry, Application, Deadline, NoticeExtension, Objection, User
from accreditation.notice_words import ExtensionGround


def end_of_notice(application: Application) -> datetime:
    """Last second in which objections against the case are taken; never before its list ends.

    Later where an objection extended the notice, or where the days of a corrected entry run anew.
    """
    notice = application.notice
    assert notice is not None
    anew = AdjustedEntry.objects.filter(entry__application=application, entry__notice=notice, ends_at__isnull=False)
    ends = [notice.ends_at, *(row.ends_at for row in anew if row.ends_at)]
    if extensions_of(application):
        ends.append(notice_clock(application).due_at)
    return max(ends)


def extensions_of(application: Application) -> list[NoticeExtension]:
    """What put the end of the case's notice off, in order."""
    found = [row for row in application.notice_extensions.all() if row.notice_id == application.notice_id]
    return sorted(found, key=lambda row: row.pk)


def notice_clock(application: Application) -> Deadline:
    """The clock of the case's notice, whether it runs or has run out."""
    return application.case.deadlines.filter(kind=DeadlineKind.NOTICE).latest("pk")


def keep_extension(
    objection: Objection, *, ground: ExtensionGround, working_days: int, by: User, at: datetime, reason: str = ""
) -> NoticeExtension:
    """Enter the days by which an objection extends the notice in which it was raised and its case still is."""
    assert objection.notice_id == objection.application.notice_id
    return NoticeExtension.objects.create(
        notice=objection.notice,
        application=objection.application,
        objection=objection,
        ground=ground,
        working_days=working_days,
        reason=reason,
        extended_at=at,
        extended_by=by,
    )
