"""Work every recorded draw of experts out again from the audit trail, and compare it with who was seated."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.draw_check import checked_draws


class Command(BaseCommand):
    """Exit 1 when any draw does not come out, or is not the one whose seed was fixed beforehand."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """One case only, by its number."""
        parser.add_argument("number", nargs="?", default="", help="the number of one case; all without")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each draw, and below it what does not come out."""
        faulty, count = 0, 0
        for found in checked_draws(options["number"]):
            count += 1
            faulty += bool(found.faults)
            self.stdout.write(f"{found.number}  {'DIFFERENT' if found.faults else 'the same'}  {found.way}")
            for fault in found.faults:
                self.stdout.write(f"  {fault}")
        if options["number"] and not count:
            raise CommandError(f"no draw of {options['number']}")
        if faulty:
            raise CommandError(f"{faulty} of {count} draws do not come out")
        self.stdout.write(f"{count} draws worked out again")
