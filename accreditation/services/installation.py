"""The first rows of an installation: bodies, programmes, the account of the clock, the security officers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accreditation.errors import Reason, Refusal
from accreditation.models import Body, Programme, User
from accreditation.seeds.reference import BODIES, MUNICIPAL_OFFICE, PROGRAMMES, BodyEntry
from accreditation.services.accounts import check_account, write_account
from accreditation.services.enterprises import check_uscc
from accreditation.services.grants import appoint_security_officer

SYSTEM_USER = "system"
Particulars = tuple[str, str, str]  # user name, name, e-mail address


def create_bodies(entries: Iterable[BodyEntry] = BODIES) -> int:
    """Bodies that are missing; returns how many were made. Existing rows keep what the operator wrote."""
    made = 0
    for entry in entries:
        _row, is_new = Body.objects.get_or_create(
            code=entry.code,
            defaults={
                "level": entry.level,
                "name_zh": entry.name_zh,
                "name_en": entry.name_en,
                "district": entry.district,
                "uscc": entry.uscc,
                "forwards_to": Body.objects.get(code=entry.forwards_to) if entry.forwards_to else None,
            },
        )
        made += is_new
    return made


def set_office_code(uscc: str) -> None:
    """The credit code of the municipal office, which its certificates carry; raises Refusal."""
    Body.objects.filter(code=MUNICIPAL_OFFICE).update(uscc=check_uscc(uscc))


def create_programmes() -> int:
    """Programmes that are missing; returns how many were made."""
    made = 0
    for entry in PROGRAMMES:
        _row, is_new = Programme.objects.get_or_create(
            code=entry.code,
            defaults={
                "level": entry.level,
                "name_zh": entry.name_zh,
                "name_en": entry.name_en,
                "granted_by": Body.objects.get(code=entry.granted_by),
                "number_prefix": entry.number_prefix,
                "ground_zh": entry.ground_zh,
                "ground_en": entry.ground_en,
                "branch_of_id": entry.branch_of or None,
            },
        )
        made += is_new
    return made


def create_system_account() -> User:
    """The account under which the clock acts: closed, so that nobody can log in to it."""
    found = User.objects.filter(is_system=True).first()
    if found is not None:
        return found
    person = User(username=SYSTEM_USER, name="系统时钟", is_system=True, is_active=False)
    person.set_unusable_password()
    person.save()
    return person


def has_people() -> bool:
    """Whether anybody but the clock has an account."""
    return User.objects.filter(is_system=False).exists()


def appoint_administrators(
    *,
    username: str,
    name: str,
    email: str,
    password: str,
    second: Particulars | None = None,
    operator: Particulars | None = None,
    at: datetime,
) -> tuple[User, User | None, User | None]:
    """The first security officer, the second one, and the operator's account, to whom both then give the role.

    `second` and `operator` are user name, name and e-mail address; these accounts start with a password set by mail.
    Raises Refusal when anybody has an account already, or with what is wrong with the particulars.
    """
    with transaction.atomic():
        system = create_system_account()
        if has_people():
            raise Refusal([Reason("installed", _("已有账号，不能再次安装；补齐基础资料请用 --upgrade。"))])
        check_account(username=username, name=name, email=email)
        first = write_account(username=username, name=name, email=email, password=password)
        ground = str(_("安装时任命"))
        appoint_security_officer(first, system=system, at=at, ground=ground)
        other = _account(second) if second else None
        if other is not None:
            appoint_security_officer(other, system=system, at=at, ground=ground)
        return first, other, _account(operator) if operator else None


def appoint_another_officer(username: str, *, name: str = "", email: str = "", ground: str, at: datetime) -> User:
    """Make an account a security officer, while fewer than two stand; a new one where name and address are given.

    Raises Refusal with the reasons, also where there is no such account and none can be made.
    """
    with transaction.atomic():
        user = User.objects.filter(username=username, is_active=True, is_system=False).first()
        if user is None and name and email:
            user = _account((username, name, email))
        if user is None:
            raise Refusal([Reason("no_account", _("没有这个可用的账号：%(name)s。") % {"name": username})])
        appoint_security_officer(user, system=create_system_account(), at=at, ground=ground)
        return user


def _account(particulars: Particulars) -> User:
    username, name, email = particulars
    check_account(username=username, name=name, email=email)
    return write_account(username=username, name=name, email=email)
