"""Accounts of staff: opened and closed by the operator, who gives no roles (GB/T 22239-2019, 8.1.5)."""

from __future__ import annotations

import re
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.models import User
from accreditation.permissions import has_power
from accreditation.roles import Power, Role
from accreditation.services.account_mail import promise_password_mail

LEDGER = "accounts"
USER_NAME = re.compile(r"[a-z][a-z0-9._-]{2,29}")


def create_account(*, username: str, name: str, email: str, by: User, at: datetime, phone: str = "") -> User:
    """An account without roles; the person gets a mail to set the password. Raises Denied, Refusal with reasons."""
    _check_operator(by)
    check_account(username=username, name=name, email=email)
    with act(LEDGER, "create_account", by=by, at=at, acting_as=Role.OPERATOR) as doing:
        person = write_account(username=username, name=name, email=email, phone=phone)
        doing.note(user=person.pk, username=person.username, name=person.name)
        promise_password_mail(person, reason="created", at=at)
    return person


def check_account(*, username: str, name: str, email: str) -> None:
    """Raises Refusal with every reason: form of the user name, taken, no name, no address."""
    reasons = []
    if not USER_NAME.fullmatch(username):
        text = _("用户名须以小写字母开头，由 3 至 30 个小写字母、数字、点、横线组成。")
        reasons.append(Reason("user_name_form", text, "username"))
    if User.objects.filter(username__iexact=username).exists():
        reasons.append(Reason("user_name_taken", _("该用户名已被使用。"), "username"))
    if not name.strip():
        reasons.append(Reason("no_name", _("请填写姓名。"), "name"))
    if not email.strip():
        reasons.append(Reason("no_email", _("请填写电子邮箱，用于发送设置密码的链接。"), "email"))
    if reasons:
        raise Refusal(reasons)


def write_account(*, username: str, name: str, email: str, phone: str = "", password: str | None = None) -> User:
    """The row; without a password nobody can log in until one is set by mail."""
    return User.objects.create(
        username=username, name=name.strip(), email=email.strip().lower(), phone=phone, password=make_password(password)
    )


def close_account(user: User, *, by: User, at: datetime, reason: str) -> User:
    """Deactivate: the next request of every session of the account is refused. Accounts are never deleted."""
    _check_operator(by)
    if user.pk == by.pk:
        raise Refusal([Reason("own_account", _("不能停用自己的账号。"))])
    if not reason.strip():
        raise Refusal([Reason("no_reason", _("请填写停用理由。"), "reason")])
    with act(LEDGER, "close_account", by=by, at=at, acting_as=Role.OPERATOR) as doing:
        row = User.objects.select_for_update().get(pk=user.pk)
        if not row.is_active:
            raise AlreadyDone(Reason("already_closed", _("该账号已停用。")), done_by="", done_at=None)
        row.is_active = False
        row.save(update_fields=["is_active"])
        doing.note(user=row.pk, username=row.username, reason=reason.strip())
    return row


def _check_operator(by: User) -> None:
    if not has_power(by, Power.OPERATE):
        raise Denied([Reason("not_operator", _("只有系统管理员可以办理账号。"))])
