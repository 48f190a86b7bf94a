"""What each state of a yearly report means: whose turn it is, which step of the bar, which tone."""

from __future__ import annotations

from accreditation.enums import Owner, StateFacts
from accreditation.yearly_report_words import YearlyReportState

_R = YearlyReportState
YEARLY_REPORT_STATES: dict[YearlyReportState, StateFacts] = {
    _R.AWAITED: StateFacts(Owner.HOLDER, 1, "idle"),
    _R.OVERDUE: StateFacts(Owner.HOLDER, 1, "warn"),
    _R.SENT_BACK: StateFacts(Owner.HOLDER, 1, "warn"),
    _R.HANDED_IN: StateFacts(Owner.OFFICE, 2),
    _R.NOTED: StateFacts(Owner.NOBODY, 3, "ok", is_final=True),
    _R.DROPPED: StateFacts(Owner.NOBODY, 1, "idle", is_final=True),
}
