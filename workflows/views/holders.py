"""A holder in the register of titles: names, tiers and states over time; at the office with its standings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accreditation.selectors.holders import holder_history
from accreditation.selectors.standings import standings_of
from workflows.presentation.holders import holder_words
from workflows.presentation.standings import columns, line
from workflows.views.answers import page
from workflows.views.standings_desk import frame


@require_safe
@page
def holder(request: HttpRequest, uscc: str) -> HttpResponse:
    """What everybody may know: former names, titles, what happened to them."""
    return render(request, "workflows/public/holder.html", {"holder": holder_words(holder_history(uscc))})


@require_safe
@page
def office_holder(request: HttpRequest, uscc: str) -> HttpResponse:
    """The same with every standing of the register."""
    context = frame(request, "ladder") | {
        "holder": holder_words(holder_history(uscc)),
        "columns": columns(),
        "rows": [line(row) for row in standings_of(uscc)],
    }
    return render(request, "workflows/standings/holder.html", context)
