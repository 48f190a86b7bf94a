"""Conditions of the verbs of a reconsideration; each yields every reason against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind, is_past
from accreditation.errors import Reason
from accreditation.models import Deadline, Reconsideration
from accreditation.reconsideration_words import (
    LEAST_TEXT,
    MOST_MORE_DAYS,
    MOST_MORE_DAYS_TO_SUPPLEMENT,
    UNDOING,
    YEARS_TO_FILE,
    DeclineGround,
    Outcome,
)
from accreditation.resting import Basis, basis, before_bases
from accreditation.services.reconsiderations import challenged_title, has_another_title
from workflows.certification import is_being_made
from workflows.challenged_acts import reasons_not_to_modify
from workflows.deadlines import running_of
from workflows.doing import Doing
from workflows.filing_days import counted_now, filed_on, late_days
from workflows.proceeding_guards import today
from workflows.reconsideration_who import outcome_of, reconsideration_of
from workflows.second_person import another_than_who_did
from workflows.workdays import SHANGHAI


def since_acceptance(doing: Doing) -> datetime:
    """From when on the days to decide run: one accepted by silence was accepted when the examination ended."""
    return reconsideration_of(doing).accepted_at or doing.at


def examination_is_not_over(doing: Doing) -> Iterable[Reason]:
    """What nothing was said on in time counts as accepted, also before the system has entered it."""
    clock = running_of(doing.case, DeadlineKind.RECONSIDERATION_EXAMINATION)
    if clock is not None and is_past(clock.due_at, doing.at):
        text = _("审查期限已于%(at)s届满，该申请已视为受理。")
        yield Reason("examination_over", text % {"at": _minute(clock)})


def decline_ground_fits(doing: Doing) -> Iterable[Reason]:
    """A condition of the law; lateness only of what came late."""
    ground = doing.form.get("decline_ground")
    if ground not in DeclineGround.values:
        yield Reason("decline_ground", _("请选择不符合的受理条件。"), "decline_ground")
    elif ground == DeclineGround.TIME and not _late_days(doing):
        yield Reason("not_late", _("该申请是在六十日内提出的。"), "decline_ground")
    elif ground == DeclineGround.TOO_OLD and not is_too_old(reconsideration_of(doing)):
        yield Reason("not_too_old", _("该申请是在行为作出之日起五年内提出的。"), "decline_ground")


def _late_days(doing: Doing) -> int:
    """How late it came: by the day that the form establishes, else by the service as it is on record now."""
    row, day = reconsideration_of(doing), doing.form.get("established_on")
    return late_days(day, filed_on(row)) if day else counted_now(row)[1]


def established_day_fits(doing: Doing) -> Iterable[Reason]:
    """A day on which the applicant knew of the act, with the reason; who is found late by it was asked why before."""
    day, why = doing.form.get("established_on"), str(doing.form.get("established_why") or "").strip()
    row = reconsideration_of(doing)
    if day is None:
        if why:
            yield Reason("established_on", _("请填写认定的日期，或者不填理由。"), "established_on")
        return
    if not row.told_by.dated <= day <= filed_on(row):
        yield Reason("established_on", _("认定的日期应在文书日期至申请之日之间。"), "established_on")
    if len(why) < LEAST_TEXT:
        short = _("请写明认定该日期的事实和证据，不少于 %(n)d 字。") % {"n": LEAST_TEXT}
        yield Reason("text_needed", short, "established_why")
    if _late_days(doing) and not row.late_reason and row.supplement_asked_at is None:
        unheard = _("按认定的日期，该申请逾期，而申请人没有机会说明理由；请先要求补正，由其说明逾期的理由。")
        yield Reason("lateness_unheard", unheard, "established_on")


def day_is_established_for_time(doing: Doing) -> Iterable[Reason]:
    """Declined for another ground, the day on which the applicant knew does not matter."""
    if doing.form.get("established_on") and doing.form.get("decline_ground") != DeclineGround.TIME:
        yield Reason("established_for_nothing", _("认定知道日期只用于以逾期为由不予受理。"), "established_on")


def is_too_old(row: Reconsideration) -> bool:
    """Whether it was filed after five years from the act, of which the letter bears the day (第二十一条)."""
    done_on = row.told_by.dated
    last = done_on.replace(day=28) if (done_on.month, done_on.day) == (2, 29) else done_on
    last = last.replace(year=done_on.year + YEARS_TO_FILE)
    return filed_on(row) > last


def act_is_not_too_old(doing: Doing) -> Iterable[Reason]:
    """What comes after five years is not accepted, whatever the reason for coming late."""
    if is_too_old(reconsideration_of(doing)):
        yield Reason("too_old", _("自行为作出之日起已超过五年，依法不予受理。"))


def supplement_is_not_asked_yet(doing: Doing) -> Iterable[Reason]:
    """Everything that lacks is told at once, so once."""
    if reconsideration_of(doing).supplement_asked_at is not None:
        yield Reason("asked_before", _("须补正的事项应当一次告知，已经要求补正过。"))


def may_be_asked(row: Reconsideration) -> bool:
    """Whether nothing was asked for yet."""
    return row.supplement_asked_at is None


def supplement_is_in_time(doing: Doing) -> Iterable[Reason]:
    """The last second of the due day counts; the clock's own act may come a little later."""
    clock = running_of(doing.case, DeadlineKind.RECONSIDERATION_SUPPLEMENT)
    if clock is not None and is_past(clock.due_at, doing.at):
        text = _("补正期限已于%(at)s届满。")
        yield Reason("supplement_late", text % {"at": _minute(clock)})


