"""The pool of experts kept by the office: particulars, pauses, ties, links; each change in the person's own trail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, fingerprint
from accreditation.clocks import SHANGHAI
from accreditation.enums import LinkKind, TieKind
from accreditation.errors import AlreadyDone, Denied, NotFound, Reason, Refusal
from accreditation.models import ExpertProfile, Link, Tie, User
from accreditation.permissions import has_power
from accreditation.roles import Power, Role
from accreditation.services.enterprises import compact_uscc, uscc_faults
from accreditation.services.former_employers import keep_former_employer
from accreditation.trades import FIELDS
from criteria.identifiers import normalised

POOL = "experts"  # ledger of acts on the whole pool


def trail_of(user: User) -> str:
    """The ledger in which the acts about one expert are written."""
    return f"expert:{user.pk}"


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the office keeps of an expert."""

    field: str
    employer: str
    fields: tuple[str, ...] = ()
    title: str = ""
    employer_uscc: str = ""
    term_from: date | None = None
    term_until: date | None = None
    left_on: date | None = None  # the last day at the employer that the profile named so far; the day of the entry else


@dataclass(frozen=True, slots=True)
class StatedTie:
    """A tie as it is stated: enterprise by code, or patent by number."""

    kind: str
    source: str
    uscc: str = ""
    enterprise_name: str = ""
    patent: str = ""
    since: date | None = None
    until: date | None = None


def plain_of(stated: Any) -> dict[str, Any]:
    """A statement as the trail writes it."""
    return {name: str(value) if isinstance(value, date) else value for name, value in asdict(stated).items()}


def check_office(by: User) -> None:
    """Raises Denied for whoever does not appoint panels."""
    if not has_power(by, Power.APPOINT_PANELS):
        raise Denied([Reason("not_office", _("只有市认定办公室可以维护专家库。"))])


# --- Particulars --------------------------------------------------------------------------------------------------
def faults_of_particulars(stated: Particulars) -> Iterator[Reason]:
    """Everything wrong with particulars, each by the name of its field."""
    if not stated.field.strip():
        yield Reason("field_needed", _("请填写专业领域。"), "field")
    if not stated.employer.strip():
        yield Reason("employer_needed", _("请填写工作单位。"), "employer")
    for code in stated.fields:
        if code not in FIELDS:
            yield Reason("unknown_field", _("没有此领域代码：%(code)s") % {"code": code}, "fields")
    if stated.employer_uscc:
        for fault in uscc_faults(stated.employer_uscc):
            yield Reason(fault.code, fault.text, "employer_uscc")
    if stated.term_from and stated.term_until and stated.term_until < stated.term_from:
        yield Reason("term_backward", _("聘期止不能早于聘期起。"), "term_until")


def faults_of_leaving(stated: Particulars, at: datetime) -> Iterator[Reason]:
    """The former employer was left on a day that has come."""
    if stated.left_on is not None and stated.left_on > _day(at):
        yield Reason("left_ahead", _("原单位离任日期不能晚于今天。"), "left_on")


def _day(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()


def change_particulars(
    user: User, stated: Particulars, *, by: User, at: datetime, request_key: str | None = None
) -> ExpertProfile:
    """Keep particulars; Refusal with every fault. Raises Denied, and Replayed as `act` does."""
    check_office(by)
    if faults := [*faults_of_particulars(stated), *faults_of_leaving(stated, at)]:
        raise Refusal(faults)
    said = fingerprint(user.pk, plain_of(stated))
    with act(
        trail_of(user), "change_expert", by=by, at=at, acting_as=Role.MUNICIPAL_OFFICER,
        request_key=request_key, request=said,
    ) as doing:  # fmt: skip
        row, changed = write_particulars(user, stated, by=by, at=at)
        doing.note(expert=user.pk, changed=changed)
    return row


def write_particulars(
    user: User, stated: Particulars, *, by: User, at: datetime
) -> tuple[ExpertProfile, dict[str, Any]]:
    """The row with what is stated, and what that changed (name: before, after; `former_employer`: number of the tie).

    An employer that the profile names no more stays on record as a tie that has ended.
    """
    before = ExpertProfile.objects.select_for_update().filter(user=user).first()
    said = asdict(stated)
    del said["left_on"]
    values = said | {
        "fields": sorted(set(stated.fields)),
        "employer_uscc": compact_uscc(stated.employer_uscc),
    }
    row = ExpertProfile.objects.update_or_create(user=user, defaults=values)[0]
    changed = {
        name: [_plain(getattr(before, name, None)), _plain(value)]
        for name, value in values.items()
        if getattr(before, name, None) != value
    }
    if (former := keep_former_employer(before, row, by=by, at=at, left_on=stated.left_on)) is not None:
        changed["former_employer"] = [None, str(former.pk)]
    return row, changed


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | list) else str(value)


