"""Which seat of a panel an act about a score sheet is for, before anything is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

from workflows.selectors.panel_room import places_asked_about

if TYPE_CHECKING:
    from accreditation.models import Application

ANSWERING = frozenset({"set_sheet_aside", "decline_sheet_aside", "withdraw_sheet_request"})
DIGITS = 4


def place_meant(request: HttpRequest, application: Application, verb: str) -> dict[str, str]:
    """The place that the address names, or else the only one about which a request waits; nothing for other verbs."""
    if verb not in ANSWERING:
        return {}
    named = request.GET.get("place", "")
    if named.isascii() and named.isdecimal() and len(named) <= DIGITS:
        return {"place": named}
    waiting = places_asked_about(application)
    return {"place": str(waiting[0])} if len(waiting) == 1 else {}
