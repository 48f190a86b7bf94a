"""Proposals to put a case before the committee again: kept, stated on, answered, found; cases move by the door."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef

from accreditation.clocks import DeadlineState, is_past
from accreditation.enums import ApplicationState
from accreditation.models import Application, Deadline, Decision, Reopening, ReopeningStatement, StoredFile, User
from accreditation.models.reopenings import ReopeningAnswer
from accreditation.services.second_answers import keep_answer, lender_of, plain

OPEN = (DeadlineState.RUNNING, DeadlineState.PAUSED)


def propose(
    application: Application, *, ground: str, facts: str, file: StoredFile, file_name: str, clock: Deadline, by: User,
    at: datetime, why_again: str = "",
) -> Reopening:  # fmt: skip
    """A new proposal of that person, or of the one whose power is lent by the last check."""
    return Reopening.objects.create(
        application=application, decision=application.decision or _set_aside(application), ground=ground, facts=facts,
        file=file, file_name=file_name[:200], why_again=why_again, clock=clock, proposed_by=by,
        proposed_for_id=lender_of(by), proposed_at=at,
    )  # fmt: skip


def _set_aside(application: Application) -> Decision:
    """What the minutes said before the application was sent back."""
    rows = application.reopenings.filter(answer=ReopeningAnswer.RETURNED).select_related("decision")
    return rows.latest("pk").decision


def waiting(application: Application) -> Reopening | None:
    """The proposal about this application that nobody has answered, with its clock."""
    rows = application.reopenings.filter(answer="")
    return rows.select_related("clock", "file", "proposed_by", "proposed_for").first()


def waits(application: str) -> Exists:
    """Whether one waits; of an outer row that has the application at that field."""
    return Exists(Reopening.objects.filter(application=OuterRef(application), answer=""))


def waiting_among(applications: Iterable[Application]) -> set[int]:
    """Keys of those of the applications of which a proposal waits; one statement."""
    rows = Reopening.objects.filter(application__in=list(applications), answer="")
    return set(rows.values_list("application_id", flat=True))


def reopenings_of(application: Application) -> list[Reopening]:
    """Every proposal about the application, the newest first."""
    rows = application.reopenings.select_related("clock", "file", "proposed_by", "answered_by", "revised_score")
    return list(rows.order_by("-proposed_at", "-pk"))


def is_before_committee_again(application: Application) -> bool:
    """Whether it was sent back to the committee and no meeting has decided on it since; one statement where it is."""
    if application.state != ApplicationState.UNDER_OVERALL_REVIEW:
        return False
    later = Decision.objects.filter(application=OuterRef("application"), pk__gt=OuterRef("decision"))
    return application.reopenings.filter(~Exists(later), answer=ReopeningAnswer.RETURNED).exists()


def came_back(application: Application) -> bool:
    """Whether the committee has it since it was sent back, even if it postponed it meanwhile; one statement there."""
    if application.state != ApplicationState.UNDER_OVERALL_REVIEW:
        return False
    return application.reopenings.filter(answer=ReopeningAnswer.RETURNED).exists()


def dropped_facts(application: Application) -> set[str]:
    """Facts on which a second officer did not want this application reopened, without their blanks."""
    rows = application.reopenings.filter(answer=ReopeningAnswer.DROPPED)
    return {plain(facts) for facts in rows.values_list("facts", flat=True)}


def times_taken_back(application: Application, facts: str) -> int:
    """How often the same facts were put forward about this application and taken back, whatever their blanks."""
    rows = application.reopenings.filter(answer=ReopeningAnswer.WITHDRAWN)
    return [plain(said) for said in rows.values_list("facts", flat=True)].count(plain(facts))


def may_state(row: Reopening, at: datetime) -> bool:
    """Whether the applicant may still say something: a statement leaves it the rest of its days."""
    return not row.answer and row.clock.state in OPEN and not is_past(row.clock.due_at, at)


def is_heard(row: Reopening, at: datetime) -> bool:
    """Whether it may be decided: the days of the applicant are over, or it gave up the rest in words."""
    return row.rest_waived_at is not None or is_past(row.clock.due_at, at)


def state(
    row: Reopening, *, text: str, by: User, at: datetime, file: StoredFile | None = None, file_name: str = "",
    gives_up_rest: bool = False,
) -> None:  # fmt: skip
    """What the applicant says to it, beside what it said before; `gives_up_rest`: and that it needs no more time."""
    ReopeningStatement.objects.create(
        reopening=row, text=text, file=file, file_name=file_name[:200], stated_by=by, stated_at=at
    )
    row.stated_at = row.stated_at or at
    row.rest_waived_at = at if gives_up_rest else None
    row.save(update_fields=["stated_at", "rest_waived_at"])


def statements_of(row: Reopening) -> list[ReopeningStatement]:
    """Everything that the applicant said, the first statement first."""
    return list(row.statements.select_related("stated_by", "file"))


def answer(row: Reopening, said: ReopeningAnswer, *, reason: str, by: User, at: datetime) -> None:
    """A second officer's answer with its reason."""
    keep_answer(row, said, reason=reason, by=by, at=at)


def overtake(application: Application, *, by: User, at: datetime) -> None:
    """What waits about an application that ends otherwise is answered with its end."""
    for row in application.reopenings.select_for_update().filter(answer=""):
        keep_answer(row, ReopeningAnswer.OVERTAKEN, by=by, at=at)
