"""Forms that were sent before."""

from __future__ import annotations

from typing import Any

from accreditation.models import RequestKey, User


def earlier_answer(request_key: str | None, *, by: User) -> dict[str, Any] | None:
    """What this person was answered when the form with this key was carried out; None when it was not yet."""
    if not request_key:
        return None
    claim = RequestKey.objects.filter(key=request_key, user=by).first()
    return None if claim is None else dict(claim.answer or {})
