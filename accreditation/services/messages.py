"""In-site messages are marked as read by their own recipient only."""

from __future__ import annotations

from datetime import datetime

from accreditation.errors import NotFound
from accreditation.models import Message, User


def open_message(pk: int, *, by: User, at: datetime) -> Message:
    """Mark one message as read and return it; raises NotFound for somebody else's."""
    row = Message.objects.filter(pk=pk, recipient=by).first()
    if row is None:
        raise NotFound
    if row.read_at is None:
        row.read_at = at
        row.save(update_fields=["read_at"])
    return row


def read_all(*, by: User, at: datetime) -> int:
    """Mark every message of the person as read; returns how many were unread."""
    return Message.objects.filter(recipient=by, read_at__isnull=True).update(read_at=at)
