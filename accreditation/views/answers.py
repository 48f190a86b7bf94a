"""What the pages of this app have in common: files, and refusals put in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from accreditation.errors import AlreadyDone, Denied, NotFound, Refusal
from accreditation.services.files import read_file

if TYPE_CHECKING:
    from accreditation.models import StoredFile

View = Callable[..., HttpResponse]


def finds(view: View) -> View:
    """What a selector does not find for this person answers 404; what a service denies answers 403."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound:
            raise Http404 from None
        except Denied as refusal:
            return render(request, "403.html", {"reason": str(refusal.reasons[0])}, status=403)

    return answer


def put_reasons(form: forms.Form, refusal: Refusal) -> None:
    """Each reason beside the field it names, the others above the form."""
    for reason in refusal.reasons:
        form.add_error(reason.place if reason.place in form.fields else None, str(reason))


def say_refusal(request: HttpRequest, refusal: Refusal) -> None:
    """Every reason as a message; who was faster and when, where somebody was."""
    for reason in refusal.reasons:
        messages.error(request, str(reason))
    if isinstance(refusal, AlreadyDone) and refusal.done_by:
        messages.info(request, _("办理人：%(name)s") % {"name": refusal.done_by})


def say_outcome(request: HttpRequest, act: Callable[[], str]) -> None:
    """Do what was pressed and say what was done, or every reason against it; who is denied gets no page."""
    try:
        said = act()
    except Denied:
        raise
    except Refusal as refusal:
        say_refusal(request, refusal)
    else:
        if said:
            messages.success(request, said)


def say_errors(request: HttpRequest, form: forms.Form) -> None:
    """Errors of a small form that has no page of its own."""
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))


SHOWABLE = frozenset({"application/pdf", "image/jpeg", "image/png"})


def file_answer(stored: StoredFile, name: str, *, is_shown: bool = False) -> HttpResponse:
    """A stored file, never sniffed: for download, or to be shown by the browser itself where it is PDF or image."""
    is_download = not is_shown or stored.media_type not in SHOWABLE
    answer = HttpResponse(read_file(stored), content_type=stored.media_type)
    answer.headers["Content-Disposition"] = content_disposition_header(is_download, name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
