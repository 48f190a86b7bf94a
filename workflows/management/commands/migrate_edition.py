"""`manage.py migrate_edition`: try a change of edition, or go on with one that a second person confirmed."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.errors import NotFound, Refusal
from accreditation.services.installation import create_system_account
from workflows.edition_change import carry_on, rehearse
from workflows.edition_mapping import read_mapping


class Command(BaseCommand):
    """`FROM TO --mapping FILE --dry-run` tells what would happen; `--carry-on NUMBER` does what was confirmed."""

    help = "Try a change of edition by a checked mapping, or carry out a confirmed one. Exit 1 when a case was refused."

    def add_arguments(self, parser: CommandParser) -> None:
        """The editions and the mapping to be tried, or the number of a confirmed proposal."""
        parser.add_argument("before", nargs="?", metavar="FROM", default="", help="edition of the running cases")
        parser.add_argument("after", nargs="?", metavar="TO", default="", help="edition to which they go over")
        parser.add_argument("--mapping", type=Path, metavar="FILE", help="every legal state and what becomes of it")
        parser.add_argument("--case", action="append", default=[], metavar="NUMBER", help="only this case; repeatable")
        parser.add_argument("--dry-run", action="store_true", help="tell what would become of each case")
        parser.add_argument("--carry-on", metavar="NUMBER", default="", help="carry out what a second person confirmed")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rehearse or carry out; one line per case."""
        try:
            if options["carry_on"]:
                self._report(carry_on(options["carry_on"], at=timezone.now()).report)
            elif options["mapping"] and options["after"] and options["dry_run"]:
                self._rehearse(options)
            else:
                raise CommandError(
                    _("请写明 FROM、TO、--mapping 和 --dry-run，或者 --carry-on；提请和确认在页面上办理。")
                )
        except NotFound as missing:
            raise CommandError(_("没有这一提请。")) from missing
        except (Refusal, OSError) as refusal:
            reasons = refusal.reasons if isinstance(refusal, Refusal) else [refusal]
            raise CommandError("\n".join(str(reason) for reason in reasons)) from refusal

    def _rehearse(self, options: dict[str, Any]) -> None:
        text, by = options["mapping"].read_text(encoding="utf-8"), create_system_account()
        mapping = read_mapping(text, options["before"], options["after"], options["mapping"].name)
        found = rehearse(mapping, by=by, at=timezone.now(), numbers=options["case"])
        self._report([asdict(row) for row in found])

    def _report(self, report: list[dict[str, Any]]) -> None:
        for row in report:
            said = "refused: " + "; ".join(row["reasons"]) if row["reasons"] else f"-> {row['after']}"
            self.stdout.write(f"{row['case']} {row['before']} {said}")
        refused = sum(1 for row in report if row["reasons"])
        self.stdout.write(f"{len(report) - refused} cases changed, {refused} refused")
        if refused:
            raise SystemExit(1)
