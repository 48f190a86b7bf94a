"""Saving one field of a form as it is typed."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accreditation.errors import Refusal
from accreditation.selectors.people import person
from accreditation.services import drafts


@require_POST
def draft_save(request: HttpRequest) -> HttpResponse:
    """200 with saved_at and version; 409 with the text of another tab; 400 with the reasons. 401 is the middleware's.

    `version` is an opaque word: what the page knows of each saved field. A page sends back the last one it was given.
    """
    field, text = request.POST.get("field", ""), request.POST.get("value", "")
    known = drafts.versions_in(request.POST.get("version", ""))
    try:
        row = drafts.save_draft(
            by=person(request),
            form=drafts.form_of(request),
            field=field,
            text=text,
            version=known.get(field, 0),
            at=timezone.now(),
        )
    except drafts.StaleDraft as stale:
        word = drafts.version_word(known | {field: stale.version})
        return JsonResponse({"theirs": stale.theirs, "version": word}, status=409)
    except Refusal as refusal:
        return JsonResponse({"errors": [str(reason) for reason in refusal.reasons]}, status=400)
    word = drafts.version_word(known | {field: row.version})
    return JsonResponse({"saved_at": row.saved_at.isoformat(), "version": word})
