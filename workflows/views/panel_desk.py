"""The panel of a case: experts appointed and replaced, the marks once they are open, proposed values adopted."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.errors import NotFound
from accreditation.permissions import Person, signed_in
from accreditation.services.drafts import initial_from_drafts
from accreditation.services.expert_pool import Entry
from workflows.forms.casework import ConfirmedForm
from workflows.forms.office import OrderForm, PanelForm, SuccessorForm
from workflows.panel_guards import POOL_USED_UP
from workflows.presentation.draws import draw_card, draw_file
from workflows.presentation.marks import opened_table, proposal_rows
from workflows.presentation.seats import request_rows, seat_rows
from workflows.selectors import panel_room
from workflows.views.answers import page
from workflows.views.casework import status_of
from workflows.views.desk import DISTRICT, OFFICE, Desk, Opened, carry_out, needs, open_case, show
from workflows.workdays import SHANGHAI

form_page = require_http_methods(["GET", "HEAD", "POST"])
BY_BUTTON = {  # value of the button `act`: verb, what is said when it is done
    "fix_seed": ("fix_seed", _("抽取种子已固定。")),
    "draw": ("draw_panel", _("已抽取评审组。")),
    "as_drawn": ("appoint_panel", _("评审组已组成。")),
}


def _pool(opened: Opened) -> list[Entry]:
    return panel_room.pool(opened.application, on=timezone.now().astimezone(SHANGHAI).date())


@form_page
@page
def office_panel(request: HttpRequest, number: str) -> HttpResponse:
    """The panel of a municipal case."""
    return panel_page(request, OFFICE, number)


@form_page
@page
def district_panel(request: HttpRequest, number: str) -> HttpResponse:
    """The panel of a case that the authority recognises by itself."""
    return panel_page(request, DISTRICT, number)


def _open(request: HttpRequest, desk: Desk, number: str) -> Opened:
    """The case at the desk that asks its experts; NotFound at any other."""
    opened = open_case(request, desk, number)
    if not opened.runs_panel:
        raise NotFound(number)
    return opened


def panel_page(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Before the appointment the draw and the pool; afterwards seats, marks and proposals."""
    opened = _open(request, desk, number)
    if panel_room.panel_of(opened.application) is not None and request.method != "POST":
        return show(request, opened, "panel", _panel_context(opened, signed_in(request)))
    if request.method != "POST":
        needs(opened, "appoint_panel")
    pool = _pool(opened)
    if request.POST.get("act") in BY_BUTTON:
        return _by_button(request, opened, pool)
    people = [entry.person for entry in pool if entry.is_selectable]
    initial = initial_from_drafts(request, request.path, several=("experts",)) if request.method != "POST" else {}
    form = PanelForm(request.POST or None, initial=initial, people=people, size=opened.application.batch.panel_size)
    if request.method == "POST" and form.is_valid():
        back = opened.address("panel")
        answer = carry_out(
            request, opened, "appoint_panel", form.cleaned_data, form=form, done=_("评审组已组成。"), back=back
        )
        if answer is not None:
            return answer
    return _pool_page(request, opened, form, pool, "appoint")


def _by_button(request: HttpRequest, opened: Opened, pool: list[Entry]) -> HttpResponse:
    """Fix the seed, draw, or appoint the drawn panel: acts that need no words."""
    verb, done = BY_BUTTON[request.POST["act"]]
    form = ConfirmedForm(request.POST)
    values = {"experts": panel_room.due_panel(opened.application, pool)} if verb == "appoint_panel" else {}
    answer = carry_out(request, opened, verb, values, form=form, done=done, back=opened.address("panel"))
    if answer is not None:
        return answer
    people = [entry.person for entry in pool if entry.is_selectable]
    choice = PanelForm(people=people, size=opened.application.batch.panel_size)
    return _pool_page(request, opened, choice, pool, "appoint", refused=form.non_field_errors(), status=422)


def _pool_page(
    request: HttpRequest,
    opened: Opened,
    form: Any,
    pool: list[Entry],
    template: str,
    *,
    status: int = 0,
    **more: Any,
) -> HttpResponse:
    bound = form["experts"] if "experts" in form.fields else form["expert"]
    chosen = {str(value) for value in (bound.value() or [])} if "experts" in form.fields else {str(bound.value())}
    context = {"form": form, "pool": pool, "chosen": chosen, "size": opened.application.batch.panel_size} | more
    context["draw"] = draw_card(opened.application, pool)
    context["draw_file"] = opened.address("draw_file")
    name = f"workflows/casework/{template}.html"
    return show(request, opened, "panel", context, template=name, status=status or status_of(form))


@require_safe
@page
def office_draw_file(request: HttpRequest, number: str) -> HttpResponse:
    """The record of the draw of a municipal panel."""
    return draw_file_answer(request, OFFICE, number)


@require_safe
@page
def district_draw_file(request: HttpRequest, number: str) -> HttpResponse:
    """The record of the draw of the authority's own panel."""
    return draw_file_answer(request, DISTRICT, number)