def pause(user: User, *, until: date | None, reason: str, by: User, at: datetime) -> None:
    """The person is not asked until after that day, or until further notice; by the office or by oneself."""
    profile = _own_or_office(user, by)
    with act(trail_of(user), "pause_expert", by=by, at=at, acting_as=_quality(user, by)) as doing:
        if len(reason.strip()) < 2:
            raise Refusal([Reason("text_needed", _("请填写暂停的理由。"), "reason")])
        profile.is_available, profile.paused_until, profile.pause_reason = False, until, reason.strip()[:200]
        profile.save(update_fields=["is_available", "paused_until", "pause_reason"])
        doing.note(expert=user.pk, until=str(until or ""), reason=profile.pause_reason)


def resume(user: User, *, by: User, at: datetime) -> None:
    """The person can be asked again."""
    profile = _own_or_office(user, by)
    with act(trail_of(user), "resume_expert", by=by, at=at, acting_as=_quality(user, by)) as doing:
        profile.is_available, profile.paused_until, profile.pause_reason = True, None, ""
        profile.save(update_fields=["is_available", "paused_until", "pause_reason"])
        doing.note(expert=user.pk)


def _own_or_office(user: User, by: User) -> ExpertProfile:
    if by.pk != user.pk or not has_power(by, Power.REVIEW_AS_EXPERT):
        check_office(by)
    profile = ExpertProfile.objects.filter(user=user).first()
    if profile is None:
        raise NotFound(str(user.pk))
    return profile


def _quality(user: User, by: User) -> str:
    return Role.EXPERT if user.pk == by.pk else Role.MUNICIPAL_OFFICER


# --- Ties ---------------------------------------------------------------------------------------------------------
def record_tie(user: User, stated: StatedTie, *, by: User, at: datetime, request_key: str | None = None) -> Tie:
    """Enter a tie of an expert, or declare one's own; Refusal with every fault, Replayed as `act` does."""
    _own_or_office(user, by)
    if faults := list(_faults_of_tie(stated)):
        raise Refusal(faults)
    said = fingerprint(user.pk, plain_of(stated))
    with act(
        trail_of(user), "record_tie", by=by, at=at, acting_as=_quality(user, by), request_key=request_key, request=said
    ) as doing:
        values = asdict(stated) | {
            "uscc": compact_uscc(stated.uscc),
            "patent": normalised("ip_right", stated.patent) if stated.patent else "",
        }
        row = Tie.objects.create(expert=user, recorded_by=by, recorded_at=at, is_declared=user.pk == by.pk, **values)
        doing.note(tie=row.pk, expert=user.pk, **plain_of(stated))
        doing.reply(tie=row.pk)
    return row


def _faults_of_tie(stated: StatedTie) -> Iterator[Reason]:
    if stated.kind not in TieKind.values:
        yield Reason("unknown_kind", _("请选择利害关系类别。"), "kind")
    if not stated.uscc and not (stated.kind == TieKind.CO_INVENTOR and stated.patent):
        yield Reason("enterprise_needed", _("请填写企业的统一社会信用代码；共同发明人可填专利号。"), "uscc")
    if stated.uscc:
        yield from uscc_faults(stated.uscc)
    if stated.patent and not normalised("ip_right", stated.patent):
        yield Reason("no_patent", _("专利号无法识别。"), "patent")
    if stated.since and stated.until and stated.until < stated.since:
        yield Reason("tie_backward", _("终止日期不能早于开始日期。"), "until")
    if len(stated.source.strip()) < 2:
        yield Reason("text_needed", _("请填写依据或说明。"), "source")


