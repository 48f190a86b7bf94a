"""A reconsideration in words."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.models import Case, Reconsideration
from accreditation.models.cases import CaseSubject
from accreditation.reconsideration_words import DeclineGround, Outcome, ReconsiderationState
from accreditation.selectors.deliveries import deliveries_of, service_among
from accreditation.services.reconsiderations import authority_of, title_concerned
from accreditation.templatetags.dates import day, day_text, local
from accreditation.visibility import View
from workflows.filing_days import counted_now
from workflows.presentation.words import Words, either, quoted
from workflows.reconsideration_guards import is_too_old, may_be_asked, may_be_prolonged, reasons_not_to_stay

STEPS = (
    gettext_lazy("受理审查"),
    gettext_lazy("被申请人答复"),
    gettext_lazy("审理"),
    gettext_lazy("作出决定"),
)
INSIDE = (View.RECONSIDERER, View.AUDITOR)


def _row(subject: CaseSubject) -> Reconsideration:
    assert isinstance(subject, Reconsideration)
    return subject


def _stayed(row: Reconsideration) -> str:
    """From when on, and whether it has ended."""
    if row.stayed_at is None:
        return ""
    ended = row.state in (ReconsiderationState.DECIDED, ReconsiderationState.WITHDRAWN)
    since = _("自 %(day)s 起") % {"day": day_text(local(row.stayed_at).date())}
    return since + (_("，已终止") if ended else "")


def can_be_stayed(subject: CaseSubject) -> bool:
    """Whether there is an act to stay, which is not stayed yet."""
    return not any(reasons_not_to_stay(_row(subject)))


def can_be_returned(subject: CaseSubject) -> bool:
    """Whether the enterprise was not asked to supplement its application yet."""
    return may_be_asked(_row(subject))


def supplement_can_be_prolonged(subject: CaseSubject) -> bool:
    """Whether the time to supplement was not prolonged yet."""
    return may_be_prolonged(_row(subject))


def _accepted(row: Reconsideration) -> str:
    """On which day; where nothing was said in time, that too."""
    if row.accepted_at is None:
        return ""
    on = day_text(local(row.accepted_at).date())
    return _("%(day)s（审查期限届满，视为受理）") % {"day": on} if row.accepted_by_silence else on


def _is_examined(row: Reconsideration) -> bool:
    return row.state in (ReconsiderationState.FILED, ReconsiderationState.SUPPLEMENT_ASKED)


def _served(row: Reconsideration) -> str:
    """The first service, where what was recorded since the filing has changed it; only while it is examined."""
    if not _is_examined(row):
        return ""
    service = service_among(deliveries_of(row.told_by), date.max)
    if service is None:
        return _("没有送达记录") if row.served_on else ""
    if service.served_on in (None, row.served_on):
        return ""
    return _("%(day)s，%(way)s") % {"day": day_text(service.served_on), "way": service.get_way_display()}


def _examined(row: Reconsideration) -> list[tuple[str, object]]:
    """How late it came, what was asked for, what became of it."""
    late = counted_now(row)[1] if _is_examined(row) else row.late_days
    asked, answered = (local(at).date() if at else None for at in (row.supplement_asked_at, row.supplemented_at))
    return [
        (_("超过申请期限"), _("%(n)d 日") % {"n": late} if late else ""),
        (_("逾期申请的理由"), quoted(row.late_reason) if row.late_reason else ""),
        (_("距行为作出之日"), _("超过五年") if is_too_old(row) else ""),
        (_("须补正的事项"), quoted(row.lacking) if row.lacking else ""),
        (_("补正通知的日期"), day(asked) if asked else ""),
        (_("补正期限延长"), _("%(n)d 个工作日") % {"n": row.supplement_more_days} if row.supplement_more_days else ""),
        (_("补正的日期"), day(answered) if answered else ""),
        (_("受理的日期"), _accepted(row)),
        (_("不符合的受理条件"), DeclineGround(row.decline_ground).label if row.decline_ground else ""),
    ]


def name(subject: CaseSubject) -> str:
    """Which act is challenged."""
    row = _row(subject)
    return _("行政复议：%(kind)s %(no)s") % {"kind": row.told_by.get_kind_display(), "no": row.told_by.number}


def facts(case: Case, subject: CaseSubject, view: View) -> list[Words]:
    """Rows of the summary: the act, what both sides say, stay, decision; what is proposed only to those who decide."""
    row = _row(subject)
    title = title_concerned(row)
    shown: list[tuple[str, object]] = [
        (_("被复议的行为"), f"{row.told_by.get_kind_display()} {row.told_by.number}"),
        (_("原案"), row.origin),
        (_("被申请人"), quoted(row.told_by.issued_by)),
        (_("复议机关"), authority_of(row)),
        (_("称号"), f"{either(title.programme, 'name')} {title.number}" if title else ""),
        (_("称号状态"), title.get_state_display() if title else ""),
        (_("被复议文书内容"), quoted(row.told_by.body)),
        (_("知道该行为的日期"), day(row.known_on)),
        (_("据以起算的送达日期"), day(row.served_on) if row.served_on else _("没有送达记录")),
        (_("现有的送达记录"), _served(row)),
        (_("认定的知道或者应当知道之日"), day(row.established_on) if row.established_on else ""),
        (_("认定该日期的事实和证据"), quoted(row.established_why) if row.established_why else ""),
        (_("复议请求"), quoted(row.claim)),
        (_("事实和理由"), quoted(row.reasons)),
        *_examined(row),
        (_("书面答复"), quoted(row.answer) if row.answer else ""),
        (_("停止执行"), quoted(row.stay_reason) if row.stay_reason else ""),
        (_("停止执行的时间"), _stayed(row)),
        (_("复议期限延长"), _("%(n)d 日") % {"n": row.more_days} if row.more_days else ""),
        (_("拟定的决定"), Outcome(row.proposed_outcome).label if row.proposed_outcome and view in INSIDE else ""),
        (_("复议决定"), Outcome(row.outcome).label if row.outcome else ""),
        (_("文号"), quoted(row.decision_number) if row.decision_number else ""),
        (_("决定理由"), quoted(row.decision_reasons) if row.decision_reasons else ""),
        (_("决定日期"), day(row.decided_on) if row.decided_on else ""),
        (_("重新办理的申报"), row.redo_case.number if row.redo_case else ""),
        (_("终止或不予受理的理由"), quoted(row.ended_for) if row.ended_for else ""),
    ]
    return [{"label": label, "value": value} for label, value in shown if value]
