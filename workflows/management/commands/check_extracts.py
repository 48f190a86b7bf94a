"""Check a dossier that was handed out: its files against its hashes and the trail, its extracts against the trails."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.exports.dossier_seals import faults_of_extract
from workflows.exports.dossier_sums import faults_of_files, handed_out


class Command(BaseCommand):
    """Changes nothing. Exit 1 when anything of the archive is not as it was handed out, or no longer agrees."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """The archive as it was handed out."""
        parser.add_argument("archive", help="a dossier, as it was downloaded")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for the archive, one for its files, one for each extract, and below each what differs."""
        path = options["archive"]
        try:
            with open(path, "rb") as stream, zipfile.ZipFile(stream) as archive:
                faulty = self._tell("files", faults_of_files(archive))
                found = [self._tell(name, _faults(archive, name)) for name in _extracts(archive)]
                stream.seek(0)
                act = handed_out(stream)
        except (OSError, zipfile.BadZipFile) as error:
            raise CommandError(f"{path} is no dossier: {error}") from error
        if act is None:
            self.stdout.write("archive  NOT AS HANDED OUT: its SHA-256 is in no trail; changed or packed anew since")
        else:
            self.stdout.write(f"archive  as handed out: {act.chain}, {act.at.isoformat()}, {act.by_name}")
        said = [
            *(["its files differ from its lists"] if faulty else []),
            *([f"{sum(found)} extracts differ from the records"] if any(found) else []),
            *(["it is not as it was handed out"] if act is None else []),
        ]
        if said:
            raise CommandError("; ".join(said))

    def _tell(self, name: str, found: Iterable[str]) -> bool:
        faults = list(found)
        self.stdout.write(f"{name}  {'DIFFERENT' if faults else 'the same'}")
        for fault in faults:
            self.stdout.write(f"  {fault}")
        return bool(faults)


def _extracts(archive: zipfile.ZipFile) -> list[str]:
    names = dict.fromkeys(archive.namelist())
    return [name for name in names if name.startswith("extracts/") and name.endswith(".json")]


def _faults(archive: zipfile.ZipFile, name: str) -> Iterator[str]:
    try:
        yield from faults_of_extract(json.loads(archive.read(name)))
    except (AttributeError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error):
        yield "has not the form of an extract"