def withdraw_tie(tie: Tie, *, reason: str, by: User, at: datetime) -> Tie:
    """A tie that was entered by mistake counts no more; it stays on record. AlreadyDone where it was withdrawn."""
    check_office(by)
    with act(trail_of(tie.expert), "withdraw_tie", by=by, at=at, acting_as=Role.MUNICIPAL_OFFICER) as doing:
        row = Tie.objects.select_for_update().get(pk=tie.pk)
        _check_standing(row.withdrawn_at, reason)
        row.withdrawn_at, row.withdrawn_by, row.withdrawn_for = at, by, reason.strip()[:300]
        row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_for"])
        doing.note(tie=row.pk, expert=row.expert_id, reason=row.withdrawn_for)
    return row


def end_tie(tie: Tie, *, until: date, reason: str, by: User, at: datetime) -> Tie:
    """A tie that was so and has ended: it still counts for the years of the batch. AlreadyDone where it was withdrawn.

    Refusal for a day to come or before the tie began.
    """
    check_office(by)
    with act(trail_of(tie.expert), "end_tie", by=by, at=at, acting_as=Role.MUNICIPAL_OFFICER) as doing:
        row = Tie.objects.select_for_update().get(pk=tie.pk)
        _check_standing(row.withdrawn_at, reason)
        if until > _day(at):
            raise Refusal([Reason("ends_ahead", _("终止日期不能晚于今天。"), "until")])
        if row.since is not None and until < row.since:
            raise Refusal([Reason("tie_backward", _("终止日期不能早于开始日期。"), "until")])
        doing.note(tie=row.pk, expert=row.expert_id, before=str(row.until or ""), until=str(until), reason=reason)
        row.until = until
        row.save(update_fields=["until"])
    return row


def _check_standing(withdrawn_at: datetime | None, reason: str) -> None:
    if withdrawn_at is not None:
        raise AlreadyDone(Reason("withdrawn", _("该记录已撤下。")), done_by="", done_at=withdrawn_at)
    if len(reason.strip()) < 2:
        raise Refusal([Reason("text_needed", _("请填写理由。"), "reason")])


# --- Links between enterprises ------------------------------------------------------------------------------------
def record_link(
    *, uscc: str, other_uscc: str, other_name: str, kind: str, source: str, by: User, at: datetime,
    request_key: str | None = None,
) -> Link:  # fmt: skip
    """Enter that one enterprise is so much to another; Refusal with every fault, Replayed as `act` does."""
    check_office(by)
    one, other = compact_uscc(uscc), compact_uscc(other_uscc)
    if faults := list(_faults_of_link(one, other, kind, source)):
        raise Refusal(faults)
    said = fingerprint(one, other, kind, other_name, source)
    with act(
        f"links:{one}", "record_link", by=by, at=at, acting_as=Role.MUNICIPAL_OFFICER, request_key=request_key,
        request=said,
    ) as doing:  # fmt: skip
        if Link.objects.filter(uscc=one, other_uscc=other, kind=kind, withdrawn_at__isnull=True).exists():
            raise Refusal([Reason("linked_before", _("该企业关联已登记。"), "other_uscc")])
        row = Link.objects.create(
            uscc=one, other_uscc=other, other_name=other_name.strip(), kind=kind, source=source.strip(),
            recorded_by=by, recorded_at=at,
        )  # fmt: skip
        doing.note(link=row.pk, uscc=one, other_uscc=other, other_name=row.other_name, kind=kind, source=row.source)
    return row


def _faults_of_link(one: str, other: str, kind: str, source: str) -> Iterable[Reason]:
    for name, code in (("uscc", one), ("other_uscc", other)):
        yield from (Reason(fault.code, fault.text, name) for fault in uscc_faults(code))
    if one == other:
        yield Reason("linked_to_itself", _("企业不能与自身关联。"), "other_uscc")
    if kind not in LinkKind.values:
        yield Reason("unknown_kind", _("请选择关联类别。"), "kind")
    if len(source.strip()) < 2:
        yield Reason("text_needed", _("请填写依据。"), "source")


def withdraw_link(link: Link, *, reason: str, by: User, at: datetime) -> Link:
    """A link that has ended or was a mistake counts no more; it stays on record."""
    check_office(by)
    with act(f"links:{link.uscc}", "withdraw_link", by=by, at=at, acting_as=Role.MUNICIPAL_OFFICER) as doing:
        row = Link.objects.select_for_update().get(pk=link.pk)
        _check_standing(row.withdrawn_at, reason)
        row.withdrawn_at, row.withdrawn_for = at, reason.strip()[:300]
        row.save(update_fields=["withdrawn_at", "withdrawn_for"])
        doing.note(link=row.pk, reason=row.withdrawn_for)
    return row
