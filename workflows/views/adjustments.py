"""The publisher's page of an adjustment notice."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accreditation.acts import Replayed
from accreditation.errors import Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.views.answers import put_reasons
from workflows.adjustment_acts import publish_adjustment
from workflows.forms.adjustments import AdjustmentForm
from workflows.presentation.words import filled, quoted
from workflows.selectors import adjustments as rows
from workflows.views.answers import REQUEST_KEY, new_request_key, page
from workflows.views.casework import status_of
from workflows.views.desk import CONFIRMED, Confirm, ask

PUBLISH = Confirm(
    gettext_lazy("确认发布公示调整通知？"),
    (
        gettext_lazy("调整通知立即公开，原公示保持原样。"),
        gettext_lazy("撤下名单的单位，本次申报程序终止。"),
        gettext_lazy("发布后不能撤回。"),
    ),
    gettext_lazy("发布调整通知"),
)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def notice_adjust(request: HttpRequest, number: str) -> HttpResponse:
    """Correct names of a running notice, take entries off; previewed by the confirm step."""
    notice = rows.notice_to_adjust(signed_in(request), number)
    form = AdjustmentForm(request.POST or None, entries=rows.adjustable(notice), waived=rows.waived(notice))
    crumbs = [{"label": _("发布名单"), "href": reverse("publishing")}, {"label": notice.number}]
    if request.method == "POST" and form.is_valid():
        if CONFIRMED not in request.POST:
            return ask(request, _confirm(form), cancel=request.path, crumbs=crumbs)
        try:
            row = publish_adjustment(
                notice, form.corrected, form.taken_off, body=form.cleaned_data["body"], by=signed_in(request),
                at=timezone.now(), request_key=request.POST.get(REQUEST_KEY) or None,
            )  # fmt: skip
        except Replayed:
            return redirect("notice", number)
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            messages.success(request, _("公示调整通知 %(no)s 已发布。") % {"no": row.number})
            return redirect("notice", number)
    context = {
        "form": form, "notice": notice, "crumbs": crumbs, "request_key": new_request_key(),
        "restarts": notice.batch.adjustment_restarts,
    }  # fmt: skip
    return render(request, "workflows/office/notice_adjust.html", context, status=status_of(form))


def _confirm(form: AdjustmentForm) -> Confirm:
    """What the notice will say, entry by entry, and what follows from it."""
    corrected = [
        filled(_("“%(old)s”更正为“%(new)s”。"), old=quoted(entry.enterprise_name), new=quoted(name))
        for entry, name in form.corrected.items()
    ]
    taken_off = [filled(_("“%(name)s”撤下名单。"), name=quoted(entry.enterprise_name)) for entry in form.taken_off]
    return replace(PUBLISH, consequences=(*corrected, *taken_off, *PUBLISH.consequences))
