"""Mappings between editions, and a change that waits for the second person."""

from __future__ import annotations

from datetime import datetime

from accreditation.models import EditionChange, User
from workflows.edition_goals import choices, draw_up
from workflows.edition_mapping import read_mapping
from workflows.edition_proposals import hash_of

OLD, NEW = "municipal_recognition/2022", "municipal_recognition/2026"


def waiting_change(by: User, at: datetime) -> EditionChange:
    """A change of no case in particular, put forward."""
    text = draw_up(NEW, "管理办法修订", {row.state: row.goals[0] for row in choices(OLD, NEW)})
    mapping = read_mapping(text, OLD, NEW)
    return EditionChange.objects.create(
        number="EDITION-2026-9001", edition_before=OLD, edition_after=NEW, mapping=text, proposed_by=by, proposed_at=at,
        mapping_sha256=mapping.sha256, reason=mapping.reason, preview_sha256=hash_of(mapping, []),
    )  # fmt: skip
