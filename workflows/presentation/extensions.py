"""Why and by how much the public notice of one case runs on, for the public and for the authorities."""

from __future__ import annotations

from accreditation.models import Application
from accreditation.notice_words import ExtensionGround
from accreditation.services.notice_ends import extensions_of
from workflows.presentation.words import Words, quoted


def extension_rows(application: Application) -> list[Words]:
    """`ground`, `days`, `reason`, `at` of each extension, in order; who objected stands in none of them."""
    return [
        {
            "ground": ExtensionGround(row.ground).label,
            "days": row.working_days,
            "reason": quoted(row.reason) if row.reason else "",
            "at": row.extended_at,
        }
        for row in extensions_of(application)
    ]
