"""Pages for everybody: notices and announcements, signed objections, the register of titles, progress of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.clocks import is_past
from accreditation.enums import TitleState
from accreditation.errors import NotFound, Reason, Refusal
from accreditation.reissue_words import ALLOW_REISSUE
from accreditation.selectors.granting import granting_bodies, granting_body
from accreditation.selectors.holders import PROLONG, former_names_with, passed_from
from accreditation.services.files import take_file
from accreditation.services.hearings import code_of
from accreditation.services.notice_ends import end_of_notice
from accreditation.services.reconsiderations import END_WRONG_ENTRY
from accreditation.templatetags.dates import day_text, local
from certificates.services.allowance import Rate, is_allowed
from workflows import door
from workflows.calendar import current_calendar
from workflows.exports.register import csv_of, title_lines
from workflows.forms.public import CentreFilter, NoticeFilter, ObjectionForm, TrackForm
from workflows.presentation import reexaminations
from workflows.presentation.adjustments import adjustment_words
from workflows.presentation.announced import naming, recognised_words
from workflows.presentation.announcement_corrections import correction_words
from workflows.presentation.cases import (
    batch_name,
    clock_of,
    deciding_office,
    ordinal_name,
    programme_name,
    step_bar,
    title_name,
)
from workflows.presentation.evaluations import band_name, band_tone, published_words
from workflows.presentation.extensions import extension_rows
from workflows.presentation.outside_lists import correction_words as correction_of_title
from workflows.presentation.reissues import history_text
from workflows.presentation.words import Words, body_name, district_name, either, quoted, state_label, state_tone
from workflows.selectors import public_register as register
from workflows.selectors.adjustments import published_adjustments
from workflows.selectors.announcement_corrections import published_corrections
from workflows.selectors.evaluations import announced_results, results_by_case, results_of
from workflows.selectors.outside_lists import corrections_of
from workflows.selectors.reexaminations import results_of as of_title
from workflows.tick import clock_person
from workflows.views.answers import REQUEST_KEY, as_errors, new_request_key, page
from workflows.views.listing import filters, page_of_rows
from workflows.workdays import SHANGHAI

if TYPE_CHECKING:
    from accreditation.models import Application, AuditEvent, Case, Notice, NoticeEntry, StoredFile, Title

OBJECTIONS = Rate("objection", interval=60.0, burst=5)
TRACKING = Rate("track", interval=3.0, burst=20)
TITLE_TONES = {"in_force": "green", "warned": "amber", "suspended": "amber", "revoked": "red"}
HANDED_IN = "objections_handed_in"  # numbers that this browser was given, so that the last page can show them


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """Public notices and announcements, told apart."""
    form = NoticeFilter(request.GET, years=register.published_years())
    chosen = form.chosen()
    shown = page_of_rows(request, register.published(chosen.get("kind", ""), chosen.get("year", "")))
    rows = [register.as_published(row) for row in shown.object_list]
    names = {batch.pk: programme_name(batch) for batch in register.batches_of(rows)}
    shown.object_list = [{"row": row, "name": names[row.batch]} for row in rows]
    return render(request, "workflows/public/notices.html", {"page": shown, "filters": filters(request, form)})


@require_safe
@page
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """One public notice: the list, the days left, how to object."""
    row, at = register.notice(number), timezone.now()
    due, today = row.ends_at.astimezone(SHANGHAI).date(), at.astimezone(SHANGHAI).date()
    is_open = not is_past(row.ends_at, at)
    entries = _entries(row, at)
    context = {
        "notice": row,
        "batch_name": ordinal_name(row.batch),
        "programme": programme_name(row.batch),
        "body": row.batch.granting_body,
        "office": deciding_office(row.batch),
        "entries": entries,
        "may_object": any(one["href"] for one in entries),
        "adjustments": [adjustment_words(found) for found in published_adjustments(row)],
        "is_evaluation": row.batch.is_evaluation,
        "left": current_calendar().left(today, due) if is_open else None,
        "is_open": is_open,
    }
    return render(request, "workflows/public/notice.html", context)


def _entries(row: Notice, at: Any) -> list[Words]:
    """The list; of an evaluation with the bands, as long as the notice holds the case."""
    found = register.entries(row)
    results = results_by_case([one.application for one in found if one.application.notice_id == row.pk])
    shown = {key: {"band": band_name(call), "tone": band_tone(call)} for key, call in results.items()}
    return [_entry(one, at) | shown.get(one.application_id, {}) for one in found]


def _entry(found: NoticeEntry, at: Any) -> Words:
    number, enterprise = found.application.case.number, found.application.enterprise
    address = reverse("objection_new", args=[found.notice.number, number])
    rows = extension_rows(found.application) if found.application.notice_id == found.notice_id else []
    return {
        "position": found.position,
        **naming(found.enterprise_name, enterprise, enterprise),
        "product": found.product,
        "district": district_name(found.district),
        "number": number,
        "href": address if register.may_object(found, at=at) else "",
        "extended_to": end_of_notice(found.application) if rows else None,
        "extensions": rows,
    }


@require_safe
@page
def announcement(request: HttpRequest, number: str) -> HttpResponse:
    """One announcement: what was recognised, with effect from its date."""
    row = register.announcement(number)
    listed = [] if row.batch.is_evaluation else register.announced(row)
    terms = register.terms_announced(row, listed)
    context = {
        "announcement": row,
        "batch_name": ordinal_name(row.batch),
        "programme": programme_name(row.batch),
        "body": row.batch.granting_body,
        "rows": [recognised_words(one, terms[one.pk]) for one in listed],
        "results": published_words(announced_results(row)),
        "corrections": [correction_words(one) for one in published_corrections(row)],
    }
    return render(request, "workflows/public/announcement.html", context)


# --- objections ---------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@page
def objection_new(request: HttpRequest, number: str, case_number: str) -> HttpResponse:
    """A signed objection; who raised it is kept from everybody but those who look into it."""
    found = register.entry(register.notice(number), case_number)
    form = ObjectionForm(request.POST, request.FILES) if request.method == "POST" else ObjectionForm()
    reasons: list[Reason] = []
    if request.method == "POST" and form.is_valid():
        if not is_allowed(OBJECTIONS, request.META.get("REMOTE_ADDR", ""), at=timezone.now()):
            return too_many(request)
        objection, reasons = _object(request, found.application.case, form)
        if objection:
            sent = request.session.get(HANDED_IN, {})
            request.session[HANDED_IN] = {**sent, case_number: [*sent.get(case_number, ()), objection]}
            return redirect("objection_done", number, case_number)
    context = {
        "form": form,
        "errors": as_errors(reasons),
        "notice": found.notice,
        "entry": _entry(found, timezone.now()),
        "request_key": new_request_key(),
        "has_faults": bool(reasons or form.errors),
    }
    return render(request, "workflows/public/objection.html", context, status=422 if context["has_faults"] else 200)


def _object(request: HttpRequest, case: Case, form: ObjectionForm) -> tuple[str, list[Reason]]:
    """Number of the objection, or the reasons against it."""
    said, at = form.cleaned_data, timezone.now()
    values: dict[str, Any] = {name: said[name] for name in ("objector", "contact", "text")}
    try:
        if said["file"]:
            values |= {"file": _kept(form, at), "file_name": said["file"].name[:200]}
        digest = values["file"].sha256 if said["file"] else ""
        outcome = door.perform(
            case, "raise_objection", by=clock_person(), at=at, form=values,
            request_key=request.POST.get(REQUEST_KEY) or None,
            request=repr([values["objector"], values["contact"], values["text"], digest]),
        )  # fmt: skip
    except Refusal as refusal:
        return "", refusal.reasons
    return str(outcome.answer["objection"]), []


def _kept(form: ObjectionForm, at: Any) -> StoredFile:
    sent = form.cleaned_data["file"]
    return take_file(sent.read(), sent.name or "", media_type=form.media_type, at=at)


@require_safe
@never_cache
@page
def objection_done(request: HttpRequest, number: str, case_number: str) -> HttpResponse:
    """The number under which the objection is kept and the code of its answer; only for the browser that sent it."""
    found = register.entry(register.notice(number), case_number)
    sent = request.session.get(HANDED_IN, {}).get(case_number)
    if not sent:
        raise NotFound(case_number)
    context: dict[str, Any] = {"notice": found.notice, "entry": _entry(found, timezone.now())}
    context["objections"] = [{"number": number, "code": code_of(number)} for number in sent]
    batch = found.notice.batch
    context |= {"office": deciding_office(batch), "is_evaluation": batch.is_evaluation}
    return render(request, "workflows/public/objection_done.html", context)


# --- the register -------------------------------------------------------------------------------------------------
@require_safe
def centres(request: HttpRequest) -> HttpResponse:
    """Titles, those in force unless another state is asked for."""
    form = _centre_filter(request)
    shown = page_of_rows(request, register.titles(form.chosen()))
    bodies = granting_bodies(shown.object_list)
    on = timezone.now().astimezone(SHANGHAI).date()
    kept, renewed = register.kept_of(shown.object_list, on=on), register.renewals_pending(shown.object_list, on=on)
    called = former_names_with(form.chosen().get("words", ""), [row.holder for row in shown.object_list])
    shown.object_list = [
        {
            "title": row,
            "name": title_name(row.programme, bodies[row.pk]),
            "former": called.get(row.holder_id, ""),
            "awaits": row.pk in kept,
            "renewal": row.pk in renewed,
        }
        for row in shown.object_list
    ]
    query = request.GET.copy()
    query.pop("page", None)
    export = f"{reverse('centres_csv')}?{query.urlencode()}" if query else reverse("centres_csv")
    context = {"page": shown, "filters": filters(request, form), "export": export}
    return render(request, "workflows/public/centres.html", context)


@require_safe
def centres_csv(request: HttpRequest) -> HttpResponse:
    """The filtered register as CSV without live formulas."""
    titles = list(register.titles(_centre_filter(request).chosen()))
    on = timezone.now().astimezone(SHANGHAI).date()
    kept, renewed = register.kept_of(titles, on=on), register.renewals_pending(titles, on=on)
    answer = HttpResponse(
        csv_of(title_lines(titles, awaiting=kept, renewing=renewed)), content_type="text/csv; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="centres.csv"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _centre_filter(request: HttpRequest) -> CentreFilter:
    programmes = [(row.code, either(row, "name")) for row in register.programmes()]
    return CentreFilter(
        request.GET, programmes=programmes, years=register.title_years(), states=register.state_choices()
    )


@require_safe
@page
def centre(request: HttpRequest, number: str) -> HttpResponse:
    """One title: who holds it, from when until when, what it is worth today, its history."""
    row = register.title(number)
    on, body = timezone.now().astimezone(SHANGHAI).date(), granting_body(row)
    context = {
        "title": row,
        "programme": title_name(row.programme, body),
        "issuer": body_name(body),
        "district": district_name(row.holder.district),
        "in_force": register.is_in_force(row, on=on),
        "awaits": register.runs_beyond_its_day(row, on=on),
        "certificate": register.certificate_of_title(row),
        "paper": register.paper_of_title(row),
        "stay": _stay(row),
        "renewal": register.is_kept(row, on=on),
        "events": _history(row),
        "results": published_words(results_of(row)),
        "corrections": [correction_of_title(one) for one in corrections_of(row)],
        "reexaminations": [reexaminations.result_words(one) for one in of_title(row)],
    }
    return render(request, "workflows/public/centre.html", context)


def _history(row: Title) -> list[Words]:
    """Changes of state and new versions of the certificate, newest first, the grant at the end; nobody's name."""
    changes = [
        {
            "title": _step(event),
            "at": event.at,
            "tone": TITLE_TONES.get(event.state_after, "grey"),
            "text": history_text(event.content) if event.verb == ALLOW_REISSUE else _stay_text(event),
        }
        for event in register.title_events(row)
        if event.state_after in TitleState.values or event.verb == ALLOW_REISSUE
    ]
    text = format_html("{} {}", day_text(row.granted_on), quoted(row.announcement_number))
    granted = {"title": _("认定"), "at": None, "tone": "green", "text": text}
    return [*changes, granted]


