"""The end of a case that can no longer be granted: the enterprise has come to hold the title, or is barred from it.

The counterparts of `guards.title_can_be_granted` and `guards.holder_is_not_barred`: where one of these stops the grant,
or the public notice of it, the verb that ends the case is open. Of a case that is under notice already an adjustment
notice takes the name off the list, so that the public reads why it is not announced; objections are answered first.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accreditation.acts import act
from accreditation.enums import ApplicationState, LetterKind
from accreditation.errors import Reason, Refusal
from accreditation.models import NoticeAdjustment
from accreditation.services import letters, reopenings, titles
from accreditation.services.adjustments import create_adjustment
from workflows import audiences, guards, who
from workflows.doing import Doing, Verb
from workflows.legal_basis import legal_basis

OFF_THE_LIST = "该单位在公示期间已持有同一称号（{title}），同一称号不重复授予，本次申报终结办理，不再列入拟认定名单。"
GROUND = "申请事项已无标的的，终结办理（行政程序通例）"
BARRED_OFF_THE_LIST = "该单位在公示期间出现不得申报本项目的情形，本次申报终结办理，不再列入拟认定名单。"
BARRED_GROUND = "撤销后不得再次申报的期限（项目办法）；申报不能授予的，终结办理（行政程序通例）"
NODES = ("publish_notice", "notice_period", "announce")


def title_is_held(doing: Doing) -> Iterable[Reason]:
    """The enterprise holds this very title now, so that it cannot be granted."""
    if titles.standing_title(doing.application) is None:
        text = _("%(no)s：该单位现在没有本项目的有效资格，不能以已持有为由终结办理。")
        yield Reason("not_held", text % {"no": doing.case.number})


def end(doing: Doing) -> None:
    """Form: reason. The title that is held is named in the letter and in the audit entry, and stays as it is."""
    held, reasons = titles.standing_title(doing.application, is_locked=True), doing.form["reason"].strip()
    if held is None:  # it was lost between the question and the lock
        raise Refusal(list(title_is_held(doing)))
    doing.application.ended_for = reasons
    reopenings.overtake(doing.application, by=doing.by, at=doing.at)
    issued_by = letters.issuing_body(doing.application, is_district=False)
    letter = letters.write_letter(
        doing.application, kind=LetterKind.ENDED_AS_HELD, issued_by=issued_by, at=doing.at, held=held, reasons=reasons,
        basis=legal_basis(doing),
    )  # fmt: skip
    doing.act.note(reasons=reasons, title=held.number, letter=letter.number, letter_sha256=letter.sha256)
    if doing.state == ApplicationState.UNDER_NOTICE:
        doing.act.note(adjustment=take_off(doing, OFF_THE_LIST.format(title=held.number)).number)
    doing.act.reply(letter=letter.number)


def stands_barred(doing: Doing) -> Iterable[Reason]:
    """A revocation keeps the enterprise from this title today, as it keeps it from being granted."""
    if not list(guards.holder_is_not_barred(doing)):
        text = _("%(no)s：该单位现在没有不得申报本项目的情形，不能以此终结办理。")
        yield Reason("not_barred", text % {"no": doing.case.number})


def end_barred(doing: Doing) -> None:
    """Form: reason. What bars the enterprise, and until when, is said in the letter and in the audit entry."""
    with override("zh-hans"):  # a letter is Chinese, whoever writes it
        bars = [str(reason.text) for reason in guards.holder_is_not_barred(doing)]
    doing.application.ended_for = reasons = doing.form["reason"].strip()
    reopenings.overtake(doing.application, by=doing.by, at=doing.at)
    issued_by = letters.issuing_body(doing.application, is_district=False)
    letter = letters.write_letter(
        doing.application, kind=LetterKind.ENDED_AS_BARRED, issued_by=issued_by, at=doing.at, bars=bars,
        reasons=reasons, basis=legal_basis(doing),
    )  # fmt: skip
    doing.act.note(reasons=reasons, bars=bars, letter=letter.number, letter_sha256=letter.sha256)
    if doing.state == ApplicationState.UNDER_NOTICE:
        doing.act.note(adjustment=take_off(doing, BARRED_OFF_THE_LIST).number)
    doing.act.reply(letter=letter.number)


def take_off(doing: Doing, body: str) -> NoticeAdjustment:
    """An adjustment notice by which the name is off the list; everybody may read its words."""
    notice = doing.application.notice
    assert notice is not None
    with act(notice, "adjust_notice", by=doing.by, at=doing.at, acting_as=doing.verb.who.code) as adjusting:
        adjusting.rests_on(doing.by.stands_in_for)
        off = notice.entries.filter(application=doing.application)
        row = create_adjustment(notice, {}, off, body=body, ends_at=None, by=doing.by, at=doing.at)
        adjusting.note(adjustment=row.number, cases=[doing.case.number], restarts=False)
    return row


END_AS_HELD = Verb(
    "end_as_held", _("已持有资格，终结办理"), who.PUBLISHER, NODES, GROUND,
    transition="end_as_held", completes=True,
    guards=(title_is_held, guards.no_open_objection, guards.needs_text("reason", _("终结办理的理由"), 5)),
    record=end, tells=(audiences.applicants, audiences.district),
)  # fmt: skip

END_AS_BARRED = Verb(
    "end_as_barred", _("不得申报，终结办理"), who.PUBLISHER, NODES, BARRED_GROUND,
    transition="end_as_barred", completes=True,
    guards=(stands_barred, guards.no_open_objection, guards.needs_text("reason", _("终结办理的理由"), 5)),
    record=end_barred, tells=(audiences.applicants, audiences.district),
)  # fmt: skip
