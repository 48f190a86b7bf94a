"""`manage.py rebuild_flows [NUMBER...]`: throw flow rows away and open the tasks that the legal state asks for."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accreditation.models import Case
from workflows.consistency import check_case, rebuild_flow


class Command(BaseCommand):
    """Without numbers, rebuilds only the cases that disagree."""

    help = "Rebuild the flow of the named cases, or of every case whose open tasks disagree with its legal state."

    def add_arguments(self, parser: CommandParser) -> None:
        """Case numbers."""
        parser.add_argument("numbers", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each case rebuilt."""
        cases = Case.objects.select_related("application").order_by("pk")
        wanted = cases.filter(number__in=options["numbers"]) if options["numbers"] else cases
        for case in wanted:
            if options["numbers"] or list(check_case(case)):
                rebuild_flow(case)
                self.stdout.write(f"rebuilt {case.number} ({case.state})")
