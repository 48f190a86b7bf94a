"""Conditions of the verbs of a proceeding over a title; each yields every reason against it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from accreditation.clocks import DeadlineKind
from accreditation.enums import ProceedingKind, ProceedingState, TitleState
from accreditation.errors import Reason
from accreditation.grounds import grounds_for
from accreditation.models import Deadline, Proceeding
from accreditation.resting import Basis, basis, before_bases, day_of, grant_of
from accreditation.services.proceedings import effect_of
from accreditation.services.reconsiderations import is_ground_set_aside, is_stayed, is_undone
from workflows.certification import is_being_made
from workflows.doing import Doing
from workflows.second_person import had_a_hand
from workflows.workdays import SHANGHAI

CERTIFICATE_PENDING = "certificate_pending"  # passes by itself: the clock tries again
HEARING_NOTICE = 7  # 行政许可法第四十八条: 于举行听证的七日前; its days are working days (第八十二条)
LEAST_REASON = 4


def proceeding_of(doing: Doing) -> Proceeding:
    """The subject of the attempt."""
    assert isinstance(doing.subject, Proceeding)
    return doing.subject


def today(doing: Doing) -> date:
    """The day of the attempt in Shanghai."""
    return doing.at.astimezone(SHANGHAI).date()


def holder_must_be_heard(doing: Doing) -> Iterable[Reason]:
    """Only what is against the holder is announced to it beforehand."""
    if not proceeding_of(doing).is_adverse:
        yield Reason("not_adverse", _("此类处理对持有单位没有不利影响，不需事先告知，请直接提请决定。"))


def needs_no_defence(doing: Doing) -> Iterable[Reason]:
    """What is against the holder goes to the order only after the holder was heard (行政许可法第三十六条).

    Unless a national document on file has decided it: the office then only registers what is decided.
    """
    proceeding = proceeding_of(doing)
    if proceeding.is_adverse and proceeding.notice_id is None:
        yield Reason("holder_not_heard", _("对持有单位不利的处理，须先告知并听取陈述申辩。"))


def holder_asked_for_it(doing: Doing) -> Iterable[Reason]:
    """Only what the holder asked for itself can it take back."""
    if proceeding_of(doing).asked_at is None:
        yield Reason("not_asked_for", _("本案不是由持有单位申请的，不能撤回。"))


def request_is_answered_by_two(doing: Doing) -> Iterable[Reason]:
    """What the holder asked for is put before another person, who grants it or refuses it with reasons."""
    if proceeding_of(doing).asked_at is not None:
        yield Reason("asked_for", _("单位自己的申请不能由一人终止，请提请决定，由另一人准予或者不作处理。"))


def title_allows_it_or_was_asked_for(doing: Doing) -> Iterable[Reason]:
    """A request is answered by the person who decides, also where the title can no longer be cancelled."""
    if proceeding_of(doing).asked_at is None:
        yield from title_allows_it(doing)


def no_other_request_is_open(doing: Doing) -> Iterable[Reason]:
    """The holder may have asked again meanwhile."""
    row = proceeding_of(doing)
    same = Proceeding.objects.filter(title=row.title, kind=row.kind).exclude(pk=row.pk)
    if same.exclude(state__in=[ProceedingState.CONCLUDED, ProceedingState.DROPPED]).exists():
        yield Reason("already_open", _("该称号的同类处理正在办理。"))


def rest_is_given_up_in_words(doing: Doing) -> Iterable[Reason]:
    """A hearing and days are given up expressly or not at all (行政许可法第四十七条)."""
    if doing.form.get("gives_up_rest") is not True:
        yield Reason("not_given_up", _("请明确表示放弃听证和其余期限。"), "gives_up_rest")


def title_is_national(doing: Doing) -> Iterable[Reason]:
    """Only over what the nation granted does a national document decide."""
    if proceeding_of(doing).is_decided_here:
        yield Reason("not_from_above", _("该称号不是国家主管部门授予的。"))


def who_decides_has_decided(doing: Doing) -> Iterable[Reason]:
    """The city makes no order of its own over a national title; it carries out the national document on file."""
    proceeding = proceeding_of(doing)
    if not proceeding.is_decided_here and proceeding.notice_id is None:
        yield Reason("notice_needed", _("国家级称号由国家主管部门决定，请先由承办人登记国家文件。"))


def document_is_named(doing: Doing) -> Iterable[Reason]:
    """Authority, number and a day that has come."""
    for name, label in (("authority", _("发文机关")), ("number", _("国家文件文号"))):
        if not str(doing.form.get(name) or "").strip():
            yield Reason("text_needed", _("请填写：%(name)s。") % {"name": label}, name)
    dated = doing.form.get("dated")
    if dated is None or dated > today(doing):
        yield Reason("dated", _("日期不能晚于今天。"), "dated")
    else:
        yield from before_bases(dated, grant_of(proceeding_of(doing).title), "dated")


def title_allows_it(doing: Doing) -> Iterable[Reason]:
    """The title is in a state in which such an order can take effect."""
    proceeding = proceeding_of(doing)
    if not can_proceed(getattr(proceeding.title, effect_of(proceeding.kind)), check_conditions=False):
        values = {
            "state": TitleState(proceeding.title.state).label,
            "kind": ProceedingKind(proceeding.kind).label,
        }
        yield Reason("title_state", _("称号当前为“%(state)s”，不能%(kind)s。") % values)


def order_cannot_take_effect(doing: Doing) -> Iterable[Reason]:
    """An order that was made is called off only where it was undone, is over, or cannot move the title any more."""
    if doing.state != "ordered" or list(title_allows_it(doing)) or list(last_day_lies_ahead(doing)):
        return
    if not is_undone(doing.case):
        yield Reason("order_stands", _("决定已经作出，只能由复议或诉讼改变。"))


def certificate_is_not_being_made(doing: Doing) -> Iterable[Reason]:
    """A certificate that is just being signed could not be marked."""
    if is_being_made(proceeding_of(doing).title):
        yield Reason(CERTIFICATE_PENDING, _("该称号的证书正在制发，请在发出后再作决定。"))


def ground_fits(doing: Doing) -> Iterable[Reason]:
    """The ground allows this kind of proceeding."""
    if doing.form.get("ground") not in grounds_for(proceeding_of(doing).kind):
        yield Reason("ground", _("所选事由不适用于此类处理。"), "ground")


def by_a_second_person(role: object, but_for: tuple[str, ...] = ()) -> Callable[[Doing], Iterable[Reason]]:
    """Who prepared a proceeding neither chairs its hearing (行政许可法第四十八条) nor makes its order."""

    def guard(doing: Doing) -> Iterable[Reason]:
        if had_a_hand(doing, but_for):
            yield Reason("four_eyes", _("承办过本案的人不能同时担任%(role)s，须由另一人办理。") % {"role": role})

    return guard


def hearing_day_is_announced_in_time(doing: Doing) -> Iterable[Reason]:
    """A working day, of which the holder is told at least seven working days before."""
    day, (earliest, _unsure) = doing.form.get("hearing_on"), doing.calendar.add(today(doing), HEARING_NOTICE)
    if day is None or day < earliest:
        text = _("听证须在举行的七个工作日前通知，最早可定在%(day)s。") % {"day": date_format(earliest)}
        yield Reason("hearing_too_soon", text, "hearing_on")
    elif not doing.calendar.is_working(day):
        yield Reason("hearing_on_day_off", _("%(day)s不是工作日。") % {"day": date_format(day)}, "hearing_on")


def hearing_is_held_in_time(doing: Doing) -> Iterable[Reason]:
    """Within twenty working days of the request (行政许可法第四十七条); a later day is explained."""
    day, last = doing.form.get("hearing_on"), last_day_of_hearing(doing)
    said = str(doing.form.get("late_reason") or "").strip()
    if day is not None and last is not None and day > last and len(said) < LEAST_REASON:
        values = {"day": date_format(day), "last": date_format(last)}
        text = _("听证日期（%(day)s）晚于应组织听证的期限（%(last)s），请写明理由。") % values
        yield Reason("hearing_late", text, "late_reason")


def last_day_of_hearing(doing: Doing) -> date | None:
    """The day until which the hearing is to be held; None where no such clock was started."""
    clock = Deadline.objects.filter(case=doing.case, kind=DeadlineKind.HEARING).order_by("-pk").first()
    return day_of(clock.due_at) if clock is not None else None


def hearing_day_has_come(doing: Doing) -> Iterable[Reason]:
    """The record is written on the day of the hearing or later."""
    proceeding = proceeding_of(doing)
    if proceeding.hearing_on is None:
        yield Reason("hearing_not_called", _("尚未发出听证通知。"))
    elif today(doing) < proceeding.hearing_on:
        yield Reason("hearing_ahead", _("听证日期未到。"))


def days_of_order_fit(doing: Doing) -> Iterable[Reason]:
    """Dated no later than today nor before what the order rests on; in effect from then on, never backwards.

    Only a national document on file may have taken effect before it is entered here.
    """
    row, start = proceeding_of(doing), doing.form.get("effective_from")
    notice = row.notice
    dated = notice.dated if notice is not None else doing.form.get("ordered_on")
    if dated is None or dated > today(doing):
        yield Reason("order_dated", _("决定日期不能晚于今天。"), "ordered_on")
    else:
        yield from before_bases(dated, _bases_of_order(row), "ordered_on")
    if start is None or (dated is not None and start < dated):
        yield Reason("order_effect", _("生效日期不能早于决定日期。"), "effective_from")
    elif notice is None:
        yield from before_bases(start, basis(_("办理决定的当日"), doing.at), "effective_from")
    yield from _last_day_fits(doing)


def _bases_of_order(row: Proceeding) -> Iterator[Basis]:
    """The grant of the title; for an order made here also every step of the proceeding."""
    yield from grant_of(row.title)
    if row.notice_id is None:
        yield from basis(_("立案之日"), row.case.opened_at)
        yield from basis(_("告知持有单位之日"), row.notified_at)
        yield from basis(_("听取陈述申辩之日"), row.heard_at)
        yield from basis(_("听证之日"), row.hearing_on)


def _last_day_fits(doing: Doing) -> Iterable[Reason]:
    """Only a suspension has a last day, after its first and to come."""
    start, until = doing.form.get("effective_from"), doing.form.get("until")
    if until is None:
        return
    if proceeding_of(doing).kind != ProceedingKind.SUSPENSION:
        yield Reason("order_until", _("只有暂停可以规定期满日。"), "until")
    elif until <= max(start or until, today(doing)):
        yield Reason("order_until", _("期满日应晚于生效日期和今天。"), "until")


def order_number_is_free(doing: Doing) -> Iterable[Reason]:
    """A document number is used once."""
    number = str(doing.form.get("order_number") or "").strip()
    if proceeding_of(doing).notice_id is not None:
        return  # the number of the national document, which may name many titles
    if not number:
        yield Reason("order_number", _("请填写文号。"), "order_number")
    elif Proceeding.objects.filter(order_number=number).exists():
        yield Reason("number_taken", _("文号 %(no)s 已使用。") % {"no": number}, "order_number")


def effect_day_has_come(doing: Doing) -> Iterable[Reason]:
    """An order for a later day waits for it."""
    start = proceeding_of(doing).effective_from
    if start is None or today(doing) < start:
        yield Reason("not_in_effect", _("生效日期未到。"))


def last_day_lies_ahead(doing: Doing) -> Iterable[Reason]:
    """A suspension whose days have run out before it began, as under a stay, does not begin."""
    until = proceeding_of(doing).until
    if until is not None and until < today(doing):
        yield Reason("suspension_over", _("暂停期限在生效之前已经届满。"))


def order_may_be_carried_out(doing: Doing) -> Iterable[Reason]:
    """While its execution is stayed an order waits; once it is undone it never takes effect."""
    if is_stayed(doing.case):
        yield Reason("stayed", _("行政复议期间已决定停止执行。"))
    if is_undone(doing.case):
        yield Reason("undone", _("该决定已由复议决定、裁判或者自行纠正撤销或者变更。"))


def ground_still_stands(doing: Doing) -> Iterable[Reason]:
    """Nothing is ordered on a finding that a reconsideration has set aside."""
    row = proceeding_of(doing)
    if is_ground_set_aside(doing.case, row.title, row.ground):
        yield Reason("ground_set_aside", _("作为依据的评价结果或者复核认定已被撤销，请终止处理。"))


def suspension_is_over(doing: Doing) -> Iterable[Reason]:
    """The last day of the suspension has passed."""
    until = proceeding_of(doing).until
    if until is None or today(doing) <= until:
        yield Reason("suspension_running", _("暂停期未满。"))


def document_is_on_file(doing: Doing) -> Iterable[Reason]:
    """A paper that is taken off was put on by the same side and still stands."""
    row = doing.form.get("document")
    if row is None or not doing.case.documents.filter(pk=row.pk, removed_at=None, added_by=doing.by).exists():
        yield Reason("document_gone", _("该文件不在卷中，或不是由您提交的。"))
