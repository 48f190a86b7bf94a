"""`manage.py rerender NUMBER | --all`: issued certificates rendered again and compared; exit 1 on any difference."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from certificates.selectors import issued_certificates
from certificates.services.rerendering import rerendered


class Command(BaseCommand):
    """Read-only: nothing is signed, stored or published."""

    help = "Render issued certificates again from their snapshots and say what differs from the stored files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One number, with all its versions, or everything."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("number", nargs="?", help="number of the certificate; every version of it")
        which.add_argument("--all", action="store_true", help="every issued certificate")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line per certificate and one per difference."""
        chosen = issued_certificates(number=None if options["all"] else options["number"].upper())
        count, differing = 0, 0
        for certificate in chosen.iterator():
            found = list(rerendered(certificate))
            count, differing = count + 1, differing + bool(found)
            for line in found:
                self.stdout.write(f"{certificate}: {line}")
            if not options["all"] and not found:
                self.stdout.write(f"{certificate}: equal, SHA-256 before signing {certificate.unsigned_sha256}")
        if not count and not options["all"]:
            raise CommandError(f"no issued certificate {options['number']}")
        self.stdout.write(f"{count} rendered again, {differing} differ")
        if differing:
            sys.exit(1)
