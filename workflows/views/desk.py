"""A case opened at an official desk: which desk, whether it is this person's, the frame of its pages, its acts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.errors import NotFound, Reason, Refusal
from accreditation.permissions import has_power, signed_in
from accreditation.roles import Power
from accreditation.services.drafts import clear_drafts
from accreditation.views.answers import put_reasons
from accreditation.visibility import View, case_for, runs_panel, view_of
from workflows.door import possible_verbs
from workflows.levels import level_of_act, reasons_of_other_levels
from workflows.presentation.cases import case_header, step_bar
from workflows.selectors.figures import application_with_material, version_count
from workflows.views.answers import new_request_key, try_verb

if TYPE_CHECKING:
    from accreditation.models import Application, Case
    from workflows.selectors.recipients import Future

CONFIRMED = "confirmed"
NOT_REPEATED = ("csrfmiddlewaretoken", CONFIRMED)
TOO_LATE = "already_done"


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk: prefix of its URL names, quality in which it sees a case, power that opens it, its list."""

    code: str
    view: View
    power: Power
    label: Promise
    inbox: str
    pages: tuple[str, ...]

    @property
    def case_page(self) -> str:
        """URL name of the first page of a case."""
        return f"{self.code}_case"

    @property
    def panel_page(self) -> str:
        """URL name of the page with the panel."""
        return f"{self.code}_panel"

    @property
    def figures_page(self) -> str:
        """URL name of the page with figures and evidence."""
        return f"{self.code}_figures"

    def address(self, page: str, *args: object) -> str:
        """Address of one of its pages."""
        return reverse(f"{self.code}_{page}", args=args)


