"""A judgment that is carried out, or an own correction, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.models import Case, Reconsideration
from accreditation.models.cases import CaseSubject
from accreditation.reconsideration_words import Remedy, outcome_label
from accreditation.services.reconsiderations import title_concerned
from accreditation.templatetags.dates import day
from accreditation.visibility import View
from workflows.presentation.words import Words, either, quoted

STEPS = (gettext_lazy("提请"), gettext_lazy("核准执行"))


def _row(subject: CaseSubject) -> Reconsideration:
    assert isinstance(subject, Reconsideration)
    return subject


def name(subject: CaseSubject) -> str:
    """On what ground which act is set right."""
    row = _row(subject)
    values = {"remedy": Remedy(row.remedy).label, "kind": row.told_by.get_kind_display(), "no": row.told_by.number}
    return _("%(remedy)s：%(kind)s %(no)s") % values


def _earlier(row: Reconsideration) -> str:
    """The judgment in whose place it comes, by its court, its number and the case in which it was carried out."""
    if row.replaces is None:
        return ""
    return f"{row.replaces.court} {row.replaces.decision_number}（{row.replaces.case.number}）"


def facts(case: Case, subject: CaseSubject, view: View) -> list[Words]:
    """Rows of the summary; the enterprise sees the case only once it was carried out, and then all of it."""
    row = _row(subject)
    title = title_concerned(row)
    shown: list[tuple[str, object]] = [
        (_("依据"), Remedy(row.remedy).label),
        (_("原行为"), f"{row.told_by.get_kind_display()} {row.told_by.number}"),
        (_("原案"), row.origin),
        (_("作出原行为的机关"), quoted(row.told_by.issued_by)),
        (_("称号"), f"{either(title.programme, 'name')} {title.number}" if title else ""),
        (_("称号状态"), title.get_state_display() if title else ""),
        (_("原文书内容"), quoted(row.told_by.body)),
        (_("法院"), quoted(row.court) if row.court else ""),
        (_("案号或者文号"), quoted(row.decision_number)),
        (_("裁判或者决定的日期"), day(row.decided_on)),
        (_("裁判生效日期"), day(row.in_force_on) if row.in_force_on else ""),
        (_("结果"), outcome_label(row.remedy, row.proposed_outcome)),
        (_("替代的裁判"), _earlier(row)),
        (_("理由"), quoted(row.decision_reasons)),
        (_("重新办理的申报"), row.redo_case.number if row.redo_case else ""),
        (_("不予执行的理由"), quoted(row.ended_for) if row.ended_for else ""),
    ]
    return [{"label": label, "value": value} for label, value in shown if value]
