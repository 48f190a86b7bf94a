"""Calls to the systems of authorities: that a case moved, told by number, state and time, with nothing of its contents.

The act itself promises one effect; when that is carried out, it becomes one effect for each authority concerned, so
that one that is down keeps nobody else waiting. The number of the event in its chain goes along as the idempotency
key and never changes. Reconsiderations are told to nobody: the authority would be a party.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.effects import Lane, handles
from accreditation.enums import Level
from accreditation.errors import Reason, Refusal
from accreditation.models import AuditEvent, Body, Case, Effect, Reconsideration, User, Webhook
from accreditation.outgoing import AddressRefused, Endpoint, check_address, send
from accreditation.permissions import demand_power
from accreditation.roles import Power

LEDGER = "webhooks"
SECRET_BYTES = 24
MOST_LETTERS = 300


@handles("webhooks")
def spread(key: str, payload: Mapping[str, Any]) -> None:
    """One effect for each authority concerned; again after a crash, none twice."""
    event = AuditEvent.objects.get(chain=payload["chain"], seq=payload["seq"])
    case = Case.objects.get(number=event.chain.removeprefix("case:"))
    if Reconsideration.objects.filter(case=case).exists():
        return
    codes = Webhook.objects.filter(concerned(case)).values_list("body__code", flat=True)
    effects = [
        Effect(
            kind="webhook", key=f"webhook:{event.chain}#{event.seq}:{code}", due_at=event.at,
            payload={"body": code, **payload}, case_number=case.number,
        )
        for code in codes
    ]  # fmt: skip
    Effect.objects.bulk_create(effects, ignore_conflicts=True)


def concerned(case: Case) -> Q:
    """The city's authority and the bureau of the district; the authority alone where a batch is its own."""
    if case.batch is not None and case.batch.authority_id is not None:
        return Q(body=case.batch.authority_id)
    return Q(body__level=Level.MUNICIPAL) | Q(body__district=case.district)


@handles("webhook", lane=Lane.OUTSIDE)
def call(key: str, payload: Mapping[str, Any]) -> None:
    """Call one authority; nothing where its address was taken away or the installation has switched calls off."""
    hook = Webhook.objects.filter(body__code=payload["body"]).first()
    if hook is None or not settings.WEBHOOKS:
        return
    event = AuditEvent.objects.get(chain=payload["chain"], seq=payload["seq"])
    endpoint = Endpoint(hook.url, hook.secret, settings.OUTGOING_SECONDS, settings.OUTGOING_REACH)
    send(endpoint, body_of(event), key=f"{event.chain}#{event.seq}")


def body_of(event: AuditEvent) -> dict[str, Any]:
    """What is told: which event, number of the case, its new state, the instant."""
    return {
        "event": f"{event.chain}#{event.seq}",
        "case": event.chain.removeprefix("case:"),
        "state": event.state_after,
        "at": event.at.isoformat(),
    }


def set_webhook(body: Body, *, url: str, by: User, at: datetime) -> Webhook | None:
    """Set or, with an empty address, take away; returns the row with a new key. Raises Denied, Refusal."""
    with act(LEDGER, "set_webhook", by=by, at=at, acting_as="operator") as doing:
        demand_power(by, Power.OPERATE, at=at)
        doing.note(body=body.code, is_set=bool(url))
        if not url:
            Webhook.objects.filter(body=body).delete()
            return None
        _check(url)
        values = {"url": url, "secret": secrets.token_urlsafe(SECRET_BYTES), "set_by": by, "set_at": at}
        return Webhook.objects.update_or_create(body=body, defaults=values)[0]


def _check(url: str) -> None:
    if len(url) > MOST_LETTERS:
        raise Refusal([Reason("webhook_url", _("地址不超过 300 个字符。"), "url")])
    try:
        check_address(url, settings.OUTGOING_REACH)
    except AddressRefused as refused:
        text = _("地址应以 https:// 开头，不含账号、空格和中文。")
        raise Refusal([Reason("webhook_url", text, "url")]) from refused
