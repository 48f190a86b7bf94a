"""Certificates and the log as the rest of the product reads them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import F, Max, Q, QuerySet

from certificates.durable import fetch
from certificates.installation import store_folder
from certificates.models import ArchivedFile, Certificate, LogEntry, PaperCertificate, StatusList, Translation, TreeHead
from certificates.paper import VERSION as PAPER_VERSION
from certificates.standing import Standing
from certificates.status_list import place_of
from certificates.transparency import Tree


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Proof that a leaf stands in the tree of a signed head: audit path of hashes in hexadecimal."""

    entry: LogEntry
    head: TreeHead
    path: list[str]


def certificates_waiting() -> QuerySet[Certificate]:
    """Requested certificates that the signer can issue, oldest first."""
    return Certificate.objects.filter(state=Standing.REQUESTED, refusal="").order_by("id")


def certificates_refused() -> QuerySet[Certificate]:
    """Requested certificates that the signer could not issue; `refusal` says why."""
    return Certificate.objects.filter(state=Standing.REQUESTED).exclude(refusal="").order_by("id")


def issued_certificates(number: str | None = None) -> QuerySet[Certificate]:
    """Issued certificates in the order of their issue: all, or every version of one number."""
    issued = Certificate.objects.exclude(state=Standing.REQUESTED).order_by("log_index")
    return issued if number is None else issued.filter(number=number)


def certificates_to_publish(stale_before: datetime) -> QuerySet[Certificate]:
    """Issued certificates whose public page is older than the row, or was written before an instant.

    Changed ones first.
    """
    issued = Certificate.objects.exclude(state=Standing.REQUESTED)
    old = Q(revision__gt=F("published_revision")) | Q(published_at__lt=stale_before)
    return issued.filter(old).order_by((F("revision") - F("published_revision")).desc(), "published_at", "id")


def certificates_run_out(on: date) -> QuerySet[Certificate]:
    """Standing certificates whose last day of validity lies before `on`."""
    return Certificate.objects.filter(Q(state=Standing.IN_FORCE) | Q(state=Standing.SUSPENDED), valid_until__lt=on)


def newly_issued(after: int = -1) -> QuerySet[Certificate]:
    """Issued certificates entered in the log after the entry `after`, in order of the log; for callers that poll."""
    return Certificate.objects.filter(log_index__gt=after).order_by("log_index")


def certificate_for_request(request_key: str) -> Certificate | None:
    """The certificate asked for under this key, in whatever state."""
    return Certificate.objects.filter(request_key=request_key).first()


def standing_certificate(number: str) -> Certificate | None:
    """The version under this number that is in force or suspended; there is at most one."""
    rows = Certificate.objects.filter(number=number, state__in=[Standing.IN_FORCE, Standing.SUSPENDED])
    return rows.order_by("-version").first()


def version_under_way(number: str) -> Certificate | None:
    """The version under this number that is asked for and not issued yet; there is at most one."""
    return Certificate.objects.filter(number=number, state=Standing.REQUESTED).order_by("-version").first()


def first_keys_of_remarked(remark: str) -> list[str]:
    """Request keys of the first versions under the numbers beside one of whose versions that remark stands."""
    numbers = Certificate.objects.filter(state_ground=remark).values("number")
    return list(Certificate.objects.filter(number__in=numbers, version=1).values_list("request_key", flat=True))


def newest_versions(numbers: Iterable[str]) -> dict[str, Certificate]:
    """The newest issued version under each number; numbers of which none is issued are left out."""
    issued = Certificate.objects.filter(number__in=list(numbers)).exclude(state=Standing.REQUESTED)
    return {row.number: row for row in issued.order_by("version")}


def certificate_by_code(code: str) -> Certificate | None:
    """The issued certificate with this verification code (27 characters)."""
    return Certificate.objects.exclude(state=Standing.REQUESTED).filter(code=code).first()


def certificate_by_file(sha256: str) -> Certificate | None:
    """The issued certificate of which a file has this SHA-256: as issued or upgraded at any time, or in English."""
    files = Q(sha256=sha256) | Q(archived__sha256=sha256) | Q(translation__sha256=sha256)
    return Certificate.objects.filter(files).first()


def newest_archived(certificate: Certificate) -> ArchivedFile | None:
    """The newest upgraded file of a certificate; None before the first upgrade."""
    return ArchivedFile.objects.filter(certificate=certificate).order_by("-ordinal").first()


def archived_files(certificate: Certificate) -> list[ArchivedFile]:
    """Every upgraded file of a certificate, oldest first."""
    return list(ArchivedFile.objects.filter(certificate=certificate).order_by("ordinal"))


