"""A holder begins a change after the grant: which kind, then what it asks for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.change_words import ChangeKind
from accreditation.errors import NotFound, Refusal
from accreditation.permissions import signed_in
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.views.answers import put_reasons
from workflows.forms.changes import ChangeForm
from workflows.opening_changes import open_change
from workflows.presentation.changes import LEADS
from workflows.presentation.proceedings import title_words
from workflows.selectors import changes as rows
from workflows.views.answers import REQUEST_KEY, new_request_key, page
from workflows.views.casework import status_of
from workflows.views.matters.desk import form_page


def _crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    return [{"label": _("我的申报"), "href": reverse("my_cases")}, *more]


@require_safe
@page
def my_changes(request: HttpRequest, uscc: str) -> HttpResponse:
    """Kinds of changes for one holder; the one that is under way comes first."""
    holder = rows.own_holder(signed_in(request), uscc)
    running = rows.open_change_of(holder)
    context = {
        "holder": holder,
        "running": running.case.number if running else "",
        "kinds": [
            {"label": kind.label, "lead": LEADS[kind], "href": reverse("my_change_new", args=[uscc, kind.value])}
            for kind in rows.possible_kinds(holder)
        ],
        "crumbs": _crumbs({"label": _("申请变更")}),
    }
    return render(request, "workflows/matters/change_kinds.html", context)


@form_page
@page
def my_change_new(request: HttpRequest, uscc: str, kind: str) -> HttpResponse:
    """What the holder states of one change."""
    user = signed_in(request)
    holder = rows.own_holder(user, uscc)
    if kind not in ChangeKind.values:
        raise NotFound(kind)
    typed = initial_from_drafts(request, request.path) if request.method != "POST" else {}
    form = ChangeForm(request.POST or None, initial=typed, kind=kind, holder=holder)
    if request.method == "POST" and form.is_valid():
        key, stated = request.POST.get(REQUEST_KEY) or None, form.cleaned_data["stated"]
        try:
            case = open_change(holder, kind, stated, by=user, at=timezone.now(), request_key=key)
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            clear_drafts(request, request.path)
            messages.success(request, _("%(no)s：已创建，请提交证明文件后提交变更。") % {"no": case.number})
            return redirect("my_matter", case.number)
    context = {
        "form": form,
        "holder": holder,
        "titles": [title_words(title) for title in rows.titles_for(holder, kind)],
        "kind": ChangeKind(kind).label,
        "lead": LEADS[ChangeKind(kind)],
        "crumbs": _crumbs(
            {"label": _("申请变更"), "href": reverse("my_changes", args=[uscc])}, {"label": str(ChangeKind(kind).label)}
        ),
        "request_key": new_request_key(),
    }
    return render(request, "workflows/matters/change_new.html", context, status=status_of(form))
