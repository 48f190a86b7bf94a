"""Due rows: the clock acts through the door like everybody else. Idempotent, killable, safe to run twice at once.

Each due row is its own transaction; a row taken by another dispatcher, or settled meanwhile, is passed over.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from django.db import transaction

from accreditation.batch_words import BatchState
from accreditation.clocks import DeadlineState, second_of
from accreditation.enums import NoticeState
from accreditation.errors import AlreadyDone, Refusal
from accreditation.models import Batch, Deadline, EvaluationRound, Notice, Title, User
from accreditation.selectors.run_out import titles_run_out
from accreditation.services.batches import close_batch
from accreditation.services.evaluation_rounds import list_late, rounds_to_list
from accreditation.services.notices import end_notice
from accreditation.services.reconsiderations import stays_of_execution
from accreditation.services.renewals import note_kept, titles_to_keep
from accreditation.services.titles import concerned, expire_title
from workflows import door
from workflows.certification import certificates_to_note
from workflows.deadlines import give_up
from workflows.proceeding_guards import CERTIFICATE_PENDING
from workflows.renewing import forget_pending, remark_pending, remarks_outdated
from workflows.workdays import SHANGHAI

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one run did."""

    fired: int = 0
    held_back: int = 0
    notices_ended: int = 0
    batches_closed: int = 0
    certificates_noted: int = 0
    titles_expired: int = 0
    late_listed: int = 0


def tick(at: datetime, limit: int = 200) -> Ticked:
    """Do everything that is due at `at`."""
    closed = sum(
        _close(batch, at) for batch in Batch.objects.filter(state=BatchState.OPEN, closes_at__lt=second_of(at))
    )
    late = sum(_list_late(round_, at) for round_ in rounds_to_list(at))
    ended = sum(
        _end(notice, at) for notice in Notice.objects.filter(state=NoticeState.PUBLISHED, ends_at__lt=second_of(at))
    )
    due = Deadline.objects.filter(state=DeadlineState.RUNNING, due_at__lt=second_of(at)).exclude(fires="")
    # An order whose execution is stayed waits for the decision, and takes effect by itself where that upholds it.
    due = due.exclude(fires="take_effect", case__in=stays_of_execution().values("challenged"))
    results = [_fire(deadline, at) for deadline in due.select_related("case").order_by("due_at", "pk")[:limit]]
    noted = sum(_note(at, number, case, form) for number, case, form in islice(certificates_to_note(), limit))
    today = at.astimezone(SHANGHAI).date()
    for title in titles_to_keep(today)[:limit]:
        _keep(title, today, at)
    expired = sum(_expire(title, today, at) for title in titles_run_out(today)[:limit])
    for title in remarks_outdated()[:limit]:
        forget_pending(title)
    return Ticked(results.count(True), results.count(False), ended, closed, noted, expired, late)


def clock_person() -> User:
    """The account under which the clock acts."""
    return User.objects.get(is_system=True)


def _fire(deadline: Deadline, at: datetime) -> bool | None:
    """True when the verb was done, False when the rules hold the case back, None when somebody else was faster.

    What waits for a certificate alone that is just being made is tried again with the next run.
    """
    try:
        door.perform(deadline.case, deadline.fires, by=clock_person(), at=at)
    except AlreadyDone:
        return None
    except Refusal as refusal:
        log.info("%s %s held back: %s", deadline.case.number, deadline.fires, refusal)
        if {reason.code for reason in refusal.reasons} != {CERTIFICATE_PENDING}:
            give_up(deadline, at=at)
        return False
    return True


def _end(notice: Notice, at: datetime) -> bool:
    """False when another dispatcher ended it first."""
    try:
        end_notice(notice, by=clock_person(), at=at)
    except AlreadyDone:
        return False
    return True


def _expire(title: Title, today: date, at: datetime) -> bool:
    """False when another dispatcher entered it first."""
    try:
        return expire_title(title, on=today, by=clock_person(), at=at)
    except AlreadyDone:
        return False


def _keep(title: Title, today: date, at: datetime) -> None:
    """Its renewal was filed in time and is undecided; nothing where another dispatcher entered it first."""
    with suppress(AlreadyDone), transaction.atomic():
        note_kept(title, concerned(title), on=today, by=clock_person(), at=at)
        remark_pending(title, at=at)


def _close(batch: Batch, at: datetime) -> bool:
    """False when another dispatcher closed it first."""
    try:
        close_batch(batch, by=clock_person(), at=at)
    except AlreadyDone:
        return False
    return True


def _list_late(round_: EvaluationRound, at: datetime) -> int:
    """How many; none when another dispatcher listed them first."""
    try:
        return list_late(round_, by=clock_person(), at=at)
    except AlreadyDone:
        return 0


def _note(at: datetime, number: str, case_number: str, form: dict[str, str]) -> bool:
    key = f"certify:{number}:{case_number}"  # a renewed title keeps the number of its certificate
    try:
        door.perform(case_number, "certify", by=clock_person(), at=at, form=form, request_key=key)
    except Refusal as refusal:
        log.warning("certificate %s not noted: %s", number, refusal)
        return False
    return True
