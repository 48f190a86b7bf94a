"""A successor of a merger or split reads what concerns it, and agrees or declines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.views.answers import put_reasons, say_refusal
from workflows.forms.successions import AgreementForm, DeclineForm
from workflows.presentation import successions as words
from workflows.selectors.successions import succession_for
from workflows.succession_agreements import agree_to_succession, decline_succession
from workflows.views.answers import page

if TYPE_CHECKING:
    from accreditation.models import ChangeSuccessor

AGREED = gettext_lazy("%(no)s：已同意承继。")
DECLINED = gettext_lazy("%(no)s：已表示不同意承继，并告知申请单位和认定机关。")

Declared = tuple[AgreementForm | DeclineForm, Callable[[], object], Promise]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def my_succession(request: HttpRequest, number: str) -> HttpResponse:
    """What passes to the own enterprise; while that is asked for, the forms to agree and to decline with a reason."""
    row = succession_for(signed_in(request), number)
    forms: dict[str, AgreementForm | DeclineForm] = {"form": AgreementForm(), "decline_form": DeclineForm()}
    status = 200
    if request.method == "POST":
        name = "decline_form" if request.POST.get("act") == "decline" else "form"
        declared = _declared(request, row, name)
        forms[name], status = declared[0], 422
        if (answer := _done(request, number, declared)) is not None:
            return answer
    crumbs = [{"label": _("我的申报"), "href": reverse("my_cases")}, {"label": number}]
    context = {
        "rows": words.summary(row), "card": words.card(row), "crumbs": crumbs, "number": number,
        "faulty": next((form for form in forms.values() if form.is_bound), forms["form"]),
    }  # fmt: skip
    return render(request, "workflows/successions/one.html", forms | context, status=status)


def _declared(request: HttpRequest, row: ChangeSuccessor, name: str) -> Declared:
    """The form that was sent, what to do when it is whole, and what is said then."""
    user, now = signed_in(request), timezone.now()
    if name == "form":
        return AgreementForm(request.POST), lambda: agree_to_succession(row, by=user, at=now), AGREED
    form = DeclineForm(request.POST)
    return form, lambda: decline_succession(row, reason=form.cleaned_data["reason"], by=user, at=now), DECLINED


def _done(request: HttpRequest, number: str, declared: Declared) -> HttpResponse | None:
    """Back to the page when it is done or was done before; None with the reasons in the form."""
    form, carry_out, said = declared
    if not form.is_valid():
        return None
    try:
        carry_out()
    except Denied:
        raise
    except AlreadyDone as done:
        say_refusal(request, done)
    except Refusal as refusal:
        put_reasons(form, refusal)
        return None
    else:
        messages.success(request, said % {"no": number})
    return redirect("my_succession", number)
