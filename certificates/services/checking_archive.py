"""The archive as the operator checks it: upgraded files that are missing, and upgrades that are overdue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from certificates.durable import fetch
from certificates.installation import store_folder
from certificates.models import ArchivedFile
from certificates.selectors import certificates_to_archive, newest_archived
from certificates.services.archiving import OVERDUE_AFTER, RENEWED_BEFORE


def archive_differences() -> Iterator[str]:
    """One line for each upgraded file that is missing, damaged, or out of its order."""
    expected = 1
    certificate = None
    for row in ArchivedFile.objects.select_related("certificate").iterator():
        expected = expected + 1 if row.certificate_id == certificate else 1
        certificate = row.certificate_id
        if row.ordinal != expected:
            yield f"{row.certificate}: upgrade {row.ordinal} where {expected} was expected"
        try:
            fetch(store_folder(), row.sha256)
        except OSError as fault:
            yield f"{row.certificate}: upgrade {row.ordinal}: {fault}"


def overdue(at: datetime) -> Iterator[str]:
    """One line for each standing certificate whose upgrade or renewal should have been made days ago."""
    late = at - OVERDUE_AFTER
    for certificate in certificates_to_archive(issued_before=late, ends_before=late + RENEWED_BEFORE).iterator():
        newest = newest_archived(certificate)
        if newest:
            yield f"{certificate}: time-stamp ends on {newest.until:%Y-%m-%d} and is not renewed"
        else:
            yield f"{certificate}: issued on {certificate.issued_at:%Y-%m-%d} and not upgraded for the long term"
