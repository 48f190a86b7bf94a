"""A reconsideration in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.models import Case, Reconsideration
from accreditation.models.cases import CaseSubject
from accreditation.reconsideration_words import Outcome
from accreditation.services.reconsiderations import challenged_title
from accreditation.templatetags.dates import day
from accreditation.visibility import View
from workflows.presentation.words import Words, either, quoted

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


def name(subject: CaseSubject) -> str:
    """Which act is challenged."""
    row = _row(subject)
    return _("行政复议：%(kind)s %(no)s") % {"kind": row.letter.get_kind_display(), "no": row.letter.number}


def facts(case: Case, subject: CaseSubject, view: View) -> list[Words]:
    """Rows of the summary: the act, what both sides say, stay, decision; what is proposed only to those who decide."""
    row = _row(subject)
    title = challenged_title(row)
    shown: list[tuple[str, object]] = [
        (_("被复议的行为"), f"{row.letter.get_kind_display()} {row.letter.number}"),
        (_("原案"), row.challenged.number),
        (_("被申请人"), quoted(row.letter.issued_by)),
        (_("称号"), f"{either(title.programme, 'name')} {title.number}" if title else ""),
        (_("称号状态"), title.get_state_display() if title else ""),
        (_("被复议文书内容"), quoted(row.letter.body)),
        (_("知道该行为的日期"), day(row.known_on)),
        (_("复议请求"), quoted(row.claim)),
        (_("事实和理由"), quoted(row.reasons)),
        (_("书面答复"), quoted(row.answer) if row.answer else ""),
        (_("停止执行"), quoted(row.stay_reason) if row.stay_reason else ""),
        (_("复议期限延长"), _("%(n)d 日") % {"n": row.more_days} if row.more_days else ""),
        (_("拟定的决定"), Outcome(row.proposed_outcome).label if row.proposed_outcome and view in INSIDE else ""),
        (_("复议决定"), Outcome(row.outcome).label if row.outcome else ""),
        (_("文号"), row.decision_number),
        (_("决定理由"), quoted(row.decision_reasons) if row.decision_reasons else ""),
        (_("决定日期"), day(row.decided_on) if row.decided_on else ""),
        (_("重新办理的申报"), row.redo_case.number if row.redo_case else ""),
        (_("终止或不予受理的理由"), quoted(row.ended_for) if row.ended_for else ""),
    ]
    return [{"label": label, "value": value} for label, value in shown if value]
