"""`manage.py check_consistency`: legal state, open tasks, clocks and audit chains agree; exit code 1 when not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from accreditation.audit import verify_all
from workflows.consistency import check_all


class Command(BaseCommand):
    """Changes nothing."""

    help = "Compare legal state, open tasks and clocks of every case, and verify every audit chain."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print every disagreement and every break."""
        disagreements = list(check_all())
        chains, breaks = verify_all()
        for found in disagreements:
            self.stdout.write(f"{found.case_number}: {found.what}")
        for broken in breaks:
            self.stdout.write(f"{broken.chain}#{broken.seq}: {broken.what}")
        self.stdout.write(f"{len(disagreements)} disagreements; {chains} chains verified, {len(breaks)} breaks")
        if disagreements or breaks:
            sys.exit(1)
