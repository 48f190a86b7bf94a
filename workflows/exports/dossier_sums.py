"""Whether the files of a dossier are those of its two lists of hashes, and the archive one that was handed out.

Whoever changes a file can make the lists anew; the hash of the whole archive, which stands in the trail, he cannot.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import IO

from accreditation.models import AuditEvent
from workflows.exports.dossier_parts import INDEX, INDEX_HEADS, SUMS

EXPORTED = "export_dossier"
BLOCK = 1 << 20


def faults_of_files(archive: zipfile.ZipFile) -> Iterator[str]:
    """Each file that differs from a list, is missing from the archive, is in no list or is there twice."""
    counted = Counter(archive.namelist())
    yield from (f"{path} is there {count} times" for path, count in sorted(counted.items()) if count > 1)
    there = {path: _hash_in(archive, path) for path in sorted(counted)}
    for name, read in ((SUMS, _sums), (INDEX, _index)):
        try:
            listed = read(archive.read(name))
        except (KeyError, ValueError, zipfile.BadZipFile, zlib.error):
            yield f"{name} is missing or cannot be read"
            continue
        yield from _compared(there, listed, name)


def _compared(there: Mapping[str, str], listed: Mapping[str, str], name: str) -> Iterator[str]:
    for path, digest in sorted(listed.items()):
        if path not in there:
            yield f"{path} is missing: {name} lists it"
        elif there[path] != digest:
            yield f"{path} is not the file that {name} lists"
    yield from (f"{path} is extra: {name} does not list it" for path in there if path not in {*listed, SUMS, INDEX})


def _hash_in(archive: zipfile.ZipFile, path: str) -> str:
    """SHA-256 of a file in the archive; empty where it cannot be unpacked."""
    try:
        with archive.open(path) as stream:
            return _digest(stream)
    except (OSError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        return ""


def _sums(content: bytes) -> dict[str, str]:
    """SHA256SUMS by path. ValueError where a line is none of it."""
    pairs = [line.split("  ", 1) for line in content.decode().split("\n") if line]
    return {path: digest for digest, path in pairs}


def _index(content: bytes) -> dict[str, str]:
    """The hashes of index.csv by path. KeyError where it has other columns."""
    rows = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return {row[INDEX_HEADS[0]]: row[INDEX_HEADS[-1]] for row in rows}


def handed_out(stream: IO[bytes]) -> AuditEvent | None:
    """The act by which exactly this archive was handed out; None where no case has one."""
    return AuditEvent.objects.filter(verb=EXPORTED, content__sha256=_digest(stream)).order_by("pk").first()


def _digest(stream: IO[bytes]) -> str:
    found = hashlib.sha256()
    while block := stream.read(BLOCK):
        found.update(block)
    return found.hexdigest()
