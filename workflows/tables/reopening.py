"""The verbs between the minutes and the grant that all recognitions and recommendations share: 重新审议, giving up.

No node waits for them and no state is theirs: what is put forward stands beside the case, which stays at its desk, and
guards hold back the ways on. Each table says at which of its desks, whose office puts forward and answers, who is told.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from workflows import audiences, flow_tasks, guards, recognition_guards, reopened_figures, reopening, who
from workflows.doing import Audience, Clock, Doing, Verb, Who
from workflows.tables.notice_changes import notice_lines

FOUND_LATE = "行政许可法第六十九条（参照）"
HEARD = "行政许可法第三十六条（参照）：听取申请人的意见"
BEFORE_GRANT = ("publish_notice", "notice_period", "announce")
BEFORE_LETTER = ("recommend",)
COMMITTEE = "overall_review"  # only of a case that was sent back to it
OFF_NOTICE = (COMMITTEE, "publish_notice", "announce")  # where the name is not, or no more, before the public
BEFORE_SENDING = (COMMITTEE, *BEFORE_LETTER)
GIVEN_UP = "申请人在决定作出前可以撤回申请（行政程序通例）"
GRANTING = (guards.title_can_be_granted, reopening.none_waits)  # and what makes it known beforehand


def _leaves_its_desk(doing: Doing) -> bool:
    return doing.task is not None and flow_tasks.node_name(doing.task) != COMMITTEE


def after_minutes(notice: Clock) -> Iterator[Verb]:
    """All of them where the city recognises: the name off a notice, back to the committee, given up."""
    yield from notice_lines(notice, who.PUBLISHER, audiences.publishers)
    yield from reopening_lines(BEFORE_GRANT, who.OBJECTION_OFFICER, audiences.objection_officers)
    yield giving_up(OFF_NOTICE, audiences.publishers, audiences.district)


def reopening_lines(nodes: tuple[str, ...], officer: Who, officers: Audience) -> Iterator[Verb]:
    """Proposed by one officer, stated on by the applicant, answered by another or taken back.

    Before the committee again, a figure that was set wrong with the return is set right in the same way.
    """
    nodes = (*nodes, COMMITTEE)
    yield Verb(
        "propose_reopening", _("提请重新审议"), officer, nodes, FOUND_LATE,
        guards=(
            reopening.none_waits, recognition_guards.no_waiver_stands, reopening.ground_is_named,
            reopening.figures_alone_before_committee,
            reopened_figures.figures_are_named,
            guards.needs_text("facts", _("查明的事实"), 10), reopening.facts_are_new, reopening.evidence_is_given,
        ),
        record=reopening.propose, tells=(audiences.applicants, officers),
    )  # fmt: skip
    yield Verb(
        "state_on_reopening", _("就重新审议提交陈述"), who.APPLICANT, nodes, HEARD,
        guards=(
            reopening.statement_is_awaited, reopening.is_the_one_read, guards.needs_text("text", _("陈述意见")),
        ),
        record=reopening.state, tells=(officers,), for_page=False,
    )  # fmt: skip
    yield Verb(
        "end_reopening_time", _("重新审议陈述期满"), who.CLOCK, nodes, HEARD,
        guards=(guards.clock_has_run(reopening.STATEMENT.kind),), record=reopening.end_time, tells=(officers,),
        for_page=False,
    )  # fmt: skip
    yield Verb(
        "return_to_committee", _("退回重新审议"), officer, nodes, FOUND_LATE,
        transition="return_to_committee", completes=_leaves_its_desk,
        guards=(
            reopening.was_proposed, reopening.is_the_one_read, reopening.another_than_who_proposed_it,
            reopening.applicant_is_heard, guards.no_open_objection, recognition_guards.no_waiver_stands,
            guards.needs_text("reason", _("退回的理由"), 5),
        ),
        record=reopening.send_back, tells=(audiences.applicants, officers),
    )  # fmt: skip
    yield Verb(
        "drop_reopening", _("不予重新审议"), officer, nodes, FOUND_LATE,
        guards=(
            reopening.was_proposed, reopening.is_the_one_read, reopening.another_than_who_proposed_it,
            guards.needs_text("reason", _("不予重新审议的理由"), 5),
        ),
        record=reopening.drop, tells=(audiences.applicants,),
    )  # fmt: skip
    yield Verb(
        "withdraw_reopening", _("撤回重新审议的提请"), officer, nodes, FOUND_LATE,
        guards=(
            reopening.was_proposed, reopening.is_the_one_read, reopening.proposed_it,
            guards.needs_text("reason", _("撤回的理由"), 5),
        ),
        record=reopening.take_back, tells=(audiences.applicants, officers),
    )  # fmt: skip


def giving_up(nodes: tuple[str, ...], *told: Audience) -> Verb:
    """The applicant's own, until the grant or the letter upward; what is before the public is taken off a notice."""
    return Verb(
        "give_up", _("放弃认定，撤回申报"), who.APPLICANT, nodes, GIVEN_UP, transition="give_up", completes=True,
        guards=(
            reopening.committee_has_it_again, reopening.no_minutes_to_sign,
            guards.needs_text("reason", _("撤回的理由"), 2),
        ),
        record=reopening.give_up,
        tells=(audiences.applicants, *told),
    )  # fmt: skip
