"""`manage.py import_calendar`: put a year of the calendar before a second person, or answer another's proposal."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.errors import Denied, NotFound, Refusal
from accreditation.models import CalendarProposal, User
from workflows import calendar_proposals as proposals
from workflows.calendar import SEED_SOURCE, package_days
from workflows.calendar_import import CalendarLine, parse_days
from workflows.forms.oversight import MOST_BYTES
from workflows.selectors.calendar_proposals import proposal


class Command(BaseCommand):
    """`YEAR FILE --source DOCUMENT --by OPERATOR` proposes; `--confirm NUMBER --by ANOTHER` takes it into use."""

    help = "Propose a published year of the working-day calendar, or confirm or decline one that another proposed."

    def add_arguments(self, parser: CommandParser) -> None:
        """The year with its file, or the number of a proposal, and always the account that answers for it."""
        parser.add_argument("year", type=int, nargs="?", help="the year")
        parser.add_argument("file", type=Path, nargs="?", help="CSV: day, is it worked (1 or 0), name")
        parser.add_argument("--package", action="store_true", help="the year as the calendar package has it")
        parser.add_argument("--source", default="", help="name and number of the State Council's document")
        parser.add_argument("--confirm", metavar="NUMBER", default="", help="take a proposal into use")
        parser.add_argument("--decline", metavar="NUMBER", default="", help="leave a proposal without effect")
        parser.add_argument("--reason", default="", help="why it is declined")
        parser.add_argument("--by", metavar="USERNAME", required=True, help="account of the person who answers for it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1 with every reason; exit 0 with what was put forward or done."""
        by, at = self._account(options["by"]), timezone.now()
        try:
            if options["confirm"]:
                row = proposals.confirm(proposal(options["confirm"]), by=by, at=at)
            elif options["decline"]:
                row = proposals.decline(proposal(options["decline"]), reason=options["reason"], by=by, at=at)
            else:
                days, source = self._said(options)
                row = proposals.propose(options["year"], days, source=source, by=by, at=at)
                self._report(row)
        except NotFound as missing:
            raise CommandError(_("没有编号为 %(number)s 的提请。") % {"number": missing}) from missing
        except (Refusal, Denied) as refusal:
            raise CommandError("\n".join(str(reason) for reason in refusal.reasons)) from refusal
        self.stdout.write(f"{row.number}  {row.year}  {row.get_state_display()}")

    def _said(self, options: dict[str, Any]) -> tuple[list[CalendarLine], str]:
        year, path = options["year"], options["file"]
        if year is None or (path is None) != options["package"]:
            raise CommandError(_("请写明年份和文件，或者年份和 --package。"))
        if options["package"]:
            days = package_days(year)
            if days is None:
                raise CommandError(_("日历软件包没有 %(year)d 年。") % {"year": year})
            return days, options["source"] or SEED_SOURCE
        if not options["source"]:
            raise CommandError(_("请用 --source 写明放假通知的名称和文号。"))
        return parse_days(self._text(path), year), options["source"]

    def _text(self, path: Path) -> str:
        try:
            with path.open("rb") as stream:
                return stream.read(MOST_BYTES).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as fault:
            raise CommandError(f"{path.name}: {fault}") from fault

    def _account(self, username: str) -> User:
        found = User.objects.filter(username=username, is_active=True).first()
        if found is None:
            raise CommandError(_("--by 须写一个有效账号：%(name)s") % {"name": username or "—"})
        return found

    def _report(self, row: CalendarProposal) -> None:
        """What it would do, before anybody confirms it."""
        found = proposals.trial_of(row.year, proposals.lines_of(row))
        text = _("全年 %(days)d 天，工作日 %(worked)d 天；与现行日历不同 %(changed)d 天。")
        values = {"days": found.days, "worked": found.worked, "changed": len(found.changed)}
        self.stdout.write(text % values)
        text = _("进行中的期限：改期 %(moved)d 个，其中提前 %(earlier)d 个；不缩短 %(kept)d 个。")
        counts = {"moved": len(found.moved), "earlier": len(found.earlier), "kept": len(found.kept)}
        self.stdout.write(text % counts)
