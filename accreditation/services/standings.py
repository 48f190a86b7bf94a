"""The register of standings: entered by one person, confirmed by another, ended with a reason; nothing is deleted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, fingerprint
from accreditation.enums import StandingState
from accreditation.errors import Denied, Reason, Refusal
from accreditation.four_eyes import check_another, decided_before, said_in_full
from accreditation.models import Standing, StandingImport, User
from accreditation.permissions import has_power
from accreditation.roles import Power
from accreditation.selectors.holders import day_of
from accreditation.services.numbers import next_number_at
from accreditation.services.standing_texts import Grant, read_grant

PREFIX = "ST"
LONGEST_REASON = 300
Entry = Standing | StandingImport


def propose_standing(texts: Mapping[str, str], *, by: User, at: datetime, request_key: str | None = None) -> Standing:
    """Enter one standing, to be confirmed by a second person; Refusal with every fault, Replayed as `act` does."""
    check_keeper(by)
    grant, faults = read_grant(texts, on=day_of(at))
    if grant is None:
        raise Refusal(faults)
    row = Standing(number="", entered_by=by, entered_at=at, **asdict(grant))
    with act(
        "standings", "propose_standing", by=by, at=at, acting_as="municipal_officer",
        request_key=request_key, request=fingerprint(dict(texts)),
    ) as doing:  # fmt: skip
        if standing_like(grant) is not None:
            raise Refusal([Reason("known", _("登记簿中已有这一项（待复核、已复核或已终止）。"))])
        row.number = next_number_at(PREFIX, at)
        row.save()
        doing.note(standing=row.number, **plain(grant))
        doing.reply(number=row.number)
    return row


def standing_like(grant: Grant) -> Standing | None:
    """The standing of the same grant that is in the register already."""
    same = {name: getattr(grant, name) for name in ("kind", "level", "holder_uscc", "name", "reference", "year")}
    return Standing.objects.filter(**same).exclude(state=StandingState.DROPPED).first()


def confirm_entry(entry: Entry, *, by: User, at: datetime) -> None:
    """Take a proposed standing, or a whole file of them, into the register; Denied for whoever entered it."""
    check_second_person(entry, by)
    with act(entry, "confirm_standings", by=by, at=at, acting_as=_office_of(by)) as doing:
        row = _proposed(doing.chain)
        row.confirm()
        row.settled_by, row.settled_at = by, at
        row.save()
        if isinstance(row, StandingImport):
            row.standings.update(state=StandingState.CONFIRMED, settled_by=by, settled_at=at)
        doing.moved(StandingState.PROPOSED, row.state)


def drop_entry(entry: Entry, *, reason: str, by: User, at: datetime) -> None:
    """Not take a proposed standing or file into the register; whoever entered it may take it back."""
    if not has_power(by, Power.KEEP_STANDINGS):
        check_second_person(entry, by)
    said = _said(reason)
    with act(entry, "drop_standings", by=by, at=at, acting_as=_office_of(by)) as doing:
        row = _proposed(doing.chain)
        row.drop()
        row.settled_by, row.settled_at, row.remark = by, at, said
        row.save()
        if isinstance(row, StandingImport):
            row.standings.update(state=StandingState.DROPPED, settled_by=by, settled_at=at, remark=said)
        doing.moved(StandingState.PROPOSED, row.state)
        doing.note(reason=said)


def end_standing(standing: Standing, *, ended_on: date, reason: str, by: User, at: datetime) -> None:
    """End a confirmed standing from a day on; Refusal where the day lies before its beginning or in the future."""
    check_keeper(by)
    said = _said(reason)
    with act(standing, "end_standing", by=by, at=at, acting_as="municipal_officer") as doing:
        row = doing.chain
        assert isinstance(row, Standing)
        if row.state != StandingState.CONFIRMED:
            raise decided_before(row)
        if not row.begins <= ended_on <= day_of(at):
            raise Refusal([Reason("end_day", _("终止日期应在开始之后，且不晚于今天。"), "ended_on")])
        row.end()
        row.ended_on, row.remark = ended_on, said
        row.save()
        doing.moved(StandingState.CONFIRMED, row.state)
        doing.note(ended_on=ended_on.isoformat(), reason=said)


def plain(grant: Grant) -> dict[str, object]:
    """The grant as the audit trail keeps it."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(grant).items()}


def check_keeper(by: User) -> None:
    """Denied for whoever may not enter standings."""
    if not has_power(by, Power.KEEP_STANDINGS):
        raise Denied([Reason("not_keeper", _("只有市认定办公室可以登记资质。"))])


def may_confirm(entry: Entry, by: User) -> bool:
    """Whether the person is a second one with the power."""
    try:
        check_second_person(entry, by)
    except Denied:
        return False
    return True


def check_second_person(entry: Entry, by: User) -> None:
    """Denied without the power, for whoever entered it, and for whoever acts in the place of that person."""
    own = Reason("same_person", _("须由录入人以外的人员复核。"))
    if not has_power(by, Power.CONFIRM_STANDINGS):
        raise Denied([own])
    check_another([entry.entered_by_id], by, own)


def _said(reason: str) -> str:
    return said_in_full(reason, Reason("no_reason", _("请填写理由。"), "reason"), most=LONGEST_REASON)


def _proposed(chain: object) -> Entry:
    assert isinstance(chain, Standing | StandingImport)
    if isinstance(chain, Standing) and chain.intake_id is not None:
        raise Refusal([Reason("of_a_file", _("该项随导入文件整批复核。"))])
    if chain.state != StandingState.PROPOSED:
        raise decided_before(chain)
    return chain


def _office_of(by: User) -> str:
    return "municipal_officer" if has_power(by, Power.KEEP_STANDINGS) else "publisher"
