"""`manage.py tick`: do everything that is due now; run it every minute from cron or a timer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from workflows.goal_keeping import begin_missing
from workflows.reminding import remind
from workflows.reminding_ahead import remind_ahead
from workflows.tick import tick


class Command(BaseCommand):
    """Idempotent and safe to run twice at once."""

    help = "Do everything that is due: deadlines, ended notices, closed batches, issued certificates, reminders."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--at` stands in for the clock, for rehearsals."""
        parser.add_argument("--at", type=parse_datetime, default=None, help="instant in ISO 8601 instead of now")
        parser.add_argument("--limit", type=int, default=200)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was done."""
        at = options["at"] or timezone.now()
        self.stdout.write(str(tick(at, options["limit"])))
        self.stdout.write(f"goals begun in {begin_missing(at, options['limit'])} cases")
        self.stdout.write(str(remind(at, options["limit"])))
        self.stdout.write(f"told ahead of {remind_ahead(at, options['limit'])} titles and batches")