def standing_certificates(number: str | None = None) -> QuerySet[Certificate]:
    """Certificates in force or suspended, oldest first: all, or the one under a number."""
    standing = Certificate.objects.filter(state__in=[Standing.IN_FORCE, Standing.SUSPENDED]).order_by("id")
    return standing if number is None else standing.filter(number=number)


def certificates_to_archive(*, issued_before: datetime, ends_before: datetime) -> QuerySet[Certificate]:
    """Standing certificates without an upgrade that were issued before an instant, and those to be renewed.

    These are the ones whose newest time-stamp ends before `ends_before`. Oldest first.
    """
    newest = Max("archived__until")
    due = Q(until=None, issued_at__lt=issued_before) | Q(until__lt=ends_before)
    return standing_certificates().annotate(until=newest).filter(due)


def translations_waiting() -> QuerySet[Translation]:
    """English editions that the signer has to make, oldest first: of standing certificates only."""
    pending = Translation.objects.filter(sha256__isnull=True, refusal="")
    standing = pending.filter(certificate__state__in=[Standing.IN_FORCE, Standing.SUSPENDED])
    return standing.select_related("certificate").order_by("id")


def translation_of(certificate: Certificate) -> Translation | None:
    """The English edition, once it is made."""
    return Translation.objects.filter(certificate=certificate, sha256__isnull=False).first()


def has_english(certificate: Certificate | None) -> bool:
    """Whether an English edition of the certificate was made."""
    return certificate is not None and translation_of(certificate) is not None


def offered_translation(certificate: Certificate) -> Translation | None:
    """The English edition as it is offered to the public: of a certificate in force only."""
    return translation_of(certificate) if certificate.standing is Standing.IN_FORCE else None


def translation_file(translation: Translation) -> bytes:
    """The signed English edition; OSError when the store has lost or changed it, LookupError when it is not made."""
    if translation.sha256 is None:
        raise LookupError(f"{translation} is not made")
    return fetch(store_folder(), translation.sha256)


def certificate_by_identifier(identifier: str) -> Certificate | None:
    """The issued certificate with this GB/T 36904 identifier."""
    return Certificate.objects.filter(identifier=identifier).first()


def successor_of(certificate: Certificate) -> Certificate | None:
    """The newest issued version under the same number, if it is a later one."""
    later = Certificate.objects.filter(number=certificate.number, version__gt=certificate.version)
    return later.exclude(state=Standing.REQUESTED).order_by("-version").first()


def certificate_file(certificate: Certificate) -> bytes:
    """The signed PDF in its newest revision.

    OSError when the store has lost or changed it, LookupError when the certificate is not issued.
    """
    if certificate.sha256 is None:
        raise LookupError(f"{certificate} is not issued")
    newest = newest_archived(certificate)
    return fetch(store_folder(), newest.sha256 if newest else certificate.sha256)


def latest_head() -> TreeHead | None:
    """The newest signed head of the log."""
    return TreeHead.objects.order_by("-size").first()


def head_of_size(size: int) -> TreeHead | None:
    """The signed head over the first `size` entries, where one was signed."""
    return TreeHead.objects.filter(size=size).first()


def inclusion_of(certificate: Certificate | PaperCertificate) -> Inclusion | None:
    """Proof for the entry of the certificate's issue under the newest head; None while no head covers it."""
    return None if certificate.log_index is None else inclusion_at(certificate.log_index)


def inclusion_at(index: int) -> Inclusion | None:
    """Proof for the entry at `index` under the newest head; None while no head covers it."""
    head = latest_head()
    if head is None or index >= head.size:
        return None
    path = [node.hex() for node in _tree(head.size, head.root).inclusion_proof(index)]
    return Inclusion(LogEntry.objects.get(index=index), head, path)


def entry_with_hash(leaf_hash: str) -> LogEntry | None:
    """The log entry whose leaf hash (64 hexadecimal digits) this is; the first, should there be several."""
    return LogEntry.objects.filter(leaf_hash=leaf_hash).order_by("index").first()


def entry_of_issue(number: str, version: int) -> LogEntry | None:
    """The log entry of the issue of a certificate's version; of the import, for version 0, of a paper certificate."""
    event = "import" if version == PAPER_VERSION else "issue"
    return LogEntry.objects.filter(number=number, version=version, event=event).order_by("index").first()


def log_size() -> int:
    """How many entries the log has, under a head or not."""
    newest = LogEntry.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if newest is None else newest + 1


