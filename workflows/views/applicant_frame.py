"""What all pages of the applicant's case show around their contents, and what several of them compute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.enums import ApplicationState
from accreditation.errors import Reason
from accreditation.services.evaluation import draft_facts, evaluate_application, reported_facts
from accreditation.services.reopenings import is_before_committee_again
from workflows.door import possible_verbs
from workflows.intake import open_request
from workflows.presentation.bindings import row_key
from workflows.presentation.cases import case_header, step_bar
from workflows.presentation.corrections import return_notice
from workflows.presentation.coverage import coverage
from workflows.presentation.material import evidence_list
from workflows.presentation.words import Words
from workflows.selectors.applicant import own_case, rules_for
from workflows.views.answers import acting_person, as_errors, new_request_key
from workflows.web_form.sections import place_on_form

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accreditation.models import Application, Case, CorrectionPoint, CorrectionRequest
    from criteria.evaluate import Evaluation
    from criteria.facts import Facts
    from criteria.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case of the signed-in applicant, ready for a page."""

    case: Case
    application: Application
    rules: RuleSet
    verbs: frozenset[str]
    request: CorrectionRequest | None

    @property
    def facts(self) -> Facts | None:
        """Figures that the applicant works on: the newest accepted workbook, once filed the filed one."""
        if self.is_editable:
            return draft_facts(self.application)
        return reported_facts(self.application)

    @property
    def is_editable(self) -> bool:
        """Whether the applicant may still change the material."""
        return self.application.state in (ApplicationState.DRAFT, ApplicationState.RETURNED)

    @property
    def may_upload(self) -> bool:
        """Whether this person may send files now."""
        return "upload_workbook" in self.verbs

    @property
    def names_parent(self) -> bool:
        """Whether this is an application for a branch centre whose parent may be named now."""
        return "name_parent" in self.verbs and self.application.batch.programme.branch_of_id is not None

    def evaluation(self) -> Evaluation | None:
        """Trial evaluation of those figures; None before a workbook was accepted."""
        facts = self.facts
        return evaluate_application(self.application, facts) if facts else None

    def asked_kinds(self) -> set[str]:
        """Kinds of evidence that the open return names."""
        points = self.request.points.all() if self.request else ()
        return {point.code for point in points if point.target == "evidence"}

    def answered_kinds(self) -> set[str]:
        """Those of them for which a file came since."""
        if self.request is None:
            return set()
        standing = self.application.evidence.filter(removed_at__isnull=True, added_at__gt=self.request.requested_at)
        return self.asked_kinds() & set(standing.values_list("kind", flat=True))

    def coverage(self, kinds: list[Words]) -> Words:
        """How much of the evidence is there, with the way to what is missing."""
        page = reverse("my_bindings", args=[self.case.number])
        return coverage(
            self.application, self.rules, self.facts, kinds, lambda need: f"{page}#{row_key(need.provable.code)}"
        )

    def evidence(self) -> list[Words]:
        """The list of evidence with the address of each file."""
        asked, answered = self.asked_kinds(), self.answered_kinds()
        return evidence_list(self.application, self.rules, address="my_evidence", asked=asked, answered=answered)


def open_case(request: HttpRequest, number: str) -> OpenCase:
    """The applicant's own case; NotFound for everybody else."""
    person = acting_person(request)
    case, application = own_case(person, number)
    verbs = frozenset(verb.code for verb in possible_verbs(case, by=person, at=timezone.now()))
    return OpenCase(
        case, application, rules_for(application), verbs - _given_up_elsewhere(application), open_request(application)
    )


def _given_up_elsewhere(application: Application) -> frozenset[str]:
    """Before the committee a case is given up where it was sent back there; before that it is withdrawn, or not."""
    is_first_time = application.state == ApplicationState.UNDER_OVERALL_REVIEW
    return frozenset({"give_up"} if is_first_time and not is_before_committee_again(application) else ())


def frame(opened: OpenCase, page: str, title: str, **more: Any) -> dict[str, Any]:
    """Context of a page of a case: header, steps, sub navigation, crumbs, request key."""
    number = opened.case.number
    crumbs = [{"label": _("我的申报"), "href": reverse("my_cases")}]
    if page == "my_case":
        crumbs.append({"label": number})
    else:
        crumbs += [{"label": number, "href": reverse("my_case", args=[number])}, {"label": title}]
    return {
        "opened": opened,
        "number": number,
        "title": title,
        "header": case_header(opened.case, opened.application, at=timezone.now()),
        "bar": step_bar(opened.case, opened.application),
        "sub_links": sub_links(number, page, with_points=bool(opened.rules.indicators)),
        "crumbs": crumbs,
        "request_key": new_request_key(),
        **more,
    }


def sub_links(number: str, page: str, *, with_points: bool = True) -> list[Words]:
    """Links between the pages of a case; without points nothing is to be gained."""
    labels = {
        "my_case": _("总览"),
        "my_workbook": _("数据表"),
        "my_materials": _("证明材料"),
        "my_bindings": _("逐项佐证"),
        "my_score": _("条件与得分"),
        "my_what_if": _("得分测算"),
        "my_progress": _("进度与文书"),
    }
    return [
        {"label": label, "href": reverse(name, args=[number]), "current": name == page}
        for name, label in labels.items()
        if with_points or name != "my_what_if"
    ]


def notice_of_return(opened: OpenCase) -> Words | None:
    """The open return with links to where each point is put right."""
    if opened.request is None:
        return None
    return return_notice(opened.request, at=timezone.now(), address=lambda point: place_to_correct(opened, point))


def place_to_correct(opened: OpenCase, point: CorrectionPoint) -> str:
    """Page on which the applicant puts a point right."""
    number = opened.case.number
    if point.target == "evidence":
        return f"{reverse('my_materials', args=[number])}#evidence-{point.code}"
    if opened.rules.form is None:
        return reverse("my_workbook", args=[number])
    return place_on_form(opened.rules.form, number, point.target, point.code, point.year)


def reasons_with_places(opened: OpenCase, reasons: Iterable[Reason]) -> list[dict[str, str]]:
    """Reasons for the error summary, each with the address where it can be put right."""
    return [{"text": error["text"], "href": _href(opened, error["field"])} for error in as_errors(reasons)]


def _href(opened: OpenCase, place: str) -> str:
    number = opened.case.number
    if place == "workbook":
        return reverse("my_workbook", args=[number])
    if place.startswith("evidence-"):
        return f"{reverse('my_materials', args=[number])}#{place}"
    if place.startswith("point-"):
        return reverse("my_return", args=[number])
    return f"#id_{place}" if place else ""
