"""Published years of the working-day calendar, put forward by one person and taken into use by another."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accreditation.batch_words import ProposalState
from accreditation.models.two_persons import TwoPersonProposal, conditions_of_two


class CalendarProposal(TwoPersonProposal):
    """One year as it came: its departures from Monday to Friday, as lists of ISO day, whether it is worked, name."""

    year = models.PositiveIntegerField()
    days = models.JSONField()
    source = models.CharField(max_length=120)
    checksum = models.CharField(max_length=64)  # SHA-256 over year, days and source

    class Meta:
        constraints = [
            *conditions_of_two("calendar"),
            models.UniqueConstraint(
                name="one_waiting_calendar_per_year", fields=["year"], condition=Q(state=ProposalState.WAITING.value)
            ),
        ]
