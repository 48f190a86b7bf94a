"""Many cases of a round at once: opinions sent up, what speaks against a result, withdrawal proposed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accreditation.acts import act, fingerprint
from accreditation.enums import ProceedingKind
from accreditation.errors import Denied, Reason, Refusal
from accreditation.grounds import Ground
from accreditation.models import (
    Case,
    Reexamination,
    ReexaminationReport,
    ReexaminationRound,
    User,
)
from accreditation.permissions import has_power, has_power_at
from accreditation.reexamination_words import LOST, ReexaminationState
from accreditation.resting import Basis, basis, out_of_bounds
from accreditation.roles import Power
from accreditation.services.reexaminations import CHAIN, HELD
from workflows import door
from workflows.opening_proceedings import propose_proceeding
from workflows.reexamination_acts import due_day
from workflows.workdays import SHANGHAI

OFFICIAL = "zh-hans"
FACTS = {
    ReexaminationState.FAILED: _("%(year)d 年度复核（%(doc)s）结果为不合格，已由《%(no)s》公布。%(why)s"),
    ReexaminationState.REFUSED: _("该单位声明不参加 %(year)d 年度复核（%(doc)s）。%(why)s"),
    ReexaminationState.UNANSWERED: _("%(year)d 年度复核（%(doc)s）材料报送期限至%(due)s止，逾期未报送。%(why)s"),
}
NOT_AGAIN = _("%(year)d 年度复核（%(doc)s）材料退回补正后逾期未重新报送，期限至%(due)s止。%(why)s")


@transaction.atomic
def forward_opinions(
    round_: ReexaminationRound, listed: Iterable[Reexamination], *, number: str, dated: date, addressed_to: str,
    by: User, at: datetime, request_key: str | None = None,
) -> ReexaminationReport:  # fmt: skip
    """Send opinions up to the ministry under a document number. Denied, Refusal; raises Replayed as `act` does."""
    rows = sorted(listed, key=lambda row: row.case_id)
    with act(
        CHAIN, "forward_reexaminations", by=by, at=at, acting_as="publisher", request_key=request_key,
        request=fingerprint(round_.pk, [row.pk for row in rows], number, dated, addressed_to),
    ) as doing:  # fmt: skip
        _check(has_power(by, Power.PUBLISH), round_, rows, ReexaminationState.REVIEWED, dated, at)
        if ReexaminationReport.objects.filter(number=number).exists():
            raise Refusal([Reason("number_taken", _("文号 %(no)s 已使用。") % {"no": number}, "number")])
        report = ReexaminationReport.objects.create(
            round=round_, number=number, dated=dated, addressed_to=addressed_to, sent_by=by, sent_at=at
        )
        doing.note(year=round_.year, report=number, dated=dated.isoformat(), to=addressed_to, cases=_numbers(rows))
        doing.reply(number=number)
    for row in rows:
        door.perform(row.case, "forward_reexamination", by=by, at=at, form={"report": report})
    return report


def faults_of_result(
    round_: ReexaminationRound, rows: list[Reexamination], dated: date, valid_until: date | None, at: datetime
) -> Iterator[Reason]:
    """Everything against the ministry's notice over these cases, its day and the term that it names."""
    yield from _faults(round_, rows, ReexaminationState.FORWARDED, dated, at)
    if valid_until is not None and valid_until <= max(dated, _day(at)):
        yield Reason("term_over", _("有效期应晚于文件印发日期和今天。"), "valid_until")


def propose_of_failed(round_: ReexaminationRound, failed: Collection[int], *, by: User, at: datetime) -> None:
    """Propose at once to withdraw the titles of those who failed, by their keys, unless somebody has."""
    to_propose = without_proposal(round_).filter(pk__in=failed)
    if to_propose.exists():
        with act(CHAIN, "propose_withdrawals", by=by, at=at, acting_as="municipal_officer") as doing:
            doing.note(year=round_.year, cases=[case.number for case in _proposals(to_propose, at)])


