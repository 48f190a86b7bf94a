"""Nothing typed is lost: fields saved on change, and the post of a session that had timed out.

Two stores. `Draft` rows hold what a signed-in person's page saved field by field. A post that arrives after the
session ended is held in the anonymous session, bound to the person who had signed in last on this browser (a signed
cookie), and is shown to nobody else. Pages ask `initial_from_drafts` and, once the form was accepted, `clear_drafts`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.errors import Reason, Refusal
from accreditation.models import Draft, User
from accreditation.permissions import Person

HELD_KEY = "held_posts"
OWNER_COOKIE = "typed_by"
OWNER_SALT = "accreditation.drafts.owner"
OWNER_SECONDS = 7 * 24 * 3600
MOST_BYTES = 64 * 1024
MOST_PAGES = 5
MOST_FIELDS = 500  # saved fields of one form
NOT_KEPT = re.compile(r"csrf|passw|secret|token|one_time|request_key|^next$", re.IGNORECASE)


class StaleDraft(Exception):
    """Another tab saved a later text of the same field."""

    def __init__(self, theirs: str, version: int) -> None:
        self.theirs, self.version = theirs, version
        super().__init__("stale draft")


def is_kept(field: str) -> bool:
    """Whether a field may be kept at all: no passwords, codes, tokens or keys."""
    return not NOT_KEPT.search(field)


# --- Saved field by field ---------------------------------------------------------------------------------------
def save_draft(*, by: User, form: str, field: str, text: str, version: int, at: datetime) -> Draft:
    """Keep the text of one field; `version` is the one that the page knows, 0 for none. Returns the row.

    Raises StaleDraft when another tab was faster with another text, Refusal for a field that is not kept or too long.
    """
    check_draft(form, field, text)
    try:
        with transaction.atomic():
            row = Draft.objects.select_for_update().filter(user=by, form=form, field=field).first()
            if row is None:
                _check_room(by, form)
                return Draft.objects.create(user=by, form=form, field=field, text=text, saved_at=at)
            return _write_over(row, text, version, at)
    except IntegrityError:  # two tabs made the first version at the same moment
        row = Draft.objects.get(user=by, form=form, field=field)
        raise StaleDraft(row.text, row.version) from None


def save_drafts(
    *, by: User, form: str, texts: Mapping[str, str], versions: Mapping[str, int], at: datetime
) -> dict[str, str]:
    """Keep the texts of several fields in one transaction; returns what another tab saved in fields that are refused.

    `versions` says what the page knows of each field, as in `save_draft`; all other fields are saved. Raises Refusal
    for a field that is not kept or too long, with nothing saved.
    """
    for field, text in texts.items():
        check_draft(form, field, text)
    try:
        return _save_all(by, form, texts, versions, at)
    except IntegrityError:  # two tabs made the first version at the same moment: now there is one to compare with
        return _save_all(by, form, texts, versions, at)


def _save_all(
    by: User, form: str, texts: Mapping[str, str], versions: Mapping[str, int], at: datetime
) -> dict[str, str]:
    theirs: dict[str, str] = {}
    with transaction.atomic():
        rows = {row.field: row for row in Draft.objects.select_for_update().filter(user=by, form=form)}
        new = [name for name in texts if name not in rows]
        if len(rows) + len(new) > MOST_FIELDS:
            raise _no_room()
        for name in texts.keys() & rows.keys():
            try:
                _write_over(rows[name], texts[name], versions.get(name, 0), at)
            except StaleDraft as stale:
                theirs[name] = stale.theirs
        Draft.objects.bulk_create(Draft(user=by, form=form, field=name, text=texts[name], saved_at=at) for name in new)
    return theirs


def _write_over(row: Draft, text: str, version: int, at: datetime) -> Draft:
    if row.text == text:
        return row
    if row.version != version:
        raise StaleDraft(row.text, row.version)
    row.text, row.version, row.saved_at = text, version + 1, at
    row.save(update_fields=["text", "version", "saved_at"])
    return row


def check_draft(form: str, field: str, text: str) -> None:
    """Raises Refusal with every reason why this may not be kept."""
    reasons = []
    if not form.startswith("/") or len(form) > 160:
        reasons.append(Reason("draft_form", gettext_lazy("表单地址不正确。"), "form"))
    if not field or len(field) > 120 or not is_kept(field):
        reasons.append(Reason("draft_field", gettext_lazy("该栏目不保存草稿。"), "field"))
    if "\x00" in text:  # no database text can hold it
        reasons.append(Reason("draft_sign", gettext_lazy("内容含有不可见的控制字符，未保存。"), "value"))
    if len(text.encode()) > MOST_BYTES:
        reasons.append(Reason("draft_size", gettext_lazy("草稿超过 64 KB，未保存。"), "value"))
    if reasons:
        raise Refusal(reasons)


def _check_room(by: User, form: str) -> None:
    if Draft.objects.filter(user=by, form=form).count() >= MOST_FIELDS:
        raise _no_room()


def _no_room() -> Refusal:
    return Refusal([Reason("draft_room", gettext_lazy("该表单的草稿栏目过多，未保存。"), "form")])


def draft_version(user: Person, form_key: str) -> str:
    """What a page knows of the saved fields of its form, as one word that it sends back with each change."""
    if not isinstance(user, User):
        return ""
    return version_word(dict(Draft.objects.filter(user=user, form=form_key).values_list("field", "version")))


def version_word(versions: Mapping[str, int]) -> str:
    """Field and version of each saved field, in one word."""
    return json.dumps(dict(sorted(versions.items())), separators=(",", ":"))


def versions_in(word: str) -> dict[str, int]:
    """The word of a page read back; anything else means that the page knows nothing."""
    try:
        found = json.loads(word or "{}")
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(field): version for field, version in found.items() if isinstance(version, int)}


# --- Held after a time-out --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Held:
    """A post that came too late: the page it was typed on, where it was sent, its fields."""

    page: str
    fields: dict[str, list[str]]

    @property
    def address(self) -> str:
        """The page, at the field that was typed last."""
        typed = [name for name, values in self.fields.items() if any(values)]
        return f"{self.page}#id_{typed[-1]}" if typed else self.page


def hold_post(request: HttpRequest) -> Held:
    """Hold the text of a post that arrived without a session; what is no text, secret, or too long is left out."""
    page, fields = _typed(request)
    owner = last_person(request)
    held = Held(page, fields if owner is not None and _fits(fields) else {})
    if held.fields:
        kept = dict(request.session.get(HELD_KEY, {}))
        before = kept.pop(page, None)
        if before and before["owner"] == owner and _is_autosave(request):
            fields = before["fields"] | fields
        typed_at = timezone.now().isoformat()
        kept[page] = {"owner": owner, "sent_to": request.path, "fields": fields, "at": typed_at}
        request.session[HELD_KEY] = dict(list(kept.items())[-MOST_PAGES:])
    return held


def _typed(request: HttpRequest) -> tuple[str, dict[str, list[str]]]:
    if _is_autosave(request):
        field = request.POST["field"]
        return form_of(request), {field: [request.POST.get("value", "")]} if is_kept(field) else {}
    fields = {name: [str(value) for value in values] for name, values in request.POST.lists() if is_kept(name)}
    return page_of(request), fields


def form_of(request: HttpRequest) -> str:
    """Key of the form that an autosave names, in its body or its address; empty when it is no path of the site."""
    form = request.POST.get("form") or request.GET.get("form", "")
    return form if form.startswith("/") and not form.startswith("//") and len(form) <= 160 else ""


def _is_autosave(request: HttpRequest) -> bool:
    return "field" in request.POST and bool(form_of(request))


def _fits(fields: dict[str, list[str]]) -> bool:
    return (
        sum(len(name.encode()) + sum(len(v.encode()) for v in values) for name, values in fields.items()) <= MOST_BYTES
    )


def page_of(request: HttpRequest) -> str:
    """Path of the page that the request came from, if it is one of this site; else the path asked for."""
    origin = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if origin and url_has_allowed_host_and_scheme(origin, {request.get_host()}):
        parts = urlsplit(origin)
        return f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return request.path


def last_person(request: HttpRequest) -> int | None:
    """Key of the person who was signed in last on this browser, from the signed cookie."""
    value = request.get_signed_cookie(OWNER_COOKIE, default=None, salt=OWNER_SALT, max_age=OWNER_SECONDS)
    return int(value) if value else None


def remember_person(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Set the signed cookie that binds a later held post to this person."""
    if last_person(request) != user.pk:
        response.set_signed_cookie(
            OWNER_COOKIE,
            str(user.pk),
            salt=OWNER_SALT,
            max_age=OWNER_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


# --- For the pages ----------------------------------------------------------------------------------------------
def initial_from_drafts(request: HttpRequest, form_key: str, *, several: Collection[str] = ()) -> dict[str, Any]:
    """Initial values of a form from what was typed before: saved fields, then a held post, which is later.

    `form_key` is the path of the page, or the path that the form is sent to where a page has several forms; fields
    named in `several` take a list. Says in a message that text was brought back after a time-out.
    """
    if not isinstance(request.user, User):
        return {}
    saved = dict(Draft.objects.filter(user=request.user, form=form_key).values_list("field", "text"))
    held = _held_for(request, form_key)
    if held:
        messages.info(request, _("已恢复登录超时前填写的内容。"))
    typed: dict[str, Any] = saved | {name: "\n".join(values) for name, values in held.items()}
    return typed | {name: typed[name].split("\n") for name in several if name in typed}


def held_post(request: HttpRequest, form_key: str) -> tuple[dict[str, str], datetime | None]:
    """What was held for a form of the signed-in person after a time-out, and when it was typed; empty when nothing."""
    entry = _entry_for(request, form_key)
    at = entry.get("at")
    texts = {name: "\n".join(values) for name, values in entry.get("fields", {}).items()}
    return texts, datetime.fromisoformat(at) if at else None


def keep_held(request: HttpRequest, form_key: str, fields: Collection[str]) -> None:
    """Of what is held for a form go on holding these fields only; with none the post is let go."""
    entry = _entry_for(request, form_key)
    left = {name: values for name, values in entry.get("fields", {}).items() if name in fields}
    if entry and left:
        entry["fields"] = left
        request.session.modified = True
    elif entry:
        _let_go(request, form_key)


def _held_for(request: HttpRequest, form_key: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = _entry_for(request, form_key).get("fields", {})
    return fields


def _entry_for(request: HttpRequest, form_key: str) -> dict[str, Any]:
    for page, entry in request.session.get(HELD_KEY, {}).items():
        if entry["owner"] == request.user.pk and form_key in (page, urlsplit(page).path, entry["sent_to"]):
            found: dict[str, Any] = entry
            return found
    return {}


def clear_drafts(request: HttpRequest, form_key: str) -> None:
    """Forget what was typed into a form that has been accepted."""
    if isinstance(request.user, User):
        Draft.objects.filter(user=request.user, form=form_key).delete()
    _let_go(request, form_key)


def _let_go(request: HttpRequest, form_key: str) -> None:
    kept = request.session.get(HELD_KEY, {})
    left = {p: e for p, e in kept.items() if form_key not in (p, urlsplit(p).path, e["sent_to"])}
    if left != kept:
        request.session[HELD_KEY] = left


def drop_old_drafts(*, before: datetime) -> int:
    """Delete saved fields untouched since `before`; returns how many."""
    return Draft.objects.filter(saved_at__lt=before).delete()[0]
