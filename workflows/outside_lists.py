"""The national result of a batch of recommendations: one officer enters it, another confirms it against the scan.

Only the confirmation moves the cases and begins the titles. One result of a batch waits at a time. A result that was
confirmed wrongly is corrected by a list that two people answer for as well; only what it says otherwise moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, act, fingerprint
from accreditation.enums import ApplicationState
from accreditation.errors import Denied, Reason, Refusal
from accreditation.four_eyes import FourEyes
from accreditation.models import (
    Application,
    Batch,
    Case,
    ExternalNotice,
    OutsideList,
    OutsideListLine,
    StoredFile,
    User,
)
from accreditation.permissions import demand_power, persons_behind
from accreditation.recommendation_words import ResultState
from accreditation.resting import basis, out_of_bounds
from accreditation.roles import ROLES, Power
from accreditation.selectors.people import holders_of
from accreditation.services import outside_titles
from workflows import door
from workflows.own_matters import demand_no_tie
from workflows.parties import ties_to
from workflows.recommendation_acts import bases_of_letters, check_listed, faults_of_states, sent_up
from workflows.second_person import FOUR_EYES as OWN_WORK

OFFICE = "municipal_officer"
LEAST_WORDS = 5
LEAST_WHY = 10
CORRECTING = ("correct_to_recognised", "correct_to_passed_over")
WAITS = Reason("result_waits", _("本批次已有一份国家结果待第二人核对，请先确认、不予确认或撤回。"))
CONNECTED = Reason("connected", _("您与名单中的单位有利害关系，应当回避。"))


def check_officer(row: OutsideList, by: User, at: datetime | None) -> None:
    """Denied without the office, and to whoever is tied to a case of the list, or of the list that is corrected."""
    demand_power(by, Power.CHECK_COMPLETENESS, at=at)
    _demand_untied(by, [line.application for line in _lines(row.corrects or row)])


FOUR_EYES = FourEyes(
    OutsideList,
    check_decider=check_officer,
    check_proposer=check_officer,
    own=Reason(OWN_WORK, _("国家结果须由登记人以外的另一人对照文件核对。")),
    left=Reason("recorder_left", _("登记人已不能办理名单中的申报件，请不予确认，由他人重新登记。")),
    wordless=Reason("reason_needed", _("请写明不予确认的理由，不少于 %(n)d 个字。"), "reason"),
    proposed=("recorded_by", "recorded_for"),
    keeps_lender=True,
    least=LEAST_WORDS,
    related=("batch", "notice", "corrects__notice", "corrects__batch"),
)


@transaction.atomic
def propose_result(
    batch: Batch, recognised: Iterable[Application], passed_over: Mapping[Application, str], *, number: str,
    dated: date, authority: str, file: StoredFile, file_name: str, by: User, at: datetime,
    without_public_notice: str = "", request_key: str | None = None,
) -> OutsideList:  # fmt: skip
    """Enter the national authority's notice: who is in its list, who is not and what was said of it.

    Nothing moves before another officer confirms it; whatever would be refused then is refused now.
    `without_public_notice` says why no public notice came before, where the programme has one. Raises Replayed as
    `act` does, Denied, Refusal with every reason.
    """
    granted = sorted(recognised, key=lambda application: application.case_id)
    listed = [*granted, *passed_over]
    said = fingerprint(batch.pk, number, dated, [row.pk for row in granted], sorted(row.pk for row in passed_over))
    door.hold_cases(application.case_id for application in listed)
    with act(
        batch, "propose_result", by=by, at=at, acting_as=OFFICE, request_key=request_key, request=said
    ) as doing:  # fmt: skip
        demand_power(by, Power.CHECK_COMPLETENESS, at=at)
        lender = by.stands_in_for
        demand_no_tie(by, sent_up(batch), [Power.CHECK_COMPLETENESS], at=at)
        if OutsideList.objects.filter(batch=batch, state=ResultState.WAITING).exists():
            raise Refusal([WAITS])
        check_listed(batch, listed, ApplicationState.RECOMMENDED_UPWARD, dated, at, bases_of_letters(listed))
        notice = outside_titles.keep_notice(
            batch, number=number, dated=dated, authority=authority, file=file, file_name=file_name, by=by, at=at
        )
        entry = OutsideList.objects.create(
            batch=batch, notice=notice, without_public_notice=without_public_notice, recorded_by=by, recorded_at=at,
            recorded_for_id=lender.person if lender else None,
        )  # fmt: skip
        _put_forward(doing, entry, granted, passed_over)
    return entry


@transaction.atomic
def propose_correction(
    wrong: OutsideList, recognised: Iterable[Application], passed_over: Mapping[Application, str], *, why: str,
    number: str, dated: date, authority: str, file: StoredFile, file_name: str, by: User, at: datetime,
    request_key: str | None = None,
) -> OutsideList:  # fmt: skip
    """Enter what a confirmed list says otherwise: `recognised` was entered as not in it, `passed_over` as in it.

    `why`: how that came about. The document is the list itself, or the one by which the authority corrects it. Nothing
    moves before another officer confirms it. Raises as `propose_result` does.
    """
    root = wrong.corrects or wrong
    granted = sorted(recognised, key=lambda application: application.case_id)
    listed, batch = [*granted, *passed_over], root.batch
    said = fingerprint(root.pk, number, dated, [row.pk for row in granted], sorted(row.pk for row in passed_over), why)
    door.hold_cases(application.case_id for application in listed)
    with act(
        batch, "propose_correction_above", by=by, at=at, acting_as=OFFICE, request_key=request_key, request=said
    ) as doing:  # fmt: skip
        demand_power(by, Power.CHECK_COMPLETENESS, at=at)
        lender = by.stands_in_for
        _demand_untied(by, [line.application for line in _lines(root)])
        if OutsideList.objects.filter(batch=batch, state=ResultState.WAITING).exists():
            raise Refusal([WAITS])
        reasons = list(_faults_of_correction(root, granted, passed_over, dated, at))
        if len(why.strip()) < LEAST_WHY:
            reasons.append(
                Reason("why_needed", _("请写明登记有误的原因，不少于 %(n)d 个字。") % {"n": LEAST_WHY}, "why")
            )
        if reasons:
            raise Refusal(reasons)
        notice = outside_titles.keep_notice(
            batch, number=number, dated=dated, authority=authority, file=file, file_name=file_name, by=by, at=at
        )
        entry = OutsideList.objects.create(
            batch=batch, notice=notice, corrects=root, why=why.strip(), recorded_by=by, recorded_at=at,
            recorded_for_id=lender.person if lender else None,
        )  # fmt: skip
        _put_forward(doing, entry, granted, passed_over)
    return entry


def _put_forward(
    doing: Act, entry: OutsideList, granted: list[Application], passed_over: Mapping[Application, str]
) -> None:
    """Keep the lines, unless something speaks against what they bring about; whoever may confirm them is told."""
    _keep_lines(entry, granted, passed_over)
    if reasons := list(door.reasons_but_for_a_second(_moves(entry), by=doing.by, at=doing.at)):
        raise Refusal(reasons)
    _note(doing, entry)
    doing.reply(number=entry.notice.number)
    doing.tell(_seconds(entry, doing.at), "list_to_confirm", **_words(entry))


@transaction.atomic
def record_result(
    entry: OutsideList, *, by: User, at: datetime, request_key: str | None = None
) -> ExternalNotice:  # fmt: skip
    """Confirm it against the scan: every listed case moves, titles begin on the day of the notice.

    Denied to whoever entered it and to people of the listed enterprises, AlreadyDone, Refusal where a case has moved
    on or its recorder has left. Raises Replayed as `act` does.
    """
    door.hold_cases(line.application.case_id for line in _lines(entry))
    with act(
        entry.batch, "record_result", by=by, at=at, acting_as=OFFICE, request_key=request_key,
        request=fingerprint(entry.pk),
    ) as doing:  # fmt: skip
        row = FOUR_EYES.to_confirm(doing, entry)
        _check_still_so(row, at)
        for case, verb, form in _moves(row):
            door.perform(case, verb, by=by, at=at, form=form)
        FOUR_EYES.settle(row, OutsideList.confirm, by=by, at=at)
        _note(doing, row, recorded_by=str(row.recorded_by))
        doing.reply(number=row.notice.number)
        doing.tell(row.recorded_by, "list_confirmed", **_words(row))
    return row.notice


def decline_result(entry: OutsideList, *, reason: str, by: User, at: datetime) -> OutsideList:
    """Leave it without effect; it may be entered again. Denied as for confirming, AlreadyDone, Refusal."""
    with act(entry.batch, "decline_result", by=by, at=at, acting_as=OFFICE) as doing:
        row = FOUR_EYES.decline(doing, entry, OutsideList.decline, reason)
        _note(doing, row, recorded_by=str(row.recorded_by), reason=row.reason)
        doing.tell(row.recorded_by, "list_declined", **_words(row))
    return row


def withdraw_result(entry: OutsideList, *, by: User, at: datetime) -> OutsideList:
    """Take the own entry back; it may be entered again. Denied for everybody else, AlreadyDone."""
    with act(entry.batch, "withdraw_result", by=by, at=at, acting_as=OFFICE) as doing:
        row = FOUR_EYES.withdraw(doing, entry, OutsideList.withdraw)
        _note(doing, row)
    return row


def _check_still_so(row: OutsideList, at: datetime) -> None:
    """Refusal where a listed case stands otherwise by now than when it was entered, or the day does not fit."""
    lines = _lines(row)
    listed = [line.application for line in lines]
    if row.corrects is None:
        check_listed(
            row.batch, listed, ApplicationState.RECOMMENDED_UPWARD, row.notice.dated, at, bases_of_letters(listed)
        )
        return
    granted = [line.application for line in lines if line.is_recognised]
    others = [line.application for line in lines if not line.is_recognised]
    if reasons := list(_faults_of_correction(row.corrects, granted, others, row.notice.dated, at)):
        raise Refusal(reasons)


def _faults_of_correction(
    root: OutsideList, granted: Iterable[Application], others: Iterable[Application], dated: date, at: datetime
) -> Iterator[Reason]:
    """A line of a confirmed list, entered otherwise until now; the document is not older than the list itself."""
    granted, others = list(granted), list(others)
    if root.state != ResultState.CONFIRMED:
        yield Reason("list_not_confirmed", _("只能更正已确认的国家结果。"))
    if not granted and not others:
        yield Reason("empty_list", _("名单中没有申报件。"))
    of_list = {line.application_id for line in _lines(root)}
    for application in (*granted, *others):
        if application.pk not in of_list:
            yield Reason("other_list", _("%(no)s 不在所更正的名单中。") % {"no": application.case.number})
    yield from faults_of_states(root.batch, granted, ApplicationState.NOT_RECOGNISED_ABOVE)
    yield from faults_of_states(root.batch, others, ApplicationState.RECOGNISED_ABOVE)
    yield from out_of_bounds(dated, basis(_("所更正的国家文件的印发日期"), root.notice.dated), "dated", at=at)


def _keep_lines(entry: OutsideList, granted: list[Application], passed_over: Mapping[Application, str]) -> None:
    rows = [OutsideListLine(entry=entry, application=one, is_recognised=True) for one in granted]
    rows += [
        OutsideListLine(entry=entry, application=one, is_recognised=False, reasons=reasons.strip())
        for one, reasons in passed_over.items()
    ]
    OutsideListLine.objects.bulk_create(rows)


def _moves(entry: OutsideList) -> Iterator[tuple[Case, str, dict[str, Any]]]:
    """Each listed case with the verb that it waits for and the form of that verb."""
    above = {"entry": entry, "notice": entry.notice, "without_public_notice": entry.without_public_notice}
    grants, passes = ("recognise_above", "pass_over_above") if entry.corrects_id is None else CORRECTING
    for line in _lines(entry):
        if line.is_recognised:
            yield line.application.case, grants, above
        else:
            yield line.application.case, passes, above | {"reasons": line.reasons}


def _lines(entry: OutsideList) -> list[OutsideListLine]:
    """In the order of entry of the cases."""
    rows = entry.lines.select_related("application__case", "application__batch", "application__recommendation")
    return list(rows.order_by("-is_recognised", "application__case"))


def _demand_untied(by: User, listed: Iterable[Application]) -> None:
    tied = {person for person, _case in ties_to([application.case for application in listed])}
    if tied & persons_behind(by):
        raise Denied([CONNECTED])


def _words(entry: OutsideList) -> dict[str, Any]:
    return {"batch": entry.batch.code.upper(), "number": entry.notice.number, "entry": entry.pk}


def _note(doing: Act, entry: OutsideList, **more: str) -> None:
    notice, lines = entry.notice, _lines(entry)
    if entry.corrects is not None:
        more = more | {"corrects": entry.corrects.notice.number, "why": entry.why}
    doing.note(
        entry=entry.pk, notice=notice.number, dated=notice.dated.isoformat(), file=notice.file.sha256,
        recognised=[line.application.case.number for line in lines if line.is_recognised],
        passed_over=[line.application.case.number for line in lines if not line.is_recognised], **more,
    )  # fmt: skip


def _seconds(entry: OutsideList, at: datetime) -> list[User]:
    """Everybody of the office who may confirm it."""
    roles = [role for role, said in ROLES.items() if Power.CHECK_COMPLETENESS in said.powers]
    return [one for one in holders_of(roles) if FOUR_EYES.may_decide(entry, one, at)]
