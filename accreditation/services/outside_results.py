"""Results of national evaluations: entered by one officer; what moves a title counts once a second confirmed it.

A result that leaves its title as it is counts at once; a loss is put before a second person as an order
(`workflows.national_results`). One result of a title waits at a time, and none is entered beside it: whether a result
moves the title depends on the one that waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, act
from accreditation.enums import Level, TitleState
from accreditation.errors import Reason, Refusal
from accreditation.four_eyes import FourEyes
from accreditation.models import ResultProposal, StoredFile, Title, TitleEvaluation, User
from accreditation.models.titles import MOVED
from accreditation.permissions import demand_power, demand_unconnected
from accreditation.recommendation_words import OutsideBand, ResultState
from accreditation.resting import before_bases, grant_of
from accreditation.roles import ROLES, Power
from accreditation.selectors.people import active_people_of, holders_of
from accreditation.services.outside_titles import HELD, keep_notice

OFFICE = "municipal_officer"
LEAST_WORDS = 5
ADVERSE = (OutsideBand.MARGINAL_PASS, OutsideBand.FAIL)


def check_officer(row: ResultProposal, by: User, at: datetime | None) -> None:
    """Denied without the office, and to whoever is or was of the holder's people, of today or when it was entered."""
    demand_power(by, Power.CHECK_COMPLETENESS, at=at)
    for holder in {row.holder_id, row.title.holder_id}:
        demand_unconnected(by, holder)


FOUR_EYES = FourEyes(
    ResultProposal,
    check_decider=check_officer,
    check_proposer=check_officer,
    own=Reason("same_person", _("改变称号状态的评价结果须由登记人以外的另一人对照文件核对。")),
    left=Reason("recorder_left", _("登记人已不能办理该单位的事项，请不予确认，由他人重新登记。")),
    wordless=Reason("reason_needed", _("请写明不予确认的理由，不少于 %(n)d 个字。"), "reason"),
    proposed=("recorded_by", "recorded_for"),
    keeps_lender=True,
    least=LEAST_WORDS,
    related=("title", "notice"),
)


def record_evaluation(
    title: Title, *, year: int, band: str, number: str, dated: date, authority: str, consequence: str,
    file: StoredFile, file_name: str, by: User, at: datetime,
) -> TitleEvaluation | ResultProposal:  # fmt: skip
    """Enter the result of a national evaluation with its document.

    A result that would warn the title or lift its warning waits for a second officer and moves nothing: that is the
    proposal. Any other counts, and the holder is told of it unless it is a loss. Denied, Refusal with every reason.
    """
    with act(title, "record_evaluation", by=by, at=at, acting_as=OFFICE) as doing:
        demand_power(by, Power.CHECK_COMPLETENESS, at=at)
        row = _title_of(doing)
        demand_unconnected(by, row.holder_id)
        lender = by.stands_in_for
        reasons = list(_faults_of_entry(row, year, band, dated, consequence))
        if reasons := [*reasons, *before_bases(dated, grant_of(row), "dated")]:
            raise Refusal(reasons)
        notice = keep_notice(
            None, number=number, dated=dated, authority=authority, file=file, file_name=file_name, by=by, at=at
        )
        doing.note(year=year, band=band, notice=number, dated=dated.isoformat(), file=file.sha256)
        said = {"year": year, "band": band, "notice": notice, "consequence": consequence}
        if not moves(row, band):
            return _count(doing, row, said, recorder=by, recorded_at=at)
        proposal = ResultProposal.objects.create(
            title=row, holder_id=row.holder_id, **said, recorded_by=by, recorded_at=at,
            recorded_for_id=lender.person if lender else None,
        )  # fmt: skip
        doing.note(proposal=proposal.pk)
        doing.tell(_seconds(proposal, at), "result_to_confirm", **_words(proposal))
    return proposal


def confirm_result(proposal: ResultProposal, *, by: User, at: datetime) -> TitleEvaluation:
    """Let the result count; the title follows it from the state in which it is now, and its holder of today is told.

    Suspended meanwhile, it is warned beneath; warned or in good standing already, it stays so. Denied to whoever
    entered it and to people of the holder, AlreadyDone, Refusal where the title is lost or its recorder has left.
    """
    with act(proposal.title, "confirm_evaluation", by=by, at=at, acting_as=OFFICE) as doing:
        row, title = FOUR_EYES.to_confirm(doing, proposal), _title_of(doing)
        if reasons := list(_faults_of_result(title, row.year, row.notice.dated)):
            raise Refusal(reasons)
        said = {"year": row.year, "band": row.band, "notice": row.notice, "consequence": row.consequence}
        found = _count(doing, title, said, recorder=row.recorded_by, recorded_at=row.recorded_at)
        FOUR_EYES.settle(row, ResultProposal.confirm, by=by, at=at, evaluation=found)
        _note(doing, row)
        doing.tell(row.recorded_by, "result_confirmed", **_words(row))
    return found


