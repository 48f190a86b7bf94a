"""`manage.py set_up_designation FILE [--dry-run]`: check a file, and put its designation before a second person."""

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
from workflows.designation_proposals import propose
from workflows.designations import Preview, check_drafter, preview


class Command(BaseCommand):
    """`FILE --dry-run` only checks; `FILE --by DRAFTER` proposes what another person publishes on the page."""

    help = "Propose a designation (programme, rules, parameters of the procedure) from one YAML file, see docs."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and the officer who puts it forward."""
        parser.add_argument("file", type=Path, help="designation as YAML")
        parser.add_argument("--dry-run", action="store_true", help="check and tell what would be set up")
        parser.add_argument("--by", metavar="USERNAME", default="", help="account of the officer who puts it forward")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1 with every fault of the file; exit 0 when it is sound, proposed now or set up before."""
        path: Path = options["file"]
        text = self._text(path)
        try:
            if options["dry_run"]:
                self._say(preview(text, path.name), _("检查通过，尚未设立。"))
                return
            self._propose(text, path.name, self._account(options["by"]))
        except (Refusal, Denied) as refusal:
            raise CommandError("\n".join(str(reason) for reason in refusal.reasons)) from refusal

    def _propose(self, text: str, file: str, by: User) -> None:
        check_drafter(by)
        found, said = preview(text, file), ""
        if found.is_new:
            row = propose(text, file, by=by, at=timezone.now())
            said = _("%(number)s 已提请，由另一位人员在页面上核对后发布。") % {"number": row.number}
        self._say(found, said)

    def _text(self, path: Path) -> str:
        try:
            with path.open("rb") as stream:
                return stream.read(MAX_BYTES + 1).decode("utf-8")
        except (OSError, UnicodeDecodeError) as fault:
            raise CommandError(f"{path.name}: {fault}") from fault

    def _account(self, username: str) -> User:
        found = User.objects.filter(username=username, is_active=True).first()
        if found is None:
            raise CommandError(_("--by 须写一个有效账号：%(name)s") % {"name": username or "—"})
        return found

    def _say(self, found: Preview, done: str) -> None:
        said = found.designation
        self.stdout.write(f"{rule_text(said, 'name')}  {said.code}  {said.number_prefix}")
        self.stdout.write(f"{said.rules.ref}  {said.rules.checksum}  {said.procedure}")
        lang = "en" if (get_language() or "").startswith("en") else "zh"
        for fault in found.live_faults:
            self.stdout.write(f"  {fault.en if lang == 'en' else fault.zh}")
        if found.live_faults:
            self.stdout.write(_("有 %(n)d 处来源不足，正式批次不得使用。") % {"n": len(found.live_faults)})
        self.stdout.write(done if found.is_new else _("此前已设立，没有变化。"))
