"""`manage.py issuing [BATCH] [--watch]`: how far the signer is with the certificates of announced batches."""

import time
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accreditation.models import Batch
from workflows.certification import issuing_of


class Command(BaseCommand):
    """One line per batch: total, issued, failed, remaining, rate, minutes left. Read-only."""

    help = "Say how far the certificates of announced batches are; exit 1 when any failed."

    def add_arguments(self, parser: CommandParser) -> None:
        """One batch instead of all that have something left, and whether to stay until nothing is."""
        parser.add_argument("batch", nargs="?", help="code of a batch")
        parser.add_argument("--watch", action="store_true", help="say it again until nothing remains")
        parser.add_argument("--interval", type=float, default=5.0, help="seconds between two looks")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the lines."""
        batches = list(_batches(options["batch"]))
        while (remaining := self._say(batches, is_named=bool(options["batch"])))[0] and options["watch"]:
            time.sleep(options["interval"])
        if remaining[1]:
            raise SystemExit(1)

    def _say(self, batches: Iterable[Batch], *, is_named: bool) -> tuple[int, int]:
        """How many remain and how many failed."""
        found = [(batch, issuing_of(batch, at=timezone.now())) for batch in batches]
        shown = [(batch, one) for batch, one in found if is_named or one.remaining or one.failed]
        for batch, one in shown:
            self.stdout.write(f"{batch.code}: {one.line}")
        if not shown:
            self.stdout.write("nothing remains")
        return sum(one.remaining for _, one in found), sum(one.failed for _, one in found)


def _batches(code: str | None) -> Iterable[Batch]:
    if code is None:
        return Batch.objects.filter(applications__title__isnull=False).distinct().order_by("pk")
    found = Batch.objects.filter(code=code.lower())
    if not found:
        raise CommandError(f"no batch {code}")
    return found
