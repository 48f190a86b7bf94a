"""A proceeding over a title in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.enums import ProceedingKind, TitleState
from accreditation.grounds import GROUNDS, Ground
from accreditation.models import Case, Proceeding, Title
from accreditation.models.cases import CaseSubject
from accreditation.templatetags.dates import day
from accreditation.visibility import View
from workflows.presentation.words import TONES, Words, either, filled, quoted

STEPS = (
    gettext_lazy("立案准备"),
    gettext_lazy("陈述申辩"),
    gettext_lazy("听证"),
    gettext_lazy("作出决定"),
    gettext_lazy("生效"),
)
DEFENCE_STEP, HEARING_STEP = 2, 3
TITLE_TONES = {
    TitleState.IN_FORCE: TONES["ok"],
    TitleState.WARNED: TONES["warn"],
    TitleState.SUSPENDED: TONES["warn"],
    TitleState.REVOKED: TONES["bad"],
    TitleState.CANCELLED: TONES["idle"],
    TitleState.EXPIRED: TONES["idle"],
}


def _row(subject: CaseSubject) -> Proceeding:
    assert isinstance(subject, Proceeding)
    return subject


def passed_over(subject: CaseSubject) -> Mapping[int, Promise]:
    """Steps of the bar that did not take place: a holder that was not told, a hearing that nobody asked for or held."""
    row = _row(subject)
    defence = {} if row.notified_at else {DEFENCE_STEP: gettext_lazy("未进行")}
    return defence if row.hearing_record else {**defence, HEARING_STEP: gettext_lazy("未举行")}


def name(subject: CaseSubject) -> str:
    """What is done to which title."""
    row = _row(subject)
    return f"{ProceedingKind(row.kind).label} {row.title.number}"


def title_words(title: Title) -> Words:
    """A title in a list: number, programme, holder, validity, state with its tone."""
    return {
        "number": title.number,
        "programme": either(title.programme, "name"),
        "holder": title.holder.name,
        "product": title.product,
        "uscc": title.holder.uscc,
        "granted_on": title.granted_on,
        "valid_until": title.valid_until,
        "state": title.get_state_display(),
        "tone": TITLE_TONES[TitleState(title.state)],
    }


def facts(case: Case, subject: CaseSubject, view: View) -> list[Words]:
    """Rows of the summary: title, ground, facts, what the holder said, hearing, order."""
    row = _row(subject)
    shown: list[tuple[str, object]] = [
        (_("称号"), f"{either(row.title.programme, 'name')} {row.title.number}"),
        (_("产品"), quoted(row.title.product) if row.title.product else ""),
        (_("称号状态"), row.title.get_state_display()),
        (_("处理类别"), ProceedingKind(row.kind).label),
        (_("申请日期"), day(row.asked_at) if row.asked_at else ""),
        (_("事由"), GROUNDS[Ground(row.ground)].label),
        (_("查明的事实"), quoted(row.found_facts)),
        (_("国家文件"), _notice(row)),
        (_("陈述申辩意见"), quoted(row.statement)),
        (_("听证和其余期限"), _waived(row)),
        (_("听证"), _hearing(row)),
        (_("听证笔录"), quoted(row.hearing_record)),
        (_("文号"), row.order_number),
        (_("决定理由"), quoted(row.reasons)),
        (_("决定日期"), day(row.ordered_on) if row.ordered_on else ""),
        (_("生效日期"), day(row.effective_from) if row.effective_from else ""),
        (_("暂停期满日"), day(row.until) if row.until else ""),
        (_("再次申报限制"), filled(_("%(day)s前不得再次申报"), day=day(row.barred_until)) if row.barred_until else ""),
    ]
    return [{"label": label, "value": value} for label, value in shown if value]


def _notice(row: Proceeding) -> str:
    if row.notice is None:
        return ""
    return format_html("{} {} {}", quoted(row.notice.number), quoted(row.notice.authority), day(row.notice.dated))


def is_national(subject: CaseSubject) -> bool:
    """Whether the nation decides over the title, so that its document is asked for."""
    return not _row(subject).is_decided_here


def is_asked_for(subject: CaseSubject) -> bool:
    """Whether the holder itself asked for it, so that it can take it back."""
    return _row(subject).asked_at is not None


def _waived(row: Proceeding) -> str:
    if row.rest_waived_at is None:
        return ""
    return filled(_("持有单位%(day)s明确放弃"), day=day(row.rest_waived_at))


def _hearing(row: Proceeding) -> str:
    if row.hearing_on is None:
        return ""
    return format_html("{} {}", day(row.hearing_on), quoted(row.hearing_place))
