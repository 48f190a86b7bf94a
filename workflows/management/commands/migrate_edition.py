"""`manage.py migrate_edition`: running cases go over to another edition of their procedure, with two persons."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accreditation.errors import Refusal
from accreditation.models import EditionChange, User
from workflows.edition_change import confirm_change, propose_change, rehearse
from workflows.edition_mapping import read_mapping


class Command(BaseCommand):
    """`FROM TO --mapping FILE --by USER` proposes, or tells with `--dry-run`; `--confirm NUMBER --by OTHER` does it."""

    help = "Change the edition of running cases by a checked mapping. Exit 1 when a case was refused."

    def add_arguments(self, parser: CommandParser) -> None:
        """The editions and the mapping, or the number of a proposal; who does it."""
        parser.add_argument("before", nargs="?", metavar="FROM", default="", help="edition of the running cases")
        parser.add_argument("after", nargs="?", metavar="TO", default="", help="edition to which they go over")
        parser.add_argument("--mapping", type=Path, metavar="FILE", help="every legal state and what becomes of it")
        parser.add_argument("--dry-run", action="store_true", help="tell what would become of each case")
        parser.add_argument("--confirm", metavar="NUMBER", default="", help="carry out what another person proposed")
        parser.add_argument("--by", metavar="USERNAME", default="", help="account of the person who does it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Propose, rehearse or carry out; one line per case."""
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError("--by must name an active account")
        try:
            if options["confirm"]:
                self._confirm(options["confirm"], by)
            elif options["mapping"] and options["after"]:
                self._propose(options, by)
            else:
                raise CommandError("name FROM, TO and --mapping, or --confirm NUMBER")
        except EditionChange.DoesNotExist as missing:
            raise CommandError("no such proposal") from missing
        except (Refusal, OSError) as refusal:
            reasons = refusal.reasons if isinstance(refusal, Refusal) else [refusal]
            raise CommandError("\n".join(str(reason) for reason in reasons)) from refusal

    def _propose(self, options: dict[str, Any], by: User) -> None:
        text, at = options["mapping"].read_text(encoding="utf-8"), timezone.now()
        mapping = read_mapping(text, options["before"], options["after"], options["mapping"].name)
        if not options["dry_run"]:
            row = propose_change(mapping, by=by, at=at)
            self.stdout.write(f"{row.number}: proposed; another person confirms it with --confirm {row.number}")
            return
        self._report([asdict(row) for row in rehearse(mapping, by=by, at=at)])

    def _confirm(self, number: str, by: User) -> None:
        row = confirm_change(number, by=by, at=timezone.now())
        self._report(row.report)

    def _report(self, report: list[dict[str, Any]]) -> None:
        for row in report:
            said = "refused: " + "; ".join(row["reasons"]) if row["reasons"] else f"-> {row['after']}"
            self.stdout.write(f"{row['case']} {row['before']} {said}")
        refused = sum(1 for row in report if row["reasons"])
        self.stdout.write(f"{len(report) - refused} cases changed, {refused} refused")
        if refused:
            raise SystemExit(1)
