"""The paper past at the office: a list is uploaded and checked, a second person enters it, titles change later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.enums import PaperImportState
from accreditation.errors import Denied, NotFound, Refusal
from accreditation.permissions import has_power, signed_in
from accreditation.roles import Power
from accreditation.services.files import WORKBOOK
from accreditation.views.answers import file_answer, put_reasons, say_refusal
from workflows.exports.paper_template import paper_template
from workflows.forms.paper import PaperFileForm
from workflows.paper_import import confirm_import, drop_import, prepare_import
from workflows.presentation.paper import entered_rows, finding_groups, paper_rows
from workflows.selectors import batch_desk, paper_desk
from workflows.selectors.matters import titles_of_authority
from workflows.views.answers import page
from workflows.views.casework import status_of
from workflows.views.listing import page_of_rows

if TYPE_CHECKING:
    from accreditation.models import PaperImport

TONES = {"faulty": "red", "prepared": "amber", "confirmed": "green"}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_paper(request: HttpRequest) -> HttpResponse:
    """All lists; upload one more, which is checked at once."""
    form = PaperFileForm(request.POST, request.FILES) if request.method == "POST" else PaperFileForm()
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            row = prepare_import(sent.read(), sent.name or "", by=signed_in(request), at=timezone.now())
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            return redirect("office_paper_import", row.number)
    shown = page_of_rows(request, paper_desk.paper_imports())
    rows = [{"row": row, "tone": TONES.get(row.state, "grey")} for row in shown]
    context = {"form": form, "page": shown, "rows": rows, "is_office": _is_office(request)}
    return render(request, "workflows/office/paper.html", context, status=status_of(form))


def _is_office(request: HttpRequest) -> bool:
    """Whether the office's menu belongs beside the page; the publisher has none."""
    return has_power(request.user, Power.CHECK_COMPLETENESS)


@require_safe
@page
def office_paper_template(request: HttpRequest) -> HttpResponse:
    """The empty list."""
    answer = HttpResponse(paper_template(batch_desk.programmes()), content_type=WORKBOOK.media_type)
    answer.headers["Content-Disposition"] = 'attachment; filename="paper-certificates.xlsx"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@require_safe
@page
def office_paper_import(request: HttpRequest, number: str) -> HttpResponse:
    """One list: every fault with its cell, questions, repeated lines, the rows as they would be entered."""
    row = paper_desk.paper_import(number)
    shown = page_of_rows(request, _rows(row))
    context = {
        "paper": row,
        "tone": TONES.get(row.state, "grey"),
        "faults": finding_groups(row.findings, "fault"),
        "questions": finding_groups(row.findings, "question"),
        "said": finding_groups(row.findings, "said"),
        "count": len(row.rows),
        "page": shown,
        "rows": entered_rows(shown) if row.state == PaperImportState.CONFIRMED else paper_rows(shown),
        "is_open": row.state == PaperImportState.PREPARED,
        "is_entered": row.state == PaperImportState.CONFIRMED,
        "is_own": row.prepared_by_id == signed_in(request).pk,
        "is_office": _is_office(request),
    }
    return render(request, "workflows/office/paper_import.html", context)


def _rows(row: PaperImport) -> Any:
    return paper_desk.entered_by(row.number) if row.state == PaperImportState.CONFIRMED else row.rows


@require_safe
@page
def office_paper_file(request: HttpRequest, number: str) -> HttpResponse:
    """The list as it was uploaded."""
    row = paper_desk.paper_import(number)
    return file_answer(row.file, row.file_name)


@require_POST
@page
def office_paper_decide(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Confirm by a second person, or drop."""
    row, by, at = paper_desk.paper_import(number), signed_in(request), timezone.now()
    acts = {"confirm": (confirm_import, _("名单已登记，公开日志将在下一个树头列入。")),
            "drop": (drop_import, _("名单已作废，没有登记任何内容。"))}  # fmt: skip
    if verb not in acts:
        raise NotFound(verb)
    carry_out, said = acts[verb]
    try:
        carry_out(row, by=by, at=at)
    except Denied:
        raise
    except Refusal as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(request, said)
    return redirect("office_paper_import", number)


@require_safe
@page
def office_paper_title(request: HttpRequest, number: str) -> HttpResponse:
    """A title that rests on paper; what is to happen to it goes through a proceeding like with any other title."""
    title, certificate = paper_desk.paper_title(number)
    context = {
        "title": title,
        "certificate": certificate,
        "entered": entered_rows([certificate])[0],
        "is_office": _is_office(request),
        "may_open": titles_of_authority(signed_in(request)).filter(pk=title.pk).exists(),
    }
    return render(request, "workflows/office/paper_title.html", context)
