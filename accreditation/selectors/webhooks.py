"""Addresses of the systems of authorities, without their keys; what could not be delivered."""

from __future__ import annotations

from accreditation.enums import EffectState
from accreditation.models import Effect, Webhook


def webhooks() -> list[Webhook]:
    """Every address, by authority."""
    return list(Webhook.objects.select_related("body", "set_by").defer("secret").order_by("body__level", "body__code"))


def failed_calls() -> int:
    """How many text messages and calls were given up."""
    return Effect.objects.filter(kind__in=["text_message", "webhook"], state=EffectState.FAILED).count()
