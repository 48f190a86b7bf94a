"""`manage.py set_up_designation FILE [--dry-run]`: check a file, and set up the designation that it holds."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accreditation.errors import Denied, Refusal
from accreditation.models import User
from accreditation.services.rule_sets import rule_text
from criteria.rulefile import MAX_BYTES
from workflows.designations import Preview, preview, set_up


class Command(BaseCommand):
    """`FILE --dry-run` only checks; `FILE --by DRAFTER --seconded-by PUBLISHER` sets up."""

    help = "Set up a designation (programme, rules, parameters of the procedure) from one YAML file, see docs."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and the two people who answer for it."""
        parser.add_argument("file", type=Path, help="designation as YAML")
        parser.add_argument("--dry-run", action="store_true", help="check and tell what would be set up")
        parser.add_argument("--by", metavar="USERNAME", default="", help="account of the officer who sets it up")
        parser.add_argument("--seconded-by", metavar="USERNAME", default="", help="account of the person who read it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1 with every fault of the file; exit 0 when it is set up, now or before."""
        path: Path = options["file"]
        text = self._text(path)
        try:
            if options["dry_run"]:
                self._say(preview(text, path.name), is_done=False)
                return
            by, second = self._account(options["by"]), self._account(options["seconded_by"])
            self._say(set_up(text, path.name, by=by, seconded_by=second, at=timezone.now()), is_done=True)
        except (Refusal, Denied) as refusal:
            raise CommandError("\n".join(str(reason) for reason in refusal.reasons)) from refusal

    def _text(self, path: Path) -> str:
        try:
            with path.open("rb") as stream:
                return stream.read(MAX_BYTES + 1).decode("utf-8")
        except (OSError, UnicodeDecodeError) as fault:
            raise CommandError(f"{path.name}: {fault}") from fault

    def _account(self, username: str) -> User:
        found = User.objects.filter(username=username, is_active=True).first()
        if found is None:
            raise CommandError(_("--by 和 --seconded-by 须各写一个有效账号：%(name)s") % {"name": username or "—"})
        return found

    def _say(self, found: Preview, *, is_done: bool) -> None:
        said = found.designation
        self.stdout.write(f"{rule_text(said, 'name')}  {said.code}  {said.number_prefix}")
        self.stdout.write(f"{said.rules.ref}  {said.rules.checksum}  {said.procedure}")
        lang = "en" if (get_language() or "").startswith("en") else "zh"
        for fault in found.live_faults:
            self.stdout.write(f"  {fault.en if lang == 'en' else fault.zh}")
        if found.live_faults:
            self.stdout.write(_("有 %(n)d 处来源不足，正式批次不得使用。") % {"n": len(found.live_faults)})
        if not found.is_new:
            self.stdout.write(_("此前已设立，没有变化。"))
        else:
            self.stdout.write(_("已设立。") if is_done else _("检查通过，尚未设立。"))
