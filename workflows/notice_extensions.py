"""An objection extends the notice of its own case: by what its handling took, or by days that the office names.

No source read so far says whether it does; the rule set of the batch says it, and where it is silent handling extends
nothing. Days are only ever added.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import is_past
from accreditation.errors import Reason
from accreditation.models import Objection
from accreditation.notice_words import ExtensionGround
from accreditation.services import hearings
from accreditation.services.notice_ends import end_of_notice, extensions_of, keep_extension, notice_clock
from workflows import deadlines, guards, records
from workflows.doing import Doing
from workflows.workdays import SHANGHAI, WorkCalendar


def objection_is_of_case(doing: Doing) -> Iterable[Reason]:
    """What extends the notice is an objection that was raised in it, settled or not; not one of a former notice."""
    objection, application = doing.form.get("objection"), doing.application
    raised = application.objections.filter(notice=application.notice_id)
    if objection is None or not raised.filter(pk=objection.pk).exists():
        yield Reason("no_objection", _("本件没有这一异议。"))


def days_reach_beyond_today(doing: Doing) -> Iterable[Reason]:
    """Days are added, and the new end still lies ahead."""
    days = doing.form.get("days")
    if not isinstance(days, int) or days < 1:
        yield Reason("days_needed", _("请填写延长的工作日数（至少 1 天）。"), "days")
        return
    clock = notice_clock(doing.application)
    if deadlines.due_of(clock, doing.calendar, more=days).at <= doing.at:
        yield Reason("extension_too_short", _("按所填天数，公示期仍在今日之前届满，请延长更多天数。"), "days")


def extend_by_name(doing: Doing) -> None:
    """Form: objection, days, reason."""
    _extend(doing, doing.form["objection"], ExtensionGround.NAMED, doing.form["days"], doing.form["reason"].strip())


def dismiss(doing: Doing) -> None:
    """Form: objection, reasons. The notice runs on by the handling, as the rules say; else it may be all over."""
    was_over = is_past(end_of_notice(doing.application), doing.at)
    records.settle_objection(is_upheld=False)(doing)
    days = _days_for_handling(doing, was_over=was_over)
    if days:
        _extend(doing, doing.form["objection"], ExtensionGround.HANDLING, days)
    is_over = is_past(end_of_notice(doing.application), doing.at)
    is_held = bool(list(guards.no_open_objection(doing))) or hearings.waiver_of(doing.application) is not None
    doing.arguments["is_over"] = is_over and not is_held


def _extend(doing: Doing, objection: Objection, ground: ExtensionGround, days: int, reason: str = "") -> None:
    """The reason is kept beside the objection alone: clock and trail of the case are read by more than may read it."""
    keep_extension(objection, ground=ground, working_days=days, reason=reason, by=doing.by, at=doing.at)
    clock = notice_clock(doing.application)
    due = deadlines.extend(clock, days, remark=str(ground.label), calendar=doing.calendar, at=doing.at)
    doing.act.note(
        objection=objection.number,
        extension=ground.value,
        extension_days=days,
        due_notice=due.at.isoformat(),
        provisional_notice=due.is_provisional,
    )


def _days_for_handling(doing: Doing, *, was_over: bool) -> int:
    """Working days that the handling adds now: all that it took, within the limit, without the days added before."""
    batch, objection = doing.batch, doing.form["objection"]
    most = batch.objection_extension_days if was_over else batch.early_objection_extension_days
    given = extensions_of(doing.application)
    handled = [row for row in given if row.ground == ExtensionGround.HANDLING]
    counted = {row.objection_id: row.objection for row in handled} | {objection.pk: objection}
    spans = [(row.raised_at, row.settled_at or doing.at) for row in counted.values()]
    granted = sum(row.working_days for row in given)
    return max(min(working_days_of(spans, doing.calendar), most) - granted, 0)


def working_days_of(spans: Iterable[tuple[datetime, datetime]], calendar: WorkCalendar) -> int:
    """Working days after the day of a beginning up to that of its end; a day in several spans counts once."""
    days = set()
    for start, end in spans:
        first, last = (moment.astimezone(SHANGHAI).date() for moment in (start, end))
        days |= {first + timedelta(days=n) for n in range(1, (last - first).days + 1)}
    return sum(map(calendar.is_working, days))
