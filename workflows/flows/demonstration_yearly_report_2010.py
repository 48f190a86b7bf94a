"""The yearly report of a demonstration enterprise, 2010: the holder reports, the municipal office takes note of it.

工信部联科〔2010〕540号 asks for it by 30 April of each year; it says nothing of returns, which are the office's own.
"""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow

from accreditation.roles import Power
from accreditation.yearly_report_words import YearlyReportState as S
from workflows.flows.foundation import CaseProcedure, for_applicant, for_power, in_state
from workflows.nodes import Desk
from workflows.subjects import YEARLY_REPORT, Subject


class DemonstrationYearlyReport2010(CaseProcedure):
    """Reported by the holder, noted or sent back by the office."""

    process_title = _("示范企业年度报告")
    subject: ClassVar[Subject] = YEARLY_REPORT

    start = flow.StartHandle().Annotation(title=_("部署年度报告")).Next(this.report)
    rebuild = flow.StartHandle().Annotation(title=_("重建待办")).Next(this.resume)
    resume = (
        flow.Switch()
        .Annotation(title=_("按法定状态恢复"))
        .Case(this.report, in_state(S.AWAITED, S.OVERDUE, S.SENT_BACK))
        .Case(this.note, in_state(S.HANDED_IN))
        .Default(this.end)
    )

    report = Desk(for_applicant).Annotation(title=_("报送年度报告")).Next(this.after_report)
    after_report = (
        flow.Switch().Annotation(title=_("报送结果")).Case(this.note, in_state(S.HANDED_IN)).Default(this.end)
    )
    note = Desk(for_power(Power.PREPARE_ORDERS)).Annotation(title=_("年度报告备案")).Next(this.after_note)
    after_note = (
        flow.Switch().Annotation(title=_("备案结果")).Case(this.report, in_state(S.SENT_BACK)).Default(this.end)
    )
    end = flow.End().Annotation(title=_("办结"))


NODE_OF_STATE: dict[str, str] = {
    S.AWAITED: "report",
    S.OVERDUE: "report",
    S.SENT_BACK: "report",
    S.HANDED_IN: "note",
}
