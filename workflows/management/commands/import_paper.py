"""`manage.py import_paper`: check a list of paper certificates, and enter one that another person prepared."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accreditation.errors import NotFound, Refusal
from accreditation.models import PaperImport, Programme, User
from workflows.exports.paper_template import paper_template
from workflows.paper_import import confirm_import, drop_import, prepare_import
from workflows.presentation.paper import finding_line
from workflows.selectors.paper_desk import paper_import


class Command(BaseCommand):
    """`FILE --by USER` checks and prepares; `--confirm NUMBER --by OTHER` enters; `--drop`; `--template OUT.xlsx`."""

    help = "Check a list (.xlsx or CSV) of paper certificates; a second person enters it. Exit 1 when it has faults."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and who does it."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("file", nargs="?", type=Path, help="list to check and to put before a second person")
        what.add_argument("--confirm", metavar="NUMBER", help="enter the list of this number")
        what.add_argument("--drop", metavar="NUMBER", help="give the list of this number up")
        what.add_argument("--template", type=Path, metavar="OUT", help="write the empty list")
        parser.add_argument("--by", metavar="USERNAME", default="", help="account of the person who does it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry it out and print what was found."""
        if options["template"]:
            options["template"].write_bytes(paper_template(Programme.objects.order_by("code")))
            return
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError("--by must name an active account")
        try:
            self._say(self._carried_out(options, by))
        except (Refusal, NotFound, OSError) as refusal:
            reasons = refusal.reasons if isinstance(refusal, Refusal) else [refusal]
            raise CommandError("\n".join(str(reason) for reason in reasons)) from refusal

    def _carried_out(self, options: dict[str, Any], by: User) -> PaperImport:
        at = timezone.now()
        if options["confirm"]:
            return confirm_import(paper_import(options["confirm"]), by=by, at=at)
        if options["drop"]:
            return drop_import(paper_import(options["drop"]), by=by, at=at)
        return prepare_import(options["file"].read_bytes(), options["file"].name, by=by, at=at)

    def _say(self, row: PaperImport) -> None:
        for finding in row.findings:
            self.stdout.write(f"{finding['severity']}: {finding_line(finding)}")
        self.stdout.write(f"{row.number}: {row.state}, {len(row.rows)} rows, file {row.file_id}")
        if row.state == "faulty":
            raise SystemExit(1)
