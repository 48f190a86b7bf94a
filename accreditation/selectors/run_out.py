"""Titles whose term is over: those that it ends, and those that go on all the same."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from accreditation.enums import Level
from accreditation.models import Title
from accreditation.models.titles import HELD
from accreditation.selectors.evaluation_terms import titles_kept
from accreditation.selectors.renewals import kept_by_a_renewal
from accreditation.selectors.results import calls_undecided, titles_under_stay


def titles_run_out(on: date) -> QuerySet[Title]:
    """Titles that still count as standing or suspended although their last day lies before that day.

    What the nation granted ends by an order only, whatever term is entered; what is to be renewed, by the decision;
    what its rules keep until the next evaluation, by that.
    """
    rows = Title.objects.filter(state__in=HELD, valid_until__lt=on)
    rows = rows.exclude(programme__level=Level.NATIONAL).exclude(pk__in=[title.pk for title in titles_kept(on)])
    # A title runs until what its evaluation leads to, not until a day before, and while a stay gives it back.
    rows = rows.exclude(pk__in=calls_undecided().values("title_id"))
    rows = rows.exclude(pk__in=titles_under_stay())
    return rows.exclude(pk__in=[row.pk for row in kept_by_a_renewal(rows)]).order_by("pk")
