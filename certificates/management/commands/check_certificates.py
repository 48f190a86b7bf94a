"""`manage.py check_certificates`: files, log and published pages against the database; exit 1 on any difference."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from certificates.services.checking import differences


class Command(BaseCommand):
    """Read-only unless `--republish`, which marks every page to be written again by the signer."""

    help = "Compare stored files, transparency log and published pages with the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether stored pages are to be written again."""
        parser.add_argument("--republish", action="store_true", help="have the signer write every page again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line per difference."""
        found = list(differences(republish=options["republish"]))
        for line in found:
            self.stdout.write(line)
        self.stdout.write(f"{len(found)} differences")
        if found:
            sys.exit(1)