def decline_result(proposal: ResultProposal, *, reason: str, by: User, at: datetime) -> ResultProposal:
    """Leave it without effect; the year may be entered again. Denied as for confirming, AlreadyDone, Refusal."""
    with act(proposal.title, "decline_evaluation", by=by, at=at, acting_as=OFFICE) as doing:
        row = FOUR_EYES.decline(doing, proposal, ResultProposal.decline, reason)
        _note(doing, row, reason=row.reason)
        doing.tell(row.recorded_by, "result_declined", **_words(row))
    return row


def withdraw_result(proposal: ResultProposal, *, by: User, at: datetime) -> ResultProposal:
    """Take the own entry back; the year may be entered again. Denied for everybody else, AlreadyDone."""
    with act(proposal.title, "withdraw_evaluation", by=by, at=at, acting_as=OFFICE) as doing:
        row = FOUR_EYES.withdraw(doing, proposal, ResultProposal.withdraw)
        _note(doing, row)
    return row


def waits(entry: TitleEvaluation | ResultProposal) -> bool:
    """Whether what was entered waits for a second officer."""
    return isinstance(entry, ResultProposal)


def moves(title: Title, band: str) -> bool:
    """Whether such a result would warn the title or lift its warning, beneath a suspension as well.

    Order 34: below 65 there is a formal warning; below 60 the title is revoked, which is registered apart.
    """
    if band == OutsideBand.FAIL:
        return False
    is_warned = title.warned_beneath if title.state == TitleState.SUSPENDED else title.state == TitleState.WARNED
    return is_warned != (band == OutsideBand.MARGINAL_PASS)


def _follow(title: Title, band: str) -> None:
    is_warned = band == OutsideBand.MARGINAL_PASS
    if title.state == TitleState.SUSPENDED:
        title.warned_beneath = is_warned
    elif is_warned:
        title.warn()
    else:
        title.reinstate()


def _count(doing: Act, title: Title, said: dict[str, Any], *, recorder: User, recorded_at: datetime) -> TitleEvaluation:
    """The evaluation on record, with what follows from it for the title as it is now; the holder is told."""
    before = title.state
    if moves(title, said["band"]):
        _follow(title, said["band"])
        title.save(update_fields=MOVED)
    doing.moved(before, title.state)
    if said["band"] != OutsideBand.FAIL:
        doing.tell(active_people_of(title.holder), "national_result", title=title.number, year=said["year"])
    return TitleEvaluation.objects.create(
        title=title, **said, state_before=before, state_after=title.state, recorded_by=recorder,
        recorded_at=recorded_at,
    )  # fmt: skip


def _faults_of_entry(title: Title, year: int, band: str, dated: date, consequence: str) -> Iterator[Reason]:
    yield from _faults_of_result(title, year, dated)
    if title.result_proposals.filter(state=ResultState.WAITING).exists():
        yield Reason("result_waits", _("该称号已有一项评价结果待第二人核对，请先确认、不予确认或撤回。"))
    if band in ADVERSE and len(consequence.strip()) < 2:
        yield Reason("text_needed", _("请写明文件规定的后果（如警告并限期整改、撤销资格）。"), "consequence")


def _faults_of_result(title: Title, year: int, dated: date) -> Iterator[Reason]:
    if title.programme.level != Level.NATIONAL:
        yield Reason("not_from_above", _("该称号不是国家主管部门授予的。"))
    if title.state not in HELD:
        yield Reason("title_not_standing", _("该称号已不在有效期内。"))
    if title.evaluations.filter(year=year).exists():
        yield Reason("year_taken", _("%(year)d 年度的评价结果已登记。") % {"year": year}, "year")
    if not title.valid_from.year <= year <= dated.year:
        yield Reason("year_outside", _("评价年度不能早于称号起始年，也不能晚于文件日期。"), "year")


def _title_of(doing: Act) -> Title:
    assert isinstance(doing.chain, Title)
    return doing.chain


def _words(row: ResultProposal) -> dict[str, Any]:
    return {"title": row.title.number, "year": row.year, "result": row.pk}


def _note(doing: Act, row: ResultProposal, **more: str) -> None:
    doing.note(
        proposal=row.pk,
        year=row.year,
        band=row.band,
        notice=row.notice.number,
        recorded_by=str(row.recorded_by),
        **more,
    )  # fmt: skip


def _seconds(row: ResultProposal, at: datetime) -> list[User]:
    """Everybody of the office who may confirm it."""
    roles = [role for role, entry in ROLES.items() if Power.CHECK_COMPLETENESS in entry.powers]
    return [one for one in holders_of(roles) if FOUR_EYES.may_decide(row, one, at)]
