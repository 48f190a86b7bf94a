"""Pages of the steps that the municipal recognition has from edition 2026 on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accreditation.enums import ApplicationState
from accreditation.errors import Refusal
from accreditation.permissions import has_power, signed_in
from accreditation.recommendation_words import TieRule
from accreditation.roles import Power
from accreditation.services.recognition_quota import set_proposal_quota
from accreditation.services.rule_sets import rules_of
from accreditation.views.answers import put_reasons
from workflows.calling_places import counts_places
from workflows.forms.recognition import ConclusionForm, ProposalQuotaForm
from workflows.presentation.calling_up import places_words
from workflows.presentation.words import Words, amount, state_label, state_tone
from workflows.selectors import recognition as rows
from workflows.views.answers import page
from workflows.views.casework import ActPage, status_of

if TYPE_CHECKING:
    from accreditation.models import Batch, User
    from accreditation.services.recognition_quota import Place

ACTS: Mapping[str, ActPage] = {
    "conclude_consultation": ActPage(
        ConclusionForm,
        gettext_lazy("会商完毕，形式审查通过"),
        gettext_lazy("部门意见和处理情况记入办理日志；申报件随即等待组成评审组。"),
        gettext_lazy("会商完毕"),
        gettext_lazy("部门会商完毕，已通过形式审查。"),
    ),
}
OFFERED = frozenset(ACTS)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_proposal_quota(request: HttpRequest, code: str) -> HttpResponse:
    """The quota of a batch with its ground and tie rule, and the order by score as it stands."""
    batch = rows.batch_with_quota(code)
    usual = {
        "quota": batch.quota, "ground": batch.quota_ground, "tie_rule": batch.tie_rule or TieRule.RD_EXPENDITURE.value,
    }  # fmt: skip
    form = ProposalQuotaForm(request.POST or None, initial=usual)
    if request.method == "POST" and form.is_valid():
        try:
            set_proposal_quota(batch, **form.cleaned_data, by=signed_in(request), at=timezone.now())
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            messages.success(request, _("已登记认定名额。"))
            return redirect("office_proposal_quota", code)
    context = {
        "batch": batch,
        "form": form,
        "left": rows.left_of(batch),
        "calls_meetings": has_power(signed_in(request), Power.CALL_MEETINGS),
        "free_places": _free_places(batch, signed_in(request)),
        "places": [_place(row, batch) for row in rows.order_of(batch)],
        "crumbs": [
            {"label": batch.code.upper(), "href": reverse("office_batch", args=[code])}, {"label": _("认定名额")}
        ],
    }  # fmt: skip
    return render(request, "workflows/office/proposal_quota.html", context, status=status_of(form))


def _free_places(batch: Batch, user: User) -> Words | None:
    """Where somebody is left below the quota; until then the number of places left says it all."""
    below = batch.applications.filter(state=ApplicationState.NOT_IN_QUOTA)
    return places_words(batch, user, timezone.now()) if counts_places(batch) and below.exists() else None


def _place(row: Place, batch: Batch) -> Words:
    unit = rules_of(batch).fields[batch.tie_rule].unit
    return {
        "place": row.place,
        "name": row.application.enterprise.name,
        "number": row.application.case.number,
        "score": amount(row.score, "point"),
        "tie": amount(row.tie_value, unit),
        "state": state_label(row.application.state),
        "tone": state_tone(row.application.state),
    }
