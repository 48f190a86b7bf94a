"""The end of a case whose enterprise has come to hold the title meanwhile: nothing is left that could be granted.

The counterpart of `guards.title_can_be_granted`: one of both verbs is always open where only the grant is left, or
the public notice of it. Of a case that is under notice already an adjustment notice takes the name off the list, so
that the public reads why it is not announced; objections are answered first.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.enums import ApplicationState, LetterKind
from accreditation.errors import Reason, Refusal
from accreditation.models import NoticeAdjustment, Title
from accreditation.services import letters, titles
from accreditation.services.adjustments import create_adjustment
from workflows import audiences, guards, who
from workflows.doing import Doing, Verb
from workflows.legal_basis import legal_basis

OFF_THE_LIST = "该单位在公示期间已持有同一称号（{title}），同一称号不重复授予，本次申报终结办理，不再列入拟认定名单。"
GROUND = "申请事项已无标的的，终结办理（行政程序通例）"


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
    issued_by = letters.issuing_body(doing.application, is_district=False)
    letter = letters.write_letter(
        doing.application, kind=LetterKind.ENDED_AS_HELD, issued_by=issued_by, at=doing.at, held=held, reasons=reasons,
        basis=legal_basis(doing),
    )  # fmt: skip
    doing.act.note(reasons=reasons, title=held.number, letter=letter.number, letter_sha256=letter.sha256)
    if doing.state == ApplicationState.UNDER_NOTICE:
        doing.act.note(adjustment=_take_off(doing, held).number)
    doing.act.reply(letter=letter.number)


def _take_off(doing: Doing, held: Title) -> NoticeAdjustment:
    """An adjustment notice by which the name is off the list; the words name the title, which everybody may read."""
    notice = doing.application.notice
    assert notice is not None
    with act(notice, "adjust_notice", by=doing.by, at=doing.at, acting_as=doing.verb.who.code) as adjusting:
        adjusting.rests_on(doing.by.stands_in_for)
        body = OFF_THE_LIST.format(title=held.number)
        off = notice.entries.filter(application=doing.application)
        row = create_adjustment(notice, {}, off, body=body, ends_at=None, by=doing.by, at=doing.at)
        adjusting.note(adjustment=row.number, cases=[doing.case.number], restarts=False)
    return row


END_AS_HELD = Verb(
    "end_as_held", _("已持有资格，终结办理"), who.PUBLISHER, ("publish_notice", "notice_period", "announce"), GROUND,
    transition="end_as_held", completes=True,
    guards=(title_is_held, guards.no_open_objection, guards.needs_text("reason", _("终结办理的理由"), 5)),
    record=end, tells=(audiences.applicants, audiences.district),
)  # fmt: skip
