"""The applicant's own pages: what to do now, a new application, a case at a glance, score, way and letters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.errors import NotFound, Refusal
from accreditation.selectors.granting import bodies_of_districts
from accreditation.services.evaluation import verified_evaluation
from accreditation.services.material import missing_evidence
from accreditation.services.reopened_figures import revised_score
from accreditation.visibility import View, first_review_is_closed, letter_for
from certificates.selectors import certificate_file, translation_file, translation_of
from workflows.calendar import current_calendar
from workflows.forms.applicant import NewCaseForm
from workflows.opening import open_application
from workflows.presentation import came_of_it, explanations, figures, gates, letters, rules, scores
from workflows.presentation.cases import batch_name
from workflows.presentation.evaluations import evaluation_rows, own_call_words
from workflows.presentation.figure_checks import overview as figure_check
from workflows.presentation.figure_checks import sources_used
from workflows.presentation.objections import own_hearings, own_waiver
from workflows.presentation.recommending import recommending_rows
from workflows.presentation.reopenings import reopenings_in_words, score_words
from workflows.presentation.successions import card as succession_card
from workflows.presentation.timeline import timeline
from workflows.presentation.whereabouts import whereabouts
from workflows.presentation.words import Words, either
from workflows.recusal_requests import may_ask
from workflows.selectors import applicant as rows
from workflows.selectors import changes
from workflows.selectors.evaluations import own_calls
from workflows.selectors.guide import batch_by_code
from workflows.selectors.matters import own_matters
from workflows.selectors.successions import successions_of
from workflows.views import applicant_tasks
from workflows.views.answers import REQUEST_KEY, acting_person, as_errors, new_request_key, page
from workflows.views.applicant_frame import OpenCase, frame, notice_of_return, open_case
from workflows.views.reading import note_reading, read_by_people

if TYPE_CHECKING:
    from accreditation.models import Batch
    from workflows.workdays import WorkCalendar

SHOWN_EVENTS = 6


@require_safe
@page
def my_cases(request: HttpRequest) -> HttpResponse:
    """What has to be done now, all cases, certificates."""
    user, at, calendar = acting_person(request), timezone.now(), current_calendar()
    found = rows.own_cases(user, at=at)
    others = [row for row in found if not row.is_mine_to_act]
    bodies = bodies_of_districts({row.case.district for row in found})
    context = {
        "to_do": [applicant_tasks.card(row, bodies) for row in found if row.is_mine_to_act],
        "running": [applicant_tasks.card(row, bodies) for row in others if row.case.closed_at is None],
        "over": [applicant_tasks.card(row, bodies) for row in others if row.case.closed_at is not None],
        "matters": applicant_tasks.matter_cards(own_matters(user)),
        "successions": [succession_card(row) for row in successions_of(user)],
        "holders": changes.holders_of(user),
        "certificates": [applicant_tasks.certificate_card(*row) for row in rows.own_certificates(user)],
        "batches": [batch_words(batch, calendar) for batch in rows.open_batches(at) if not batch.is_evaluation],
        "calls": [own_call_words(call) for call in own_calls(user)],
    }
    return render(request, "workflows/applicant/cases.html", context)


def batch_words(batch: Batch, calendar: WorkCalendar) -> Words:
    """An open batch with its window and addresses."""
    return {
        "code": batch.code,
        "programme": batch.programme_id,
        "name": either(batch.programme, "name"),
        "round": batch_name(batch),
        "is_demo": batch.is_demo,
        **rows.window_of(batch, at=timezone.now(), calendar=calendar),
    }


# --- A new application ------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@page
def my_new(request: HttpRequest) -> HttpResponse:
    """Open batches, the conditions of each, and for which enterprise to apply."""
    places = _places(request)
    if request.method != "POST":
        return _new_page(request, NewCaseForm(places=places, asks_product=rows.asks_product(timezone.now())))
    form = NewCaseForm(request.POST, places=places, asks_product=rows.asks_product(timezone.now()))
    if not form.is_valid():
        return _new_page(request, form, status=422)
    code, key = form.chosen()
    user = acting_person(request)
    enterprise = next(row for row in rows.own_enterprises(user) if row.pk == key)
    try:
        case = open_application(
            enterprise, batch_by_code(code), by=user, at=timezone.now(), product=form.named_product,
            request_key=request.POST.get(REQUEST_KEY) or None,
        )  # fmt: skip
    except Refusal as refusal:
        return _new_page(request, form, errors=as_errors(refusal.reasons), status=422)
    return redirect("my_case", case.number)


def _places(request: HttpRequest) -> list[tuple[str, str]]:
    """Every enterprise in every open batch that it may still enter; what is sent may name any, the act refuses."""
    user, at = acting_person(request), timezone.now()
    is_sent = request.method == "POST"
    return [
        (
            f"{batch.code}:{enterprise.pk}",
            f"{batch_name(batch)} {either(batch.programme, 'name')}{_('：')}{enterprise.name}",
        )
        for batch in rows.open_batches(at)
        for enterprise, faults in rows.entries(user, batch, at)
        if is_sent or not faults
    ]


def _new_page(
    request: HttpRequest, form: NewCaseForm, *, errors: list[dict[str, str]] | None = None, status: int = 200
) -> HttpResponse:
    batches, calendar = rows.open_batches(timezone.now()), current_calendar()
    context = {
        "form": form,
        "errors": errors,
        "has_faults": bool(errors),
        "has_places": bool(form.fields["place"].choices),  # type: ignore[attr-defined]  # a ChoiceField
        "batches": [
            _batch_with_gates(batch, calendar)
            | {"closed_to": _closed_to(request, batch), "open_beside": _open_beside(request, batch)}
            | {"renewed": rows.renewed_here(acting_person(request), batch, timezone.now())}
            for batch in batches
        ],
        "request_key": new_request_key(),
    }
    return render(request, "workflows/applicant/new.html", context, status=status)


def _batch_with_gates(batch: Batch, calendar: WorkCalendar) -> Words:
    rule_set = rules.rule_set_page(rows.rules_of_batch(batch))
    return {**batch_words(batch, calendar), "gates": rule_set["gates"]}


def _closed_to(request: HttpRequest, batch: Batch) -> str:
    """Why none of the person's enterprises may enter an open batch; empty where one may."""
    entries = rows.entries(acting_person(request), batch, timezone.now())
    if not all(faults for _enterprise, faults in entries):
        return ""
    if not any(batch.is_offered_in(enterprise.district) for enterprise, _faults in entries):
        return _("这一批次不受理本单位所在区的申报。")
    if all(faults[0].code == "not_called" for _enterprise, faults in entries):
        return _("这一批次只受理本次须评价的单位，每个称号一件。")
    told = [(enterprise, str(faults[0])) for enterprise, faults in entries]
    if len(told) == 1:
        return told[0][1]
    return "\n".join(f"{enterprise.name}{_('：')}{said}" for enterprise, said in told)


