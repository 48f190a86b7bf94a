"""A successor of a merger or split reads what concerns it and agrees."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.views.answers import put_reasons, say_refusal
from workflows.forms.successions import AgreementForm
from workflows.presentation import successions as words
from workflows.selectors.successions import succession_for
from workflows.succession_agreements import agree_to_succession
from workflows.views.answers import page
from workflows.views.casework import status_of


@require_http_methods(["GET", "HEAD", "POST"])
@page
def my_succession(request: HttpRequest, number: str) -> HttpResponse:
    """What passes to the own enterprise; the form to agree while that is asked for."""
    user = signed_in(request)
    row = succession_for(user, number)
    form = AgreementForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            agree_to_succession(row, by=user, at=timezone.now())
        except Denied:
            raise
        except AlreadyDone as done:
            say_refusal(request, done)
            return redirect("my_succession", number)
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            messages.success(request, _("%(no)s：已同意承继。") % {"no": number})
            return redirect("my_succession", number)
    crumbs = [{"label": _("我的申报"), "href": reverse("my_cases")}, {"label": number}]
    context = {
        "form": form, "rows": words.summary(row), "card": words.card(row), "crumbs": crumbs, "number": number,
    }  # fmt: skip
    return render(request, "workflows/successions/one.html", context, status=status_of(form))
