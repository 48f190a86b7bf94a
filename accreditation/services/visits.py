"""What a forwarding body said and what a visit found, as rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from accreditation.models import Application, Body, Forwarding, SiteVisit, SiteVisitDocument, StoredFile, User


def forwarders_of(authority: Body | None) -> list[Body]:
    """Towns and parks that pass applications on to an authority, by name."""
    return list(authority.forwarders.order_by("name_zh")) if authority is not None else []


def record_forwarding(application: Application, *, opinion: str, by: User, at: datetime) -> Forwarding:
    """The version that the named town or park passes on, with its opinion."""
    assert application.forwarder is not None
    assert application.current is not None
    return Forwarding.objects.create(
        application=application,
        body=application.forwarder,
        submission=application.current,
        opinion=opinion,
        forwarded_by=by,
        forwarded_at=at,
    )


def record_site_visit(
    application: Application,
    *,
    visited_on: date,
    place: str,
    visitors: Iterable[User],
    findings: str,
    is_confirmed: bool,
    documents: Iterable[tuple[StoredFile, str]],
    by: User,
    at: datetime,
) -> SiteVisit:
    """One visit with everybody who was there; `documents` are stored files with the names they came under."""
    visit = SiteVisit.objects.create(
        application=application,
        visited_on=visited_on,
        place=place,
        findings=findings,
        is_confirmed=is_confirmed,
        recorded_by=by,
        recorded_at=at,
    )
    visit.visitors.set(visitors)
    SiteVisitDocument.objects.bulk_create(
        SiteVisitDocument(visit=visit, file=file, name=name) for file, name in documents
    )
    return visit