def _open_beside(request: HttpRequest, batch: Batch) -> list[str]:
    """Own applications for the same title in other batches: whoever begins a second one knows it."""
    text = _("%(name)s在批次 %(batch)s 的同一项目申报（%(no)s）尚未办结；同一称号只授予一次，可先等待办结或者撤回。")
    return [
        text % {"name": row.enterprise.name, "batch": row.batch.code.upper(), "no": row.case.number}
        for row in rows.open_beside(acting_person(request), batch, timezone.now())
    ]


# --- One case ---------------------------------------------------------------------------------------------------
@require_safe
@page
def my_case(request: HttpRequest, number: str) -> HttpResponse:
    """The case at a glance: return, steps, tasks, score, material, facts, way."""
    opened = open_case(request, number)
    evaluation = opened.evaluation()
    kinds = opened.evidence()
    covered = opened.coverage(kinds)
    context = frame(
        opened, "my_case", opened.case.enterprise.name,
        notice=notice_of_return(opened),
        tasks=applicant_tasks.task_groups(opened, evaluation, covered),
        kinds=kinds,
        covered=covered,
        evaluated=evaluation_rows(opened.application, for_holder=True),
        score=_score(opened) if evaluation and scores.gives_points(evaluation) else None,
        total=scores.total_text(evaluation) if evaluation else "",
        axes=scores.radar_axes(evaluation) if evaluation else [],
        place=_place(opened),
        summary=applicant_tasks.summary(opened),
        recommending=recommending_rows(opened.application),
        hearings=own_hearings(opened.application, timezone.now()),
        waiver=own_waiver(opened.application),
        reopenings=_reopenings(opened),
        figure_check=figure_check(opened.application, href=applicant_tasks.address("my_figure_check", number)),
        timeline=timeline(opened.case, View.APPLICANT, letter_address="my_letter", limit=SHOWN_EVENTS),
        certificate=applicant_tasks.issued_card(opened.application),
        ended_for=opened.application.ended_for,
        came_of_it=came_of_it.of_case(opened.case, acting_person(request)),
        missing=missing_evidence(opened.application),
        may_ask_recusal=may_ask(opened.case),
    )  # fmt: skip
    return render(request, "workflows/applicant/case.html", context)


