"""The ministry's result of a round of re-examinations: one officer enters it, another confirms it against the scan.

Only the confirmation moves the cases: who passed keeps the title with its new term, of who failed the withdrawal is
proposed at once. One result of a round waits at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, act, fingerprint
from accreditation.errors import Denied, Reason, Refusal
from accreditation.four_eyes import FourEyes
from accreditation.holdings import who_hold
from accreditation.models import (
    Case,
    ExternalNotice,
    Reexamination,
    ReexaminationResult,
    ReexaminationResultLine,
    ReexaminationRound,
    StoredFile,
    User,
)
from accreditation.permissions import has_power_at, persons_behind
from accreditation.recommendation_words import ResultState
from accreditation.roles import Power
from accreditation.services import outside_titles
from accreditation.services.reexaminations import CHAIN
from workflows import door
from workflows.parties import ties_to
from workflows.reexamination_rounds import faults_of_result, propose_of_failed
from workflows.second_person import FOUR_EYES as OWN_WORK

OFFICE = "municipal_officer"
LEAST_WORDS = 5
NOT_YOURS = Reason("not_yours", _("您没有办理此项的职权。"))
WAITS = Reason("result_waits", _("本次复核已有一份国家结果待第二人核对，请先确认、不予确认或撤回。"))
CONNECTED = Reason("connected", _("您与名单中的单位有利害关系，应当回避。"))


def check_officer(row: ReexaminationResult, by: User, at: datetime | None) -> None:
    """Denied without the office, and to whoever is tied to one of the listed cases."""
    if not has_power_at(by, Power.PREPARE_ORDERS, None, at):
        raise Denied([NOT_YOURS])
    if {person for person, _case in ties_to(_cases(row))} & persons_behind(by):
        raise Denied([CONNECTED])


FOUR_EYES = FourEyes(
    ReexaminationResult,
    check_decider=check_officer,
    check_proposer=check_officer,
    own=Reason(OWN_WORK, _("国家复核结果须由登记人以外的另一人对照文件核对。")),
    left=Reason("recorder_left", _("登记人已不能办理名单中的办件，请不予确认，由他人重新登记。")),
    wordless=Reason("reason_needed", _("请写明不予确认的理由，不少于 %(n)d 个字。"), "reason"),
    proposed=("recorded_by", "recorded_for"),
    keeps_lender=True,
    least=LEAST_WORDS,
    related=("round", "notice"),
)


@transaction.atomic
def propose_results(
    round_: ReexaminationRound, passed: Iterable[Reexamination], failed: Iterable[Reexamination], *, reasons: str,
    valid_until: date | None, number: str, dated: date, authority: str, file: StoredFile, file_name: str, by: User,
    at: datetime, request_key: str | None = None,
) -> ReexaminationResult:  # fmt: skip
    """Enter the ministry's notice: who keeps the title with which term, who does not, and what was said of it.

    Nothing moves before another officer confirms it; whatever would be refused then is refused now. Denied, Refusal,
    Replayed.
    """
    kept, lost = list(passed), list(failed)
    door.hold_cases(row.case_id for row in (*kept, *lost))
    with act(
        CHAIN, "propose_reexamination_results", by=by, at=at, acting_as=OFFICE, request_key=request_key,
        request=fingerprint(round_.pk, number, dated, [row.pk for row in kept], [row.pk for row in lost]),
    ) as doing:  # fmt: skip
        if not has_power_at(by, Power.PREPARE_ORDERS, None):
            raise Denied([NOT_YOURS])
        lender = by.stands_in_for
        if round_.results.filter(state=ResultState.WAITING).exists():
            raise Refusal([WAITS])
        if found := list(faults_of_result(round_, [*kept, *lost], dated, valid_until, at)):
            raise Refusal(found)
        notice = outside_titles.keep_notice(
            None, number=number, dated=dated, authority=authority, file=file, file_name=file_name, by=by, at=at
        )
        entry = ReexaminationResult.objects.create(
            round=round_, notice=notice, valid_until=valid_until, reasons=reasons.strip(), recorded_by=by,
            recorded_at=at, recorded_for_id=lender.person if lender else None,
        )  # fmt: skip
        lines = [ReexaminationResultLine(entry=entry, reexamination=row, is_passed=True) for row in kept]
        lines += [ReexaminationResultLine(entry=entry, reexamination=row, is_passed=False) for row in lost]
        ReexaminationResultLine.objects.bulk_create(lines)
        if found := list(door.reasons_but_for_a_second(_moves(entry), by=by, at=at)):
            raise Refusal(found)
        _note(doing, entry)
        doing.reply(number=number)
        seconds = [one for one in who_hold(Power.PREPARE_ORDERS, None, at) if FOUR_EYES.may_decide(entry, one, at)]
        doing.tell(seconds, "reexamination_result_to_confirm", **_words(entry))
    return entry


@transaction.atomic
def confirm_results(entry: ReexaminationResult, *, by: User, at: datetime) -> ExternalNotice:
    """Confirm it against the scan: every listed case moves. Whoever failed keeps the title until an order.

    Denied to whoever entered it and to people of the listed holders, AlreadyDone, Refusal.
    """
    door.hold_cases(case.pk for case in _cases(entry))
    with act(CHAIN, "record_reexamination_results", by=by, at=at, acting_as=OFFICE) as doing:
        row = FOUR_EYES.to_confirm(doing, entry)
        listed = [line.reexamination for line in _lines(row)]
        if found := list(faults_of_result(row.round, listed, row.notice.dated, row.valid_until, at)):
            raise Refusal(found)
        for case, verb, form in _moves(row):
            door.perform(case, verb, by=by, at=at, form=form)
        FOUR_EYES.settle(row, ReexaminationResult.confirm, by=by, at=at)
        _note(doing, row, recorded_by=str(row.recorded_by))
        doing.tell(row.recorded_by, "reexamination_result_confirmed", **_words(row))
    lost = [line.reexamination_id for line in _lines(row) if not line.is_passed]
    propose_of_failed(row.round, lost, by=by, at=at)
    return row.notice


def decline_results(entry: ReexaminationResult, *, reason: str, by: User, at: datetime) -> ReexaminationResult:
    """Leave it without effect; it may be entered again. Denied as for confirming, AlreadyDone, Refusal."""
    with act(CHAIN, "decline_reexamination_results", by=by, at=at, acting_as=OFFICE) as doing:
        row = FOUR_EYES.decline(doing, entry, ReexaminationResult.decline, reason)
        _note(doing, row, recorded_by=str(row.recorded_by), reason=row.reason)
        doing.tell(row.recorded_by, "reexamination_result_declined", **_words(row))
    return row


def withdraw_results(entry: ReexaminationResult, *, by: User, at: datetime) -> ReexaminationResult:
    """Take the own entry back; it may be entered again. Denied for everybody else, AlreadyDone."""
    with act(CHAIN, "withdraw_reexamination_results", by=by, at=at, acting_as=OFFICE) as doing:
        row = FOUR_EYES.withdraw(doing, entry, ReexaminationResult.withdraw)
        _note(doing, row)
    return row


def _moves(entry: ReexaminationResult) -> Iterator[tuple[Case, str, dict[str, Any]]]:
    """Each listed case with the verb that it waits for and the form of that verb."""
    above = {"entry": entry, "notice": entry.notice}
    for line in _lines(entry):
        if line.is_passed:
            yield line.reexamination.case, "pass_reexamination", above | {"valid_until": entry.valid_until}
        else:
            yield line.reexamination.case, "fail_reexamination", above | {"reasons": entry.reasons}


def _lines(entry: ReexaminationResult) -> list[ReexaminationResultLine]:
    rows = entry.lines.select_related("reexamination__case", "reexamination__round", "reexamination__report")
    return list(rows.order_by("-is_passed", "reexamination__case"))


def _cases(entry: ReexaminationResult) -> list[Case]:
    return [line.reexamination.case for line in _lines(entry)]


def _words(entry: ReexaminationResult) -> dict[str, Any]:
    return {"year": entry.round.year, "number": entry.notice.number, "entry": entry.pk}


def _note(doing: Act, entry: ReexaminationResult, **more: str) -> None:
    notice, lines = entry.notice, _lines(entry)
    doing.note(
        entry=entry.pk, year=entry.round.year, notice=notice.number, dated=notice.dated.isoformat(),
        file=notice.file.sha256,
        passed=[line.reexamination.case.number for line in lines if line.is_passed],
        failed=[line.reexamination.case.number for line in lines if not line.is_passed], **more,
    )  # fmt: skip
