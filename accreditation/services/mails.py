"""Mails: number and link only, in the reader's language, one per message, known by its Message-ID."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import override

from accreditation.effects import handles
from accreditation.models import Message
from accreditation.selectors.messages import render_message


@handles("mail")
def send_mail(key: str, payload: Mapping[str, Any]) -> None:
    """Send the mail of an in-site message; the Message-ID follows from the key, so a second copy is recognised."""
    message = Message.objects.select_related("recipient").get(key=payload["message"])
    with override(settings.LANGUAGE_CODE):
        shown = render_message(message)
    mail = EmailMessage(
        subject=str(shown.title),
        body=f"{shown.title}\n{settings.PUBLIC_BASE_URL}{shown.href}\n",
        to=[message.recipient.email],
        headers={"Message-ID": f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@accreditation.invalid>"},
    )
    mail.send(fail_silently=False)
