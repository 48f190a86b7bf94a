"""`python manage.py appoint_security_officer USERNAME --ground TEXT`: a security officer where fewer than two stand.

Roles are proposed by one security officer and given by another. Where only one is left, nobody could give the role to a
second: the installation does, which takes a shell on the server and stands in the ledger of grants as such.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.errors import Refusal
from accreditation.services.account_mail import password_link
from accreditation.services.installation import appoint_another_officer


class Command(BaseCommand):
    """Appoints a person, with an account that exists or is made for it."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, and on which ground."""
        parser.add_argument("username", help="user name; of an account that exists, or of a new one")
        parser.add_argument("--name", default="", help="name of the person, where the account is to be made")
        parser.add_argument("--email", default="", help="e-mail address, where the account is to be made")
        parser.add_argument("--ground", required=True, help="document of the appointment: name, number, date")

    def handle(self, *args: Any, **options: Any) -> None:
        """Appoint, or say why not."""
        try:
            user = appoint_another_officer(
                options["username"], name=options["name"], email=options["email"], ground=options["ground"],
                at=timezone.now(),
            )  # fmt: skip
        except Refusal as refusal:
            raise CommandError("\n".join(str(reason) for reason in refusal.reasons)) from None
        self.stdout.write(_("安全管理员：%(username)s") % {"username": user.username})
        if not user.has_usable_password():
            self.stdout.write(_("设置密码：%(link)s") % {"link": password_link(user)})
