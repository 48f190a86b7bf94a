"""The addressee opens a letter."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accreditation.permissions import signed_in
from workflows.deliveries import note_opening

if TYPE_CHECKING:
    from accreditation.models import Letter, ReissueLetter

SAYING_WHY = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")  # headers by which a browser says that it only guesses
GUESSING = ("prefetch", "prerender", "preview")
TURNED_AWAY = 403  # the browser throws such an answer away and asks again once somebody wants the page


def note_reading(request: HttpRequest, letter: Letter | ReissueLetter) -> None:
    """Record the first time that the letter is shown to the addressee; asking only for the head shows nothing."""
    if request.method == "GET" and not is_guess(request):
        note_opening(letter, by=signed_in(request), at=timezone.now())


def is_guess(request: HttpRequest) -> bool:
    """Whether a browser fetches the page ahead, before anybody has asked to see it."""
    said = " ".join(request.headers.get(name, "") for name in SAYING_WHY).lower()
    return any(word in said for word in GUESSING)


def read_by_people(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that shows a letter: served to whom it is shown, so never fetched ahead nor kept by the browser.

    A page that was made ahead would be shown later without another request, and the letter read without being served.
    """

    @never_cache
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse(status=TURNED_AWAY) if is_guess(request) else view(request, *args, **kwargs)

    return shown
