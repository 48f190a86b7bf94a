"""`manage.py calendar_seed`: take the published holiday plans from the calendar package."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from workflows.calendar import seed_calendar


class Command(BaseCommand):
    """Years already in the table are left alone."""

    help = "Seed the working-day calendar; deadlines in years without a published plan are provisional."

    def add_arguments(self, parser: CommandParser) -> None:
        """First and last year to take."""
        parser.add_argument("--first", type=int, default=2020)
        parser.add_argument("--last", type=int, default=timezone.now().year + 1)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the years taken."""
        taken = seed_calendar(range(options["first"], options["last"] + 1), at=timezone.now())
        self.stdout.write(f"calendar years taken: {taken or 'none'}")
