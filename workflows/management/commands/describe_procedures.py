"""`manage.py describe_procedures [--write]`: print or write the diagrams and tables of the procedures."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workflows.describe import README, procedures_text


class Command(BaseCommand):
    """The text follows from the code alone."""

    help = "Generate workflows/README.md from flow classes, state machine and verb tables."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--write` replaces the file."""
        parser.add_argument("--write", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print, or write."""
        if options["write"]:
            README.write_text(procedures_text())
        else:
            self.stdout.write(procedures_text())
