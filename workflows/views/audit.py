"""Pages of the auditor: every event, the chain of a case with its hashes, the check of everything. Read only."""

from __future__ import annotations

import tempfile
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.acts import act
from accreditation.permissions import acting_as, signed_in
from accreditation.visibility import application_of, case_for, sees_objectors, view_of, visible_cases
from workflows.exports.dossier import write_dossier
from workflows.exports.dossier_sums import EXPORTED
from workflows.forms.oversight import DossierForm, TrailFilter
from workflows.presentation.cases import case_header
from workflows.presentation.matters import matter_header
from workflows.presentation.oversight import act_labels, break_rows, disagreement_rows, event_rows
from workflows.presentation.whereabouts import whereabouts
from workflows.presentation.words import Words
from workflows.procedures import procedure_of
from workflows.selectors import oversight
from workflows.selectors.dossiers import dossier_for
from workflows.selectors.registers import objections_of, trail_of
from workflows.views.answers import page
from workflows.views.consulting import department_letters
from workflows.views.listing import filters, page_of_rows
from workflows.views.matters.registry import name_of

if TYPE_CHECKING:
    from accreditation.models import Case, User


@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Events by person, chain, act and time, the newest first."""
    acts = sorted(act_labels().items(), key=lambda pair: pair[1])
    form = TrailFilter(request.GET, acts=acts)
    own = oversight.own_numbers(signed_in(request))
    shown = page_of_rows(request, oversight.events(form.chosen(), withheld=own))
    context = {"page": shown, "rows": event_rows(shown.object_list, withheld=own), "filters": filters(request, form)}
    return render(request, "workflows/oversight/audit.html", context)


@require_safe
@page
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The chain of a case with every hash, whether it verifies, and objections with their objectors."""
    user = signed_in(request)
    found = case_for(user, number)
    chain = trail_of(found)
    context = {
        "case": found,
        "header": _header(found, at=timezone.now()),
        "place": _place(user, found),
        "rows": event_rows(chain.events),
        "breaks": break_rows(chain.breaks),
        "head": chain.head,
        "department_letters": department_letters(found),
        "objections": objections_of(application_of(found)) if found.batch_id else [],
    }
    return render(request, "workflows/oversight/audit_case.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def case_dossier(request: HttpRequest, number: str) -> HttpResponseBase:
    """Why a copy of the whole file is needed, then the archive; the act is written into the case's own chain."""
    user = signed_in(request)
    found = dossier_for(user, number, at=timezone.now())
    form = DossierForm(request.POST or None, sees_objectors=_may_name_objectors(user, found))
    if request.method == "POST" and form.is_valid():
        stream = tempfile.TemporaryFile()  # noqa: SIM115  closed by the answer that sends it
        with act(found, EXPORTED, by=user, at=timezone.now(), acting_as=acting_as(user)) as doing:
            locked = cast("Case", doing.chain)  # nobody moves the case while it is copied
            named = form.cleaned_data.get("with_objectors", False)
            digest = write_dossier(locked, stream, with_objectors=named)
            doing.note(reason=form.cleaned_data["reason"], sha256=digest, with_objectors=named)
        stream.seek(0)
        answer = FileResponse(stream, as_attachment=True, filename=f"{found.number}.zip")
        answer.headers["Cache-Control"] = "private, no-store"
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer
    status = 422 if form.is_bound else 200
    context = {"case": found, "form": form} | _around(user, found)
    return render(request, "workflows/oversight/dossier.html", context, status=status)


def _may_name_objectors(user: User, found: Case) -> bool:
    """Whether there is anybody to name, and the person may know who objected."""
    if found.batch is None:
        return False
    application = application_of(found)
    return sees_objectors(user, application) and bool(objections_of(application))


def _around(user: User, found: Case) -> Words:
    """Where the case stands and its page; for who sees only the challenge of it, the challenge's page instead."""
    if visible_cases(user).filter(pk=found.pk).exists():
        return {"place": _place(user, found), "back": reverse("case", args=[found.number])}
    seen = visible_cases(user).filter(reconsideration__challenged=found).order_by("-pk").first()
    return {"place": None, "back": reverse("case", args=[seen.number]) if seen else reverse("orders")}


def _place(user: User, found: Case) -> Words:
    subject = procedure_of(found).subject.of(found)
    return whereabouts(found, subject, view=view_of(user, found), at=timezone.now())


def _header(found: Case, *, at: datetime) -> Words:
    """The top of the page, for an application and for a case over a title."""
    if found.batch_id:
        return case_header(found, application_of(found), at=at)
    return matter_header(found, procedure_of(found).subject.of(found), name_of(found), at=at)


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Verify every chain and every case's rows; on request only, because it reads everything."""
    context: Words = {"result": None, "breaks": []}
    if request.method == "POST":
        result = oversight.verify_everything()
        context = {"result": result, "breaks": break_rows(result.breaks), "at": timezone.now()}
        context["disagreements"] = disagreement_rows(result.disagreements)
    return render(request, "workflows/oversight/verify.html", context)
