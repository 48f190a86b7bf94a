"""Checks of figures by a third party as the office, the verifying body and the applicant find them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accreditation.clocks import DeadlineKind, DeadlineState
from accreditation.errors import NotFound
from accreditation.figure_check_words import HANDED_IN, UNSETTLED, WORKING, FindingResult
from accreditation.models import (
    Application,
    Batch,
    Case,
    Deadline,
    Evidence,
    FigureCheck,
    FigureCheckPlan,
    FigureFinding,
    User,
)
from accreditation.permissions import districts_of
from accreditation.roles import Power
from accreditation.services import figure_checks, figure_plans
from accreditation.services.figure_checks import Key
from accreditation.visibility import CHECKABLE
from criteria.facts import Scalar
from workflows.procedures import PROCEDURES
from workflows.selectors import batch_desk

COMMISSION = "commission_figure_check"


@dataclass(frozen=True, slots=True)
class Asked:
    """One case of a batch: whether the plan has it verified, the newest check, whether a body may be commissioned."""

    application: Application
    is_asked: bool
    check: FigureCheck | None

    @property
    def may_begin(self) -> bool:
        """Whether the case stands where it can be verified, and no check is under way."""
        is_free = self.check is None or self.check.state not in UNSETTLED
        return self.application.state in CHECKABLE and is_free


def may_verify(batch: Batch) -> bool:
    """Whether the procedure of the batch knows the verification."""
    procedure = PROCEDURES.get(batch.procedure)
    return procedure is not None and COMMISSION in procedure.verbs


def batch_with_checks(code: str) -> Batch:
    """A batch whose procedure knows the verification; NotFound for any other."""
    row = batch_desk.batch(code)
    if not may_verify(row):
        raise NotFound(code)
    return row


def asked_of(batch: Batch, plan: FigureCheckPlan | None) -> list[Asked]:
    """Every application that is or may be verified, by number; two queries whatever the size."""
    rows = batch.applications.filter(Q(state__in=CHECKABLE) | Q(figure_checks__isnull=False)).distinct()
    found = rows.select_related("case", "enterprise", "batch").order_by("case__number")
    checks = FigureCheck.objects.filter(application__batch=batch).select_related("body").order_by("pk")
    newest = {check.application_id: check for check in checks}
    return [Asked(row, figure_plans.asks_for(plan, row.case.number), newest.get(row.pk)) for row in found]


def commissionable(asked: Iterable[Asked]) -> list[Application]:
    """Applications for which a body may be commissioned now."""
    return [row.application for row in asked if row.may_begin]


def own_checks(user: User) -> QuerySet[FigureCheck]:
    """Checks that wait for the person's body, the oldest first."""
    rows = _of_body(user).filter(state__in=WORKING, application__state__in=CHECKABLE)
    return rows.order_by("commissioned_at", "pk")


def past_checks(user: User) -> QuerySet[FigureCheck]:
    """Checks that the person's body has handed in, the newest first."""
    return _of_body(user).filter(state__in=HANDED_IN).order_by("-handed_in_at", "-pk")


def _of_body(user: User) -> QuerySet[FigureCheck]:
    here = districts_of(user, Power.VERIFY_FIGURES)
    rows = FigureCheck.objects.filter(body__district__in=here)
    return rows.select_related("application__case", "application__enterprise", "application__batch__programme", "body")


def own_check(user: User, case: Case) -> FigureCheck:
    """The check of a case that the person was allowed to see; NotFound when there is none for the person's body."""
    found = own_checks(user).filter(application__case=case).first()
    if found is None:
        raise NotFound(case.number)
    return found


def own_report(user: User, pk: int) -> FigureCheck:
    """A report that the person's body handed in; NotFound for any other."""
    found = past_checks(user).select_related("report").filter(pk=pk).first()
    if found is None:
        raise NotFound(str(pk))
    return found


def report_of(case: Case, pk: int) -> FigureCheck:
    """A report on a case that the person was allowed to see."""
    rows = FigureCheck.objects.select_related("report").filter(application__case=case, state__in=HANDED_IN)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(str(pk))
    return found


def shown_check(application: Application) -> FigureCheck | None:
    """The check that pages of a case tell of: the newest."""
    return figure_checks.last_check(application)


def findings_of(check: FigureCheck) -> dict[Key, FigureFinding]:
    """What was found, by figure."""
    rows = check.findings.select_related("evidence__file", "verified")
    return {(row.code, row.year): row for row in rows}


def figures_of(check: FigureCheck) -> dict[Key, Scalar]:
    """Figures of the checked version, in the order of the form."""
    return dict(figure_checks.figures_to_check(check.application, check.submission))


def difference_of(application: Application, pk: int) -> FigureFinding:
    """One difference of a check of the case, settled ones too: a form sent twice names it once more; or NotFound."""
    rows = FigureFinding.objects.filter(figure_check__application=application, result=FindingResult.DIFFERS)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(str(pk))
    return found


def files_of(application: Application) -> QuerySet[Evidence]:
    """Evidence that a finding can name."""
    return application.evidence.filter(removed_at__isnull=True).order_by("pk")


def answer_clock(case: Case) -> Deadline | None:
    """The clock of the applicant's answers, while it runs."""
    return case.deadlines.filter(kind=DeadlineKind.FIGURE_ANSWER, state=DeadlineState.RUNNING).first()


def check_clock(case: Case) -> Deadline | None:
    """The clock of the verifying body, while it runs."""
    return case.deadlines.filter(kind=DeadlineKind.FIGURE_CHECK, state=DeadlineState.RUNNING).first()
