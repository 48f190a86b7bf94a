"""Results of an evaluation from before this system: one officer enters them, another confirms them.

They let the excellent stand aside from the next evaluation, so nothing counts before the second person. One entry of a
batch waits at a time, and no population is frozen beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, act
from accreditation.errors import Reason, Refusal
from accreditation.evaluation_words import CallReason
from accreditation.four_eyes import FourEyes
from accreditation.holdings import who_hold
from accreditation.models import (
    Batch,
    EarlierResult,
    EarlierResultLine,
    EvaluationCall,
    EvaluationRound,
    Title,
    User,
)
from accreditation.permissions import demand_unconnected
from accreditation.recommendation_words import ResultState
from accreditation.resting import grant_of, out_of_bounds
from accreditation.roles import LOCAL_POWERS, Power
from accreditation.services.evaluation_rounds import check_power, office_of, rounds_of, titles_of
from accreditation.services.rule_sets import rules_of
from criteria.ruleset import RuleSet

LEAST_WORDS = 5


def check_officer(row: EarlierResult, by: User, _at: datetime | None) -> None:
    """Denied without the office, and to people of a holder whose result is named."""
    check_power(row.batch, by)
    for holder in set(row.lines.values_list("title__holder_id", flat=True)):
        demand_unconnected(by, holder)


FOUR_EYES = FourEyes(
    EarlierResult,
    check_decider=check_officer,
    check_proposer=check_officer,
    own=Reason("four_eyes", _("以往评价结果须由登记人以外的另一人对照文件核对。")),
    left=Reason("recorder_left", _("登记人已不能办理该批次的评价，请不予确认，由他人重新登记。")),
    wordless=Reason("reason_needed", _("请写明不予确认的理由，不少于 %(n)d 个字。"), "reason"),
    proposed=("recorded_by", "recorded_for"),
    keeps_lender=True,
    least=LEAST_WORDS,
    related=("batch__programme", "batch__authority", "batch__rule_set"),
)


def propose_earlier_round(
    batch: Batch, results: Mapping[Title, str], *, year: int, document_number: str, dated: date, by: User,
    at: datetime,
) -> EarlierResult:  # fmt: skip
    """Enter the results of a round from before this system: title -> code of a band of the batch's rules.

    Nothing counts before another person confirms it. Denied, Refusal with every reason.
    """
    with act(batch, "propose_earlier_round", by=by, at=at, acting_as=office_of(batch)) as doing:
        check_power(batch, by)
        for title in results:
            demand_unconnected(by, title.holder_id)
        lender = by.stands_in_for
        reasons = list(_faults(batch, results, year, document_number, dated, at))
        if batch.earlier_results.filter(state=ResultState.WAITING).exists():
            reasons.append(Reason("result_waits", _("本批次已有一份以往评价结果待第二人核对。")))
        if reasons:
            raise Refusal(reasons)
        entry = EarlierResult.objects.create(
            batch=batch, year=year, document_number=document_number, dated=dated, recorded_by=by, recorded_at=at,
            recorded_for_id=lender.person if lender else None,
        )  # fmt: skip
        EarlierResultLine.objects.bulk_create(
            EarlierResultLine(entry=entry, title=title, position=place, band=code)
            for place, (title, code) in enumerate(results.items(), start=1)
        )
        _note(doing, entry)
        doing.tell(_seconds(entry, at), "earlier_result_to_confirm", **_words(entry))
    return entry


def record_earlier_round(entry: EarlierResult, *, by: User, at: datetime) -> EvaluationRound:
    """Confirm it against the document: the round is made with its results. Denied, AlreadyDone, Refusal."""
    with act(entry.batch, "record_earlier_round", by=by, at=at, acting_as=office_of(entry.batch)) as doing:
        row = FOUR_EYES.to_confirm(doing, entry)
        results = results_of(row)
        if reasons := list(_faults(row.batch, results, row.year, row.document_number, row.dated, at)):
            raise Refusal(reasons)
        round_ = _make(row, results, at)
        FOUR_EYES.settle(row, EarlierResult.confirm, by=by, at=at, round=round_)
        _note(doing, row, recorded_by=str(row.recorded_by))
        doing.tell(row.recorded_by, "earlier_result_confirmed", **_words(row))
    return round_


def decline_earlier_round(entry: EarlierResult, *, reason: str, by: User, at: datetime) -> EarlierResult:
    """Leave it without effect; it may be entered again. Denied as for confirming, AlreadyDone, Refusal."""
    with act(entry.batch, "decline_earlier_round", by=by, at=at, acting_as=office_of(entry.batch)) as doing:
        row = FOUR_EYES.decline(doing, entry, EarlierResult.decline, reason)
        _note(doing, row, recorded_by=str(row.recorded_by), reason=row.reason)
        doing.tell(row.recorded_by, "earlier_result_declined", **_words(row))
    return row


def withdraw_earlier_round(entry: EarlierResult, *, by: User, at: datetime) -> EarlierResult:
    """Take the own entry back; it may be entered again. Denied for everybody else, AlreadyDone."""
    with act(entry.batch, "withdraw_earlier_round", by=by, at=at, acting_as=office_of(entry.batch)) as doing:
        row = FOUR_EYES.withdraw(doing, entry, EarlierResult.withdraw)
        _note(doing, row)
    return row


def results_of(entry: EarlierResult) -> dict[Title, str]:
    """Title -> code of its band, in the order of entry."""
    rows = entry.lines.select_related("title__holder", "title__programme").order_by("position")
    return {line.title: line.band for line in rows}


def _make(entry: EarlierResult, results: Mapping[Title, str], at: datetime) -> EvaluationRound:
    batch, rules = entry.batch, rules_of(entry.batch)
    round_ = EvaluationRound.objects.create(
        programme=batch.programme, authority=batch.authority, year=entry.year, document_number=entry.document_number,
        frozen_at=at, frozen_by=entry.recorded_by,
    )  # fmt: skip
    for place, (title, code) in enumerate(results.items(), start=1):
        band = rules.band(code)
        EvaluationCall.objects.create(
            round=round_, title=title, position=place, reason=CallReason.DUE, band=band.code, band_zh=band.name_zh,
            band_en=band.name_en, consequence=band.consequence, published_on=entry.dated,
        )  # fmt: skip
    return round_


def _faults(
    batch: Batch, results: Mapping[Title, str], year: int, document_number: str, dated: date, at: datetime
) -> Iterator[Reason]:
    yield from _faults_of_earlier(batch, rules_of(batch), results, year, document_number)
    yield from out_of_bounds(dated, (one for title in results for one in grant_of(title)), "dated", at=at)


def _faults_of_earlier(
    batch: Batch, rules: RuleSet, results: Mapping[Title, str], year: int, document_number: str
) -> Iterator[Reason]:
    if year >= batch.year:
        yield Reason("year", _("以往评价的年度应早于本次评价。"), "year")
    if rounds_of(batch).filter(year=year).exists():
        yield Reason("year_taken", _("%(year)d 年度的评价结果已登记。") % {"year": year}, "year")
    if EvaluationRound.objects.filter(batch=batch).exists():
        yield Reason("already_frozen", _("%(year)d 年度的评价范围已经固定，不能再次固定。") % {"year": batch.year})
    if not document_number.strip():
        yield Reason("text_needed", _("请填写文号。"), "document_number")
    if not results:
        yield Reason("empty_list", _("请至少登记一项结果。"), "results")
    codes = {band.code for band in rules.bands}
    own = set(titles_of(batch).values_list("pk", flat=True))
    for title, code in results.items():
        if title.pk not in own or code not in codes:
            yield Reason("unknown_result", _("%(no)s：结果不能登记。") % {"no": title.number}, "results")


def _seconds(entry: EarlierResult, at: datetime) -> list[User]:
    """Everybody who runs the rounds of the body and may confirm it."""
    body = entry.batch.authority
    power, place = (LOCAL_POWERS[Power.RUN_BATCHES], body.district) if body else (Power.RUN_BATCHES, None)
    return [one for one in who_hold(power, place, at) if FOUR_EYES.may_decide(entry, one, at)]


def _words(entry: EarlierResult) -> dict[str, Any]:
    return {"batch": entry.batch.code.upper(), "year": entry.year, "number": entry.document_number, "entry": entry.pk}


def _note(doing: Act, entry: EarlierResult, **more: str) -> None:
    doing.note(
        entry=entry.pk, year=entry.year, document=entry.document_number, dated=entry.dated.isoformat(),
        results={title.number: code for title, code in results_of(entry).items()}, **more,
    )  # fmt: skip
