"""`manage.py check_consistency`: states, tasks, clocks, frozen texts and audit chains agree; exit code 1 when not."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from accreditation.audit import verify_all
from workflows.consistency import check_all
from workflows.frozen import check_frozen


class Command(BaseCommand):
    """Changes nothing."""

    help = "Compare legal state, open tasks and clocks of every case, hash what is frozen, verify every audit chain."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print every disagreement and every break."""
        disagreements = [*check_all(), *check_frozen()]
        chains, breaks = verify_all()
        for found in disagreements:
            self.stdout.write(f"{found.case_number}: {found.what}")
        for broken in breaks:
            self.stdout.write(f"{broken.chain}#{broken.seq}: {broken.what}")
        self.stdout.write(f"{len(disagreements)} disagreements; {chains} chains verified, {len(breaks)} breaks")
        if disagreements or breaks:
            sys.exit(1)
