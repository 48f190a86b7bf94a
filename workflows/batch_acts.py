"""Acts over a batch, the legal unit: minutes adopted, list published, result announced; each case moves by the door."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, fingerprint
from accreditation.batch_words import BatchState
from accreditation.clocks import is_past
from accreditation.enums import ApplicationState, Choice, MeetingState
from accreditation.errors import Reason, Refusal
from accreditation.models import Announcement, Application, Batch, Meeting, Notice, User
from accreditation.permissions import has_power_over
from accreditation.resting import Basis, bases_of_result, basis, out_of_bounds
from accreditation.roles import Power
from accreditation.services import meetings, notices
from workflows import door, evaluation_acts
from workflows.calendar import current_calendar

TO_PUBLISH = (ApplicationState.PROPOSED, ApplicationState.RESULT_ADOPTED)
TO_ANNOUNCE = (ApplicationState.NOTICE_COMPLETED, ApplicationState.AWAITING_ANNOUNCEMENT)
VERB_OF_OUTCOME = {Choice.RECOGNISE: "propose", Choice.REFUSE: "refuse", Choice.POSTPONE: "postpone"}


@transaction.atomic
def sign_minutes(meeting: Meeting, *, sha256: str, by: User, at: datetime) -> Meeting:
    """Sign the minutes; with the second signature every case that the meeting decided moves, all or none."""
    door.hold_cases(meeting.items.values_list("application__case_id", flat=True))
    row = meetings.sign_minutes(meeting, sha256=sha256, by=by, at=at)
    if row.state == MeetingState.ADOPTED:
        decided = row.items.filter(adjourned_at__isnull=True).select_related("application__case", "meeting")
        for item in decided.order_by("application__case_id"):
            decision = meetings.decide(item, at=at)
            verb = VERB_OF_OUTCOME[Choice(item.outcome)]
            door.perform(item.application.case, verb, by=by, at=at, form={"decision": decision})
    return row


@transaction.atomic
def publish_notice(
    batch: Batch,
    applications: Iterable[Application],
    *,
    body: str,
    by: User,
    at: datetime,
    request_key: str | None = None,
) -> Notice:
    """Publish the list of proposed recognitions; its working days run from tomorrow. Raises Replayed as `act` does."""
    listed = sorted(applications, key=lambda application: application.case_id)
    door.hold_cases(application.case_id for application in listed)
    due = current_calendar().due(at, batch.notice_days)
    said = fingerprint(batch.pk, [row.pk for row in listed], body)
    with act(
        batch, "publish_notice", by=by, at=at, acting_as="publisher", request_key=request_key, request=said
    ) as doing:
        _check(batch, listed, TO_PUBLISH, by)
        notice = notices.create_notice(
            batch, listed, body=body, ends_at=due.at, is_provisional=due.is_provisional, by=by, at=at
        )
        doing.note(notice=notice.number, ends_at=due.at.isoformat(), cases=[a.case.number for a in listed])
        doing.reply(number=notice.number)
    for application in listed:
        door.perform(application.case, "publish_notice", by=by, at=at, form={"notice": notice})
    return notice


@transaction.atomic
def announce(
    batch: Batch,
    applications: Iterable[Application],
    *,
    number: str,
    dated: date,
    body: str,
    by: User,
    at: datetime,
    request_key: str | None = None,
) -> Announcement:
    """Announce the recognitions under a document number; titles take effect from its date. Raises Replayed as `act`."""
    listed = sorted(applications, key=lambda application: application.case_id)
    door.hold_cases(application.case_id for application in listed)
    said = fingerprint(batch.pk, [row.pk for row in listed], number, dated, body)
    with act(batch, "announce", by=by, at=at, acting_as="publisher", request_key=request_key, request=said) as doing:
        _check(batch, listed, TO_ANNOUNCE, by, may_be_empty=evaluation_acts.is_late_list_alone(batch))
        if reasons := list(out_of_bounds(dated, _bases(batch, listed), "dated", at=at)):
            raise Refusal(reasons)
        if Announcement.objects.filter(number=number).exists():
            raise Refusal([Reason("number_taken", _("文号 %(no)s 已使用。") % {"no": number}, "number")])
        announcement = notices.create_announcement(batch, number=number, dated=dated, body=body, by=by, at=at)
        row = doing.chain
        assert isinstance(row, Batch)
        before = row.state
        if before != BatchState.ANNOUNCED and is_past(row.closes_at, at):
            row.announce()
            row.save()
        doing.moved(before, row.state)
        doing.note(announcement=number, dated=dated.isoformat(), cases=[a.case.number for a in listed])
        doing.reply(number=number)
    for application in listed:
        door.perform(application.case, "announce", by=by, at=at, form={"announcement": announcement})
    if batch.is_evaluation:
        evaluation_acts.conclude(batch, announcement, at=at)
    return announcement


def _bases(batch: Batch, listed: Iterable[Application]) -> Iterator[Basis]:
    """What the announcement publishes: adopted results whose notice is over, and whoever is in the late list."""
    yield from bases_of_result(listed)
    if batch.is_evaluation:
        yield from basis(_("逾期未报送名单的列出之日"), evaluation_acts.late_list_since(batch))


def _check(
    batch: Batch, listed: list[Application], states: Collection[str], by: User, *, may_be_empty: bool = False
) -> None:
    reasons = list(_faults(batch, listed, states, by, may_be_empty))
    if reasons:
        raise Refusal(reasons)


def _faults(
    batch: Batch, listed: list[Application], states: Collection[str], by: User, may_be_empty: bool
) -> Iterator[Reason]:
    if not has_power_over(by, Power.PUBLISH, batch):
        yield Reason("not_publisher", _("只有发布人可以发布。"))
    if not listed and not may_be_empty:
        yield Reason("empty_list", _("名单中没有申报件。"))
    for application in listed:
        if application.batch_id != batch.pk:
            yield Reason("other_batch", _("%(no)s 不属于本批次。") % {"no": application.case.number})
        if application.state not in states:
            values = {"no": application.case.number, "state": ApplicationState(application.state).label}
            yield Reason("wrong_state", _("%(no)s 当前为“%(state)s”。") % values)
