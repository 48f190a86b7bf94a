"""The verb table of the yearly report of a demonstration enterprise, 2010.

A report that is late is still owed: nothing here touches the title. Lateness is shown where the title is re-examined.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind
from workflows import audiences, guards, matter_returns, who
from workflows import yearly_report_acts as own
from workflows.doing import Clock, Doing, Verb, starting

MEASURES = "工信部联科〔2010〕540号"
OFFICE_RULE = "市认定办公室年度报告通知"  # the national text says nothing of it
DUE = Clock(DeadlineKind.YEARLY_REPORT, own.days_to_due, fires="let_report_due_pass", in_calendar_days=True)
AGAIN = Clock(DeadlineKind.YEARLY_REPORT, own.days_after_return, fires="let_report_due_pass")


def _after_return(doing: Doing) -> Iterable[Clock]:
    """Nobody is late before the due day of the call."""
    return [DUE if own.ends_before_due(doing) else AGAIN]


_LINES: tuple[Verb, ...] = (
    Verb(
        "call_for_report", _("通知报送"), who.TITLE_KEEPER, ("report",), MEASURES, guards=(own.was_not_called,),
        record=own.tell_of_call, starts=starting(DUE), tells=(audiences.applicants,), for_page=False,
    ),
    Verb(
        "fill_report", _("填写年度数据"), who.HOLDER, ("report",), MEASURES,
        guards=(matter_returns.only_named_fields(own.figures_stated),), record=own.fill,
    ),
    Verb(
        "add_report_document", _("提交年度报告文件"), who.HOLDER, ("report",), MEASURES,
        guards=(guards.needs_text("purpose", _("证明内容")), matter_returns.papers_may_be_added),
        record=own.add_document,
    ),
    Verb(
        "drop_report_document", _("移除年度报告文件"), who.HOLDER, ("report",), MEASURES,
        guards=(own.own_document, matter_returns.paper_may_be_dropped), record=own.drop_document,
    ),
    Verb(
        "hand_in_report", _("报送年度报告"), who.HOLDER, ("report",), MEASURES, transition="hand_in", completes=True,
        guards=(
            own.figures_are_whole, own.document_is_on_file, guards.needs_text("summary", _("年度情况"), 10),
            matter_returns.only_named_fields(own.summary_stated), matter_returns.papers_asked_for_are_there,
        ),
        record=matter_returns.answering(own.hand_in), tells=(own.keepers,),
    ),
    Verb(
        "let_report_due_pass", _("报送期满"), who.CLOCK, ("report",), MEASURES, transition="pass_due",
        guards=(guards.clock_has_run(DeadlineKind.YEARLY_REPORT),),
        tells=(audiences.applicants, own.keepers), for_page=False,
    ),
    Verb(
        "remind_of_report", _("催报"), who.TITLE_KEEPER, ("report",), OFFICE_RULE, record=own.remind,
        tells=(audiences.applicants,),
    ),
    Verb(
        "note_report", _("年度报告备案"), who.TITLE_KEEPER, ("note",), MEASURES, transition="take_note", completes=True,
        record=own.remark, tells=(audiences.applicants,),
    ),
    Verb(
        "send_report_back", _("退回修改年度报告"), who.TITLE_KEEPER, ("note",), OFFICE_RULE, transition="send_back",
        completes=True,
        guards=(matter_returns.points_are_fields, matter_returns.matter_returns_are_left),
        record=matter_returns.returning(own.send_back), starts=starting(DUE, AGAIN, chosen=_after_return),
        tells=(audiences.applicants,),
    ),
    Verb(
        "drop_report", _("不再要求年度报告"), who.TITLE_KEEPER, ("report", "note"), OFFICE_RULE, transition="drop",
        completes=True, guards=(own.title_stands_no_more, guards.needs_text("reason", _("理由"))), record=own.remark,
        tells=(audiences.applicants,),
    ),
)  # fmt: skip

DEMONSTRATION_REPORT_2010: dict[str, Verb] = {line.code: line for line in _LINES}
