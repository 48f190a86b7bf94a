"""Corrections of announcements: for those who propose and publish them, and as everybody reads them."""

from __future__ import annotations

from accreditation.correction_words import AnnouncementCorrectionState
from accreditation.errors import NotFound
from accreditation.models import Announcement, AnnouncementCorrection, User
from workflows.announcement_corrections import may_propose

RELATED = ("announcement", "batch__programme", "batch__authority", "title__holder", "proposed_by", "settled_by")


def announcement_to_correct(user: User, pk: int) -> Announcement:
    """An announcement of a batch of the person's authority; NotFound otherwise."""
    row = Announcement.objects.select_related("batch__programme", "batch__authority").filter(pk=pk).first()
    if row is None or not may_propose(user, row.batch):
        raise NotFound(str(pk))
    return row


def correction_for(user: User, pk: int) -> AnnouncementCorrection:
    """One correction of the person's authority; NotFound otherwise."""
    row = AnnouncementCorrection.objects.select_related(*RELATED).filter(pk=pk).first()
    if row is None or not may_propose(user, row.batch):
        raise NotFound(str(pk))
    return row


def corrections_of(announcement: Announcement) -> list[AnnouncementCorrection]:
    """All of them, the newest first."""
    return list(announcement.corrections.select_related(*RELATED).order_by("-pk"))


def published_corrections(announcement: Announcement) -> list[AnnouncementCorrection]:
    """What everybody reads beside the announcement, the newest first."""
    rows = announcement.corrections.filter(state=AnnouncementCorrectionState.PUBLISHED)
    return list(rows.select_related(*RELATED).order_by("-settled_at", "-pk"))
