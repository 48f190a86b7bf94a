"""An officer records how a letter was delivered."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.delivery_words import DAYS_TO_WAIT
from accreditation.errors import NotFound, Refusal
from accreditation.permissions import signed_in
from accreditation.selectors.deliveries import deliveries_of
from accreditation.services.drafts import clear_drafts
from accreditation.views.answers import put_reasons
from workflows.deliveries import correctable, power_to_deliver, record_delivery
from workflows.forms.deliveries import DeliveryForm
from workflows.presentation.deliveries import choice_of, delivery_words, page_of_letter, unserved_words
from workflows.presentation.letters import letter_words
from workflows.selectors.deliveries import unserved_letters
from workflows.selectors.matters import letter_of_body
from workflows.views.answers import key_of, new_request_key, page, typed
from workflows.views.casework import status_of
from workflows.views.listing import page_of_rows
from workflows.views.matters import openings


@require_safe
@page
def letters_unserved(request: HttpRequest) -> HttpResponse:
    """Adverse letters of the own body that nobody has opened and that were not delivered otherwise."""
    found = page_of_rows(request, unserved_letters(signed_in(request), timezone.localdate()))
    found.object_list = [unserved_words(letter) for letter in found.object_list]
    context = {"page": found, "days": DAYS_TO_WAIT}
    return render(request, "workflows/matters/unserved.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def letter_delivery(request: HttpRequest, number: str) -> HttpResponse:
    """Every record about one letter, and a form for a further one."""
    user, now = signed_in(request), timezone.now()
    letter = letter_of_body(user, number)
    if power_to_deliver(user, letter, now) is None:
        raise NotFound(number)
    wrong = [(row, choice_of(row)) for row in correctable(deliveries_of(letter))]
    opening = openings.part_of(request, letter, now)
    if opening.is_done:
        return redirect("letter_delivery", letter.number)
    form = DeliveryForm(None if opening.is_meant else request.POST or None, initial=typed(request), correctable=wrong)
    if request.method == "POST" and not opening.is_meant and form.is_valid():
        try:
            record_delivery(letter, form.recorded(), by=user, at=now, request_key=key_of(request))
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            clear_drafts(request, request.path)
            messages.success(request, _("%(no)s：送达已登记。") % {"no": letter.number})
            return redirect("letter_delivery", letter.number)
    shown = opening.form if opening.is_meant and opening.form else form
    told = delivery_words(letter, user, now)
    context = {
        "form": form,
        "shown": shown,
        "opening": opening,
        "letter": letter_words(letter, letter.get_kind_display()),
        "rows": told["deliveries"],
        "service": told["service"],
        "crumbs": [{"label": letter.get_kind_display(), "href": page_of_letter(letter)}, {"label": letter.number}],
        "back": page_of_letter(letter),
        "request_key": new_request_key(),
    }
    return render(
        request,
        "workflows/matters/delivery.html",
        context,
        status=status_of(shown),
    )
