"""`manage.py run_effects`: do the promised side effects that are due."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accreditation.effects import run_due


class Command(BaseCommand):
    """The worker does the same in a loop."""

    help = "Do due side effects: mails and pages promised by committed acts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Most effects in one run, and an instant to stand in for the clock."""
        parser.add_argument("--limit", type=int, default=500)
        parser.add_argument("--at", type=parse_datetime, default=None, help="instant in ISO 8601 instead of now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many."""
        self.stdout.write(str(run_due(options["at"] or timezone.now(), options["limit"])))
