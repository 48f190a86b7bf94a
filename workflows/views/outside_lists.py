"""The national result of a batch that waits for a second officer, who compares it with the scan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accreditation.permissions import signed_in
from accreditation.recommendation_words import ResultState
from workflows import outside_lists as acts
from workflows.own_matters import own_among
from workflows.presentation import outside_lists as words
from workflows.presentation.words import either
from workflows.selectors import outside_lists as rows
from workflows.views.answers import page
from workflows.views.casework import status_of
from workflows.views.entered_results import WITHDRAW, Settling, settle

if TYPE_CHECKING:
    from accreditation.models import OutsideList

ACTS = Settling(
    acts.record_result,
    acts.decline_result,
    acts.withdraw_result,
    gettext_lazy("国家结果已确认，申报件随之办结，并已告知申报单位。"),
    gettext_lazy("已记为不予确认，可以重新登记。"),
    gettext_lazy("已撤回国家结果的登记。"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def outside_list(request: HttpRequest, pk: int) -> HttpResponse:
    """What was entered beside its scan; another officer decides here, whoever entered it takes it back."""
    user, row = signed_in(request), rows.list_entered(pk)
    form = settle(request, row, ACTS)
    if form is None:
        return redirect("outside_list", pk)
    lines, is_waiting = rows.lines_of(row), row.state == ResultState.WAITING
    own = own_among(user, {line.application.case_id for line in lines})
    desk = reverse("office_recommendation", args=[row.batch.code])
    context = {
        "entry": words.list_words(row), "rows": words.summary(row, with_scan=not own), "form": form,
        "lines": [words.line_words(line) for line in lines if line.application.case_id not in own],
        "hidden": len(own), "name": either(row.batch.programme, "name"), "is_waiting": is_waiting,
        "may_answer": is_waiting and acts.FOUR_EYES.may_decide(row, user),
        "corrections": [words.list_words(one) for one in rows.corrections_entered(row)],
        "correct": _where_to_correct(row),
        "may_withdraw": is_waiting and row.recorded_by_id == user.pk, "withdraw": WITHDRAW,
        "crumbs": [{"label": row.batch.code.upper(), "href": desk}, {"label": _("核对国家结果")}],
    }  # fmt: skip
    return render(request, "workflows/office/outside_list.html", context, status=status_of(form))


def _where_to_correct(row: OutsideList) -> str:
    """Address at which a confirmed result is corrected; empty where that is not possible now."""
    is_free = row.state == ResultState.CONFIRMED and row.corrects_id is None and not rows.is_one_waiting(row.batch)
    return reverse("outside_list_correct", args=[row.pk]) if is_free else ""
