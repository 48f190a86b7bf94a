"""How a page calls the door and answers: success, every reason at once, somebody was faster, not for you."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from accreditation.errors import AlreadyDone, Denied, NotFound, Reason, Refusal
from accreditation.permissions import signed_in
from accreditation.services.drafts import initial_from_drafts
from workflows import door
from workflows.door import Outcome

if TYPE_CHECKING:
    from accreditation.models import Case

acting_person = signed_in
Answer = TypeVar("Answer", bound=HttpResponseBase)
REQUEST_KEY = "request_key"  # hidden field of every form that changes something


def page(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """NotFound becomes 404, Denied 403; other refusals are the page's own to show."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> Answer:
        try:
            return view(request, *args, **kwargs)
        except NotFound as missing:
            raise Http404(str(missing)) from missing
        except Denied as denied:
            raise PermissionDenied("；".join(str(reason) for reason in denied.reasons)) from denied

    return answered


def denied_page(request: HttpRequest, denied: Denied) -> HttpResponse:
    """The page of a refusal that tells the person the reason, as where somebody else has to do it."""
    return render(request, "403.html", {"reason": str(denied.reasons[0])}, status=403)


def new_request_key() -> str:
    """A key for one form as it is shown; sent twice it is carried out once."""
    return secrets.token_urlsafe(24)


def key_of(request: HttpRequest) -> str | None:
    """The key that came with a form, if one did."""
    return request.POST.get(REQUEST_KEY) or None


def typed(request: HttpRequest, several: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the person typed into the form of this page before and did not send; nothing once it is sent."""
    return initial_from_drafts(request, request.path, several=several) if request.method != "POST" else {}


def try_verb(
    request: HttpRequest, case: Case, verb: str, form: Mapping[str, Any] | None = None, *, task_id: int | None = None
) -> tuple[Outcome | None, list[Reason]]:
    """Carry out a verb for the signed-in person; the reasons against it when it is refused. Who lost a race is told."""
    try:
        outcome = door.perform(
            case, verb, by=acting_person(request), at=timezone.now(), form=form, task_id=task_id,
            request_key=key_of(request), request=_fingerprint(request),
        )  # fmt: skip
    except Denied:
        raise
    except AlreadyDone as done:
        messages.warning(request, str(done.reasons[0]))
        return None, done.reasons
    except Refusal as refusal:
        return None, refusal.reasons
    return outcome, []


def _fingerprint(request: HttpRequest) -> str:
    """What the form said, without the token that changes with every page."""
    said = sorted((name, request.POST.getlist(name)) for name in request.POST if name != "csrfmiddlewaretoken")
    return repr(said)


def as_errors(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    """Reasons for the error summary: text and the field they point to."""
    return [{"text": str(reason), "field": reason.place} for reason in reasons]
