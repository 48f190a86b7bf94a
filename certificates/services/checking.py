"""Compare what is stored, logged and published with the rows: nothing missing, nothing more, nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from itertools import count

from django.db.models import F

from certificates.durable import fetch
from certificates.installation import public_folder, store_folder
from certificates.models import Certificate, LogEntry, PaperCertificate, Translation, TreeHead
from certificates.paper import record_of
from certificates.services.checking_archive import archive_differences
from certificates.services.checking_published import (
    credential_differences,
    published_differences,
    second_signature_differences,
)
from certificates.services.publishing import PAGES
from certificates.services.waking import wake
from certificates.standing import Standing
from certificates.transparency import Frontier, leaf_hash

_STATE_AFTER = {
    "import": Standing.IN_FORCE,
    "reinstate": Standing.IN_FORCE,
    "suspend": Standing.SUSPENDED,
    "revoke": Standing.REVOKED,
    "cancel": Standing.CANCELLED,
    "expire": Standing.EXPIRED,
}


def differences(*, republish: bool = False) -> Iterator[str]:
    """One line per difference; `republish` marks every page to be written again by the signer."""
    yield from _numbers_with_gaps()
    for certificate in Certificate.objects.exclude(state=Standing.REQUESTED).order_by("id").iterator():
        yield from _file_of(certificate)
        yield from _entry_of(certificate)
        yield from _pages_of(certificate)
        yield from credential_differences(certificate)
        yield from second_signature_differences(certificate)
    for translation in Translation.objects.filter(sha256__isnull=False).select_related("certificate").iterator():
        yield from _translation(translation)
    yield from _paper()
    yield from _log()
    yield from published_differences()
    yield from archive_differences()
    yield from _strangers()
    if republish:
        Certificate.objects.exclude(state=Standing.REQUESTED).update(revision=F("revision") + 1)
        wake()


def _numbers_with_gaps() -> Iterator[str]:
    """Every running number of a series is used by a first version exactly once."""
    series: dict[str, list[int]] = {}
    for number in Certificate.objects.filter(version=1).values_list("number", flat=True):
        name, _, serial = number.rpartition("-")
        series.setdefault(name, []).append(int(serial) if serial.isdigit() else 0)
    for name, serials in series.items():
        if sorted(serials) != list(range(1, len(serials) + 1)):
            yield f"numbers of {name} have gaps or repeats"


def _file_of(certificate: Certificate) -> Iterator[str]:
    try:
        fetch(store_folder(), certificate.sha256 or "")
    except OSError as fault:
        yield f"{certificate}: file: {fault}"


def _entry_of(certificate: Certificate) -> Iterator[str]:
    index = -1 if certificate.log_index is None else certificate.log_index
    entry = LogEntry.objects.filter(index=index, event="issue").first()
    if entry is None or f'"pdf":"{certificate.sha256}"' not in entry.leaf:
        yield f"{certificate}: the log entry {certificate.log_index} does not speak of it"


def _translation(translation: Translation) -> Iterator[str]:
    try:
        fetch(store_folder(), translation.sha256 or "")
    except OSError as fault:
        yield f"{translation}: file: {fault}"
    index = -1 if translation.log_index is None else translation.log_index
    entry = LogEntry.objects.filter(index=index, event="translate").first()
    if entry is None or f'"pdf":"{translation.sha256}"' not in entry.leaf:
        yield f"{translation}: the log entry {translation.log_index} does not speak of it"


def _pages_of(certificate: Certificate) -> Iterator[str]:
    folder = public_folder() / "v" / certificate.code
    missing = [name for name in (*PAGES, "status.json") if not (folder / name).is_file()]
    if missing and certificate.published_revision == certificate.revision:
        yield f"{certificate}: published pages are missing: {', '.join(missing)}"
    status = folder / "status.json"
    is_current = status.is_file() and certificate.published_revision == certificate.revision
    if is_current and f'"state":"{certificate.state}"' not in status.read_text():
        yield f"{certificate}: the published page does not say {certificate.state}"


def _paper() -> Iterator[str]:
    """Paper certificates say what the log says of them."""
    for row in PaperCertificate.objects.order_by("id").iterator():
        entry = LogEntry.objects.filter(index=row.log_index, event="import", number=row.number).first()
        digest = sha256(record_of(row.content)).hexdigest()
        if entry is None or digest != row.record_sha256 or f'"record":"{digest}"' not in entry.leaf:
            yield f"paper certificate {row}: the log entry {row.log_index} does not speak of it"
        last = LogEntry.objects.filter(number=row.number, version=row.version).order_by("-index").first()
        if last is not None and _STATE_AFTER[last.event] != row.standing:
            yield f"paper certificate {row}: it is {row.state}, but the log ends with {last.event}"


def _log() -> Iterator[str]:
    heads = {head.size: head.root for head in TreeHead.objects.all()}
    frontier = Frontier()
    for expected, entry in zip(count(), LogEntry.objects.order_by("index").iterator(), strict=False):
        leaf = leaf_hash(entry.leaf.encode())
        if entry.index != expected or leaf.hex() != entry.leaf_hash:
            yield f"log entry {entry.index}: out of order or changed"
        frontier.append(leaf)
        if frontier.size in heads and heads[frontier.size] != frontier.root().hex():
            yield f"log head of {frontier.size} entries does not fit the entries"
    for size in heads:
        if size > frontier.size:
            yield f"log head of {size} entries, but the log has {frontier.size}"


def _strangers() -> Iterator[str]:
    """Pages of certificates that do not exist."""
    folder = public_folder() / "v"
    codes = {place.name for place in folder.iterdir()} if folder.is_dir() else set()
    known = Certificate.objects.exclude(state=Standing.REQUESTED).values_list("code", flat=True)
    for code in sorted(codes - set(known)):
        yield f"a page is published for {code}, which is not issued"
