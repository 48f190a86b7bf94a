"""What would change the score: for the applicant of a case, on the figures of the case."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.services.evaluation import standing_of
from criteria.exact import fixed_text
from criteria.what_if import Missing, missing_for, ways_to_gain
from workflows.forms.applicant import GainForm
from workflows.presentation.what_if import advice_words, gap_rows, standing_words
from workflows.views.answers import page
from workflows.views.applicant_frame import OpenCase, frame, open_case

USUAL_GAIN = Fraction(5)  # asked where there is no next band to aim at


@require_safe
@page
def my_what_if(request: HttpRequest, number: str) -> HttpResponse:
    """Where the figures stand, what bars the way, and which figures raised to what gain the points asked for."""
    opened = open_case(request, number)
    missing = _missing(opened)
    form = GainForm(request.GET if "points" in request.GET else {"points": _asked_first(missing)})
    more: dict[str, Any] = {"form": form, "missing": missing}
    if missing is not None:
        more |= {"standing": standing_words(missing), "gaps": gap_rows(missing.gaps)}
        if form.is_valid() and missing.evaluation.total is not None:
            more["advice"] = _advice(opened, missing, form.cleaned_data["points"])
    return render(request, "workflows/applicant/what_if.html", frame(opened, "my_what_if", _("得分测算"), **more))


def _missing(opened: OpenCase) -> Missing | None:
    facts, application = opened.facts, opened.application
    if facts is None:
        return None
    standing = standing_of(application, opened.rules)
    return missing_for(opened.rules, facts, application.batch.base_date, standing)


def _asked_first(missing: Missing | None) -> str:
    """What lacks to the next band; five points where there is none."""
    short = missing.points_short if missing and missing.points_short else USUAL_GAIN
    return fixed_text(short, missing.evaluation.places if missing else 0)


def _advice(opened: OpenCase, missing: Missing, points: Decimal) -> dict[str, Any]:
    facts, batch = opened.facts, opened.application.batch
    assert facts is not None
    standing = standing_of(opened.application, opened.rules)
    found = ways_to_gain(opened.rules, facts, batch.base_date, standing, Fraction(points))
    return advice_words(found, missing.evaluation.places)
