"""What applicants see: their cases with clocks, certificates, batches that they may still enter, one case of theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from accreditation.batch_words import BatchState
from accreditation.clocks import OWN_GOALS, DeadlineKind, DeadlineState, second_of
from accreditation.enums import APPLICATION_STATES, ApplicationState, Owner
from accreditation.errors import NotFound, Reason
from accreditation.models import (
    Application,
    Batch,
    Case,
    CorrectionRequest,
    Deadline,
    Enterprise,
    Letter,
    Submission,
    Title,
    WorkbookUpload,
)
from accreditation.permissions import Person
from accreditation.services.reviews import open_correction
from accreditation.services.rule_sets import rules_of
from accreditation.visibility import View, application_of, case_for, enterprises_of, view_of, visible_cases
from certificates.models import Certificate
from certificates.selectors import newest_versions
from criteria.ruleset import RuleSet
from workflows.calendar import current_calendar
from workflows.certification import newest_certificate_of_title, request_key_of
from workflows.entering import faults_of_entering, open_elsewhere, renewed_in
from workflows.presentation.cases import clock_words
from workflows.presentation.words import Words
from workflows.selectors.hearings import awaited_of
from workflows.workdays import SHANGHAI, WorkCalendar


@dataclass(frozen=True, slots=True)
class OwnCase:
    """A case in a list: the row, its application, the clock that the applicant has to mind (as `deadline` takes it)."""

    case: Case
    application: Application
    clock: Words | None
    objection: str = ""  # number of the objection on which the applicant is asked for a statement

    @property
    def is_mine_to_act(self) -> bool:
        """Whether the next step is the applicant's."""
        is_owner = APPLICATION_STATES[ApplicationState(self.application.state)].owner is Owner.APPLICANT
        return is_owner or bool(self.objection)


def own_case(user: Person, number: str) -> tuple[Case, Application]:
    """A case of an enterprise for which the person acts, with its application; NotFound for anybody else."""
    case = case_for(user, number)
    if view_of(user, case) != View.APPLICANT:
        raise NotFound(number)
    return case, application_of(case)


def own_cases(user: Person, *, at: datetime) -> list[OwnCase]:
    """All cases of the person's enterprises, those to act on first, then the newest."""
    enterprises = enterprises_of(user)
    rows = (
        visible_cases(user)
        .filter(enterprise__in=enterprises, application__isnull=False)
        .select_related("enterprise", "batch__programme", "batch__authority")
        .select_related("application__batch__authority", "application__forwarder")
        .order_by("-opened_at", "-pk")
        .distinct()
    )
    calendar = current_calendar()
    clocks = _clocks(rows, at, calendar)
    asked = awaited_of(rows)
    found = [
        OwnCase(
            case, case.application, clocks.get(case.pk) or _window(case, at, calendar),
            asked[case.pk].objection.number if case.pk in asked else "",
        )
        for case in rows
    ]  # fmt: skip
    return sorted(found, key=lambda row: not row.is_mine_to_act)


def _clocks(cases: Iterable[Case], at: datetime, calendar: WorkCalendar) -> dict[int, Words]:
    running = Deadline.objects.filter(case__in=[case.pk for case in cases], state=DeadlineState.RUNNING)
    latest_first = running.exclude(kind__in=(DeadlineKind.FIGURE_CHECK, *OWN_GOALS)).order_by("-due_at")
    beside = running.filter(kind=DeadlineKind.OBJECTION_STATEMENT).order_by("-due_at")  # the applicant minds it first
    return {clock.case_id: clock_words(clock, at=at, calendar=calendar) for clock in (*latest_first, *beside)}


def _window(case: Case, at: datetime, calendar: WorkCalendar) -> Words | None:
    """A draft has to be filed before the batch closes."""
    if case.state != ApplicationState.DRAFT or case.batch is None or case.batch.state == BatchState.CALLED_OFF:
        return None
    return window_of(case.batch, at=at, calendar=calendar)


def window_of(batch: Batch, *, at: datetime, calendar: WorkCalendar) -> Words:
    """The end of a batch's window as a clock."""
    today, last = (moment.astimezone(SHANGHAI).date() for moment in (at, batch.closes_at))
    left = calendar.left(today, last)
    return {"due": batch.closes_at, "left": left, "provisional": False}


