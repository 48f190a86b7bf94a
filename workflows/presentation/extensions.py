"""Why and by how much the public notice of one case runs on, for the public and for the authorities."""

from __future__ import annotations

from accreditation.models import Application
from accreditation.notice_words import ExtensionGround
from accreditation.services.notice_ends import extensions_of
from workflows.presentation.words import Words, quoted


def extension_rows(application: Application, *, with_reasons: bool = False) -> list[Words]:
    """`ground`, `days`, `reason`, `at` of each extension, in order.

    The reason is in an officer's own words, which may tell of the objector: only for those who may read the objection.
    """
    return [
        {
            "ground": ExtensionGround(row.ground).label,
            "days": row.working_days,
            "reason": quoted(row.reason) if row.reason and with_reasons else "",
            "at": row.extended_at,
        }
        for row in extensions_of(application)
    ]
