"""Refused attempts by people who hold an office are kept: one event on the ledger "refused" for each, up to a rate.

What is kept is the person, the name of the address and its path, never what was typed. A failure to keep it never
changes the answer.
"""

from __future__ import annotations

import logging

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accreditation.acts import act
from accreditation.models import User
from accreditation.permissions import is_staff_person
from certificates.services.allowance import Rate, is_allowed

LEDGER = "refused"
REFUSED = (403, 404)
MOST = Rate("refused", interval=2.0, burst=60)  # a person who tries more is on record long before
PATH_LENGTH = 200
log = logging.getLogger(__name__)


def keep_refusal(request: HttpRequest, response: HttpResponse) -> None:
    """Record that a signed-in officer was refused an address of the site; anything else is left alone."""
    match, user = request.resolver_match, getattr(request, "user", None)
    if response.status_code not in REFUSED or match is None or not isinstance(user, User) or not is_staff_person(user):
        return
    at = timezone.now()
    try:
        if not is_allowed(MOST, f"user:{user.pk}", at=at):
            return
        with act(LEDGER, "refuse_access", by=user, at=at, acting_as="visitor") as doing:
            doing.note(
                address=match.view_name or "",
                path=request.path.replace("\0", "%00")[:PATH_LENGTH],
                method=request.method or "",
                status=response.status_code,
            )
    except DatabaseError:
        log.exception("a refused attempt could not be kept")
