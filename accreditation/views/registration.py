"""Registration of an enterprise and of the person who acts for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.errors import Refusal
from accreditation.forms.registration import EnterpriseForm, RegistrationForm
from accreditation.selectors.people import person
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.services.enterprises import register as register_enterprise
from accreditation.views.answers import put_reasons

if TYPE_CHECKING:
    from accreditation.models import Member

REGISTERED_KEY = "registered"


@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """The form, for a stranger with an account to open, for a signed-in person without."""
    form = _form(request)
    if request.method == "POST":
        if not ratelimit.consume(request, action="register"):
            return render(request, "429.html", status=429)
        if form.is_valid() and (member := _send(request, form)) is not None:
            return _done(request, member)
    context = {"form": form, "is_newcomer": isinstance(form, RegistrationForm)}
    return render(request, "accreditation/accounts/register.html", context)


def _form(request: HttpRequest) -> EnterpriseForm:
    form_class = EnterpriseForm if request.user.is_authenticated else RegistrationForm
    if request.method == "POST":
        return form_class(request.POST, request.FILES)
    return form_class(initial=initial_from_drafts(request, request.path))


def _send(request: HttpRequest, form: EnterpriseForm) -> Member | None:
    by = form.newcomer() if isinstance(form, RegistrationForm) else person(request)
    try:
        return register_enterprise(form.particulars(), by=by, proof=form.proof_sent(), at=timezone.now())
    except Refusal as refusal:
        put_reasons(form, refusal)
        return None


def _done(request: HttpRequest, member: Member) -> HttpResponse:
    """The next page says the same whether the enterprise was known or not."""
    clear_drafts(request, request.path)
    request.session[REGISTERED_KEY] = {"uscc": member.enterprise.uscc, "username": member.user.username}
    return redirect("register_done")


@never_cache
@require_safe
def register_done(request: HttpRequest) -> HttpResponse:
    """What was sent and what happens next; shown once."""
    said = request.session.pop(REGISTERED_KEY, None)
    if said is None:
        return redirect("register")
    return render(request, "accreditation/accounts/register_done.html", {"said": said})
