"""Consent to text messages: given and withdrawn by the person alone, with its instant."""

from __future__ import annotations

from datetime import datetime

from accreditation.acts import act
from accreditation.models import User


def set_text_consent(user: User, *, phone: str, agrees: bool, at: datetime) -> None:
    """Keep consent and, unless empty, a new number, which stands in no trail; what is withdrawn holds at once."""
    with act(f"texts:{user.pk}", "set_text_consent", by=user, at=at, acting_as="self") as doing:
        row = User.objects.select_for_update().get(pk=user.pk)
        is_same = row.texts_agreed_at is not None and phone in ("", row.phone)
        row.phone, row.texts_agreed_at = (
            phone or row.phone,
            (row.texts_agreed_at if is_same else at) if agrees else None,
        )
        row.save(update_fields=["phone", "texts_agreed_at"])
        doing.note(agrees=agrees)
