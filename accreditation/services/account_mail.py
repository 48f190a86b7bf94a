"""Mails with a link to set a password: promised in the transaction of their act, the key made when they are sent."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from accreditation import effects
from accreditation.models import Effect, User

KIND = "password_mail"
REASONS = ("reset", "invited", "created")


def promise_password_mail(user: User, *, reason: str, at: datetime) -> None:
    """Promise one mail with a link to set the password; `reason` is one of REASONS. Joins the caller's transaction."""
    key = f"{KIND}:{user.pk}:{secrets.token_hex(8)}"
    payload = {"user": user.pk, "reason": reason, "language": translation.get_language() or settings.LANGUAGE_CODE}
    with transaction.atomic():
        Effect.objects.create(kind=KIND, key=key, payload=payload, due_at=at)
        transaction.on_commit(effects.wake)


def password_link(user: User) -> str:
    """An address that lets its reader set the password of the account once."""
    key = default_token_generator.make_token(user)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})
    return f"{settings.PUBLIC_BASE_URL}{path}"


@effects.handles(KIND)
def send_password_mail(key: str, payload: Mapping[str, Any]) -> None:
    """Send it; an account that was closed meanwhile gets none."""
    user = User.objects.filter(pk=payload["user"], is_active=True).first()
    if user is None or not user.email:
        return
    reason = payload["reason"]
    with translation.override(payload["language"]):
        context = {"user": user, "link": password_link(user), "reason": reason}
        subject = render_to_string("accreditation/mail/password_subject.txt", context)
        body = render_to_string("accreditation/mail/password_message.txt", context)
    send_mail(" ".join(subject.split()), body, settings.DEFAULT_FROM_EMAIL, [user.email])
