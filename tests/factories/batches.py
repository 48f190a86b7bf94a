"""What waits for the second officer, confirmed by one."""

from __future__ import annotations

from django.utils import timezone

from accreditation.models import Batch, BatchProposal, CalendarProposal, User
from accreditation.roles import Role
from tests.factories.cast import grant, person
from workflows import batch_proposals, calendar_proposals


def another_officer() -> User:
    """A colleague of the city's office, the same one each time."""
    found = User.objects.filter(username="confirming").first()
    found = found or person("confirming", "复核示例")
    if not found.grants.filter(revoked_at__isnull=True).exists():
        grant(found, Role.MUNICIPAL_OFFICER, at=timezone.now())
    return found


def opened_by_two(place: str = "") -> Batch:
    """The batch put forward last, or the one at the end of an address, as a second officer opens it.

    Who leaves the office again: the tests go on with the people whom they know.
    """
    rows = BatchProposal.objects.filter(state="waiting")
    row = rows.get(number=place.rstrip("/").split("/")[-1]) if place else rows.latest("pk")
    officer = another_officer()
    batch = batch_proposals.confirm(row, by=officer, at=timezone.now()).batch
    assert batch is not None
    officer.grants.update(revoked_at=timezone.now())
    return Batch.objects.select_related("programme", "authority").get(pk=batch.pk)


def calendar_by_two() -> CalendarProposal:
    """The year put forward last, as an officer takes it into use."""
    row = CalendarProposal.objects.latest("pk")
    return calendar_proposals.confirm(row, by=another_officer(), at=timezone.now())
