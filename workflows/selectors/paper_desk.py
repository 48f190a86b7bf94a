"""Lists of paper certificates as their desk sees them."""

from __future__ import annotations

from django.db.models import QuerySet

from accreditation.enums import PaperImportState
from accreditation.errors import NotFound
from accreditation.models import PaperImport, Title
from certificates.models import PaperCertificate
from certificates.selectors import paper_certificate_of


def paper_imports() -> QuerySet[PaperImport]:
    """All lists, the newest first."""
    return PaperImport.objects.select_related("prepared_by", "decided_by").order_by("-prepared_at", "-pk")


def waiting_imports() -> QuerySet[PaperImport]:
    """Lists before a second person, the longest waiting first."""
    return PaperImport.objects.filter(state=PaperImportState.PREPARED).order_by("prepared_at", "pk")


def paper_import(number: str) -> PaperImport:
    """One list; NotFound when there is none."""
    row = PaperImport.objects.select_related("prepared_by", "decided_by", "file").filter(number=number).first()
    if row is None:
        raise NotFound(number)
    return row


def entered_by(number: str) -> QuerySet[PaperCertificate]:
    """What a list entered, in the order of the log."""
    return PaperCertificate.objects.filter(import_number=number).order_by("log_index")


def paper_title(number: str) -> tuple[Title, PaperCertificate]:
    """A title that rests on paper, with its certificate; NotFound for every other."""
    title = Title.objects.select_related("programme", "holder").filter(number=number).first()
    certificate = paper_certificate_of(number)
    if title is None or certificate is None:
        raise NotFound(number)
    return title, certificate
