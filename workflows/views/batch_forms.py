"""What the forms of a batch of recommendations share: the frame, the answer, the scan of a document from above."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accreditation.acts import Replayed
from accreditation.errors import Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.services.files import take_file
from accreditation.views.answers import put_reasons
from workflows.forms.recommendations import OutsideNoticeForm
from workflows.presentation.words import Words
from workflows.views.answers import denied_page, new_request_key
from workflows.views.casework import status_of
from workflows.views.desk import CONFIRMED, Confirm, ask
from workflows.workdays import SHANGHAI

if TYPE_CHECKING:
    from datetime import date

    from accreditation.models import Batch, StoredFile

form_page = require_http_methods(["GET", "HEAD", "POST"])


def notice_values(request: HttpRequest, form: OutsideNoticeForm) -> Words:
    """Number, day, authority and the kept scan, with who enters them and when."""
    at, sent = timezone.now(), form.cleaned_data["file"]
    kept: StoredFile = take_file(sent.read(), sent.name or "", media_type=form.media_type, at=at)
    values = {name: form.cleaned_data[name] for name in ("number", "dated", "authority")}
    return values | {"file": kept, "file_name": (sent.name or "")[:200], "by": signed_in(request), "at": at}


def answer_in_batch(
    request: HttpRequest,
    batch: Batch,
    form: forms.Form,
    act: Callable[[], None],
    done: str,
    confirm: Confirm | None = None,
) -> HttpResponse | None:
    """Ask, act, and answer; None when the form is to be shown."""
    if request.method != "POST" or not form.is_valid():
        return None
    if confirm is not None and CONFIRMED not in request.POST:
        return ask(request, confirm, cancel=request.path, crumbs=crumbs_of(batch, str(confirm.yes)))
    try:
        act()
    except Replayed:
        return redirect("office_recommendation", batch.code)
    except Denied as denied:
        return denied_page(request, denied)
    except Refusal as refusal:
        put_reasons(form, refusal)
        return None
    messages.success(request, done)
    return redirect("office_recommendation", batch.code)


def batch_form(
    request: HttpRequest, batch: Batch, form: forms.Form, context: dict[str, Any], name: str = "recommendation_form"
) -> HttpResponse:
    """A form within the batch; `context`: `title`, `lead`, `yes` and what the page of that name shows besides."""
    frame = {
        "batch": batch, "form": form, "crumbs": crumbs_of(batch, context["title"]), "request_key": new_request_key(),
        "is_publisher_page": name == "recommend",
    }  # fmt: skip
    return render(request, f"workflows/office/{name}.html", frame | context, status=status_of(form))


def crumbs_of(batch: Batch, label: str) -> list[dict[str, str]]:
    """From the desk of the batch to the page."""
    desk = reverse("office_recommendation", args=[batch.code])
    return [{"label": batch.code.upper(), "href": desk}, {"label": label}]


def today() -> date:
    """Of Shanghai."""
    return timezone.now().astimezone(SHANGHAI).date()
