"""`python manage.py install`: a real installation, without demo data.

Creates the bodies, the programmes, the calendar, the account of the clock, the first security officer, and on request
the second one and an account for the operator. Refused when anybody has an account, unless `--upgrade`, which adds
missing reference rows.
"""

from __future__ import annotations

import getpass
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.errors import Refusal
from accreditation.models import User
from accreditation.services import installation
from accreditation.services.account_mail import password_link
from accreditation.services.plan import create_plan

PASSWORD_VARIABLE = "INSTALL_PASSWORD"  # noqa: S105  the name of a variable
CALENDAR_COMMAND = "calendar_seed"


class Command(BaseCommand):
    """Installs, or with `--upgrade` completes the reference rows."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What the first two accounts are called, and where the password comes from."""
        parser.add_argument("--username", default="admin", help="user name of the first security officer")
        parser.add_argument("--name", default="", help="name of the first security officer")
        parser.add_argument("--email", default="", help="e-mail address of the first security officer")
        parser.add_argument("--password-file", type=Path, help=f"file with the password; else ${PASSWORD_VARIABLE}")
        parser.add_argument(
            "--second-officer",
            nargs=3,
            metavar=("USERNAME", "NAME", "EMAIL"),
            help="the second security officer: roles are proposed by one and given by the other",
        )
        parser.add_argument(
            "--operator",
            nargs=3,
            metavar=("USERNAME", "NAME", "EMAIL"),
            help="account for the operator, who gets the role from the security officers",
        )
        parser.add_argument("--office-uscc", default="", help="credit code of the municipal office, for certificates")
        parser.add_argument("--upgrade", action="store_true", help="only add reference rows that are missing")
        parser.add_argument("--no-input", action="store_true", help="never ask")

    def handle(self, *args: Any, **options: Any) -> None:
        """Install, or complete."""
        call_command("migrate", interactive=False, verbosity=0)
        if not options["upgrade"] and installation.has_people():
            raise CommandError(_("已有账号，不能再次安装；补齐基础资料请用 --upgrade。"))
        if not options["upgrade"]:
            self._appoint(options)
        self._say(_("主管部门：新增 %(count)s 个"), installation.create_bodies())
        self._say(_("项目类别：新增 %(count)s 个"), installation.create_programmes())
        self._say(_("规划目标：新增 %(count)s 项"), create_plan(timezone.now()))
        installation.create_system_account()
        if options["office_uscc"]:
            self._set_office_code(options["office_uscc"])
        self._seed_calendar()

    def _set_office_code(self, uscc: str) -> None:
        try:
            installation.set_office_code(uscc)
        except Refusal as refusal:
            raise CommandError("\n".join(str(reason) for reason in refusal.reasons)) from None

    def _say(self, text: str, count: int) -> None:
        self.stdout.write(text % {"count": count})

    def _appoint(self, options: dict[str, Any]) -> None:
        password = self._password(options)
        try:
            first, second, operator = installation.appoint_administrators(
                username=options["username"],
                name=options["name"] or self._ask(_("首位安全管理员姓名："), options),
                email=options["email"] or self._ask(_("首位安全管理员电子邮箱："), options),
                password=password,
                second=tuple(options["second_officer"]) if options["second_officer"] else None,
                operator=tuple(options["operator"]) if options["operator"] else None,
                at=timezone.now(),
            )
        except Refusal as refusal:
            raise CommandError("\n".join(str(reason) for reason in refusal.reasons)) from None
        self.stdout.write(_("首位安全管理员：%(username)s（首次登录时设置动态验证码）") % {"username": first.username})
        if second is not None:
            self._hand_out(_("第二位安全管理员：%(username)s"), second)
        else:
            self.stdout.write(_("授予角色需要两位安全管理员，请再用 appoint_security_officer 指定一位。"))
        if operator is not None:
            self._hand_out(_("系统管理员账号：%(username)s"), operator)

    def _hand_out(self, text: str, user: User) -> None:
        self.stdout.write(text % {"username": user.username})
        self.stdout.write(_("设置密码：%(link)s") % {"link": password_link(user)})

    def _ask(self, question: str, options: dict[str, Any]) -> str:
        return "" if options["no_input"] else input(question)

    def _password(self, options: dict[str, Any]) -> str:
        password = self._given_password(options)
        try:
            password_validation.validate_password(password, User(username=options["username"], name=options["name"]))
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None
        return password

    def _given_password(self, options: dict[str, Any]) -> str:
        """From the file, from the environment, or asked twice; never from the command line, which others can read."""
        if options["password_file"]:
            return str(options["password_file"].read_text().strip())
        if os.environ.get(PASSWORD_VARIABLE):
            return os.environ[PASSWORD_VARIABLE]
        if options["no_input"]:
            raise CommandError(_("请用 --password-file 或环境变量 INSTALL_PASSWORD 给出密码。"))
        first, second = getpass.getpass(_("密码：")), getpass.getpass(_("再次输入密码："))
        if first != second:
            raise CommandError(_("两次输入的密码不一致。"))
        return first

    def _seed_calendar(self) -> None:
        if CALENDAR_COMMAND in get_commands():
            call_command(CALENDAR_COMMAND, stdout=self.stdout)
        else:
            self.stdout.write(_("未安装工作日历命令，请在系统管理中录入节假日。"))
