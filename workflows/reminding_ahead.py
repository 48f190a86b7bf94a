"""Words ahead of a last day that no clock of a case watches: a title that runs out, a draft whose window closes."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Max

from accreditation.acts import act
from accreditation.audit import chain_key
from accreditation.batch_words import BatchState
from accreditation.clocks import second_of
from accreditation.enums import ApplicationState, MemberState
from accreditation.errors import AlreadyDone
from accreditation.models import Application, AuditEvent, Batch, Title, User
from accreditation.services.renewals import remind_of_renewal, titles_to_renew
from accreditation.services.titles import concerned, remind_of_end, titles_running_out
from workflows.calendar import current_calendar
from workflows.tick import clock_person
from workflows.workdays import SHANGHAI

DAYS_OF_TITLE = 60
STEPS_OF_DRAFT = (1, 7)  # working days before the window closes, the last step first
REMIND_DRAFTS = "remind_drafts"


def remind_ahead(at: datetime, limit: int = 200) -> int:
    """Tell everybody concerned once of each day ahead; how many titles and batches were told of."""
    today = at.astimezone(SHANGHAI).date()
    titles = sum(_title(title, at) for title in titles_running_out(today, DAYS_OF_TITLE)[:limit])
    titles += sum(_renewal(title, at) for title in titles_to_renew(today)[:limit])
    open_batches = Batch.objects.filter(state=BatchState.OPEN, opens_at__lte=at, closes_at__gte=second_of(at))
    return titles + sum(_batch(batch, today, at) for batch in open_batches.order_by("pk"))


def _title(title: Title, at: datetime) -> bool:
    """False when another dispatcher was faster."""
    try:
        remind_of_end(title, days=DAYS_OF_TITLE, by=clock_person(), at=at)
    except AlreadyDone:
        return False
    return True


def _renewal(title: Title, at: datetime) -> bool:
    """False when another dispatcher was faster."""
    try:
        remind_of_renewal(title, concerned(title), by=clock_person(), at=at)
    except AlreadyDone:
        return False
    return True


def _batch(batch: Batch, today: date, at: datetime) -> bool:
    """Tell of the drafts of a batch where a step is due that nobody has told of."""
    left = current_calendar().left(today, batch.closes_at.astimezone(SHANGHAI).date())
    step = next((days for days in STEPS_OF_DRAFT if left <= days), None)
    drafts = Application.objects.filter(batch=batch, state=ApplicationState.DRAFT).select_related("case")
    if step is None or _is_told(batch, step) or not drafts.exists():
        return False
    with act(batch, REMIND_DRAFTS, by=clock_person(), at=at, acting_as="clock") as doing:
        told = [] if _is_told(batch, step) else list(drafts.order_by("pk"))  # another dispatcher may have been faster
        for draft in told:
            doing.tell(
                _people_of(draft), "draft_ahead", case_number=draft.case.number, left=left,
                closes_at=batch.closes_at.isoformat(),
            )  # fmt: skip
        doing.note(days=step, cases=[draft.case.number for draft in told])
    return bool(told)


def _is_told(batch: Batch, step: int) -> bool:
    """Since the window was last made longer, if it was: its new end is told of anew."""
    events = AuditEvent.objects.filter(chain=chain_key(batch))
    longer = events.filter(verb="prolong_window").aggregate(last=Max("seq"))["last"] or 0
    return events.filter(verb=REMIND_DRAFTS, content__days=step, seq__gt=longer).exists()


def _people_of(draft: Application) -> list[User]:
    """Whoever acts for the enterprise."""
    mine = User.objects.filter(
        is_active=True, memberships__enterprise=draft.enterprise_id, memberships__state=MemberState.ACTIVE
    )
    return list(mine.distinct())
