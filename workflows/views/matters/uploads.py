"""A file that came with a form of a matter, checked and stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accreditation.errors import Reason, Refusal
from accreditation.services.files import check_file, take_file

if TYPE_CHECKING:
    from accreditation.models import StoredFile

HEAD_BYTES = 16


def stored(sent: Any) -> tuple[StoredFile, str]:
    """The file and its name. Refusal with reasons that belong to the field `file`, where it is none that is kept."""
    content, name = sent.read(), str(sent.name or "")
    try:
        rule = check_file(name, len(content), content[:HEAD_BYTES])
        return take_file(content, name, media_type=rule.media_type, at=timezone.now()), name
    except Refusal as refusal:
        raise Refusal([Reason(reason.code, reason.text, "file") for reason in refusal.reasons]) from refusal
