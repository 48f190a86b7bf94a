"""Conditions of the steps that the municipal recognition has from edition 2026 on."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind
from accreditation.errors import Reason
from accreditation.services import consultations
from workflows.doing import Doing


def departments_were_asked(doing: Doing) -> Iterable[Reason]:
    """Where the rules of the batch have the consultation, nothing goes on without it."""
    if doing.batch.consultation_days and not doing.application.consultations.exists():
        yield Reason("consultation_needed", _("本批次须先提请部门会商。"))


def batch_consults(doing: Doing) -> Iterable[Reason]:
    """A consultation without a time limit in the rules is none."""
    if not doing.batch.consultation_days:
        yield Reason("no_consultation", _("本批次的规则没有部门会商环节。"))


def adjustment_is_given(doing: Doing) -> Iterable[Reason]:
    """Only as a line of a published adjustment to the notice that lists the application."""
    row = doing.form.get("adjustment")
    if row is None or not row.lines.filter(entry__application=doing.application).exists():
        yield Reason("no_adjustment", _("没有涉及本件的公示调整通知。"))


def consultation_may_end(doing: Doing) -> Iterable[Reason]:
    """All answered; or the time limit is over, and the rules let silence count or the office says why it goes on."""
    waiting = consultations.unanswered(doing.application)
    if not waiting:
        return
    names = "、".join(str(row.get_department_display()) for row in waiting)
    clock = doing.case.deadlines.filter(kind=DeadlineKind.CONSULTATION).order_by("-pk").first()
    if clock is None or doing.at <= clock.due_at:
        yield Reason("answers_missing", _("%(names)s 尚未答复，会商期限未满。") % {"names": names})
    elif not doing.batch.silence_counts and len(str(doing.form.get("without_answer_for") or "").strip()) < 2:
        text = _("%(names)s 逾期未答复，规则未规定逾期视为无意见，请写明不等待其答复的理由。") % {"names": names}
        yield Reason("text_needed", text, "without_answer_for")
