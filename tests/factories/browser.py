"""A browser of Django's test client, signed in as a person of the cast with the second factor."""

from __future__ import annotations

from django.test import Client

from accreditation import permissions
from accreditation.models import User


def log_in(client: Client, user: User) -> Client:
    """Open a session of the person in this client, as after password and second factor."""
    client.force_login(user)
    session = client.session
    session[permissions.SECOND_FACTOR_KEY] = "2026-03-02T09:00:00+08:00"
    session.save()
    return client
