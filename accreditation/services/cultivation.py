"""The cultivation list: enterprises ask, the office puts them on and takes them off, the publisher releases names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import cast

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, act, fingerprint
from accreditation.cultivation_words import CultivationEnd, CultivationGround, CultivationState
from accreditation.errors import AlreadyDone, Denied, Reason, Refusal
from accreditation.models import Cultivation, CultivationRelease, Enterprise, Title, User
from accreditation.models.cultivation import OPEN
from accreditation.models.titles import STANDING
from accreditation.permissions import acts_for, demand_unconnected, has_power
from accreditation.roles import Power, Role
from accreditation.seeds.standings import catalogue
from accreditation.selectors.holders import day_of
from accreditation.selectors.people import active_people_of, holders_of
from accreditation.services.numbers import next_number_at

PREFIX, RELEASE_PREFIX = "PY", "PYGB"
NATIONAL_TITLE = "demonstration_national"
LEDGER = "cultivation"
LEAST_WORDS = 10


def ask_for_cultivation(
    enterprise: Enterprise, *, statement: str, industry: str, by: User, at: datetime, request_key: str | None = None
) -> Cultivation:
    """An enterprise asks to be on the list. Denied for others, Refusal with all reasons, Replayed as `act` does."""
    if not acts_for(by, enterprise.pk):
        raise Denied([Reason("not_member", _("您不是该单位的申报人员。"))])
    said = statement.strip()
    reasons = list(_faults_of(enterprise, industry))
    if len(said) < LEAST_WORDS:
        reasons.append(Reason("text_needed", _("请写明申请理由。"), "statement"))
    row = Cultivation(
        enterprise=enterprise, ground=CultivationGround.REQUEST, statement=said, industry=industry, asked_by=by,
        asked_at=at,
    )  # fmt: skip
    with act(
        LEDGER, "ask_for_cultivation", by=by, at=at, acting_as="applicant",
        request_key=request_key, request=fingerprint(enterprise.pk, said, industry),
    ) as doing:  # fmt: skip
        _save_new(doing, row, reasons)
        doing.tell(
            holders_of([Role.MUNICIPAL_OFFICER]), "cultivation_asked", number=row.number, enterprise=enterprise.name
        )
    return row


def put_on_list(
    enterprise: Enterprise, *, ground: str, source: str, listed_from: date, industry: str, by: User, at: datetime,
    request_key: str | None = None,
) -> Cultivation:  # fmt: skip
    """The office puts an enterprise on the list. Denied for others, Refusal with all reasons, Replayed as in `act`."""
    _check_keeper(enterprise, by)
    reasons = [*_faults_of(enterprise, industry), *_faults_of_listing(source, listed_from, at)]
    if ground not in CultivationGround.values or ground == CultivationGround.REQUEST:
        reasons.append(Reason("ground", _("请选择入库依据。"), "ground"))
    row = Cultivation(
        enterprise=enterprise, ground=ground, industry=industry, source=source.strip(), listed_from=listed_from,
        settled_by=by, settled_at=at, state=CultivationState.LISTED,
    )  # fmt: skip
    with act(
        LEDGER, "put_on_list", by=by, at=at, acting_as="municipal_officer",
        request_key=request_key, request=fingerprint(enterprise.pk, ground, source, listed_from, industry),
    ) as doing:  # fmt: skip
        _save_new(doing, row, reasons)
        _tell_enterprise(doing, row, "cultivation_listed")
    return row


def _save_new(doing: Act, row: Cultivation, reasons: list[Reason]) -> None:
    """Number and keep a new stay, unless there are reasons against it or another one is open."""
    if Cultivation.objects.filter(enterprise=row.enterprise, state__in=OPEN).exists():
        reasons.append(Reason("already_open", _("该单位已在培育库中，或入库申请正在审核。")))
    if reasons:
        raise Refusal(reasons)
    row.number = next_number_at(PREFIX, doing.at)
    row.save()
    doing.note(
        cultivation=row.number, uscc=row.enterprise.uscc, ground=row.ground, industry=row.industry, source=row.source,
        statement=row.statement, listed_from=row.listed_from.isoformat() if row.listed_from else "",
    )  # fmt: skip
    doing.reply(number=row.number)


def take_on(cultivation: Cultivation, *, source: str, listed_from: date, by: User, at: datetime) -> None:
    """Grant what an enterprise asked for. Denied for others, AlreadyDone when settled, Refusal with all reasons."""
    _check_keeper(cultivation.enterprise, by)
    with act(cultivation, "take_on_list", by=by, at=at, acting_as="municipal_officer") as doing:
        row = _in_state(doing, CultivationState.REQUESTED)
        reasons = [*_faults_of_title(row.enterprise), *_faults_of_listing(source, listed_from, at)]
        if reasons:
            raise Refusal(reasons)
        row.take_on()
        row.source, row.listed_from = source.strip(), listed_from
        row.settled_by, row.settled_at = by, at
        row.save()
        doing.moved(CultivationState.REQUESTED, row.state)
        doing.note(source=row.source, listed_from=listed_from.isoformat())
        _tell_enterprise(doing, row, "cultivation_listed")


def decline(cultivation: Cultivation, *, reason: str, by: User, at: datetime) -> None:
    """Not grant it, with the reason that the enterprise reads. Raises as `take_on`."""
    _check_keeper(cultivation.enterprise, by)
    with act(cultivation, "decline_cultivation", by=by, at=at, acting_as="municipal_officer") as doing:
        row = _in_state(doing, CultivationState.REQUESTED)
        _check_reason(reason)
        row.decline()
        row.remark, row.settled_by, row.settled_at = reason.strip(), by, at
        row.save()
        doing.moved(CultivationState.REQUESTED, row.state)
        doing.note(reason=row.remark)
        _tell_enterprise(doing, row, "cultivation_declined", reason=row.remark)


def end_cultivation(
    cultivation: Cultivation, *, ended_on: date, ended_for: str, reason: str, by: User, at: datetime
) -> None:
    """Off the list from a day on; an enterprise that holds the national title leaves for that. Raises as `take_on`."""
    _check_keeper(cultivation.enterprise, by)
    with act(cultivation, "end_cultivation", by=by, at=at, acting_as="municipal_officer") as doing:
        row = _in_state(doing, CultivationState.LISTED)
        _check_reason(reason)
        reasons = list(_faults_of_end(row, ended_on, ended_for, at))
        if reasons:
            raise Refusal(reasons)
        row.end()
        row.ended_on, row.ended_for, row.remark, row.ended_by = ended_on, ended_for, reason.strip(), by
        row.save()
        doing.moved(CultivationState.LISTED, row.state)
        doing.note(ended_on=ended_on.isoformat(), ended_for=ended_for, reason=row.remark)
        _tell_enterprise(doing, row, "cultivation_ended", reason=row.remark)


def release_list(*, document: str, by: User, at: datetime, request_key: str | None = None) -> CultivationRelease:
    """Publish the list as it stands today under the number of a notice; the one before stays on file.

    Denied without the power to publish, Refusal for an empty list or a number used before, Replayed as `act` does.
    """
    if not has_power(by, Power.PUBLISH):
        raise Denied([Reason("not_publisher", _("只有发布人可以公布培育库名单。"))])
    number_of_notice, today = document.strip(), day_of(at)
    with act(
        LEDGER, "release_list", by=by, at=at, acting_as="publisher",
        request_key=request_key, request=fingerprint(number_of_notice),
    ) as doing:  # fmt: skip
        lines = list(_lines_on(today))
        reasons = []
        if not number_of_notice:
            reasons.append(Reason("no_document", _("请填写公布文件的文号。"), "document"))
        if CultivationRelease.objects.filter(document=number_of_notice).exists():
            reasons.append(Reason("known", _("该文号已用于一次公布。"), "document"))
        if not lines:
            reasons.append(Reason("empty", _("培育库中今天没有在库单位。")))
        if reasons:
            raise Refusal(reasons)
        row = CultivationRelease.objects.create(
            number=next_number_at(RELEASE_PREFIX, at), document=number_of_notice, released_on=today, released_by=by,
            released_at=at, lines=lines,
        )  # fmt: skip
        doing.note(release=row.number, document=row.document, count=len(lines), lines=lines)
        doing.reply(number=row.number)
    return row


def _lines_on(today: date) -> Iterator[dict[str, str]]:
    """What everybody may read of each enterprise on the list: no code, no reason, no report."""
    rows = Cultivation.objects.filter(state=CultivationState.LISTED, listed_from__lte=today).select_related(
        "enterprise"
    )
    for row in rows.order_by("enterprise__district", "enterprise__name", "pk"):
        assert row.listed_from is not None
        yield {
            "number": row.number, "name": row.enterprise.name, "name_en": row.enterprise.name_en,
            "district": row.enterprise.district, "industry": row.industry, "since": row.listed_from.isoformat(),
        }  # fmt: skip


# --- what stands against it ---------------------------------------------------------------------------------------
def _faults_of(enterprise: Enterprise, industry: str) -> Iterator[Reason]:
    yield from _faults_of_title(enterprise)
    if industry and industry not in catalogue().industries:
        yield Reason("industry", _("没有这个产业领域。"), "industry")


def _faults_of_title(enterprise: Enterprise) -> Iterator[Reason]:
    if Title.objects.filter(holder=enterprise, programme=NATIONAL_TITLE, state__in=STANDING).exists():
        yield Reason("title_held", _("该单位已是国家技术创新示范企业，不再列入后备队。"))


def _faults_of_listing(source: str, listed_from: date, at: datetime) -> Iterator[Reason]:
    if not source.strip():
        yield Reason("no_source", _("请填写入库所依据的文件。"), "source")
    if listed_from > day_of(at):
        yield Reason("future", _("入库日期不能晚于今天。"), "listed_from")


def _faults_of_end(row: Cultivation, ended_on: date, ended_for: str, at: datetime) -> Iterator[Reason]:
    if row.listed_from is None or not row.listed_from <= ended_on <= day_of(at):
        yield Reason("end_day", _("出库日期应不早于入库日期，且不晚于今天。"), "ended_on")
    if ended_for not in CultivationEnd.values:
        yield Reason("ended_for", _("请选择出库原因。"), "ended_for")
    elif ended_for == CultivationEnd.RECOGNISED and not list(_faults_of_title(row.enterprise)):
        yield Reason("title_not_held", _("称号登记簿中没有该单位的国家技术创新示范企业称号。"), "ended_for")


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise Refusal([Reason("no_reason", _("请填写理由。"), "reason")])


def _check_keeper(enterprise: Enterprise, by: User) -> None:
    """Denied for whoever does not keep the list, and for whoever acts or acted for the enterprise (回避)."""
    if not has_power(by, Power.KEEP_STANDINGS):
        raise Denied([Reason("not_keeper", _("只有市认定办公室可以管理培育库。"))])
    demand_unconnected(by, enterprise.pk)


def _in_state(doing: Act, state: CultivationState) -> Cultivation:
    """The locked row in the state that the act starts from; AlreadyDone otherwise."""
    row = cast(Cultivation, doing.chain)
    if row.state != state:
        reason = Reason("other_state", _("该单位现为“%(state)s”。") % {"state": CultivationState(row.state).label})
        raise AlreadyDone(reason, done_by=str(row.ended_by or row.settled_by or ""), done_at=row.settled_at)
    return row


def _tell_enterprise(doing: Act, row: Cultivation, kind: str, **words: str) -> None:
    people: Iterable[User] = active_people_of(row.enterprise)
    doing.tell(people, kind, number=row.number, enterprise=row.enterprise.name, **words)