def _stay(row: Title) -> str:
    """Since when an order over the title is not carried out for the time; empty mostly."""
    found = register.stay_of_title(row)
    if found is None:
        return ""
    said = _("处理决定 %(order)s 自 %(day)s起停止执行，至行政复议决定作出时止；其间称号以所示状态为准。")
    return said % {"day": day_text(local(found[0]).date()), "order": found[1]}


def _stay_text(event: AuditEvent) -> str | SafeString:
    """That a state began or ended with the stay of an order."""
    label = {"begun": _("停止执行原决定"), "ended": _("停止执行终止")}.get(event.content.get("stay", ""), "")
    return format_html("{} {}", label, quoted(event.content.get("challenged_order"))) if label else ""


def _step(event: AuditEvent) -> str:
    """A title that passed to a successor says from whom; of any other event the state that it led to."""
    if event.verb == PROLONG:
        return _("称号续期")
    if event.verb == ALLOW_REISSUE:
        return _("证书补发换发")
    if event.verb == END_WRONG_ENTRY:
        return _("登记更正：并未授予，自始无效")
    former = passed_from(event)
    return _("承继自 %(name)s") % {"name": former} if former else str(TitleState(event.state_after).label)


# --- progress -----------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def track(request: HttpRequest) -> HttpResponse:
    """How far a case is; unknown numbers and wrong codes get one and the same answer."""
    form = TrackForm(request.POST if request.method == "POST" else None)
    context: Words = {"form": form}
    if request.method == "POST" and form.is_valid():
        if not is_allowed(TRACKING, request.META.get("REMOTE_ADDR", ""), at=timezone.now()):
            return too_many(request)
        application = register.tracked(form.cleaned_data["number"], form.cleaned_data["code"])
        if application is None:
            form.add_error(None, _("没有找到：请核对申报编号和查询码。"))
        else:
            context["found"] = _progress(application)
    return render(request, "workflows/public/track.html", context, status=422 if form.errors else 200)


def _progress(application: Application) -> Words:
    case = application.case
    return {
        "number": case.number,
        "programme": either(application.batch.programme, "name"),
        "batch_name": batch_name(application.batch),
        "state": state_label(application.state),
        "tone": state_tone(application.state),
        "bar": step_bar(case, application),
        "clock": clock_of(case, at=timezone.now()),
        "submitted_at": application.submitted_at,
        "moved_at": case.moved_at,
    }


def too_many(request: HttpRequest) -> HttpResponse:
    """Asked too often from one place."""
    answer = render(request, "429.html", status=429)
    answer.headers["Retry-After"] = "60"
    return answer
