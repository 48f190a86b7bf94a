"""The publisher's pages that end a case whose enterprise holds the title by now or is barred; the acts in words."""

from __future__ import annotations

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
from accreditation.errors import NotFound, Refusal
from accreditation.permissions import signed_in
from accreditation.services import titles
from accreditation.services.drafts import clear_drafts
from accreditation.views.answers import put_reasons
from workflows.batch_acts import TO_ANNOUNCE, TO_PUBLISH
from workflows.forms.held_already import EndAsBarredForm, EndAsHeldForm
from workflows.guards import faults_of_bar
from workflows.own_matters import known
from workflows.procedures import procedure_of
from workflows.selectors import batch_desk
from workflows.views.answers import new_request_key, page, try_verb, typed
from workflows.views.casework import ENDS, LETTER, ActPage, status_of
from workflows.views.desk import CONFIRMED, TOO_LATE, ask

if TYPE_CHECKING:
    from accreditation.models import Application

END = "end_as_held"
STATES = (*TO_PUBLISH, ApplicationState.UNDER_NOTICE, *TO_ANNOUNCE)
ACT = ActPage(
    EndAsHeldForm,
    gettext_lazy("已持有资格，终结办理"),
    gettext_lazy(
        "申报期间企业已经由承继、合并或既有证书登记取得同一称号的，不能再次授予，本件终结办理；已持有的称号不变。"
    ),
    gettext_lazy("终结办理"),
    gettext_lazy("已终结办理。"),
    (ENDS, LETTER, gettext_lazy("企业已持有的称号不受影响。")),
    is_final=True,
)


BARRED = "end_as_barred"
BARRED_ACT = ActPage(
    EndAsBarredForm,
    gettext_lazy("不得申报，终结办理"),
    gettext_lazy("申报后企业的同类称号被撤销、在期限内不得再次申报的，本次申报不能授予，本件终结办理。"),
    gettext_lazy("终结办理"),
    gettext_lazy("已终结办理。"),
    (ENDS, LETTER),
    is_final=True,
)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def batch_end_held(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """End one case of the list to be announced; reasons are asked for, then the end itself."""
    return _end(request, code, number, END, ACT)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def batch_end_barred(request: HttpRequest, code: str, number: str) -> HttpResponse:
    """The same where the enterprise is barred; not found where the procedure of the case knows no such end."""
    return _end(request, code, number, BARRED, BARRED_ACT)


def _end(request: HttpRequest, code: str, number: str, verb: str, act: ActPage) -> HttpResponse:
    batch = batch_desk.batch_for(signed_in(request), code)
    row = batch.applications.select_related("case", "enterprise", "batch").filter(case__number=number).first()
    is_known = row is not None and verb in procedure_of(row.case).verbs
    if row is None or not is_known or known(signed_in(request), [row]).hidden:
        raise NotFound(number)
    if request.method != "POST" and row.state not in STATES:
        raise NotFound(number)
    form = act.form(request.POST or None, initial=typed(request))
    back = _list_of(row)
    crumbs = [{"label": _("发布名单"), "href": reverse("publishing")}, *back, {"label": number}]
    if request.method == "POST" and form.is_valid():
        assert act.confirm is not None
        if CONFIRMED not in request.POST:
            return ask(request, act.confirm, cancel=request.path, crumbs=crumbs)
        outcome, reasons = try_verb(request, row.case, verb, form.cleaned_data)
        if outcome is not None:
            clear_drafts(request, request.path)
            messages.success(request, _("%(no)s：%(what)s") % {"no": number, "what": act.done})
        if outcome is not None or any(reason.code == TOO_LATE for reason in reasons):
            return redirect("publishing")
        put_reasons(form, Refusal(reasons))
    context = {
        "act": act, "batch": batch, "row": row, "form": form, "crumbs": crumbs,
        "is_about_a_bar": verb == BARRED, "held": titles.standing_title(row),
        "bars": list(faults_of_bar(row.enterprise, batch, timezone.now())),
        "request_key": new_request_key(), "is_under_notice": row.state == ApplicationState.UNDER_NOTICE,
        "back": back[-1]["href"] if back else reverse("publishing"),
    }  # fmt: skip
    return render(request, "workflows/office/end_held.html", context, status=status_of(form))


def _list_of(row: Application) -> list[dict[str, str]]:
    """The list on which the publisher found the case; one under notice stands on none that is still to come."""
    if row.state == ApplicationState.UNDER_NOTICE:
        return []
    name, label = ("batch_notice", _("发布公示")) if row.state in TO_PUBLISH else ("batch_announce", _("公布名单"))
    return [{"label": label, "href": reverse(name, args=[row.batch.code])}]
