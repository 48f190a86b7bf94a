"""`manage.py export_history PROGRAMME`: the filed applications as lines that `python -m criteria simulate` reads."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accreditation.models import Programme, RuleSetEdition
from accreditation.services.rule_sets import rules_of_edition
from accreditation.services.rule_trials import applicants
from criteria.history import history_text


class Command(BaseCommand):
    """Changes nothing; what it writes names enterprises and their figures, and is kept like the database."""

    help = "Write every filed application of a programme, one JSON object a line."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which programme, and into which file instead of onto the terminal."""
        parser.add_argument("programme", help="code of the programme")
        parser.add_argument("--out", type=Path, help="the file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the lines; with a file, print how many."""
        programme = Programme.objects.filter(code=options["programme"]).first()
        if programme is None:
            raise CommandError(f"no such programme: {options['programme']}")
        editions = RuleSetEdition.objects.filter(reference__startswith=f"{programme.code}/")
        text = history_text(applicants(programme, *(rules_of_edition(row) for row in editions)))
        if options["out"] is None:
            self.stdout.write(text, ending="")
            return
        options["out"].write_text(text, encoding="utf-8")
        self.stdout.write(str(text.count("\n")))
