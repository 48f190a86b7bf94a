"""`manage.py check_certificates`: files, log and pages against the database; exit 1 on a difference or a delay."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from certificates.services.checking import differences
from certificates.services.checking_archive import overdue


class Command(BaseCommand):
    """Read-only unless `--republish`, which marks every page to be written again by the signer."""

    help = "Compare stored files, transparency log and published pages with the database; find overdue upgrades."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether stored pages are to be written again."""
        parser.add_argument("--republish", action="store_true", help="have the signer write every page again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line per difference."""
        found = list(differences(republish=options["republish"]))
        late = list(overdue(timezone.now()))
        for line in (*found, *late):
            self.stdout.write(line)
        self.stdout.write(f"{len(found)} differences, {len(late)} overdue for the archive")
        if found or late:
            sys.exit(1)