DISTRICT = Desk(
    "district",
    View.DISTRICT,
    Power.REVIEW_FIRST,
    gettext_lazy("区级初审"),
    "district_inbox",
    ("case", "figures", "review", "return", "panel", "visit", "changes", "recipients"),
)
FORWARD = Desk(
    "forward",
    View.FORWARDER,
    Power.FORWARD,
    gettext_lazy("审核转报"),
    "forward_inbox",
    ("case", "figures", "return", "changes"),
)
OFFICE = Desk(
    "office",
    View.OFFICE,
    Power.CHECK_COMPLETENESS,
    gettext_lazy("市级办理"),
    "office_inbox",
    ("case", "figures", "review", "return", "panel", "changes", "trail", "recipients"),
)
PAGE_LABELS = {
    "case": gettext_lazy("总览"),
    "figures": gettext_lazy("数据与证明"),
    "return": gettext_lazy("退回补正"),
    "panel": gettext_lazy("评审组"),
    "visit": gettext_lazy("实地核查"),
    "changes": gettext_lazy("版本差异"),
    "trail": gettext_lazy("办理日志"),
    "recipients": gettext_lazy("通知对象"),
}
REVIEW_LABELS = {"district": gettext_lazy("初审意见"), "office": gettext_lazy("形式审查")}
NEEDED_VERBS = {  # a page is offered while one of these can be done
    "review": {"recommend", "not_recommend", "pass_completeness_check", "pass_material_check"},
    "return": {"return_for_correction"},
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A case at a desk, with what this person can do to it now."""

    desk: Desk
    case: Case
    application: Application
    verbs: frozenset[str]
    runs_panel: bool = True

    @property
    def is_local(self) -> bool:
        """Whether a district, a zone or a group recognises by itself."""
        return self.application.batch.authority_id is not None

    def address(self, page: str, *args: object) -> str:
        """Address of a page of this case."""
        return self.desk.address(page, self.case.number, *args)


@dataclass(frozen=True, slots=True)
class Confirm:
    """What is asked before an act that cannot be taken back."""

    title: str | Promise
    consequences: tuple[str | Promise, ...]
    yes: str | Promise
    tone: str = "red"


class Pairs:
    """Posted fields as `confirm.html` repeats them, several values of one name included."""

    def __init__(self, request: HttpRequest) -> None:
        self._posted = request.POST

    def items(self) -> Iterator[tuple[str, str]]:
        """Name and value of each hidden field."""
        for name, values in self._posted.lists():
            if name not in NOT_REPEATED:
                yield from ((name, str(value)) for value in values)
        yield CONFIRMED, "1"


def open_case(request: HttpRequest, desk: Desk, number: str) -> Opened:
    """The case for a person who holds the office of this desk for it; NotFound for anybody else."""
    user = signed_in(request)
    case = case_for(user, number)
    application = application_with_material(case)
    place = _place_of(desk, application)
    if view_of(user, case) is View.APPLICANT or not has_power(user, desk.power, district=place):
        raise NotFound(number)
    verbs = frozenset(verb.code for verb in possible_verbs(case, by=user, at=timezone.now()))
    return Opened(desk, case, application, verbs, desk is OFFICE or runs_panel(user, case))


def _place_of(desk: Desk, application: Application) -> str:
    """Code of the authority, or of the town or park, whose officers the desk is for."""
    if desk is not FORWARD:
        return application.case.district
    return application.forwarder.district if application.forwarder else "-"


def needs(opened: Opened, *verbs: str) -> None:
    """NotFound when none of the verbs can be done any more: a page of an act that is over."""
    if not opened.verbs & set(verbs):
        raise NotFound(opened.case.number)


def show(
    request: HttpRequest,
    opened: Opened,
    page: str,
    context: Mapping[str, Any],
    *,
    template: str = "",
    status: int = 200,
) -> HttpResponse:
    """A page of the case in its frame: header, step bar, links between its pages."""
    now = timezone.now()
    frame = {
        "desk": opened.desk,
        "case": opened.case,
        "application": opened.application,
        "verbs": opened.verbs,
        "header": case_header(opened.case, opened.application, at=now),
        "bar": step_bar(opened.case, opened.application),
        "links": _links(opened, page),
        "crumbs": _crumbs(opened, page),
        "request_key": new_request_key(),
        "barred": _barred(request, opened) if opened.verbs else [],
    }
    return render(request, template or f"workflows/casework/{page}.html", frame | dict(context), status=status)


def _barred(request: HttpRequest, opened: Opened) -> list[Reason]:
    """What the person did in the case on another level, for which nothing can be done to it at this desk."""
    level = level_of_act(opened.desk.power, "")
    assert level is not None
    return list(reasons_of_other_levels(opened.case, {signed_in(request).pk}, level))


def _links(opened: Opened, current: str) -> list[dict[str, Any]]:
    versions = version_count(opened.application)
    return [
        {"label": page_label(opened.desk, page), "href": opened.address(page), "current": page == current}
        for page in opened.desk.pages
        if page == current or _is_offered(opened, page, versions)
    ]


def _is_offered(opened: Opened, page: str, versions: int) -> bool:
    if page == "changes":
        return versions > 1
    if page == "panel":
        return opened.runs_panel and (hasattr(opened.application, "panel") or "appoint_panel" in opened.verbs)
    if page == "visit":
        return opened.runs_panel and (hasattr(opened.application, "site_visit") or "record_site_visit" in opened.verbs)
    return page not in NEEDED_VERBS or bool(NEEDED_VERBS[page] & opened.verbs)


def page_label(desk: Desk, page: str) -> str:
    """What a page of a case is called at a desk."""
    return str(REVIEW_LABELS[desk.code] if page == "review" else PAGE_LABELS[page])


def _crumbs(opened: Opened, page: str) -> list[dict[str, str]]:
    own = {"label": opened.case.number}
    if page == "case":
        return [{"label": str(opened.desk.label), "href": reverse(opened.desk.inbox)}, own]
    crumbs = [{"label": str(opened.desk.label), "href": reverse(opened.desk.inbox)}]
    return [*crumbs, own | {"href": opened.address("case")}, {"label": page_label(opened.desk, page)}]


def carry_out(
    request: HttpRequest,
    opened: Opened,
    verb: str,
    values: Mapping[str, Any],
    *,
    form: forms.Form,
    done: str | Promise,
    back: str = "",
    confirm: Confirm | None = None,
) -> HttpResponse | None:
    """Ask, do, and answer; None when the rules refuse it and the form, which now holds every reason, is shown again."""
    answer = back or opened.address("case")
    if confirm is not None and CONFIRMED not in request.POST:
        return ask(request, confirm, cancel=request.path, crumbs=_crumbs(opened, "case"))
    outcome, reasons = try_verb(request, opened.case, verb, values)
    if outcome is not None:
        clear_drafts(request, request.path)
        messages.success(request, _("%(no)s：%(what)s") % {"no": opened.case.number, "what": done})
        return redirect(answer)
    if any(reason.code == TOO_LATE for reason in reasons):
        return redirect(answer)
    put_reasons(form, Refusal(reasons))
    return None


def ask(
    request: HttpRequest,
    confirm: Confirm,
    *,
    cancel: str,
    crumbs: list[dict[str, str]] | None = None,
    futures: Sequence[Future] = (),
) -> HttpResponse:
    """The confirm step: what will happen, who will be told of it where that is given, yes or back."""
    context = {
        "confirm": confirm,
        "hidden": Pairs(request),
        "cancel": cancel,
        "crumbs": crumbs or [],
        "futures": futures,
    }
    return render(request, "workflows/casework/confirm.html", context)
