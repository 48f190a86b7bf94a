"""The end of a case whose enterprise has come to hold the title meanwhile: nothing is left that could be granted.

The counterpart of `guards.title_can_be_granted`: one of both verbs is always open where only the grant is left.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.enums import LetterKind
from accreditation.errors import Reason, Refusal
from accreditation.services import letters, titles
from workflows import audiences, guards, who
from workflows.doing import Doing, Verb

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
        doing.application, kind=LetterKind.ENDED_AS_HELD, issued_by=issued_by, at=doing.at, held=held, reasons=reasons
    )
    doing.act.note(reasons=reasons, title=held.number, letter=letter.number, letter_sha256=letter.sha256)
    doing.act.reply(letter=letter.number)


END_AS_HELD = Verb(
    "end_as_held", _("已持有资格，终结办理"), who.PUBLISHER, ("announce",), GROUND, transition="end_as_held",
    completes=True, guards=(title_is_held, guards.needs_text("reason", _("终结办理的理由"), 5)), record=end,
    tells=(audiences.applicants, audiences.district),
)  # fmt: skip