def draw_file_answer(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The record of the draw, from which anybody can work it out again."""
    opened = _open(request, desk, number)
    content = draw_file(opened.application)
    if content is None:
        raise NotFound(number)
    answer = HttpResponse(content, content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="draw-{opened.case.number}.json"'
    return answer


def _panel_context(opened: Opened, by: Person) -> dict[str, Any]:
    panel = panel_room.panel_of(opened.application)
    assert panel is not None
    vacant = {seat.pk for seat in panel_room.vacancies(panel)} if "replace_expert" in opened.verbs else set()
    marks = panel_room.opened_marks(panel)
    waiting = panel_room.proposals(opened.application)
    shown = proposal_rows(opened.application, waiting)
    may_adopt = "adopt_value" in opened.verbs
    asked, seats = panel_room.sheet_requests(panel), panel_room.seats_of(panel)
    return {
        "panel": panel,
        "seats": seat_rows(
            seats,
            vacant,
            lambda seat: opened.address("replace", seat.pk),
            lambda seat: opened.address("recuse", seat.pk) if "order_recusal" in opened.verbs else "",
            asked,
            panel_room.out_of_office(seats),
        ),
        "sheet_requests": request_rows(
            asked,
            reader=by.pk,
            address=lambda verb, place: _act_at(opened, verb, place),
        ),
        "marks": opened_table(marks, with_names=True) if marks else None,
        "draw": draw_card(opened.application, []),
        "draw_file": opened.address("draw_file"),
        "proposals": [
            words | {"by": row.proposed_by.name, "href": opened.address("adopt", row.pk) if may_adopt else ""}
            for words, row in zip(shown, waiting, strict=True)
        ],
    }


def _act_at(opened: Opened, verb: str, place: int) -> str:
    """The page of a verb with the place filled in; empty where this person has no such verb here."""
    return f"{opened.address('act', verb)}?place={place}" if verb in opened.verbs else ""


@form_page
@page
def office_replace(request: HttpRequest, number: str, seat: int) -> HttpResponse:
    """A successor on a municipal panel."""
    return replace_page(request, OFFICE, number, seat)


@form_page
@page
def district_replace(request: HttpRequest, number: str, seat: int) -> HttpResponse:
    """A successor on the authority's own panel."""
    return replace_page(request, DISTRICT, number, seat)


def replace_page(request: HttpRequest, desk: Desk, number: str, seat: int) -> HttpResponse:
    """A successor for a recused expert: the next in the drawn order, or another one for a reason."""
    opened = _open(request, desk, number)
    vacant = panel_room.vacant_seat(opened.application, seat)
    pool = _pool(opened)
    due = panel_room.due_successor(vacant.panel, pool)
    form = SuccessorForm(request.POST or None, people=[entry.person for entry in pool if entry.is_selectable])
    values: dict[str, Any] = {"vacant": vacant}
    is_next = request.POST.get("act") == "next" and due is not None
    if is_next or (request.method == "POST" and form.is_valid()):
        values |= {"expert": due} if is_next else form.cleaned_data
        back = opened.address("panel")
        answer = carry_out(request, opened, "replace_expert", values, form=form, done=_("已递补专家。"), back=back)
        if answer is not None:
            return answer
    used_up = "" if panel_room.possible_successors(vacant.panel, pool) else POOL_USED_UP
    return _pool_page(request, opened, form, pool, "replace", vacant=vacant, due=due, used_up=used_up)


@form_page
@page
def office_recuse(request: HttpRequest, number: str, seat: int) -> HttpResponse:
    """Tell an expert to step down from a municipal panel."""
    return recuse_page(request, OFFICE, number, seat)


@form_page
@page
def district_recuse(request: HttpRequest, number: str, seat: int) -> HttpResponse:
    """Tell an expert to step down from the authority's own panel."""
    return recuse_page(request, DISTRICT, number, seat)


def recuse_page(request: HttpRequest, desk: Desk, number: str, seat: int) -> HttpResponse:
    """Tell an expert to step down from a seat: the page is the confirm step."""
    opened = _open(request, desk, number)
    needs(opened, "order_recusal")
    row = panel_room.working_seat(opened.application, seat)
    ties = panel_room.known_ties(row, opened.application, on=timezone.now().astimezone(SHANGHAI).date())
    form = OrderForm(request.POST if request.method == "POST" else None, initial={"tie": "；".join(ties)})
    if request.method == "POST" and form.is_valid():
        values = {"seat": row, "tie": form.cleaned_data["tie"]}
        back = opened.address("panel")
        answer = carry_out(request, opened, "order_recusal", values, form=form, done=_("该专家已回避。"), back=back)
        if answer is not None:
            return answer
    context = {"form": form, "seat": row, "ties": ties}
    return show(request, opened, "panel", context, template="workflows/casework/recuse.html", status=status_of(form))


@form_page
@page
def office_adopt(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A value proposed on a municipal panel."""
    return adopt_page(request, OFFICE, number, pk)


@form_page
@page
def district_adopt(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A value proposed on the authority's own panel."""
    return adopt_page(request, DISTRICT, number, pk)


def adopt_page(request: HttpRequest, desk: Desk, number: str, pk: int) -> HttpResponse:
    """Let a value proposed by an expert count."""
    opened = _open(request, desk, number)
    row = panel_room.proposal(opened.application, pk)
    form = ConfirmedForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        back = opened.address("panel")
        answer = carry_out(
            request, opened, "adopt_value", {"proposal": row}, form=form, done=_("已采纳核定值。"), back=back
        )
        if answer is not None:
            return answer
    else:
        needs(opened, "adopt_value")
    context = {"form": form, "proposal": proposal_rows(opened.application, [row])[0] | {"by": row.proposed_by.name}}
    return show(request, opened, "panel", context, template="workflows/casework/adopt.html", status=status_of(form))
