"""The verb table of the three-yearly re-examination of a demonstration enterprise, 2010.

The ministry re-examines, the municipal office calls, reviews and passes on. Nothing here takes a title: whoever fails
or takes no part loses it by an order of a proceeding, after a hearing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind
from workflows import audiences, guards, matter_returns, setting_aside, who
from workflows import reexamination_acts as own
from workflows.doing import Clock, Doing, Verb, starting
from workflows.tables.demonstration_yearly_report_2010 import DEMONSTRATION_REPORT_2010 as REPORT
from workflows.yearly_report_acts import figures_stated, keepers, summary_stated

MEASURES = "工信部联科〔2010〕540号"
OFFICE_RULE = "市认定办公室复核通知"  # the national text leaves the days and the returns to the notice of the round
DUE = Clock(
    DeadlineKind.REEXAMINATION_MATERIAL, own.days_to_due, fires="list_reexamination_late", in_calendar_days=True
)
AGAIN = Clock(DeadlineKind.REEXAMINATION_MATERIAL, own.days_after_return, fires="list_reexamination_late")
REVIEW = Clock(DeadlineKind.REEXAMINATION_REVIEW, own.days_of_review)


def _after_return(doing: Doing) -> Iterable[Clock]:
    """Nobody is late before the due day of the round."""
    return [DUE if own.ends_before_due(doing) else AGAIN]


HOLDER_AT = ("material", "late")

_LINES: tuple[Verb, ...] = (
    Verb(
        "call_for_reexamination", _("通知参加复核"), who.TITLE_KEEPER, ("material",), MEASURES,
        guards=(own.was_not_called,), record=own.tell_of_call, starts=starting(DUE),
        tells=(audiences.applicants,), for_page=False,
    ),
    Verb(
        "fill_reexamination", _("填写复核数据"), who.HOLDER, HOLDER_AT, MEASURES,
        guards=(matter_returns.only_named_fields(figures_stated),), record=own.fill,
    ),
    replace(
        REPORT["add_report_document"], code="add_reexamination_document", label=_("提交复核材料"), nodes=HOLDER_AT
    ),
    replace(
        REPORT["drop_report_document"], code="drop_reexamination_document", label=_("移除复核材料"), nodes=HOLDER_AT
    ),
    Verb(
        "hand_in_reexamination", _("报送复核材料"), who.HOLDER, HOLDER_AT, MEASURES, transition="hand_in",
        completes=True,
        guards=(
            own.figures_are_whole, own.documents_are_on_file, guards.needs_text("summary", _("自评情况"), 10),
            matter_returns.only_named_fields(summary_stated), matter_returns.papers_asked_for_are_there,
        ),
        record=matter_returns.answering(own.hand_in), starts=starting(REVIEW), tells=(keepers,),
    ),
    Verb(
        "refuse_reexamination", _("声明不参加复核"), who.HOLDER, HOLDER_AT, MEASURES, transition="refuse",
        completes=True, guards=(guards.needs_text("reason", _("理由")),), record=own.refuse,
        tells=(audiences.applicants, keepers),
    ),
    Verb(
        "list_reexamination_late", _("列入逾期名单"), who.CLOCK, ("material",), MEASURES, transition="pass_due",
        completes=True, guards=(guards.clock_has_run(DeadlineKind.REEXAMINATION_MATERIAL),), record=own.list_late,
        tells=(audiences.applicants, keepers), for_page=False,
    ),
    Verb(
        "remind_of_reexamination", _("催报复核材料"), who.TITLE_KEEPER, HOLDER_AT, OFFICE_RULE, record=own.remind,
        tells=(audiences.applicants,),
    ),
    Verb(
        "close_unanswered", _("认定为逾期未参加"), who.TITLE_KEEPER, ("late",), MEASURES,
        transition="close_unanswered", completes=True, guards=(guards.needs_text("reason", _("理由")),),
        record=own.close_unanswered, tells=(audiences.applicants,),
    ),
    Verb(
        "send_reexamination_back", _("退回补正复核材料"), who.TITLE_KEEPER, ("review",), OFFICE_RULE,
        transition="send_back", completes=True,
        guards=(matter_returns.points_are_fields, matter_returns.matter_returns_are_left),
        record=matter_returns.returning(own.send_back), starts=starting(DUE, AGAIN, chosen=_after_return),
        tells=(audiences.applicants,),
    ),
    Verb(
        "give_reexamination_opinion", _("出具审核意见"), who.TITLE_KEEPER, ("review",), MEASURES, transition="review",
        completes=True, guards=(own.position_is_taken, guards.needs_text("opinion", _("审核意见"), 10)),
        record=own.give_opinion, tells=(audiences.applicants,),
    ),
    Verb(
        "review_reexamination_again", _("退回重新审核"), who.PUBLISHER, ("forwarding",), OFFICE_RULE,
        transition="review_again", completes=True,
        guards=(own.by_another_than_the_reviewer, guards.needs_text("reason", _("退回的理由"))),
        record=own.note_reason, starts=starting(REVIEW), tells=(keepers,),
    ),
    Verb(
        "forward_reexamination", _("上报审核意见"), who.PUBLISHER, ("forwarding",), MEASURES, transition="forward",
        completes=True, guards=(own.by_another_than_the_reviewer,), record=own.forward,
        tells=(audiences.applicants, audiences.district), for_page=False,
    ),
    Verb(
        "pass_reexamination", _("登记复核合格"), who.TITLE_KEEPER, ("national_review",), MEASURES,
        transition="pass_above", completes=True, guards=(own.by_a_second_person_from_the_result, own.title_is_held),
        record=own.pass_above,
        tells=(audiences.applicants, audiences.district), for_page=False,
    ),
    Verb(
        "fail_reexamination", _("登记复核不合格"), who.TITLE_KEEPER, ("national_review",), MEASURES,
        transition="fail_above", completes=True, guards=(own.by_a_second_person_from_the_result,),
        record=own.fail_above,
        tells=(audiences.applicants, audiences.district), for_page=False,
    ),
    Verb(
        "drop_reexamination", _("不再要求复核"), who.TITLE_KEEPER,
        ("material", "late", "review", "forwarding", "national_review"), OFFICE_RULE, transition="drop",
        completes=True, guards=(own.title_stands_no_more, guards.needs_text("reason", _("理由"))), record=own.remark,
        tells=(audiences.applicants,),
    ),
    Verb(
        "reopen_reexamination", _("撤销原认定后恢复复核"), setting_aside.DECIDED, ("end",), setting_aside.BY_LAW,
        transition="reopen", guards=(setting_aside.act_is_set_aside, setting_aside.title_may_be_reexamined),
        record=setting_aside.reopen_reexamination, starts=starting(AGAIN),
        tells=(audiences.applicants, keepers), for_page=False, after_end=True,
    ),
)  # fmt: skip

DEMONSTRATION_REEXAMINATION_2010: dict[str, Verb] = {line.code: line for line in _LINES}
