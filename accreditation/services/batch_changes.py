"""The window of a batch made longer, and a batch opened wrongly called off; each confirmed by a second officer.

No rule of the programmes read says either; both rest on the general duty to let nobody lose what was announced to
everybody (信赖保护): the window only ever becomes longer, and nothing that was filed is ended by a calling off.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.batch_words import BatchState
from accreditation.clocks import is_past
from accreditation.enums import ApplicationState, MeetingState, MemberState
from accreditation.errors import Reason, Refusal
from accreditation.models import (
    Application,
    Batch,
    BatchProposal,
    EvaluationCall,
    EvaluationRound,
    FigureCheckPlan,
    Ranking,
    User,
)
from accreditation.permissions import demand_power
from accreditation.roles import Power

BEFORE_FILING = (ApplicationState.DRAFT, ApplicationState.WITHDRAWN)


def prolong_window(batch: Batch, proposal: BatchProposal, *, by: User, at: datetime) -> Batch:
    """End the window later, opening it again where it was over; whoever has yet to file is told.

    Denied, Refusal with all reasons. Takes what a second officer confirmed (`workflows.batch_proposals`).
    """
    with act(batch, "prolong_window", by=by, at=at, acting_as="municipal_officer") as doing:
        demand_power(by, Power.RUN_BATCHES, at=at)
        row = doing.chain
        assert isinstance(row, Batch)
        assert proposal.closes_at is not None
        if reasons := list(faults_of_prolonging(row, proposal.closes_at, at)):
            raise Refusal(reasons)
        before, closed = row.state, row.closes_at
        row.prolong()
        row.closes_at = proposal.closes_at
        row.save()
        doing.moved(before, row.state)
        doing.note(
            closes_before=closed.isoformat(), closes_at=row.closes_at.isoformat(), reason=proposal.reason,
            document=proposal.document, proposal=proposal.number, proposed_by=proposal.proposed_by_id,
        )  # fmt: skip
        doing.tell(yet_to_file(row), "window_prolonged", batch=row.code, closes_at=row.closes_at.isoformat())
    return row


def faults_of_prolonging(batch: Batch, closes_at: datetime, at: datetime) -> Iterator[Reason]:
    """Every reason against ending the window then."""
    if batch.state not in (BatchState.OPEN, BatchState.CLOSED):
        values = {"state": BatchState(batch.state).label}
        yield Reason("batch_over", _("本批次%(state)s，不能延长申报期。") % values)
        return
    if closes_at <= batch.closes_at:
        yield Reason("only_later", _("申报截止时间只能延后，不能提前。"), "closes_at")
    elif is_past(closes_at, at):
        yield Reason("in_the_past", _("新的截止时间已过。"), "closes_at")
    if is_past(batch.closes_at, at):
        yield from _rests_on_the_end(batch)


def _rests_on_the_end(batch: Batch) -> Iterator[Reason]:
    """What was done because nobody could file any more, and would be wrong if somebody could."""
    done = (
        (Ranking.objects.filter(batch=batch), _("排序已固定")),
        (batch.meetings.exclude(state=MeetingState.CANCELLED), _("评审会议已召集")),
        (batch.notices.all(), _("名单已公示")),
        (batch.announcements.all(), _("结果已公布")),
        (FigureCheckPlan.objects.filter(batch=batch, drawn_at__isnull=False), _("数据核查已抽样")),
        (EvaluationRound.objects.filter(batch=batch, late_listed_at__isnull=False), _("逾期未报送名单已列出")),
    )
    for rows, said in done:
        if rows.exists():
            text = _("申报期已满，且%(done)s，不能再延长。")
            yield Reason("window_used", text % {"done": said})


def call_batch_off(batch: Batch, proposal: BatchProposal, *, by: User, at: datetime) -> Batch:
    """End a batch in which nothing that was filed stands; whoever has a draft in it is told. Denied, Refusal.

    The caller holds the cases of the batch, so that none is filed meanwhile (`workflows.batch_proposals`).
    """
    with act(batch, "call_batch_off", by=by, at=at, acting_as="municipal_officer") as doing:
        demand_power(by, Power.RUN_BATCHES, at=at)
        row = doing.chain
        assert isinstance(row, Batch)
        if reasons := list(faults_of_calling_off(row)):
            raise Refusal(reasons)
        before = row.state
        row.call_off()
        row.save()
        doing.moved(before, row.state)
        doing.note(reason=proposal.reason, proposal=proposal.number, proposed_by=proposal.proposed_by_id)
        doing.tell(yet_to_file(row), "batch_called_off", batch=row.code, reason=proposal.reason)
    return row


def faults_of_calling_off(batch: Batch, *, unnamed: Collection[int] = ()) -> Iterator[Reason]:
    """Every reason against it, naming each case that was filed and not withdrawn, but for the `unnamed` (keys)."""
    if batch.state not in (BatchState.OPEN, BatchState.CLOSED):
        values = {"state": BatchState(batch.state).label}
        yield Reason("batch_over", _("本批次%(state)s，不能取消。") % values)
        return
    filed = batch.applications.exclude(state__in=BEFORE_FILING).order_by("case__number")
    if found := list(filed.values_list("case", "case__number")):
        cases = "、".join(number for key, number in found if key not in unnamed)
        text = _("已有申报提交，不能取消批次；须先由申报单位撤回，已作出决定的批次不能取消：%(cases)s。")
        text = text if cases else _("已有申报提交，不能取消批次；其中有您应当回避的办件，不向您显示。")
        yield Reason("cases_filed", text % {"cases": cases})
    if EvaluationRound.objects.filter(batch=batch).exists():
        yield Reason("population_frozen", _("评价范围已经固定，不能取消批次。"))


def yet_to_file(batch: Batch) -> list[User]:
    """Who acts for an enterprise with a draft in the batch, or for a holder that was called to it and filed nothing."""
    drafts = Application.objects.filter(batch=batch, state=ApplicationState.DRAFT)
    filed = Application.objects.filter(batch=batch).exclude(state__in=BEFORE_FILING)
    called = EvaluationCall.objects.filter(round__batch=batch, round__called_at__isnull=False, reason="due")
    enterprises = {
        *drafts.values_list("enterprise_id", flat=True),
        *called.exclude(title__holder__in=filed.values("enterprise_id")).values_list("title__holder_id", flat=True),
    }
    rows = User.objects.filter(
        is_active=True, memberships__enterprise__in=enterprises, memberships__state=MemberState.ACTIVE
    )
    return list(rows.distinct().order_by("pk"))