@transaction.atomic
def propose_withdrawals(
    round_: ReexaminationRound, *, by: User, at: datetime, request_key: str | None = None
) -> list[Case]:
    """Open a proceeding to withdraw the title of everybody who failed or took no part and has none yet.

    Nothing is withdrawn by it: the holder is heard and another person decides. Denied, Refusal, Replayed.
    """
    with act(
        CHAIN, "propose_withdrawals", by=by, at=at, acting_as="municipal_officer", request_key=request_key,
        request=fingerprint(round_.pk),
    ) as doing:  # fmt: skip
        if not has_power_at(by, Power.PREPARE_ORDERS, None):
            raise Denied([Reason("not_yours", _("您没有办理此项的职权。"))])
        rows = list(without_proposal(round_))
        if not rows:
            raise Refusal([Reason("nothing_to_propose", _("没有需要提出撤销建议的称号。"))])
        opened = list(_proposals(rows, at))
        doing.note(year=round_.year, cases=[case.number for case in opened])
        doing.reply(year=round_.year)
    return opened


def without_proposal(round_: ReexaminationRound) -> QuerySet[Reexamination]:
    """Cases lost in the round whose title is still held, passed no later round, and nobody proposed to withdraw."""
    later = Reexamination.objects.filter(
        title=OuterRef("title"), state=ReexaminationState.PASSED, round__year__gt=round_.year
    )
    rows = Reexamination.objects.filter(~Exists(later), round=round_, state__in=LOST, proposal__isnull=True)
    rows = rows.filter(title__state__in=HELD)
    return rows.select_related("title__programme", "round", "notice", "case").order_by("case__number")


def _proposals(rows: Iterable[Reexamination], at: datetime) -> Iterator[Case]:
    clock = User.objects.get(is_system=True)
    for row in rows:
        has_failed = row.state == ReexaminationState.FAILED
        ground = Ground.REEXAMINATION_FAILED if has_failed else Ground.NOT_REEXAMINED
        case = propose_proceeding(
            row.title, kind=ProceedingKind.REVOCATION, ground=ground, found_facts=_facts(row), by=clock, at=at,
            notice=row.notice,
        )  # fmt: skip
        if case is not None:
            row.proposal = case
            row.save(update_fields=["proposal"])
            yield case


def _facts(row: Reexamination) -> str:
    """The facts of a proposal, in the official language."""
    due, facts = due_day(row), FACTS[ReexaminationState(row.state)]
    if row.state == ReexaminationState.UNANSWERED and row.handed_in_at is not None:
        facts = NOT_AGAIN
    values = {
        "year": row.round.year, "doc": row.round.document, "no": row.notice.number if row.notice else "",
        "due": f"{due.year}年{due.month}月{due.day}日", "why": row.remark,
    }  # fmt: skip
    with override(OFFICIAL):
        return str(facts) % values


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def _numbers(rows: Iterable[Reexamination]) -> list[str]:
    return [row.case.number for row in rows]


def _check(
    may: bool, round_: ReexaminationRound, rows: list[Reexamination], state: str, dated: date, at: datetime
) -> None:
    if not may:
        raise Denied([Reason("not_yours", _("您没有办理此项的职权。"))])
    if reasons := list(_faults(round_, rows, state, dated, at)):
        raise Refusal(reasons)


def _bases(round_: ReexaminationRound, rows: Iterable[Reexamination]) -> Iterator[Basis]:
    """The call of the round; the opinion that is sent up, or the letter that took it there."""
    yield from basis(_("本次复核的部署日期"), round_.opened_at)
    for row in rows:
        if row.report is not None:
            yield from basis(_("上报文件 %(no)s 的行文日期") % {"no": row.report.number}, row.report.dated)
        elif row.state == ReexaminationState.REVIEWED:
            yield from basis(_("%(no)s 审核意见之日") % {"no": row.case.number}, row.case.moved_at)


def _faults(
    round_: ReexaminationRound, rows: list[Reexamination], state: str, dated: date, at: datetime
) -> Iterator[Reason]:
    if not rows:
        yield Reason("empty_list", _("名单中没有办件。"))
    yield from out_of_bounds(dated, _bases(round_, rows), "dated", at=at)
    for row in rows:
        if row.round_id != round_.pk:
            yield Reason("other_round", _("%(no)s 不属于本次复核。") % {"no": row.case.number})
        if row.state != state:
            values = {"no": row.case.number, "state": ReexaminationState(row.state).label}
            yield Reason("wrong_state", _("%(no)s 当前为“%(state)s”。") % values)
