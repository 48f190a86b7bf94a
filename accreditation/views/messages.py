"""The person's in-site messages."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accreditation.selectors.messages import messages_for, render_message, unread_count
from accreditation.selectors.people import person
from accreditation.services.messages import open_message, read_all
from accreditation.views.answers import finds

ROWS = 20


@require_safe
def messages_list(request: HttpRequest) -> HttpResponse:
    """Unread first, then newest first; each sentence in the language of the page."""
    user = person(request)
    page = Paginator(messages_for(user), ROWS).get_page(request.GET.get("page"))
    rows = [(row, render_message(row)) for row in page]
    context = {"page": page, "rows": rows, "unread": unread_count(user)}
    return render(request, "accreditation/messages/list.html", context)


@require_POST
@finds
def message_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark as read and go on to what it is about."""
    row = open_message(pk, by=person(request), at=timezone.now())
    return redirect(render_message(row).href or "messages_list")


@require_POST
def messages_read(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    read_all(by=person(request), at=timezone.now())
    return redirect("messages_list")