def supplement_can_be_prolonged(doing: Doing) -> Iterable[Reason]:
    """Once, before it ends, by no more than the limit."""
    days = doing.form.get("days")
    if reconsideration_of(doing).supplement_more_days:
        yield Reason("prolonged_before", _("补正期限只能延长一次。"))
    if not isinstance(days, int) or not 1 <= days <= MOST_MORE_DAYS_TO_SUPPLEMENT:
        text = _("延长的天数为 1 至 %(n)d 个工作日。") % {"n": MOST_MORE_DAYS_TO_SUPPLEMENT}
        yield Reason("days_needed", text, "days")


def may_be_prolonged(row: Reconsideration) -> bool:
    """Whether the time to supplement was not prolonged yet."""
    return not row.supplement_more_days


def _minute(clock: Deadline) -> str:
    return f"{clock.due_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def something_is_supplemented(doing: Doing) -> Iterable[Reason]:
    """Another text, or a paper added since the notice."""
    row = reconsideration_of(doing)
    same = all(str(doing.form.get(name) or "").strip() == getattr(row, name) for name in ("claim", "reasons"))
    added = doing.case.documents.filter(added_at__gte=row.supplement_asked_at)
    if same and not added.exists():
        yield Reason("nothing_new", _("尚未补正：请修改复议请求、事实和理由，或者先提交所缺的文件。"), "reasons")


def outcome_fits(doing: Doing) -> Iterable[Reason]:
    """An outcome of the law; only an order heavier than a warning is modified, and then to one."""
    outcome, row = doing.form.get("outcome"), reconsideration_of(doing)
    if outcome not in Outcome.values:
        yield Reason("unknown_outcome", _("请选择复议决定的种类。"), "outcome")
    if outcome == Outcome.MODIFIED:
        yield from reasons_not_to_modify(row.told_by, is_undone=bool(row.stayed_effect))


def title_can_come_back(doing: Doing) -> Iterable[Reason]:
    """What an annulled order took away comes back only where nothing else stands in its place.

    A title that nobody granted does not come back, whatever is decided on the order.
    """
    title = challenged_title(reconsideration_of(doing))
    if title is None or title.entered_wrongly or outcome_of(doing) not in UNDOING:
        return
    if has_another_title(title):
        yield Reason("another_title", _("该单位已另有同类有效称号，原称号不能恢复。"), "outcome")
    if is_being_made(title):
        yield Reason("certificate_pending", _("该称号的证书正在制发，请在发出后再作决定。"))


by_another_than_the_preparer = another_than_who_did(
    "propose_decision", _("拟定复议决定的人不能同时作出决定，须由另一人办理。")
)


def decision_is_dated(doing: Doing) -> Iterable[Reason]:
    """Numbered once, dated today or before, but not before what it decides on."""
    number, dated = str(doing.form.get("decision_number") or "").strip(), doing.form.get("decided_on")
    if not number:
        yield Reason("order_number", _("请填写文号。"), "decision_number")
    elif Reconsideration.objects.filter(decision_number=number).exists():
        yield Reason("number_taken", _("文号 %(no)s 已使用。") % {"no": number}, "decision_number")
    if dated is None or dated > today(doing):
        yield Reason("order_dated", _("决定日期不能晚于今天。"), "decided_on")
    else:
        yield from before_bases(dated, _bases(reconsideration_of(doing)), "decided_on")


def _bases(row: Reconsideration) -> Iterator[Basis]:
    """The act under challenge, the application and its acceptance."""
    yield from basis(_("被复议行为 %(no)s 的作出之日") % {"no": row.told_by.number}, row.told_by.dated)
    yield from basis(_("复议申请之日"), row.case.opened_at)
    yield from basis(_("受理复议申请之日"), row.accepted_at)


def days_are_within_the_law(doing: Doing) -> Iterable[Reason]:
    """Prolonged once, by at most 30 days."""
    days = doing.form.get("days")
    if reconsideration_of(doing).more_days:
        yield Reason("prolonged_before", _("复议期限只能延长一次。"))
    if not isinstance(days, int) or not 1 <= days <= MOST_MORE_DAYS:
        yield Reason("days_needed", _("延长的天数为 1 至 %(n)d 日。") % {"n": MOST_MORE_DAYS}, "days")


def is_not_stayed(doing: Doing) -> Iterable[Reason]:
    """Execution is stayed once, and only of an act that is carried out: a refused certificate is not."""
    yield from reasons_not_to_stay(reconsideration_of(doing))


def reasons_not_to_stay(row: Reconsideration) -> Iterable[Reason]:
    """The same of a reconsideration as it stands."""
    if row.challenged_id is None:
        yield Reason("nothing_to_stay", _("不予补发换发的答复没有可以停止执行的内容。"))
    if row.stayed_at is not None:
        yield Reason("stayed", _("已经决定停止执行。"))
