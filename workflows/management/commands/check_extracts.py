"""Check the extracts in the archive of a dossier against the audit trail, under the keys of this installation."""

from __future__ import annotations

import json
import zipfile
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.exports.dossier_seals import faults_of_extract


class Command(BaseCommand):
    """Changes nothing. Exit 1 when an extract is not what the records give."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """The archive as it was handed out."""
        parser.add_argument("archive", help="a dossier, as it was downloaded")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each extract, and below it what differs."""
        faulty = 0
        for path, extract in _extracts(options["archive"]):
            faults = _faults(extract)
            faulty += bool(faults)
            self.stdout.write(f"{path}  {'DIFFERENT' if faults else 'the same'}")
            for fault in faults:
                self.stdout.write(f"  {fault}")
        if faulty:
            raise CommandError(f"{faulty} extracts differ from the records")


def _faults(extract: Any) -> list[str]:
    try:
        return list(faults_of_extract(extract))
    except (AttributeError, KeyError, TypeError):
        return ["has not the form of an extract"]


def _extracts(path: str) -> list[tuple[str, Any]]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.startswith("extracts/") and name.endswith(".json")]
            return [(name, json.loads(archive.read(name))) for name in names]
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise CommandError(f"{path} is no dossier: {error}") from error
