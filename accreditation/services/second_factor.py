"""The second factor: time codes and recovery codes, each good for one log-in, counted in the database.

allauth keeps the codes that were used in the cache for one period, which a tolerance of one period outlives; here the
last counter is kept on the authenticator's row under its lock (RFC 6238, 5.2).
"""

from __future__ import annotations

from datetime import datetime

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import ratelimit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.errors import Denied, Reason, Refusal
from accreditation.models import User
from accreditation.permissions import SECOND_FACTOR_KEY, Person, has_power, is_staff_person
from accreditation.roles import Power, Role

PERIOD = 30  # seconds
TOLERANCE = 1  # periods before and after, for clocks that are a little off
LEDGER = "grants"


def has_authenticator(user: Person) -> bool:
    """Whether the person has set up an authenticator app."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())


def needs_second_factor(user: Person) -> bool:
    """Everybody who holds an office, and whoever set one up of their own accord."""
    return is_staff_person(user) or has_authenticator(user)


def may_try(request: HttpRequest, user: User) -> bool:
    """Count one try of this person from this address; False when there were too many."""
    key = f"second-factor:{user.pk}:{get_account_adapter().get_client_ip(request)}"
    return bool(ratelimit.consume(request, action="second_factor", key=key))


def matching_counter(secret: str, code: str, at: datetime, *, after: int = -1) -> int | None:
    """The period whose code this is, later than `after`; None when there is none."""
    digits = "".join(code.split())
    now = int(at.timestamp()) // PERIOD
    for counter in range(now - TOLERANCE, now + TOLERANCE + 1):
        if counter > after and constant_time_compare(format_hotp_value(hotp_value(secret, counter)), digits):
            return counter
    return None


def accept_code(user: User, code: str, *, at: datetime) -> bool:
    """Use up a time code or a recovery code; False when it is wrong or was used before."""
    with transaction.atomic():
        for row in Authenticator.objects.select_for_update().filter(user=user).order_by("-type"):
            if row.type == Authenticator.Type.TOTP and _accept_time_code(row, code, at):
                return True
            if row.type == Authenticator.Type.RECOVERY_CODES and RecoveryCodes(row).validate_code(
                "".join(code.split())
            ):
                return True
    return False


def _accept_time_code(row: Authenticator, code: str, at: datetime) -> bool:
    secret = get_adapter().decrypt(row.data["secret"])
    counter = matching_counter(secret, code, at, after=row.data.get("last_counter", -1))
    if counter is None:
        return False
    row.data["last_counter"] = counter
    row.last_used_at = at
    row.save(update_fields=["data", "last_used_at"])
    return True


def set_up(user: User, secret: str, code: str, *, at: datetime) -> bool:
    """Store the secret once a code shows that the app has it, with fresh recovery codes; False when the code is wrong.

    Raises Refusal when the account already has an authenticator.
    """
    counter = matching_counter(secret, code, at)
    if counter is None:
        return False
    content = {"secret": get_adapter().encrypt(secret), "last_counter": counter}
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if has_authenticator(user):
            raise Refusal([Reason("already_set_up", _("该账号已设置动态验证码。"))])
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=content)
        renew_recovery_codes(user)
    return True


def renew_recovery_codes(user: User) -> None:
    """New recovery codes; the old ones are void."""
    with transaction.atomic():
        Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
        RecoveryCodes.activate(user)


def unused_recovery_codes(user: User) -> list[str]:
    """Recovery codes that still work; empty when the person has none."""
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return list(RecoveryCodes(row).get_unused_codes()) if row else []


def open_session(request: HttpRequest, *, at: datetime) -> None:
    """Mark the session as opened with a second factor, under a new session key."""
    request.session.cycle_key()
    request.session[SECOND_FACTOR_KEY] = at.isoformat()


def clear_second_factor(user: User, *, by: User, ground: str, at: datetime) -> None:
    """Take away a lost authenticator so that the person sets up a new one; never one's own.

    Raises Denied when `by` may not, Refusal for one's own or without a ground.
    """
    if not has_power(by, Power.GRANT_ROLES):
        raise Denied([Reason("not_security_officer", _("只有安全管理员可以重置动态验证码。"))])
    if by.pk == user.pk:
        raise Refusal([Reason("own_second_factor", _("不能重置自己的动态验证码，请由另一位安全管理员办理。"), "user")])
    if not ground.strip():
        raise Refusal([Reason("no_ground", _("请填写重置依据。"), "ground")])
    with act(LEDGER, "clear_second_factor", by=by, at=at, acting_as=Role.SECURITY_OFFICER) as doing:
        Authenticator.objects.filter(user=user).delete()
        doing.note(user=user.pk, name=str(user), ground=ground.strip())
        doing.tell(user, "second_factor_cleared")
