"""Who may take away the whole file of a case: the office, the auditor, and who answers or decides a challenge of it.

Who must answer or decide a challenge takes the file of the case under challenge; the file of the challenge itself, in
which is also what was put forward for decision, is for who decides and for the auditor alone, not for the office.
"""

from __future__ import annotations

from datetime import datetime

from accreditation.errors import NotFound
from accreditation.models import Case, Reconsideration, User
from accreditation.models.cases import CaseSubject
from accreditation.models.reconsiderations import DROPPED
from accreditation.permissions import has_any_power
from accreditation.roles import Power
from accreditation.visibility import case_for
from workflows.reconsideration_who import may_answer, may_decide

COPIERS = (Power.AUDIT, Power.CHECK_COMPLETENESS)


def dossier_for(user: User, number: str, *, at: datetime) -> Case:
    """The case whose file the person may take; NotFound for all others."""
    is_challenge = Reconsideration.objects.filter(case__number=number).exists()
    if has_any_power(user, (Power.AUDIT,) if is_challenge else COPIERS):
        return case_for(user, number)
    case = Case.objects.filter(number=number).select_related("application__batch__programme", "enterprise").first()
    if case is None or not _is_of_challenge(user, case, at):
        raise NotFound(number)
    return case


def dossiers_beside(user: User, subject: CaseSubject, *, at: datetime) -> list[str]:
    """Numbers of the cases whose file the page of a matter offers: its own, and that of the case it challenges."""
    row = subject if isinstance(subject, Reconsideration) else None
    numbers = [subject.case.number, *([row.challenged.number] if row is not None and row.challenged else [])]
    return [number for number in numbers if _may_take(user, number, at)]


def _may_take(user: User, number: str, at: datetime) -> bool:
    try:
        dossier_for(user, number, at=at)
    except NotFound:
        return False
    return True


def _is_of_challenge(user: User, case: Case, at: datetime) -> bool:
    """Whether the person decides on the challenge that the case is, or answers or decides one of what it decided."""
    rows = Reconsideration.objects.select_related("case", "challenged", "letter", "reissue_letter")
    if any(may_decide(user, row) for row in rows.filter(case=case)):
        return True
    standing = rows.filter(challenged=case).exclude(state__in=DROPPED)
    return any(may_decide(user, row) or may_answer(user, row, at) for row in standing)
