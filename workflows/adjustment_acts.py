"""A published notice is corrected by an adjustment notice of its own; each case that it touches moves by the door."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, fingerprint
from accreditation.clocks import is_past
from accreditation.enums import ApplicationState
from accreditation.errors import Denied, Reason, Refusal
from accreditation.models import Notice, NoticeAdjustment, NoticeEntry, User
from accreditation.permissions import has_power_over
from accreditation.roles import Power
from accreditation.services.adjustments import create_adjustment, last_moment
from accreditation.services.hearings import waiver_of
from workflows import door
from workflows.calendar import current_calendar
from workflows.procedures import procedure_of

CORRECT, TAKE_OFF = "correct_entry", "take_off_notice"
LEAST_BODY = 4


@transaction.atomic
def publish_adjustment(
    notice: Notice,
    corrected: Mapping[NoticeEntry, str],
    taken_off: Iterable[NoticeEntry],
    *,
    body: str,
    by: User,
    at: datetime,
    request_key: str | None = None,
) -> NoticeAdjustment:
    """Correct names and take entries off a running notice. Raises Replayed as `act` does, Refusal with all reasons."""
    off, batch = list(taken_off), notice.batch
    door.hold_cases(entry.application.case_id for entry in (*corrected, *off))
    said = fingerprint(notice.pk, [[row.pk, name] for row, name in corrected.items()], [row.pk for row in off], body)
    with act(
        notice, "adjust_notice", by=by, at=at, acting_as="publisher", request_key=request_key, request=said
    ) as doing:
        if not has_power_over(by, Power.PUBLISH, batch):
            raise Denied([Reason("not_publisher", _("只有发布人可以发布。"))])
        if reasons := list(_faults(notice, corrected, off, body, at)):
            raise Refusal(reasons)
        ends_at = current_calendar().due(at, batch.notice_days).at if batch.adjustment_restarts else None
        row = create_adjustment(notice, corrected, off, body=body, ends_at=ends_at, by=by, at=at)
        numbers = [entry.application.case.number for entry in (*corrected, *off)]
        doing.note(adjustment=row.number, cases=numbers, restarts=batch.adjustment_restarts)
        doing.reply(number=row.number)
    for entry, name in corrected.items():
        form = {"adjustment": row, "corrected": name}
        door.perform(entry.application.case, CORRECT, by=by, at=at, form=form)
    for entry in off:
        door.perform(entry.application.case, TAKE_OFF, by=by, at=at, form={"adjustment": row, "reasons": body})
    return row


def _faults(
    notice: Notice, corrected: Mapping[NoticeEntry, str], off: list[NoticeEntry], body: str, at: datetime
) -> Iterator[Reason]:
    if len(body.strip()) < LEAST_BODY:
        yield Reason("text_needed", _("请写明调整的理由。"), "body")
    if not corrected and not off:
        yield Reason("empty_list", _("请至少更正或撤下一家单位。"))
    for entry in corrected:
        yield from _faults_of_entry(notice, entry, at, is_waived=False)
    for entry in off:
        yield from _faults_of_entry(notice, entry, at, is_waived=waiver_of(entry.application) is not None)
    for entry, name in corrected.items():
        if not name.strip() or name == entry.enterprise_name:
            yield Reason("same_name", _("%(name)s：请填写更正后的名称。") % {"name": entry.enterprise_name})
        if entry in off:
            yield Reason("both", _("%(name)s：不能同时更正和撤下。") % {"name": entry.enterprise_name})


def _faults_of_entry(notice: Notice, entry: NoticeEntry, at: datetime, *, is_waived: bool) -> Iterator[Reason]:
    """A name is corrected while the notice runs; whoever asked for it is taken off after its end as well."""
    words = {"name": entry.enterprise_name}
    application = entry.application
    if entry.notice_id != notice.pk or application.state != ApplicationState.UNDER_NOTICE:
        yield Reason("not_listed", _("%(name)s：不在公示中。") % words)
        return
    if CORRECT not in procedure_of(application.case).verbs:
        yield Reason("no_adjustment", _("%(name)s：该件的办理程序没有公示调整。") % words)
    ends_at = last_moment(application)
    if (ends_at is None or is_past(ends_at, at)) and not is_waived:
        yield Reason("notice_over", _("%(name)s：公示期已满。") % words)
