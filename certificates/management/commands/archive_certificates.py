"""`manage.py archive_certificates --due | --all | NUMBER`: upgrade certificates for the long term; exit 1 on a fault.

The signer does the same by itself, night by night. Run it as the user of the signer, whose keys it needs.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from certificates.clocks import ClockFailed
from certificates.selectors import standing_certificates
from certificates.services.archiving import archive, due_for_archive, open_archivist
from certificates.services.keys import open_keys
from certificates.signers import KeyRefused
from certificates.time_stamps import StampRefused

_TOLD_EVERY = 100


class Command(BaseCommand):
    """Safe to kill and to run again, also beside the signer."""

    help = "Add time-stamps and revocation data to certificates (PAdES B-LTA), or renew their time-stamp."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which ones."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("number", nargs="?", help="number of the certificate; its standing version")
        which.add_argument("--due", action="store_true", help="those not upgraded yet, or to be renewed within a year")
        which.add_argument("--all", action="store_true", help="every standing certificate, whether due or not")
        parser.add_argument("--limit", type=int, help="at most so many")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how far it is, every hundred, and each fault."""
        at = timezone.now()
        if options["due"]:
            chosen = due_for_archive(at)
        else:
            number = None if options["all"] else options["number"].upper()
            chosen = list(standing_certificates(number).values_list("pk", flat=True))
            if number and not chosen:
                raise CommandError(f"no standing certificate {options['number']}")
        faults = self._archive(chosen[: options["limit"]], at)
        if faults:
            sys.exit(1)

    def _archive(self, chosen: list[int], at: datetime) -> int:
        faults = 0
        try:
            archivist = open_archivist(open_keys(at=at), at=at) if chosen else None
        except (KeyRefused, ClockFailed, StampRefused) as refusal:
            raise CommandError(str(refusal)) from refusal
        for done, (certificate, fault) in enumerate(archive(chosen, archivist, at=at) if archivist else (), 1):
            if fault:
                faults += 1
                self.stderr.write(f"{certificate}: {fault}")
            if done % _TOLD_EVERY == 0 and done < len(chosen):
                self.stdout.write(f"{done} of {len(chosen)}")
        self.stdout.write(f"{len(chosen) - faults} upgraded, {faults} failed")
        return faults