def own_certificates(user: Person) -> list[tuple[Title, Case | None, Certificate | None]]:
    """Titles that the person's enterprises were granted here, each with its case and certificate.

    Those that passed to them from another holder follow, without a case.
    """
    enterprises = enterprises_of(user)
    rows = (
        Application.objects.filter(
            enterprise__in=enterprises, title__holder=F("enterprise"), title__granted_above__isnull=True
        )
        .select_related("title__programme", "title__holder", "case")
        .order_by("-title__granted_on", "-pk")
    )
    newest_case: dict[Title, Case] = {}  # of a title that was evaluated the last case
    for row in rows:
        if row.title is not None and (row.title not in newest_case or newest_case[row.title].pk < row.case_id):
            newest_case[row.title] = row.case
    titles: list[tuple[Title, Case | None]] = list(newest_case.items())
    held = Title.objects.filter(holder__in=enterprises).exclude(pk__in=[title.pk for title, _case in titles])
    others = list(held.select_related("programme", "holder").order_by("-granted_on", "-pk"))
    keys = [request_key_of(title) for title in [*others, *(title for title, _case in titles)]]
    issued = {row.request_key: row for row in Certificate.objects.filter(request_key__in=keys)}
    titles += [(title, None) for title in others if request_key_of(title) in issued]
    newest = newest_versions(row.number for row in issued.values())
    found = [(title, case, issued.get(request_key_of(title))) for title, case in titles]
    return [(title, case, newest.get(first.number, first) if first else None) for title, case, first in found]


def certificate_of_own_title(user: Person, number: str) -> Certificate:
    """The issued certificate of a title that the person's enterprise holds; NotFound for anybody else's."""
    title = Title.objects.filter(holder__in=enterprises_of(user), number=number).first()
    found = newest_certificate_of_title(title) if title is not None else None
    if found is None or not found.sha256:
        raise NotFound(number)
    return found


def certificate_of(application: Application) -> Certificate | None:
    """The issued certificate of the title that an application led to."""
    if application.title is None or application.title.holder_id != application.enterprise_id:
        return None
    found = newest_certificate_of_title(application.title)
    return found if found is not None and found.sha256 else None


def open_batches(at: datetime) -> list[Batch]:
    """Batches that take applications now, the one that closes first at the top."""
    rows = Batch.objects.filter(state=BatchState.OPEN, opens_at__lte=at, closes_at__gte=second_of(at))
    return list(rows.select_related("programme__granted_by", "rule_set", "authority").order_by("closes_at"))


def asks_product(at: datetime) -> bool:
    """Whether a batch that takes applications now is one of a product's title."""
    return any(batch.programme.is_of_product for batch in open_batches(at))


def own_enterprises(user: Person) -> list[Enterprise]:
    """Enterprises for which the person acts or has asked to act."""
    return list(enterprises_of(user).order_by("name"))


def entries(user: Person, batch: Batch, at: datetime) -> list[tuple[Enterprise, list[Reason]]]:
    """Enterprises of the person, each with why it may not enter the batch; of a product's title before it is named."""
    return [(row, list(faults_of_entering(row, batch, at))) for row in own_enterprises(user)]


def renewed_here(user: Person, batch: Batch, at: datetime) -> list[Title]:
    """Titles of the person's enterprises that an application in the batch would renew now."""
    found = (renewed_in(row, batch, at) for row in own_enterprises(user))
    return [title for title in found if title is not None]


def open_beside(user: Person, batch: Batch, at: datetime) -> list[Application]:
    """Applications of the person's enterprises for the same title that are still open in other batches."""
    found = (open_elsewhere(row, batch, at) for row in own_enterprises(user))
    return [row for row in found if row is not None]


def uploads_of(application: Application) -> list[WorkbookUpload]:
    """Readings of the workbook, newest first; their facts, perhaps some MB each, stay where they are."""
    rows = application.uploads.select_related("uploaded_by", "file", "application__case").defer("facts")
    return list(rows.order_by("-number"))


def letters_of(case: Case) -> list[Letter]:
    """Letters of a case, newest first."""
    return list(case.letters.all())


def letter_of(case: Case, kind: str) -> Letter | None:
    """The newest letter of a kind."""
    return case.letters.filter(kind=kind).first()


def submission_of(application: Application) -> Submission:
    """The version that counts; NotFound before the first."""
    if application.current is None:
        raise NotFound(str(application))
    return application.current


def correction_of(application: Application) -> CorrectionRequest:
    """The return that waits for an answer; NotFound when there is none."""
    request = open_correction(application)
    if request is None or application.state != ApplicationState.RETURNED:
        raise NotFound(str(application))
    return request


def rules_of_batch(batch: Batch) -> RuleSet:
    """The rules that a batch pinned."""
    return rules_of(batch)


def rules_for(application: Application) -> RuleSet:
    """The rules that the application's batch pinned."""
    return rules_of(application.batch)
