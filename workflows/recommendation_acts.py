"""Acts over a batch of recommendations: the ranking frozen, the letter sent, the national public notice entered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, fingerprint
from accreditation.audit import chain_key
from accreditation.enums import ApplicationState
from accreditation.errors import Reason, Refusal
from accreditation.models import (
    Application,
    AuditEvent,
    Batch,
    Case,
    ExternalNotice,
    Ranking,
    Recommendation,
    StoredFile,
    User,
)
from accreditation.permissions import demand_power, has_power
from accreditation.resting import Basis, bases_of_result, basis, out_of_bounds
from accreditation.roles import Power
from accreditation.services import outside_titles, rankings
from workflows import door
from workflows.calendar import current_calendar
from workflows.own_matters import demand_no_tie

CHUNK = 1 << 20
PACKERS = (Power.CHECK_COMPLETENESS, Power.PUBLISH)


@transaction.atomic
def freeze_ranking(batch: Batch, *, tie_rule: str, by: User, at: datetime, request_key: str | None = None) -> Ranking:
    """Freeze the ranking of a batch and put every line before the committee. Raises Replayed as `act` does.

    One act over the whole batch: Denied to whoever is tied to one of its cases, as are the next ones.
    """
    said = fingerprint(batch.pk, tie_rule)
    with act(
        batch, "freeze_ranking", by=by, at=at, acting_as="municipal_officer", request_key=request_key, request=said
    ) as doing:
        row = doing.chain
        assert isinstance(row, Batch)
        demand_power(by, Power.CALL_MEETINGS, at=at)
        demand_no_tie(by, in_ranking(row), [Power.CALL_MEETINGS], at=at)
        if reasons := list(rankings.faults_of_freezing(row, tie_rule, at)):
            raise Refusal(reasons)
        ranking = rankings.create_ranking(row, tie_rule=tie_rule, by=by, at=at)
        doing.note(ranking=ranking.number, sha256=ranking.sha256, quota=ranking.quota, tie_rule=tie_rule)
        doing.reply(number=ranking.number)
    put_before_committee(ranking, by=by, at=at)
    return ranking


def put_before_committee(ranking: Ranking, *, by: User, at: datetime) -> None:
    """Every line of a ranking that was frozen in this transaction."""
    for line in ranking.lines.select_related("application__case").order_by("place"):
        door.perform(line.application.case, "enter_ranking", by=by, at=at, form={"ranking": ranking})


@transaction.atomic
def send_recommendation(
    batch: Batch,
    applications: Iterable[Application],
    *,
    number: str,
    dated: date,
    addressed_to: str,
    by: User,
    at: datetime,
    request_key: str | None = None,
) -> Recommendation:
    """Recommend to the national authority under a document number. Raises Replayed as `act` does."""
    listed = sorted(applications, key=lambda application: application.case_id)
    said = fingerprint(batch.pk, [row.pk for row in listed], number, dated, addressed_to)
    with act(
        batch, "send_recommendation", by=by, at=at, acting_as="publisher", request_key=request_key, request=said
    ) as doing:
        demand_power(by, Power.PUBLISH, at=at)
        check_listed(batch, listed, ApplicationState.TO_BE_RECOMMENDED, dated, at, _bases_of_letter(listed))
        if Recommendation.objects.filter(number=number).exists():
            raise Refusal([Reason("number_taken", _("文号 %(no)s 已使用。") % {"no": number}, "number")])
        letter = Recommendation.objects.create(
            batch=batch, ranking=_rankings_of(listed)[-1], number=number, dated=dated, addressed_to=addressed_to,
            sent_by=by, sent_at=at,
        )  # fmt: skip
        doing.note(recommendation=number, dated=dated.isoformat(), to=addressed_to, cases=_numbers(listed))
        doing.reply(number=number)
    for application in listed:
        door.perform(application.case, "recommend_upward", by=by, at=at, form={"recommendation": letter})
    return letter


@transaction.atomic
def note_public_notice(
    batch: Batch,
    *,
    number: str,
    dated: date,
    authority: str,
    file: StoredFile,
    file_name: str,
    by: User,
    at: datetime,
    request_key: str | None = None,
) -> ExternalNotice:
    """Enter the national authority's public notice over the recommended applications; its days run from its date.

    Raises Replayed as `act` does.
    """
    said = fingerprint(batch.pk, number, dated)
    listed = _for_public_notice(batch)
    with act(
        batch, "note_public_notice", by=by, at=at, acting_as="municipal_officer", request_key=request_key, request=said
    ) as doing:
        demand_power(by, Power.CHECK_COMPLETENESS, at=at)
        demand_no_tie(by, sent_up(batch), [Power.CHECK_COMPLETENESS], at=at)
        check_listed(batch, listed, ApplicationState.RECOMMENDED_UPWARD, dated, at, bases_of_letters(listed))
        notice = outside_titles.keep_notice(
            batch, number=number, dated=dated, authority=authority, file=file, file_name=file_name, by=by, at=at
        )
        ends_on, is_provisional = current_calendar().add(dated, batch.notice_days)
        doing.note(notice=number, dated=dated.isoformat(), ends_on=ends_on.isoformat(), provisional=is_provisional)
        doing.reply(number=number)
    for application in listed:
        form = {"notice": notice, "ends_on": ends_on}
        door.perform(application.case, "note_public_notice_above", by=by, at=at, form=form)
    return notice


def _for_public_notice(batch: Batch) -> list[Application]:
    """Whom the notice is over: those recommended later than an earlier one, alone; its days are not begun anew.

    Where it is over nobody new, it takes the place of the earlier one for all.
    """
    waiting = list(batch.applications.filter(state=ApplicationState.RECOMMENDED_UPWARD).select_related("case"))
    chains = [chain_key(application.case) for application in waiting]
    rows = AuditEvent.objects.filter(chain__in=chains, verb="note_public_notice_above")
    noted = set(rows.values_list("chain", flat=True))
    return [application for application in waiting if chain_key(application.case) not in noted] or waiting


def demand_package(batch: Batch, *, by: User, at: datetime) -> None:
    """Deny the package to whoever is tied to a case of the ranking: its text names them all, with their scores."""
    demand_power(by, *PACKERS, at=at)
    demand_no_tie(by, in_ranking(batch), PACKERS, at=at)


def note_package(batch: Batch, package: BinaryIO, *, count: int, by: User, at: datetime) -> str:
    """Note in the trail of the batch that the package was taken, and its SHA-256; rewinds the file. Raises Denied."""
    package.seek(0)
    digest = hashlib.sha256()
    while block := package.read(CHUNK):
        digest.update(block)
    package.seek(0)
    office = "municipal_officer" if has_power(by, Power.CHECK_COMPLETENESS, at=at) else "publisher"
    with act(batch, "export_package", by=by, at=at, acting_as=office) as doing:
        demand_package(batch, by=by, at=at)
        doing.note(sha256=digest.hexdigest(), files=count)
    return digest.hexdigest()


def in_ranking(batch: Batch) -> list[Case]:
    """Cases with a place in a ranking of the batch, or waiting for one."""
    listed = Q(application__ranking_line__ranking__batch=batch)
    waiting = Q(application__state=ApplicationState.AWAITING_RANKING)
    return list(Case.objects.filter(listed | waiting, batch=batch))


def sent_up(batch: Batch) -> list[Case]:
    """Cases of the batch that wait for the nation."""
    return list(Case.objects.filter(batch=batch, state=ApplicationState.RECOMMENDED_UPWARD))


def _numbers(listed: Iterable[Application]) -> list[str]:
    return [application.case.number for application in listed]


def _rankings_of(listed: Iterable[Application]) -> list[Ranking]:
    """In which the applications stand, in the order of freezing."""
    rows = Ranking.objects.filter(lines__application__in=[application.pk for application in listed])
    return list(rows.distinct().order_by("pk"))


def _bases_of_letter(listed: Iterable[Application]) -> Iterator[Basis]:
    """A recommendation rests on the frozen rankings and on the results of the committee."""
    for ranking in _rankings_of(listed):
        yield from basis(_("排序 %(no)s 的固定之日") % {"no": ranking.number}, ranking.frozen_at)
    yield from bases_of_result(listed)


def bases_of_letters(listed: Iterable[Application]) -> Iterator[Basis]:
    """What the nation says of an application answers the letter that recommends it."""
    for letter in (application.recommendation for application in listed):
        if letter is not None:
            yield from basis(_("推荐文件 %(no)s 的行文日期") % {"no": letter.number}, letter.dated)


def check_listed(
    batch: Batch, listed: list[Application], state: ApplicationState, dated: date, at: datetime,
    bases: Iterable[Basis],
) -> None:  # fmt: skip
    """Refusal with everything that is wrong with a list of applications and the day of its document."""
    if reasons := list(_faults(batch, listed, state)) + list(out_of_bounds(dated, bases, "dated", at=at)):
        raise Refusal(reasons)


def _faults(batch: Batch, listed: list[Application], state: ApplicationState) -> Iterator[Reason]:
    if not listed:
        yield Reason("empty_list", _("名单中没有申报件。"))
    yield from faults_of_states(batch, listed, state)


def faults_of_states(batch: Batch, listed: Iterable[Application], state: ApplicationState) -> Iterator[Reason]:
    """Every application that is not of the batch or does not stand where the act takes it up."""
    for application in listed:
        if application.batch_id != batch.pk:
            yield Reason("other_batch", _("%(no)s 不属于本批次。") % {"no": application.case.number})
        if application.state != state:
            values = {"no": application.case.number, "state": ApplicationState(application.state).label}
            yield Reason("wrong_state", _("%(no)s 当前为“%(state)s”。") % values)
