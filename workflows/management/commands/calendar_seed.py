"""`manage.py calendar_seed`: take the published holiday plans from the calendar package."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from accreditation.models import User
from workflows.calendar import seed_calendar
from workflows.calendar_import import recompute_running


class Command(BaseCommand):
    """Years already in the table are left alone."""

    help = "Seed the working-day calendar; deadlines in years without a published plan are provisional."

    def add_arguments(self, parser: CommandParser) -> None:
        """First and last year to take."""
        parser.add_argument("--first", type=int, default=2020)
        parser.add_argument("--last", type=int, default=timezone.now().year + 1)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the years taken."""
        at, clock = timezone.now(), User.objects.filter(is_system=True).first()
        with transaction.atomic():
            taken = seed_calendar(range(options["first"], options["last"] + 1), at=at)
            if taken and clock is not None:  # clocks that ran on a guess into such a year
                recompute_running(by=clock, at=at)
        self.stdout.write(f"calendar years taken: {taken or 'none'}")