def newest_entries(number: int) -> list[LogEntry]:
    """The newest log entries, newest first."""
    return list(LogEntry.objects.order_by("-index")[:number])


def holders_named_by(entries: Iterable[LogEntry]) -> dict[tuple[str, int], str]:
    """The holders of the certificates that log entries speak of, by number and version."""
    numbers = {entry.number for entry in entries}
    signed = Certificate.objects.filter(number__in=numbers)
    paper = PaperCertificate.objects.filter(number__in=numbers)
    return {(row.number, row.version): row.content.holder_zh for rows in (signed, paper) for row in rows}


def versions_of(number: str) -> list[Certificate]:
    """Every issued version under a number, oldest first."""
    rows = Certificate.objects.filter(number=number).exclude(state=Standing.REQUESTED)
    return list(rows.order_by("version"))


def entries_of(number: str) -> list[LogEntry]:
    """Every log entry of a number, oldest first."""
    return list(LogEntry.objects.filter(number=number).order_by("index"))


def number_of_status_lists() -> int:
    """How many lists of each purpose the indices given so far need."""
    highest = [rows.aggregate(highest=Max("status_index"))["highest"] for rows in _with_status_index()]
    given = [index for index in highest if index is not None]
    return place_of(max(given))[0] + 1 if given else 0


def indices_in_states(states: Iterable[Standing], start: int, end: int) -> list[int]:
    """Status indices from `start` up to and without `end` of certificates in one of the states."""
    wanted = {"state__in": list(states), "status_index__gte": start, "status_index__lt": end}
    found = [rows.filter(**wanted).values_list("status_index", flat=True) for rows in _with_status_index()]
    return [index for indices in found for index in indices]


def status_indices() -> list[int]:
    """Every index that was given, in order; electronic and paper certificates share one series."""
    found = [rows.values_list("status_index", flat=True) for rows in _with_status_index()]
    return sorted(index for indices in found for index in indices)


def _with_status_index() -> tuple[QuerySet[Any], QuerySet[Any]]:
    return Certificate.objects.exclude(status_index=None), PaperCertificate.objects.all()


def paper_certificate(number: str, uscc: str) -> PaperCertificate | None:
    """The paper certificate with this number (as compared) whose holder has this credit code."""
    return PaperCertificate.objects.filter(number=number, uscc=uscc).first()


def paper_certificate_of(title_number: str) -> PaperCertificate | None:
    """The paper certificate that a title of the register rests on."""
    return PaperCertificate.objects.filter(title_number=title_number).first()


def paper_certificates(numbers: Iterable[str]) -> dict[str, PaperCertificate]:
    """Entered paper certificates by their number as compared."""
    return {row.number: row for row in PaperCertificate.objects.filter(number__in=list(numbers))}


def electronic_numbers(numbers: Iterable[str]) -> set[str]:
    """Which of the numbers belong to electronic certificates."""
    return set(Certificate.objects.filter(number__in=list(numbers)).values_list("number", flat=True))


def paper_run_out(on: date) -> QuerySet[PaperCertificate]:
    """Standing paper certificates whose last day of validity lies before `on`."""
    return PaperCertificate.objects.filter(Q(state=Standing.IN_FORCE) | Q(state=Standing.SUSPENDED), valid_until__lt=on)


def status_list(purpose: str, number: int) -> StatusList | None:
    """The signed list as it was last signed."""
    return StatusList.objects.filter(purpose=purpose, number=number).first()


def status_lists() -> list[StatusList]:
    """All signed lists."""
    return list(StatusList.objects.order_by("purpose", "number"))


def entries_from(start: int, end: int) -> list[LogEntry]:
    """Log entries from `start` up to and without `end`, in order."""
    return list(LogEntry.objects.filter(index__gte=start, index__lt=end).order_by("index"))


def consistency_between(old: TreeHead, new: TreeHead) -> list[str]:
    """Proof that the log under the head `new` continues the one under `old`, hashes in hexadecimal."""
    return [node.hex() for node in _tree(new.size, new.root).consistency_proof(old.size)]


def newest_tree() -> Tree | None:
    """The tree under the newest head, from which every earlier proof can be read; None while the log is empty."""
    head = latest_head()
    return _tree(head.size, head.root) if head else None


@lru_cache(maxsize=2)
def _tree(size: int, root: str) -> Tree:
    """The tree under a head; the root only tells heads of different logs apart."""
    hashes = LogEntry.objects.filter(index__lt=size).order_by("index").values_list("leaf_hash", flat=True)
    return Tree([bytes.fromhex(leaf) for leaf in hashes])