def _reopenings(opened: OpenCase) -> list[Words]:
    number, at = opened.case.number, timezone.now()
    return reopenings_in_words(opened.application, at, lambda pk: reverse("my_reopening", args=[number, pk]))


def _place(opened: OpenCase) -> Words:
    return whereabouts(opened.case, opened.application, view=View.APPLICANT, at=timezone.now())


def _score(opened: OpenCase) -> Words:
    evaluation = opened.evaluation()
    assert evaluation is not None
    return scores.score_table(evaluation, address=f"{_score_address(opened)}")


def _score_address(opened: OpenCase) -> str:
    return applicant_tasks.address("my_score", opened.case.number)


@require_safe
@page
def my_score(request: HttpRequest, number: str) -> HttpResponse:
    """Every condition and every point, so that it can be redone by hand from this page."""
    opened = open_case(request, number)
    evaluation = opened.evaluation()
    more: dict[str, Any] = {"evaluation": evaluation}
    if evaluation is not None:
        more |= {
            "gates": gates.gates_table(evaluation, opened.rules, of_holder=opened.application.batch.is_evaluation),
            "score": scores.score_table(evaluation),
            "totals": scores.totals(evaluation),
            "axes": scores.radar_axes(evaluation),
            "explanations": explanations.explanations(evaluation, opened.rules),
            "sources": rules.source_rows(opened.rules),
            **_verified(opened),
        }
    return render(request, "workflows/applicant/score.html", frame(opened, "my_score", _("条件与得分"), **more))


def _verified(opened: OpenCase) -> Words:
    """Verified figures with reasons and both scores, where an officer verified any and the first review is closed."""
    if not first_review_is_closed(opened.application):
        return {"verified": [], "compared": None}
    facts, evaluation = opened.facts, opened.evaluation()
    verified = figures.verified_rows(opened.application, facts, opened.rules) if facts else []
    revised = score_words(revised_score(opened.application)) if verified else None
    if not verified or evaluation is None or opened.is_editable:
        return {"verified": verified, "compared": None, "revised": revised}
    after = verified_evaluation(opened.application)
    if after is None:
        return {"verified": verified, "compared": None, "revised": revised}
    used = sources_used(opened.application, opened.rules)
    return {
        "verified": verified,
        "revised": revised,
        "compared": scores.compared_scores(evaluation, after),
        "counting": explanations.explanations(after, opened.rules, used),
    }


@require_safe
@page
def my_progress(request: HttpRequest, number: str) -> HttpResponse:
    """The whole way of the case, and its letters."""
    opened = open_case(request, number)
    context = frame(
        opened, "my_progress", _("进度与文书"), place=_place(opened),
        timeline=timeline(opened.case, View.APPLICANT, letter_address="my_letter"),
        letters=letters.letter_rows(rows.letters_of(opened.case), number=number, address="my_letter"),
    )  # fmt: skip
    return render(request, "workflows/applicant/progress.html", context)


@require_safe
@read_by_people
@page
def my_letter(request: HttpRequest, number: str, letter: str) -> HttpResponse:
    """One official letter, as it was sent."""
    opened = open_case(request, number)
    found = letter_for(acting_person(request), letter)
    if found.case_id != opened.case.pk:
        raise NotFound(letter)
    note_reading(request, found)
    words = letters.letter_page(found, acting_person(request), timezone.now())
    return render(request, "workflows/applicant/letter.html", frame(opened, "my_letter", words["kind"], letter=words))


@require_safe
@page
def my_certificate(request: HttpRequest, number: str) -> HttpResponse:
    """The signed certificate as a file."""
    opened = open_case(request, number)
    certificate = rows.certificate_of(opened.application)
    if certificate is None:
        raise NotFound(number)
    return _signed_file(certificate_file(certificate), f"{certificate.number}.pdf")


@require_safe
@page
def my_title_certificate(request: HttpRequest, number: str) -> HttpResponse:
    """The signed certificate of a title that the enterprise holds, from whomever it has it."""
    certificate = rows.certificate_of_own_title(acting_person(request), number)
    return _signed_file(certificate_file(certificate), f"{certificate.number}.pdf")


@require_safe
@page
def my_certificate_english(request: HttpRequest, number: str) -> HttpResponse:
    """The signed English edition as a file."""
    certificate = rows.certificate_of(open_case(request, number).application)
    translation = translation_of(certificate) if certificate is not None else None
    if certificate is None or translation is None:
        raise NotFound(number)
    return _signed_file(translation_file(translation), f"{certificate.number}-english.pdf")


def _signed_file(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
