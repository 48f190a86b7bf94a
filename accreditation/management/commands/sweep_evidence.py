"""Files of the store that no row names: list them, or delete them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accreditation.services.sweeping import LEAST_GRACE, orphans, sweep

HOURS = 72


class Command(BaseCommand):
    """`python manage.py sweep_evidence [--grace-hours N] [--delete]`"""

    help = "Lists stored files without a row that nobody touched for the grace; deletes them with --delete."

    def add_arguments(self, parser: CommandParser) -> None:
        """The grace, and whether to delete."""
        parser.add_argument("--grace-hours", type=int, default=HOURS, help=f"hours untouched, {HOURS} by default")
        parser.add_argument("--delete", action="store_true", help="delete them; without it they are only listed")

    def handle(self, *args: Any, grace_hours: int, delete: bool, **options: Any) -> None:
        """One line for each file, then the sum."""
        grace = timedelta(hours=grace_hours)
        if grace < LEAST_GRACE:
            raise CommandError("--grace-hours must be 1 at least: a file is stored before the row that names it.")
        count = size = 0
        for orphan in orphans(at=timezone.now(), grace=grace):
            if delete and not sweep(orphan):
                continue
            count, size = count + 1, size + orphan.size
            self.stdout.write(f"{'deleted' if delete else 'would delete'} {orphan.path.name} ({orphan.size} bytes)")
        done = "deleted" if delete else "found; --delete deletes them"
        self.stdout.write(f"{count} files without a row, {size} bytes, {done}")
