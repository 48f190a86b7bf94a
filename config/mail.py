"""A mail backend that keeps each mail as one file named by its Message-ID: for demo, tests and closed networks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class FileBackend(BaseEmailBackend):
    """Writes `VAR_DIR/mail/<id>.eml` whole or not at all; the same mail sent again replaces itself."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Number of mails written."""
        for mail in email_messages:
            self._write(mail)
        return len(email_messages)

    def _write(self, mail: EmailMessage) -> None:
        message = mail.message()
        folder = Path(settings.VAR_DIR) / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").replace("/", "_")
        draft = folder / f".{name}.{os.getpid()}"
        draft.write_bytes(message.as_bytes())
        os.replace(draft, folder / f"{name}.eml")
