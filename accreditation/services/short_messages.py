"""Text messages: the title of an in-site message and its number, to people who agreed, through a gateway over HTTP.

Off until the installation names a gateway. The gateway decides the shape of the body: a JSON template in which
`{phone}`, `{text}` and `{key}` are filled in as strings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import override

from accreditation.effects import Hopeless, Lane, handles
from accreditation.models import Message
from accreditation.outgoing import Endpoint, send
from accreditation.selectors.messages import render_message

KIND = "text_message"


@handles(KIND, lane=Lane.OUTSIDE)
def send_text_message(key: str, payload: Mapping[str, Any]) -> None:
    """Send it, unless the consent was withdrawn, the account closed or the gateway switched off meanwhile."""
    message = Message.objects.select_related("recipient").get(key=payload["message"])
    person = message.recipient
    if not (settings.TEXT_GATEWAY_URL and person.takes_texts and person.is_active):
        return
    with override(settings.LANGUAGE_CODE):
        title = render_message(message).title
    text = f"{title} {message.case_number}".strip()
    endpoint = Endpoint(
        settings.TEXT_GATEWAY_URL, settings.TEXT_GATEWAY_SECRET, settings.OUTGOING_SECONDS, settings.OUTGOING_REACH
    )
    send(endpoint, filled(settings.TEXT_GATEWAY_BODY, phone=person.phone, text=text, key=key), key=key)


def filled(template: str, **words: str) -> dict[str, Any]:
    """The body of a template; Hopeless when that is no JSON object. Words stand as strings wherever they are from."""
    try:
        body = json.loads(template)
    except ValueError as fault:
        raise Hopeless("TEXT_GATEWAY_BODY is no JSON") from fault
    if not isinstance(body, dict):
        raise Hopeless("TEXT_GATEWAY_BODY is no JSON object")
    return {name: _filled(value, words) for name, value in body.items()}


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(part, words) for name, part in value.items()}
    if isinstance(value, list):
        return [_filled(part, words) for part in value]
    if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
        return words.get(value[1:-1], value)
    return value
