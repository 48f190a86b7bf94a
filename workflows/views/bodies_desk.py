"""The office's pages of the bodies that recognise by themselves or pass applications on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.errors import Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.services import bodies
from accreditation.views.answers import put_reasons
from workflows.forms.bodies import CorrectBodyForm, LocalBodyForm
from workflows.presentation.words import Words, body_name, quoted
from workflows.views.answers import page
from workflows.views.casework import status_of

if TYPE_CHECKING:
    from accreditation.models import Body

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
@page
def office_bodies(request: HttpRequest) -> HttpResponse:
    """All of them, and the form that enters one; its people then get roles under its code."""
    form = LocalBodyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = bodies.register_local_body(**form.cleaned_data, by=signed_in(request), at=timezone.now())
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            messages.success(request, _("已登记机构，机构代码 %(code)s。") % {"code": row.district})
            return redirect("office_bodies")
    context = {"form": form, "bodies": [_words(row) for row in bodies.kept_bodies()]}
    return render(request, "workflows/office/bodies.html", context, status=status_of(form))


@form_page
@page
def office_body(request: HttpRequest, code: str) -> HttpResponse:
    """One of them, with what may be corrected."""
    body = bodies.kept_body(code)
    now = {
        "name_zh": body.name_zh,
        "name_en": body.name_en,
        "uscc": body.uscc,
        "contact": body.contact,
        "forwards_to": body.forwards_to_id,
    }
    form = CorrectBodyForm(request.POST or None, initial=now, body=body)
    if request.method == "POST" and form.is_valid():
        said = {"forwards_to": None, **form.cleaned_data}
        try:
            bodies.correct_body(body, **said, by=signed_in(request), at=timezone.now())
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            messages.success(request, _("已更正机构信息。"))
            return redirect("office_bodies")
    context = {"form": form, "body": _words(body)}
    return render(request, "workflows/office/body.html", context, status=status_of(form))


def _words(body: Body) -> Words:
    to = body.forwards_to
    return {
        "name": body_name(body),
        "level": body.get_level_display(),
        "address": reverse("office_body", args=[body.code]),
        "code": body.district,
        "uscc": body.uscc,
        "contact": quoted(body.contact) if body.contact else "",
        "forwards_to": body_name(to) if to is not None else "",
    }
